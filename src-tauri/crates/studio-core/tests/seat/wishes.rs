//! Wishes about the show: asked of the host, shown at once, and taken back where the host says no. The host of these
//! tests answers after 300 ms.

use studio_wire::command::{Act, Bus, HereCommand, ShowCommand};
use studio_wire::device::{Device, DeviceKind, test};
use studio_wire::fault::Fault;
use studio_wire::ids::Identity;
use studio_wire::layout::LayoutName;
use studio_wire::mixer::{ProgramBus, StripPart};
use studio_wire::people::{Claim, Position, Role};
use studio_wire::room::{RoomAnswer, RoomAsk};
use studio_wire::rtc::{RoomNews, TrackKind};
use studio_wire::view::{Ack, Change, May, PersonView, SceneView, ShowView};

use crate::rig::{Crew, Rig, all, command, history};

/// From the question to the answer, in ms.
const DELAY: u64 = 300;

fn solo() -> ShowCommand {
    ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo }
}

fn done(rev: u64) -> Option<RoomAnswer> {
    Some(RoomAnswer::Done(Ack { rev, person: None }))
}

fn layout(rig: &Rig) -> LayoutName {
    rig.snapshot().show.program.layout
}

/// The host answers the oldest command, after the delay.
fn answer(rig: &mut Rig, with: Option<RoomAnswer>) {
    rig.pass(DELAY);
    let open = rig.call(command).expect("asked");
    rig.answer(&open, with);
}

// S-88
#[test]
fn a_wish_is_shown_at_once_and_stays_shown_until_the_hosts_view_shows_it() {
    let mut rig = Rig::seated(Role::Cohost);
    let ticket = rig.show(solo());
    assert_eq!((layout(&rig), rig.reply(ticket)), (LayoutName::Solo, None), "before anybody answered");
    let (rev, scene) = (rig.rev + 1, SceneView { layout: LayoutName::Solo, ..rig.view.program.clone() });
    answer(&mut rig, done(rev));
    assert_eq!((layout(&rig), rig.reply(ticket)), (LayoutName::Solo, Some(Ok(()))), "answered, not told yet");
    rig.pass(30);
    rig.changed(Change::Program(scene));
    assert_eq!(layout(&rig), LayoutName::Solo);
    rig.pass(10_000);
    assert_eq!((rig.hellos(), layout(&rig)), (0, LayoutName::Solo));
    rig.changed(Change::Program(SceneView::default()));
    assert_eq!(layout(&rig), LayoutName::Grid, "nothing is laid over any more");
}

// S-89 S-90
#[test]
fn a_wish_that_is_refused_is_taken_back_with_a_notice_and_the_truth_is_read_again() {
    let mut rig = Rig::seated(Role::Cohost);
    let ticket = rig.show(solo());
    let refused = Fault::NobodyThere { person: "leo".into() };
    answer(&mut rig, Some(RoomAnswer::Refused(refused.clone())));
    assert_eq!(rig.reply(ticket), Some(Err(refused.clone())));
    assert_eq!((layout(&rig), rig.faults(), rig.hellos()), (LayoutName::Grid, vec![refused], 1));
    rig.welcome();
    assert_eq!((layout(&rig), rig.hellos()), (LayoutName::Grid, 0));
}

// S-90
#[test]
fn what_was_done_and_is_not_told_within_two_seconds_is_read_again() {
    let mut rig = Rig::seated(Role::Cohost);
    rig.show(solo());
    rig.view.program.layout = LayoutName::Solo;
    rig.rev += 1;
    let rev = rig.rev;
    answer(&mut rig, done(rev));
    rig.pass(1_900);
    assert_eq!((layout(&rig), rig.hellos()), (LayoutName::Solo, 0));
    rig.pass(200);
    assert_eq!((layout(&rig), rig.hellos()), (LayoutName::Grid, 1));
    rig.welcome();
    assert_eq!(layout(&rig), LayoutName::Solo);
}

// S-88 S-89
#[test]
fn of_two_open_wishes_the_refused_one_goes_alone() {
    let mut rig = Rig::seated(Role::Cohost);
    let bo: Identity = "bo".into();
    let first = rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: bo.clone() });
    let second = rig.show(solo());
    let show = rig.snapshot().show;
    assert_eq!((show.program.people.len(), show.program.layout), (3, LayoutName::Solo));
    answer(&mut rig, Some(RoomAnswer::Refused(Fault::StageFull { most: 20 })));
    let show = rig.snapshot().show;
    assert_eq!((show.program.people.len(), show.program.layout), (2, LayoutName::Solo));
    let rev = rig.rev;
    answer(&mut rig, done(rev));
    assert_eq!((rig.reply(first).unwrap().is_err(), rig.reply(second)), (true, Some(Ok(()))));
}

#[test]
fn a_change_of_the_view_in_between_does_not_hide_what_is_expected() {
    let mut rig = Rig::seated(Role::Cohost);
    rig.show(solo());
    rig.changed(Change::Title("Late show".into()));
    let show = rig.snapshot().show;
    assert_eq!((show.title.as_str(), show.program.layout), ("Late show", LayoutName::Solo));
}

/// Each command that is shown in advance, and where it shows.
#[test]
fn every_guess_changes_what_the_host_will_change() {
    type Seen = fn(&ShowView) -> bool;
    fn of(view: &ShowView, who: &str) -> PersonView {
        view.people.iter().find(|person| person.identity.as_str() == who).unwrap().clone()
    }
    let bo = || Identity::from("bo");
    let cases: Vec<(ShowCommand, Seen)> = vec![
        (solo(), |view| view.program.layout == LayoutName::Solo),
        (ShowCommand::Layout { bus: Bus::Preview, layout: LayoutName::Solo }, |view| {
            view.preview.as_ref().unwrap().layout == LayoutName::Solo
                && view.program.layout == LayoutName::Grid
        }),
        (ShowCommand::AddToStage { bus: Bus::Program, person: bo() }, |view| {
            of(view, "bo").position == Position::OnStage && view.program.people.len() == 3
        }),
        (ShowCommand::AddToStage { bus: Bus::Preview, person: bo() }, |view| {
            of(view, "bo").position == Position::Backstage && view.preview.as_ref().unwrap().people.len() == 4
        }),
        (ShowCommand::RemoveFromStage { bus: Bus::Program, person: "zoe".into() }, |view| {
            of(view, "zoe").position == Position::Backstage && view.program.people.len() == 1
        }),
        (ShowCommand::Take, |view| {
            of(view, "ana").position == Position::OnStage && Some(&view.program) == view.preview.as_ref()
        }),
        (ShowCommand::Mute { person: "zoe".into(), kind: TrackKind::Microphone }, |view| {
            !of(view, "zoe").microphone.on && of(view, "zoe").camera.on
        }),
        (ShowCommand::SetRole { person: bo(), role: Role::Producer }, |view| {
            of(view, "bo").role == Role::Producer
        }),
        (ShowCommand::Permit { person: bo(), speak: Some(false), video: None }, |view| {
            !of(view, "bo").rights.speak && of(view, "bo").rights.video
        }),
        (
            ShowCommand::Strip { person: bo(), kind: TrackKind::Microphone, part: StripPart::Gain(-6.0) },
            |view| view.mixer.as_ref().unwrap().strips[0].strip.gain_db == -6.0,
        ),
        (ShowCommand::ProgramBus { bus: ProgramBus { gain_db: -3.0, ..ProgramBus::default() } }, |view| {
            view.mixer.as_ref().unwrap().program.gain_db == -3.0
        }),
        (ShowCommand::HostDevice { kind: DeviceKind::Camera, device: Some(test::BARS.into()) }, |view| {
            view.host.as_ref().unwrap().devices.camera.used == Some(test::BARS.into())
        }),
        (ShowCommand::StageMedia { on: true }, |view| view.host.as_ref().unwrap().stage_media),
        (ShowCommand::Silence { person: bo(), on: true }, |view| of(view, "bo").silenced),
        (ShowCommand::Decline { kind: TrackKind::Camera }, |view| view.mine.asked.is_empty()),
    ];
    for (command, seen) in cases {
        let mut rig = Rig::seated(Role::Cohost);
        let mut scene = rig.view.program.clone();
        scene.people.push("ana".into());
        rig.view.preview = Some(scene);
        rig.view.mine.asked = vec![TrackKind::Camera];
        let bars =
            Device { id: test::BARS.into(), name: String::new(), kind: DeviceKind::Camera, default: false };
        rig.view.host.as_mut().unwrap().devices.camera.offers = vec![bars];
        rig.tell(studio_wire::room::Tale::Stale { rev: rig.rev + 1 });
        rig.rev += 1;
        rig.welcome();
        let before = rig.snapshot();
        assert!(!seen(&before.show), "{command:?} before");
        rig.show(command.clone());
        assert!(seen(&rig.snapshot().show), "{command:?}");
        answer(&mut rig, Some(RoomAnswer::Refused(Fault::Busy)));
        assert_eq!(rig.snapshot().show, before.show, "{command:?} taken back");
    }
}

#[test]
fn a_viewer_sees_at_once_that_it_has_asked_and_that_it_no_longer_does() {
    let mut rig = Rig::seated(Role::Viewer);
    for (up, position) in [(true, Position::Requested), (false, Position::None)] {
        rig.show(ShowCommand::Request { up });
        assert_eq!(rig.me().position, position);
    }
}

#[test]
fn what_cannot_be_guessed_is_only_asked() {
    for wish in [
        ShowCommand::GoLive,
        ShowCommand::Open { title: "Mine".into() },
        ShowCommand::Remove { person: "bo".into(), refuse: true },
        ShowCommand::AskOn { person: "bo".into(), kind: TrackKind::Camera },
        ShowCommand::Settle { person: "bo".into(), claim: Claim::First },
    ] {
        let mut rig = Rig::seated(Role::Cohost);
        let before = rig.snapshot().show;
        let ticket = rig.show(wish.clone());
        assert_eq!(rig.open.last().unwrap().ask, RoomAsk::Command(wish));
        assert_eq!(rig.snapshot().show, before);
        answer(&mut rig, Some(RoomAnswer::Refused(Fault::TooFast)));
        assert_eq!(rig.reply(ticket), Some(Err(Fault::TooFast)));
        assert_eq!((rig.faults(), rig.hellos()), (vec![], 0), "nothing was shown, nothing is taken back");
    }
}

#[test]
fn the_answer_carries_how_the_person_is_now() {
    let mut rig = Rig::seated(Role::Cohost);
    let ticket = rig.show(ShowCommand::Mute { person: "bo".into(), kind: TrackKind::Camera });
    let person = Some(Box::new(rig.view.people[2].clone()));
    let rev = rig.rev;
    answer(&mut rig, Some(RoomAnswer::Done(Ack { rev, person: person.clone() })));
    assert_eq!(rig.replies[&ticket].clone().unwrap().person, person);
}

// S-303
#[test]
fn what_the_host_has_said_cannot_be_done_is_refused_without_asking() {
    let mut rig = Rig::seated(Role::Cohost);
    let fault = Fault::NotAllowed { act: Act::EndStream, role: Role::Cohost };
    rig.changed(Change::May(vec![
        May { act: Act::EndStream, refusal: Some(fault.clone()) },
        May { act: Act::Take, refusal: None },
    ]));
    let ticket = rig.show(ShowCommand::EndStream);
    assert_eq!((rig.reply(ticket), rig.call(command)), (Some(Err(fault)), None));
    rig.show(ShowCommand::Take);
    rig.show(solo());
    assert_eq!(rig.open.len(), 2, "what can be done, and what was not spoken of, is asked");
}

#[test]
fn a_wish_without_the_host_is_refused_and_one_on_its_way_is_answered_when_the_way_is_gone() {
    let away = Some(Err(Fault::HostAway));
    let mut rig = Rig::starting(Role::Cohost);
    let ticket = rig.show(solo());
    assert_eq!((rig.reply(ticket), rig.open.len()), (away.clone(), 0), "not in yet");
    let mut rig = Rig::seated(Role::Cohost);
    let (silent, cut) = (rig.show(solo()), rig.show(ShowCommand::Take));
    answer(&mut rig, None);
    assert_eq!((rig.reply(silent), layout(&rig)), (away.clone(), LayoutName::Grid));
    assert_eq!(rig.faults(), [Fault::HostAway]);
    let epoch = rig.engines[0].unwrap();
    let lost = studio_wire::rtc::RtcReport::EngineLost { room: Crew, epoch };
    rig.feed(studio_core::Event::Rtc(lost));
    assert_eq!(rig.reply(cut), away);
    let ticket = rig.show(solo());
    assert_eq!(rig.reply(ticket), away, "on the way back");
}

#[test]
fn a_wish_that_is_never_answered_ends() {
    let mut rig = Rig::seated(Role::Cohost);
    let ticket = rig.show(solo());
    rig.pass(13_000);
    assert_eq!((rig.reply(ticket), layout(&rig)), (Some(Err(Fault::HostAway)), LayoutName::Grid));
    let open = rig.call(command).unwrap();
    let rev = rig.rev;
    rig.answer(&open, done(rev));
    assert_eq!(rig.reply(ticket), Some(Err(Fault::HostAway)), "a late answer is no second one");
}

#[test]
fn thirty_two_wishes_are_open_at_most() {
    let mut rig = Rig::seated(Role::Cohost);
    let tickets: Vec<_> = (0..33).map(|_| rig.show(ShowCommand::Take)).collect();
    assert_eq!(rig.reply(tickets[31]), None);
    assert_eq!(rig.reply(tickets[32]), Some(Err(Fault::Busy)));
    let rev = rig.rev;
    answer(&mut rig, done(rev));
    let next = rig.show(ShowCommand::Take);
    assert_eq!(rig.reply(next), None);
}

#[test]
fn answers_to_nothing_and_of_the_wrong_kind_do_no_harm() {
    let mut rig = Rig::seated(Role::Cohost);
    rig.news(Crew, RoomNews::Answered { call: studio_wire::CallId(900), answer: done(99) });
    let ticket = rig.show(solo());
    let page = studio_wire::chat::ChatPage::default();
    answer(&mut rig, Some(RoomAnswer::History(page)));
    assert_eq!(rig.reply(ticket), Some(Err(Fault::NotUnderstood)));
    assert!(rig.call(history).is_none());
}

#[test]
fn what_belongs_to_the_hosts_machine_cannot_be_done_here() {
    let mut rig = Rig::seated(Role::Cohost);
    for wish in [
        HereCommand::RecordingFolder { folder: None },
        HereCommand::ChooseServer { server: None },
        HereCommand::TestServer { server: "x".into() },
        HereCommand::ForgetServer { server: "x".into() },
    ] {
        let act = studio_wire::Command::Here(wish.clone()).act();
        assert_eq!(rig.here(wish), Err(Fault::NotAllowed { act, role: Role::Cohost }));
    }
    let state = rig.view.broadcast.state;
    assert_eq!(rig.here(HereCommand::ComeBack), Err(Fault::NotNow { act: Act::ComeBack, state }));
}

#[test]
fn a_notice_goes_when_it_is_dismissed() {
    let mut rig = Rig::seated(Role::Cohost);
    rig.visit.note(Fault::CoreRestarted, rig.time());
    let notice = rig.snapshot().notices[0].key;
    rig.here(HereCommand::Dismiss { notice }).unwrap();
    assert_eq!(rig.faults(), []);
}

#[test]
fn a_guess_about_a_place_opens_no_microphone() {
    let mut rig = Rig::seated(Role::Cohost);
    let open_to = |rig: &Rig| {
        let microphone = rig.publish.iter().find(|output| output.kind == TrackKind::Microphone);
        microphone.and_then(|output| output.open_to.clone())
    };
    let before = open_to(&rig).unwrap();
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "ana".into() });
    assert_eq!(rig.me().position, Position::OnStage);
    assert_eq!(open_to(&rig), Some(before), "the host has not said so");
    let mut people = rig.view.people.clone();
    people[3].position = Position::OnStage;
    rig.changed(all(people));
    assert_eq!(open_to(&rig), None);
}
