//! Speaking to somebody beside the show: exactly those hear it who are meant, and nobody on the air does.

use studio_core::Event;
use studio_wire::command::{Act, Command, HereCommand, ShowCommand};
use studio_wire::device::{Device, DeviceKind, DeviceReport};
use studio_wire::engine::lanes;
use studio_wire::fault::Fault;
use studio_wire::ids::SourceId;
use studio_wire::mixer::{StripPart, TalkTo};
use studio_wire::people::{Actor, Role};
use studio_wire::room::Holder;
use studio_wire::rtc::{RoomKind, RoomNews, TrackKind};
use studio_wire::view::StateName;

use crate::rig::Rig;
use crate::script::play_on;

const OWN: SourceId = SourceId(1);

/// Leo on stage, zoe and pat backstage, and a microphone that is off.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("pat", Role::Producer);
    rig.hello(RoomKind::Crew, "pat", Holder::First);
    play_on(&mut rig, "10 guest leo\n11 guest zoe\n12 add leo");
    let (kind, default) = (DeviceKind::Microphone, true);
    let device = Device { id: "mic_a".into(), name: "Microphone".into(), kind, default };
    rig.feed(Event::Devices(DeviceReport::Listed(vec![device])));
    rig.here(HereCommand::ChooseDevice { kind, device: None }).unwrap();
    rig
}

fn person(who: &str) -> Option<TalkTo> {
    Some(TalkTo::Person(who.into()))
}

fn talk(rig: &mut Rig, to: Option<TalkTo>) -> Result<(), Fault> {
    rig.here(HereCommand::Talk { to }).map(drop)
}

/// Whether it sends, and to whom.
fn talkback(rig: &Rig) -> (bool, Vec<&str>) {
    let output = rig.ports.crew.iter().find(|output| output.kind == TrackKind::Talkback).unwrap();
    assert_eq!(output.lane, lanes::CREW_TALKBACK);
    let meant = output.open_to.as_ref().expect("never to everybody");
    (!output.muted, meant.iter().map(studio_wire::ids::Identity::as_str).collect())
}

fn voice_sent(rig: &Rig) -> bool {
    !rig.ports.crew.iter().any(|output| output.kind == TrackKind::Microphone && output.muted)
}

#[test]
fn a_talkback_is_there_from_the_start_muted_and_open_to_nobody() {
    assert_eq!(talkback(&rig()), (false, vec![]));
}

#[test]
fn one_person_is_spoken_to_wherever_they_are_and_nobody_else_hears_it() {
    let mut rig = rig();
    for who in ["leo", "zoe", "pat"] {
        talk(&mut rig, person(who)).unwrap();
        assert_eq!(talkback(&rig), (true, vec![who]));
        assert!(rig.ports.mix.talk);
    }
    assert_eq!(rig.devices.microphone, Some("mic_a".into()), "the press is the act that opens it");
    assert!(!rig.ports.scene.voices.contains(&OWN) && !voice_sent(&rig));
    talk(&mut rig, None).unwrap();
    assert_eq!((talkback(&rig), rig.ports.mix.talk), ((false, vec![]), false));
    assert_eq!(rig.devices.microphone, None);
}

#[test]
fn everybody_backstage_is_who_is_backstage_now() {
    let mut rig = rig();
    talk(&mut rig, Some(TalkTo::Backstage)).unwrap();
    assert_eq!(talkback(&rig).1, ["pat", "zoe"]);
    play_on(&mut rig, "20 add zoe");
    assert_eq!(talkback(&rig).1, ["pat"], "the stage does not hear it");
    play_on(&mut rig, "30 came sam");
    assert_eq!(talkback(&rig).1, ["pat", "sam"]);
}

#[test]
fn while_one_speaks_beside_the_show_the_show_hears_nothing_of_it() {
    let mut rig = rig();
    play_on(&mut rig, "20 add host");
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    assert!(rig.ports.scene.voices.contains(&OWN) && voice_sent(&rig));
    let wired = |rig: &Rig| rig.ports.sources.iter().any(|wiring| wiring.source == OWN && wiring.on);
    talk(&mut rig, person("pat")).unwrap();
    assert!(!rig.ports.scene.voices.contains(&OWN) && !voice_sent(&rig));
    assert!(wired(&rig), "its source stays: the mixer parts the ways");
    let own = &rig.snapshot().show.mixer.unwrap().strips[0];
    assert_eq!(own.heard, Default::default());
    let snapshot = rig.snapshot();
    assert!(!snapshot.show.people[0].microphone.on && snapshot.devices.microphone.on);
    assert_eq!(snapshot.sound.talk, person("pat"));
    talk(&mut rig, None).unwrap();
    assert!(rig.ports.scene.voices.contains(&OWN) && voice_sent(&rig));
}

#[test]
fn who_has_left_is_not_spoken_to_any_more() {
    let mut rig = rig();
    talk(&mut rig, person("zoe")).unwrap();
    play_on(&mut rig, "20 left zoe");
    assert_eq!((talkback(&rig), rig.snapshot().sound.talk), ((false, vec![]), None));
    assert_eq!(rig.devices.microphone, None);
}

#[test]
fn who_cannot_hear_it_is_not_spoken_to() {
    let mut rig = rig();
    rig.news(
        RoomKind::Air,
        RoomNews::Came { identity: "vi".into(), name: "Vi".into(), role: Some(Role::Viewer) },
    );
    for who in ["vi", "host", "nobody"] {
        let nobody = Fault::NobodyThere { person: who.into() };
        assert_eq!(talk(&mut rig, person(who)), Err(nobody));
    }
    rig.feed(Event::Devices(DeviceReport::Listed(Vec::new())));
    let none = Fault::NoDevice { kind: DeviceKind::Microphone };
    assert_eq!(talk(&mut rig, Some(TalkTo::Backstage)), Err(none));
    assert_eq!(talk(&mut rig, None), Ok(()));
    let wish = Command::Here(HereCommand::Talk { to: None });
    let refused = Fault::NotAllowed { act: Act::Talk, role: Role::Producer };
    assert_eq!(rig.wish(Actor::Person("pat".into()), wish), Err(refused), "not on another machine");
}

#[test]
fn a_desks_talkback_is_heard_in_the_monitor_and_nowhere_else() {
    let mut rig = rig();
    rig.track("pat", TrackKind::Talkback, true);
    let before = rig.ports.scene.clone();
    let sid = rig.track("pat", TrackKind::Talkback, false);
    assert!(rig.ports.watch.iter().any(|watch| watch.track == sid));
    let scene = &rig.ports.scene;
    let new: Vec<_> = scene.monitor.voices.iter().filter(|v| !before.monitor.voices.contains(v)).collect();
    assert_eq!((new.len(), &scene.voices), (1, &before.voices));
    let pat = *new[0];
    rig.show(ShowCommand::Strip {
        person: "leo".into(),
        kind: TrackKind::Microphone,
        part: StripPart::Solo(true),
    })
    .unwrap();
    assert!(rig.ports.scene.monitor.voices.contains(&pat), "whatever is solo");
    let strips = rig.snapshot().show.mixer.unwrap().strips;
    assert!(strips.iter().all(|strip| strip.source != pat), "it has no strip");
    play_on(&mut rig, "20 left pat");
    assert!(!rig.ports.scene.monitor.voices.contains(&pat));
}

#[test]
fn a_guest_has_no_talkback_whatever_they_call_their_track_and_a_producer_no_microphone() {
    let mut rig = rig();
    let (watch, scene) = (rig.ports.watch.clone(), rig.ports.scene.clone());
    rig.track("zoe", TrackKind::Talkback, false);
    rig.track("pat", TrackKind::Microphone, false);
    assert_eq!((&rig.ports.watch, &rig.ports.scene), (&watch, &scene));
}

#[test]
fn the_server_gives_the_right_to_who_may() {
    let mut rig = rig();
    assert_eq!(rig.stamp("pat").unwrap().may, [TrackKind::Talkback]);
    assert!(rig.stamp("host").unwrap().may.contains(&TrackKind::Talkback));
    rig.hello(RoomKind::Crew, "zoe", Holder::First);
    assert!(!rig.stamp("zoe").unwrap().may.contains(&TrackKind::Talkback));
    rig.show(ShowCommand::SetRole { person: "zoe".into(), role: Role::Cohost }).unwrap();
    assert!(rig.stamp("zoe").unwrap().may.contains(&TrackKind::Talkback));
    let permit = ShowCommand::Permit { person: "zoe".into(), speak: Some(false), video: None };
    rig.show(permit).unwrap();
    assert!(!rig.stamp("zoe").unwrap().may.contains(&TrackKind::Talkback));
}

#[test]
fn what_the_server_muted_of_the_talkback_is_over() {
    let mut rig = rig();
    talk(&mut rig, person("zoe")).unwrap();
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: lanes::CREW_TALKBACK, muted: true });
    assert_eq!((talkback(&rig), rig.devices.microphone.clone()), ((false, vec![]), None));
}
