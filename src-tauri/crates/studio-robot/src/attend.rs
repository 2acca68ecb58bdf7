//! Being in a room: published, listening, and back again when the connection is lost.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use studio_lane::{Bell, Block, Reader, Shape};
use studio_media::frame::i420_len;
use studio_media::synthetic::Signature;
use studio_wire::engine::{Codec, Link, LostWhy, Media, Publish, Report, Room, Track, Want, Watch};
use studio_wire::ids::{LaneId, TrackSid};
use studio_wire::rtc::TrackKind;

use crate::connection::Connection;
use crate::seat::Seat;
use crate::show::{BLOCK, CHANNELS, FPS, HEIGHT, Out, RATE, WIDTH, camera, microphone};

/// Most voices a guest hears; as many as a stage and its backstage hold.
const VOICES: u16 = 24;
/// Lanes are emptied so often.
const GLANCE: Duration = Duration::from_millis(20);
/// Between two attempts to get into a room.
const REST: Duration = Duration::from_secs(1);
/// A room that refuses so often in a row will not have us.
const REFUSALS: u32 = 30;

/// Why a robot left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// As told.
    Told,
    /// Somebody put it out, or took its place.
    PutOut,
    /// It could not get in, or its engine does not work.
    Failed,
}

/// What a robot has to say, once each.
#[derive(Default)]
struct Words {
    joined: bool,
    published: bool,
}

/// Sits in a seat until `stop` is set or the room does not want it. `say` gets a line of JSON when it is in the room
/// (`joined_ms`) and one when picture and sound are published (`published_ms`), counted from the call.
pub fn attend(seat: &Seat, stop: &AtomicBool, say: &mut dyn FnMut(&str)) -> io::Result<Ending> {
    thread::scope(|scope| {
        if let Some(air) = seat.air() {
            // Losing the program is no reason to leave the stage.
            scope.spawn(move || watch_program(&air, stop));
        }
        let ending = guest(seat, stop, say);
        stop.store(true, Ordering::Relaxed);
        ending
    })
}

fn guest(seat: &Seat, stop: &AtomicBool, say: &mut dyn FnMut(&str)) -> io::Result<Ending> {
    let begun = Instant::now();
    let mut words = Words::default();
    let mut refused = 0;
    loop {
        let why = guest_once(seat, stop, &mut |report, published| {
            let ms = begun.elapsed().as_secs_f64() * 1e3;
            if *report == Report::Link(Link::Joined) && !std::mem::replace(&mut words.joined, true) {
                say(&format!("{{\"joined_ms\":{ms:.1}}}"));
            }
            if published && !std::mem::replace(&mut words.published, true) {
                say(&format!("{{\"published_ms\":{ms:.1}}}"));
            }
            if *report == Report::Link(Link::Joined) {
                refused = 0;
            }
        })?;
        refused += u32::from(why == LostWhy::Refused);
        match why {
            _ if stop.load(Ordering::Relaxed) => return Ok(Ending::Told),
            LostWhy::Removed | LostWhy::Duplicate => return Ok(Ending::PutOut),
            LostWhy::Refused if refused >= REFUSALS => return Ok(Ending::Failed),
            LostWhy::Refused | LostWhy::Away => thread::sleep(REST),
        }
    }
}

/// One connection to the crew's room, with lanes, camera and microphone of its own.
fn guest_once(seat: &Seat, stop: &AtomicBool, hear: &mut dyn FnMut(&Report, bool)) -> io::Result<LostWhy> {
    let picture = Shape { slots: 4, slot_bytes: i420_len(WIDTH, HEIGHT) as u32 };
    let sound = Shape { slots: 16, slot_bytes: (BLOCK * 2) as u32 };
    let mut shapes = vec![picture, sound];
    shapes.resize(2 + usize::from(VOICES), sound);
    let block = Block::create(&shapes)?;
    let out = |lane| -> io::Result<Out> {
        let writer = block.writer(lane).ok_or_else(|| io::Error::other("the lane is taken"))?;
        Ok(Out { writer, bell: Bell::create()? })
    };
    let (camera_out, microphone_out) = (out(0)?, out(1)?);
    let connection = Connection::start(&shapes, &block, &[(0, &camera_out.bell), (1, &microphone_out.bell)])?;
    let voices = (2..2 + VOICES).map(LaneId);
    let wish = Wish {
        want: wanted(seat.crew(), outputs()),
        lanes: voices.map(|lane| (lane, TrackKind::Microphone)).collect(),
    };
    let readers = (2..2 + usize::from(VOICES)).filter_map(|lane| block.reader(lane)).collect();
    let over = AtomicBool::new(false);
    let signature = Signature::robot(seat.k);
    thread::scope(|scope| {
        scope.spawn(|| camera(camera_out, signature, &over));
        scope.spawn(|| microphone(microphone_out, signature, &over));
        let mut published = Vec::new();
        let lost = wish.stay(connection, readers, stop, &mut |report| {
            if let Report::Published { lane, .. } = report
                && !published.contains(lane)
            {
                published.push(*lane);
            }
            hear(report, published.len() == 2);
        });
        over.store(true, Ordering::Relaxed);
        Ok(lost)
    })
}

/// Nothing is watched yet, and nothing listened to.
fn wanted(room: Room, publish: Vec<Publish>) -> Want {
    Want { room, publish, watch: Vec::new(), listen: Vec::new(), answer: Vec::new() }
}

/// Small, one layer, and the sound of a voice.
fn outputs() -> Vec<Publish> {
    let video = Media::Video {
        width: WIDTH,
        height: HEIGHT,
        fps: FPS,
        kbps: 600,
        codec: Codec::Vp8,
        simulcast: false,
    };
    let audio = Media::Audio { rate: RATE, channels: CHANNELS, kbps: 64 };
    let output = |lane, name: &str, kind, media| Publish {
        lane: LaneId(lane),
        name: name.into(),
        kind,
        media,
        muted: false,
        open_to: None,
    };
    vec![output(0, "camera", TrackKind::Camera, video), output(1, "microphone", TrackKind::Microphone, audio)]
}

/// Watches and hears the program like any viewer, until told to stop.
fn watch_program(room: &Room, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        match watch_program_once(room, stop) {
            Ok(LostWhy::Removed | LostWhy::Duplicate) => return,
            Ok(LostWhy::Refused | LostWhy::Away) => {}
            Err(error) => eprintln!("sidestage-robot: the program cannot be watched: {error}"),
        }
        if !stop.load(Ordering::Relaxed) {
            thread::sleep(REST);
        }
    }
}

fn watch_program_once(room: &Room, stop: &AtomicBool) -> io::Result<LostWhy> {
    let shapes = [
        Shape { slots: 4, slot_bytes: i420_len(1920, 1080) as u32 },
        Shape { slots: 16, slot_bytes: (BLOCK * 2) as u32 },
    ];
    let block = Block::create(&shapes)?;
    let connection = Connection::start(&shapes, &block, &[])?;
    let wish = Wish {
        want: wanted(room.clone(), Vec::new()),
        lanes: vec![(LaneId(0), TrackKind::Camera), (LaneId(1), TrackKind::Microphone)],
    };
    let readers = (0..2).filter_map(|lane| block.reader(lane)).collect();
    Ok(wish.stay(connection, readers, stop, &mut |_| {}))
}

/// A wish that follows what is on offer.
struct Wish {
    want: Want,
    /// In lanes, each for tracks of one kind; a shared screen is a picture like a camera's.
    lanes: Vec<(LaneId, TrackKind)>,
}

impl Wish {
    /// Stays in the room until it is lost or `stop` is set; empties the in lanes all the while.
    fn stay(
        mut self,
        mut connection: Connection,
        mut readers: Vec<Reader>,
        stop: &AtomicBool,
        hear: &mut dyn FnMut(&Report),
    ) -> LostWhy {
        if !connection.wish(&self.want) {
            return LostWhy::Away;
        }
        while !stop.load(Ordering::Relaxed) {
            readers.iter_mut().for_each(|reader| while reader.next().is_some() {});
            let report = match connection.report(GLANCE) {
                Ok(report) => report,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return LostWhy::Refused,
            };
            hear(&report);
            let changed = match &report {
                Report::Link(Link::Lost(why)) => return *why,
                Report::Track(track) => self.offered(track),
                Report::TrackGone { sid, .. } => self.gone(sid),
                Report::Fault(fault) => {
                    eprintln!("sidestage-robot: {fault:?}");
                    false
                }
                _ => false,
            };
            if changed && !connection.wish(&self.want) {
                return LostWhy::Away;
            }
        }
        LostWhy::Away
    }

    fn offered(&mut self, track: &Track) -> bool {
        let known = self.want.watch.iter().any(|watch| watch.track == track.sid);
        let kind = match track.kind {
            TrackKind::Camera | TrackKind::Screen => TrackKind::Camera,
            TrackKind::Microphone | TrackKind::ScreenSound | TrackKind::StageMedia | TrackKind::Talkback => {
                TrackKind::Microphone
            }
        };
        let taken = |lane| self.want.watch.iter().any(|watch| watch.lane == lane);
        let free = self.lanes.iter().find(|(lane, of)| *of == kind && !taken(*lane));
        match free {
            Some(&(lane, _)) if !known => {
                self.want.watch.push(Watch { track: track.sid.clone(), lane, size: None });
                true
            }
            _ => false,
        }
    }

    fn gone(&mut self, sid: &TrackSid) -> bool {
        let before = self.want.watch.len();
        self.want.watch.retain(|watch| watch.track != *sid);
        self.want.watch.len() != before
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::engine::Token;

    use super::*;

    #[test]
    fn every_voice_gets_a_lane_of_its_own_and_pictures_of_others_get_none() {
        let room = Room { url: String::new(), token: Token(String::new()) };
        let mut wish = Wish {
            want: wanted(room, outputs()),
            lanes: vec![(LaneId(2), TrackKind::Microphone), (LaneId(3), TrackKind::Microphone)],
        };
        let track = |sid: &str, kind| Track {
            identity: "other".into(),
            sid: sid.into(),
            kind,
            name: String::new(),
            muted: false,
        };
        assert!(!wish.offered(&track("face", TrackKind::Camera)));
        assert!(wish.offered(&track("a", TrackKind::Microphone)));
        assert!(!wish.offered(&track("a", TrackKind::Microphone)), "it is watched already");
        assert!(wish.offered(&track("b", TrackKind::Microphone)));
        assert!(!wish.offered(&track("c", TrackKind::Microphone)), "there are no more lanes");
        assert!(wish.gone(&"a".into()) && !wish.gone(&"a".into()));
        assert!(wish.offered(&track("c", TrackKind::Microphone)));
        let lanes: Vec<_> =
            wish.want.watch.iter().map(|watch| (watch.track.as_str(), watch.lane.0)).collect();
        assert_eq!(lanes, [("b", 3), ("c", 2)]);
    }
}
