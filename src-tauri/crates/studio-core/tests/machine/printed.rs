//! Events, transitions and orders as the lines of a transcript.

use studio_core::{Effect, Event};
use studio_wire::command::Command;
use studio_wire::device::{DeviceId, DeviceOrder, DeviceReport};
use studio_wire::ids::Identity;
use studio_wire::media::{Feed, MediaOrder, MediaReport};
use studio_wire::room::{RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomNews, RtcOrder, RtcReport};
use studio_wire::shell::ShellReport;
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::view::{Change, SceneView, Snapshot};

/// An event in a few words.
pub fn event(event: &Event) -> String {
    match event {
        Event::Command(_, actor, command) => match actor {
            studio_wire::people::Actor::LocalHost => format!("command {:?}", command.act()),
            studio_wire::people::Actor::Person(who) => format!("{who} wants {:?}", command.act()),
        },
        Event::Media(report) => format!("media {}", media(report)),
        Event::Rtc(report) => format!("rtc {}", rtc(report)),
        Event::Devices(DeviceReport::Listed(devices)) => format!("devices listed {}", devices.len()),
        Event::Devices(DeviceReport::Shared { share, state }) => format!("screen {share} {state:?}"),
        Event::Devices(DeviceReport::Camera { device, .. }) => format!("devices camera {}", device.as_str()),
        Event::Devices(DeviceReport::Became { device, state, .. }) => {
            format!("device {} {state:?}", device.as_str())
        }
        Event::Store(StoreReport::Persisted { epoch }) => format!("store persisted e{epoch}"),
        Event::Store(StoreReport::Trouble { fault }) => format!("store trouble {}", fault.code()),
        Event::Store(StoreReport::Well) => "store well".into(),
        Event::Store(StoreReport::Chat { page, .. }) => format!("store chat {} lines", page.lines.len()),
        Event::Shell(ShellReport::Started { adopt }) => {
            format!("shell started{}", if *adopt { ", a server waits" } else { "" })
        }
        Event::Shell(ShellReport::Closing) => "shell closing".into(),
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
        MediaReport::MutedSpeech { on } => format!("media muted speech {on}"),
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
        RtcReport::Stamped { room, identity, refused, .. } => {
            let how = if refused.is_some() { "not stamped" } else { "stamped" };
            format!("{} {identity} {how}", room.word())
        }
        RtcReport::Standing { tracks, .. } => format!("standing {} tracks", tracks.len()),
        RtcReport::SecretKept { server, place } => format!("secret of {server} {place:?}"),
        RtcReport::ServerTested { server, outcome } => {
            format!(
                "server {server} tested {}",
                outcome.as_ref().map_or_else(|fault| fault.code(), |_| "well")
            )
        }
        RtcReport::Closed { epoch } => format!("closed e{epoch}"),
    }
}

fn of_room(news: &RoomNews) -> String {
    match news {
        RoomNews::Joined => "joined".into(),
        RoomNews::Lost { gone } => format!("lost{}", if gone.is_some() { " for good" } else { "" }),
        RoomNews::Came { identity, .. } => format!("{identity} came"),
        RoomNews::Left { identity, why } => format!("{identity} {}", format!("{why:?}").to_lowercase()),
        RoomNews::Track { identity, kind, sid, muted } => {
            format!("{identity} {kind:?} {sid}{}", if *muted { " muted" } else { "" })
        }
        RoomNews::TrackGone { sid, .. } => format!("{sid} gone"),
        RoomNews::Published { lane } => format!("published lane {lane}"),
        RoomNews::Flowing { lane } => format!("flowing lane {lane}"),
        RoomNews::Stalled { lane } => format!("stalled lane {lane}"),
        RoomNews::TooLarge { lane, width, height } => format!("too large lane {lane} {width}×{height}"),
        RoomNews::Speaking { people } => format!("{} speaking", people.len()),
        RoomNews::Quality { identity, quality } => format!("{identity} {quality:?}"),
        RoomNews::OwnMuted { lane, muted } => format!("own lane {lane} muted {muted}"),
        RoomNews::Asked { from, ask, .. } => format!("{from} asks {}", asked(ask)),
        RoomNews::Answered { .. } => "answered".into(),
        RoomNews::Told { .. } => "told".into(),
        RoomNews::Said { from, .. } => format!("{from} said"),
        RoomNews::Reacted { from, reaction } => format!("{from} {reaction:?}"),
        RoomNews::Flooding { from, dropped } => format!("{from} floods {dropped}"),
    }
}

fn asked(ask: &RoomAsk) -> String {
    match ask {
        RoomAsk::Hello { holder, .. } => format!("hello as {holder:?}"),
        RoomAsk::Command(command) => format!("{:?}", Command::Show(command.clone()).act()),
        RoomAsk::History { .. } => "history".into(),
        RoomAsk::Devices(devices) => format!("devices {}", devices.len()),
        RoomAsk::Nonsense => "nonsense".into(),
    }
}

fn answered(answer: &RoomAnswer) -> String {
    match answer {
        RoomAnswer::Welcome { passes, bind, .. } => {
            let passes: Vec<_> = passes.iter().map(|room| room.word()).collect();
            format!("welcome, passes [{}]{}", passes.join(" "), if *bind { " bound" } else { "" })
        }
        RoomAnswer::Done(_) => "done".into(),
        RoomAnswer::History(page) => format!("{} lines", page.lines.len()),
        RoomAnswer::Refused(fault) => format!("refused {fault:?}"),
    }
}

fn told(tale: &Tale) -> String {
    match tale {
        Tale::View { changes, .. } => {
            let name = |change: &Change| {
                format!("{change:?}").chars().take_while(|c| c.is_alphanumeric()).collect::<String>()
            };
            changes.iter().map(name).collect::<Vec<_>>().join(" ")
        }
        Tale::Stale { .. } => "stale".into(),
        Tale::Chat(line) => format!("chat {} {}", line.room.word(), line.seq),
        Tale::Unsaid { fault, .. } => format!("unsaid {}", fault.code()),
        Tale::Recall => "recall".into(),
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
        Effect::Devices(DeviceOrder::Chime) => "devices chime".into(),
        Effect::Devices(DeviceOrder::Want(want)) => {
            let camera = want.camera.as_ref().map(|camera| &camera.device);
            let wanted = [camera, want.microphone.as_ref(), want.speaker.as_ref()].into_iter().flatten();
            format!("devices want [{}]", wanted.map(DeviceId::as_str).collect::<Vec<_>>().join(" "))
        }
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
                Feed::Bars => "bars".into(),
                Feed::Tone => "tone".into(),
                Feed::Chord => "chord".into(),
                Feed::Camera => "camera".into(),
                Feed::Screen(place) => format!("screen {place}"),
                Feed::Microphone => "microphone".into(),
                Feed::AirPicture(lane) | Feed::AirSound(lane) => format!("air lane {lane}"),
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
            let voices: Vec<_> = scene.voices.iter().map(ToString::to_string).collect();
            let heard: Vec<_> = scene.monitor.voices.iter().map(ToString::to_string).collect();
            let monitor = if scene.monitor.program { ["program".to_owned()].into() } else { Vec::new() };
            let monitor: Vec<_> = monitor.into_iter().chain(heard).collect();
            let (tiles, voices, monitor) = (tiles.join(" "), voices.join(" "), monitor.join(" "));
            format!("media scene tiles [{tiles}] voices [{voices}] monitor [{monitor}]")
        }
        MediaOrder::Framing(framing) => format!("media framing {}%", framing.zoom),
        MediaOrder::Mix(mix) => {
            let strips: Vec<_> = mix.strips.iter().map(|(source, _)| source.to_string()).collect();
            let (talk, on_air) =
                (if mix.talk { " talk" } else { "" }, if mix.on_air { " on air" } else { "" });
            format!("media mix [{}]{talk}{on_air}", strips.join(" "))
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
                .map(|output| {
                    let to =
                        output.open_to.as_ref().map(|to| format!(" to [{}]", names(to))).unwrap_or_default();
                    format!("{}{}{to}", output.name, if output.muted { " muted" } else { "" })
                })
                .collect();
            let size = |size: Option<(u32, u32)>| size.map(|(_, h)| format!(" {h}p")).unwrap_or_default();
            let watch: Vec<_> =
                watch.iter().map(|w| format!("{} in {}{}", w.track, w.lane, size(w.size))).collect();
            format!("rtc want {} [{}] watch [{}]", room.word(), publish.join(", "), watch.join(", "))
        }
        RtcOrder::Attend { epoch } => format!("rtc attend e{epoch}"),
        RtcOrder::Leave { room } => format!("rtc leave {}", room.word()),
        RtcOrder::Stamp { room, identity, stamp } => {
            let may: Vec<_> = stamp.may.iter().map(|kind| kind.track_name()).collect();
            let (role, position) = (stamp.role.word(), stamp.position.word());
            format!("rtc stamp {} {identity} {role} {position} [{}]", room.word(), may.join(" "))
        }
        RtcOrder::Look { room } => format!("rtc look {}", room.word()),
        RtcOrder::Mute { identity, sid, .. } => format!("rtc mute {identity} {sid}"),
        RtcOrder::PutOut { room, identity } => format!("rtc put out {identity} of {}", room.word()),
        RtcOrder::Answer { answer, .. } => format!("rtc answer {}", answered(answer)),
        RtcOrder::Tell { room, to, tale } => {
            format!("rtc tell {} [{}] {}", room.word(), names(to), told(tale))
        }
        RtcOrder::Ask { ask, .. } => format!("rtc ask {}", asked(ask)),
        RtcOrder::Say { room, .. } => format!("rtc say {}", room.word()),
        RtcOrder::React { room, reaction } => format!("rtc react {} {reaction:?}", room.word()),
        RtcOrder::KeepSecret { server, secret } => {
            format!("rtc {} secret of {server}", if secret.is_some() { "keep" } else { "forget" })
        }
        RtcOrder::FindSecret { server } => format!("rtc find secret of {server}"),
        RtcOrder::TestServer { server } => format!("rtc test {}", server.id),
        RtcOrder::Close { epoch } => format!("rtc close e{epoch}"),
    }
}

fn names(people: &[Identity]) -> String {
    people.iter().map(Identity::as_str).collect::<Vec<_>>().join(" ")
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
        StoreOrder::Scenes { program, preview, .. } => {
            let scene = |scene: &SceneView| format!("{} [{}]", scene.layout.word(), names(&scene.people));
            format!("store scenes {} / {}", scene(program), scene(preview))
        }
        StoreOrder::Figures { identity, figures, .. } => format!(
            "store figures {identity} joins {} stage {} talk {}",
            figures.joins, figures.on_stage_ms, figures.talk_ms
        ),
        StoreOrder::Strips { identity, strips, .. } => {
            let kinds: Vec<_> = strips.iter().map(|(kind, _)| kind.track_name()).collect();
            format!("store strips {identity} [{}]", kinds.join(" "))
        }
        StoreOrder::Chat { line, .. } => format!("store chat {} {}", line.room.word(), line.seq),
        StoreOrder::ReadChat { ticket, .. } => format!("store read chat t{ticket}"),
        StoreOrder::Server(server) => format!("store server {}", server.id),
        StoreOrder::ForgetServer(server) => format!("store forget server {server}"),
        StoreOrder::Event { .. } => return None,
    })
}
