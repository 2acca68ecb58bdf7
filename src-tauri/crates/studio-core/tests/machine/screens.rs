//! Screens of the host's machine: what is shared, who sees it, and how it ends.

use studio_core::Event;
use studio_wire::command::{Bus, HereCommand, ShowCommand};
use studio_wire::device::{
    DeviceReport, DeviceState, DeviceTrouble, DeviceWant, MOST_SCREENS, ScreenSubject, ScreenWant,
};
use studio_wire::engine::lanes;
use studio_wire::fault::Fault;
use studio_wire::ids::{LaneId, SourceId};
use studio_wire::media::Feed;
use studio_wire::people::Role;
use studio_wire::rtc::{RoomKind, RoomNews, TrackKind};
use studio_wire::view::StateName;

use super::rig::Rig;

const WINDOW: ScreenSubject = ScreenSubject::Window(7);
/// The host's camera.
const CAMERA: SourceId = SourceId(0);

/// On air, with the host and their camera on stage.
fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Live);
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "host".into() }).unwrap();
    rig.here(HereCommand::Camera { on: true }).unwrap();
    rig
}

fn share(rig: &mut Rig, subject: ScreenSubject) -> Result<(), Fault> {
    rig.here(HereCommand::Share { subject, title: "Slides".into(), cursor: true }).map(drop)
}

fn became(rig: &mut Rig, share: u32, state: DeviceState) {
    rig.feed(Event::Devices(DeviceReport::Shared { share, state }));
}

/// The pictures of the program: where each comes from, and whether it is shown whole.
fn tiles(rig: &Rig) -> Vec<(Option<Feed>, bool)> {
    let feed = |source: Option<SourceId>| source.and_then(|source| rig.feed_of(source));
    rig.ports.scene.tiles.iter().map(|tile| (feed(tile.source), tile.whole)).collect()
}

/// The shared screens that `crew` has: the lane, and whether it is muted.
fn published(rig: &Rig) -> Vec<(LaneId, bool)> {
    let screens = rig.ports.crew.iter().filter(|output| output.kind == TrackKind::Screen);
    screens.map(|output| (output.lane, output.muted)).collect()
}

fn lane(place: u16) -> LaneId {
    lanes::crew_screen(place).unwrap()
}

fn shared(rig: &Rig) -> Vec<u32> {
    rig.snapshot().screens.iter().map(|screen| screen.share).collect()
}

fn faults(rig: &Rig) -> Vec<Fault> {
    rig.snapshot().notices.into_iter().map(|notice| notice.fault).collect()
}

// S-2 S-40
#[test]
fn no_screen_is_read_or_published_before_its_user_shares_it() {
    let mut rig = rig();
    assert_eq!((rig.devices.screens.len(), published(&rig), shared(&rig).len()), (0, vec![], 0));
    share(&mut rig, WINDOW).unwrap();
    let want = ScreenWant { share: 1, place: 0, subject: WINDOW, cursor: true };
    assert_eq!(rig.devices.screens, [want]);
    assert_eq!(published(&rig), [(lane(0), false)]);
    let view = rig.snapshot();
    assert_eq!((view.screens[0].title.as_str(), view.screens[0].flowing), ("Slides", false));
    assert!(view.show.people[0].screen.on && !view.show.people[0].screen.flowing);
    became(&mut rig, 1, DeviceState::Open);
    assert!(rig.snapshot().screens[0].flowing && rig.snapshot().show.people[0].screen.flowing);
}

// S-40
#[test]
fn a_screen_has_a_place_of_its_own_before_its_owners_face_and_is_never_cut() {
    let mut rig = rig();
    assert_eq!(tiles(&rig), [(Some(Feed::Pattern), false)]);
    share(&mut rig, WINDOW).unwrap();
    assert_eq!(tiles(&rig), [(Some(Feed::Screen(0)), true), (Some(Feed::Pattern), false)]);
    rig.here(HereCommand::Camera { on: false }).unwrap();
    assert_eq!(tiles(&rig), [(Some(Feed::Screen(0)), true), (None, false)]);
    rig.show(ShowCommand::RemoveFromStage { bus: Bus::Program, person: "host".into() }).unwrap();
    assert_eq!(tiles(&rig), [], "who is not on stage shows nothing");
    assert_eq!(published(&rig), [(lane(0), false)]);
}

#[test]
fn several_screens_are_shared_at_once_and_each_is_stopped_by_itself() {
    let mut rig = rig();
    for n in 0..MOST_SCREENS as u32 {
        share(&mut rig, ScreenSubject::Window(n)).unwrap();
    }
    assert_eq!(share(&mut rig, WINDOW), Err(Fault::ScreensFull { most: 4 }));
    assert_eq!((shared(&rig), tiles(&rig).len()), (vec![1, 2, 3, 4], 5));
    rig.here(HereCommand::StopSharing { share: Some(2) }).unwrap();
    assert_eq!((shared(&rig), tiles(&rig).len()), (vec![1, 3, 4], 4));
    assert_eq!(published(&rig), [(lane(0), false), (lane(1), true), (lane(2), false), (lane(3), false)]);
    share(&mut rig, WINDOW).unwrap();
    assert_eq!(shared(&rig), [1, 3, 4, 5], "a number is given once");
    let last = ScreenWant { share: 5, place: 1, subject: WINDOW, cursor: true };
    assert_eq!(rig.devices.screens[1], last, "in the place that is free");
    assert_eq!(tiles(&rig)[3], (Some(Feed::Screen(1)), true), "behind those that were there before");
    let view = rig.snapshot().show.people.swap_remove(0);
    assert!(view.screen.on && view.more_screens.len() == 3);
    rig.here(HereCommand::StopSharing { share: None }).unwrap();
    assert_eq!((shared(&rig), rig.devices.screens.len(), tiles(&rig).len()), (vec![], 0, 1));
    assert!(published(&rig).iter().all(|(_, muted)| *muted) && published(&rig).len() == 4);
    assert!(!rig.snapshot().show.people[0].screen.on);
}

#[test]
fn a_window_that_was_closed_ends_its_share_with_a_word_and_does_not_come_back() {
    let mut rig = rig();
    share(&mut rig, WINDOW).unwrap();
    share(&mut rig, ScreenSubject::Whole).unwrap();
    became(&mut rig, 1, DeviceState::Open);
    became(&mut rig, 1, DeviceState::Lost(DeviceTrouble::Gone));
    assert_eq!((shared(&rig), tiles(&rig).len()), (vec![2], 2));
    assert_eq!(faults(&rig), [Fault::ScreenLost { title: "Slides".into(), why: DeviceTrouble::Gone }]);
    became(&mut rig, 1, DeviceState::Open);
    assert_eq!(shared(&rig), [2], "news of one that is over is of none");
    share(&mut rig, WINDOW).unwrap();
    became(&mut rig, 1, DeviceState::Lost(DeviceTrouble::Gone));
    assert_eq!(shared(&rig), [2, 3], "and not of the one in its place");
}

#[test]
fn where_no_screen_can_be_read_the_share_ends_and_says_why() {
    let mut rig = rig();
    share(&mut rig, ScreenSubject::Whole).unwrap();
    became(&mut rig, 1, DeviceState::Lost(DeviceTrouble::Unsupported));
    let why = Fault::ScreenLost { title: "Slides".into(), why: DeviceTrouble::Unsupported };
    assert_eq!((faults(&rig), rig.devices.screens.len()), (vec![why], 0));
}

// S-40
#[test]
fn a_desk_stops_the_hosts_screens_and_shares_none() {
    let mut rig = rig();
    rig.guest("pat", Role::Producer);
    let stop = ShowCommand::Mute { person: "host".into(), kind: TrackKind::Screen };
    assert_eq!(rig.call("pat", stop.clone()), Err(Fault::NothingToMute { person: "host".into() }));
    share(&mut rig, WINDOW).unwrap();
    share(&mut rig, ScreenSubject::Whole).unwrap();
    rig.call("pat", stop).unwrap();
    assert_eq!((shared(&rig), rig.devices.screens.len()), (vec![], 0));
    assert!(rig.snapshot().show.people[0].camera.on, "the camera goes on");
    assert!(rig.feed_of(CAMERA).is_some());
}

#[test]
fn a_screen_that_the_server_mutes_is_not_shared_any_more() {
    let mut rig = rig();
    share(&mut rig, WINDOW).unwrap();
    share(&mut rig, ScreenSubject::Whole).unwrap();
    rig.news(RoomKind::Crew, RoomNews::OwnMuted { lane: lane(0), muted: true });
    assert_eq!(shared(&rig), [2]);
    assert_eq!(faults(&rig), [Fault::MutedByHost { kind: TrackKind::Screen }]);
}

#[test]
fn nothing_is_shared_any_more_when_the_show_ends_nor_in_the_next_one() {
    for end in [ShowCommand::EndStream, ShowCommand::EmergencyStop] {
        let mut rig = rig();
        share(&mut rig, WINDOW).unwrap();
        rig.show(end).unwrap();
        rig.obey();
        assert_eq!((rig.state(), &rig.devices), (StateName::Idle, &DeviceWant::default()));
        assert!(shared(&rig).is_empty());
        let not_now = share(&mut rig, WINDOW);
        assert!(matches!(not_now, Err(Fault::NotNow { .. })), "{not_now:?}");
        rig.show(ShowCommand::Open { title: "Next".into() }).unwrap();
        rig.obey();
        assert_eq!((published(&rig), rig.devices.screens.len()), (vec![], 0));
    }
}

// S-40
#[test]
fn each_of_the_screens_that_a_guest_shares_has_a_place_of_its_own() {
    let mut rig = rig();
    rig.guest("leo", Role::Guest);
    rig.show(ShowCommand::AddToStage { bus: Bus::Program, person: "leo".into() }).unwrap();
    let [first, second] = [(); 2].map(|()| rig.track("leo", TrackKind::Screen, false));
    rig.track("leo", TrackKind::Camera, false);
    let whole = |rig: &Rig| tiles(rig).iter().filter(|(feed, whole)| feed.is_some() && *whole).count();
    assert_eq!((tiles(&rig).len(), whole(&rig)), (4, 2));
    let gone = RoomNews::TrackGone { identity: "leo".into(), sid: first };
    rig.news(RoomKind::Crew, gone);
    assert_eq!(whole(&rig), 1);
    let view = rig.snapshot().show.people.swap_remove(1);
    assert!(view.screen.on && view.more_screens.is_empty());
    let muted = RoomNews::Track { identity: "leo".into(), sid: second, kind: TrackKind::Screen, muted: true };
    rig.news(RoomKind::Crew, muted);
    assert_eq!((whole(&rig), tiles(&rig).len()), (0, 2));
    for _ in 0..6 {
        rig.track("leo", TrackKind::Screen, false);
    }
    assert_eq!(whole(&rig), 3, "the muted one keeps its place, and there are four");
}
