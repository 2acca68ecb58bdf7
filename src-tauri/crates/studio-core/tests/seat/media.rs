//! What a seat sends, takes in and hears, by its place in the show.

use studio_wire::command::HereCommand;
use studio_wire::engine::{LostWhy, lanes};
use studio_wire::fault::Fault;
use studio_wire::ids::{LaneId, SourceId};
use studio_wire::media::Feed;
use studio_wire::people::{Position, Rights, Role};
use studio_wire::room::Tale;
use studio_wire::rtc::{RoomNews, TrackKind};
use studio_wire::view::{Change, Mine};

use crate::rig::{Air, Crew, Rig, sid};

const KINDS: [TrackKind; 4] =
    [TrackKind::Camera, TrackKind::Microphone, TrackKind::Screen, TrackKind::ScreenSound];

fn open(rig: &mut Rig) {
    rig.here(HereCommand::Microphone { on: true }).unwrap();
    rig.here(HereCommand::Camera { on: true }).unwrap();
}

/// What is published, and whether it is muted.
fn published(rig: &Rig) -> Vec<(LaneId, &str, bool)> {
    rig.publish.iter().map(|output| (output.lane, output.name.as_str(), output.muted)).collect()
}

fn hearers(rig: &Rig) -> Option<Vec<String>> {
    let microphone = rig.publish.iter().find(|output| output.kind == TrackKind::Microphone).unwrap();
    microphone.open_to.as_ref().map(|to| to.iter().map(|who| who.0.clone()).collect())
}

/// Everybody sends everything, and the program is on air.
fn full(role: Role) -> Rig {
    let mut rig = Rig::seated(role);
    if role != Role::Viewer {
        for who in ["host", "zoe", "bo"] {
            KINDS.into_iter().for_each(|kind| rig.track(Crew, who, kind, false));
        }
        rig.track(Crew, "host", TrackKind::StageMedia, false);
    }
    rig.track(Air, "host", TrackKind::Camera, false);
    rig.track(Air, "host", TrackKind::Microphone, false);
    rig
}

fn watched(rig: &Rig) -> Vec<String> {
    let mut names: Vec<_> = rig.watch[0].iter().map(|watch| watch.track.0.clone()).collect();
    names.sort();
    names
}

/// What is heard, as the feeds of the monitor's voices: `crew` tracks, and `program`.
fn heard(rig: &Rig) -> Vec<String> {
    assert!(rig.scene.voices.is_empty() && !rig.scene.monitor.program);
    let name = |source: SourceId| {
        let wiring = rig.sources.iter().find(|wiring| wiring.source == source).unwrap();
        assert!(wiring.on);
        match wiring.feed {
            Feed::AirSound(lanes::AIR_SOUND_IN) => "program".to_owned(),
            Feed::CrewSound(lane) => {
                rig.watch[0].iter().find(|watch| watch.lane == lane).unwrap().track.0.clone()
            }
            other => panic!("heard: {other:?}"),
        }
    };
    let mut heard: Vec<_> = rig.scene.monitor.voices.iter().map(|voice| name(*voice)).collect();
    heard.sort();
    heard
}

#[test]
fn nothing_is_published_before_the_host_has_given_the_right_to() {
    let mut rig = Rig::starting(Role::Guest);
    rig.view.mine.rights = Rights { speak: false, video: true };
    assert_eq!(published(&rig), []);
    rig.news(Crew, RoomNews::Joined);
    assert_eq!(published(&rig), []);
    rig.welcome();
    assert_eq!(published(&rig), [(lanes::CREW_CAMERA, "camera", true)]);
    let refused = rig.here(HereCommand::Microphone { on: true });
    assert!(matches!(refused, Err(Fault::NotAllowed { .. })), "{refused:?}");
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, ..Mine::default() }));
    let both = [(lanes::CREW_CAMERA, "camera", true), (lanes::CREW_MICROPHONE, "microphone", true)];
    assert_eq!((published(&rig), rig.devices()), (both.to_vec(), (false, false)));
    open(&mut rig);
    assert!(published(&rig).iter().all(|(.., muted)| !muted));
    assert_eq!(rig.devices(), (true, true));
    let me = rig.me();
    assert_eq!((me.camera.source, me.camera.cell, me.camera.on), (Some(SourceId(0)), Some(0), true));
    assert!(me.camera.flowing && me.microphone.on && me.microphone.source == Some(SourceId(1)));
}

#[test]
fn a_producer_publishes_no_more_than_a_muted_talkback_and_a_viewer_nothing() {
    let talkback = vec![(lanes::CREW_TALKBACK, "talkback", true)];
    for (role, expected) in [(Role::Producer, talkback), (Role::Viewer, Vec::new())] {
        let mut rig = full(role);
        rig.changed(Change::Mine(Mine { rights: Rights::ALL, ..Mine::default() }));
        assert_eq!(published(&rig), expected, "{role:?}");
    }
}

#[test]
fn a_microphone_is_open_to_backstage_from_backstage_and_to_everybody_from_the_stage() {
    let mut rig = Rig::seated(Role::Guest);
    assert_eq!(hearers(&rig), Some(vec!["host".into(), "bo".into()]));
    rig.place("ana", Position::OnStage);
    assert_eq!(hearers(&rig), None);
    rig.place("bo", Position::OnStage);
    rig.place("ana", Position::Backstage);
    assert_eq!(hearers(&rig), Some(vec!["host".into()]));
    rig.place("zoe", Position::Backstage);
    assert_eq!(hearers(&rig), Some(vec!["host".into(), "zoe".into()]));
    rig.place("ana", Position::Requested);
    assert_eq!(hearers(&rig), Some(vec!["host".into(), "zoe".into()]));
    let camera = rig.publish.iter().find(|output| output.kind == TrackKind::Camera).unwrap();
    assert_eq!(camera.open_to, None);
}

#[test]
fn each_place_takes_in_what_it_shows_and_hears_and_nothing_else() {
    let cameras = ["TR_bo_camera", "TR_host_camera", "TR_host_screen", "TR_zoe_camera", "TR_zoe_screen"];
    let with = |more: &[&str]| {
        let mut all: Vec<_> = cameras.iter().chain(more).map(ToString::to_string).collect();
        all.sort();
        all
    };
    let stage = [
        "TR_host_microphone",
        "TR_host_screen-sound",
        "TR_host_stage-media",
        "TR_zoe_microphone",
        "TR_zoe_screen-sound",
    ];
    for role in [Role::Guest, Role::Cohost, Role::Producer] {
        let rig = full(role);
        assert_eq!(watched(&rig), with(&["TR_bo_microphone"]), "{role:?} backstage");
        assert_eq!(heard(&rig), ["TR_bo_microphone", "program"]);
        assert_eq!(rig.watch[1].len(), 2);
    }
    let mut rig = full(Role::Guest);
    rig.place("ana", Position::OnStage);
    assert_eq!(watched(&rig), with(&stage), "on stage");
    assert_eq!(heard(&rig), stage, "not the program: that has one's own voice in it");
    assert_eq!(rig.watch[1].len(), 1, "its picture, not its sound");
    rig.place("bo", Position::OnStage);
    assert!(heard(&rig).contains(&"TR_bo_microphone".to_owned()));
    let rig = full(Role::Viewer);
    assert_eq!((watched(&rig).len(), heard(&rig)), (0, vec!["program".to_owned()]));
}

#[test]
fn pictures_of_people_are_taken_in_small_and_the_program_whole() {
    let rig = full(Role::Guest);
    for watch in &rig.watch[0] {
        let size = (!watch.track.0.ends_with("microphone")).then_some((320, 180));
        assert_eq!(watch.size, size, "{watch:?}");
    }
    let air: Vec<_> = rig.watch[1].iter().map(|watch| (watch.lane, watch.size)).collect();
    assert_eq!(air, [(lanes::AIR_PICTURE_IN, None), (lanes::AIR_SOUND_IN, None)]);
    let picture = rig.scene.tiles[0].source.unwrap();
    let wiring = rig.sources.iter().find(|wiring| wiring.source == picture).unwrap();
    assert_eq!((wiring.feed, wiring.on), (Feed::AirPicture(lanes::AIR_PICTURE_IN), true));
    assert_eq!((rig.scene.tiles.len(), rig.scene.tiles[0].place.w), (1, 1.0));
}

#[test]
fn a_program_that_is_not_on_air_is_a_slate_and_silence() {
    let mut rig = full(Role::Viewer);
    rig.news(Air, RoomNews::TrackGone { identity: "host".into(), sid: "another".into() });
    assert!(rig.scene.tiles[0].source.is_some());
    for kind in [TrackKind::Camera, TrackKind::Microphone] {
        let sid = sid("host", kind).as_str().into();
        rig.news(Air, RoomNews::TrackGone { identity: "host".into(), sid });
    }
    assert_eq!((rig.scene.tiles[0].source, rig.scene.monitor.voices.len()), (None, 0));
    assert_eq!(rig.watch[1], []);
}

#[test]
fn only_the_host_has_a_program_and_stage_media() {
    let mut rig = full(Role::Guest);
    rig.place("ana", Position::OnStage);
    let before = (rig.watch.clone(), heard(&rig));
    rig.track(Air, "zoe", TrackKind::Camera, false);
    rig.track(Air, "zoe", TrackKind::Microphone, false);
    rig.track(Crew, "zoe", TrackKind::StageMedia, false);
    rig.track(Crew, "ana", TrackKind::Microphone, false);
    rig.track(Crew, "stranger", TrackKind::Microphone, false);
    assert_eq!((rig.watch.clone(), heard(&rig)), before);
}

#[test]
fn people_are_shown_with_the_sources_and_cells_of_this_machine() {
    let mut rig = Rig::seated(Role::Guest);
    let zoe = |rig: &Rig| rig.snapshot().show.people[1].clone();
    let seen = zoe(&rig).camera;
    assert_eq!((seen.source, seen.cell, seen.flowing, seen.on), (None, None, false, true));
    rig.track(Crew, "zoe", TrackKind::Camera, false);
    rig.news(Crew, RoomNews::Flowing { lane: lanes::crew_picture(0).unwrap() });
    let seen = zoe(&rig).camera;
    assert!(seen.source.is_some_and(|source| source.0 >= 16), "{seen:?}");
    assert_eq!((seen.cell, seen.flowing), (Some(1), true));
    rig.news(Crew, RoomNews::Stalled { lane: lanes::crew_picture(0).unwrap() });
    assert_eq!((zoe(&rig).camera.flowing, rig.faults().len()), (false, 1));
    rig.news(Crew, RoomNews::Flowing { lane: lanes::crew_picture(0).unwrap() });
    assert_eq!((zoe(&rig).camera.flowing, rig.faults()), (true, vec![]));
    rig.left("zoe");
    assert_eq!(zoe(&rig).camera.cell, None);
}

#[test]
fn the_host_can_switch_off_and_nobody_but_the_own_hand_switches_on() {
    let mut rig = Rig::seated(Role::Guest);
    open(&mut rig);
    rig.news(Crew, RoomNews::OwnMuted { lane: lanes::CREW_MICROPHONE, muted: true });
    assert_eq!(rig.devices(), (false, true));
    assert_eq!(rig.faults(), [Fault::MutedByHost { kind: TrackKind::Microphone }]);
    rig.news(Crew, RoomNews::OwnMuted { lane: lanes::CREW_MICROPHONE, muted: false });
    assert_eq!(rig.devices(), (false, true), "that is not the own hand");
    rig.news(Crew, RoomNews::OwnMuted { lane: lanes::CREW_CAMERA, muted: false });
    assert_eq!(rig.devices(), (false, true), "and no reason to switch off");
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, muted: [0, 1, 0], ..Mine::default() }));
    assert_eq!((rig.devices(), rig.faults().len()), ((false, false), 2), "the server's word was lost");
    open(&mut rig);
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, muted: [0, 1, 0], ..Mine::default() }));
    assert_eq!(rig.devices(), (true, true), "told before");
}

#[test]
fn a_right_that_is_taken_and_given_back_leaves_the_device_off() {
    let mut rig = Rig::seated(Role::Guest);
    open(&mut rig);
    rig.changed(Change::Mine(Mine { rights: Rights { speak: false, video: true }, ..Mine::default() }));
    assert_eq!(rig.devices(), (false, true));
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, ..Mine::default() }));
    assert_eq!((rig.devices(), published(&rig).len()), ((false, true), 2));
}

#[test]
fn what_was_muted_stays_muted_and_what_was_open_stays_open_over_every_way_back() {
    for gone in [None, Some(LostWhy::Away)] {
        let mut rig = Rig::seated(Role::Guest);
        rig.here(HereCommand::Camera { on: true }).unwrap();
        rig.lose(Crew, gone);
        rig.pass(500);
        rig.news(Crew, RoomNews::Joined);
        rig.welcome();
        assert_eq!(rig.devices(), (false, true), "{gone:?}");
        let muted: Vec<_> = published(&rig).iter().map(|(.., muted)| *muted).collect();
        assert_eq!(muted, [false, true], "{gone:?}");
    }
}

#[test]
fn an_output_that_was_refused_is_no_reason_to_leave_the_room() {
    let mut rig = Rig::seated(Role::Guest);
    let fault = Fault::RoomRefused { room: Crew, said: "lane 1 was not published".into() };
    let epoch = rig.engines[0].unwrap();
    rig.feed(studio_core::Event::Rtc(studio_wire::rtc::RtcReport::Failed { epoch, fault: fault.clone() }));
    assert_eq!((rig.starts[0], rig.faults()), (1, vec![fault]));
    rig.news(Crew, RoomNews::Published { lane: lanes::CREW_MICROPHONE });
    assert_eq!(rig.faults(), []);
}

#[test]
fn tracks_that_are_away_are_not_taken_in_and_come_back_in_their_lanes() {
    let mut rig = full(Role::Guest);
    let before = rig.watch[0].clone();
    rig.lose(Crew, Some(LostWhy::Away));
    assert_eq!(rig.watch[0], []);
    rig.pass(1_000);
    rig.news(Crew, RoomNews::Joined);
    rig.welcome();
    for who in ["bo", "zoe", "host"] {
        KINDS.into_iter().for_each(|kind| rig.track(Crew, who, kind, false));
    }
    assert_eq!(rig.watch[0], before);
    rig.tell(Tale::Stale { rev: 0 });
    rig.pass(20_000);
    assert_eq!(rig.watch[0], before, "who did not come back has left, and these did");
}
