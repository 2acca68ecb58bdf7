use std::sync::mpsc::channel;
use std::time::Duration;

use rig::pulse::Pulse;
use rustix::process::Pid;
use rustix::thread::gettid;
use studio_devices::sound::SoundError;
use studio_wire::device::{Device, DeviceKind};

use crate::support::{LONG, offered, sound, until_listed, wait_until, watch};

const MICROPHONES: [&str; 2] =
    ["*pulseaudio:mic_a = Studio Microphone", "pulseaudio:mic_b = Webcam Microphone"];
const SPEAKERS: [&str; 2] = ["*pulseaudio:spk_a = Desk Speakers", "pulseaudio:spk_b = USB Headset"];

#[test]
fn microphones_and_speakers_are_listed_and_monitors_are_no_microphones() {
    let pulse = Pulse::start();
    let list = sound(&pulse).list().unwrap();
    assert_eq!(offered(&list, DeviceKind::Microphone), MICROPHONES);
    assert_eq!(offered(&list, DeviceKind::Speaker), SPEAKERS);
}

#[test]
fn ids_and_names_are_the_same_after_the_server_was_started_again() {
    let mut pulse = Pulse::start();
    let sound = sound(&pulse);
    let before = sound.list().unwrap();
    pulse.restart();
    assert_eq!(sound.list().unwrap(), before);
}

// S-36
#[test]
fn a_watch_tells_the_list_at_once_and_after_each_change_and_does_nothing_in_between() {
    let pulse = Pulse::start();
    let (send, told) = channel();
    let on_change =
        move |list: Result<&[Device], SoundError>| _ = send.send((gettid(), list.map(<[Device]>::to_vec)));
    let _watch = sound(&pulse).watch(on_change).unwrap();
    let (thread, first) = told.recv_timeout(LONG).unwrap();
    assert_eq!(offered(&first.unwrap(), DeviceKind::Microphone), MICROPHONES);

    // Its thread is not woken once while nothing happens.
    std::thread::sleep(Duration::from_millis(300));
    let turns = turns_of(thread);
    std::thread::sleep(Duration::from_millis(2_500));
    assert_eq!(turns_of(thread), turns);
    assert!(told.try_recv().is_err());

    pulse.unplug("mic_a");
    let (_, without) = told.recv_timeout(LONG).unwrap();
    assert_eq!(offered(&without.unwrap(), DeviceKind::Microphone), ["*pulseaudio:mic_b = Webcam Microphone"]);
    pulse.plug("mic_a");
    let (_, with) = told.recv_timeout(LONG).unwrap();
    assert_eq!(offered(&with.unwrap(), DeviceKind::Microphone).len(), 2);
    pulse.unplug("spk_b");
    let (_, without) = told.recv_timeout(LONG).unwrap();
    assert_eq!(offered(&without.unwrap(), DeviceKind::Speaker), SPEAKERS[..1]);
}

// S-36
#[test]
fn another_default_is_told() {
    let pulse = Pulse::start();
    let sound = sound(&pulse);
    let (_watch, told) = watch(&sound);
    until_listed(&told, "mic_a", true);
    pulse.make_default("mic_b");
    wait_until("another microphone is the default", || {
        let Ok(Ok(list)) = told.recv_timeout(LONG) else { return false };
        offered(&list, DeviceKind::Microphone)[1].starts_with('*')
    });
    pulse.make_default("spk_b");
    wait_until("another speaker is the default", || {
        let Ok(Ok(list)) = told.recv_timeout(LONG) else { return false };
        offered(&list, DeviceKind::Speaker)[1].starts_with('*')
    });
}

#[test]
fn a_watch_tells_once_that_the_server_went_and_finds_the_next_one_by_itself() {
    let mut pulse = Pulse::start();
    let sound = sound(&pulse);
    let (_watch, told) = watch(&sound);
    until_listed(&told, "mic_a", true);
    pulse.kill();
    assert_eq!(told.recv_timeout(LONG).unwrap(), Err(SoundError::NoServer));
    assert!(told.recv_timeout(Duration::from_secs(1)).is_err());
    pulse.restart();
    let list = until_listed(&told, "mic_a", true);
    assert_eq!(offered(&list, DeviceKind::Speaker), SPEAKERS);
}

#[test]
fn without_a_server_there_is_an_error_and_a_server_that_comes_is_found() {
    let mut pulse = Pulse::start();
    pulse.kill();
    let sound = sound(&pulse);
    assert_eq!(sound.list(), Err(SoundError::NoServer));
    let (_watch, told) = watch(&sound);
    assert_eq!(told.recv_timeout(LONG).unwrap(), Err(SoundError::NoServer));
    pulse.restart();
    until_listed(&told, "mic_a", true);
}

// S-54
#[test]
fn lists_and_watches_open_nothing() {
    let pulse = Pulse::start();
    let sound = sound(&pulse);
    let (_watch, told) = watch(&sound);
    until_listed(&told, "mic_a", true);
    sound.list().unwrap();
    pulse.unplug("mic_b");
    until_listed(&told, "mic_b", false);
    pulse.plug("mic_b");
    until_listed(&told, "mic_b", true);
    assert_eq!((pulse.recording(), pulse.playing()), (0, 0));
}

/// How often a thread of this process was woken so far.
fn turns_of(thread: Pid) -> u64 {
    let status = format!("/proc/self/task/{}/status", thread.as_raw_nonzero());
    let status = std::fs::read_to_string(status).unwrap();
    let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches")).unwrap();
    line.split_whitespace().last().unwrap().parse().unwrap()
}
