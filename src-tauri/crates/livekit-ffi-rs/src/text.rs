//! Texts of any length, with a topic and attributes.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;

use crate::error::CallError;
use crate::handle::Handle;
use crate::ids::ParticipantIdentity;
use crate::library::call;
use crate::participant::LocalParticipant;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::redact::redact;
use crate::waiters::ask_done;

/// How a text is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamTextOptions {
    /// What it is about.
    pub topic: String,
    /// Keys and values that arrive before the text does.
    pub attributes: HashMap<String, String>,
    /// To whom; to everybody if empty.
    pub destination_identities: Vec<ParticipantIdentity>,
    /// What the stream is called, the same on both sides; the library's own choice if absent.
    pub id: Option<String>,
}

/// What is known of a text before it has arrived. All of it is the sender's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextStreamInfo {
    /// What the stream is called.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// When it was sent, in milliseconds since 1970, by the sender's clock.
    pub timestamp: i64,
    /// Bytes, if the sender has said.
    pub total_length: Option<u64>,
    /// Keys and values.
    pub attributes: HashMap<String, String>,
}

/// Why a text has not arrived.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum TextError {
    /// It is longer than the reader would take.
    #[error("the text is longer than {most} bytes")]
    TooLong {
        /// What was taken at most.
        most: usize,
    },
    /// The sender, or the way, broke off.
    #[error("the text broke off: {0}")]
    Broken(String),
    /// The library would not read it.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl From<proto::TextStreamInfo> for TextStreamInfo {
    fn from(info: proto::TextStreamInfo) -> Self {
        Self {
            id: info.stream_id,
            topic: info.topic,
            timestamp: info.timestamp,
            total_length: info.total_length,
            attributes: info.attributes,
        }
    }
}

/// A text that arrives. Dropped, it is refused, and what comes of it is thrown away in the library; kept, it piles up
/// there: read it or drop it.
#[derive(Debug)]
#[must_use = "dropping it refuses the text"]
pub struct TextStreamReader {
    handle: Handle,
    info: TextStreamInfo,
}

impl TextStreamReader {
    pub(crate) fn new(owned: proto::OwnedTextStreamReader) -> Self {
        Self { handle: Handle::new(owned.handle), info: owned.info.into() }
    }

    /// What is known of it.
    pub fn info(&self) -> &TextStreamInfo {
        &self.info
    }

    /// Takes the text as it comes, without waiting, up to `most` bytes: what is longer is given up, by what the sender
    /// has said at once, else at the byte that is too many.
    ///
    /// `then` takes the outcome **on the library's own thread** (that of a text that is known to be too long on this
    /// one): there it is passed on. It runs once, unless what this returns is dropped before.
    pub fn read_all(
        self,
        most: usize,
        then: impl FnOnce(Result<String, TextError>) + Send + 'static,
    ) -> TextReading {
        if self.info.total_length.is_some_and(|total| total > most as u64) {
            then(Err(TextError::TooLong { most }));
            return TextReading { reader: None };
        }
        let reader = self.handle.id();
        READINGS.add(reader, most, Box::new(then));
        match call!(TextReadIncremental(proto::TextStreamReaderReadIncrementalRequest {
            reader_handle: reader
        })) {
            // Reading has used the reader up.
            Ok(_) => self.handle.forget(),
            Err(error) => READINGS.end(reader, Err(error.into())),
        }
        TextReading { reader: Some(reader) }
    }
}

/// A text that is being read, as long as this is held.
#[derive(Debug)]
#[must_use = "dropping it ends the reading"]
pub struct TextReading {
    reader: Option<u64>,
}

impl Drop for TextReading {
    fn drop(&mut self) {
        self.reader.into_iter().for_each(|reader| READINGS.forget(reader));
    }
}

type Then = Box<dyn FnOnce(Result<String, TextError>) + Send>;

struct Reading {
    text: String,
    most: usize,
    then: Then,
}

/// What is being read, by reader. A text that was given up has no entry, so the rest of it is dropped as it comes.
struct Readings(Mutex<HashMap<u64, Reading>>);

static READINGS: LazyLock<Readings> = LazyLock::new(|| Readings(Mutex::default()));

impl Readings {
    fn open(&self) -> MutexGuard<'_, HashMap<u64, Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, reader: u64, most: usize, then: Then) {
        self.open().insert(reader, Reading { text: String::new(), most, then });
    }

    fn forget(&self, reader: u64) {
        // The closure is dropped outside the lock: it may hold anything.
        let reading = self.open().remove(&reader);
        drop(reading);
    }

    fn more(&self, reader: u64, text: &str) {
        let mut open = self.open();
        let Some(reading) = open.get_mut(&reader) else { return };
        if text.len() <= reading.most - reading.text.len() {
            return reading.text.push_str(text);
        }
        let most = reading.most;
        drop(open);
        self.end(reader, Err(TextError::TooLong { most }));
    }

    /// Ends a reading with what has come, or with `broken`.
    fn end(&self, reader: u64, whole: Result<(), TextError>) {
        let reading = self.open().remove(&reader);
        if let Some(Reading { text, then, .. }) = reading {
            then(whole.map(|()| text));
        }
    }
}

/// Takes a piece of a text, or its end, to whoever reads it.
pub(crate) fn read(event: proto::TextStreamReaderEvent) {
    use proto::text_stream_reader_event::Detail;
    match event.detail {
        Some(Detail::ChunkReceived(chunk)) => READINGS.more(event.reader_handle, &chunk.content),
        Some(Detail::Eos(end)) => {
            let broken = end.error.map(|error| TextError::Broken(redact(&error.description).into_owned()));
            READINGS.end(event.reader_handle, broken.map_or(Ok(()), Err));
        }
        None => {}
    }
}

impl LocalParticipant {
    /// Sends a text and waits up to `deadline` until all of it is on its way; while the connection is made again, that
    /// is as long. **Success is not arrival**: what is sent into a connection that is lost is lost.
    ///
    /// Texts sent one after the other open on the other side in the same order.
    pub fn send_text(
        &self,
        text: &str,
        options: StreamTextOptions,
        deadline: Duration,
    ) -> Result<(), CallError> {
        ask_done("SendText", deadline, |id| {
            Message::SendText(proto::StreamSendTextRequest {
                local_participant_handle: self.handle_id(),
                options: proto::StreamTextOptions {
                    topic: options.topic,
                    attributes: options.attributes,
                    destination_identities: options
                        .destination_identities
                        .into_iter()
                        .map(|who| who.0)
                        .collect(),
                    id: options.id,
                    ..Default::default()
                },
                text: text.to_owned(),
                request_async_id: Some(id),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};

    use super::*;

    fn reading(readings: &Readings, reader: u64, most: usize) -> Receiver<Result<String, TextError>> {
        let (sender, outcome) = mpsc::channel();
        readings.add(reader, most, Box::new(move |text| sender.send(text).unwrap()));
        outcome
    }

    fn readings() -> Readings {
        Readings(Mutex::default())
    }

    #[test]
    fn pieces_are_put_together_by_reader() {
        let readings = readings();
        let (one, two) = (reading(&readings, 1, 4), reading(&readings, 2, 10));
        readings.more(1, "ab");
        readings.more(2, "x");
        readings.more(1, "cd");
        readings.end(1, Ok(()));
        assert_eq!(one.try_recv().unwrap(), Ok("abcd".to_owned()));
        assert!(two.try_recv().is_err(), "not at its end");
    }

    #[test]
    fn a_text_is_given_up_at_the_byte_that_is_too_many_and_the_rest_goes_nowhere() {
        let readings = readings();
        let outcome = reading(&readings, 1, 4);
        readings.more(1, "abc");
        readings.more(1, "ö");
        assert_eq!(outcome.try_recv().unwrap(), Err(TextError::TooLong { most: 4 }));
        readings.more(1, "and so on");
        readings.end(1, Ok(()));
        assert!(readings.open().is_empty());
        assert!(outcome.try_recv().is_err(), "told twice");
    }

    #[test]
    fn a_text_that_breaks_off_is_an_error_and_one_that_is_no_longer_wanted_is_nothing() {
        let readings = readings();
        let broken = reading(&readings, 1, 4);
        readings.more(1, "ab");
        readings.end(1, Err(TextError::Broken("gone".into())));
        assert_eq!(broken.try_recv().unwrap(), Err(TextError::Broken("gone".into())));
        let dropped = reading(&readings, 2, 4);
        readings.forget(2);
        readings.end(2, Ok(()));
        assert!(dropped.try_recv().is_err());
    }
}
