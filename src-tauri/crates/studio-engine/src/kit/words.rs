//! Calls, texts and packets of the crate.

use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use livekit::data_stream::api::{SendTextOptions, StreamReader, TextStreamReader as Reader};
use livekit::prelude as lk;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

pub(crate) use livekit::prelude::{RpcError, RpcErrorCode};

use super::events::RoomEvent;
use super::room::LocalParticipant;
use super::{CallError, ParticipantIdentity, TASKS, TrackSid};

pub(crate) struct PerformRpcData {
    pub(crate) destination_identity: ParticipantIdentity,
    pub(crate) method: String,
    pub(crate) payload: String,
    pub(crate) response_timeout: Duration,
}

/// A call to one of our methods, which owes an answer.
pub(crate) struct RpcMethodInvocation {
    pub(crate) invocation_id: u64,
    pub(crate) method: String,
    pub(crate) caller_identity: ParticipantIdentity,
    pub(crate) payload: String,
    pub(crate) response_timeout: Duration,
}

type Answerer = oneshot::Sender<Result<String, RpcError>>;

/// Where the room's events go, until it has ended; and the calls that wait for an answer of ours.
#[derive(Clone)]
pub(super) struct Ear {
    events: Arc<Mutex<Option<Sender<RoomEvent>>>>,
    calls: Arc<Mutex<(u64, HashMap<u64, Answerer>)>>,
}

impl Ear {
    pub(super) fn new(events: Sender<RoomEvent>) -> Ear {
        Ear { events: Arc::new(Mutex::new(Some(events))), calls: Arc::default() }
    }

    pub(super) fn tell(&self, event: RoomEvent) {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(events) = &*events {
            let _ = events.send(event);
        }
    }

    pub(super) fn end(&self) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn calls(&self) -> MutexGuard<'_, (u64, HashMap<u64, Answerer>)> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LocalParticipant {
    pub(crate) fn perform_rpc(
        &self,
        data: PerformRpcData,
        then: impl FnOnce(Result<String, RpcError>) + Send + 'static,
    ) -> Result<(), CallError> {
        let own = self.inner.clone();
        let data = lk::PerformRpcData {
            destination_identity: data.destination_identity.to_string(),
            method: data.method,
            payload: data.payload,
            response_timeout: data.response_timeout,
            ..lk::PerformRpcData::default()
        };
        TASKS.spawn(async move { then(own.perform_rpc(data).await) });
        Ok(())
    }

    pub(crate) fn register_rpc_method(&self, method: &str) -> Result<(), CallError> {
        let _inside = TASKS.enter();
        let (ear, name) = (self.ear.clone(), method.to_owned());
        self.inner.register_rpc_method(method.to_owned(), move |call| {
            let (answerer, answer) = oneshot::channel();
            let invocation_id = {
                let mut calls = ear.calls();
                calls.0 += 1;
                let id = calls.0;
                calls.1.insert(id, answerer);
                id
            };
            ear.tell(RoomEvent::RpcMethodInvocation(RpcMethodInvocation {
                invocation_id,
                method: name.clone(),
                caller_identity: call.caller_identity,
                payload: call.payload,
                response_timeout: call.response_timeout,
            }));
            Box::pin(async move {
                answer.await.unwrap_or_else(|_| Err(RpcError::built_in(RpcErrorCode::ApplicationError, None)))
            })
        });
        Ok(())
    }

    pub(crate) fn unregister_rpc_method(&self, method: &str) -> Result<(), CallError> {
        self.inner.unregister_rpc_method(method.to_owned());
        Ok(())
    }

    pub(crate) fn rpc_method_invocation_response(
        &self,
        invocation_id: u64,
        answer: Result<String, RpcError>,
    ) -> Result<(), CallError> {
        let answerer = self.ear.calls().1.remove(&invocation_id);
        let taken = answerer.is_some_and(|answerer| answerer.send(answer).is_ok());
        taken.then_some(()).ok_or_else(|| CallError::of("the call is over"))
    }

    pub(crate) fn send_text(
        &self,
        text: &str,
        options: StreamTextOptions,
        deadline: Duration,
    ) -> Result<(), CallError> {
        let mut sent = SendTextOptions::new_with_topic(options.topic);
        sent.attributes = options.attributes;
        sent.destination_identities = options.destination_identities;
        let send = self.inner.send_text(text, sent);
        let sent = TASKS.block_on(async { tokio::time::timeout(deadline, send).await });
        sent.map_err(CallError::of)?.map(drop).map_err(CallError::of)
    }

    pub(crate) fn publish_data(&self, packet: DataPacket) -> Result<(), CallError> {
        let packet = lk::DataPacket {
            payload: packet.payload,
            topic: packet.topic,
            reliable: packet.reliable,
            destination_identities: packet.destination_identities,
        };
        TASKS.block_on(self.inner.publish_data(packet)).map_err(CallError::of)
    }

    pub(crate) fn set_track_subscription_permissions(
        &self,
        all_participants_allowed: bool,
        permissions: &[ParticipantTrackPermission],
    ) -> Result<(), CallError> {
        let permissions = permissions.iter().map(|one| livekit::participant::ParticipantTrackPermission {
            participant_identity: one.participant_identity.clone(),
            allow_all: one.allow_all,
            allowed_track_sids: one.allowed_track_sids.clone(),
        });
        let said =
            self.inner.set_track_subscription_permissions(all_participants_allowed, permissions.collect());
        TASKS.block_on(said).map_err(CallError::of)
    }
}

/// How a text is sent.
#[derive(Default)]
pub(crate) struct StreamTextOptions {
    pub(crate) topic: String,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) destination_identities: Vec<ParticipantIdentity>,
}

/// What is known of a text before it has arrived.
pub(crate) struct TextStreamInfo {
    pub(crate) id: String,
    pub(crate) topic: String,
    pub(crate) total_length: Option<u64>,
    pub(crate) attributes: HashMap<String, String>,
}

#[derive(Debug)]
#[allow(dead_code, reason = "shown by Debug")]
pub(crate) enum TextError {
    TooLong { most: usize },
    Broken(String),
}

/// A text that arrives; dropped, it is refused.
pub(crate) struct TextStreamReader {
    inner: Reader,
    info: TextStreamInfo,
}

impl From<Reader> for TextStreamReader {
    fn from(inner: Reader) -> TextStreamReader {
        let told = inner.info();
        let info = TextStreamInfo {
            id: told.id.clone(),
            topic: told.topic.clone(),
            total_length: told.total_length,
            attributes: told.attributes(),
        };
        TextStreamReader { inner, info }
    }
}

impl TextStreamReader {
    pub(crate) fn info(&self) -> &TextStreamInfo {
        &self.info
    }

    pub(crate) fn read_all(
        mut self,
        most: usize,
        then: impl FnOnce(Result<String, TextError>) + Send + 'static,
    ) -> TextReading {
        let reading = TASKS.spawn(async move {
            let mut text = String::new();
            while let Some(piece) = self.inner.next().await {
                match piece {
                    Ok(piece) if piece.len() <= most - text.len() => text.push_str(&piece),
                    Ok(_) => return then(Err(TextError::TooLong { most })),
                    Err(error) => return then(Err(TextError::Broken(error.to_string()))),
                }
            }
            then(Ok(text));
        });
        TextReading(reading.abort_handle())
    }
}

/// A text that is being read, as long as this is held.
pub(crate) struct TextReading(AbortHandle);

impl Drop for TextReading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(crate) struct DataPacket {
    pub(crate) payload: Vec<u8>,
    pub(crate) topic: Option<String>,
    pub(crate) reliable: bool,
    pub(crate) destination_identities: Vec<ParticipantIdentity>,
}

/// A packet's bytes.
pub(crate) struct Payload(pub(crate) Vec<u8>);

/// Which of our tracks one person may subscribe to.
pub(crate) struct ParticipantTrackPermission {
    pub(crate) participant_identity: ParticipantIdentity,
    pub(crate) allow_all: bool,
    pub(crate) allowed_track_sids: Vec<TrackSid>,
}

/// A join token of the server's own making.
pub(crate) struct RefreshedToken(pub(crate) String);
