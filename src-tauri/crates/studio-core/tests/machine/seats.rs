//! What each seat may not know. A view is written as JSON, as it would leave this machine, and searched.

use studio_core::Event;
use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::device::{Device, DeviceKind, DeviceReport};
use studio_wire::engine::limits;
use studio_wire::fault::Fault;
use studio_wire::ids::Identity;
use studio_wire::media::MediaReport;
use studio_wire::mixer::{Band, BandShape, Compressor, Eq, Gate, Limiter, StripPart, VoiceCare};
use studio_wire::people::{Actor, Role, Seat};
use studio_wire::room::{Holder, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, TrackKind};
use studio_wire::view::{Change, ShowView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

/// A show with something of everything: leo on stage, zoe backstage and in the preview, a cohost, a
/// producer, somebody who left, an audience of one, a recording.
fn rich(state: StateName) -> Rig {
    let mut rig = Rig::in_state(state);
    for (who, role) in [("kim", Role::Cohost), ("pat", Role::Producer), ("sam", Role::Guest)] {
        rig.guest(who, role);
    }
    play_on(&mut rig, "10 guest leo\n11 guest zoe\n12 add leo\n13 prepare zoe\n14 left sam");
    play_on(&mut rig, "15 flowing 8\n16 flowing 9");
    let folder = Some("/videos".to_owned());
    rig.wish(Actor::LocalHost, Command::Here(HereCommand::RecordingFolder { folder })).unwrap();
    rig.news(RoomKind::Air, RoomNews::Came { identity: "ann".into(), name: "Ann".into(), role: None });
    rig
}

/// The same show after something fatal about a folder.
fn failed() -> Rig {
    let mut rig = rich(StateName::Live);
    let (epoch, fault) = (rig.ports.media.unwrap(), Fault::FolderMissing { path: "/videos".into() });
    rig.feed(Event::Media(MediaReport::Failed { epoch, fault }));
    rig
}

fn json(rig: &Rig, seat: &Seat) -> String {
    serde_json::to_string(&rig.studio.view(seat, rig.time())).unwrap()
}

fn view(rig: &Rig, seat: &Seat) -> ShowView {
    rig.studio.view(seat, rig.time())
}

#[track_caller]
fn check(json: &str, holds: &[&str], lacks: &[&str]) {
    for text in holds {
        assert!(json.contains(text), "{text:?} should be in {json}");
    }
    for text in lacks {
        assert!(!json.contains(text), "{text:?} should not be in {json}");
    }
}

#[test]
fn the_host_sees_everything() {
    let rig = rich(StateName::Live);
    let everything = ["Name of leo", "Name of zoe", "Name of sam", "Name of pat", "/videos/Evening show"];
    check(&json(&rig, &Seat::Host), &everything, &[]);
    let view = view(&rig, &Seat::Host);
    assert_eq!(
        (view.role, view.viewers, view.may.len()),
        (Role::Host, 1, studio_wire::table::COMMANDS.len())
    );
    assert!(view.people.iter().any(|person| person.camera.cell.is_some()));
}

#[test]
fn a_desk_sees_the_show_but_no_path_of_the_hosts_machine() {
    let rig = rich(StateName::Live);
    for desk in ["kim", "pat"] {
        let seat = Seat::Desk(desk.into());
        let holds = ["Name of zoe", "Name of sam", "\"preview\":{", "\"path\":\"Evening show"];
        check(&json(&rig, &seat), &holds, &["/home", "ada/", "open\"", "emergency_stop"]);
        let view = view(&rig, &seat);
        let acts: Vec<Act> = view.may.iter().map(|may| may.act).collect();
        let never = [Act::Open, Act::GoLive, Act::EndStream, Act::EmergencyStop, Act::Say, Act::Camera];
        assert!(!acts.iter().any(|act| never.contains(act)), "{acts:?}");
        for act in [Act::AddToStage, Act::Layout, Act::Take, Act::Mute, Act::HostDevice, Act::Settle] {
            assert!(acts.contains(&act), "{act:?}");
        }
        assert_eq!(acts.contains(&Act::SetRole), desk == "kim", "a producer makes nobody anything");
        let sources = view.people.iter().flat_map(|person| [&person.camera, &person.microphone]);
        assert!(sources.into_iter().all(|source| source.source.is_none() && source.cell.is_none()));
    }
}

#[test]
fn what_failed_is_told_to_the_host_alone() {
    let rig = failed();
    check(&json(&rig, &Seat::Host), &["folder_missing", "/videos"], &[]);
    for seat in [Seat::Desk("kim".into()), Seat::Guest("zoe".into()), Seat::Viewer("ann".into())] {
        check(&json(&rig, &seat), &[], &["folder_missing", "/home", "Name of"]);
    }
}

#[test]
fn a_guest_sees_who_is_there_and_nothing_of_how_the_show_is_made() {
    let rig = rich(StateName::Live);
    let seat = Seat::Guest("zoe".into());
    let lacks = [
        "/home",
        ".mkv",
        "Name of sam",
        "\"fault\":{",
        "\"preview\":{",
        "\"recording\":{",
        "not_allowed",
        "\"cell\":0",
        "\"source\":0",
    ];
    check(&json(&rig, &seat), &["Name of leo", "Name of zoe", "Name of pat", "Evening show"], &lacks);
    let view = view(&rig, &seat);
    assert_eq!((view.role, view.me.as_str()), (Role::Guest, "zoe"));
    assert_eq!(
        view.may.iter().map(|may| may.act).collect::<Vec<_>>(),
        [Act::Decline, Act::DeclineDevice, Act::Request]
    );
    assert!(view.layouts.is_empty() && view.broadcast.waiting.is_empty());
    let own: Vec<_> = view.people.iter().filter(|person| person.local).collect();
    assert_eq!(own.len(), 1);
    assert!(own[0].camera.on && own[0].identity.as_str() == "zoe");
}

#[test]
fn a_guest_is_not_told_which_room_is_lost() {
    let mut rig = rich(StateName::Live);
    rig.news(RoomKind::Air, RoomNews::Lost { gone: None });
    let seat = Seat::Guest("zoe".into());
    assert_eq!(view(&rig, &Seat::Host).broadcast.lost, [RoomKind::Air]);
    assert_eq!(view(&rig, &seat).broadcast.lost, []);
}

#[test]
fn a_viewer_sees_who_is_on_stage_and_nothing_of_backstage() {
    let rig = rich(StateName::Live);
    let seat = Seat::Viewer("ann".into());
    let lacks = [
        "zoe",
        "kim",
        "pat",
        "sam",
        "\"host\",",
        "/home",
        ".mkv",
        "\"preview\":{",
        "\"recording\":{",
        "backstage",
        "not_allowed",
    ];
    check(&json(&rig, &seat), &["Name of leo", "Evening show", "\"state\":\"live\""], &lacks);
    let view = view(&rig, &seat);
    assert_eq!((view.people.len(), view.role, view.viewers), (1, Role::Viewer, 1));
    assert_eq!(
        view.may.iter().map(|may| may.act).collect::<Vec<_>>(),
        [Act::Decline, Act::DeclineDevice, Act::Request]
    );
    assert!(view.layouts.is_empty() && view.host.is_none());
}

#[test]
fn a_viewer_sees_nobody_and_no_preparation_before_the_show_is_live() {
    for state in [StateName::Ready, StateName::Starting] {
        let rig = rich(state);
        let seat = Seat::Viewer("ann".into());
        check(&json(&rig, &seat), &["Evening show", "\"state\":\"idle\""], &["leo", "zoe", "starting"]);
    }
    check(&json(&failed(), &Seat::Viewer("ann".into())), &["\"state\":\"idle\""], &["folder", "leo"]);
}

#[test]
fn a_seat_is_what_the_record_says_and_not_what_its_holder_claims() {
    let rig = rich(StateName::Live);
    let as_guest = view(&rig, &Seat::Guest("leo".into()));
    assert_eq!(view(&rig, &Seat::Desk("leo".into())), as_guest, "a guest at a desk");
    let as_viewer = view(&rig, &Seat::Viewer("ann".into()));
    assert_eq!(view(&rig, &Seat::Guest("ann".into())), as_viewer, "a viewer in a guest's seat");
    assert_eq!(view(&rig, &Seat::Desk("ann".into())), as_viewer, "a viewer at a desk");
    let put_out = view(&rig, &Seat::Desk("sam".into()));
    assert_eq!(put_out.people.len(), 1, "who left is audience");
}

#[test]
fn the_offered_layouts_have_places_for_who_is_on_stage_and_for_four_at_least() {
    let mut rig = Rig::in_state(StateName::Ready);
    let places = |rig: &Rig| -> Vec<usize> {
        view(rig, &Seat::Host).layouts.iter().map(|offer| offer.places.len()).collect()
    };
    assert_eq!(places(&rig), [1, 4]);
    play_on(&mut rig, "1 guest leo\n2 guest zoe\n3 add leo\n4 add zoe\n5 add host");
    assert_eq!(places(&rig), [1, 4]);
    play_on(&mut rig, "6 guest kim\n7 guest ann\n8 add kim\n9 add ann");
    assert_eq!(places(&rig), [1, 5]);
    let preview = ShowCommand::Layout { bus: Bus::Preview, layout: studio_wire::LayoutName::Solo };
    rig.show(preview).unwrap();
    assert_eq!(view(&rig, &Seat::Host).program.layout, studio_wire::LayoutName::Grid);
}

/// A remote seat gets its whole view as the answer to one call, which holds 15 KiB.
#[test]
fn a_view_of_twenty_people_on_stage_fits_into_one_call() {
    let mut rig = Rig::in_state(StateName::Live);
    rig.guest("kim", Role::Cohost);
    for n in 0..20 {
        play_on(&mut rig, &format!("10 guest guest-{n}\n10 add guest-{n}"));
    }
    let device = |n: usize| Device {
        id: format!("pulseaudio:alsa_input.usb-Maker_Of_Microphones_{n}.analog-stereo").as_str().into(),
        name: format!("Analog Stereo of the Maker of Microphones {n}"),
        kind: DeviceKind::ALL[n % 3],
        default: n < 3,
    };
    rig.feed(Event::Devices(DeviceReport::Listed((0..12).map(device).collect())));
    let seats = [Seat::Desk("kim".into()), Seat::Guest("guest-7".into()), Seat::Viewer("ann".into())];
    for seat in seats {
        let bytes = json(&rig, &seat).len();
        assert!(bytes <= 15 * 1_024, "{bytes} bytes for {seat:?}");
    }
}

#[test]
fn twenty_strips_with_every_part_changed_fit_into_one_answer_and_one_strip_into_a_small_one() {
    let mut rig = Rig::in_state(StateName::Live);
    rig.guest("kim", Role::Cohost);
    for n in 0..20 {
        play_on(&mut rig, &format!("10 guest guest-{n}\n10 add guest-{n}"));
        let person = Identity(format!("guest-{n}"));
        for part in every_part() {
            let (person, kind) = (person.clone(), TrackKind::Microphone);
            rig.show(ShowCommand::Strip { person, kind, part }).unwrap();
        }
    }
    let whole = json(&rig, &Seat::Desk("kim".into())).len();
    assert!(whole <= limits::CALL * 2 / 3, "{whole} bytes: the rest is for chat");
    rig.hello(RoomKind::Crew, "kim", Holder::First);
    rig.pass(100);
    rig.ports.tales.clear();
    let (person, kind, part) = ("guest-7".into(), TrackKind::Microphone, StripPart::Gain(-11.5));
    rig.show(ShowCommand::Strip { person, kind, part }).unwrap();
    rig.pass(100);
    let told: Vec<_> = rig.ports.tales.iter().map(|(.., tale)| tale).collect();
    let [Tale::View { changes, .. }] = told[..] else { panic!("{told:?}") };
    let [Change::Strips(strips)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((strips.len(), strips[0].strip.gain_db), (1, -11.5));
    let bytes = serde_json::to_string(&changes).unwrap().len();
    assert!(bytes <= 2 * 1_024, "{bytes} bytes, twenty times a second");
}

/// Every part of a strip, with figures that are long to write.
fn every_part() -> [StripPart; 8] {
    let band = Band { on: true, shape: BandShape::HighShelf, hz: 12_345.678, db: -12.345_67, q: 1.234_567 };
    let gate = Gate { on: true, open_db: -33.333_33, shut_db: -44.444_44, ..Gate::default() };
    let compressor =
        Compressor { on: true, threshold_db: -23.456_78, ratio: 3.333_333, ..Default::default() };
    [
        StripPart::Care(VoiceCare { echo: true, noise: true, gain: true }),
        StripPart::Gate(gate),
        StripPart::Eq(Eq { on: true, bands: [band; 5] }),
        StripPart::Compressor(compressor),
        StripPart::Limiter(Limiter { on: true, ceiling_db: -2.345_678, release_ms: 123.456_7 }),
        StripPart::Delay(123.456_7),
        StripPart::Pan(-0.123_456_7),
        StripPart::Gain(-12.345_67),
    ]
}
