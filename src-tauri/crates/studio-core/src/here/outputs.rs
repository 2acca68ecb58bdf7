//! What a machine publishes in `crew`, and how it is encoded. Published once and muted, never unpublished: that leaks.

use studio_wire::engine::{Codec, Media, Publish, lanes};
use studio_wire::ids::{Identity, LaneId};
use studio_wire::rtc::TrackKind;

/// The own camera: the size of the pattern.
const PICTURE: Media =
    Media::Video { width: 640, height: 360, fps: 30, kbps: 800, codec: Codec::Vp8, simulcast: false };
/// A shared screen: letters have to be read, and few of them move.
const SCREEN: Media =
    Media::Video { width: 1920, height: 1080, fps: 15, kbps: 2_500, codec: Codec::Vp8, simulcast: false };
const VOICE: Media = Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
const MUSIC: Media = Media::Audio { rate: 48_000, channels: 2, kbps: 128 };

/// The own camera, for everybody.
pub(crate) fn camera(on: bool) -> Publish {
    output(lanes::CREW_CAMERA, TrackKind::Camera, PICTURE, on, None)
}

/// The own voice, for those who may hear it.
pub(crate) fn microphone(on: bool, open_to: Option<Vec<Identity>>) -> Publish {
    output(lanes::CREW_MICROPHONE, TrackKind::Microphone, VOICE, on, open_to)
}

/// Clips and music, for everybody.
pub(crate) fn stage_media(on: bool) -> Publish {
    output(lanes::CREW_STAGE_MEDIA, TrackKind::StageMedia, MUSIC, on, None)
}

/// The own voice beside the show, for those it is meant for and nobody else.
pub(crate) fn talkback(on: bool, meant: Vec<Identity>) -> Publish {
    output(lanes::CREW_TALKBACK, TrackKind::Talkback, VOICE, on, Some(meant))
}

/// The shared screen in a place, for everybody.
pub(crate) fn screen(place: u16, on: bool) -> Option<Publish> {
    Some(output(lanes::crew_screen(place)?, TrackKind::Screen, SCREEN, on, None))
}

/// The place of the shared screen that a lane carries, if it carries one.
pub(crate) fn screen_of(lane: LaneId) -> Option<usize> {
    (0..).map_while(lanes::crew_screen).position(|of| of == lane)
}

/// What goes out through a lane of `crew` that is no screen's.
pub(crate) fn kind_of(lane: LaneId) -> Option<TrackKind> {
    match lane {
        lanes::CREW_CAMERA => Some(TrackKind::Camera),
        lanes::CREW_MICROPHONE => Some(TrackKind::Microphone),
        lanes::CREW_STAGE_MEDIA => Some(TrackKind::StageMedia),
        lanes::CREW_TALKBACK => Some(TrackKind::Talkback),
        _ => None,
    }
}

fn output(lane: LaneId, kind: TrackKind, media: Media, on: bool, open_to: Option<Vec<Identity>>) -> Publish {
    Publish { lane, name: kind.track_name().to_owned(), kind, media, muted: !on, open_to }
}
