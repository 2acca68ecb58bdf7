//! Events, transitions and orders as the lines of a transcript.

use studio_core::{Effect, Event};
use studio_wire::media::{Feed, MediaOrder, MediaReport};
use studio_wire::rtc::{RoomNews, RtcOrder, RtcReport};
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::view::Snapshot;

/// An event in a few words.
pub fn event(event: &Event) -> String {
    match event {
        Event::Command(_, actor, command) => match actor {
            studio_wire::people::Actor::LocalHost => format!("command {:?}", command.act()),
            studio_wire::people::Actor::Person(who) => format!("{who} wants {:?}", command.act()),
        },
        Event::Media(report) => format!("media {}", media(report)),
        Event::Rtc(report) => format!("rtc {}", rtc(report)),
        Event::Store(StoreReport::Persisted { epoch }) => format!("store persisted e{epoch}"),
        Event::Store(StoreReport::Trouble { fault }) => format!("store trouble {}", fault.code()),
        Event::Store(StoreReport::Well) => "store well".into(),
        Event::Shell(_) => "shell closing".into(),
        Event::Wake => "wake".into(),
    }
}

fn media(report: &MediaReport) -> String {
    match report {
        MediaReport::Opened { epoch } => format!("opened e{epoch}"),
        MediaReport::RecorderReady { epoch } => format!("recorder ready e{epoch}"),
        MediaReport::Failed { epoch, fault } => format!("failed e{epoch} {}", fault.code()),
        MediaReport::Recording { epoch, segment, .. } => format!("recording e{epoch} segment {segment}"),
        MediaReport::RecordingFailed { epoch, fault } => {
            format!("recording failed e{epoch} {}", fault.code())
        }
        MediaReport::RecordingTrouble { epoch, fault } => format!("trouble e{epoch} {}", fault.code()),
        MediaReport::Recorded { epoch, .. } => format!("recorded e{epoch}"),
        MediaReport::Remuxed { epoch, .. } => format!("remuxed e{epoch}"),
        MediaReport::Closed { epoch } => format!("closed e{epoch}"),
        MediaReport::Figures(_) => "figures".into(),
    }
}

fn rtc(report: &RtcReport) -> String {
    match report {
        RtcReport::RoomsReady { epoch } => format!("rooms ready e{epoch}"),
        RtcReport::ServerLost { epoch } => format!("server lost e{epoch}"),
        RtcReport::Failed { epoch, fault } => format!("failed e{epoch} {}", fault.code()),
        RtcReport::EngineLost { room, epoch } => format!("{} engine lost e{epoch}", room.word()),
        RtcReport::Room { room, epoch, news } => format!("{} e{epoch} {}", room.word(), of_room(news)),
        RtcReport::Closed { epoch } => format!("closed e{epoch}"),
    }
}

fn of_room(news: &RoomNews) -> String {
    match news {
        RoomNews::Joined => "joined".into(),
        RoomNews::Lost { gone } => format!("lost{}", if *gone { " for good" } else { "" }),
        RoomNews::Came { identity, .. } => format!("{identity} came"),
        RoomNews::Left { identity } => format!("{identity} left"),
        RoomNews::Track { identity, kind, sid, muted } => {
            format!("{identity} {kind:?} {sid}{}", if *muted { " muted" } else { "" })
        }
        RoomNews::TrackGone { sid, .. } => format!("{sid} gone"),
        RoomNews::Published { lane } => format!("published lane {lane}"),
        RoomNews::Flowing { lane } => format!("flowing lane {lane}"),
        RoomNews::Stalled { lane } => format!("stalled lane {lane}"),
        RoomNews::TooLarge { lane, width, height } => format!("too large lane {lane} {width}×{height}"),
        RoomNews::Speaking { .. } => "speaking".into(),
    }
}

/// An event, the transition it made, the notices it changed and the orders it gave.
pub fn step(
    lines: &mut Vec<String>,
    at: u64,
    what: &str,
    before: &Snapshot,
    after: &Snapshot,
    effects: &[Effect],
) {
    let (from, to) = (before.show.broadcast.state, after.show.broadcast.state);
    let moved = if from == to { String::new() } else { format!(": {} → {}", from.word(), to.word()) };
    lines.push(format!("{at:>6} {what}{moved}"));
    let (lost, was) = (&after.show.broadcast.lost, &before.show.broadcast.lost);
    if lost != was {
        let words: Vec<_> = lost.iter().map(|room| room.word()).collect();
        lines.push(format!("         lost [{}]", words.join(" ")));
    }
    let notices = |snapshot: &Snapshot| -> Vec<_> {
        snapshot.notices.iter().map(|notice| (notice.fault.code(), notice.count)).collect()
    };
    if notices(before) != notices(after) {
        let words: Vec<_> = notices(after).iter().map(|(code, count)| format!("{code}×{count}")).collect();
        lines.push(format!("         notices [{}]", words.join(" ")));
    }
    lines.extend(effects.iter().filter_map(order).map(|order| format!("         {order}")));
}

fn order(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Media(order) => media_order(order),
        Effect::Rtc(order) => rtc_order(order),
        Effect::Store(order) => store_order(order)?,
        Effect::Shell(order) => format!("shell {order:?}"),
        Effect::Reply(_, Err(fault)) => format!("refused {fault:?}"),
        Effect::Reply(_, Ok(_)) | Effect::Publish => return None,
    })
}

fn media_order(order: &MediaOrder) -> String {
    match order {
        MediaOrder::Open { epoch, .. } => format!("media open e{epoch}"),
        MediaOrder::Sources(sources) => {
            let feed = |feed: &Feed| match feed {
                Feed::Pattern => "pattern".into(),
                Feed::Tone => "tone".into(),
                Feed::CrewPicture(lane) | Feed::CrewSound(lane) => format!("lane {lane}"),
            };
            let words: Vec<_> = sources
                .iter()
                .map(|w| format!("{} {}{}", w.source, feed(&w.feed), if w.on { "" } else { " off" }))
                .collect();
            format!("media sources [{}]", words.join(", "))
        }
        MediaOrder::Scene { scene, .. } => {
            let tile = |source: Option<_>| source.map_or("slate".into(), |source| format!("{source}"));
            let tiles: Vec<String> = scene.tiles.iter().map(|place| tile(place.source)).collect();
            let voices: Vec<_> = scene.voices.iter().map(|voice| voice.source.to_string()).collect();
            format!("media scene tiles [{}] voices [{}]", tiles.join(" "), voices.join(" "))
        }
        MediaOrder::CheckRecorder { epoch, .. } => format!("media check recorder e{epoch}"),
        MediaOrder::Record { epoch, name, .. } => format!("media record e{epoch} {name:?}"),
        MediaOrder::Finish { epoch } => format!("media finish e{epoch}"),
        MediaOrder::Close { epoch } => format!("media close e{epoch}"),
    }
}

fn rtc_order(order: &RtcOrder) -> String {
    match order {
        RtcOrder::Open { epoch, .. } => format!("rtc open e{epoch}"),
        RtcOrder::Start { room, epoch, identity, .. } => {
            format!("rtc start {} e{epoch} as {identity}", room.word())
        }
        RtcOrder::Want { room, publish, watch } => {
            let publish: Vec<_> = publish
                .iter()
                .map(|output| format!("{}{}", output.name, if output.muted { " muted" } else { "" }))
                .collect();
            let watch: Vec<_> = watch.iter().map(|w| format!("{} in {}", w.track, w.lane)).collect();
            format!("rtc want {} [{}] watch [{}]", room.word(), publish.join(", "), watch.join(", "))
        }
        RtcOrder::Close { epoch } => format!("rtc close e{epoch}"),
    }
}

fn store_order(order: &StoreOrder) -> Option<String> {
    Some(match order {
        StoreOrder::Session { epoch, state, .. } => format!("store session {} e{epoch}", state.word()),
        StoreOrder::Person { identity, role, presence, position, .. } => {
            format!("store person {identity} {} {presence:?} {position:?}", role.word())
        }
        StoreOrder::Take { take, .. } => format!("store take {take}"),
        StoreOrder::Segment { segment, .. } => format!("store segment {segment}"),
        StoreOrder::TakeDone { take, frames, .. } => format!("store take {take} done, {frames} frames"),
        StoreOrder::Preferences(_) => "store preferences".into(),
        StoreOrder::Event { .. } => return None,
    })
}
