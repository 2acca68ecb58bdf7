//! Events and orders as the journal's words: no text of people, no path.

use studio_wire::media::{MediaOrder, MediaReport};
use studio_wire::rtc::{RoomNews, RtcOrder, RtcReport};
use studio_wire::shell::{ShellOrder, ShellReport};
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::table;

use crate::effect::Effect;
use crate::event::Event;

/// What came in, and whom or what it is about.
pub(super) fn event(event: &Event) -> (&'static str, String) {
    let (kind, about) = match event {
        Event::Command(_, _, command) => (table::row(command.act()).map_or("command", |row| row.name), ""),
        Event::Media(report) => media(report),
        Event::Rtc(RtcReport::Room { room, news, .. }) => match news_of(news) {
            (kind, "") => (kind, room.word()),
            described => described,
        },
        Event::Rtc(report) => rtc(report),
        Event::Store(StoreReport::Persisted { .. }) => ("store.persisted", ""),
        Event::Store(StoreReport::Trouble { fault }) => ("store.trouble", fault.code()),
        Event::Store(StoreReport::Well) => ("store.well", ""),
        Event::Shell(ShellReport::Closing) => ("shell.closing", ""),
        Event::Wake => ("wake", ""),
    };
    (kind, about.to_owned())
}

fn media(report: &MediaReport) -> (&'static str, &str) {
    match report {
        MediaReport::Opened { .. } => ("media.opened", ""),
        MediaReport::RecorderReady { .. } => ("media.recorder_ready", ""),
        MediaReport::Failed { fault, .. } => ("media.failed", fault.code()),
        MediaReport::Recording { .. } => ("media.recording", ""),
        MediaReport::RecordingFailed { fault, .. } => ("media.recording_failed", fault.code()),
        MediaReport::RecordingTrouble { fault, .. } => ("media.recording_trouble", fault.code()),
        MediaReport::Recorded { .. } => ("media.recorded", ""),
        MediaReport::Remuxed { .. } => ("media.remuxed", ""),
        MediaReport::Closed { .. } => ("media.closed", ""),
        MediaReport::Figures(_) => ("media.figures", ""),
    }
}

fn rtc(report: &RtcReport) -> (&'static str, &str) {
    match report {
        RtcReport::RoomsReady { .. } => ("rtc.rooms_ready", ""),
        RtcReport::ServerLost { .. } => ("rtc.server_lost", ""),
        RtcReport::Failed { fault, .. } => ("rtc.failed", fault.code()),
        RtcReport::EngineLost { room, .. } => ("rtc.engine_lost", room.word()),
        RtcReport::Room { .. } => ("rtc.room", ""),
        RtcReport::Closed { .. } => ("rtc.closed", ""),
    }
}

fn news_of(news: &RoomNews) -> (&'static str, &str) {
    match news {
        RoomNews::Joined => ("rtc.joined", ""),
        RoomNews::Lost { gone: false } => ("rtc.lost", ""),
        RoomNews::Lost { gone: true } => ("rtc.gone", ""),
        RoomNews::Came { identity, .. } => ("rtc.came", identity.as_str()),
        RoomNews::Left { identity } => ("rtc.left", identity.as_str()),
        RoomNews::Track { identity, .. } => ("rtc.track", identity.as_str()),
        RoomNews::TrackGone { identity, .. } => ("rtc.track_gone", identity.as_str()),
        RoomNews::Published { .. } => ("rtc.published", ""),
        RoomNews::Flowing { .. } => ("rtc.flowing", ""),
        RoomNews::Stalled { .. } => ("rtc.stalled", ""),
        RoomNews::TooLarge { .. } => ("rtc.too_large", ""),
        RoomNews::Speaking { .. } => ("rtc.speaking", ""),
    }
}

/// What was asked of the ports, in order.
pub(super) fn orders(effects: &[Effect]) -> Vec<&'static str> {
    effects.iter().filter_map(order).collect()
}

fn order(effect: &Effect) -> Option<&'static str> {
    Some(match effect {
        Effect::Media(order) => match order {
            MediaOrder::Open { .. } => "media.open",
            MediaOrder::Sources(_) => "media.sources",
            MediaOrder::Scene { .. } => "media.scene",
            MediaOrder::CheckRecorder { .. } => "media.check_recorder",
            MediaOrder::Record { .. } => "media.record",
            MediaOrder::Finish { .. } => "media.finish",
            MediaOrder::Close { .. } => "media.close",
        },
        Effect::Rtc(order) => match order {
            RtcOrder::Open { .. } => "rtc.open",
            RtcOrder::Start { .. } => "rtc.start",
            RtcOrder::Want { .. } => "rtc.want",
            RtcOrder::Close { .. } => "rtc.close",
        },
        Effect::Store(order) => match order {
            StoreOrder::Session { .. } => "store.session",
            StoreOrder::Person { .. } => "store.person",
            StoreOrder::Take { .. } => "store.take",
            StoreOrder::Segment { .. } => "store.segment",
            StoreOrder::TakeDone { .. } => "store.take_done",
            StoreOrder::Preferences(_) => "store.preferences",
            StoreOrder::Event { .. } => return None,
        },
        Effect::Shell(ShellOrder::Exit) => "shell.exit",
        Effect::Reply(..) | Effect::Publish => return None,
    })
}
