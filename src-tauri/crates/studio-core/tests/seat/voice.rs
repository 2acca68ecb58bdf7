//! The own voice at a seat: push to talk, speaking beside the show, and what is told to who speaks while muted.

use studio_core::Event;
use studio_wire::command::{Act, HereCommand, ShowCommand};
use studio_wire::device::{Device, DeviceKind, DeviceReport};
use studio_wire::engine::{LostWhy, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::SourceId;
use studio_wire::media::MediaReport;
use studio_wire::mixer::{MonitorBus, StripPart, TalkTo};
use studio_wire::people::{Position, Rights, Role};
use studio_wire::rtc::{RoomNews, TrackKind};
use studio_wire::view::{Change, Mine};

use crate::rig::{Crew, Rig, all};

/// A seat with a microphone of its own.
fn seated(role: Role) -> Rig {
    let mut rig = Rig::seated(role);
    let (kind, default) = (DeviceKind::Microphone, true);
    let device = Device { id: "mic_a".into(), name: "Microphone".into(), kind, default };
    rig.feed(Event::Devices(DeviceReport::Listed(vec![device])));
    rig.here(HereCommand::ChooseDevice { kind, device: None }).unwrap();
    rig
}

fn talk(rig: &mut Rig, to: Option<TalkTo>) -> Result<(), Fault> {
    rig.here(HereCommand::Talk { to })
}

fn person(who: &str) -> Option<TalkTo> {
    Some(TalkTo::Person(who.into()))
}

/// Whether it sends, and to whom.
fn talkback(rig: &Rig) -> Option<(bool, Vec<&str>)> {
    let output = rig.publish.iter().find(|output| output.lane == lanes::CREW_TALKBACK)?;
    let meant = output.open_to.as_ref().expect("never to everybody");
    Some((!output.muted, meant.iter().map(studio_wire::ids::Identity::as_str).collect()))
}

fn voice_sent(rig: &Rig) -> bool {
    rig.publish.iter().any(|output| output.kind == TrackKind::Microphone && !output.muted)
}

#[test]
fn with_push_to_talk_a_guest_is_heard_while_the_key_is_held() {
    let mut rig = seated(Role::Guest);
    rig.here(HereCommand::PushToTalk { on: true }).unwrap();
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    let heard = |rig: &Rig| (rig.devices().0, voice_sent(rig), rig.me().microphone.on);
    assert_eq!((heard(&rig), rig.wanted.microphone.is_some()), ((false, false, false), true));
    rig.here(HereCommand::Press { down: true }).unwrap();
    assert_eq!(heard(&rig), (true, true, true));
    rig.here(HereCommand::Press { down: false }).unwrap();
    assert_eq!((heard(&rig), rig.wanted.microphone.is_some()), ((false, false, false), true));
}

#[test]
fn a_desk_speaks_beside_the_show_to_exactly_those_it_means() {
    for role in [Role::Cohost, Role::Producer] {
        let mut rig = seated(role);
        assert_eq!(talkback(&rig), Some((false, vec![])), "{role:?}");
        talk(&mut rig, Some(TalkTo::Backstage)).unwrap();
        assert_eq!(talkback(&rig), Some((true, vec!["bo"])), "the host is on stage");
        rig.place("host", Position::Backstage);
        assert_eq!(talkback(&rig), Some((true, vec!["host", "bo"])));
        talk(&mut rig, person("zoe")).unwrap();
        assert_eq!(talkback(&rig), Some((true, vec!["zoe"])), "wherever she is");
        assert!(rig.mix.talk && rig.wanted.microphone.is_some() && !voice_sent(&rig));
        talk(&mut rig, None).unwrap();
        assert_eq!((talkback(&rig), rig.mix.talk), (Some((false, vec![])), false));
        assert_eq!(rig.wanted.microphone, None);
    }
}

#[test]
fn whoever_runs_nothing_has_no_talkback() {
    for role in [Role::Guest, Role::Viewer] {
        let mut rig = seated(role);
        assert_eq!(talk(&mut rig, person("host")), Err(Fault::NotAllowed { act: Act::Talk, role }));
        assert_eq!((talkback(&rig), rig.wanted.microphone.clone()), (None, None));
    }
    let mut rig = seated(Role::Cohost);
    rig.changed(Change::Mine(Mine { rights: Rights { speak: false, video: true }, ..Mine::default() }));
    let refused = Fault::NotAllowed { act: Act::Talk, role: Role::Cohost };
    assert_eq!(talk(&mut rig, person("host")), Err(refused), "it would be a microphone");
}

#[test]
fn who_leaves_or_may_no_longer_ends_it() {
    let mut rig = seated(Role::Cohost);
    talk(&mut rig, person("bo")).unwrap();
    let people: Vec<_> = rig.view.people.iter().filter(|p| p.identity.as_str() != "bo").cloned().collect();
    rig.changed(all(people));
    assert_eq!((talkback(&rig), rig.wanted.microphone.clone()), (Some((false, vec![])), None));
    assert_eq!(talk(&mut rig, person("bo")), Err(Fault::NobodyThere { person: "bo".into() }));
    talk(&mut rig, person("zoe")).unwrap();
    rig.changed(Change::Mine(Mine { rights: Rights { speak: false, video: true }, ..Mine::default() }));
    assert!(!rig.mix.talk && rig.snapshot().sound.talk.is_none());
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, ..Mine::default() }));
    talk(&mut rig, person("zoe")).unwrap();
    rig.lose(Crew, Some(LostWhy::Removed));
    assert_eq!((rig.snapshot().sound.talk, rig.wanted.microphone.clone()), (None, None));
}

#[test]
fn a_talkback_is_heard_wherever_one_is_and_only_from_who_runs_the_show() {
    for position in [Position::Backstage, Position::OnStage] {
        let mut rig = seated(Role::Guest);
        rig.place("ana", position);
        let count = |rig: &Rig| rig.scene.monitor.voices.len();
        assert_eq!(count(&rig), 0);
        rig.track(Crew, "bo", TrackKind::Talkback, false);
        assert_eq!((count(&rig), rig.watch[0].len()), (0, 0), "bo is a guest");
        rig.track(Crew, "host", TrackKind::Talkback, false);
        assert_eq!((count(&rig), rig.watch[0].len()), (1, 1), "{position:?}");
        rig.track(Crew, "host", TrackKind::Talkback, true);
        assert_eq!((count(&rig), rig.watch[0].len()), (0, 1), "muted, and still taken in");
    }
}

#[test]
fn who_speaks_while_they_are_muted_is_told_unless_they_never_spoke_or_may_not() {
    let mut rig = seated(Role::Guest);
    let speak = |rig: &mut Rig, on| rig.feed(Event::Media(MediaReport::MutedSpeech { on }));
    speak(&mut rig, true);
    assert_eq!((rig.faults(), rig.wanted.microphone.clone()), (vec![], None));
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    rig.here(HereCommand::Microphone { on: false }).unwrap();
    assert!(rig.snapshot().sound.listening && !rig.snapshot().devices.microphone.on);
    speak(&mut rig, true);
    assert_eq!(rig.faults(), [Fault::MutedSpeech]);
    speak(&mut rig, false);
    assert_eq!(rig.faults(), []);
    speak(&mut rig, true);
    rig.changed(Change::Mine(Mine { rights: Rights { speak: false, video: true }, ..Mine::default() }));
    assert_eq!((rig.faults(), rig.wanted.microphone.clone()), (vec![], None), "not even to listen");
}

#[test]
fn a_seat_has_a_monitor_of_its_own() {
    let mut rig = seated(Role::Viewer);
    let bus = MonitorBus { gain_db: -12.0, dim: true };
    rig.here(HereCommand::Monitor { bus }).unwrap();
    assert_eq!((rig.mix.monitor, rig.snapshot().sound.monitor), (bus, bus));
    let wrong = MonitorBus { gain_db: f32::NAN, dim: false };
    assert_eq!(rig.here(HereCommand::Monitor { bus: wrong }), Err(Fault::NotUnderstood));
    assert_eq!((rig.mix.strips.len(), rig.mix.on_air), (0, false), "strips are the host's");
}

#[test]
fn strips_are_shown_with_the_sources_of_this_machine() {
    let mut rig = seated(Role::Producer);
    let source = |rig: &Rig| rig.snapshot().show.mixer.unwrap().strips[0].source;
    assert_eq!(source(&rig), SourceId::default());
    rig.track(Crew, "bo", TrackKind::Microphone, false);
    assert_eq!(Some(&source(&rig)), rig.scene.monitor.voices.first());
}

#[test]
fn a_fader_does_not_jump_back_while_the_host_is_behind() {
    let mut rig = seated(Role::Cohost);
    let gain = |rig: &Rig| rig.snapshot().show.mixer.unwrap().strips[0].strip.gain_db;
    for step in 1..=10_u8 {
        let part = StripPart::Gain(-f32::from(step));
        rig.show(ShowCommand::Strip { person: "bo".into(), kind: TrackKind::Microphone, part });
        assert_eq!(gain(&rig), -f32::from(step));
    }
    let mut mixer = rig.view.mixer.clone().unwrap();
    mixer.strips[0].strip.gain_db = -3.0;
    rig.changed(Change::Strips(mixer.strips));
    assert_eq!(gain(&rig), -10.0, "the host has come as far as the third step");
}

#[test]
fn a_talkback_that_the_server_muted_is_over() {
    let mut rig = seated(Role::Producer);
    talk(&mut rig, person("bo")).unwrap();
    rig.news(Crew, RoomNews::OwnMuted { lane: lanes::CREW_TALKBACK, muted: true });
    assert_eq!(talkback(&rig), Some((false, vec![])));
}
