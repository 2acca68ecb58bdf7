//! Between the core and the picture and sound machinery.

use serde::{Deserialize, Serialize};

use crate::device::Framing;
use crate::fault::Fault;
use crate::ids::{Epoch, LaneId, ProgramId, SourceId, TakeId};
use crate::layout::Rect;
use crate::mixer::Mix;
use crate::time::ShowTime;
use crate::view::ProgramFormat;

/// What the core asks of compositor, mixer and recorder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaOrder {
    /// Starts program clock, compositor and mixer. Answered by `Opened` or `Failed`.
    Open {
        /// Of this life.
        epoch: Epoch,
        /// The program's picture.
        format: ProgramFormat,
    },
    /// Every source and where it comes from; the whole list, each time.
    Sources(Vec<Wiring>),
    /// What a program shows and lets be heard; from the next tick on, whole.
    Scene {
        /// Which program.
        program: ProgramId,
        /// How it is drawn.
        scene: Drawing,
    },
    /// What the mixer is set to; from the next block on, whole.
    Mix(Mix),
    /// What of the own camera's picture is shown; from its next frame on.
    Framing(Framing),
    /// Looks whether a recording could be made. Answered by `RecorderReady` or `Failed`.
    CheckRecorder {
        /// Of this life.
        epoch: Epoch,
        /// Where recordings go; `None` is the platform's folder.
        folder: Option<String>,
    },
    /// Records a program. Answered by `Recording` when bytes are on disk, or `RecordingFailed`.
    Record {
        /// Of this life.
        epoch: Epoch,
        /// Which program.
        program: ProgramId,
        /// The take.
        take: TakeId,
        /// Where to; `None` is the platform's folder.
        folder: Option<String>,
        /// The file's name without folder or ending.
        name: String,
    },
    /// Finishes the recording. Answered by `Recorded`, which does not wait for a remux.
    Finish {
        /// Of the `Record`.
        epoch: Epoch,
    },
    /// Ends everything; a recording under way is finished first, but not remuxed. Answered by `Closed`.
    Close {
        /// Of the `Open`.
        epoch: Epoch,
    },
}

/// A source and where its picture and sound come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wiring {
    /// Which source.
    pub source: SourceId,
    /// Where it comes from.
    pub feed: Feed,
    /// Open: a source that is not shows a slate and is silent everywhere.
    pub on: bool,
    /// Its cell in the atlas of small pictures.
    pub cell: Option<u8>,
    /// The sound that belongs to this picture: of the two the earlier one waits for the other.
    pub sound: Option<SourceId>,
}

/// Where a source comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// The test pattern with frame number and clock; also published to `crew` as the own camera.
    Pattern,
    /// Colour bars; also published to `crew` as the own camera.
    Bars,
    /// The tone with a click a second, in step with the pattern's flash; also published to `crew` as the own voice.
    Tone,
    /// A chord of 440, 554 and 659 Hz at −30 dBFS each; also published to `crew` as stage media.
    Chord,
    /// The open camera; also published to `crew`.
    Camera,
    /// The open microphone; also published to `crew` as the own voice.
    Microphone,
    /// The shared screen of this machine in that place; also published to `crew`.
    Screen(u16),
    /// The program's picture from the air engine, at a seat that is not the host's.
    AirPicture(LaneId),
    /// The program's sound from the air engine, at a seat that is not the host's.
    AirSound(LaneId),
    /// A picture from the crew engine.
    CrewPicture(LaneId),
    /// A sound from the crew engine.
    CrewSound(LaneId),
}

/// A scene ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// Pictures from back to front.
    pub tiles: Vec<Tile>,
    /// What is heard, each as loud as its strip says.
    pub voices: Vec<SourceId>,
    /// What is heard at this machine, besides the program itself.
    pub monitor: Monitor,
}

/// What is heard at this machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Monitor {
    /// The program's mix is.
    pub program: bool,
    /// And these.
    pub voices: Vec<SourceId>,
}

/// A source in its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Which source; `None` draws the slate of somebody without a picture.
    pub source: Option<SourceId>,
    /// Where.
    pub place: Rect,
    /// All of it is shown, with bars where it does not fill the place; else it covers the place, and what does not fit is
    /// cut off evenly.
    pub whole: bool,
}

/// What compositor, mixer and recorder tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaReport {
    /// The program runs.
    Opened {
        /// Of the `Open`.
        epoch: Epoch,
    },
    /// A recording could be made.
    RecorderReady {
        /// Of the `CheckRecorder`.
        epoch: Epoch,
    },
    /// Something asked for could not be done.
    Failed {
        /// Of the order.
        epoch: Epoch,
        /// Why.
        fault: Fault,
    },
    /// A segment has bytes on disk.
    Recording {
        /// Of the `Record`.
        epoch: Epoch,
        /// Counted from 0.
        segment: u32,
        /// Its file.
        path: String,
        /// Show time of its first frame.
        at: ShowTime,
    },
    /// The recording could not start or cannot go on; the program does.
    RecordingFailed {
        /// Of the `Record`.
        epoch: Epoch,
        /// Why.
        fault: Fault,
    },
    /// Something about the recording is worse than it should be; it goes on.
    RecordingTrouble {
        /// Of the `Record`.
        epoch: Epoch,
        /// What.
        fault: Fault,
    },
    /// The recording is finished and can be played. Its file may still be remuxed: then `Remuxed` follows.
    Recorded {
        /// Of the `Record`.
        epoch: Epoch,
        /// Its last segment.
        path: String,
        /// Of all segments.
        bytes: u64,
        /// Program frames given to the encoder.
        frames: u64,
    },
    /// A recording that was `Recorded` is one file in its last form; its segments are gone. Where that fails,
    /// `RecordingTrouble` is told instead and the segments stay.
    Remuxed {
        /// Of the `Record`.
        epoch: Epoch,
        /// That file.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// Somebody begins to speak into a microphone that is open and muted, or no longer does.
    MutedSpeech {
        /// They speak.
        on: bool,
    },
    /// Everything is closed.
    Closed {
        /// Of the `Open`.
        epoch: Epoch,
    },
    /// Once a second: what rules and views read.
    Figures(MediaFigures),
}

/// Figures of the running program, counted since its `Open`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaFigures {
    /// Ticks that should have been composed.
    pub due: u64,
    /// Ticks that were.
    pub composed: u64,
    /// Of these, more than one period after their tick.
    pub late: u64,
    /// Bytes of the recording on disk.
    pub recorded_bytes: u64,
    /// Sources whose picture or sound arrived within the last second.
    pub flowing: Vec<SourceId>,
}
