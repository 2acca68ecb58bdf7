use std::process::Command;

use rig::pulse::Pulse;
use studio_devices::sound::{Sound, SoundError};

/// Runs the test below in a process with an environment of its own.
fn in_a_process_with(environment: &[(&str, String)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    for name in ["PULSE_SERVER", "PULSE_RUNTIME_PATH", "XDG_RUNTIME_DIR"] {
        command.env_remove(name);
    }
    command.args(["--ignored", "--exact", "here::says_what_it_finds", "--nocapture"]);
    let output = command.envs(environment.iter().map(|(name, value)| (name, value))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "is run by the tests below"]
fn says_what_it_finds() {
    match Sound::new().list() {
        Ok(list) => list.iter().for_each(|device| println!("found {} {}", device.id.0, device.name)),
        Err(error) => println!("found {error:?}"),
    }
}

#[test]
fn the_server_is_found_by_the_environment() {
    let pulse = Pulse::start();
    let environment = pulse.environment();
    let said = in_a_process_with(&environment);
    assert!(said.contains("found pulseaudio:mic_a Studio Microphone"), "{said}");
    // Also where only the folder is named.
    let folder: Vec<_> = environment.into_iter().filter(|(name, _)| *name == "PULSE_RUNTIME_PATH").collect();
    let said = in_a_process_with(&folder);
    assert!(said.contains("found pulseaudio:spk_b USB Headset"), "{said}");
}

#[test]
fn a_machine_without_a_server_and_without_a_sound_card_has_an_error_and_no_panic() {
    let said = in_a_process_with(&[]);
    let cards = std::fs::read_to_string("/proc/asound/cards").unwrap_or_default();
    if cards.is_empty() || cards.contains("no soundcards") {
        assert!(said.contains(&format!("found {:?}", SoundError::NoServer)), "{said}");
    } else {
        assert!(said.contains("found alsa:"), "{said}");
    }
}
