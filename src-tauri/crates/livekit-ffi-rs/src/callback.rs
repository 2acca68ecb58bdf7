//! Where the library calls in: its threads, our code.
//!
//! Nothing here waits. Media goes straight to the sink of its stream, late answers to their waiter, room
//! events into the channel of their room. Every object that a message brings is in a guard before anything
//! else happens.

#![allow(unsafe_code, reason = "the library hands over each event as pointer and length")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use crate::convert;
use crate::framing::{Framed, sort};
use crate::handle::Handle;
use crate::proto::{self, FfiEvent, ffi_event};
use crate::publication::Published;
use crate::redact::redact;
use crate::room::{Joined, state};
use crate::sinks;
use crate::waiters::{Answer, Inside, WAITERS};
use crate::{rpc, text};

/// Takes one event from the library.
///
/// # Safety
/// `data` must be readable for `len` bytes until this returns.
pub(crate) unsafe extern "C" fn on_event(data: *const u8, len: usize) {
    // A panic must not cross into the library, which aborts on one.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if data.is_null() {
            return;
        }
        let _inside = Inside::enter();
        // SAFETY: the caller's promise.
        dispatch(unsafe { slice::from_raw_parts(data, len) });
    }));
    if outcome.is_err() {
        tracing::error!(target: "livekit", "an event of the library was dropped: its handling panicked");
    }
}

fn dispatch(event: &[u8]) {
    match sort(event) {
        Framed::Video(bytes) => decoded(bytes).into_iter().for_each(video),
        Framed::Audio(bytes) => decoded(bytes).into_iter().for_each(audio),
        Framed::Other(bytes) => {
            decoded::<FfiEvent>(bytes).into_iter().filter_map(|event| event.message).for_each(other);
        }
    }
}

fn decoded<M: prost::Message + Default>(bytes: &[u8]) -> Option<M> {
    M::decode(bytes).inspect_err(|e| tracing::error!(target: "livekit", "an event did not decode: {e}")).ok()
}

fn video(event: proto::VideoStreamEvent) {
    use proto::video_stream_event::Message;
    if let Some(Message::FrameReceived(frame)) = event.message {
        let _until_seen = Handle::new(frame.buffer.handle);
        match convert::video::frame(&frame) {
            Some(seen) => sinks::VIDEO.run(event.stream_handle, |sink| sink(seen)),
            None => tracing::warn!(target: "livekit", "a picture with impossible planes was dropped"),
        }
    }
}

fn audio(event: proto::AudioStreamEvent) {
    use proto::audio_stream_event::Message;
    if let Some(Message::FrameReceived(frame)) = event.message {
        let _until_heard = Handle::new(frame.frame.handle);
        match convert::audio::frame(&frame.frame.info) {
            Some(heard) => sinks::AUDIO.run(event.stream_handle, |sink| sink(heard)),
            None => tracing::warn!(target: "livekit", "sound in an impossible format was dropped"),
        }
    }
}

fn other(message: ffi_event::Message) {
    use ffi_event::Message;
    let done = |id, error: Option<String>| WAITERS.answer(id, error.map_or(Ok(Answer::Done), Err));
    match message {
        Message::RoomEvent(event) => state::deliver(event),
        Message::Connect(answer) => WAITERS.answer(answer.async_id, joined(answer.message)),
        Message::PublishTrack(answer) => WAITERS.answer(answer.async_id, published(answer.message)),
        Message::UnpublishTrack(answer) => done(answer.async_id, answer.error),
        Message::Disconnect(answer) => done(answer.async_id, None),
        Message::CaptureAudioFrame(answer) => done(answer.async_id, answer.error),
        Message::GetStats(answer) => {
            let stats = answer.stats.into_iter().filter_map(convert::stats::entry).collect();
            WAITERS.answer(answer.async_id, answer.error.map_or(Ok(Answer::Stats(stats)), Err));
        }
        Message::PublishData(answer) => done(answer.async_id, answer.error),
        Message::SendText(answer) => {
            use proto::stream_send_text_callback::Result::{Error, Info};
            let error = match answer.result {
                Some(Info(_)) => None,
                Some(Error(error)) => Some(error.description),
                None => Some("neither a text nor an error came".into()),
            };
            done(answer.async_id, error);
        }
        Message::TextStreamReaderEvent(event) => text::read(event),
        Message::PerformRpc(answer) => {
            WAITERS.answer(answer.async_id, Ok(Answer::Performed(rpc::performed(answer))));
        }
        Message::RpcMethodInvocation(event) => state::deliver_call(event),
        Message::Logs(batch) => batch.records.iter().for_each(log),
        Message::Panic(panic) => {
            tracing::error!(target: "livekit", "the library panicked: {}", redact(&panic.message));
        }
        Message::VideoStreamEvent(event) => video(event),
        Message::AudioStreamEvent(event) => audio(event),
    }
}

fn joined(message: Option<proto::connect_callback::Message>) -> Result<Answer, String> {
    use proto::connect_callback::Message;
    match message {
        Some(Message::Result(result)) => Ok(Answer::Joined(Box::new(Joined::new(result)))),
        Some(Message::Error(error)) => Err(error),
        None => Err("neither a room nor an error came".into()),
    }
}

fn published(message: Option<proto::publish_track_callback::Message>) -> Result<Answer, String> {
    use proto::publish_track_callback::Message;
    match message {
        Some(Message::Publication(owned)) => Ok(Answer::Published(Published::new(owned))),
        Some(Message::Error(error)) => Err(error),
        None => Err("neither a publication nor an error came".into()),
    }
}

/// Passes on what is a warning or worse. Below that stand session descriptions with passwords in them.
fn log(record: &proto::LogRecord) {
    let text = || redact(&record.message).into_owned();
    match record.level() {
        proto::LogLevel::LogError => tracing::error!(target: "livekit", from = record.target, "{}", text()),
        proto::LogLevel::LogWarn => tracing::warn!(target: "livekit", from = record.target, "{}", text()),
        _ => {}
    }
}
