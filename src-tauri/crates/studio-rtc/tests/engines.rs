//! Engines' lives: with programs that misbehave in the place of the engine, and with the real one, a real server and
//! a foreign client.
#![allow(clippy::unwrap_used, missing_docs)]

mod support;

use std::time::{Duration, Instant};

use rustix::process::Signal;
use studio_rtc::Tools;
use studio_wire::engine::{Codec, Media, Publish, Watch, lanes};
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, RtcReport, TrackKind};
use studio_wire::{Epoch, Fault, Role, TrackSid};
use support::desk::{Desk, HEIGHT, Playing, WIDTH};
use support::guest::Guest;
use support::{Studio, block_on, runs, script, signal, tools, tools_with_engine, until};

fn order_start(room: RoomKind, epoch: u32) -> RtcOrder {
    RtcOrder::Start { room, epoch: Epoch(epoch), identity: "host".into(), name: "Hana".into() }
}

fn lost(room: RoomKind, epoch: u32) -> impl Fn(&RtcReport) -> Option<()> {
    move |told| (*told == RtcReport::EngineLost { room, epoch: Epoch(epoch) }).then_some(())
}

/// Waits for that news of that life.
fn news<T>(
    studio: &mut Studio,
    room: RoomKind,
    epoch: u32,
    what: &str,
    mut wanted: impl FnMut(&RoomNews) -> Option<T>,
) -> T {
    studio.wait(what, |told| match told {
        RtcReport::Room { room: of, epoch: life, news } if (*of, *life) == (room, Epoch(epoch)) => {
            wanted(news)
        }
        RtcReport::Failed { fault, .. } => panic!("{what}: {fault:?}"),
        _ => None,
    })
}

#[test]
fn an_engine_that_ends_at_once_is_lost_with_its_lanes_and_can_be_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("engine");
    script(&engine, "sleep 0.1; exit 3");
    let (desk, _playing) = Desk::start();
    let mut studio = Studio::start(Tools { engine, ..tools() }, desk.clone());
    studio.open(1).unwrap();
    for epoch in 1..4 {
        studio.order(order_start(RoomKind::Air, epoch));
        studio.wait("the loss", lost(RoomKind::Air, epoch));
    }
    let came_and_went = [(RoomKind::Air, true), (RoomKind::Air, false)];
    assert_eq!(desk.changes(), came_and_went.repeat(3));
    assert_eq!(studio.rtc().processes().len(), 2, "keeper and server");
}

#[test]
fn an_engine_that_never_says_a_word_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("engine");
    script(&engine, "exec sleep 600");
    let (desk, _playing) = Desk::start();
    let mut studio = Studio::start(Tools { engine, ..tools() }, desk);
    studio.open(1).unwrap();
    studio.order(order_start(RoomKind::Crew, 1));
    until("the engine runs", || studio.rtc().processes().len() == 3);
    let pid = studio.pid("sidestage-engine crew");
    studio.wait("the loss", lost(RoomKind::Crew, 1));
    assert!(!runs(pid));
}

#[test]
fn an_engine_started_in_the_place_of_a_living_one_ends_that_one_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("engine");
    script(&engine, "exec sleep 600");
    let (desk, _playing) = Desk::start();
    let mut studio = Studio::start(Tools { engine, ..tools() }, desk);
    studio.open(1).unwrap();
    studio.order(order_start(RoomKind::Crew, 1));
    until("the first runs", || studio.rtc().processes().len() == 3);
    let first = studio.pid("sidestage-engine crew");
    studio.order(order_start(RoomKind::Crew, 2));
    until("the second runs", || {
        studio.rtc().processes().len() == 3 && studio.pid("sidestage-engine crew") != first
    });
    assert!(!runs(first));
    // The first one's death comes before the second one's in any case; it would be the first to be told.
    let told = studio.wait("a loss", |told| match told {
        RtcReport::EngineLost { epoch, .. } => Some(*epoch),
        _ => None,
    });
    assert_eq!(told, Epoch(2));
}

#[test]
fn an_engine_without_a_server_is_refused() {
    let (desk, _playing) = Desk::start();
    let mut studio = Studio::start(tools(), desk);
    studio.order(order_start(RoomKind::Crew, 4));
    let fault = studio.wait("the refusal", |told| match told {
        RtcReport::Failed { epoch: Epoch(4), fault } => Some(fault.clone()),
        _ => None,
    });
    assert_eq!(fault, Fault::ServerLost);
}

/// A show with both engines in their rooms, everything published, and a desk that feeds it.
struct OnAir {
    studio: Studio,
    desk: Desk,
    _playing: Playing,
}

impl OnAir {
    fn start() -> Self {
        let (desk, playing) = Desk::start();
        let mut studio = Studio::start(tools_with_engine(), desk.clone());
        studio.open(1).unwrap();
        for room in RoomKind::ALL {
            studio.order(RtcOrder::Want { room, publish: publish(room), watch: Vec::new() });
            studio.order(order_start(room, 1));
        }
        let mut on_air = Self { studio, desk, _playing: playing };
        for room in RoomKind::ALL {
            on_air.published(room, 1);
        }
        on_air
    }

    /// Waits until an engine is in its room and both its outputs are taken.
    fn published(&mut self, room: RoomKind, epoch: u32) {
        news(&mut self.studio, room, epoch, "joined", |news| (*news == RoomNews::Joined).then_some(()));
        for output in publish(room) {
            let lane = output.lane;
            news(&mut self.studio, room, epoch, "published", |news| {
                (*news == RoomNews::Published { lane }).then_some(())
            });
        }
    }

    /// Waits for the guest's two tracks.
    fn tracks(&mut self, epoch: u32) -> (TrackSid, TrackSid) {
        let mut track = |wanted: TrackKind| {
            news(&mut self.studio, RoomKind::Crew, epoch, "the guest's track", |news| match news {
                RoomNews::Track { identity, sid, kind, .. } if identity.0 == "ana" && *kind == wanted => {
                    Some(sid.clone())
                }
                _ => None,
            })
        };
        (track(TrackKind::Camera), track(TrackKind::Microphone))
    }

    /// Watches both and waits until the first picture is in its lane.
    fn watch(&mut self, epoch: u32, (camera, microphone): (TrackSid, TrackSid)) {
        let (pictures, sounds) = (lanes::crew_picture(0).unwrap(), lanes::crew_sound(0).unwrap());
        let watch = vec![
            Watch { track: camera, lane: pictures, size: Some((WIDTH, HEIGHT)) },
            Watch { track: microphone, lane: sounds, size: None },
        ];
        self.studio.order(RtcOrder::Want { room: RoomKind::Crew, publish: publish(RoomKind::Crew), watch });
        for lane in [pictures, sounds] {
            news(&mut self.studio, RoomKind::Crew, epoch, "flowing", |news| {
                (*news == RoomNews::Flowing { lane }).then_some(())
            });
        }
        let before = self.desk.picture().1;
        until("pictures arrive in the lane", || self.desk.picture().1 > before + 5);
    }
}

fn publish(room: RoomKind) -> Vec<Publish> {
    let (picture, sound, codec) = match room {
        RoomKind::Crew => (lanes::CREW_CAMERA, lanes::CREW_MICROPHONE, Codec::Vp8),
        RoomKind::Air => (lanes::AIR_PICTURE, lanes::AIR_SOUND, Codec::H264),
    };
    let video = Media::Video { width: WIDTH, height: HEIGHT, fps: 30, kbps: 600, codec, simulcast: false };
    let audio = Media::Audio { rate: 48_000, channels: 2, kbps: 64 };
    vec![
        Publish {
            lane: picture,
            name: "picture".into(),
            kind: TrackKind::Camera,
            media: video,
            muted: false,
            open_to: None,
        },
        Publish {
            lane: sound,
            name: "sound".into(),
            kind: TrackKind::Microphone,
            media: audio,
            muted: false,
            open_to: None,
        },
    ]
}

fn sees(guest: &Guest, whom: &str) {
    guest.says("a picture", |word| word["saw"] == whom && word["width"] == WIDTH && word["height"] == HEIGHT);
}

fn hears(guest: &Guest, whom: &str) {
    guest.says("a sound", |word| word["heard"] == whom && word["loudest"].as_i64() > Some(1000));
}

/// What the server lets somebody in a room do: their role, whether they publish, and what.
fn rights(studio: &Studio, room: &str, identity: &str) -> (String, bool, Vec<i32>) {
    let person = block_on(studio.owner().get_participant(room, identity)).unwrap();
    let may = person.permission.unwrap();
    assert!(may.can_subscribe && may.can_publish_data && !may.can_update_metadata && !may.hidden);
    (person.attributes["role"].clone(), may.can_publish, may.can_publish_sources)
}

// S-252
#[test]
fn the_server_holds_everybody_to_the_rights_of_their_token() {
    let show = OnAir::start();
    let _guest = Guest::join(&show.studio.rtc().seat(Role::Guest, "ana").unwrap(), false);
    let _viewer = Guest::join(&show.studio.rtc().air_seat("viewer").unwrap(), false);
    let there = |room: &str, identity: &str| {
        let people = block_on(show.studio.owner().list_participants(room)).unwrap();
        people.iter().any(|person| person.identity == identity)
    };
    until("both are in", || there("crew-show", "ana") && there("air-show", "viewer"));
    for (room, identity, rights_are) in [
        ("crew-show", "host", ("host".to_owned(), true, vec![1, 2, 3, 4])),
        ("air-show", "host", ("host".to_owned(), true, vec![1, 2, 3, 4])),
        ("crew-show", "ana", ("guest".to_owned(), true, vec![1])),
        ("air-show", "viewer", ("viewer".to_owned(), false, vec![])),
    ] {
        assert_eq!(rights(&show.studio, room, identity), rights_are, "{identity} in {room}");
    }
}

// S-233
#[test]
fn foreign_clients_and_both_engines_see_and_hear_each_other_in_their_rooms() {
    let mut show = OnAir::start();
    let guest = Guest::join(&show.studio.rtc().seat(Role::Cohost, "ana").unwrap(), true);
    let viewer = Guest::join(&show.studio.rtc().air_seat("viewer").unwrap(), false);
    let role = news(&mut show.studio, RoomKind::Crew, 1, "the guest", |news| match news {
        RoomNews::Came { identity, role, .. } if identity.0 == "ana" => Some(*role),
        _ => None,
    });
    assert_eq!(role, Some(Role::Cohost));
    let tracks = show.tracks(1);
    show.watch(1, tracks);
    assert_eq!(show.desk.picture().0, Some((WIDTH, HEIGHT)));
    until("the tone is in its lane", || show.desk.loudest() > 1000);
    for client in [&guest, &viewer] {
        sees(client, "host");
        hears(client, "host");
    }
}

#[test]
fn a_killed_aborted_or_frozen_engine_is_lost_and_its_successor_publishes_and_sees_again() {
    let mut show = OnAir::start();
    let guest = Guest::join(&show.studio.rtc().seat(Role::Cohost, "ana").unwrap(), true);
    let tracks = show.tracks(1);
    show.watch(1, tracks.clone());
    for (epoch, how) in [(2, Signal::KILL), (3, Signal::ABORT), (4, Signal::STOP)] {
        let hit = Instant::now();
        let pid = show.studio.pid("sidestage-engine crew");
        signal(pid, how);
        show.studio.wait("the loss", lost(RoomKind::Crew, epoch - 1));
        // 1.5 s of silence for a frozen one, and room for a busy machine.
        assert!(hit.elapsed() < Duration::from_secs(5), "{how:?}: {:?}", hit.elapsed());
        assert!(!runs(pid));
        assert_eq!(show.desk.changes().last(), Some(&(RoomKind::Crew, false)));

        show.studio.order(order_start(RoomKind::Crew, epoch));
        show.published(RoomKind::Crew, epoch);
        assert_eq!(show.desk.changes().last(), Some(&(RoomKind::Crew, true)));
        let before = show.desk.picture().1;
        until("the kept wish brings the guest's pictures back", || show.desk.picture().1 > before + 5);
        sees(&guest, "host");
        hears(&guest, "host");
    }
    let air = show.desk.changes().into_iter().filter(|(room, _)| *room == RoomKind::Air).count();
    assert_eq!(air, 1, "the other room noticed nothing");
}

#[test]
fn a_killed_air_engine_comes_back_for_the_audience() {
    let mut show = OnAir::start();
    let viewer = Guest::join(&show.studio.rtc().air_seat("viewer").unwrap(), false);
    sees(&viewer, "host");
    signal(show.studio.pid("sidestage-engine air"), Signal::ABORT);
    show.studio.wait("the loss", lost(RoomKind::Air, 1));
    show.studio.order(order_start(RoomKind::Air, 2));
    show.published(RoomKind::Air, 2);
    sees(&viewer, "host");
    hears(&viewer, "host");
}

#[test]
fn a_replaced_server_has_both_engines_and_the_guest_back_without_a_new_start() {
    let mut show = OnAir::start();
    let guest = Guest::join(&show.studio.rtc().seat(Role::Cohost, "ana").unwrap(), true);
    let tracks = show.tracks(1);
    show.watch(1, tracks);
    signal(show.studio.pid("livekit-server"), Signal::KILL);
    show.studio.wait("the loss", |told| matches!(told, RtcReport::ServerLost { .. }).then_some(()));
    show.studio.open(1).unwrap();
    for room in RoomKind::ALL {
        news(&mut show.studio, room, 1, "back", |news| (*news == RoomNews::Joined).then_some(()));
    }
    sees(&guest, "host");
}

#[test]
fn in_a_closed_show_both_engines_leave_their_rooms_and_end_and_the_lanes_are_taken_away() {
    let mut show = OnAir::start();
    let pids: Vec<u32> = show.studio.rtc().processes().into_iter().map(|(_, pid)| pid).collect();
    assert_eq!(pids.len(), 4);
    show.studio.order(RtcOrder::Close { epoch: Epoch(1) });
    show.studio.wait("closed", |told| matches!(told, RtcReport::Closed { .. }).then_some(()));
    assert!(pids.iter().all(|pid| !runs(*pid)));
    let log = std::fs::read_to_string(show.studio.home.path().join("livekit-server.log")).unwrap();
    assert_eq!(log.matches("CLIENT_REQUEST_LEAVE").count(), 2, "both said goodbye before they ended");
    let gone: Vec<_> = show.desk.changes().into_iter().filter(|(_, there)| !there).collect();
    assert_eq!(gone, [(RoomKind::Crew, false), (RoomKind::Air, false)]);
}
