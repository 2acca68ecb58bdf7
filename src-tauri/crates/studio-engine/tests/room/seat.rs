//! The app's side of one engine, which runs on a thread of the test or as the built binary.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use studio_lane::{Bell, Block, Reader, Shape, Writer, hello, talk};
use studio_wire::engine::{Codec, Media, Order, Publish, Report, Room, Token, Track, Want, Watch};
use studio_wire::rtc::TrackKind;
use studio_wire::{Identity, LaneId, TrackSid};

use crate::media::{self, HEIGHT, WIDTH, picture_bytes};
use crate::server::{Server, token};

pub const PICTURE_OUT: LaneId = LaneId(0);
pub const SOUND_OUT: LaneId = LaneId(1);
pub const PICTURE_IN: LaneId = LaneId(2);
pub const SOUND_IN: LaneId = LaneId(3);
/// Holds nothing larger than 160×90.
pub const SMALL_IN: LaneId = LaneId(4);

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Seat {
    say: talk::Sender,
    reports: Receiver<Report>,
    seen: Vec<Report>,
    pub want: Want,
    pub child: Option<Child>,
    outs: Option<[(Writer, Bell); 2]>,
    pub picture: Reader,
    pub sound: Reader,
    pub small: Reader,
}

/// How the engine runs.
pub enum Run {
    Thread,
    Process,
}

impl Seat {
    /// An engine that has said that it is ready, and has no wish yet.
    pub fn new(run: Run) -> Seat {
        let library = std::env::var_os(studio_engine::LIBRARY);
        assert!(library.is_some(), "{} is not set: cargo xtask test does", studio_engine::LIBRARY);
        let mut seat = Seat::with(run, |_| {});
        seat.expect("ready", |report| matches!(report, Report::Ready { .. }).then_some(()));
        seat
    }

    pub fn with(run: Run, prepare: impl FnOnce(&mut Command)) -> Seat {
        let picture = picture_bytes(1280, 720);
        let shapes = [(3, picture), (16, 1_920), (4, picture), (16, 1_920), (4, picture_bytes(160, 90))]
            .map(|(slots, slot_bytes)| Shape { slots, slot_bytes });
        let block = Block::create(&shapes).unwrap();
        let bells = [Bell::create().unwrap(), Bell::create().unwrap()];
        let (ours, theirs) = UnixStream::pair().unwrap();
        let child = match run {
            Run::Thread => {
                std::thread::spawn(move || studio_engine::serve(theirs).unwrap());
                None
            }
            Run::Process => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_sidestage-engine"));
                command.stdin(OwnedFd::from(theirs));
                prepare(&mut command);
                Some(command.spawn().unwrap())
            }
        };
        hello::send(&ours, 1, &shapes, &block, &[(0, &bells[0]), (1, &bells[1])]).unwrap();
        let (say, mut hear) = talk::split(ours).unwrap();
        let (sender, reports) = mpsc::channel();
        std::thread::spawn(move || while hear.receive().is_ok_and(|report| sender.send(report).is_ok()) {});
        let [one, two] = bells;
        Seat {
            say,
            reports,
            seen: Vec::new(),
            want: Want {
                room: Room { url: String::new(), token: Token(String::new()) },
                publish: Vec::new(),
                watch: Vec::new(),
                listen: Vec::new(),
                answer: Vec::new(),
            },
            child,
            outs: Some([(block.writer(0).unwrap(), one), (block.writer(1).unwrap(), two)]),
            picture: block.reader(2).unwrap(),
            sound: block.reader(3).unwrap(),
            small: block.reader(4).unwrap(),
        }
    }

    pub fn order(&mut self, order: &Order) {
        self.say.send(order).unwrap();
    }

    /// Sends the wish as it stands now.
    pub fn wish(&mut self) {
        let want = Order::Want(self.want.clone());
        self.order(&want);
    }

    /// Wishes to be in the room with a new token, and waits until it is.
    pub fn join(&mut self, server: &Server, room: &str, who: &str, may_publish: bool) {
        self.want.room = Room { url: server.url(), token: Token(token(room, who, may_publish)) };
        self.wish();
        self.expect("joined", |report| {
            matches!(report, Report::Link(studio_wire::engine::Link::Joined)).then_some(())
        });
    }

    pub fn publish_both(&mut self) {
        let video = Media::Video {
            width: WIDTH,
            height: HEIGHT,
            fps: 30,
            kbps: 1_500,
            codec: Codec::Vp8,
            simulcast: false,
        };
        let audio = Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
        let output = |lane, name: &str, kind, media| Publish {
            lane,
            name: name.into(),
            kind,
            media,
            muted: false,
            open_to: None,
        };
        self.want.publish = vec![
            output(PICTURE_OUT, "camera", TrackKind::Camera, video),
            output(SOUND_OUT, "microphone", TrackKind::Microphone, audio),
        ];
    }

    /// Starts to feed both outputs.
    pub fn feed(&mut self, size: (u32, u32)) -> media::Feed {
        let [picture, sound] = self.outs.take().unwrap();
        media::Feed::new(picture, sound, size)
    }

    /// Waits for the first report that `pick` takes; those before it are gone.
    pub fn expect<T>(&mut self, what: &str, pick: impl Fn(&Report) -> Option<T>) -> T {
        let limit = Instant::now() + PATIENCE;
        loop {
            match self.reports.recv_timeout(limit.saturating_duration_since(Instant::now())) {
                Ok(report) => {
                    let picked = pick(&report);
                    self.seen.push(report);
                    if let Some(picked) = picked {
                        return picked;
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("never {what}; reports: {:#?}", self.seen),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended before {what}; reports: {:#?}", self.seen)
                }
            }
        }
    }

    /// What `pick` takes of the reports so far.
    pub fn seen<T>(&self, pick: impl Fn(&Report) -> Option<T>) -> Vec<T> {
        self.seen.iter().filter_map(pick).collect()
    }

    /// Every report until the engine ends.
    pub fn rest_of_reports(&mut self) -> Vec<Report> {
        self.reports.iter().collect()
    }

    /// How the engine's process ended, which it does by now.
    pub fn end_of_process(&mut self) -> ExitStatus {
        let child = self.child.as_mut().unwrap();
        let limit = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < limit, "the engine's process does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the socket, as the end of the app would.
    pub fn hang_up(&self) {
        self.say.close();
    }

    /// A track of somebody, told already or still to come, that is not the one with the sid `but`.
    pub fn track(&mut self, who: &str, kind: TrackKind, but: Option<&TrackSid>) -> Track {
        let wanted = |report: &Report| match report {
            Report::Track(track)
                if track.identity == Identity::from(who) && track.kind == kind && but != Some(&track.sid) =>
            {
                Some(track.clone())
            }
            _ => None,
        };
        match self.seen.iter().find_map(wanted) {
            Some(track) => track,
            None => self.expect(&format!("{kind:?} of {who}"), wanted),
        }
    }

    pub fn watch(&mut self, track: &Track, lane: LaneId) {
        self.want.watch.retain(|watch| watch.lane != lane);
        self.want.watch.push(Watch { track: track.sid.clone(), lane, size: None });
        self.wish();
    }

    pub fn flowing(&mut self, lane: LaneId) {
        self.expect(&format!("lane {lane} flowing"), |report| {
            (*report == Report::Flowing(lane)).then_some(())
        });
    }

    /// The next number seen in the picture lane.
    pub fn next_number(&mut self) -> u16 {
        let limit = Instant::now() + PATIENCE;
        while Instant::now() < limit {
            if let Some(number) = self.picture.newest().as_ref().and_then(media::number) {
                return number;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("no picture with a number; reports: {:#?}", self.seen);
    }

    /// The number in the picture lane, if there is a new picture.
    pub fn new_number(&mut self) -> Option<u16> {
        self.picture.newest().as_ref().and_then(media::number)
    }

    /// Blocks of sound that have come so far, by the engine's own count.
    pub fn blocks(&mut self) -> u32 {
        self.order(&Order::Stats);
        let frames = self.expect("figures", |report| match report {
            Report::Stats(stats) => {
                stats.iter().find(|stats| stats.lane == SOUND_IN).map(|stats| stats.frames)
            }
            _ => None,
        });
        u32::try_from(frames).unwrap()
    }

    /// Half a second of the left channel, as it arrives.
    pub fn listen(&mut self) -> Vec<f64> {
        let limit = Instant::now() + PATIENCE;
        let mut left = Vec::new();
        while left.len() < 24_000 {
            assert!(Instant::now() < limit, "no sound; reports: {:#?}", self.seen);
            match self.sound.next() {
                Some(frame) => left.extend(
                    frame
                        .bytes()
                        .chunks_exact(4)
                        .map(|both| f64::from(i16::from_ne_bytes([both[0], both[1]])) / 32_768.0),
                ),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
        left
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        self.say.close();
    }
}
