//! The room: what people ask for through it, what the server is told of them, whose seat it is.

use studio_core::Event;
use studio_wire::chat::Reaction;
use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, LaneId};
use studio_wire::layout::LayoutName;
use studio_wire::people::{Actor, Claim, Parting, Position, Presence, Quality, Rights, Role, Seat};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, Stamp, TrackKind};
use studio_wire::view::{Change, PersonView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

const SOLO: ShowCommand = ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo };

fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("kim", Role::Cohost);
    rig.guest("pat", Role::Producer);
    play_on(&mut rig, "10 guest leo");
    rig.news(RoomKind::Air, came("vi", Role::Viewer));
    rig.lines.clear();
    rig
}

fn came(identity: &str, role: Role) -> RoomNews {
    RoomNews::Came { identity: identity.into(), name: format!("Name of {identity}"), role: Some(role) }
}

fn person(rig: &Rig, identity: &str) -> PersonView {
    let people = rig.snapshot().show.people;
    people.into_iter().find(|person| person.identity.as_str() == identity).unwrap()
}

fn refused(act: Act, role: Role) -> Result<studio_wire::view::Ack, Fault> {
    Err(Fault::NotAllowed { act, role })
}

fn told(rig: &Rig, fault: &Fault) -> bool {
    rig.snapshot().notices.iter().any(|notice| notice.fault == *fault)
}

fn ordered(rig: &Rig, what: &str) -> bool {
    rig.lines.iter().any(|line| line.trim() == what)
}

#[test]
fn a_desk_does_what_its_role_may_and_no_more() {
    let mut rig = rig();
    assert!(rig.call("pat", SOLO).is_ok());
    assert_eq!(rig.snapshot().show.program.layout, LayoutName::Solo);
    let add = ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() };
    let ack = rig.call("pat", add).unwrap();
    assert_eq!(ack.person.map(|person| person.position), Some(Position::OnStage));
    assert!(rig.call("kim", ShowCommand::Mute { person: "leo".into(), kind: TrackKind::Microphone }).is_ok());
    assert_eq!(rig.call("kim", ShowCommand::EndStream), refused(Act::EndStream, Role::Cohost));
    let role = ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost };
    assert_eq!(rig.call("pat", role.clone()), refused(Act::SetRole, Role::Producer));
    assert!(rig.call("kim", role).is_ok());
}

#[test]
fn a_guest_is_refused_everything_that_is_not_its_own() {
    let mut rig = rig();
    let person = || Identity::from("kim");
    let bus = Bus::Program;
    for command in [
        SOLO,
        ShowCommand::GoLive,
        ShowCommand::EmergencyStop,
        ShowCommand::AddToStage { bus, person: "leo".into() },
        ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost },
        ShowCommand::Permit { person: "leo".into(), speak: Some(true), video: None },
        ShowCommand::Mute { person: person(), kind: TrackKind::Microphone },
        ShowCommand::Remove { person: person(), refuse: true },
        ShowCommand::Silence { person: person(), on: true },
        ShowCommand::HostPicture { picture: studio_wire::media::OwnPicture::Bars },
    ] {
        let act = Command::Show(command.clone()).act();
        assert_eq!(rig.call("leo", command.clone()), refused(act, Role::Guest));
        assert_eq!(rig.call("vi", command.clone()), refused(act, Role::Viewer));
        assert_eq!(rig.call("nobody", command), refused(act, Role::Viewer));
    }
    assert_eq!(rig.call("leo", ShowCommand::Decline { kind: TrackKind::Camera }), Err(Fault::NotAsked));
    assert!(rig.call("vi", ShowCommand::Request { up: true }).is_ok());
    assert_eq!(self::person(&rig, "vi").position, Position::Requested);
}

#[test]
fn what_is_no_wish_is_answered_so() {
    let mut rig = rig();
    let answer = rig.ask(RoomKind::Crew, "leo", RoomAsk::Nonsense);
    assert_eq!(answer, Some(RoomAnswer::Refused(Fault::NotUnderstood)));
    let old = RoomAsk::Hello { version: 7, holder: Holder::First };
    let wrong = Fault::OtherVersion { found: 7, known: studio_wire::room::VERSION };
    assert_eq!(rig.ask(RoomKind::Crew, "leo", old), Some(RoomAnswer::Refused(wrong)));
}

// S-187 S-188
#[test]
fn a_seat_that_says_hello_gets_its_view_its_chat_and_the_rooms_it_may_enter() {
    let mut rig = rig();
    rig.news(RoomKind::Crew, RoomNews::Said { from: "kim".into(), id: None, text: "secret".into() });
    rig.news(RoomKind::Air, RoomNews::Said { from: "vi".into(), id: None, text: "hi".into() });
    let RoomAnswer::Welcome { view, chat, passes, bind, .. } =
        rig.hello(RoomKind::Crew, "leo", Holder::First)
    else {
        panic!("no welcome")
    };
    assert_eq!((view.role, view.me.as_str(), bind), (Role::Guest, "leo", true));
    assert_eq!(chat.iter().map(|page| page.lines.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(passes, RoomKind::ALL);
    let RoomAnswer::Welcome { view, chat, passes, .. } = rig.hello(RoomKind::Air, "vi", Holder::First) else {
        panic!("no welcome")
    };
    assert_eq!((view.role, passes), (Role::Viewer, vec![RoomKind::Air]));
    assert_eq!(chat.iter().map(|page| page.room).collect::<Vec<_>>(), [RoomKind::Air]);
}

/// People who publish nothing are announced up to three seconds late: their own word is enough.
#[test]
fn a_hello_is_enough_to_be_there() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "zoe", Holder::First);
    assert_eq!(person(&rig, "zoe").presence, Presence::Joined);
    assert_eq!(person(&rig, "zoe").role, Role::Viewer, "what nobody stamped and no record says is a viewer");
}

// S-87 S-187
#[test]
fn seats_are_told_of_each_change_that_concerns_them_and_a_command_names_the_view_that_shows_it() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "kim", Holder::First);
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    rig.pass(100);
    rig.ports.tales.clear();
    let ack = rig.call("kim", SOLO).unwrap();
    rig.pass(100);
    let Some((_, _, Tale::View { rev, changes, .. })) =
        rig.ports.tales.iter().find(|(_, to, _)| to[..] == ["kim".into()])
    else {
        panic!("{:?}", rig.ports.tales)
    };
    assert_eq!(*rev, ack.rev);
    assert!(
        changes
            .iter()
            .any(|change| matches!(change, Change::Program(scene) if scene.layout == LayoutName::Solo))
    );
    assert!(rig.ports.tales.iter().any(|(_, to, _)| to[..] == ["leo".into()]));
    rig.ports.tales.clear();
    rig.show(ShowCommand::AddToStage { bus: Bus::Preview, person: "leo".into() }).unwrap();
    rig.pass(100);
    let to: Vec<_> = rig.ports.tales.iter().flat_map(|(_, to, _)| to.clone()).collect();
    assert_eq!(to, ["kim".into()], "the preview is no guest's business");
}

// S-85 S-91
#[test]
fn roles_positions_and_rights_are_stamped_by_the_server_as_they_change() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    let all = [TrackKind::Camera, TrackKind::Microphone, TrackKind::Screen, TrackKind::ScreenSound];
    let stamp = |role, position, may: &[TrackKind]| Some(Stamp { role, position, may: may.to_vec() });
    assert_eq!(rig.stamp("leo"), stamp(Role::Guest, Position::Backstage, &all));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(rig.stamp("leo"), stamp(Role::Guest, Position::OnStage, &all));
    let permit = |speak, video| ShowCommand::Permit { person: "leo".into(), speak, video };
    let ack = rig.show(permit(Some(false), None)).unwrap();
    assert_eq!(ack.person.unwrap().rights, Rights { speak: false, video: true });
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera, TrackKind::Screen]);
    rig.show(permit(None, Some(false))).unwrap();
    assert_eq!(rig.stamp("leo").unwrap().may, []);
    rig.show(ShowCommand::SetRole { person: "leo".into(), role: Role::Producer }).unwrap();
    assert_eq!(rig.stamp("leo"), stamp(Role::Producer, Position::Backstage, &[]));
    assert!(rig.snapshot().show.program.people.is_empty(), "a producer is never on air");
}

#[test]
fn whoever_comes_back_is_stamped_anew_whatever_their_token_says() {
    let mut rig = rig();
    rig.show(ShowCommand::SetRole { person: "kim".into(), role: Role::Guest }).unwrap();
    play_on(&mut rig, "20 left kim");
    rig.ports.stamps.clear();
    rig.guest("kim", Role::Cohost);
    assert_eq!(rig.stamp("kim").map(|stamp| stamp.role), Some(Role::Guest));
    assert_eq!(rig.call("kim", SOLO), refused(Act::Layout, Role::Guest));
}

#[test]
fn after_the_room_was_lost_everybody_is_stamped_again() {
    let mut rig = rig();
    rig.ports.stamps.clear();
    rig.news(RoomKind::Crew, RoomNews::Lost { gone: None });
    play_on(&mut rig, "20 left leo\n30 joined\n40 guest leo");
    assert_eq!(rig.stamp("leo").map(|stamp| stamp.position), Some(Position::Backstage));
    assert!(rig.stamp("host").is_some());
}

// S-86
#[test]
fn what_the_server_does_not_take_is_told_and_tried_again() {
    let mut rig = rig();
    let stamp = rig.stamp("leo").unwrap();
    let refused = |refused: Option<&str>| {
        Event::Rtc(RtcReport::Stamped {
            room: RoomKind::Crew,
            identity: "leo".into(),
            stamp: stamp.clone(),
            refused: refused.map(Into::into),
        })
    };
    rig.feed(refused(Some("no")));
    let failed = Fault::UpdateFailed { person: "leo".into(), said: "no".into() };
    assert!(told(&rig, &failed));
    rig.ports.stamps.clear();
    rig.pass(2_100);
    assert_eq!(rig.stamp("leo"), Some(stamp.clone()));
    rig.feed(refused(None));
    assert!(!told(&rig, &failed));
}

#[test]
fn nobody_is_switched_on_by_somebody_else() {
    let mut rig = rig();
    let mute = |kind| ShowCommand::Mute { person: "leo".into(), kind };
    rig.show(mute(TrackKind::Microphone)).unwrap();
    assert!(rig.lines.iter().any(|line| line.contains("rtc mute leo")), "{:#?}", rig.lines);
    assert_eq!(rig.studio.view(&Seat::Guest("leo".into()), rig.time()).mine.muted, [1, 0, 0]);
    let ask = ShowCommand::AskOn { person: "leo".into(), kind: TrackKind::Microphone };
    rig.show(ask).unwrap();
    let mine = rig.studio.view(&Seat::Guest("leo".into()), rig.time()).mine;
    assert_eq!(mine.asked, [TrackKind::Microphone]);
    assert!(rig.call("leo", ShowCommand::Decline { kind: TrackKind::Microphone }).is_ok());
    assert_eq!(person(&rig, "leo").asked, []);
    assert_eq!(rig.show(mute(TrackKind::Screen)), Err(Fault::NothingToMute { person: "leo".into() }));
}

#[test]
fn who_turns_on_what_was_asked_for_is_asked_no_longer() {
    let mut rig = rig();
    let ask = ShowCommand::AskOn { person: "leo".into(), kind: TrackKind::Screen };
    rig.show(ask).unwrap();
    rig.track("leo", TrackKind::Screen, false);
    assert_eq!(person(&rig, "leo").asked, []);
}

#[test]
fn a_desk_mutes_the_host_and_cannot_unmute_them() {
    let mut rig = rig();
    rig.wish(Actor::LocalHost, Command::Here(HereCommand::Microphone { on: true })).unwrap();
    rig.call("kim", ShowCommand::Mute { person: "host".into(), kind: TrackKind::Microphone }).unwrap();
    assert!(!person(&rig, "host").microphone.on);
    let ask = ShowCommand::AskOn { person: "host".into(), kind: TrackKind::Microphone };
    assert_eq!(rig.call("kim", ask), refused(Act::AskOn, Role::Host));
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: LaneId(1), muted: false });
    assert!(!person(&rig, "host").microphone.on);
}

#[test]
fn what_the_server_muted_of_this_machine_stays_muted() {
    let mut rig = rig();
    rig.wish(Actor::LocalHost, Command::Here(HereCommand::Camera { on: true })).unwrap();
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: LaneId(0), muted: true });
    assert!(!person(&rig, "host").camera.on);
    assert!(told(&rig, &Fault::MutedByHost { kind: TrackKind::Camera }));
}

#[test]
fn who_is_removed_is_out_and_who_is_refused_stays_out_until_readmitted() {
    let mut rig = rig();
    let out = |refuse| ShowCommand::Remove { person: "leo".into(), refuse };
    rig.show(out(false)).unwrap();
    assert!(ordered(&rig, "rtc put out leo of crew"));
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    assert_eq!(person(&rig, "leo").presence, Presence::Left);
    rig.lines.clear();
    play_on(&mut rig, "30 guest leo");
    assert!(!ordered(&rig, "rtc put out leo of crew"));
    rig.show(out(true)).unwrap();
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    for n in 0..3 {
        rig.lines.clear();
        play_on(&mut rig, &format!("{} guest leo", 100 + n));
        assert!(ordered(&rig, "rtc put out leo of crew"));
        assert_eq!(rig.stamp("leo").unwrap().may, [], "and given no right meanwhile");
        assert_eq!(person(&rig, "leo").presence, Presence::Removed);
        let answer = rig.hello(RoomKind::Crew, "leo", Holder::Same);
        assert_eq!(answer, RoomAnswer::Refused(Fault::NotWelcome { person: "leo".into() }));
        rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
    }
    rig.show(ShowCommand::Readmit { person: "leo".into() }).unwrap();
    rig.lines.clear();
    play_on(&mut rig, "200 guest leo");
    assert_eq!(person(&rig, "leo").presence, Presence::Joined);
    assert!(!ordered(&rig, "rtc put out leo of crew"));
}

#[test]
fn a_viewer_who_is_let_in_enters_crew_and_one_who_is_sent_back_leaves_it() {
    let mut rig = rig();
    rig.call("vi", ShowCommand::Request { up: true }).unwrap();
    rig.show(ShowCommand::SetRole { person: "vi".into(), role: Role::Guest }).unwrap();
    let RoomAnswer::Welcome { view, passes, .. } = rig.hello(RoomKind::Air, "vi", Holder::Same) else {
        panic!("no welcome")
    };
    assert_eq!((view.role, passes), (Role::Guest, RoomKind::ALL.to_vec()));
    rig.news(RoomKind::Crew, came("vi", Role::Guest));
    assert_eq!(person(&rig, "vi").position, Position::Backstage);
    rig.show(ShowCommand::SetRole { person: "vi".into(), role: Role::Viewer }).unwrap();
    assert!(ordered(&rig, "rtc put out vi of crew"));
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "vi".into(), why: Parting::Removed });
    assert_eq!((person(&rig, "vi").presence, rig.snapshot().show.viewers), (Presence::Joined, 1));
}

// S-70 S-72 S-74 S-76 S-77
#[test]
fn a_record_and_what_the_room_tells_are_one_view() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 3\n21 flowing 27");
    rig.news(RoomKind::Crew, RoomNews::Quality { identity: "leo".into(), quality: Quality::Poor });
    rig.news(RoomKind::Crew, RoomNews::Speaking { people: vec!["leo".into()] });
    let leo = person(&rig, "leo");
    assert_eq!((leo.name.as_str(), leo.role, leo.presence), ("Name of leo", Role::Guest, Presence::Joined));
    assert!(leo.speaking && leo.camera.on && leo.camera.flowing && leo.microphone.flowing && !leo.local);
    assert_eq!((leo.quality, leo.rights, leo.joined.ms()), (Quality::Poor, Rights::ALL, 10));
    assert!(person(&rig, "host").local);
    let counts = rig.snapshot().show.counts;
    assert_eq!((counts.online, counts.total), (5, 5));
    play_on(&mut rig, "30 left leo");
    let counts = rig.snapshot().show.counts;
    assert_eq!((counts.online, counts.total), (4, 5), "records outlive a visit");
    assert!(!person(&rig, "leo").speaking);
}

// S-80 S-81 S-83
#[test]
fn coming_and_going_is_stored_and_logged() {
    let mut rig = Rig::in_state(StateName::Ready);
    play_on(&mut rig, "10 came leo\n20 left leo");
    assert!(ordered(&rig, "store person leo guest Joined Backstage"), "{:#?}", rig.lines);
    assert!(ordered(&rig, "store person leo guest Left None"));
    let rows: Vec<_> = rig.studio.journal().map(|row| (row.kind, row.about.as_str())).collect();
    assert!(rows.contains(&("rtc.came", "leo")) && rows.contains(&("rtc.left", "leo")), "{rows:?}");
}

// S-82 S-186 S-189
#[test]
fn who_has_left_is_told_nothing_and_a_show_that_is_over_tells_nobody() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    rig.hello(RoomKind::Crew, "kim", Holder::First);
    play_on(&mut rig, "20 left leo");
    rig.pass(100);
    rig.ports.tales.clear();
    rig.show(SOLO).unwrap();
    rig.pass(100);
    assert!(rig.ports.tales.iter().all(|(_, to, _)| to[..] == ["kim".into()]), "{:?}", rig.ports.tales);
    rig.show(ShowCommand::Release).unwrap();
    rig.obey();
    rig.ports.tales.clear();
    rig.pass(5_000);
    assert!(rig.ports.tales.is_empty());
}

#[test]
fn the_stage_never_hears_the_host_backstage() {
    let mut rig = rig();
    let open_to = |rig: &Rig| rig.ports.crew[1].open_to.clone();
    assert_eq!(open_to(&rig), Some(vec!["kim".into(), "pat".into(), "leo".into()]));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(open_to(&rig), Some(vec!["kim".into(), "pat".into()]));
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "host".into() }).unwrap();
    assert_eq!(open_to(&rig), None);
}

#[test]
fn a_client_that_keeps_no_list_has_a_microphone_on_stage_only() {
    let mut rig = rig();
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera]);
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert!(rig.stamp("leo").unwrap().may.contains(&TrackKind::Microphone));
    rig.show(ShowCommand::RemoveFromStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    assert_eq!(rig.stamp("leo").unwrap().may, [TrackKind::Camera]);
}

#[test]
fn a_picture_is_taken_in_as_large_as_it_is_shown_and_a_screen_only_on_stage() {
    let mut rig = rig();
    rig.track("leo", TrackKind::Screen, false);
    let sizes = |rig: &Rig| rig.ports.watch.iter().map(|watch| watch.size).collect::<Vec<_>>();
    assert_eq!(sizes(&rig), [Some((320, 180)), None]);
    rig.show(ShowCommand::AddToStage { bus: Bus::Preview, person: "leo".into() }).unwrap();
    assert_eq!(sizes(&rig), [Some((1280, 720)), None, None]);
    rig.show(ShowCommand::Take).unwrap();
    assert_eq!(rig.ports.scene.tiles.len(), 2, "a screen has a place of its own");
}

#[test]
fn a_gain_is_the_programs_and_a_desks_to_set() {
    let mut rig = rig();
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    let gain = |db| ShowCommand::Gain { person: "leo".into(), kind: TrackKind::Microphone, db };
    rig.call("pat", gain(-6.0)).unwrap();
    assert!((rig.ports.scene.voices[0].gain - 0.501).abs() < 0.001);
    rig.call("pat", gain(-60.0)).unwrap();
    assert_eq!(rig.ports.scene.voices[0].gain, 0.0);
    for db in [f32::NAN, 13.0, -61.0, f32::INFINITY] {
        assert_eq!(rig.call("pat", gain(db)), Err(Fault::NotUnderstood));
    }
}

// S-27
#[test]
fn a_message_is_kept_once_numbered_and_told_to_who_may_hear_it() {
    let mut rig = rig();
    for who in ["kim", "leo"] {
        rig.hello(RoomKind::Crew, who, Holder::First);
    }
    rig.hello(RoomKind::Air, "vi", Holder::First);
    rig.ports.tales.clear();
    let say = |rig: &mut Rig, room, from: &str, id: &str, text: &str| {
        rig.news(room, RoomNews::Said { from: from.into(), id: Some(id.into()), text: text.into() });
    };
    say(&mut rig, RoomKind::Crew, "leo", "m1", " to the crew\u{202e} ");
    say(&mut rig, RoomKind::Crew, "leo", "m1", " to the crew\u{202e} ");
    say(&mut rig, RoomKind::Air, "vi", "m1", "hello");
    let lines = rig.studio.chat_after(RoomKind::Crew, 0);
    assert_eq!(
        lines.iter().map(|line| (line.seq, line.text.as_str())).collect::<Vec<_>>(),
        [(1, "to the crew")]
    );
    let chat = |tale: &Tale| matches!(tale, Tale::Chat(_));
    let told: Vec<_> =
        rig.ports.tales.iter().filter(|(_, _, tale)| chat(tale)).map(|(_, to, _)| to.len()).collect();
    // Both of crew; the sender once more, who sent it twice; both of crew and the viewer.
    assert_eq!(told, [2, 1, 2, 1]);
    assert_eq!(rig.lines.iter().filter(|line| line.contains("store chat crew")).count(), 1);
}

#[test]
fn what_may_not_be_said_is_not_kept_and_its_sender_learns_why() {
    let mut rig = rig();
    rig.hello(RoomKind::Air, "vi", Holder::First);
    rig.show(ShowCommand::Silence { person: "vi".into(), on: true }).unwrap();
    let say = |rig: &mut Rig, room, from: &str, text: String| {
        rig.ports.tales.clear();
        rig.news(room, RoomNews::Said { from: from.into(), id: Some("x".into()), text });
        match rig.ports.tales.pop() {
            Some((_, _, Tale::Unsaid { fault, .. })) => fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", "hi".into()), Fault::Silenced);
    rig.show(ShowCommand::Silence { person: "vi".into(), on: false }).unwrap();
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", " ".into()), Fault::BadText { most: 1_000 });
    assert_eq!(say(&mut rig, RoomKind::Air, "vi", "x".repeat(1_001)), Fault::BadText { most: 1_000 });
    let act = Act::Say;
    assert_eq!(
        say(&mut rig, RoomKind::Crew, "vi", "hi".into()),
        Fault::NotAllowed { act, role: Role::Viewer }
    );
    assert_eq!(rig.studio.chat_newest(RoomKind::Air) + rig.studio.chat_newest(RoomKind::Crew), 0);
}

#[test]
fn the_audience_cannot_read_what_the_crew_says() {
    let mut rig = rig();
    let history = |room| RoomAsk::History { room, after: Some(0), before: None };
    let act = Act::Say;
    let refused = RoomAnswer::Refused(Fault::NotAllowed { act, role: Role::Viewer });
    assert_eq!(rig.ask(RoomKind::Air, "vi", history(RoomKind::Crew)), Some(refused));
    assert!(matches!(rig.ask(RoomKind::Crew, "leo", history(RoomKind::Crew)), Some(RoomAnswer::History(_))));
}

#[test]
fn what_memory_has_forgotten_the_store_is_asked_for() {
    let mut rig = rig();
    for n in 0..1_200 {
        let text = format!("{n}");
        rig.news(RoomKind::Crew, RoomNews::Said { from: "leo".into(), id: None, text });
    }
    let ask = RoomAsk::History { room: RoomKind::Crew, after: Some(10), before: None };
    assert_eq!(rig.ask(RoomKind::Crew, "kim", ask), None);
    assert!(ordered(&rig, "store read chat t1"));
    let page = studio_wire::chat::ChatPage { newest: 3, ..Default::default() };
    let ticket = studio_wire::Ticket(1);
    rig.feed(Event::Store(studio_wire::store::StoreReport::Chat { ticket, page }));
    let Some((_, RoomAnswer::History(page))) = rig.ports.answers.pop() else { panic!("no answer") };
    assert_eq!(page.newest, 1_200);
}

#[test]
fn cheers_are_counted_and_not_kept() {
    let mut rig = rig();
    for _ in 0..3 {
        rig.news(RoomKind::Air, RoomNews::Reacted { from: "vi".into(), reaction: Reaction::Heart });
    }
    rig.news(RoomKind::Air, RoomNews::Reacted { from: "nobody".into(), reaction: Reaction::Clap });
    let counted: Vec<_> = rig.snapshot().show.reactions.iter().map(|c| (c.reaction, c.count)).collect();
    assert_eq!(counted, [(Reaction::Heart, 3)]);
    assert!(!rig.lines.iter().any(|line| line.contains("store")), "{:#?}", rig.lines);
}

#[test]
fn somebody_who_floods_is_named_once() {
    let mut rig = rig();
    for dropped in [40, 60] {
        rig.news(RoomKind::Air, RoomNews::Flooding { from: "vi".into(), dropped });
    }
    let notices = rig.snapshot().notices;
    assert_eq!((notices.len(), notices[0].count), (1, 2));
}

/// Two people with one token: the server throws the first one out.
fn replaced(rig: &mut Rig) {
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Replaced });
    let at = rig.now;
    play_on(rig, &format!("{at} guest leo"));
}

#[test]
fn a_seat_whose_holder_comes_back_is_theirs_without_a_word() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 3\n30 add leo");
    replaced(&mut rig);
    assert!(
        !rig.on_air_sources().contains(&person(&rig, "leo").camera.source.unwrap()),
        "not before it is known"
    );
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    assert_eq!(person(&rig, "leo").position, Position::OnStage);
    assert!(rig.on_air_sources().contains(&person(&rig, "leo").camera.source.unwrap()));
    rig.pass(5_000);
    assert!(!told(&rig, &Fault::SeatContested { person: "leo".into() }));
}

#[test]
fn a_hello_that_is_heard_before_the_news_of_the_replacement_is_asked_for_again() {
    for holder in [Holder::Same, Holder::Other] {
        let mut rig = rig();
        rig.hello(RoomKind::Crew, "leo", Holder::First);
        play_on(&mut rig, "20 flowing 3\n30 add leo");
        let RoomAnswer::Welcome { rev: seen, .. } = rig.hello(RoomKind::Crew, "leo", holder) else {
            panic!("no welcome")
        };
        rig.ports.tales.clear();
        replaced(&mut rig);
        let told = rig.ports.tales.iter().find_map(|(_, to, tale)| match tale {
            Tale::Stale { rev } if *to == ["leo".into()] => Some(*rev),
            _ => None,
        });
        assert!(told.is_some_and(|rev| rev > seen), "{told:?} after {seen}");
        rig.hello(RoomKind::Crew, "leo", holder);
        rig.pass(5_000);
        assert_eq!(person(&rig, "leo").contested, holder == Holder::Other);
    }
}

// S-91
#[test]
fn a_newcomer_in_a_taken_seat_waits_backstage_without_rights_and_the_host_decides() {
    let contested = Fault::SeatContested { person: "leo".into() };
    let settle = |claim| ShowCommand::Settle { person: "leo".into(), claim };
    for held in [false, true] {
        let mut rig = rig();
        if held {
            rig.hello(RoomKind::Crew, "leo", Holder::First);
        }
        rig.news(RoomKind::Air, came("leo", Role::Guest));
        play_on(&mut rig, "20 flowing 3\n30 add leo");
        replaced(&mut rig);
        assert!(rig.on_air_sources().is_empty());
        if held {
            let RoomAnswer::Welcome { passes, bind, .. } = rig.hello(RoomKind::Crew, "leo", Holder::Other)
            else {
                panic!("no welcome")
            };
            assert_eq!((passes, bind), (vec![], false));
        } else {
            rig.pass(2_000);
        }
        let leo = person(&rig, "leo");
        assert_eq!((leo.position, leo.contested), (Position::Backstage, true));
        assert_eq!(rig.stamp("leo").unwrap().may, []);
        assert!(told(&rig, &contested));
        assert_eq!(rig.call("leo", SOLO), refused(Act::Layout, Role::Viewer), "it is not known who asks");
        rig.lines.clear();
        rig.show(settle(Claim::First)).unwrap();
        assert!(ordered(&rig, "rtc put out leo of crew"));
        assert_eq!(ordered(&rig, "rtc tell air [leo] recall"), held);
        rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
        let at = rig.now + 10;
        play_on(&mut rig, &format!("{at} guest leo"));
        if held {
            rig.lines.clear();
            rig.hello(RoomKind::Crew, "leo", Holder::Other);
            assert!(ordered(&rig, "rtc put out leo of crew"), "the thief again");
            rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Removed });
            let at = rig.now + 10;
            play_on(&mut rig, &format!("{at} guest leo"));
            rig.hello(RoomKind::Crew, "leo", Holder::Same);
        }
        assert!(!person(&rig, "leo").contested && rig.stamp("leo").unwrap().may.contains(&TrackKind::Camera));
        assert!(!told(&rig, &contested));
    }
}

#[test]
fn a_first_holder_of_whom_the_audiences_room_has_not_told_yet_is_called_back_all_the_same() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.lines.clear();
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::First }).unwrap();
    assert!(ordered(&rig, "rtc tell air [leo] recall"));
    rig.lines.clear();
    rig.news(RoomKind::Air, came("leo", Role::Guest));
    assert!(ordered(&rig, "rtc tell air [leo] recall"), "the first word may have found nobody");
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    rig.lines.clear();
    rig.news(RoomKind::Air, came("leo", Role::Guest));
    assert!(!ordered(&rig, "rtc tell air [leo] recall"), "they are back");
}

#[test]
fn a_seat_given_to_a_newcomer_stays_theirs_when_the_news_of_the_replacement_comes_last() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 3\n30 add leo");
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    assert!(person(&rig, "leo").contested);
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::Newcomer }).unwrap();
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.pass(5_000);
    assert!(!person(&rig, "leo").contested);
    assert!(!told(&rig, &Fault::SeatContested { person: "leo".into() }));
}

#[test]
fn a_seat_given_to_the_newcomer_is_theirs_after_one_more_hello() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 3");
    replaced(&mut rig);
    rig.hello(RoomKind::Crew, "leo", Holder::Other);
    rig.show(ShowCommand::Settle { person: "leo".into(), claim: Claim::Newcomer }).unwrap();
    assert!(ordered(&rig, "rtc tell crew [leo] stale"));
    let RoomAnswer::Welcome { bind, .. } = rig.hello(RoomKind::Crew, "leo", Holder::Other) else {
        panic!("no welcome")
    };
    assert!(bind);
    assert!(rig.stamp("leo").unwrap().may.contains(&TrackKind::Microphone));
    let settle = ShowCommand::Settle { person: "leo".into(), claim: Claim::First };
    assert_eq!(rig.show(settle), Err(Fault::NotContested { person: "leo".into() }));
}

#[test]
fn a_client_that_was_not_well_any_more_is_taken_to_be_back() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 3\n21 flowing 27\n30 add leo\n40 stalled 3\n41 stalled 27");
    replaced(&mut rig);
    rig.pass(5_000);
    let leo = person(&rig, "leo");
    assert_eq!((leo.position, leo.contested), (Position::OnStage, false));
}

#[test]
fn the_ends_of_tracks_that_are_told_before_a_replacement_do_not_make_its_holder_unwell() {
    for (pause, contested) in [(100, true), (5_000, false)] {
        let mut rig = rig();
        play_on(&mut rig, "10 add leo");
        let sid = rig.track("leo", TrackKind::Camera, false);
        play_on(&mut rig, "20 flowing 3");
        rig.news(RoomKind::Crew, RoomNews::TrackGone { identity: "leo".into(), sid });
        rig.pass(pause);
        replaced(&mut rig);
        rig.pass(2_000);
        assert_eq!(person(&rig, "leo").contested, contested, "after {pause} ms");
    }
}

// S-71
#[test]
fn each_seat_knows_itself_the_others_and_how_many_they_are() {
    let rig = rig();
    for (seat, me) in
        [(Seat::Host, "host"), (Seat::Desk("kim".into()), "kim"), (Seat::Guest("leo".into()), "leo")]
    {
        let view = rig.studio.view(&seat, rig.time());
        let (own, others): (Vec<_>, Vec<_>) = view.people.iter().partition(|person| person.local);
        assert_eq!(own.iter().map(|person| person.identity.as_str()).collect::<Vec<_>>(), [me]);
        assert_eq!((view.me.as_str(), others.len()), (me, if me == "host" { 4 } else { 3 }));
    }
    assert_eq!(rig.snapshot().show.counts.online, 5);
}

// S-75 S-78 S-79
#[test]
fn presence_is_told_and_never_asked_for_and_a_record_is_as_it_was_written_last() {
    let mut rig = rig();
    play_on(&mut rig, "20 flowing 3\n21 flowing 27");
    rig.pass(1_000);
    assert_eq!(rig.studio.next_deadline(), None, "nothing is polled while nothing happens");
    rig.lines.clear();
    rig.pass(10 * 60_000);
    assert_eq!(rig.lines, [] as [&str; 0]);
    rig.show(ShowCommand::SetRole { person: "leo".into(), role: Role::Cohost }).unwrap();
    assert_eq!(person(&rig, "leo").role, Role::Cohost);
    assert!(ordered(&rig, "store person leo cohost Joined Backstage"));
    play_on(&mut rig, &format!("{} left leo", 10 * 60_000 + 2_000));
    assert_eq!(person(&rig, "leo").presence, Presence::Left);
    assert!(ordered(&rig, "store person leo cohost Left None"));
}

/// Brings the crew room back after the library made its connection again.
fn back(rig: &mut Rig) {
    rig.news(RoomKind::Crew, RoomNews::Lost { gone: None });
    play_on(rig, "1000 joined\n1100 guest leo");
    rig.lines.clear();
    rig.pass(3_000);
    assert!(ordered(rig, "rtc look crew"), "{:#?}", rig.lines);
}

fn standing(rig: &mut Rig, sids: &[&str]) {
    let tracks = sids.iter().map(|sid| (Identity::from("leo"), (*sid).into())).collect();
    rig.feed(Event::Rtc(RtcReport::Standing { room: RoomKind::Crew, tracks }));
}

#[test]
fn a_track_that_the_server_has_and_nobody_offers_is_fetched_by_a_fresh_connection() {
    let mut rig = rig();
    back(&mut rig);
    rig.lines.clear();
    standing(&mut rig, &["TR_3", "TR_lost"]);
    assert!(!rig.lines.iter().any(|line| line.contains("rtc start")), "it may be on its way");
    rig.pass(2_000);
    assert!(ordered(&rig, "rtc look crew"));
    standing(&mut rig, &["TR_3", "TR_lost"]);
    assert!(rig.lines.iter().any(|line| line.contains("rtc start crew")), "{:#?}", rig.lines);
}

#[test]
fn a_room_that_is_back_whole_is_left_alone() {
    let mut rig = rig();
    back(&mut rig);
    rig.lines.clear();
    standing(&mut rig, &["TR_3", "TR_4"]);
    rig.pass(60_000);
    assert!(!rig.lines.iter().any(|line| line.contains("rtc start") || line.contains("rtc look")));
}

#[test]
fn what_is_said_while_it_is_not_known_who_speaks_is_neither_kept_nor_refused() {
    let mut rig = rig();
    rig.hello(RoomKind::Crew, "leo", Holder::First);
    play_on(&mut rig, "20 flowing 3");
    replaced(&mut rig);
    rig.ports.tales.clear();
    let say = |rig: &mut Rig, from: &str, room| {
        rig.news(room, RoomNews::Said { from: from.into(), id: Some("m".into()), text: "hi".into() });
    };
    say(&mut rig, "leo", RoomKind::Crew);
    assert!(rig.ports.tales.iter().all(|(_, _, tale)| !matches!(tale, Tale::Unsaid { .. } | Tale::Chat(_))));
    rig.hello(RoomKind::Crew, "leo", Holder::Same);
    say(&mut rig, "leo", RoomKind::Crew);
    assert_eq!(rig.studio.chat_newest(RoomKind::Crew), 1);
    // Somebody whom the room has not announced yet.
    say(&mut rig, "ann", RoomKind::Air);
    assert_eq!(rig.studio.chat_newest(RoomKind::Air), 1);
}

/// The server announces somebody who publishes nothing up to three seconds late, unless it has something to say of
/// them; until then nobody knows whose their packets are.
#[test]
fn a_viewer_who_says_hello_is_stamped_and_a_stock_one_is_not() {
    let mut rig = rig();
    let key = |who: &str| (RoomKind::Air, Identity::from(who));
    assert!(!rig.ports.stamps.contains_key(&key("vi")));
    rig.hello(RoomKind::Air, "vi", Holder::First);
    assert_eq!(rig.ports.stamps.get(&key("vi")).map(|stamp| stamp.role), Some(Role::Viewer));
}
