//! What needs no server.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use livekit_ffi_rs::{
    AudioFrame, AudioQueue, CallError, CaptureError, ConnectError, I420, LoadError, NativeAudioSource,
    NativeVideoSource, NativeVideoStream, Room, RoomOptions, VideoFrame, VideoResolution, VideoRotation,
    load,
};

use crate::child::with_library;
use crate::media::{Newest, Running, picture, tone, video_track, wait_until};
use crate::parts;

#[test]
fn the_library_is_loaded_once_and_for_good() {
    with_library("alone::the_library_is_loaded_once_and_for_good", || {
        load(&parts::library()).unwrap();
        let error = load(Path::new("/nowhere/other.so")).unwrap_err();
        assert!(matches!(error, LoadError::AlreadyLoaded { .. }), "{error:?}");
    });
}

#[test]
fn a_server_that_is_not_there_is_an_error_that_says_so() {
    with_library("alone::a_server_that_is_not_there_is_an_error_that_says_so", || {
        let error = Room::connect("ws://127.0.0.1:9", "token", RoomOptions::default()).unwrap_err();
        match error {
            ConnectError::Call(CallError::Failed { message, .. }) => {
                assert!(message.contains("refused"), "{message}")
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_deadline_ends_the_waiting_for_a_server_that_is_silent() {
    with_library("alone::a_deadline_ends_the_waiting_for_a_server_that_is_silent", || {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}", silent.local_addr().unwrap());
        let options = RoomOptions { connect_timeout: Duration::from_millis(300), ..Default::default() };
        let error = Room::connect(&url, "token", options).unwrap_err();
        assert!(
            matches!(error, ConnectError::Call(CallError::TimedOut { .. } | CallError::Failed { .. })),
            "{error:?}"
        );
    });
}

#[test]
fn no_address_and_no_token_however_odd_ends_the_process() {
    with_library("alone::no_address_and_no_token_however_odd_ends_the_process", || {
        let options = || RoomOptions { connect_timeout: Duration::from_secs(2), ..Default::default() };
        for url in [
            "",
            "x",
            "ws://",
            "ws://[",
            "ws:// /",
            "http://127.0.0.1:99999",
            "ws://127.0.0.1:9/\u{0}?%%",
            "wss://ö:9",
        ] {
            assert!(Room::connect(url, "token", options()).is_err(), "{url}");
        }
        for token in ["", "a\nb", "a b", "\u{0}", "ö", &"x".repeat(100_000), "%%%", "&access_token="] {
            assert!(Room::connect("ws://127.0.0.1:9", token, options()).is_err(), "{token}");
        }
    });
}

/// Feeds a source with one picture that has a different byte everywhere, turned by a quarter.
fn feed(source: &NativeVideoSource, width: u32, height: u32) -> (Vec<u8>, Running) {
    let bytes: Vec<u8> = (0..I420::len_of(width, height)).map(|i| (i * 31 % 251) as u8).collect();
    let (fed, picture) = (source.clone(), bytes.clone());
    let running = Running::every(Duration::from_millis(20), move |_| {
        let buffer = I420::tight(width, height, &picture).unwrap();
        let frame = VideoFrame { buffer, timestamp_us: 0, rotation: VideoRotation::VideoRotation90 };
        fed.capture_frame(&frame).unwrap();
    });
    (bytes, running)
}

#[test]
fn pictures_of_a_local_track_arrive_byte_for_byte() {
    with_library("alone::pictures_of_a_local_track_arrive_byte_for_byte", || {
        for (width, height) in [(640, 360), (16, 16), (20, 1080)] {
            let source = NativeVideoSource::new(VideoResolution { width, height }, false).unwrap();
            let (expected, _feed) = feed(&source, width, height);
            let same = Arc::new(AtomicU64::new(0));
            let counter = same.clone();
            let _stream = NativeVideoStream::new(&video_track(&source), move |frame: VideoFrame<'_>| {
                let mut out = vec![0; frame.buffer.tight_len()];
                frame.buffer.copy_to(&mut out);
                if out == expected && frame.rotation == VideoRotation::VideoRotation90 {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
            wait_until("ten equal pictures", || same.load(Ordering::Relaxed) >= 10);
        }
    });
}

#[test]
fn pictures_of_odd_sizes_arrive_cut_to_a_multiple_of_four() {
    with_library("alone::pictures_of_odd_sizes_arrive_cut_to_a_multiple_of_four", || {
        let source = NativeVideoSource::new(VideoResolution { width: 641, height: 359 }, false).unwrap();
        let (_bytes, _feed) = feed(&source, 641, 359);
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&video_track(&source), newest.sink()).unwrap();
        wait_until("a picture", || newest.count() > 5);
        let (width, height, _) = newest.get();
        assert_eq!((width, height), (640, 356));
    });
}

#[test]
fn a_stream_that_is_dropped_calls_its_sink_no_more() {
    with_library("alone::a_stream_that_is_dropped_calls_its_sink_no_more", || {
        let (source, _feed) = picture(320, 180);
        let track = video_track(&source);
        for _ in 0..20 {
            let calls = Arc::new(AtomicU64::new(0));
            let counter = calls.clone();
            let stream = NativeVideoStream::new(&track, move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
            });
            wait_until("a picture", || calls.load(Ordering::SeqCst) > 0);
            drop(stream);
            let after = calls.load(Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(40));
            assert_eq!(calls.load(Ordering::SeqCst), after);
        }
    });
}

#[test]
fn a_sink_that_panics_and_one_that_calls_in_leave_the_process_alive() {
    with_library("alone::a_sink_that_panics_and_one_that_calls_in_leave_the_process_alive", || {
        let (source, _feed) = picture(320, 180);
        let track = video_track(&source);
        let _broken = NativeVideoStream::new(&track, |_| panic!("a broken sink"));
        let seen = Arc::new(Mutex::new(None));
        let slot = seen.clone();
        let _caller = NativeVideoStream::new(&track, move |_| {
            *slot.lock().unwrap() = Room::connect("ws://127.0.0.1:9", "t", RoomOptions::default()).err();
        });
        wait_until("a call from a sink", || seen.lock().unwrap().is_some());
        let error = seen.lock().unwrap().clone().unwrap();
        assert_eq!(error, ConnectError::Call(CallError::InCallback { request: "Connect" }));
    });
}

#[test]
fn sound_that_is_not_ten_milliseconds_of_the_source_is_refused() {
    with_library("alone::sound_that_is_not_ten_milliseconds_of_the_source_is_refused", || {
        for queue in [AudioQueue::Immediate, AudioQueue::Buffered] {
            let source = NativeAudioSource::new(48_000, 2, queue).unwrap();
            let frame = |data, sample_rate, num_channels| {
                source.capture_frame(&AudioFrame { data, sample_rate, num_channels })
            };
            let samples = [0; 1920];
            for (len, rate, channels) in
                [(0, 48_000, 2), (480, 48_000, 2), (1920, 48_000, 2), (960, 44_100, 2), (960, 48_000, 1)]
            {
                let error = frame(&samples[..len], rate, channels).unwrap_err();
                assert!(matches!(error, CaptureError::AudioFormat { .. }), "{error:?}");
            }
            for _ in 0..5 {
                frame(&samples[..960], 48_000, 2).unwrap();
            }
        }
        assert!(NativeAudioSource::new(47_000, 2, AudioQueue::Immediate).is_err());
        assert!(NativeAudioSource::new(48_000, 0, AudioQueue::Immediate).is_err());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn pictures_and_sound_leave_nothing_behind() {
    with_library("alone::pictures_and_sound_leave_nothing_behind", || {
        let resident = || {
            let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
            pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
        };
        let (width, height) = (1280, 720);
        let source = NativeVideoSource::new(VideoResolution { width, height }, false).unwrap();
        let sound = NativeAudioSource::new(48_000, 2, AudioQueue::Immediate).unwrap();
        let (_bytes, _feed) = feed(&source, width, height);
        let _tone = tone(&sound, 440.0);
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&video_track(&source), newest.sink()).unwrap();
        wait_until("pictures", || newest.count() > 20);
        let before = resident();
        // A hundred pictures that are not given back are 138 MB.
        wait_until("more pictures", || newest.count() > 120);
        let grown = resident().saturating_sub(before);
        assert!(grown < 40_000_000, "{grown} bytes more after 100 pictures");
    });
}
