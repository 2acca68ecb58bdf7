use studio_lane::{Bell, Block as Memory, Meta, Reader, Shape};
use studio_wire::engine::lanes;
use studio_wire::ids::SourceId;
use studio_wire::media::Feed;
use studio_wire::mixer::MeterView;

use super::super::lanes::{AirEnds, CrewSounds, Out, SOUND_BYTES};
use super::*;
use crate::audio::{FRAMES, from_i16};
use crate::synthetic::chord::PITCHES;
use crate::synthetic::hearing::amplitude;
use crate::{Config, ReportSink};

const TONE: SourceId = SourceId(1);
const CHORD: SourceId = SourceId(2);
const PROGRAM: SourceId = SourceId(3);
const START: ShowTime = ShowTime::from_ms(60_000);

/// A mixer's desk in virtual time.
struct Rig {
    desk: SoundDesk,
    shared: Arc<Shared>,
}

impl Rig {
    fn open() -> Self {
        Self::reporting(ReportSink::new(drop))
    }

    fn reporting(report: ReportSink) -> Self {
        let nowhere = std::path::PathBuf::from("/nonexistent");
        let config = Config {
            ffmpeg: Err(Vec::new()),
            videos: nowhere.clone(),
            fallback: nowhere,
            burn_ticks: false,
            record_as: None,
        };
        let shared = Arc::new(Shared::new(config, report));
        let mut desk = SoundDesk::new(shared.clone());
        desk.apply(SoundOrder::Open { start: START });
        Self { desk, shared }
    }

    fn wire(&mut self, feeds: &[(SourceId, Feed)]) {
        let wiring = |&(source, feed)| Wiring { source, feed, on: true, cell: None, sound: None };
        self.desk.apply(SoundOrder::Sources(feeds.iter().map(wiring).collect()));
    }

    fn hear(&mut self, voices: &[SourceId], monitor: Monitor) {
        self.desk.apply(SoundOrder::Heard { voices: voices.to_vec(), monitor });
    }

    /// One block in time; gives when it began.
    fn block(&mut self) -> ShowTime {
        let at = self.desk.due().unwrap();
        self.desk.run(|| at);
        at
    }

    /// A second of blocks, and what came out of a lane meanwhile.
    fn second(&mut self, far: &mut Reader) -> Vec<f32> {
        (0..BLOCKS).flat_map(|_| self.block_of(far)).collect()
    }

    /// One block, and what came out of a lane meanwhile.
    fn block_of(&mut self, far: &mut Reader) -> Vec<f32> {
        let (at, mut heard) = (self.block(), Vec::new());
        while let Some(frame) = far.next() {
            assert_eq!((frame.meta.width, frame.meta.height, frame.meta.kind), (48_000, 2, Meta::PCM));
            assert_eq!(frame.meta.stamp_us as u64, at.0 / 1_000);
            let sample = |bytes: &[u8]| from_i16(i16::from_ne_bytes([bytes[0], bytes[1]]));
            heard.extend(frame.bytes().chunks_exact(2).map(sample));
        }
        heard
    }
}

fn memory(lanes: usize) -> Memory {
    Memory::create(&vec![Shape { slots: 16, slot_bytes: SOUND_BYTES as u32 }; lanes]).unwrap()
}

fn out(memory: &Memory, lane: usize) -> Out {
    Out { writer: memory.writer(lane).unwrap(), bell: Bell::create().unwrap() }
}

/// Microphone, stage media, talkback.
fn crew(memory: &Memory) -> CrewSounds {
    let [microphone, stage_media, talkback] = [0, 1, 2].map(|lane| out(memory, lane));
    CrewSounds { microphone, stage_media, talkback, readers: Vec::new() }
}

#[test]
fn the_lane_of_stage_media_carries_the_chord_and_nothing_of_the_open_microphone() {
    let mut rig = Rig::open();
    let memory = memory(3);
    let crew = crew(&memory);
    let (mut microphone, mut stage_media) = (memory.reader(0).unwrap(), memory.reader(1).unwrap());
    rig.desk.apply(SoundOrder::Crew(Some(crew)));
    rig.wire(&[(TONE, Feed::Tone)]);
    rig.hear(&[TONE, CHORD], Monitor::default());
    let before = rig.second(&mut stage_media);
    assert!(before.is_empty(), "the chord is not there yet");

    rig.wire(&[(TONE, Feed::Tone), (CHORD, Feed::Chord)]);
    rig.block();
    while stage_media.next().is_some() {}
    let heard = rig.second(&mut stage_media);
    assert_eq!(heard.len(), 96_000);
    for hz in PITCHES {
        assert!((amplitude(&heard, hz as f64) / 0.031_622_777 - 1.0).abs() < 1e-2, "{hz} Hz");
    }
    assert!(amplitude(&heard, 1_000.0) < 1e-6, "the tone of the open microphone");
    while microphone.next().is_some() {}
    assert!(amplitude(&rig.second(&mut microphone), 1_000.0) > 5e-3, "which is in its own lane");
}

#[test]
fn a_seat_hears_the_program_from_air_and_sends_nothing_of_its_own_there() {
    let mut rig = Rig::open();
    let memory = memory(2);
    let air = AirEnds { program: out(&memory, 0), reader: memory.reader(1).unwrap() };
    let (mut far, mut host) = (memory.reader(0).unwrap(), memory.writer(1).unwrap());
    rig.desk.apply(SoundOrder::Air(Some(air)));
    rig.wire(&[(TONE, Feed::Tone), (PROGRAM, Feed::AirSound(lanes::AIR_SOUND_IN))]);
    let voices = vec![PROGRAM];
    rig.hear(&[TONE], Monitor { program: false, voices });
    for block in 0..120 {
        if block == 20 {
            let _ = rig.shared.meters();
        }
        let mut sound = [0.0; 960];
        crate::synthetic::chord::block(ShowTime::from_ms(block * 10), &mut sound);
        assert!(publish_sound(&mut host, &sound, ShowTime(0)));
        rig.block();
        assert!(far.next().is_none());
    }
    // The chord's three pitches at −30 dBFS each never peak together exactly.
    let meters = rig.shared.meters();
    assert!(meters.monitor.peak.iter().all(|level| (-23.0..-20.4).contains(level)), "{meters:?}");
    assert!((meters.program.peak[0] + 12.0).abs() < 3.0, "the own tone, alone: {meters:?}");

    // A machine that gets nothing from there is the one that sends.
    rig.wire(&[(TONE, Feed::Tone)]);
    let sent = rig.second(&mut far);
    assert_eq!(sent.len(), 96_000);
    assert!(amplitude(&sent, 1_000.0) > 5e-3);
}

#[test]
fn who_listens_to_the_monitor_gets_its_blocks_only_while_something_is_on_it() {
    let mut rig = Rig::open();
    let memory = memory(1);
    let mut listener = memory.reader(0).unwrap();
    rig.desk.apply(SoundOrder::Listen(memory.writer(0).unwrap()));
    rig.wire(&[(TONE, Feed::Tone), (CHORD, Feed::Chord)]);
    rig.hear(&[TONE], Monitor::default());
    assert!(rig.second(&mut listener).is_empty());
    assert_eq!(rig.shared.meters().monitor, MeterView::default());

    let voices = vec![CHORD];
    rig.hear(&[TONE], Monitor { program: false, voices });
    rig.block();
    while listener.next().is_some() {}
    let heard = rig.second(&mut listener);
    assert_eq!(heard.len(), 96_000);
    let levels = [1_000, PITCHES[0], PITCHES[1], PITCHES[2]].map(|hz| amplitude(&heard, hz as f64) > 1e-3);
    assert_eq!(levels, [false, true, true, true]);
    assert!(rig.shared.meters().monitor.peak[0] > -30.0);
}

/// Ten milliseconds of a microphone at a level, taken at `at`.
fn hears(end: &mut crate::audio::device::IntakeEnd, at: ShowTime, level: f32) {
    end.heard_at(&[level; FRAMES], at, at);
}

// S-38
#[test]
fn an_open_microphone_is_heard_by_the_others_and_a_shut_one_never_not_even_later() {
    let mut rig = Rig::open();
    let memory = memory(3);
    let crew = crew(&memory);
    let mut far = memory.reader(0).unwrap();
    rig.desk.apply(SoundOrder::Crew(Some(crew)));
    let (mut end, intake) = crate::audio::device::intake(48_000, 1);
    rig.desk.apply(SoundOrder::Microphone(Some(Box::new(intake))));
    let wire = |rig: &mut Rig, on| {
        let wiring = Wiring { source: TONE, feed: Feed::Microphone, on, cell: None, sound: None };
        rig.desk.apply(SoundOrder::Sources([wiring].into()));
    };
    let second = |rig: &mut Rig, end: &mut _, far: &mut Reader, level| {
        let mut heard = Vec::new();
        for _ in 0..BLOCKS {
            let at = rig.desk.due().unwrap();
            hears(end, at, level);
            heard.extend(rig.block_of(far));
        }
        heard
    };
    wire(&mut rig, false);
    assert!(second(&mut rig, &mut end, &mut far, 0.5).is_empty(), "shut");
    wire(&mut rig, true);
    let heard = second(&mut rig, &mut end, &mut far, 0.25);
    let highest = heard.iter().fold(0f32, |highest, sample| highest.max(sample.abs()));
    assert!((0.2..0.4).contains(&highest), "what was said while it was shut stays unheard: {highest}");
    rig.desk.apply(SoundOrder::Microphone(None));
    let silent = second(&mut rig, &mut end, &mut far, 0.25);
    assert!(silent.iter().all(|sample| *sample == 0.0), "it is gone");
}

#[test]
fn a_speaker_plays_the_monitor_and_silence_while_nothing_is_on_it() {
    let mut rig = Rig::open();
    let (outlet, mut end) = crate::audio::device::outlet(48_000, 2);
    rig.desk.apply(SoundOrder::Speaker(Some(Box::new(outlet))));
    rig.wire(&[(CHORD, Feed::Chord)]);
    let mut played = |rig: &mut Rig| {
        let mut heard = Vec::new();
        for _ in 0..2 * BLOCKS {
            let at = rig.block();
            let mut callback = [0.0; 2 * FRAMES];
            end.fill_at(&mut callback, at);
            heard.extend(callback);
        }
        heard.split_off(heard.len() / 2)
    };
    assert!(played(&mut rig).iter().all(|sample| *sample == 0.0));
    let voices = vec![CHORD];
    rig.hear(&[], Monitor { program: false, voices });
    let heard = played(&mut rig);
    for hz in PITCHES {
        assert!((amplitude(&heard, hz as f64) / 0.031_622_777 - 1.0).abs() < 0.05, "{hz} Hz");
    }
    rig.desk.apply(SoundOrder::Speaker(None));
    assert!(played(&mut rig).iter().all(|sample| *sample == 0.0), "it was taken away");
}

/// A desk with a microphone that is heard at a level, block by block; what its reports say.
fn with_microphone() -> (Rig, crate::audio::device::IntakeEnd, std::sync::mpsc::Receiver<MediaReport>) {
    let (told, reports) = std::sync::mpsc::channel();
    let mut rig = Rig::reporting(ReportSink::new(move |report| drop(told.send(report))));
    let (end, intake) = crate::audio::device::intake(48_000, 1);
    rig.desk.apply(SoundOrder::Microphone(Some(Box::new(intake))));
    (rig, end, reports)
}

/// The n-th 10 ms of a hum.
fn hum(n: u32, level: f32) -> [f32; FRAMES] {
    let turn = |k: usize| (n as usize * FRAMES + k) % 240;
    std::array::from_fn(|k| level * (std::f32::consts::TAU * turn(k) as f32 / 240.0).sin())
}

fn microphone(rig: &mut Rig, on: bool) {
    let wiring = Wiring { source: TONE, feed: Feed::Microphone, on, cell: None, sound: None };
    rig.desk.apply(SoundOrder::Sources([wiring].into()));
}

#[test]
fn the_lane_of_the_talkback_carries_the_own_voice_while_one_talks_and_the_program_does_not() {
    let (mut rig, mut end, _reports) = with_microphone();
    let memory = memory(3);
    let [mut show, mut aside] = [0, 2].map(|lane| memory.reader(lane).unwrap());
    rig.desk.apply(SoundOrder::Crew(Some(crew(&memory))));
    rig.hear(&[TONE], Monitor::default());
    microphone(&mut rig, false);
    let mut second = |rig: &mut Rig, far: &mut Reader| {
        let mut heard = Vec::new();
        for n in 0..BLOCKS {
            let at = rig.desk.due().unwrap();
            end.heard_at(&hum(n, 0.25), at, at);
            heard.extend(rig.block_of(far));
        }
        heard
    };
    assert!(second(&mut rig, &mut aside).is_empty());
    rig.desk.apply(SoundOrder::Mix(Mix { talk: true, ..Mix::default() }));
    let _ = rig.shared.meters();
    let heard = second(&mut rig, &mut aside);
    assert_eq!(heard.len(), 96_000);
    assert!(heard.iter().any(|sample| *sample > 0.2));
    assert!(show.next().is_none(), "it is muted for the show");
    let meters = rig.shared.meters();
    assert_eq!(meters.program, MeterView::default());
    assert!((meters.sources[0].1.rms[1] + 15.05).abs() < 0.3, "{meters:?}");
    rig.desk.apply(SoundOrder::Mix(Mix::default()));
    rig.block_of(&mut aside);
    assert!(second(&mut rig, &mut aside).is_empty());
}

#[test]
fn who_speaks_while_muted_is_told_so_and_that_it_is_over_when_the_show_closes() {
    let (mut rig, mut end, reports) = with_microphone();
    microphone(&mut rig, false);
    for n in 0..200 {
        let at = rig.desk.due().unwrap();
        let level = if n % 25 < 17 { 0.2 } else { 0.0 };
        end.heard_at(&hum(n, level), at, at);
        rig.block();
    }
    assert_eq!(reports.try_iter().collect::<Vec<_>>(), [MediaReport::MutedSpeech { on: true }]);
    rig.desk.apply(SoundOrder::Close { then: super::super::Then(Box::new(|| ())) });
    assert_eq!(reports.try_iter().collect::<Vec<_>>(), [MediaReport::MutedSpeech { on: false }]);
}

#[test]
fn the_meters_say_how_loud_the_program_is_and_nothing_when_the_show_is_closed() {
    let mut rig = Rig::open();
    rig.wire(&[(CHORD, Feed::Chord)]);
    rig.desk.apply(SoundOrder::Mix(Mix { on_air: true, ..Mix::default() }));
    rig.hear(&[CHORD], Monitor { program: true, voices: Vec::new() });
    for _ in 0..400 {
        rig.block();
    }
    let meters = rig.shared.meters();
    // Three sines of −30 dBFS in both sides; below 1 kHz, where ears are as the meter says, hardly weighted.
    for level in [meters.loudness.momentary, meters.loudness.short, meters.loudness.integrated] {
        assert!((level + 25.9).abs() < 0.6, "{meters:?}");
    }
    assert!((meters.loudness.true_peak - meters.program.peak[0]).abs() < 0.3, "{meters:?}");
    assert_eq!(meters.program.clips, 0);
    assert!((meters.monitor.rms[0] - meters.program.rms[0]).abs() < 0.1, "{meters:?}");
    rig.desk.apply(SoundOrder::Close { then: super::super::Then(Box::new(|| ())) });
    assert_eq!(rig.shared.meters(), studio_wire::view::Meters::default());
}

#[test]
fn the_own_voice_leaves_with_the_picture_of_the_own_camera_while_both_are_open() {
    for (camera, due) in [(false, 0..40), (true, 105..136)] {
        let (mut rig, mut end, _reports) = with_microphone();
        let wiring = |source, feed, on| Wiring { source, feed, on, cell: None, sound: None };
        let wirings = [wiring(TONE, Feed::Microphone, true), wiring(SourceId(0), Feed::Camera, camera)];
        rig.desk.apply(SoundOrder::Sources(wirings.into()));
        rig.hear(&[TONE], Monitor::default());
        rig.shared.camera_age.came(START, START + ShowTime::from_ms(120));
        let mut said = None;
        for n in 0..400 {
            let at = rig.desk.due().unwrap();
            let level = if n == 300 { 0.5 } else { 0.0 };
            end.heard_at(&hum(n, level), at, at);
            if n == 300 {
                let _ = rig.shared.meters();
                said = Some(at);
            }
            rig.block();
            if n >= 300 && rig.shared.meters().program.peak[0] > -20.0 {
                let late = at.since(said.unwrap()).0 / 1_000_000;
                assert!(due.contains(&late), "camera {camera}: {late} ms");
                said = None;
                break;
            }
        }
        assert_eq!(said, None, "it was heard");
    }
}
