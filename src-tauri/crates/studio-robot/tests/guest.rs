//! The built robot in a room of a real livekit-server, seen and heard by another engine.
#![allow(clippy::unwrap_used, missing_docs)]

#[allow(dead_code, reason = "a robot asks less of its server than an engine")]
#[path = "../../studio-engine/tests/room/server.rs"]
mod server;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::{Server, token};
use studio_lane::talk::{Receiver, Sender};
use studio_lane::{Block, Meta, Reader, Shape, hello, talk};
use studio_media::clock::now;
use studio_media::synthetic::Signature;
use studio_media::synthetic::code::{Luma, Placed, read_source};
use studio_media::synthetic::tone::LEVEL;
use studio_wire::engine::{Order, Report, Room, Token, Track, Want, Watch};
use studio_wire::ids::LaneId;
use studio_wire::rtc::TrackKind;

const PICTURE: LaneId = LaneId(0);
const SOUND: LaneId = LaneId(1);

/// Somebody who watches and listens.
struct Observer {
    say: Sender,
    hear: Receiver,
    picture: Reader,
    sound: Reader,
    want: Want,
}

impl Observer {
    fn join(server: &Server) -> Self {
        let shapes =
            [Shape { slots: 4, slot_bytes: 640 * 360 * 3 / 2 }, Shape { slots: 64, slot_bytes: 1_920 }];
        let block = Block::create(&shapes).unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        std::thread::spawn(move || studio_engine::serve(theirs));
        hello::send(&ours, 0, &shapes, &block, &[]).unwrap();
        let (say, hear) = talk::split(ours).unwrap();
        hear.set_patience(Some(Duration::from_secs(20))).unwrap();
        let room = Room { url: server.url(), token: Token(token("crew", "observer", false)) };
        let (listen, answer) = (Vec::new(), Vec::new());
        let want = Want { room, publish: Vec::new(), watch: Vec::new(), listen, answer };
        let (picture, sound) = (block.reader(0).unwrap(), block.reader(1).unwrap());
        let mut observer = Self { say, hear, picture, sound, want };
        observer.wish();
        observer
    }

    fn wish(&mut self) {
        self.say.send(&Order::Want(self.want.clone())).unwrap();
    }

    fn expect<T>(&mut self, what: &str, pick: impl Fn(&Report) -> Option<T>) -> T {
        loop {
            let report = self.hear.receive().unwrap_or_else(|error| panic!("waiting for {what}: {error}"));
            if let Some(found) = pick(&report) {
                return found;
            }
        }
    }

    fn watch_all_of(&mut self, identity: &str) {
        while self.want.watch.len() < 2 {
            let track: Track = self.expect("tracks", |report| match report {
                Report::Track(track) if track.identity.as_str() == identity => Some(track.clone()),
                _ => None,
            });
            let lane = if track.kind == TrackKind::Camera { PICTURE } else { SOUND };
            if self.want.watch.iter().all(|watch| watch.lane != lane) {
                self.want.watch.push(Watch { track: track.sid, lane, size: None });
            }
        }
        self.wish();
    }
}

fn robot(server: &Server, k: u32) -> Child {
    let mut robot = Command::new(env!("CARGO_BIN_EXE_sidestage-robot"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (url, token) = (server.url(), token("crew", "robot", true));
    let seat = format!(r#"{{"url":"{url}","token":"{token}","identity":"robot","k":{k},"program":null}}"#);
    writeln!(robot.stdin.as_mut().unwrap(), "{seat}").unwrap();
    robot
}

/// How strong a pitch is in mono sound.
fn strength(sound: &[f32], hz: f64) -> f64 {
    let turn = std::f64::consts::TAU * hz / 48_000.0;
    let (re, im) = sound.iter().enumerate().fold((0.0, 0.0), |(re, im), (n, sample)| {
        let (sin, cos) = (turn * n as f64).sin_cos();
        (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin)
    });
    re.hypot(im) * 2.0 / sound.len() as f64
}

#[test]
fn a_robot_shows_its_clock_sounds_its_pitch_and_leaves_when_its_input_ends() {
    let server = Server::start();
    let mut observer = Observer::join(&server);
    let mut robot = robot(&server, 3);
    let mut lines = BufReader::new(robot.stdout.take().unwrap()).lines();
    let joined = lines.next().unwrap().unwrap();
    let ms: serde_json::Value = serde_json::from_str(&joined).unwrap();
    assert!(ms["joined_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{joined}");
    assert!(lines.next().unwrap().unwrap().starts_with("{\"published_ms\":"));
    let arguments = std::fs::read(format!("/proc/{}/cmdline", robot.id())).unwrap();
    assert!(!String::from_utf8_lossy(&arguments).contains("eyJ"));

    observer.watch_all_of("robot");
    let (mut numbers, mut sound) = (Vec::new(), Vec::new());
    let until = Instant::now() + Duration::from_secs(20);
    while numbers.len() < 40 || sound.len() < 48_000 * 3 {
        assert!(Instant::now() < until, "{} pictures, {} samples", numbers.len(), sound.len());
        while let Some(frame) = observer.picture.next() {
            let (width, height) = (frame.meta.width as usize, frame.meta.height as usize);
            let luma = Luma::tight(frame.bytes(), width, height).unwrap();
            if let Some(code) = read_source(&luma, Placed::whole(&luma)) {
                let age = (now().ms() as u32).wrapping_sub(code.clock_ms);
                assert!(age < 5_000, "a clock of this machine: {age} ms old");
                numbers.push(code.number);
            }
        }
        while let Some(frame) = observer.sound.next() {
            assert_eq!((frame.meta.kind, frame.meta.width), (Meta::PCM, 48_000));
            let value = |pair: &[u8]| f32::from(i16::from_ne_bytes([pair[0], pair[1]])) / 32_768.0;
            sound.extend(frame.bytes().chunks_exact(4).map(value));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    // The loudest 50 ms are inside of a burst; the first second is the decoder's.
    let loudest = sound[48_000..]
        .chunks_exact(2_400)
        .max_by(|a, b| strength(a, Signature::robot(3).hz).total_cmp(&strength(b, Signature::robot(3).hz)))
        .unwrap();
    let own = strength(loudest, Signature::robot(3).hz);
    assert!((20.0 * (own / LEVEL).log10()).abs() < 3.0, "{own} of {LEVEL}");
    assert!(strength(loudest, Signature::robot(6).hz) < own / 3.0);

    let told = Instant::now();
    drop(robot.stdin.take());
    assert!(robot.wait().unwrap().success());
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    observer.expect("leaving", |report| match report {
        Report::Gone { identity, .. } if identity.as_str() == "robot" => Some(()),
        _ => None,
    });
    let mut said = String::new();
    robot.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!said.contains("eyJ"), "{said}");
}

#[test]
fn a_robot_without_a_seat_says_so_and_repeats_nothing_of_it() {
    let mut robot = Command::new(env!("CARGO_BIN_EXE_sidestage-robot"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(robot.stdin.take().unwrap(), r#"{{"url":"ws://127.0.0.1:1","token":"eyJsecret"#).unwrap();
    let output = robot.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no seat") && !said.contains("secret"), "{said}");
}
