//! Events and orders as the journal's words: no text of people, no path.

use studio_wire::command::Command;
use studio_wire::device::{DeviceOrder, DeviceReport, DeviceState};
use studio_wire::media::{MediaOrder, MediaReport};
use studio_wire::room::RoomAsk;
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
        Event::Rtc(RtcReport::Room {
            news: RoomNews::Asked { from, ask: RoomAsk::Command(command), .. },
            ..
        }) => {
            let act = Command::Show(command.clone()).act();
            (table::row(act).map_or("rtc.asked", |row| row.name), from.as_str())
        }
        Event::Rtc(RtcReport::Room { room, news, .. }) => match news_of(news) {
            (kind, "") => (kind, room.word()),
            described => described,
        },
        Event::Rtc(report) => rtc(report),
        Event::Devices(report) => devices(report),
        Event::Store(StoreReport::Persisted { .. }) => ("store.persisted", ""),
        Event::Store(StoreReport::Trouble { fault }) => ("store.trouble", fault.code()),
        Event::Store(StoreReport::Chat { .. }) => ("store.chat", ""),
        Event::Store(StoreReport::Well) => ("store.well", ""),
        Event::Shell(ShellReport::Started { .. }) => ("shell.started", ""),
        Event::Shell(ShellReport::Closing) => ("shell.closing", ""),
        Event::Wake => ("wake", ""),
    };
    (kind, about.to_owned())
}

fn devices(report: &DeviceReport) -> (&'static str, &str) {
    match report {
        DeviceReport::Listed(_) => ("devices.listed", ""),
        DeviceReport::Shared { state: DeviceState::Open, .. } => ("screen.open", ""),
        DeviceReport::Shared { state: DeviceState::Lost(_), .. } => ("screen.lost", ""),
        DeviceReport::Camera { .. } => ("devices.camera", ""),
        DeviceReport::Became { state: DeviceState::Open, .. } => ("devices.open", ""),
        DeviceReport::Became { state: DeviceState::Lost(_), .. } => ("devices.lost", ""),
    }
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
        MediaReport::MutedSpeech { .. } => ("media.muted_speech", ""),
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
        RtcReport::Stamped { identity, .. } => ("rtc.stamped", identity.as_str()),
        RtcReport::Standing { room, .. } => ("rtc.standing", room.word()),
        RtcReport::SecretKept { .. } => ("rtc.secret_kept", ""),
        RtcReport::ServerTested { .. } => ("rtc.server_tested", ""),
        RtcReport::Closed { .. } => ("rtc.closed", ""),
    }
}

fn news_of(news: &RoomNews) -> (&'static str, &str) {
    match news {
        RoomNews::Joined => ("rtc.joined", ""),
        RoomNews::Lost { gone: None } => ("rtc.lost", ""),
        RoomNews::Lost { gone: Some(_) } => ("rtc.gone", ""),
        RoomNews::Came { identity, .. } => ("rtc.came", identity.as_str()),
        RoomNews::Left { identity, .. } => ("rtc.left", identity.as_str()),
        RoomNews::Track { identity, .. } => ("rtc.track", identity.as_str()),
        RoomNews::TrackGone { identity, .. } => ("rtc.track_gone", identity.as_str()),
        RoomNews::Published { .. } => ("rtc.published", ""),
        RoomNews::Flowing { .. } => ("rtc.flowing", ""),
        RoomNews::Stalled { .. } => ("rtc.stalled", ""),
        RoomNews::TooLarge { .. } => ("rtc.too_large", ""),
        RoomNews::Speaking { .. } => ("rtc.speaking", ""),
        RoomNews::Quality { identity, .. } => ("rtc.quality", identity.as_str()),
        RoomNews::OwnMuted { .. } => ("rtc.own_muted", ""),
        RoomNews::Asked { from, .. } => ("rtc.asked", from.as_str()),
        RoomNews::Answered { .. } => ("rtc.answered", ""),
        RoomNews::Told { .. } => ("rtc.told", ""),
        RoomNews::Said { from, .. } => ("rtc.said", from.as_str()),
        RoomNews::Reacted { from, .. } => ("rtc.reacted", from.as_str()),
        RoomNews::Flooding { from, .. } => ("rtc.flooding", from.as_str()),
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
            MediaOrder::Mix(_) => "media.mix",
            MediaOrder::Framing(_) => "media.framing",
            MediaOrder::CheckRecorder { .. } => "media.check_recorder",
            MediaOrder::Record { .. } => "media.record",
            MediaOrder::Finish { .. } => "media.finish",
            MediaOrder::Close { .. } => "media.close",
        },
        Effect::Rtc(order) => match order {
            RtcOrder::Open { .. } => "rtc.open",
            RtcOrder::Start { .. } => "rtc.start",
            RtcOrder::Want { .. } => "rtc.want",
            RtcOrder::Attend { .. } => "rtc.attend",
            RtcOrder::Leave { .. } => "rtc.leave",
            RtcOrder::Stamp { .. } => "rtc.stamp",
            RtcOrder::Look { .. } => "rtc.look",
            RtcOrder::Mute { .. } => "rtc.mute",
            RtcOrder::PutOut { .. } => "rtc.put_out",
            RtcOrder::KeepSecret { .. } => "rtc.keep_secret",
            RtcOrder::FindSecret { .. } => "rtc.find_secret",
            RtcOrder::TestServer { .. } => "rtc.test_server",
            // Words between people and machines: what they lead to is in the journal.
            RtcOrder::Answer { .. }
            | RtcOrder::Tell { .. }
            | RtcOrder::Ask { .. }
            | RtcOrder::Say { .. }
            | RtcOrder::React { .. } => return None,
            RtcOrder::Close { .. } => "rtc.close",
        },
        Effect::Devices(DeviceOrder::Want(_)) => "devices.want",
        Effect::Devices(DeviceOrder::Chime) => "devices.chime",
        Effect::Store(order) => match order {
            StoreOrder::Session { .. } => "store.session",
            StoreOrder::Person { .. } => "store.person",
            StoreOrder::Take { .. } => "store.take",
            StoreOrder::Segment { .. } => "store.segment",
            StoreOrder::TakeDone { .. } => "store.take_done",
            StoreOrder::Strips { .. } => "store.strips",
            StoreOrder::Preferences(_) => "store.preferences",
            StoreOrder::Scenes { .. } => "store.scenes",
            StoreOrder::Server(_) => "store.server",
            StoreOrder::ForgetServer(_) => "store.forget_server",
            // One for each word that is said, and for each time that somebody turns up: not in the journal.
            StoreOrder::Figures { .. } | StoreOrder::Chat { .. } | StoreOrder::ReadChat { .. } => {
                return None;
            }
            StoreOrder::Event { .. } => return None,
        },
        Effect::Shell(ShellOrder::Exit) => "shell.exit",
        Effect::Reply(..) | Effect::Publish => return None,
    })
}
