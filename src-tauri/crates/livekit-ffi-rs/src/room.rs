//! One room: joining, leaving, and what happens in between.

pub(crate) mod state;

mod event;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

pub use event::{ConnectionQuality, ConnectionState, DisconnectReason, RefreshedToken, RoomEvent};

use crate::convert;
use crate::error::{CallError, ConnectError};
use crate::handle::Handle;
use crate::library::call;
use crate::participant::{LocalParticipant, ParticipantPermission, RemoteParticipant};
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::publication::RemoteTrackPublication;
use crate::waiters::{Answer, ask, ask_done, tell};
use state::RoomState;

/// How a room is joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOptions {
    /// Whether every track is subscribed to as it appears.
    pub auto_subscribe: bool,
    /// Whether encoders stop while nobody subscribes.
    pub dynacast: bool,
    /// Whether the server may send smaller pictures than asked for.
    pub adaptive_stream: bool,
    /// One connection for both directions, or one for each. `Some(false)` unless there is a reason: with one
    /// connection 12 of 331 subscribed pictures never came.
    pub single_peer_connection: Option<bool>,
    /// How long [`Room::connect`] waits.
    pub connect_timeout: Duration,
    /// The longest text, unpacked, and the longest call that the library takes of anybody, in bytes; its own
    /// choice, 5 GB, if absent.
    pub max_stream_bytes: Option<u64>,
}

impl Default for RoomOptions {
    fn default() -> Self {
        Self {
            auto_subscribe: true,
            dynacast: false,
            adaptive_stream: false,
            single_peer_connection: Some(false),
            connect_timeout: Duration::from_secs(10),
            max_stream_bytes: None,
        }
    }
}

/// A room in the library. Says good-bye when it is dropped before it was left.
#[derive(Debug)]
struct Presence {
    handle: Handle,
    left: bool,
}

impl Presence {
    fn disconnect(&self, id: u64) -> Message {
        Message::Disconnect(proto::DisconnectRequest {
            room_handle: self.handle.id(),
            request_async_id: Some(id),
            reason: Some(proto::DisconnectReason::ClientInitiated.into()),
        })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if !self.left {
            // Nobody waits for the answer: this may be the library's own thread.
            let _ = tell("Disconnect", |id| self.disconnect(id));
        }
    }
}

/// What the library tells when a room is joined.
#[derive(Debug)]
pub(crate) struct Joined {
    presence: Presence,
    name: String,
    local: Handle,
    identity: String,
    permission: Option<ParticipantPermission>,
    present: Vec<(RemoteParticipant, Vec<RemoteTrackPublication>)>,
}

impl Joined {
    pub(crate) fn new(result: proto::connect_callback::Result) -> Self {
        let present = |each: proto::connect_callback::ParticipantWithTracks| {
            let publications = each.publications.into_iter().map(RemoteTrackPublication::new).collect();
            (RemoteParticipant::new(each.participant), publications)
        };
        Self {
            presence: Presence { handle: Handle::new(result.room.handle), left: false },
            name: result.room.info.name,
            local: Handle::new(result.local_participant.handle),
            identity: result.local_participant.info.identity,
            permission: result.local_participant.info.permission.map(convert::room::permission),
            present: result.participants.into_iter().map(present).collect(),
        }
    }
}

/// A room that has been joined. Dropping it leaves it, without waiting.
#[derive(Debug)]
pub struct Room {
    presence: Presence,
    name: String,
    local: LocalParticipant,
    state: Arc<RoomState>,
}

impl Room {
    /// Joins a room and waits up to `options.connect_timeout` for it.
    ///
    /// The first event is always [`RoomEvent::Connected`] with everybody who is there. The library holds its
    /// events back until the last line of this function has asked for them, so that none is missed.
    pub fn connect(url: &str, token: &str, options: RoomOptions) -> Result<(Self, Events), ConnectError> {
        if !["ws://", "wss://", "http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(ConnectError::BadUrl);
        }
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(ConnectError::BadToken);
        }
        let request = |id| {
            Message::Connect(proto::ConnectRequest {
                url: url.to_owned(),
                token: token.to_owned(),
                options: convert::room::room_options(&options),
                request_async_id: Some(id),
            })
        };
        match ask("Connect", options.connect_timeout, request)? {
            Answer::Joined(joined) => Ok(Self::begin(*joined)?),
            _ => Err(CallError::Malformed { request: "Connect" }.into()),
        }
    }

    fn begin(joined: Joined) -> Result<(Self, Events), CallError> {
        let Joined { presence, name, local, identity, permission, present } = joined;
        let (sender, events) = mpsc::channel();
        let _ = sender.send(RoomEvent::Connected { participants_with_tracks: present });
        let room_handle = presence.handle.id();
        let state = RoomState::register(room_handle, local.id(), identity.into(), permission, sender);
        let local = LocalParticipant::new(local, state.clone());
        let room = Self { presence, name, local, state };
        call!(ReadyForRoomEvent(proto::ReadyForRoomEventRequest { room_handle }))?;
        Ok((room, Events(events)))
    }

    /// The room's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ourselves in it.
    pub fn local_participant(&self) -> LocalParticipant {
        self.local.clone()
    }

    /// Leaves the room and waits up to `deadline` for it; when the network is gone, leaving can hang.
    pub fn close(mut self, deadline: Duration) -> Result<(), CallError> {
        self.presence.left = true;
        ask_done("Disconnect", deadline, |id| self.presence.disconnect(id))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.state.close();
    }
}

/// What happens in a room, in order.
///
/// The channel has no bound: the library's thread must not wait, and an event that is left out would leave
/// a wrong picture of the room. The server bounds what can arrive. Take events often.
#[derive(Debug)]
pub struct Events(Receiver<RoomEvent>);

impl Events {
    /// Waits for the next event; `None` when the room has ended.
    pub fn recv(&self) -> Option<RoomEvent> {
        self.0.recv().ok()
    }

    /// The next event, if one is there.
    pub fn try_recv(&self) -> Option<RoomEvent> {
        self.0.try_recv().ok()
    }

    /// Waits for the next event up to `limit`.
    pub fn recv_timeout(&self, limit: Duration) -> Result<RoomEvent, RecvTimeoutError> {
        self.0.recv_timeout(limit)
    }
}

impl Iterator for Events {
    type Item = RoomEvent;

    fn next(&mut self) -> Option<RoomEvent> {
        self.recv()
    }
}
