//! What becomes of a recording after its show.

use studio_core::{Effect, Event};
use studio_wire::command::ShowCommand;
use studio_wire::fault::Fault;
use studio_wire::ids::Epoch;
use studio_wire::media::MediaReport;
use studio_wire::store::StoreOrder;
use studio_wire::view::StateName::{Idle, Live, Stopping};

use crate::rig::{Rig, WALL};

const MKV: &str = "/videos/Evening show.mkv";
const MP4: &str = "/videos/Evening show.mp4";

/// A show that ended three seconds after its start, and its take.
fn ended() -> (Rig, Epoch) {
    let mut rig = Rig::in_state(Live);
    rig.pass(3_000);
    rig.show(ShowCommand::EndStream).unwrap();
    rig.obey();
    let take = rig.ports.take.unwrap();
    (rig, take)
}

fn remuxed(epoch: Epoch) -> Event {
    Event::Media(MediaReport::Remuxed { epoch, path: MP4.into(), bytes: 4_900_000 })
}

/// Path, frames and end of the take that the store is told of; nobody else may be asked for anything.
fn kept(effects: &[Effect]) -> Option<(String, u64, u64)> {
    let mut told = None;
    for effect in effects {
        match effect {
            Effect::Store(StoreOrder::TakeDone { path, frames, wall_ms, .. }) => {
                told = Some((path.clone(), *frames, *wall_ms));
            }
            Effect::Store(StoreOrder::Event { .. }) | Effect::Publish => {}
            other => panic!("{other:?}"),
        }
    }
    told
}

/// Where the recording lies that is shown, and its size.
fn shown(rig: &Rig) -> (String, u64) {
    let recording = rig.snapshot().show.recording.unwrap();
    assert!(!recording.running);
    (recording.path, recording.bytes)
}

#[test]
fn a_show_is_over_when_its_recording_is_whole_and_the_remux_is_news_in_idle() {
    let (mut rig, take) = ended();
    assert_eq!((rig.state(), shown(&rig)), (Idle, (MKV.into(), 5_000_000)));
    rig.pass(60_000);
    // It ended when it was recorded, not when it was remuxed.
    assert_eq!(kept(&rig.feed(remuxed(take))), Some((MP4.into(), 900, WALL + 3_000)));
    assert_eq!((rig.state(), shown(&rig)), (Idle, (MP4.into(), 4_900_000)));
}

#[test]
fn a_remux_that_ends_during_the_next_show_changes_nothing_of_that_show() {
    let (mut rig, take) = ended();
    rig.pass(60_000);
    rig.show(ShowCommand::Open { title: "Next".into() }).unwrap();
    rig.obey();
    rig.show(ShowCommand::GoLive).unwrap();
    rig.obey();
    rig.show(ShowCommand::EndStream).unwrap();
    let before = rig.snapshot();
    // The former take is kept, with its own end.
    let kept = kept(&rig.feed(remuxed(take)));
    assert_eq!(kept, Some((MP4.into(), 900, WALL + 3_000)));
    assert_eq!(rig.snapshot(), before);
    // Nor is the next show's stop taken for done.
    assert_eq!(rig.state(), Stopping);
    rig.obey();
    assert_eq!(rig.state(), Idle);
}

#[test]
fn a_remux_that_fails_in_idle_is_told_and_the_recording_stays_where_it_is() {
    let (mut rig, epoch) = ended();
    let fault = Fault::RemuxFailed { path: MKV.into() };
    let report = MediaReport::RecordingTrouble { epoch, fault: fault.clone() };
    assert_eq!(kept(&rig.feed(Event::Media(report))), None);
    let notices = rig.snapshot().notices;
    assert_eq!(notices.iter().map(|notice| &notice.fault).collect::<Vec<_>>(), [&fault]);
    assert_eq!((rig.state(), shown(&rig).0), (Idle, MKV.into()));
}

#[test]
fn a_remux_of_a_take_that_is_unknown_or_still_runs_is_no_news() {
    let mut rig = Rig::in_state(Live);
    for epoch in [rig.ports.take.unwrap(), Epoch(4_000)] {
        let before = rig.snapshot();
        assert_eq!(rig.feed(remuxed(epoch)), []);
        assert_eq!(rig.snapshot(), before);
    }
}
