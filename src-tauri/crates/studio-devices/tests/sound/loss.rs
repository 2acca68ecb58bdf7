use std::time::{Duration, Instant};

use rig::pulse::{Pulse, RATE};
use rig::tone::loudest;
use studio_devices::sound::{SoundError, StreamNews};
use studio_wire::device::DeviceTrouble;

use crate::support::{LONG, Listening, id, sound, until_listed, wait_until, watch};

const GONE: StreamNews = StreamNews::Ended(DeviceTrouble::Gone);

#[test]
fn an_unplugged_microphone_ends_and_not_one_sample_of_another_is_heard() {
    let pulse = Pulse::start();
    let (sound, _b) = (sound(&pulse), pulse.feed("mic_b", 2_310.0));
    // The other one runs, so that a stream that was moved to it would hear it at once.
    let other = Listening::open(&sound, "mic_b").unwrap();
    let mut longest = Duration::ZERO;
    for round in 0..10 {
        let listening = Listening::open(&sound, "mic_a").unwrap();
        listening.hear(Duration::from_millis(100));
        let began = Instant::now();
        pulse.unplug("mic_a");
        assert_eq!(listening.next_news(), GONE);
        longest = longest.max(began.elapsed());
        other.hear(Duration::from_millis(100));
        // Nothing is fed to it: each sample that is not zero would be another's.
        let foreign = listening.heard().iter().filter(|sample| **sample != 0.0).count();
        assert_eq!(foreign, 0, "round {round}");
        assert!(listening.news.try_recv().is_err(), "it ends once");
        pulse.plug("mic_a");
    }
    println!("told {} ms after the unplug at the latest, with pactl", longest.as_millis());
    assert!(loudest(&other.heard(), RATE, 2_310.0) > -7.0, "the other one was loud");
}

#[test]
fn a_microphone_stays_itself_when_another_becomes_the_default() {
    let pulse = Pulse::start();
    let (sound, _b) = (sound(&pulse), pulse.feed("mic_b", 2_310.0));
    let (other, listening) =
        (Listening::open(&sound, "mic_b").unwrap(), Listening::open(&sound, "mic_a").unwrap());
    listening.hear(Duration::from_millis(100));
    for round in 0..10 {
        pulse.make_default(["mic_b", "mic_a"][round % 2]);
        listening.hear(Duration::from_millis(100));
    }
    let foreign = listening.heard().iter().filter(|sample| **sample != 0.0).count();
    assert_eq!(foreign, 0);
    assert!(loudest(&other.heard(), RATE, 2_310.0) > -7.0, "the other one was loud");
    assert!(listening.news.try_recv().is_err() && other.news.try_recv().is_err());
}

#[test]
fn a_speaker_that_is_unplugged_ends_and_is_heard_nowhere_else() {
    let pulse = Pulse::start();
    let sound = sound(&pulse);
    let there = pulse.record("spk_a");
    let (send, news) = std::sync::mpsc::channel();
    let loud = |samples: &mut [f32], _| samples.fill(0.5);
    let _speaker = sound.speaker(&id("spk_b"), loud, move |news| _ = send.send(news)).unwrap();
    wait_until("it plays", || pulse.playing() == 1);
    std::thread::sleep(Duration::from_millis(200));
    pulse.make_default("spk_b");
    pulse.make_default("spk_a");
    std::thread::sleep(Duration::from_millis(200));
    assert!(news.try_recv().is_err());
    pulse.unplug("spk_b");
    assert_eq!(news.recv_timeout(LONG).unwrap(), GONE);
    std::thread::sleep(Duration::from_millis(200));
    assert!(there.heard().len() > 100 && there.heard().iter().all(|pair| *pair == [0.0; 2]));
}

#[test]
fn a_microphone_that_is_plugged_in_again_is_told_and_opens_under_its_old_id() {
    let pulse = Pulse::start();
    let (sound, _a) = (sound(&pulse), pulse.feed("mic_a", 997.0));
    let (_watch, told) = watch(&sound);
    let listening = Listening::open(&sound, "mic_a").unwrap();
    pulse.unplug("mic_a");
    assert_eq!(listening.next_news(), GONE);
    until_listed(&told, "mic_a", false);
    assert_eq!(Listening::open(&sound, "mic_a").err(), Some(SoundError::Gone));
    let began = Instant::now();
    pulse.plug("mic_a");
    until_listed(&told, "mic_a", true);
    let again = Listening::open(&sound, "mic_a").unwrap();
    again.hear(Duration::from_millis(10));
    println!("sound again {} ms after the plug, with pactl", began.elapsed().as_millis());
    assert!(loudest(&again.hear(Duration::from_millis(500)), RATE, 997.0) > -7.0);
    assert!(listening.news.try_recv().is_err());
}

#[test]
fn streams_end_when_the_server_is_killed_and_open_again_with_the_next_one() {
    let mut pulse = Pulse::start();
    let sound = sound(&pulse);
    let listening = Listening::open(&sound, "mic_a").unwrap();
    let (send, news) = std::sync::mpsc::channel();
    let _speaker = sound.speaker(&id("spk_a"), |_, _| {}, move |news| _ = send.send(news)).unwrap();
    listening.hear(Duration::from_millis(50));
    pulse.kill();
    let lost = StreamNews::Ended(DeviceTrouble::NoServer);
    assert_eq!((listening.next_news(), news.recv_timeout(LONG).unwrap()), (lost, lost));
    assert_eq!(Listening::open(&sound, "mic_a").err(), Some(SoundError::NoServer));
    pulse.restart();
    let _a = pulse.feed("mic_a", 997.0);
    let again = Listening::open(&sound, "mic_a").unwrap();
    again.hear(Duration::from_millis(300));
    assert!(loudest(&again.hear(Duration::from_millis(500)), RATE, 997.0) > -7.0);
}

#[test]
fn a_frozen_server_holds_nobody_up_and_its_streams_go_on_when_it_does() {
    let pulse = Pulse::start();
    let (sound, _a) = (sound(&pulse), pulse.feed("mic_a", 997.0));
    let (listening, dropped) =
        (Listening::open(&sound, "mic_a").unwrap(), Listening::open(&sound, "mic_a").unwrap());
    listening.hear(Duration::from_millis(100));
    rig::freeze(pulse.pid());
    assert_eq!(listening.next_news(), StreamNews::Stalled);
    // More of them than the server's queue holds connections.
    for _ in 0..8 {
        for call in [
            |sound: &_| Listening::open(sound, "mic_a").err(),
            |sound: &studio_devices::sound::Sound| sound.list().err(),
        ] {
            let began = Instant::now();
            assert_eq!(call(&sound), Some(SoundError::NoServer));
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        }
    }
    let began = Instant::now();
    drop(dropped);
    assert!(began.elapsed() < Duration::from_millis(500));
    rig::thaw(pulse.pid());
    assert_eq!(listening.next_news(), StreamNews::Flowing);
    // The server first catches up on what it has missed, and what feeds it likewise.
    wait_until("the sound is back", || {
        loudest(&listening.hear(Duration::from_millis(200)), RATE, 997.0) > -7.0
    });
    wait_until("only one is open", || pulse.recording() == 1);
}
