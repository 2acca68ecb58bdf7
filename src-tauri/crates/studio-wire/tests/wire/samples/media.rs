//! Of the picture and sound machinery.

use studio_wire::fault::Fault;
use studio_wire::ids::{Epoch, LaneId, ProgramId, SourceId, TakeId};
use studio_wire::media::{Drawing, Feed, MediaFigures, MediaOrder, MediaReport, Monitor, Tile, Wiring};
use studio_wire::mixer::Mix;
use studio_wire::view::ProgramFormat;

use super::mixer::mix;
use super::show::place;
use super::{at, text};

pub fn media_orders() -> Vec<MediaOrder> {
    let (epoch, program, take) = (Epoch(4), ProgramId(0), TakeId(1));
    let feeds = every!(Feed:
        Feed::Pattern => Feed::Pattern;
        Feed::Bars => Feed::Bars;
        Feed::Tone => Feed::Tone;
        Feed::Chord => Feed::Chord;
        Feed::Camera => Feed::Camera;
        Feed::Microphone => Feed::Microphone;
        Feed::Screen(_) => Feed::Screen(1);
        Feed::AirPicture(_) => Feed::AirPicture(LaneId(2));
        Feed::AirSound(_) => Feed::AirSound(LaneId(3));
        Feed::CrewPicture(_) => Feed::CrewPicture(LaneId(2));
        Feed::CrewSound(_) => Feed::CrewSound(LaneId(26));
    );
    let sources = feeds.into_iter().map(|feed| Wiring {
        source: SourceId(2),
        feed,
        on: true,
        cell: Some(1),
        sound: Some(SourceId(3)),
    });
    let scene = Drawing {
        tiles: vec![
            Tile { source: Some(SourceId(2)), place: place(), whole: true },
            Tile { source: None, place: place(), whole: false },
        ],
        voices: vec![SourceId(3)],
        monitor: Monitor { program: true, voices: vec![SourceId(5)] },
    };
    every!(MediaOrder:
        MediaOrder::Open { .. } => MediaOrder::Open { epoch, format: ProgramFormat::default() };
        MediaOrder::Sources(_) => MediaOrder::Sources(sources.collect());
        MediaOrder::Scene { .. } => MediaOrder::Scene { program, scene };
        MediaOrder::Framing(_) => MediaOrder::Framing(super::devices::setup().framing);
        MediaOrder::Mix(_) => MediaOrder::Mix(mix()), MediaOrder::Mix(Mix::default());
        MediaOrder::CheckRecorder { .. } => MediaOrder::CheckRecorder { epoch, folder: None };
        MediaOrder::Record { .. } => MediaOrder::Record {
            epoch, program, take, folder: Some(text("/videos")), name: text("Evening show"),
        };
        MediaOrder::Finish { .. } => MediaOrder::Finish { epoch };
        MediaOrder::Close { .. } => MediaOrder::Close { epoch };
    )
}

pub fn media_reports() -> Vec<MediaReport> {
    let epoch = Epoch(4);
    let path = || text("/videos/x.mkv");
    every!(MediaReport:
        MediaReport::Opened { .. } => MediaReport::Opened { epoch };
        MediaReport::RecorderReady { .. } => MediaReport::RecorderReady { epoch };
        MediaReport::Failed { .. } => MediaReport::Failed { epoch, fault: Fault::MediaFailed };
        MediaReport::Recording { .. } => MediaReport::Recording { epoch, segment: 0, path: path(), at: at(5) };
        MediaReport::RecordingFailed { .. } => MediaReport::RecordingFailed { epoch, fault: Fault::MediaFailed };
        MediaReport::RecordingTrouble { .. } => MediaReport::RecordingTrouble {
            epoch, fault: Fault::EncoderLost { segments: 1 },
        };
        MediaReport::Recorded { .. } => MediaReport::Recorded { epoch, path: path(), bytes: 9, frames: 600 };
        MediaReport::Remuxed { .. } => MediaReport::Remuxed { epoch, path: text("/videos/x.mp4"), bytes: 8 };
        MediaReport::MutedSpeech { .. } => MediaReport::MutedSpeech { on: true };
        MediaReport::Closed { .. } => MediaReport::Closed { epoch };
        MediaReport::Figures(_) => MediaReport::Figures(MediaFigures {
            due: 30, composed: 30, late: 1, recorded_bytes: 9, flowing: vec![SourceId(2)],
        });
    )
}
