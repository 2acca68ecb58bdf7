//! Screens that a seat shares.

use studio_core::Event;
use studio_wire::command::HereCommand;
use studio_wire::device::{DeviceReport, DeviceState, DeviceTrouble, ScreenSubject};
use studio_wire::engine::lanes;
use studio_wire::fault::Fault;
use studio_wire::media::Feed;
use studio_wire::people::{Rights, Role};
use studio_wire::rtc::{RoomNews, TrackKind};
use studio_wire::view::{Change, Mine};

use crate::rig::{Crew, Rig};

fn share(rig: &mut Rig) -> Result<(), Fault> {
    let subject = ScreenSubject::Window(7);
    rig.here(HereCommand::Share { subject, title: " Slides ".into(), cursor: false })
}

/// Whether each screen that is published is muted.
fn muted(rig: &Rig) -> Vec<bool> {
    let screens = rig.publish.iter().filter(|output| output.kind == TrackKind::Screen);
    screens.map(|output| output.muted).collect()
}

fn feeds(rig: &Rig) -> usize {
    rig.sources.iter().filter(|wiring| matches!(wiring.feed, Feed::Screen(_))).count()
}

// S-2 S-40
#[test]
fn a_guest_shares_a_screen_and_everybody_is_sent_it() {
    let mut rig = Rig::seated(Role::Guest);
    assert_eq!(muted(&rig), []);
    share(&mut rig).unwrap();
    share(&mut rig).unwrap();
    let screens: Vec<_> = rig.publish.iter().filter(|output| output.kind == TrackKind::Screen).collect();
    assert_eq!([screens[0].lane, screens[1].lane].map(Some), [0, 1].map(lanes::crew_screen));
    assert!(screens.iter().all(|output| !output.muted && output.open_to.is_none()));
    assert_eq!((feeds(&rig), rig.snapshot().screens[0].title.as_str()), (2, "Slides"));
    assert!(rig.me().screen.on && !rig.me().screen.flowing);
    let report = DeviceReport::Shared { share: 1, state: DeviceState::Open };
    rig.feed(Event::Devices(report));
    assert!(rig.me().screen.flowing);
    let report = DeviceReport::Shared { share: 1, state: DeviceState::Lost(DeviceTrouble::Gone) };
    rig.feed(Event::Devices(report));
    assert_eq!(muted(&rig), [true, false]);
    assert_eq!(rig.faults(), [Fault::ScreenLost { title: "Slides".into(), why: DeviceTrouble::Gone }]);
    rig.here(HereCommand::StopSharing { share: None }).unwrap();
    assert_eq!((muted(&rig), feeds(&rig), rig.me().screen.on), (vec![true, true], 0, false));
}

#[test]
fn who_may_send_no_picture_shares_no_screen() {
    for role in [Role::Producer, Role::Viewer] {
        let refused = share(&mut Rig::seated(role));
        assert!(matches!(refused, Err(Fault::NotAllowed { .. })), "{role:?}: {refused:?}");
    }
    let mut rig = Rig::seated(Role::Guest);
    share(&mut rig).unwrap();
    let rights = Rights { speak: true, video: false };
    rig.changed(Change::Mine(Mine { rights, ..Mine::default() }));
    assert_eq!((muted(&rig), feeds(&rig)), (vec![true], 0));
    assert_eq!(rig.faults(), [Fault::MutedByHost { kind: TrackKind::Screen }]);
    assert!(matches!(share(&mut rig), Err(Fault::NotAllowed { .. })));
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, ..Mine::default() }));
    assert_eq!(muted(&rig), [true], "the right given back opens nothing");
}

// S-40
#[test]
fn the_host_stops_the_screen_of_a_guest() {
    let mut rig = Rig::seated(Role::Guest);
    share(&mut rig).unwrap();
    rig.changed(Change::Mine(Mine { rights: Rights::ALL, muted: [0, 0, 1], ..Mine::default() }));
    assert_eq!((muted(&rig), rig.snapshot().screens.len()), (vec![true], 0));
    share(&mut rig).unwrap();
    let lane = lanes::crew_screen(0).unwrap();
    rig.news(Crew, RoomNews::OwnMuted { lane, muted: true });
    assert_eq!((muted(&rig), rig.snapshot().screens.len()), (vec![true], 0));
}
