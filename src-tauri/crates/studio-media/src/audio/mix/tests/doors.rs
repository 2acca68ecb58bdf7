//! What is heard of the own voice, and where: told by pitch. What nobody may hear has one of its own.

use studio_wire::mixer::VoiceCare;

use super::*;
use crate::synthetic::hearing::amplitude;

const OWN: SourceId = SourceId(1);
/// What everybody may hear, and what nobody may.
const OPEN: usize = 1_000;
const SECRET: usize = 2_300;

/// Who sits here and hums into a microphone.
#[derive(Default)]
struct Own {
    hums: Option<Block>,
    /// Its picture is so many ms later.
    later: f32,
}

impl Own {
    fn hum(&mut self, hz: usize) {
        let wave = pitch(0.25, hz);
        self.hums = Some(std::array::from_fn(|n| crate::audio::from_i16(wave[n])));
    }
}

impl Sounds for Own {
    fn take(&mut self, _: Feed, _: &mut dyn FnMut(Piece<'_>)) {}

    fn microphone(&mut self, _: ShowTime, block: &mut Block) -> bool {
        self.hums.inspect(|hums| *block = *hums).is_some()
    }

    fn voice_age(&self) -> Option<f32> {
        Some(1.0)
    }

    fn picture_age(&self) -> Option<f32> {
        Some(1.0 + self.later)
    }
}

/// A mixer that has an own voice, on the air and in the monitor, and what left it.
#[derive(Default)]
struct Desk {
    mixer: Mixer,
    own: Own,
    mix: Mix,
    ticks: u64,
    program: Vec<f32>,
    monitor: Vec<f32>,
    microphone: Vec<f32>,
    talkback: Vec<f32>,
    /// How many blocks the tracks had.
    tracks: [usize; 2],
    told: Vec<(u64, bool)>,
}

impl Desk {
    fn new(strip: Settings) -> Self {
        let mut desk = Self::default();
        desk.mixer.voices(&[OWN]);
        desk.mixer.monitor(&Monitor { program: false, voices: vec![OWN] });
        desk.mix = mix_of(&[(OWN, strip)]);
        desk.mixer.set(desk.mix.clone());
        desk
    }

    fn set(&mut self, change: impl FnOnce(&mut Mix)) {
        change(&mut self.mix);
        self.mixer.set(self.mix.clone());
    }

    fn open(&mut self, on: bool) {
        self.mixer.wire(&[wiring(OWN, Feed::Microphone, on)], &mut self.own);
    }

    fn run(&mut self, blocks: usize) {
        let clock = TickClock::new(ShowTime::from_ms(10_000), BLOCKS);
        for _ in 0..blocks {
            let mixed = self.mixer.mix(clock.at(self.ticks), &mut self.own);
            self.program.extend(mixed.program);
            self.monitor.extend(mixed.monitor.unwrap_or(SILENCE));
            self.tracks[0] += usize::from(mixed.microphone.is_some());
            self.tracks[1] += usize::from(mixed.talkback.is_some());
            self.microphone.extend(mixed.microphone.unwrap_or(SILENCE));
            self.talkback.extend(mixed.talkback.unwrap_or(SILENCE));
            self.told.extend(mixed.muted_speech.map(|on| (self.ticks, on)));
            self.ticks += 1;
        }
    }

    /// Forgets what left.
    fn forget(&mut self) {
        for bus in [&mut self.program, &mut self.monitor, &mut self.microphone, &mut self.talkback] {
            bus.clear();
        }
        (self.tracks, self.told) = Default::default();
    }
}

/// How loud a pitch is in the last half second, by what is hummed.
fn of(bus: &[f32], hz: usize) -> f64 {
    amplitude(&bus[bus.len() - 48_000..], hz as f64) / 0.25
}

/// The loudest that a pitch is in any tenth of a second; a block of it would be 0.1, the fade of another pitch is 0.002.
fn ever(bus: &[f32], hz: usize) -> f64 {
    bus.chunks(9_600).map(|piece| amplitude(piece, hz as f64) / 0.25).fold(0.0, f64::max)
}

fn strips() -> [(&'static str, Settings); 5] {
    let limiter = Limiter { on: true, ceiling_db: 0.0, release_ms: 80.0 };
    let echo = VoiceCare { echo: true, ..VoiceCare::default() };
    [
        ("plain", Settings::default()),
        ("limited", Settings { limiter, ..Settings::default() }),
        ("cared for", Settings { care: echo, ..Settings::default() }),
        ("delayed", Settings { delay_ms: 300.0, ..Settings::default() }),
        ("all of it", Settings { limiter, care: echo, delay_ms: 495.0, ..Settings::default() }),
    ]
}

/// A way to keep the voice from the show, or no longer.
type Shut = fn(&mut Desk, bool);

const WAYS: [(&str, Shut); 3] = [
    ("muted", |desk, shut| desk.open(!shut)),
    ("strip muted", |desk, shut| {
        desk.open(true);
        desk.set(|mix| mix.strips[0].1.mute = shut);
    }),
    ("talking aside", |desk, shut| {
        desk.open(true);
        desk.set(|mix| mix.talk = shut);
    }),
];

// S-38
#[test]
fn what_was_said_while_one_is_not_on_the_air_is_never_heard_there_however_late_the_strip_is() {
    for (name, strip) in strips() {
        for (way, shut) in WAYS {
            let mut desk = Desk::new(strip);
            if strip.care.echo {
                // What it hears from the loudspeakers it takes out, and fills in what a room sounds like: a steady hum.
                desk.mixer.monitor(&Monitor::default());
            }
            desk.own.hum(SECRET);
            shut(&mut desk, true);
            desk.run(100);
            shut(&mut desk, false);
            // What was said before is still on its way from the device.
            desk.run(5);
            desk.own.hum(OPEN);
            desk.run(120);
            for bus in [&desk.program, &desk.monitor, &desk.microphone] {
                assert!(ever(bus, SECRET) < 0.01, "{name}, {way}: {}", ever(bus, SECRET));
            }
            for bus in [&desk.program, &desk.microphone] {
                assert!(of(bus, OPEN) > 0.9, "{name}, {way}: {}", of(bus, OPEN));
            }
        }
    }
}

#[test]
fn a_delay_that_grows_brings_back_nothing_from_before_the_voice_was_open() {
    let mut desk = Desk::new(Settings { delay_ms: 10.0, ..Settings::default() });
    desk.own.hum(SECRET);
    desk.open(false);
    desk.run(100);
    desk.open(true);
    desk.run(5);
    desk.own.hum(OPEN);
    desk.run(20);
    desk.set(|mix| mix.strips[0].1.delay_ms = 450.0);
    desk.run(10);
    desk.set(|mix| mix.strips[0].1.delay_ms = 0.0);
    desk.run(60);
    let [secret, open] = [ever(&desk.program, SECRET), of(&desk.program, OPEN)];
    assert!(secret < 0.01 && open > 0.99, "{secret}, {open}");
}

#[test]
fn who_mutes_is_silent_within_a_block_even_behind_a_long_delay() {
    for (way, shut) in WAYS {
        let mut desk = Desk::new(Settings { delay_ms: 500.0, ..Settings::default() });
        desk.own.hum(OPEN);
        shut(&mut desk, false);
        desk.run(200);
        shut(&mut desk, true);
        // The program's limiter holds the last 2.5 ms of a fade.
        desk.run(2);
        desk.forget();
        desk.run(100);
        for bus in [&desk.program, &desk.monitor, &desk.microphone] {
            assert!(bus.iter().all(|sample| *sample == 0.0), "{way}");
        }
    }
}

#[test]
fn the_talkback_takes_the_voice_from_everybody_else_whether_it_was_muted_or_not() {
    for on in [true, false] {
        let mut desk = Desk::new(Settings::default());
        desk.own.hum(OPEN);
        desk.open(on);
        desk.run(50);
        assert_eq!(desk.tracks, [if on { 50 } else { 0 }, 0]);
        desk.own.hum(SECRET);
        desk.set(|mix| mix.talk = true);
        desk.forget();
        desk.run(100);
        assert!(of(&desk.talkback, SECRET) > 0.99);
        for bus in [&desk.program, &desk.monitor, &desk.microphone] {
            assert!(ever(bus, SECRET) < 0.15, "a fade of one block at most: {}", ever(bus, SECRET));
            assert!(bus[2 * 960..].iter().all(|sample| *sample == 0.0));
        }
        assert_eq!(desk.tracks, [if on { 100 } else { 0 }, 100], "a track that is open goes on, silent");
        assert_eq!(desk.told, [], "who talks is not muted");

        desk.set(|mix| mix.talk = false);
        desk.forget();
        desk.run(50);
        assert_eq!(desk.tracks[1], 1, "one more block to fade out");
        assert!(desk.talkback[960..].iter().all(|sample| *sample == 0.0));
    }
}

#[test]
fn a_strip_that_is_muted_gives_the_others_silence() {
    let mut desk = Desk::new(Settings { mute: true, ..Settings::default() });
    desk.own.hum(OPEN);
    desk.open(true);
    desk.run(100);
    assert_eq!(desk.tracks[0], 100);
    assert!(desk.microphone.iter().all(|sample| *sample == 0.0));

    let mut mixer = Mixer::default();
    mixer.set(mix_of(&[(SourceId(2), Settings { mute: true, ..Settings::default() })]));
    mixer.wire(&[wiring(SourceId(2), Feed::Chord, true)], &mut ());
    for tick in 0..10 {
        assert_eq!(mixer.mix(ShowTime::from_ms(10 * tick), &mut ()).stage_media, Some(SILENCE));
    }
}

#[test]
fn speech_into_a_muted_microphone_is_noticed_and_metered_and_reaches_no_bus() {
    let mut desk = Desk::new(Settings::default());
    let speak = |desk: &mut Desk, blocks: usize| {
        for n in 0..blocks {
            desk.own.hum(SECRET);
            if n % 25 >= 17 {
                desk.own.hums = Some(SILENCE);
            }
            desk.run(1);
        }
    };
    desk.open(false);
    speak(&mut desk, 100);
    let [(at, true)] = desk.told[..] else { panic!("{:?}", desk.told) };
    assert!((30..80).contains(&at), "{at}");
    for bus in [&desk.program, &desk.monitor, &desk.microphone, &desk.talkback] {
        assert!(bus.iter().all(|sample| *sample == 0.0));
    }
    assert_eq!(desk.tracks, [0, 0]);
    let meter = desk.mixer.levels()[0].1.read();
    assert!((meter.peak[0] + 12.04).abs() < 0.1, "{meter:?}");

    desk.forget();
    desk.open(true);
    speak(&mut desk, 100);
    assert_eq!(desk.told, [(100, false)], "who is heard is not muted");
    desk.open(false);
    speak(&mut desk, 100);
    desk.own.hums = None;
    desk.run(1);
    assert_eq!(desk.told.len(), 3);
    assert_eq!(desk.told[2], (300, false), "the microphone is gone");
}

#[test]
fn the_own_voice_is_for_the_others_as_its_strip_makes_it_but_before_pan_and_fader() {
    let limiter = Limiter { on: true, ceiling_db: -24.0, release_ms: 80.0 };
    let mut desk = Desk::new(Settings { limiter, gain_db: -6.0, pan: 1.0, ..Settings::default() });
    desk.own.hum(OPEN);
    desk.open(true);
    desk.run(100);
    let sides = |bus: &[f32]| {
        let bus = &bus[48_000..];
        let side =
            |side| bus.iter().skip(side).step_by(2).fold(0f32, |highest, sample| highest.max(sample.abs()));
        [0, 1].map(|n| dbfs(side(n)))
    };
    let near = |levels: [f32; 2], due: [f32; 2]| {
        assert!(levels.iter().zip(due).all(|(level, due)| (level - due).abs() < 0.1), "{levels:?}");
    };
    near(sides(&desk.microphone), [-24.0, -24.0]);
    near(sides(&desk.program), [-120.0, -30.0]);
    let meter = desk.mixer.levels()[0].1.read();
    near(meter.rms, [-120.0, -33.0]);
    assert!((meter.reduced_db + 12.0).abs() < 0.2, "{meter:?}");
}

#[test]
fn the_own_voice_waits_for_the_own_picture_and_brings_back_nothing_that_was_said_before() {
    let mut desk = Desk::new(Settings::default());
    desk.own.later = 102.5;
    desk.own.hum(SECRET);
    desk.open(false);
    desk.run(95);
    desk.open(true);
    desk.run(5);
    desk.own.hum(OPEN);
    desk.run(200);
    // 2.5 ms of it are the program's limiter.
    let [secret, open] = [ever(&desk.program, SECRET), of(&desk.program, OPEN)];
    assert!(secret < 0.01 && open > 0.99, "{secret}, {open}");
    desk.own.hums = Some(SILENCE);
    desk.forget();
    desk.run(30);
    let last = desk.program.iter().rposition(|sample| sample.abs() > 1e-3).unwrap() / 2;
    assert!(last.abs_diff(48 * 102) < 48, "it lasts for as long: {last}");
}
