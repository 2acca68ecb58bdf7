//! Microphones and speakers.

use std::thread::sleep;
use std::time::Duration;

use rig::pulse::Pulse;
use serde_json::json;

use super::{Desk, machine};
use crate::support::app::{Place, until};
use crate::support::python::Client;
use crate::support::show::{LIMIT, notice};

const A: f64 = 997.0;
const B: f64 = 2_310.0;
/// A tone that is heard is louder, in dBFS; one that is not is softer.
const HEARD: f64 = -20.0;
const UNHEARD: f64 = -80.0;
/// In a second in which another tone breaks off: one that sounds for 1 ms of it is louder.
const NOT_FOR_A_MOMENT: f64 = -60.0;

// S-54
#[test]
fn nothing_is_taken_in_before_the_user_switches_it_on_nor_after_it_is_switched_off() {
    let mut desk = Desk::open();
    sleep(Duration::from_secs(1));
    assert_eq!((desk.pulse.recording(), desk.cameras.log()), (0, Vec::<String>::new()));
    desk.show.here(json!({ "microphone": { "on": true } }));
    desk.show.flowing("host", "microphone");
    assert_eq!((desk.pulse.recording(), desk.cameras.log()), (1, Vec::new()), "the camera was not asked for");
    desk.show.here(json!({ "camera": { "on": true } }));
    desk.show.flowing("host", "camera");
    for device in ["microphone", "camera"] {
        desk.show.here(json!({ device: { "on": false } }));
    }
    // It may notice that somebody speaks while they are muted, and says so; who does not want that shuts it.
    desk.show
        .host
        .until("it listens", LIMIT, |snapshot| (snapshot["sound"]["listening"] == true).then_some(()));
    desk.show.here(json!({ "heed_muted": { "on": false } }));
    until("everything is shut", LIMIT, || {
        let shut = desk.cameras.log().last().is_some_and(|line| line == "video0 close");
        (shut && desk.pulse.recording() == 0).then_some(())
    });
    desk.show.close();
}

// S-3 S-6 S-7 S-55
#[test]
fn the_choice_of_devices_outlives_the_app_and_what_was_on_does_not() {
    let mut desk = Desk::open();
    desk.choose("microphone", "pulseaudio:mic_b");
    desk.choose("speaker", "pulseaudio:spk_b");
    desk.show.here(json!({ "microphone": { "on": true } }));
    desk.show.flowing("host", "microphone");
    let Desk { show, pulse, cameras, _bus } = desk;
    let place = show.close();
    let host = machine(&place.home(), &pulse, &cameras);
    host.until("the same devices are chosen", LIMIT, |snapshot| {
        let devices = &snapshot["devices"];
        let used = |kind: &str| devices[kind]["used"].as_str().map(str::to_owned);
        let same = used("microphone").as_deref() == Some("pulseaudio:mic_b")
            && used("speaker").as_deref() == Some("pulseaudio:spk_b");
        (same && devices["microphone"]["on"] == false).then_some(())
    });
    assert_eq!(pulse.recording(), 0);
    host.close();
}

// S-38
#[test]
fn an_unplugged_microphone_is_silence_in_the_recording_never_another_one_and_comes_back_by_itself() {
    let desk = Desk::live(false);
    let (_a, _b) = (desk.pulse.feed("mic_a", A), desk.pulse.feed("mic_b", B));
    sleep(Duration::from_secs(3));
    let gone = desk.moment();
    desk.pulse.unplug("mic_a");
    desk.show.notice("device_lost");
    sleep(Duration::from_secs(2));
    let back = desk.moment();
    desk.pulse.plug("mic_a");
    desk.well_again();
    desk.show.flowing("host", "microphone");
    let heard = desk.moment();
    sleep(Duration::from_secs(3));
    let (recording, _place) = desk.recorded();
    let level = |hz, from, to| recording.level(hz, from, to);
    assert!(level(A, gone - 1.5, gone - 0.2) > HEARD);
    assert!(level(A, gone + 1.0, back) < UNHEARD, "silence");
    assert!(level(A, heard + 1.0, heard + 2.5) > HEARD, "it is back");
    let seconds = recording.seconds as u32;
    for second in 0..seconds {
        let (from, to) = (f64::from(second), f64::from(second + 1));
        let other = level(B, from, to);
        assert!(other < NOT_FOR_A_MOMENT, "another microphone, in second {second}: {other} dBFS");
    }
}

#[test]
fn who_speaks_while_muted_is_told_and_nobody_hears_it() {
    let mut desk = Desk::live(false);
    desk.show.here(json!({ "microphone": { "on": false } }));
    sleep(Duration::from_secs(1));
    for _word in 0..6 {
        let word = desk.pulse.feed("mic_a", A);
        sleep(Duration::from_millis(400));
        drop(word);
        sleep(Duration::from_millis(200));
    }
    desk.show.notice("muted_speech");
    desk.show.here(json!({ "microphone": { "on": true } }));
    desk.show.host.until("it is no longer said", LIMIT, |snapshot| {
        notice(snapshot, "muted_speech").is_none().then_some(())
    });
    let (recording, _place) = desk.recorded();
    let seconds = recording.seconds as u32;
    for second in 0..seconds {
        let heard = recording.level(A, f64::from(second), f64::from(second + 1));
        assert!(heard < UNHEARD, "in second {second}: {heard} dBFS");
    }
}

#[test]
fn a_change_of_the_systems_default_moves_nobody() {
    let desk = Desk::live(false);
    let (_a, _b) = (desk.pulse.feed("mic_a", A), desk.pulse.feed("mic_b", B));
    sleep(Duration::from_secs(2));
    desk.pulse.make_default("mic_b");
    desk.until("the other one is the default", |devices| {
        devices["microphone"]["offers"][1]["default"] == true
    });
    let changed = desk.moment();
    sleep(Duration::from_secs(2));
    let (recording, _place) = desk.recorded();
    assert!(recording.level(A, changed, changed + 1.5) > HEARD);
    assert!(recording.level(B, changed - 1.0, changed + 1.5) < UNHEARD);
}

#[test]
fn another_microphone_takes_over_on_air_without_a_hole() {
    let mut desk = Desk::live(false);
    let (_a, _b) = (desk.pulse.feed("mic_a", A), desk.pulse.feed("mic_b", B));
    sleep(Duration::from_secs(3));
    let chosen = desk.moment();
    desk.choose("microphone", "pulseaudio:mic_b");
    sleep(Duration::from_secs(3));
    let (recording, _place) = desk.recorded();
    assert!(recording.level(A, chosen - 1.5, chosen - 0.2) > HEARD);
    assert!(recording.level(A, chosen + 1.0, chosen + 2.0) < UNHEARD, "it was let go");
    assert!(recording.level(B, chosen + 1.0, chosen + 2.0) > HEARD);
    let quiet = quiet(&recording.sound, chosen - 1.0, chosen + 2.0);
    assert!(quiet <= 20, "{quiet} ms of silence");
}

#[test]
fn a_sound_server_that_dies_costs_the_show_nothing_but_its_sound() {
    let mut desk = Desk::live(false);
    sleep(Duration::from_secs(1));
    desk.pulse.kill();
    desk.show.notice("device_lost");
    desk.pulse.restart();
    desk.well_again();
    let _a = desk.pulse.feed("mic_a", A);
    sleep(Duration::from_secs(1));
    let heard = desk.moment();
    sleep(Duration::from_secs(2));
    assert!(desk.recorded().0.level(A, heard, heard + 1.5) > HEARD);
}

#[test]
fn the_host_hears_a_guest_on_the_chosen_speaker_and_on_no_other() {
    let mut desk = Desk::open();
    desk.choose("speaker", "pulseaudio:spk_b");
    let tone = json!({ "tone": { "hz": 440, "dbfs": -20 } });
    let _pia = Client::join(&desk.show.guest("pia"), tone);
    desk.show.joined("pia");
    desk.show.on_stage("pia", true);
    desk.show.on_stage("host", true);
    desk.show.flowing("pia", "microphone");
    let (right, wrong) = (desk.pulse.record("spk_b"), desk.pulse.record("spk_a"));
    sleep(Duration::from_secs(3));
    let level = |heard: Vec<[f32; 2]>| {
        let left: Vec<f32> = heard.iter().map(|pair| pair[0]).collect();
        rig::tone::loudest(&left, 48_000, 440.0)
    };
    assert!(level(right.heard()) > -40.0, "{}", level(right.heard()));
    assert!(wrong.heard().iter().flatten().all(|sample| *sample == 0.0));
    desk.show.close();
}

#[test]
fn a_rehearsal_on_a_device_that_is_not_there_names_those_that_are() {
    let (pulse, place) = (Pulse::start(), Place::new());
    let mut rehearsal = place.rehearsal(&["--seconds", "1", "--microphone", "pulseaudio:mic_z"]);
    let end = rehearsal.envs(pulse.environment()).output().unwrap();
    let said = String::from_utf8_lossy(&end.stderr).into_owned();
    assert_eq!(end.status.code(), Some(1), "{said}");
    assert!(said.contains("not every device is there") && said.contains("pulseaudio:mic_a"), "{said}");
}

/// The longest silence between two moments, in ms.
fn quiet(sound: &[f32], from: f64, to: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let part = &sound[(from * 48_000.0) as usize..(to * 48_000.0) as usize];
    let mut longest = 0;
    let mut run = 0;
    for piece in part.chunks_exact(48) {
        let loud = piece.iter().any(|sample| sample.abs() > 0.01);
        run = if loud { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest
}

/// The show does not need to be open, and when it is its recording has nothing of it.
#[test]
fn the_test_of_a_speaker_is_heard_there_with_and_without_a_show_and_in_no_recording() {
    /// The higher one of its two tones.
    const CHIME: f64 = 783.99;
    let chimes = |pulse: &Pulse, test: &mut dyn FnMut()| {
        let speaker = pulse.record("spk_b");
        test();
        sleep(Duration::from_secs(3));
        let heard: Vec<f32> = speaker.heard().into_iter().map(|pair| pair[0]).collect();
        rig::tone::loudest(&heard, rig::pulse::RATE, CHIME)
    };
    let mut desk = Desk::live(false);
    desk.show.here(json!({ "microphone": { "on": false } }));
    desk.choose("speaker", "pulseaudio:spk_b");
    sleep(Duration::from_secs(1));
    let before = desk.moment();
    let Desk { show, pulse, .. } = &mut desk;
    let on_air = chimes(pulse, &mut || show.here(json!("test_speaker")));
    assert!(on_air > -30.0, "{on_air} dB");
    show.ask(json!("end_stream"));
    show.reach("idle");
    until("the speaker is shut", LIMIT, || (pulse.playing() == 0).then_some(()));
    let without = chimes(pulse, &mut || show.here(json!("test_speaker")));
    assert!(without > -30.0, "{without} dB");
    until("it is shut again", LIMIT, || (pulse.playing() == 0).then_some(()));
    let Desk { show, .. } = desk;
    let place = show.close();
    let recording = crate::support::recording::Recording::read(
        &crate::support::app::find(&place.path("takes"), ".mp4").expect("a recording"),
    );
    let recorded = recording.level(CHIME, before, before + 3.0);
    assert!(recorded < UNHEARD, "{recorded} dB in the recording");
}
