use std::f64::consts::TAU;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rig::pulse::{Pulse, RATE};
use rig::tone::{level, loudest};
use studio_devices::sound::SoundError;
use studio_media::clock::SECOND;
use studio_wire::device::DeviceId;
use studio_wire::time::ShowTime;

use crate::support::{LONG, Listening, id, sound, wait_until};

/// The sine of a feed has amplitude 0.5.
const FED: f64 = -6.02;

#[test]
fn each_of_two_open_microphones_gives_its_own_sound() {
    let pulse = Pulse::start();
    let (sound, _a, _b) = (sound(&pulse), pulse.feed("mic_a", 997.0), pulse.feed("mic_b", 2_310.0));
    let (a, b) = (Listening::open(&sound, "mic_a").unwrap(), Listening::open(&sound, "mic_b").unwrap());
    assert_eq!((a.microphone.rate(), a.microphone.channels()), (RATE, 1));
    // The first pieces may be older than the feed.
    a.hear(Duration::from_millis(300));
    let (heard_a, heard_b) = (a.hear(Duration::from_secs(1)), b.hear(Duration::from_secs(1)));
    for (heard, own, other) in [(heard_a, 997.0, 2_310.0), (heard_b, 2_310.0, 997.0)] {
        assert!(
            (loudest(&heard, RATE, own) - FED).abs() < 0.2,
            "{own} Hz: {} dB",
            loudest(&heard, RATE, own)
        );
        // A hundredth of a second of the other one would be -46 dBFS.
        assert!(level(&heard, RATE, other) < -60.0, "{other} Hz: {} dB", level(&heard, RATE, other));
    }
    assert_eq!(a.microphone.faults(), 0);
}

#[test]
fn the_times_of_the_pieces_run_with_the_frames_and_lie_just_before_now() {
    let pulse = Pulse::start();
    let (sound, _a) = (sound(&pulse), pulse.feed("mic_a", 997.0));
    let listening = Listening::open(&sound, "mic_a").unwrap();
    listening.hear(Duration::from_secs(3));
    let pieces = listening.pieces.lock().unwrap().clone();
    // From when the server has answered, and the feed has come into its stride.
    let pieces = &pieces[pieces.len() / 3..];
    // A machine that is busy enough loses sound; between two pieces that follow each other there is no hole.
    let steps = pieces.windows(2).map(|two| {
        let frames = two[0].samples.len() as u64;
        (two[1].at - two[0].at).0.abs_diff(frames * SECOND / u64::from(RATE)) / 1_000
    });
    let mut off: Vec<u64> = steps.collect();
    off.sort_unstable();
    println!("off from the count: p50 {} us, most {} us", off[off.len() / 2], off[off.len() - 1]);
    assert!(off[off.len() / 2] < 1_000, "{off:?}");
    assert!(pieces.iter().all(|piece| piece.at < piece.came));
    let mut ages: Vec<u64> = pieces.iter().map(|piece| piece.came.since(piece.at).ms()).collect();
    ages.sort_unstable();
    println!(
        "age of a piece's first frame: p50 {} ms, most {} ms",
        ages[ages.len() / 2],
        ages[ages.len() - 1]
    );
    assert!(ages[ages.len() / 2] < 50);
}

#[test]
fn a_speaker_plays_what_it_is_given_and_the_other_one_nothing() {
    let pulse = Pulse::start();
    let sound = sound(&pulse);
    let (here, there) = (pulse.record("spk_b"), pulse.record("spk_a"));
    let (times, ahead) = channel();
    let mut n = 0_u32;
    let fill = move |samples: &mut [f32], at: ShowTime| {
        for pair in samples.chunks_exact_mut(2) {
            pair.fill((0.5 * (TAU * 1_500.0 * f64::from(n) / f64::from(RATE)).sin()) as f32);
            n += 1;
        }
        let _ = times.send(at.since(studio_media::clock::now()).ms());
    };
    let speaker = sound.speaker(&id("spk_b"), fill, |news| panic!("{news:?}")).unwrap();
    assert_eq!((speaker.rate(), speaker.channels()), (RATE, 2));
    let left = |heard: Vec<[f32; 2]>| heard.into_iter().map(|pair| pair[0]).collect::<Vec<f32>>();
    let loud = |heard: &[f32]| heard.iter().filter(|sample| sample.abs() > 0.1).count();
    wait_until("a second was heard", || loud(&left(here.heard())) > RATE as usize);
    let found = loudest(&left(here.heard()), RATE, 1_500.0);
    assert!((found - FED).abs() < 0.2, "{found} dB");
    assert!(left(there.heard()).iter().all(|sample| *sample == 0.0));
    let mut ahead: Vec<u64> = ahead.try_iter().collect();
    ahead.sort_unstable();
    println!("heard after: p50 {} ms, faults {}", ahead[ahead.len() / 2], speaker.faults());
    assert!(ahead[ahead.len() / 2] < 100);
}

#[test]
fn opening_and_closing_twenty_times_leaves_nothing_open() {
    let pulse = Pulse::start();
    let (sound, _a) = (sound(&pulse), pulse.feed("mic_a", 997.0));
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    for _ in 0..20 {
        let listening = Listening::open(&sound, "mic_a").unwrap();
        let speaker = sound.speaker(&id("spk_a"), |_, _| {}, |_| {}).unwrap();
        listening.hear(Duration::from_millis(20));
        drop((listening, speaker));
    }
    // The feed itself plays.
    wait_until("all streams are gone", || (pulse.recording(), pulse.playing()) == (0, 1));
    // Other tests of this program may have theirs.
    wait_until("all threads are gone", || threads() <= before + 10);
}

// S-54
#[test]
fn a_microphone_is_open_from_the_call_until_it_is_dropped_and_then_hands_on_nothing() {
    let pulse = Pulse::start();
    let (sound, _a) = (sound(&pulse), pulse.feed("mic_a", 997.0));
    assert_eq!(pulse.recording(), 0);
    let listening = Listening::open(&sound, "mic_a").unwrap();
    listening.hear(Duration::from_millis(100));
    assert_eq!(pulse.recording(), 1);
    let Listening { microphone, pieces, news } = listening;
    drop(microphone);
    wait_until("it is closed", || pulse.recording() == 0);
    let count = pieces.lock().unwrap().len();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(pieces.lock().unwrap().len(), count);
    assert_eq!(
        news.recv_timeout(LONG),
        Err(RecvTimeoutError::Disconnected),
        "its owner closed it: that is no news"
    );
}

#[test]
fn a_device_that_is_not_there_cannot_be_opened_and_no_name_means_another_device() {
    let pulse = Pulse::start();
    let sound = sound(&pulse);
    pulse.unplug("mic_b");
    // The server would take some of these for the default, or for a number.
    let names = [
        "mic_b",
        "",
        "@DEFAULT_SOURCE@",
        "@DEFAULT_MONITOR@",
        "4",
        "spk_a.monitor",
        "spk_a",
        "mic_a\0",
        "MIC_A",
    ];
    for name in names {
        assert_eq!(Listening::open(&sound, name).err(), Some(SoundError::Gone), "{name:?}");
    }
    for name in ["@DEFAULT_SINK@", "0", "mic_a", "", "spk_c"] {
        let opened = sound.speaker(&id(name), |_, _| {}, |_| {});
        assert_eq!(opened.err(), Some(SoundError::Gone), "{name:?}");
    }
    for whole in ["mic_a", "alsa:mic_a", ""] {
        let opened = sound.microphone(&DeviceId(whole.to_owned()), |_, _| {}, |_| {});
        assert_eq!(opened.err(), Some(SoundError::Gone), "{whole:?}");
    }
    assert_eq!((pulse.recording(), pulse.playing()), (0, 0));
}
