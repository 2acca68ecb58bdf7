//! Rooms on the real server: two of them in one process, one that sends and one that receives.

use std::time::{Duration, Instant};

use livekit_ffi_rs::{
    AudioQueue, CallError, ConnectError, ConnectionState, DisconnectReason, Events, LocalAudioTrack,
    NativeAudioSource, NativeAudioStream, NativeVideoStream, RemoteTrack, RemoteTrackPublication, Room,
    RoomEvent, RoomOptions, RtcStats, TrackKind, TrackSource,
};

use crate::child::with_server;
use crate::media::*;
use crate::parts::Server;

/// Joins with explicit subscription.
pub fn join(server: &Server, room: &str, identity: &str) -> (Room, Events) {
    let options = RoomOptions { auto_subscribe: false, ..Default::default() };
    Room::connect(&server.url(), &server.token(room, identity), options).unwrap()
}

pub fn published(events: &Events, kind: TrackKind) -> RemoteTrackPublication {
    wait_for(events, "a publication", |event| match event {
        RoomEvent::TrackPublished { publication, .. } if publication.info().kind == kind => Some(publication),
        _ => None,
    })
}

pub fn subscribed(events: &Events) -> RemoteTrack {
    wait_for(events, "a subscription", |event| match event {
        RoomEvent::TrackSubscribed { track, .. } => Some(track),
        _ => None,
    })
}

const CLOSE: Duration = Duration::from_secs(5);

#[test]
fn a_picture_goes_through_a_room_and_can_be_muted() {
    with_server("rooms::a_picture_goes_through_a_room_and_can_be_muted", |server| {
        let (watcher, seen) = join(server, "one", "watcher");
        let (sender, _sent) = join(server, "one", "sender");
        let (source, _feed) = picture(640, 360);
        let publication = sender.local_participant().publish_track(video_track(&source), camera()).unwrap();

        let remote = published(&seen, TrackKind::Video);
        assert_eq!(remote.sid(), &publication.sid());
        assert_eq!((remote.info().source, remote.info().name.as_str()), (TrackSource::Camera, "picture"));
        assert_eq!((remote.info().width, remote.info().height), (640, 360));
        remote.set_subscribed(true).unwrap();
        remote.update_video_dimensions(640, 360).unwrap();
        let RemoteTrack::Video(track) = subscribed(&seen) else { panic!("not a picture") };
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&track, newest.sink()).unwrap();
        wait_until("a picture of the right size and content", || {
            let (width, height, bytes) = newest.get();
            let near = |mean: f64, sent: f64| (mean - sent).abs() < 8.0;
            (width, height) == (640, 360) && {
                let (left, right) = means(&bytes, width, height);
                near(left, 50.0) && near(right, 200.0)
            }
        });

        wait_until("counters on both sides", || {
            let out = publication.get_stats().unwrap();
            let back = track.get_stats().unwrap();
            out.iter().any(|s| matches!(s, RtcStats::OutboundRtp(s) if s.frames_encoded > 5 && s.active))
                && back.iter().any(
                    |s| matches!(s, RtcStats::InboundRtp(s) if s.frames_decoded > 5 && s.frame_width == 640),
                )
        });

        publication.mute().unwrap();
        wait_for(&seen, "muted", |event| match event {
            RoomEvent::TrackMuted { participant, sid } => {
                (participant.as_str() == "sender" && sid == *remote.sid()).then_some(())
            }
            _ => None,
        });
        wait_until("we know that we are muted", || publication.info().muted);
        let mut before = 0;
        wait_until("half a second without a picture", || {
            before = newest.count();
            std::thread::sleep(Duration::from_millis(500));
            newest.count() == before
        });
        publication.unmute().unwrap();
        wait_for(&seen, "unmuted", |event| matches!(event, RoomEvent::TrackUnmuted { .. }).then_some(()));
        wait_until("pictures again", || newest.count() > before + 5);

        remote.set_subscribed(false).unwrap();
        wait_for(&seen, "unsubscribed", |event| {
            matches!(event, RoomEvent::TrackUnsubscribed { .. }).then_some(())
        });
        sender.close(CLOSE).unwrap();
        wait_for(&seen, "gone", |event| match event {
            RoomEvent::ParticipantDisconnected { participant, .. } => {
                (participant.as_str() == "sender").then_some(())
            }
            _ => None,
        });
        watcher.close(CLOSE).unwrap();
        let rest: Vec<_> = seen.collect();
        // The library closes its events and tells of the end at once: now and then the reason is lost.
        let left = |e: &RoomEvent| match e {
            RoomEvent::Disconnected { reason } => *reason == DisconnectReason::ClientInitiated,
            event => matches!(event, RoomEvent::ConnectionStateChanged(ConnectionState::Disconnected)),
        };
        assert!(rest.iter().any(left), "{rest:?}");
    });
}

#[test]
fn a_tone_goes_through_a_room_at_its_frequency_and_level() {
    with_server("rooms::a_tone_goes_through_a_room_at_its_frequency_and_level", |server| {
        let (_watcher, seen) = join(server, "two", "watcher");
        let (sender, _sent) = join(server, "two", "sender");
        let source = NativeAudioSource::new(48_000, 2, AudioQueue::Buffered).unwrap();
        let _feed = tone(&source, 880.0);
        let track = LocalAudioTrack::create_audio_track("tone", &source).unwrap();
        let _publication = sender.local_participant().publish_track(track, microphone()).unwrap();
        published(&seen, TrackKind::Audio).set_subscribed(true).unwrap();
        let RemoteTrack::Audio(track) = subscribed(&seen) else { panic!("not sound") };
        let (sink, heard) = listener();
        let _stream = NativeAudioStream::new(&track, 48_000, 2, sink).unwrap();
        let end = Instant::now() + PATIENCE;
        let mut best = 0.0;
        while !(11_600.0..23_200.0).contains(&best) {
            assert!(Instant::now() < end, "880 Hz never came within 3 dB, at best {best}");
            let samples: Vec<i16> = (0..20).flat_map(|_| heard.recv_timeout(PATIENCE).unwrap()).collect();
            best = amplitude(&samples, 880.0);
            assert!(best < 1000.0 || amplitude(&samples, 440.0) < best / 5.0, "another tone is as strong");
        }
        wait_for(&seen, "the one who speaks", |event| match event {
            RoomEvent::ActiveSpeakersChanged { speakers } => (speakers == ["sender".into()]).then_some(()),
            _ => None,
        });
    });
}

#[test]
fn who_is_there_already_comes_with_the_first_event_and_what_they_publish() {
    with_server("rooms::who_is_there_already_comes_with_the_first_event_and_what_they_publish", |server| {
        let (sender, _sent) = join(server, "three", "sender");
        let (source, _feed) = picture(320, 180);
        let publication = sender.local_participant().publish_track(video_track(&source), camera()).unwrap();
        let (late, seen) = join(server, "three", "late");
        assert_eq!((late.name(), late.local_participant().identity().as_str()), ("three", "late"));
        let Some(RoomEvent::Connected { participants_with_tracks }) = seen.recv() else {
            panic!("not the first")
        };
        let [(who, tracks)] = participants_with_tracks.as_slice() else {
            panic!("{participants_with_tracks:?}")
        };
        assert_eq!(who.identity().as_str(), "sender");
        assert_eq!(tracks[0].sid(), &publication.sid());
        tracks[0].set_subscribed(true).unwrap();
        let RemoteTrack::Video(track) = subscribed(&seen) else { panic!("not a picture") };
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&track, newest.sink()).unwrap();
        wait_until("pictures", || newest.count() > 5);
        drop(sender);
        wait_for(&seen, "gone", |event| {
            matches!(event, RoomEvent::ParticipantDisconnected { .. }).then_some(())
        });
    });
}

#[test]
fn after_a_kill_of_the_server_a_track_is_back_under_a_new_sid() {
    with_server("rooms::after_a_kill_of_the_server_a_track_is_back_under_a_new_sid", |server| {
        let (watcher, seen) = join(server, "five", "watcher");
        let (sender, sent) = join(server, "five", "sender");
        let (source, _feed) = picture(320, 180);
        let publication = sender.local_participant().publish_track(video_track(&source), camera()).unwrap();
        let before = publication.sid();
        published(&seen, TrackKind::Video);
        server.kill_and_restart();
        wait_for(&sent, "reconnecting", |event| matches!(event, RoomEvent::Reconnecting).then_some(()));
        let (previous, info) = wait_for(&sent, "republished", |event| match event {
            RoomEvent::LocalTrackRepublished { previous, info } => Some((previous, info)),
            _ => None,
        });
        assert_eq!((previous, publication.sid()), (before.clone(), info.sid));
        assert_ne!(publication.sid(), before);
        // Either may come first, and what is asked for before both is lost without a word.
        let (mut found, mut back) = (None, false);
        let remote = wait_for(&seen, "the track again, and the way back", |event| {
            match event {
                RoomEvent::TrackPublished { publication: p, .. } if *p.sid() == publication.sid() => {
                    found = Some(p)
                }
                RoomEvent::Reconnected => back = true,
                _ => {}
            }
            found.take_if(|_| back)
        });
        remote.set_subscribed(true).unwrap();
        let RemoteTrack::Video(track) = subscribed(&seen) else { panic!("not a picture") };
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&track, newest.sink()).unwrap();
        wait_until("pictures again", || newest.count() > 5);
        publication.mute().unwrap();
        wait_for(&seen, "muted", |event| match event {
            RoomEvent::TrackMuted { sid, .. } => (sid == publication.sid()).then_some(()),
            _ => None,
        });
        sender.local_participant().unpublish_track(publication).unwrap();
        sender.close(CLOSE).unwrap();
        watcher.close(CLOSE).unwrap();
    });
}

#[test]
fn a_token_that_is_refused_shows_in_no_error_and_no_log() {
    let log = with_server("rooms::a_token_that_is_refused_shows_in_no_error_and_no_log", |server| {
        let token = server.foreign_token("four");
        let error = Room::connect(&server.url(), &token, RoomOptions::default()).unwrap_err();
        assert!(matches!(error, ConnectError::Call(CallError::Failed { .. })), "{error:?}");
        eprintln!("refused: {error} {error:?}");
        let good =
            Room::connect(&server.url(), &server.token("four", "good"), RoomOptions::default()).unwrap();
        // The library sends its log once a second.
        std::thread::sleep(Duration::from_millis(1500));
        drop(good);
    });
    assert!(log.contains("refused:"), "{log}");
    let bare = log.replace("eyJ…", "");
    assert!(!bare.contains("eyJ"), "a token is in the log: {log}");
}
