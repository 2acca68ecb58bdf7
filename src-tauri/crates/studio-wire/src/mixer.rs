//! The settings of the mixer: a strip for each source, and what stands on the buses.
//!
//! Every figure has its unit in its name or its page; what lies outside of its range counts as its nearest end.

use serde::{Deserialize, Serialize};

use crate::ids::{Identity, SourceId};
use crate::rtc::TrackKind;

/// A source's strip. Its parts work in the order in which they stand here, from `care` to `limiter`; then come `delay`,
/// `pan` and `gain`. A part that is as it is at first is not written: a desk reads twenty strips at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strip {
    /// What is done to a voice before anything else.
    #[serde(skip_serializing_if = "is_default")]
    pub care: VoiceCare,
    /// Shut while nobody speaks.
    #[serde(skip_serializing_if = "is_default")]
    pub gate: Gate,
    /// Bass to treble.
    #[serde(skip_serializing_if = "is_default")]
    pub eq: Eq,
    /// Evens out loud and quiet.
    #[serde(skip_serializing_if = "is_default")]
    pub compressor: Compressor,
    /// Nothing of this source is louder.
    #[serde(skip_serializing_if = "is_default")]
    pub limiter: Limiter,
    /// Later by this many ms, 0 … 500.
    #[serde(skip_serializing_if = "is_default")]
    pub delay_ms: f32,
    /// −1 is left, 1 is right.
    #[serde(skip_serializing_if = "is_default")]
    pub pan: f32,
    /// In dB, −60 … 12; −60 is silence.
    #[serde(skip_serializing_if = "is_default")]
    pub gain_db: f32,
    /// Not heard anywhere.
    #[serde(skip_serializing_if = "is_default")]
    pub mute: bool,
    /// While any strip is solo, the monitor hears only those; the program does not change.
    #[serde(skip_serializing_if = "is_default")]
    pub solo: bool,
}

fn is_default<T: Default + PartialEq>(part: &T) -> bool {
    *part == T::default()
}

/// What is done to a voice. All of it is for one voice at one microphone, never for music.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VoiceCare {
    /// Takes the monitor's sound out of the microphone. Only with loudspeakers: with headphones it does harm.
    pub echo: bool,
    /// Takes out fans and hiss.
    pub noise: bool,
    /// Lifts a quiet voice to −23 dBFS.
    pub gain: bool,
}

/// Lets sound pass while it is loud enough.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Gate {
    /// It works.
    pub on: bool,
    /// Opens from this level on, −80 … 0 dBFS.
    pub open_db: f32,
    /// Shuts below this level, at most `open_db`.
    pub shut_db: f32,
    /// Until it is open, 0.1 … 100 ms.
    pub attack_ms: f32,
    /// Stays open for so long after the last loud sample, 0 … 2,000 ms.
    pub hold_ms: f32,
    /// Until it is shut, 1 … 2,000 ms.
    pub release_ms: f32,
    /// What a shut gate lets pass, −80 … 0 dB; −80 is nothing.
    pub floor_db: f32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            on: false,
            open_db: -40.0,
            shut_db: -46.0,
            attack_ms: 2.0,
            hold_ms: 200.0,
            release_ms: 150.0,
            floor_db: -80.0,
        }
    }
}

/// Five bands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Eq {
    /// It works.
    pub on: bool,
    /// From bass to treble.
    pub bands: [Band; 5],
}

impl Default for Eq {
    fn default() -> Self {
        let band = |shape, hz| Band { on: true, shape, hz, db: 0.0, q: std::f32::consts::FRAC_1_SQRT_2 };
        Self {
            on: false,
            bands: [
                Band { on: false, ..band(BandShape::LowCut, 80.0) },
                band(BandShape::LowShelf, 120.0),
                band(BandShape::Bell, 500.0),
                band(BandShape::Bell, 3_000.0),
                band(BandShape::HighShelf, 8_000.0),
            ],
        }
    }
}

/// One band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Band {
    /// It works.
    pub on: bool,
    /// What it does.
    pub shape: BandShape,
    /// Where, 20 … 20,000 Hz.
    pub hz: f32,
    /// By how much, −18 … 18 dB; a cut has none.
    pub db: f32,
    /// How narrow, 0.1 … 10.
    pub q: f32,
}

/// What a band does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandShape {
    /// Takes away what is below, 12 dB an octave.
    LowCut,
    /// Lifts or lowers what is below.
    LowShelf,
    /// Lifts or lowers what is near.
    #[default]
    Bell,
    /// Lifts or lowers what is above.
    HighShelf,
    /// Takes away what is above, 12 dB an octave.
    HighCut,
}

/// Turns down what is loud.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compressor {
    /// It works.
    pub on: bool,
    /// From this level on, −60 … 0 dBFS.
    pub threshold_db: f32,
    /// So many dB more come out as one, 1 … 20.
    pub ratio: f32,
    /// The bend is so wide, 0 … 24 dB.
    pub knee_db: f32,
    /// Until it has turned down, 0.1 … 200 ms.
    pub attack_ms: f32,
    /// Until it is back, 5 … 2,000 ms.
    pub release_ms: f32,
    /// Everything is louder by this afterwards, 0 … 24 dB.
    pub makeup_db: f32,
}

impl Default for Compressor {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -20.0,
            ratio: 3.0,
            knee_db: 6.0,
            attack_ms: 10.0,
            release_ms: 150.0,
            makeup_db: 0.0,
        }
    }
}

/// Lets nothing pass above a level. It looks 5 ms ahead.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limiter {
    /// It works.
    pub on: bool,
    /// The level, −24 … 0 dBFS.
    pub ceiling_db: f32,
    /// Until it is back, 5 … 1,000 ms.
    pub release_ms: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { on: false, ceiling_db: -3.0, release_ms: 80.0 }
    }
}

/// Music steps back while somebody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ducking {
    /// It works.
    pub on: bool,
    /// Somebody speaks from this level on, −80 … 0 dBFS.
    pub threshold_db: f32,
    /// Music is then quieter by this, 0 … 60 dB.
    pub by_db: f32,
    /// Until it is, 1 … 500 ms.
    pub attack_ms: f32,
    /// Stays so for this long after the last word, 0 … 5,000 ms.
    pub hold_ms: f32,
    /// Until it is back, 10 … 5,000 ms.
    pub release_ms: f32,
}

impl Default for Ducking {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -40.0,
            by_db: 12.0,
            attack_ms: 80.0,
            hold_ms: 400.0,
            release_ms: 600.0,
        }
    }
}

/// How loud the program is, by EBU R 128; −120 is silence, or too short to say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Of the last 400 ms, in LUFS.
    pub momentary: f32,
    /// Of the last 3 s, in LUFS.
    pub short: f32,
    /// Since the show went live, in LUFS.
    pub integrated: f32,
    /// Since the show went live, in LU.
    pub range: f32,
    /// Highest since the show went live, in dBTP.
    pub true_peak: f32,
}

impl Default for Loudness {
    fn default() -> Self {
        Self { momentary: -120.0, short: -120.0, integrated: -120.0, range: 0.0, true_peak: -120.0 }
    }
}

/// One part of a strip, as it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StripPart {
    /// [`Strip::care`].
    Care(VoiceCare),
    /// [`Strip::gate`].
    Gate(Gate),
    /// [`Strip::eq`].
    Eq(Eq),
    /// [`Strip::compressor`].
    Compressor(Compressor),
    /// [`Strip::limiter`].
    Limiter(Limiter),
    /// [`Strip::delay_ms`].
    Delay(f32),
    /// [`Strip::pan`].
    Pan(f32),
    /// [`Strip::gain_db`].
    Gain(f32),
    /// [`Strip::mute`].
    Mute(bool),
    /// [`Strip::solo`].
    Solo(bool),
}

/// What stands on the program's bus.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProgramBus {
    /// In dB, −60 … 12; −60 is silence.
    pub gain_db: f32,
    /// No wave leaves higher, −12 … 0 dBTP.
    pub ceiling_db: f32,
    /// Music under speech.
    pub ducking: Ducking,
}

impl Default for ProgramBus {
    fn default() -> Self {
        Self { gain_db: 0.0, ceiling_db: -1.0, ducking: Ducking::default() }
    }
}

/// How loud it is at this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MonitorBus {
    /// In dB, −60 … 12; −60 is silence.
    pub gain_db: f32,
    /// 20 dB less, for a moment.
    pub dim: bool,
}

/// Whom one speaks to without being on the air.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TalkTo {
    /// Everybody backstage.
    Backstage,
    /// One person, wherever they are.
    Person(Identity),
}

/// Everything that the mixer is set to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Mix {
    /// Strips that are not as a strip is at first.
    pub strips: Vec<(SourceId, Strip)>,
    /// Sources that step back while somebody speaks.
    pub music: Vec<SourceId>,
    /// The program's bus.
    pub program: ProgramBus,
    /// The monitor's bus.
    pub monitor: MonitorBus,
    /// The own voice goes to the talkback, and nowhere else.
    pub talk: bool,
    /// The show is live: its loudness is counted from when it became so.
    pub on_air: bool,
}

/// The mixer as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MixerView {
    /// The own first, then by person; a person has one for each of their sounds.
    pub strips: Vec<StripView>,
    /// The program's bus.
    pub program: ProgramBus,
}

/// A strip as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StripView {
    /// Whose sound.
    pub person: Identity,
    /// Which of theirs.
    pub kind: TrackKind,
    /// Its source: what meters name. At a desk, nothing where it does not arrive.
    #[serde(default, skip_serializing_if = "is_default")]
    pub source: SourceId,
    /// As it is set.
    #[serde(default, skip_serializing_if = "is_default")]
    pub strip: Strip,
    /// Who hears it now.
    pub heard: Heard,
}

/// Where a source is heard. Written as one number, a bit for each: a desk reads twenty of them at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "u8", into = "u8")]
pub struct Heard {
    /// By the audience.
    pub program: bool,
    /// At the host's machine.
    pub monitor: bool,
    /// By the others on stage.
    pub stage: bool,
    /// By people backstage, not counting the program.
    pub backstage: bool,
}

impl From<u8> for Heard {
    fn from(bits: u8) -> Self {
        let bit = |n: u8| bits >> n & 1 == 1;
        Self { program: bit(0), monitor: bit(1), stage: bit(2), backstage: bit(3) }
    }
}

impl From<Heard> for u8 {
    fn from(heard: Heard) -> Self {
        let Heard { program, monitor, stage, backstage } = heard;
        [program, monitor, stage, backstage].into_iter().zip(0..).map(|(on, n)| Self::from(on) << n).sum()
    }
}

/// Sound at this machine, as it is set here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SoundView {
    /// How loud it is.
    pub monitor: MonitorBus,
    /// The microphone is heard only while a key is held.
    pub push_to_talk: bool,
    /// That key is held.
    pub pressed: bool,
    /// Whom the own voice goes to instead of the show.
    pub talk: Option<TalkTo>,
    /// Nobody is to be told that they speak while they are muted.
    pub ignore_muted: bool,
    /// The microphone is open although it is muted, only to notice that somebody speaks.
    pub listening: bool,
}

/// A meter's figures since they were read last. Levels are in dBFS, −120 for silence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeterView {
    /// Highest sample of each side.
    pub peak: [f32; 2],
    /// Mean of each side over 300 ms.
    pub rms: [f32; 2],
    /// Samples at full scale.
    pub clips: u32,
    /// How far gate, compressor and limiter turn down now, in dB, 0 or less.
    pub reduced_db: f32,
}

impl Default for MeterView {
    fn default() -> Self {
        Self { peak: [-120.0; 2], rms: [-120.0; 2], clips: 0, reduced_db: 0.0 }
    }
}
