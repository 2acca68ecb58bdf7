//! Events of the crate, without objects of other people's rooms.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use livekit::prelude as lk;
use tokio::sync::mpsc::UnboundedReceiver;

use super::room::{RemoteParticipant, RemoteTrack, RemoteTrackPublication, TrackInfo};
use super::words::{Ear, Payload, RefreshedToken, RpcMethodInvocation, TextStreamReader};
use super::{ConnectionQuality, DisconnectReason, ParticipantIdentity, TrackSid};

/// What happens in a room, in order.
pub(crate) struct Events(pub(super) Receiver<RoomEvent>);

pub(super) async fn listen(mut events: UnboundedReceiver<lk::RoomEvent>, ear: Ear) {
    while let Some(event) = events.recv().await {
        if let Some(event) = told(event) {
            ear.tell(event);
        }
    }
    ear.end();
}

impl Iterator for Events {
    type Item = RoomEvent;

    fn next(&mut self) -> Option<RoomEvent> {
        self.0.recv().ok()
    }
}

/// The events that the engine listens to.
pub(crate) enum RoomEvent {
    Connected {
        participants_with_tracks: Vec<(RemoteParticipant, Vec<RemoteTrackPublication>)>,
    },
    ParticipantConnected(RemoteParticipant),
    ParticipantDisconnected {
        participant: ParticipantIdentity,
        reason: DisconnectReason,
    },
    ParticipantNameChanged {
        participant: ParticipantIdentity,
        name: String,
    },
    ParticipantAttributesChanged {
        participant: ParticipantIdentity,
        attributes: HashMap<String, String>,
    },
    ParticipantPermissionChanged {
        participant: ParticipantIdentity,
    },
    TrackPublished {
        participant: ParticipantIdentity,
        publication: RemoteTrackPublication,
    },
    TrackUnpublished {
        sid: TrackSid,
    },
    TrackSubscribed {
        track: RemoteTrack,
    },
    TrackUnsubscribed {
        sid: TrackSid,
    },
    TrackMuted {
        participant: ParticipantIdentity,
        sid: TrackSid,
    },
    TrackUnmuted {
        participant: ParticipantIdentity,
        sid: TrackSid,
    },
    LocalTrackRepublished {
        info: TrackInfo,
    },
    ActiveSpeakersChanged {
        speakers: Vec<ParticipantIdentity>,
    },
    ConnectionQualityChanged {
        participant: ParticipantIdentity,
        quality: ConnectionQuality,
    },
    RpcMethodInvocation(RpcMethodInvocation),
    TextStreamOpened {
        participant: ParticipantIdentity,
        reader: TextStreamReader,
    },
    DataReceived {
        participant: Option<ParticipantIdentity>,
        topic: Option<String>,
        payload: Payload,
        reliable: bool,
    },
    TokenRefreshed {
        token: RefreshedToken,
    },
    Reconnecting,
    Reconnected,
    Disconnected {
        reason: DisconnectReason,
    },
}

fn told(event: lk::RoomEvent) -> Option<RoomEvent> {
    use lk::RoomEvent as Told;
    Some(match event {
        Told::Connected { participants_with_tracks } => {
            let there = participants_with_tracks.into_iter().map(|(participant, publications)| {
                (participant.into(), publications.into_iter().map(Into::into).collect())
            });
            RoomEvent::Connected { participants_with_tracks: there.collect() }
        }
        Told::ParticipantConnected(participant) => RoomEvent::ParticipantConnected(participant.into()),
        Told::ParticipantDisconnected(participant) => {
            let reason = parting(participant.disconnect_reason());
            RoomEvent::ParticipantDisconnected { participant: participant.identity(), reason }
        }
        Told::ParticipantNameChanged { participant, name, .. } => {
            RoomEvent::ParticipantNameChanged { participant: participant.identity(), name }
        }
        Told::ParticipantAttributesChanged { participant, .. } => RoomEvent::ParticipantAttributesChanged {
            participant: participant.identity(),
            attributes: participant.attributes(),
        },
        Told::ParticipantPermissionChanged { participant, .. } => {
            RoomEvent::ParticipantPermissionChanged { participant: participant.identity() }
        }
        Told::TrackPublished { publication, participant } => {
            RoomEvent::TrackPublished { participant: participant.identity(), publication: publication.into() }
        }
        Told::TrackUnpublished { publication, .. } => RoomEvent::TrackUnpublished { sid: publication.sid() },
        Told::TrackSubscribed { track, .. } => RoomEvent::TrackSubscribed { track: track.into() },
        Told::TrackUnsubscribed { publication, .. } => {
            RoomEvent::TrackUnsubscribed { sid: publication.sid() }
        }
        Told::TrackMuted { participant, publication } => {
            RoomEvent::TrackMuted { participant: participant.identity(), sid: publication.sid() }
        }
        Told::TrackUnmuted { participant, publication } => {
            RoomEvent::TrackUnmuted { participant: participant.identity(), sid: publication.sid() }
        }
        Told::LocalTrackRepublished { publication, .. } => RoomEvent::LocalTrackRepublished {
            info: TrackInfo {
                sid: publication.sid(),
                name: publication.name(),
                kind: publication.kind(),
                source: publication.source(),
                muted: publication.is_muted(),
            },
        },
        Told::ActiveSpeakersChanged { speakers } => RoomEvent::ActiveSpeakersChanged {
            speakers: speakers.iter().map(lk::Participant::identity).collect(),
        },
        Told::ConnectionQualityChanged { participant, quality } => {
            RoomEvent::ConnectionQualityChanged { participant: participant.identity(), quality }
        }
        Told::TextStreamOpened { reader, participant_identity, .. } => {
            RoomEvent::TextStreamOpened { participant: participant_identity, reader: reader.take()?.into() }
        }
        Told::DataReceived { payload, topic, kind, participant } => RoomEvent::DataReceived {
            participant: participant.map(|participant| participant.identity()),
            topic,
            payload: Payload(Arc::unwrap_or_clone(payload)),
            reliable: kind == lk::DataPacketKind::Reliable,
        },
        Told::TokenRefreshed { token } => RoomEvent::TokenRefreshed { token: RefreshedToken(token) },
        Told::Reconnecting => RoomEvent::Reconnecting,
        Told::Reconnected => RoomEvent::Reconnected,
        Told::Disconnected { reason } => RoomEvent::Disconnected { reason },
        _ => return None,
    })
}

/// The crate has two types for why somebody went; only what the engine asks for is told apart.
fn parting(reason: lk::DisconnectReason) -> DisconnectReason {
    match reason {
        lk::DisconnectReason::UnknownReason => DisconnectReason::UnknownReason,
        lk::DisconnectReason::DuplicateIdentity => DisconnectReason::DuplicateIdentity,
        lk::DisconnectReason::ParticipantRemoved => DisconnectReason::ParticipantRemoved,
        _ => DisconnectReason::ClientInitiated,
    }
}
