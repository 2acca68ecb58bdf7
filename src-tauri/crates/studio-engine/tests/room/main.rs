//! Engines in a room of a real livekit-server, on a thread of the test or as the built binary.
#![allow(clippy::unwrap_used, missing_docs)]

mod media;
mod seat;
mod server;
mod words;

use std::io::Read;
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use studio_wire::engine::{EngineFault, Link, LostWhy, Order, Report, Room, Token};
use studio_wire::rtc::TrackKind;

use media::{HEIGHT, LEVEL, WIDTH};
use seat::{PICTURE_IN, PICTURE_OUT, Run, SMALL_IN, SOUND_IN, SOUND_OUT, Seat};
use server::Server;

/// One room at a time: each encodes and decodes in real time, and the machine may be small.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Both in the room, `far` receiving what `near` publishes.
pub fn in_touch(server: &Server, near: &mut Seat, far: &mut Seat) -> media::Feed {
    near.publish_both();
    let feed = near.feed((WIDTH, HEIGHT));
    near.join(server, "crew", "near", true);
    far.join(server, "crew", "far", false);
    watch_both(far);
    feed
}

fn watch_both(far: &mut Seat) {
    let mut lanes = [(TrackKind::Camera, PICTURE_IN, None), (TrackKind::Microphone, SOUND_IN, None)];
    while lanes.iter().any(|lane| lane.2.is_none()) {
        let track = far.expect("tracks of near", |report| match report {
            Report::Track(track) => Some(track.clone()),
            _ => None,
        });
        let lane = lanes.iter_mut().find(|lane| lane.0 == track.kind).unwrap();
        lane.2 = Some(track);
    }
    for (_, lane, track) in &lanes {
        far.watch(track.as_ref().unwrap(), *lane);
    }
    let mut waiting = vec![PICTURE_IN, SOUND_IN];
    while !waiting.is_empty() {
        let lane = far.expect("both lanes flowing", |report| match report {
            Report::Flowing(lane) => Some(*lane),
            _ => None,
        });
        waiting.retain(|waiting| *waiting != lane);
    }
}

fn published(seat: &mut Seat, lane: studio_wire::LaneId) -> studio_wire::TrackSid {
    seat.expect("published", |report| match report {
        Report::Published { lane: at, sid } if *at == lane => Some(sid.clone()),
        _ => None,
    })
}

// S-233
#[test]
fn what_one_engine_publishes_arrives_in_the_lanes_of_another() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let mut last = far.next_number();
    for _ in 0..30 {
        let number = far.next_number();
        assert!(number > last, "{number} after {last}");
        last = number;
    }
    // Sound starts softly: what counts is what it settles to.
    let heard = (0..20).map(|_| media::tone(&far.listen())).find(|(share, _)| *share > 0.9);
    let (_, amplitude) = heard.expect("the tone, and little else");
    assert!((0.7..1.4).contains(&(amplitude / LEVEL)), "level {amplitude} of {LEVEL}");

    far.order(&Order::Stats);
    let stats = far.expect("figures", |report| match report {
        Report::Stats(stats) => Some(stats.clone()),
        _ => None,
    });
    let frames = |lane| stats.iter().find(|stats| stats.lane == lane).unwrap().frames;
    assert!(frames(PICTURE_IN) > 20 && frames(SOUND_IN) > 50, "{stats:?}");
    near.order(&Order::Stats);
    near.expect("the encoder at work", |report| match report {
        Report::Stats(stats) => {
            stats.iter().find(|s| s.lane == PICTURE_OUT && s.active && s.frames > 20).map(drop)
        }
        _ => None,
    });
}

#[test]
fn what_arrives_is_stamped_with_when_it_was_sent_once_the_library_was_asked() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let limit = Instant::now() + Duration::from_secs(20);
    // What waits in the lane ages there: of what came together the last is as old as its way.
    let mut ways = Vec::new();
    while ways.len() < 20 {
        assert!(Instant::now() < limit, "sound is stamped with when it arrived");
        std::thread::sleep(Duration::from_millis(5));
        let newest = std::iter::from_fn(|| far.sound.next()).last();
        let way = newest.map(|frame| media::now_us() - frame.meta.stamp_us);
        // It was 20 ms in the sender's hands, and longer in the receiver's.
        ways.extend(way.filter(|way| *way > 25_000));
    }
    assert!(ways.iter().all(|way| *way < 1_100_000), "{ways:?}");
}

#[test]
fn a_muted_output_is_silent_and_comes_back_as_the_same_track() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let muted = |wish: bool| {
        move |report: &Report| match report {
            Report::Track(track) if track.kind == TrackKind::Camera && track.muted == wish => {
                Some(track.sid.clone())
            }
            _ => None,
        }
    };
    near.want.publish[0].muted = true;
    near.wish();
    let sid = far.expect("muted", muted(true));
    std::thread::sleep(Duration::from_millis(500));
    let last = far.new_number();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(far.new_number(), None, "after {last:?} nothing more");

    near.want.publish[0].muted = false;
    near.wish();
    assert_eq!(far.expect("unmuted", muted(false)), sid);
    let number = far.next_number();
    assert!(last.is_none_or(|last| number > last));
}

#[test]
fn a_track_that_is_no_longer_watched_stops_and_can_be_watched_again_elsewhere() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let watch = far.want.watch.remove(0);
    far.wish();
    far.order(&Order::Ping(7));
    far.expect("pong", |report| (*report == Report::Pong(7)).then_some(()));
    std::thread::sleep(Duration::from_millis(200));
    far.new_number();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(far.new_number(), None);
    assert!(far.sound.next().is_some(), "the other one goes on");

    far.want.watch.push(watch);
    far.wish();
    far.flowing(PICTURE_IN);
    far.next_number();
}

#[test]
fn a_picture_that_stays_away_is_reported_and_so_is_its_return() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let feed = in_touch(&server, &mut near, &mut far);
    feed.pause_pictures(true);
    far.expect("stalled", |report| (*report == Report::Stalled(PICTURE_IN)).then_some(()));
    assert!(far.sound.next().is_some(), "the other lane goes on");
    feed.pause_pictures(false);
    far.flowing(PICTURE_IN);
    far.next_number();
}

#[test]
fn a_track_can_be_watched_and_left_any_number_of_times() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let watch = std::mem::take(&mut far.want.watch);
    // The library is silent about most arrivals but the first, at some distances more than at others.
    for rest in [100, 1_500, 100, 600] {
        far.want.watch.clear();
        far.wish();
        std::thread::sleep(Duration::from_millis(rest));
        while far.picture.newest().is_some() || far.sound.next().is_some() {}
        far.want.watch.clone_from(&watch);
        far.wish();
        far.next_number();
        let heard = (0..20).map(|_| media::tone(&far.listen())).find(|(share, _)| *share > 0.9);
        heard.expect("the tone, once and not twice");
        let (blocks, since) = (far.blocks(), Instant::now());
        std::thread::sleep(Duration::from_secs(1));
        let rate = f64::from(far.blocks() - blocks) / since.elapsed().as_secs_f64();
        assert!(rate < 150.0, "{rate} blocks a second: the same sound more than once");
    }
}

#[test]
fn a_picture_that_stays_away_for_long_comes_as_soon_as_it_is_sent_again() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let feed = in_touch(&server, &mut near, &mut far);
    feed.pause_pictures(true);
    far.expect("stalled", |report| (*report == Report::Stalled(PICTURE_IN)).then_some(()));
    // Long enough for the engine to subscribe anew.
    std::thread::sleep(Duration::from_secs(7));
    while far.picture.newest().is_some() {}
    feed.pause_pictures(false);
    far.flowing(PICTURE_IN);
    let number = far.next_number();
    assert!(far.next_number() > number);
    assert!(far.sound.next().is_some(), "the other lane went on");
}

#[test]
fn an_output_that_is_not_permitted_is_refused_at_once_and_published_when_it_is() {
    let _alone = alone();
    let server = Server::start();
    let mut near = Seat::new(Run::Thread);
    near.publish_both();
    near.want.publish.truncate(1);
    near.join(&server, "crew", "near", false);
    let refused = |report: &Report| {
        (*report == Report::Fault(EngineFault::PublishRefused { lane: PICTURE_OUT })).then_some(())
    };
    let asked = Instant::now();
    near.expect("refused", refused);
    assert!(asked.elapsed() < Duration::from_secs(8), "without waiting for the server's silence");
    server.permit("crew", "near", true);
    let first = published(&mut near, PICTURE_OUT);
    server.permit("crew", "near", false);
    near.expect("taken away", refused);
    server.permit("crew", "near", true);
    assert_ne!(
        published(&mut near, PICTURE_OUT),
        first,
        "a new track, for the old one must not be published again"
    );
    near.order(&Order::Leave);
    near.rest_of_reports();
}

#[test]
fn a_picture_larger_than_its_lane_is_dropped_and_told_once() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.publish_both();
    let _feed = near.feed((WIDTH, HEIGHT));
    near.join(&server, "crew", "near", true);
    far.join(&server, "crew", "far", false);
    let track = far.track("near", TrackKind::Camera, None);
    far.watch(&track, SMALL_IN);
    let size = far.expect("too large", |report| match report {
        Report::Fault(EngineFault::PictureTooLarge { lane: SMALL_IN, width, height }) => {
            Some((*width, *height))
        }
        _ => None,
    });
    assert!(size.0 > 160 && size.1 > 90, "{size:?}");
    std::thread::sleep(Duration::from_millis(1_500));
    far.order(&Order::Leave);
    assert!(far.small.newest().is_none());
    let rest = far.rest_of_reports();
    let more =
        |report: &&Report| matches!(report, Report::Fault(_) | Report::Stalled(_) | Report::Flowing(_));
    assert_eq!(rest.iter().find(more), None);
}

#[test]
fn pictures_of_odd_size_are_passed_on_as_they_are() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.publish_both();
    let _feed = near.feed((WIDTH + 1, HEIGHT + 1));
    near.join(&server, "crew", "near", true);
    far.join(&server, "crew", "far", false);
    let track = far.track("near", TrackKind::Camera, None);
    far.watch(&track, PICTURE_IN);
    far.flowing(PICTURE_IN);
    let frame = std::iter::repeat_with(|| far.picture.newest()).flatten().next().unwrap();
    let (width, height) = (frame.meta.width, frame.meta.height);
    assert_eq!(frame.bytes().len(), media::picture_bytes(width, height) as usize, "{width}×{height}");
}

#[test]
fn a_server_that_was_killed_and_comes_back_has_everything_again() {
    let _alone = alone();
    let mut server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let before = far.track("near", TrackKind::Camera, None).sid;
    server.kill();
    far.expect("lost", |report| matches!(report, Report::Link(Link::Resuming | Link::Lost(_))).then_some(()));
    server.start_again();
    let joined = |report: &Report| (*report == Report::Link(Link::Joined)).then_some(());
    far.expect("back", joined);
    near.expect("back", joined);
    let track = far.track("near", TrackKind::Camera, Some(&before));
    far.watch(&track, PICTURE_IN);
    while far.picture.newest().is_some() {}
    let number = far.next_number();
    assert!(far.next_number() > number);
}

#[test]
fn an_engine_that_aborts_is_followed_by_one_that_needs_nothing_but_the_same_wish() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Process), Seat::new(Run::Thread));
    let feed = in_touch(&server, &mut near, &mut far);
    let pid = near.child.as_ref().unwrap().id();
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid.cast_signed()).unwrap(),
        rustix::process::Signal::ABORT,
    )
    .unwrap();
    let mut want = near.want.clone();
    drop(feed);
    assert_eq!(near.end_of_process().signal(), Some(6));

    let mut next = Seat::new(Run::Process);
    want.room.token = Token(server::token("crew", "near", true));
    next.want = want;
    let _feed = next.feed((WIDTH, HEIGHT));
    next.wish();
    while far.picture.newest().is_some() {}
    watch_both(&mut far);
    far.next_number();
}

#[test]
fn a_token_that_does_not_fit_is_refused_and_another_one_joins() {
    let _alone = alone();
    let server = Server::start();
    let mut near = Seat::new(Run::Thread);
    near.want.room = Room { url: server.url(), token: Token("eyJub25lIn0.e30.none".into()) };
    near.wish();
    let lost = |report: &Report| match report {
        Report::Link(Link::Lost(why)) => Some(*why),
        _ => None,
    };
    assert_eq!(near.expect("refused", lost), LostWhy::Refused);
    near.wish();
    near.join(&server, "crew", "near", true);
}

#[test]
fn no_token_gets_out_by_the_log_the_arguments_or_the_environment_of_the_process() {
    let _alone = alone();
    let server = Server::start();
    let mut near = Seat::with(Run::Process, |command| {
        command.stderr(Stdio::piped());
    });
    let good = server::token("crew", "near", true);
    let bad = format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(43));
    near.want.room = Room { url: server.url(), token: Token(bad.clone()) };
    near.wish();
    near.expect("refused", |report| matches!(report, Report::Link(Link::Lost(_))).then_some(()));
    near.want.room.token = Token(good.clone());
    near.wish();
    near.expect("joined", |report| (*report == Report::Link(Link::Joined)).then_some(()));

    let process = format!("/proc/{}", near.child.as_ref().unwrap().id());
    let mut seen = std::fs::read(format!("{process}/cmdline")).unwrap();
    seen.extend(std::fs::read(format!("{process}/environ")).unwrap());
    near.order(&Order::Leave);
    let mut log = near.child.as_mut().unwrap().stderr.take().unwrap();
    let lines = log.read_to_end(&mut seen).unwrap();
    assert!(lines > 0, "the refusal is in the log");
    let seen = String::from_utf8_lossy(&seen);
    for token in [good, bad] {
        let secret = token.rsplit('.').next().unwrap();
        // Not shown here either: it would be the whole environment.
        assert!(!seen.contains(&token) && !seen.contains(secret), "a token got out");
    }
}

#[test]
fn somebody_put_out_comes_back_only_with_another_token_and_publishes_again() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut far) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    let _feed = in_touch(&server, &mut near, &mut far);
    let before = far.track("near", TrackKind::Camera, None).sid;
    server.remove("crew", "near");
    near.expect("removed", |report| (*report == Report::Link(Link::Lost(LostWhy::Removed))).then_some(()));
    let gone =
        |report: &Report| matches!(report, Report::TrackGone { sid, .. } if *sid == before).then_some(());
    far.expect("track gone", gone);
    near.wish();
    near.order(&Order::Ping(1));
    near.expect("pong and no join", |report| match report {
        Report::Link(link) => panic!("{link:?} with a token that is spent"),
        report => (*report == Report::Pong(1)).then_some(()),
    });

    near.join(&server, "crew", "near", true);
    published(&mut near, PICTURE_OUT);
    let track = far.track("near", TrackKind::Camera, Some(&before));
    while far.picture.newest().is_some() {}
    far.watch(&track, PICTURE_IN);
    far.flowing(PICTURE_IN);
    far.next_number();
}

#[test]
fn the_same_identity_elsewhere_takes_the_place() {
    let _alone = alone();
    let server = Server::start();
    let (mut near, mut twin) = (Seat::new(Run::Thread), Seat::new(Run::Thread));
    near.join(&server, "crew", "near", true);
    twin.join(&server, "crew", "near", true);
    near.expect("duplicate", |report| {
        (*report == Report::Link(Link::Lost(LostWhy::Duplicate))).then_some(())
    });
}

#[test]
fn a_ping_is_answered_while_a_join_goes_nowhere() {
    let _alone = alone();
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut near = Seat::new(Run::Thread);
    let url = format!("ws://{}", deaf.local_addr().unwrap());
    near.want.room = Room { url, token: Token(server::token("crew", "near", true)) };
    near.wish();
    for number in 0..5 {
        let asked = Instant::now();
        near.order(&Order::Ping(number));
        near.expect("pong", |report| (*report == Report::Pong(number)).then_some(()));
        assert!(asked.elapsed() < Duration::from_millis(1_500));
    }
}

#[test]
fn the_process_ends_well_when_told_to_leave_and_when_its_socket_ends() {
    let _alone = alone();
    let server = Server::start();
    for told in [true, false] {
        let mut near = Seat::new(Run::Process);
        near.publish_both();
        near.join(&server, "crew", "near", true);
        published(&mut near, SOUND_OUT);
        if told {
            near.order(&Order::Leave);
        } else {
            near.hang_up();
        }
        let status = near.end_of_process();
        assert!(status.success(), "told {told}: {status}");
    }
}

#[test]
fn a_library_that_is_not_there_or_is_not_ours_is_a_fault_that_says_so() {
    let _alone = alone();
    let mut missing = Seat::with(Run::Process, |command| {
        command.env(studio_engine::LIBRARY, "/nowhere/liblivekit_ffi.so");
    });
    let reports = missing.rest_of_reports();
    let path = "/nowhere/liblivekit_ffi.so".to_owned();
    assert_eq!(reports, [Report::Fault(EngineFault::LibraryMissing { path })]);

    let mut wrong = Seat::with(Run::Process, |command| {
        command.env(studio_engine::LIBRARY, env!("CARGO_BIN_EXE_sidestage-engine"));
    });
    let reports = wrong.rest_of_reports();
    assert!(matches!(&reports[..], [Report::Fault(EngineFault::LibraryWrong { .. })]), "{reports:?}");
}
