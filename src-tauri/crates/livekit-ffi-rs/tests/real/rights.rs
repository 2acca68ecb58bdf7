//! Rights, and the ways in which losing one could end the process.

use std::time::{Duration, Instant};

use livekit_ffi_rs::{
    NativeVideoStream, ParticipantTrackPermission, PublishError, RemoteTrack, Room, RoomEvent, RoomOptions,
    TrackKind, TrackPublishOptions, TrackSource, VideoCodec,
};

use crate::child::with_server;
use crate::media::{Newest, camera, picture, video_track, wait_for, wait_until};
use crate::rooms::{join, published, subscribed};

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

#[test]
fn a_track_is_kept_from_one_person_and_given_back() {
    with_server("rights::a_track_is_kept_from_one_person_and_given_back", |server| {
        let (sender, _sent) = join(server, "room", "sender");
        let own = sender.local_participant();
        let (friend, friend_seen) = join(server, "room", "friend");
        let (_stranger, stranger_seen) = join(server, "room", "stranger");
        // Before there is anything to keep: nobody is to see a moment of it.
        own.set_track_subscription_permissions(false, &[]).unwrap();
        let (source, _feed) = picture(320, 180);
        let publication = own.publish_track(video_track(&source), camera()).unwrap();
        let remotes = [&friend_seen, &stranger_seen].map(|seen| published(seen, TrackKind::Video));
        remotes.iter().for_each(|remote| remote.set_subscribed(true).unwrap());
        std::thread::sleep(Duration::from_millis(500));
        let got = |seen: &livekit_ffi_rs::Events| {
            std::iter::from_fn(|| seen.try_recv()).any(|e| matches!(e, RoomEvent::TrackSubscribed { .. }))
        };
        assert!(!got(&friend_seen) && !got(&stranger_seen), "a track that nobody may have");

        let allow = |sids: &[livekit_ffi_rs::TrackSid]| {
            let one = ParticipantTrackPermission {
                participant_identity: friend.local_participant().identity().clone(),
                allow_all: false,
                allowed_track_sids: sids.to_vec(),
            };
            own.set_track_subscription_permissions(false, &[one]).unwrap();
        };
        // A sid that is none would end the process.
        allow(&["nonsense".into(), publication.sid()]);
        let RemoteTrack::Video(track) = subscribed(&friend_seen) else { panic!("not a picture") };
        let newest = Newest::default();
        let _stream = NativeVideoStream::new(&track, newest.sink()).unwrap();
        wait_until("pictures", || newest.count() > 5);
        assert!(!got(&stranger_seen), "the stranger has it too");

        allow(&[]);
        let mut before = 0;
        wait_until("half a second without a picture", || {
            before = newest.count();
            std::thread::sleep(Duration::from_millis(500));
            newest.count() == before
        });
        own.set_track_subscription_permissions(true, &[]).unwrap();
        // They may come as before, or as another arrival of the track.
        let mut again = Vec::new();
        wait_until("pictures again", || {
            while let Some(event) = friend_seen.try_recv() {
                if let RoomEvent::TrackSubscribed { track: RemoteTrack::Video(track), .. } = event {
                    again.push(NativeVideoStream::new(&track, newest.sink()).unwrap());
                }
            }
            newest.count() > before + 5
        });
        subscribed(&stranger_seen);
    });
}

#[test]
fn a_mute_by_the_server_is_told_to_whom_it_mutes() {
    with_server("rights::a_mute_by_the_server_is_told_to_whom_it_mutes", |server| {
        let (sender, sent) = join(server, "room", "sender");
        let (source, _feed) = picture(320, 180);
        let publication = sender.local_participant().publish_track(video_track(&source), camera()).unwrap();
        server.mute("room", "sender", publication.sid().as_str());
        wait_for(&sent, "muted", |event| match event {
            RoomEvent::TrackMuted { participant, sid } => {
                (participant.as_str() == "sender" && sid == publication.sid()).then_some(())
            }
            _ => None,
        });
        assert!(publication.info().muted);
        publication.unmute().unwrap();
        wait_until("unmuted", || !publication.info().muted);
    });
}
