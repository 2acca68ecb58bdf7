//! Telling media events from all others by their first byte.
//!
//! Nearly everything that arrives is a picture or 10 ms of sound. Both are recognised before anything is
//! decoded, so that they never pass through the wide envelope of 48 kinds.

/// Tag of `FfiEvent.video_stream_event`: field 3, length-delimited.
const VIDEO: u8 = 0x1a;
/// Tag of `FfiEvent.audio_stream_event`: field 4, length-delimited.
const AUDIO: u8 = 0x22;

/// One event, not decoded yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Framed<'a> {
    /// The bytes of a `VideoStreamEvent`.
    Video(&'a [u8]),
    /// The bytes of an `AudioStreamEvent`.
    Audio(&'a [u8]),
    /// The bytes of a whole `FfiEvent`.
    Other(&'a [u8]),
}

/// Sorts one event. Whatever is not exactly one media event is left to the full decoder.
pub(crate) fn sort(event: &[u8]) -> Framed<'_> {
    match event.split_first() {
        Some((&VIDEO, rest)) => inner(rest).map_or(Framed::Other(event), Framed::Video),
        Some((&AUDIO, rest)) => inner(rest).map_or(Framed::Other(event), Framed::Audio),
        _ => Framed::Other(event),
    }
}

/// The message after its length, if it reaches exactly to the end.
fn inner(mut rest: &[u8]) -> Option<&[u8]> {
    let len = prost::encoding::decode_varint(&mut rest).ok()?;
    (u64::try_from(rest.len()).ok()? == len).then_some(rest)
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;
    use crate::proto::{self, ffi_event};

    fn event(message: ffi_event::Message) -> Vec<u8> {
        proto::FfiEvent { message: Some(message) }.encode_to_vec()
    }

    #[test]
    fn a_picture_is_recognised_by_its_first_byte() {
        let inner = proto::VideoStreamEvent {
            stream_handle: 300,
            message: Some(proto::video_stream_event::Message::Eos(proto::VideoStreamEos {})),
        };
        let bytes = event(ffi_event::Message::VideoStreamEvent(inner.clone()));
        let Framed::Video(found) = sort(&bytes) else { panic!("not recognised: {bytes:?}") };
        assert_eq!(proto::VideoStreamEvent::decode(found).unwrap(), inner);
    }

    #[test]
    fn sound_is_recognised_by_its_first_byte() {
        let inner = proto::AudioStreamEvent {
            stream_handle: 5,
            message: Some(proto::audio_stream_event::Message::Eos(proto::AudioStreamEos {})),
        };
        let bytes = event(ffi_event::Message::AudioStreamEvent(inner));
        let Framed::Audio(found) = sort(&bytes) else { panic!("not recognised: {bytes:?}") };
        assert_eq!(proto::AudioStreamEvent::decode(found).unwrap(), inner);
    }

    #[test]
    fn everything_else_goes_to_the_full_decoder() {
        let panic = event(ffi_event::Message::Panic(proto::Panic { message: "x".into() }));
        assert_eq!(sort(&panic), Framed::Other(&panic));
        assert_eq!(sort(&[]), Framed::Other(&[]));
    }

    #[test]
    fn a_media_event_that_is_cut_short_or_followed_by_more_is_not_taken_for_one() {
        for bytes in [&[VIDEO][..], &[VIDEO, 5, 1, 2], &[AUDIO, 1, 2, 3], &[VIDEO, 0xff, 0xff]] {
            assert_eq!(sort(bytes), Framed::Other(bytes));
        }
    }
}
