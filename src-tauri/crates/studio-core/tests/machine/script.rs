//! Scripts: lines of `MS WORDS`, played on a rig. One line is one thing that happens.

use studio_core::Event;
use studio_wire::command::{Bus, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::ids::{LaneId, TrackSid};
use studio_wire::layout::LayoutName;
use studio_wire::media::MediaReport;
use studio_wire::people::{Actor, Parting, Role};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, TrackKind};
use studio_wire::shell::ShellReport;
use studio_wire::store::StoreReport;
use studio_wire::view::StateName;

use crate::rig::Rig;

/// Plays a script on a rig that is in that state and gives the transcript from there on. `# WORDS` is a
/// comment that is printed.
pub fn play(from: StateName, script: &str) -> String {
    let mut rig = Rig::in_state(from);
    rig.lines.clear();
    play_on(&mut rig, script);
    rig.lines.join("\n")
}

/// Plays a script on a rig.
pub fn play_on(rig: &mut Rig, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            rig.lines.push(format!("-- {comment}"));
            continue;
        }
        let (at, words) = line.split_once(' ').unwrap();
        let at: u64 = at.parse().unwrap();
        rig.pass(at - rig.now);
        line_of(rig, words);
    }
}

fn line_of(rig: &mut Rig, words: &str) {
    let (verb, rest) = words.split_once(' ').unwrap_or((words, ""));
    let show = match verb {
        "open" => ShowCommand::Open { title: rest.into() },
        "release" => ShowCommand::Release,
        "go-live" => ShowCommand::GoLive,
        "end" => ShowCommand::EndStream,
        "recover" => ShowCommand::Recover,
        "emergency" => ShowCommand::EmergencyStop,
        "add" => ShowCommand::AddToStage { bus: Bus::Program, person: rest.into() },
        "remove" => ShowCommand::RemoveFromStage { bus: Bus::Program, person: rest.into() },
        "prepare" => ShowCommand::AddToStage { bus: Bus::Preview, person: rest.into() },
        "solo" => ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo },
        "grid" => ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Grid },
        "take" => ShowCommand::Take,
        _ => return here_or_report(rig, verb, rest),
    };
    drop(rig.show(show));
}

fn here_or_report(rig: &mut Rig, verb: &str, rest: &str) {
    let on = rest == "on";
    let here = match verb {
        "camera" => HereCommand::Camera { on },
        "microphone" => HereCommand::Microphone { on },
        "folder" => HereCommand::RecordingFolder { folder: Some(rest.into()) },
        _ => return report(rig, verb, rest),
    };
    drop(rig.wish(Actor::LocalHost, Command::Here(here)));
}

fn report(rig: &mut Rig, verb: &str, rest: &str) {
    let room = if rest.starts_with("air") { RoomKind::Air } else { RoomKind::Crew };
    let (take, media) = (rig.ports.take, rig.ports.media);
    let fault = || Fault::DiskFull { path: "/videos".into() };
    match verb {
        "obey" => rig.obey(),
        "drop" => rig.pending.clear(),
        "hang" => drop(rig.hung.insert(rest.into())),
        "heal" => drop(rig.hung.remove(rest)),
        "wait" => {}
        "guest" => {
            rig.guest(rest, Role::Guest);
            rig.track(rest, TrackKind::Camera, false);
            rig.track(rest, TrackKind::Microphone, false);
        }
        "came" => rig.guest(rest, Role::Guest),
        "left" => {
            drop(rig.news(RoomKind::Crew, RoomNews::Left { identity: rest.into(), why: Parting::Left }))
        }
        "tracks" => {
            rig.track(rest, TrackKind::Camera, false);
            rig.track(rest, TrackKind::Microphone, false);
        }
        "gone" => {
            let (identity, sid) = rest.split_once(' ').unwrap();
            let (identity, sid) = (identity.into(), TrackSid::from(sid));
            drop(rig.news(RoomKind::Crew, RoomNews::TrackGone { identity, sid }));
        }
        "flowing" => drop(rig.news(RoomKind::Crew, RoomNews::Flowing { lane: lane(rest) })),
        "stalled" => drop(rig.news(RoomKind::Crew, RoomNews::Stalled { lane: lane(rest) })),
        "engine-lost" => {
            let epoch = rig.ports.engines[room as usize].unwrap();
            drop(rig.feed(Event::Rtc(RtcReport::EngineLost { room, epoch })));
        }
        "lost" => drop(rig.news(room, RoomNews::Lost { gone: None })),
        "joined" => drop(rig.news(room, RoomNews::Joined)),
        "server-lost" => {
            let epoch = rig.ports.rtc.unwrap();
            drop(rig.feed(Event::Rtc(RtcReport::ServerLost { epoch })));
        }
        "server-fails" => {
            let (epoch, fault) = (rig.ports.rtc.unwrap(), Fault::ServerFailed { said: "no".into() });
            drop(rig.feed(Event::Rtc(RtcReport::Failed { epoch, fault })));
        }
        "recording-fails" => {
            let report = MediaReport::RecordingFailed { epoch: take.unwrap(), fault: fault() };
            drop(rig.feed(Event::Media(report)));
        }
        "media-fails" => {
            let report = MediaReport::Failed { epoch: media.unwrap(), fault: Fault::MediaFailed };
            drop(rig.feed(Event::Media(report)));
        }
        "recorder-missing" => {
            let (epoch, fault) = (rig.ports.check.unwrap(), Fault::EncoderMissing { looked: vec![] });
            drop(rig.feed(Event::Media(MediaReport::Failed { epoch, fault })));
        }
        "store-fails" => drop(rig.feed(Event::Store(StoreReport::Trouble { fault: Fault::StoreFailed }))),
        "store-well" => drop(rig.feed(Event::Store(StoreReport::Well))),
        "closing" => drop(rig.feed(Event::Shell(ShellReport::Closing))),
        "wake" => drop(rig.feed(Event::Wake)),
        other => panic!("no such word: {other}"),
    }
}

fn lane(text: &str) -> LaneId {
    LaneId(text.parse().unwrap())
}
