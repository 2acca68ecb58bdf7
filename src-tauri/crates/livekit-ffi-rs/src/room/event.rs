//! The events of a room, and how each is read from the library's own.

use std::collections::HashMap;
use std::fmt;

use crate::convert::room::{
    attributes, connection_quality, connection_state, disconnect_reason, permission, track_info,
};
use crate::data::{self, Payload};
use crate::handle::Handle;
use crate::ids::{ParticipantIdentity, TrackSid};
use crate::participant::{ParticipantPermission, RemoteParticipant};
use crate::proto;
use crate::proto::room_event::Message;
use crate::publication::RemoteTrackPublication;
use crate::redact::redact;
use crate::rpc::RpcMethodInvocation;
use crate::text::TextStreamReader;
use crate::track::{RemoteAudioTrack, RemoteTrack, RemoteVideoTrack, TrackInfo};

/// Whether the room can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// Left, or lost for good.
    Disconnected,
    /// Reached.
    Connected,
    /// Lost, and tried again.
    Reconnecting,
}

/// How well somebody's media comes through, by the server's judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionQuality {
    /// Badly.
    Poor,
    /// Well enough.
    Good,
    /// Without loss.
    Excellent,
    /// Not at all.
    Lost,
}

/// Why somebody, or we, are in the room no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the protocol's")]
pub enum DisconnectReason {
    UnknownReason,
    ClientInitiated,
    DuplicateIdentity,
    ServerShutdown,
    ParticipantRemoved,
    RoomDeleted,
    StateMismatch,
    JoinFailure,
    Migration,
    SignalClose,
    RoomClosed,
    UserUnavailable,
    UserRejected,
    SipTrunkFailure,
    ConnectionTimeout,
    MediaFailure,
    AgentError,
}

/// Something that happened in a room.
///
/// Silence is not success: a subscription that its publisher forbids brings no event at all, and people who
/// publish nothing are announced up to 3 s late.
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields say who, which and what")]
pub enum RoomEvent {
    /// Always first: everybody who was there already, with what they publish.
    Connected { participants_with_tracks: Vec<(RemoteParticipant, Vec<RemoteTrackPublication>)> },
    /// Somebody came.
    ParticipantConnected(RemoteParticipant),
    /// Somebody left.
    ParticipantDisconnected { participant: ParticipantIdentity, reason: DisconnectReason },
    /// Somebody has another name now.
    ParticipantNameChanged { participant: ParticipantIdentity, name: String },
    /// Somebody has other metadata now.
    ParticipantMetadataChanged { participant: ParticipantIdentity, metadata: String },
    /// Somebody has other attributes now: these are all of them.
    ParticipantAttributesChanged { participant: ParticipantIdentity, attributes: HashMap<String, String> },
    /// Somebody, or we, may do something else now.
    ParticipantPermissionChanged {
        participant: ParticipantIdentity,
        permission: Option<ParticipantPermission>,
    },
    /// Somebody publishes a track.
    TrackPublished { participant: ParticipantIdentity, publication: RemoteTrackPublication },
    /// Somebody publishes a track no more.
    TrackUnpublished { participant: ParticipantIdentity, sid: TrackSid },
    /// A track that was asked for arrives. Not told each time: see [`RemoteTrackPublication::set_subscribed`].
    TrackSubscribed { participant: ParticipantIdentity, track: RemoteTrack },
    /// A track arrives no more.
    TrackUnsubscribed { participant: ParticipantIdentity, sid: TrackSid },
    /// A track that was asked for cannot arrive.
    TrackSubscriptionFailed { participant: ParticipantIdentity, sid: TrackSid, error: String },
    /// Somebody, or we, muted a track.
    TrackMuted { participant: ParticipantIdentity, sid: TrackSid },
    /// Somebody, or we, unmuted a track.
    TrackUnmuted { participant: ParticipantIdentity, sid: TrackSid },
    /// Our track is in the room.
    LocalTrackPublished { sid: TrackSid },
    /// Our track is out of the room.
    LocalTrackUnpublished { sid: TrackSid },
    /// Our track came back after a full reconnect, under another sid.
    LocalTrackRepublished { previous: TrackSid, info: TrackInfo },
    /// The first subscriber of our track.
    LocalTrackSubscribed { sid: TrackSid },
    /// These speak now, loudest first.
    ActiveSpeakersChanged { speakers: Vec<ParticipantIdentity> },
    /// Somebody, or we, come through better or worse.
    ConnectionQualityChanged { participant: ParticipantIdentity, quality: ConnectionQuality },
    /// Somebody calls one of our methods, and waits for the answer.
    RpcMethodInvocation(RpcMethodInvocation),
    /// A text arrives. Texts open in the order in which their sender sent them.
    TextStreamOpened { participant: ParticipantIdentity, reader: TextStreamReader },
    /// A packet has arrived. `None` has sent it: the server, somebody who is hidden, or somebody who has joined so
    /// lately that we were not told yet.
    DataReceived {
        participant: Option<ParticipantIdentity>,
        topic: Option<String>,
        payload: Payload,
        reliable: bool,
    },
    /// A token that admits us for some more minutes, with the rights that we have now.
    TokenRefreshed { token: RefreshedToken },
    /// The room can be reached, or no more.
    ConnectionStateChanged(ConnectionState),
    /// The room was lost and is tried again.
    Reconnecting,
    /// The room was found again.
    Reconnected,
    /// The room was left, or lost for good.
    Disconnected { reason: DisconnectReason },
}

/// A join token of the server's own making. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshedToken(pub String);

impl fmt::Debug for RefreshedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshedToken(…)")
    }
}

/// What an event of the library means here.
pub(crate) enum Told {
    Event(Box<RoomEvent>),
    End,
    Nothing,
}

/// Reads one event. The objects that it brings are in guards afterwards, or given back.
pub(crate) fn told(event: proto::RoomEvent) -> Told {
    let Some(message) = event.message else { return Told::Nothing };
    let event = match message {
        Message::Eos(_) => return Told::End,
        // Not wrapped, but anybody in the room can send it, and what is not given back piles up.
        Message::ByteStreamOpened(e) => {
            drop(Handle::new(e.reader.handle));
            None
        }
        Message::DataTrackPublished(e) => {
            drop(Handle::new(e.track.handle));
            None
        }
        Message::DataPacketReceived(e) => data::received(e),
        Message::TextStreamOpened(e) => Some(RoomEvent::TextStreamOpened {
            participant: e.participant_identity.into(),
            reader: TextStreamReader::new(e.reader),
        }),
        Message::TokenRefreshed(e) => Some(RoomEvent::TokenRefreshed { token: RefreshedToken(e.token) }),
        Message::TrackPublished(_)
        | Message::TrackUnpublished(_)
        | Message::TrackSubscribed(_)
        | Message::TrackUnsubscribed(_)
        | Message::TrackSubscriptionFailed(_)
        | Message::TrackMuted(_)
        | Message::TrackUnmuted(_) => remote_track(message),
        Message::LocalTrackPublished(e) => Some(RoomEvent::LocalTrackPublished { sid: e.track_sid.into() }),
        Message::LocalTrackUnpublished(e) => {
            Some(RoomEvent::LocalTrackUnpublished { sid: e.publication_sid.into() })
        }
        Message::LocalTrackRepublished(e) => {
            // A bare number, but a handle of its own all the same: the library holds it until it is given
            // back.
            drop(Handle::new(proto::FfiOwnedHandle { id: e.publication_handle }));
            Some(RoomEvent::LocalTrackRepublished {
                previous: e.previous_sid.into(),
                info: track_info(e.info),
            })
        }
        Message::LocalTrackSubscribed(e) => Some(RoomEvent::LocalTrackSubscribed { sid: e.track_sid.into() }),
        Message::ConnectionStateChanged(e) => {
            Some(RoomEvent::ConnectionStateChanged(connection_state(e.state())))
        }
        Message::Reconnecting(_) => Some(RoomEvent::Reconnecting),
        Message::Reconnected(_) => Some(RoomEvent::Reconnected),
        Message::Disconnected(e) => Some(RoomEvent::Disconnected { reason: disconnect_reason(e.reason()) }),
        _ => person(message),
    };
    event.map_or(Told::Nothing, |event| Told::Event(Box::new(event)))
}

/// Events about people.
fn person(message: Message) -> Option<RoomEvent> {
    Some(match message {
        Message::ParticipantConnected(e) => RoomEvent::ParticipantConnected(RemoteParticipant::new(e.info)),
        Message::ParticipantDisconnected(e) => RoomEvent::ParticipantDisconnected {
            reason: disconnect_reason(e.disconnect_reason()),
            participant: e.participant_identity.into(),
        },
        Message::ParticipantNameChanged(e) => {
            RoomEvent::ParticipantNameChanged { participant: e.participant_identity.into(), name: e.name }
        }
        Message::ParticipantMetadataChanged(e) => RoomEvent::ParticipantMetadataChanged {
            participant: e.participant_identity.into(),
            metadata: e.metadata,
        },
        Message::ParticipantAttributesChanged(e) => RoomEvent::ParticipantAttributesChanged {
            participant: e.participant_identity.into(),
            attributes: attributes(e.attributes),
        },
        Message::ParticipantPermissionChanged(e) => RoomEvent::ParticipantPermissionChanged {
            participant: e.participant_identity.into(),
            permission: e.permission.map(permission),
        },
        Message::ActiveSpeakersChanged(e) => RoomEvent::ActiveSpeakersChanged {
            speakers: e.participant_identities.into_iter().map(Into::into).collect(),
        },
        Message::ConnectionQualityChanged(e) => RoomEvent::ConnectionQualityChanged {
            quality: connection_quality(e.quality()),
            participant: e.participant_identity.into(),
        },
        _ => return None,
    })
}

/// Events about other people's tracks.
fn remote_track(message: Message) -> Option<RoomEvent> {
    Some(match message {
        Message::TrackPublished(e) => RoomEvent::TrackPublished {
            participant: e.participant_identity.into(),
            publication: RemoteTrackPublication::new(e.publication),
        },
        Message::TrackUnpublished(e) => RoomEvent::TrackUnpublished {
            participant: e.participant_identity.into(),
            sid: e.publication_sid.into(),
        },
        Message::TrackSubscribed(e) => RoomEvent::TrackSubscribed {
            participant: e.participant_identity.into(),
            track: arrived(e.track)?,
        },
        Message::TrackUnsubscribed(e) => RoomEvent::TrackUnsubscribed {
            participant: e.participant_identity.into(),
            sid: e.track_sid.into(),
        },
        Message::TrackSubscriptionFailed(e) => RoomEvent::TrackSubscriptionFailed {
            participant: e.participant_identity.into(),
            sid: e.track_sid.into(),
            error: redact(&e.error).into_owned(),
        },
        Message::TrackMuted(e) => {
            RoomEvent::TrackMuted { participant: e.participant_identity.into(), sid: e.track_sid.into() }
        }
        Message::TrackUnmuted(e) => {
            RoomEvent::TrackUnmuted { participant: e.participant_identity.into(), sid: e.track_sid.into() }
        }
        _ => return None,
    })
}

fn arrived(owned: proto::OwnedTrack) -> Option<RemoteTrack> {
    let handle = Handle::new(owned.handle);
    match owned.info.kind() {
        proto::TrackKind::KindAudio => Some(RemoteTrack::Audio(RemoteAudioTrack::new(handle, owned.info))),
        proto::TrackKind::KindVideo => Some(RemoteTrack::Video(RemoteVideoTrack::new(handle, owned.info))),
        proto::TrackKind::KindUnknown => None,
    }
}
