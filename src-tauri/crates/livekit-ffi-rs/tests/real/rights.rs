//! Rights, and the ways in which losing one could end the process.

use std::time::{Duration, Instant};

use livekit_ffi_rs::{PublishError, Room, RoomOptions, TrackPublishOptions, TrackSource, VideoCodec};

use crate::child::with_server;
use crate::media::{camera, picture, video_track, wait_until};

const CLOSE: Duration = Duration::from_secs(5);

#[test]
fn publishing_without_the_right_is_refused_at_once() {
    with_server("rights::publishing_without_the_right_is_refused_at_once", |server| {
        let rights = r#""canPublish":true,"canPublishSources":["microphone"]"#;
        for (room, rights) in [("none", r#""canPublish":false"#), ("some", rights)] {
            let token = server.token_with(room, "guest", rights);
            let (room, _events) = Room::connect(&server.url(), &token, RoomOptions::default()).unwrap();
            let (source, _feed) = picture(320, 180);
            let start = Instant::now();
            let error = room.local_participant().publish_track(video_track(&source), camera()).unwrap_err();
            assert_eq!(error, PublishError::NotPermitted { source_kind: TrackSource::Camera });
            assert!(start.elapsed() < Duration::from_secs(5), "the server was asked");
            room.close(CLOSE).unwrap();
        }
    });
}

#[test]
fn a_track_without_a_source_or_an_encoding_is_refused_at_once() {
    with_server("rights::a_track_without_a_source_or_an_encoding_is_refused_at_once", |server| {
        let token = server.token("room", "guest");
        let (room, _events) = Room::connect(&server.url(), &token, RoomOptions::default()).unwrap();
        let (source, _feed) = picture(320, 180);
        let publish =
            |options| room.local_participant().publish_track(video_track(&source), options).unwrap_err();
        assert_eq!(publish(TrackPublishOptions::default()), PublishError::NoSource);
        assert_eq!(
            publish(TrackPublishOptions { video_encoding: None, ..camera() }),
            PublishError::NoEncoding
        );
    });
}

#[test]
fn losing_the_right_and_publishing_again_ends_nothing() {
    with_server("rights::losing_the_right_and_publishing_again_ends_nothing", |server| {
        let all = r#""can_publish":true,"can_subscribe":true"#;
        let (room, _events) =
            Room::connect(&server.url(), &server.token("room", "guest"), RoomOptions::default()).unwrap();
        let own = room.local_participant();
        let (source, _feed) = picture(640, 360);
        let publication = own.publish_track(video_track(&source), camera()).unwrap();

        server.set_permission("room", "guest", r#""can_publish":false,"can_subscribe":true"#);
        wait_until("the right is lost", || own.permission().is_some_and(|p| !p.can_publish));
        let error = own.publish_track(video_track(&source), camera()).unwrap_err();
        assert!(matches!(error, PublishError::NotPermitted { .. }), "{error:?}");

        server.set_permission("room", "guest", all);
        wait_until("the right is back", || own.permission().is_some_and(|p| p.can_publish));
        own.unpublish_track(publication).unwrap();
        let again = own.publish_track(video_track(&source), camera()).unwrap();
        assert!(!again.sid().as_str().is_empty());
        room.close(CLOSE).unwrap();
    });
}

#[test]
fn one_source_in_two_publications_and_forgotten_ones_end_nothing() {
    with_server("rights::one_source_in_two_publications_and_forgotten_ones_end_nothing", |server| {
        let (room, _events) =
            Room::connect(&server.url(), &server.token("room", "guest"), RoomOptions::default()).unwrap();
        let own = room.local_participant();
        let (source, _feed) = picture(640, 360);
        let first = own.publish_track(video_track(&source), camera()).unwrap();
        let options = TrackPublishOptions {
            source: TrackSource::Screenshare,
            video_codec: VideoCodec::H264,
            simulcast: true,
            ..camera()
        };
        let second = own.publish_track(video_track(&source), options).unwrap();
        assert_ne!(first.sid(), second.sid());
        drop(first);
        drop(room);
        drop(second);
        std::thread::sleep(Duration::from_millis(300));
    });
}

#[test]
fn the_smallest_and_the_oddest_pictures_are_published_without_end() {
    with_server("rights::the_smallest_and_the_oddest_pictures_are_published_without_end", |server| {
        let (room, _events) =
            Room::connect(&server.url(), &server.token("room", "guest"), RoomOptions::default()).unwrap();
        let (_watcher, _seen) =
            Room::connect(&server.url(), &server.token("room", "watcher"), RoomOptions::default()).unwrap();
        for (codec, width, height) in
            [(VideoCodec::Vp8, 16, 16), (VideoCodec::H264, 17, 23), (VideoCodec::Vp8, 641, 359)]
        {
            let (source, _feed) = picture(width, height);
            let options = TrackPublishOptions { simulcast: true, video_codec: codec, ..camera() };
            let publication = room.local_participant().publish_track(video_track(&source), options).unwrap();
            std::thread::sleep(Duration::from_secs(1));
            room.local_participant().unpublish_track(publication).unwrap();
        }
        room.close(CLOSE).unwrap();
    });
}
