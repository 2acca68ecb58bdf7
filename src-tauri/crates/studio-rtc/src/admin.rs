//! Calls to the server as its owner. No type of LiveKit leaves this file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use livekit_api::services::room::{CreateRoomOptions, RoomClient, UpdateParticipantOptions};
use livekit_api::services::{ServerError, ServiceError};
use livekit_protocol::{ParticipantInfo, ParticipantPermission, TrackSource};
use studio_wire::rtc::{RoomKind, Stamp, TrackKind};
use studio_wire::{Fault, Identity, SessionId, TrackSid};

use crate::rooms;
use crate::secret::{Secret, redact_all};

/// How long one node may take. A server on the same machine answers in milliseconds.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// Seconds that a room stays when nobody has come yet.
const EMPTY_TIMEOUT: u32 = 60;
/// Seconds that a room stays when the last one has left: longer than a crashed host needs to come back.
const DEPARTURE_TIMEOUT: u32 = 120;

/// What can be asked for a show. Each is true in the same way when it is done twice.
#[derive(Clone, Debug)]
pub enum Call {
    /// Makes a room; one that is there stays as it is.
    Create(RoomKind),
    /// Ends a room and puts everybody out.
    Delete(RoomKind),
    /// Stamps somebody, whole.
    Stamp(RoomKind, Identity, Stamp),
    /// Mutes a track. Nothing here unmutes one.
    Mute(RoomKind, Identity, TrackSid),
    /// Puts somebody out.
    PutOut(RoomKind, Identity),
}

/// Why a call was not done. The words are redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No node answered, or none with anything that a server says.
    Silent(String),
    /// The server says no.
    Said {
        /// Its code.
        code: String,
        /// Code and words.
        words: String,
    },
}

impl Refusal {
    /// What may be shown.
    pub fn into_words(self) -> String {
        match self {
            Self::Silent(words) | Self::Said { words, .. } => words,
        }
    }

    /// The one meant is not in that room, or the room is not there.
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::Said { code, .. } if code == "not_found")
    }
}

/// The right to everything on one server, used for one show. A server of several nodes is spoken to through the one
/// that answered last; when that is silent the next one is tried.
pub struct Admin {
    nodes: Vec<RoomClient>,
    /// The one that answered last.
    current: AtomicUsize,
    key: Secret,
    secret: Secret,
    session: SessionId,
}

impl Admin {
    /// For the server at these addresses (`ws://…`), of which there is at least one.
    pub fn new(urls: &[String], key: Secret, secret: Secret, session: SessionId) -> Self {
        let node = |url: &String| {
            RoomClient::with_api_key(url, key.expose(), secret.expose())
                .with_request_timeout(PATIENCE)
                .with_failover(false)
        };
        let nodes = urls.iter().map(node).collect();
        Self { nodes, current: AtomicUsize::new(0), key, secret, session }
    }

    /// Makes both rooms of the show. Rooms that are there stay as they are.
    pub async fn create_rooms(&self) -> Result<(), Fault> {
        for room in RoomKind::ALL {
            self.call(&Call::Create(room))
                .await
                .map_err(|refusal| Fault::RoomRefused { room, said: refusal.into_words() })?;
        }
        Ok(())
    }

    /// Ends both rooms and puts everybody out. Errors are only logged: nothing can be done about them any more.
    pub async fn delete_rooms(&self) {
        for room in RoomKind::ALL {
            if let Err(refusal) = self.call(&Call::Delete(room)).await
                && !refusal.is_absence()
            {
                tracing::warn!(room = room.word(), error = refusal.into_words(), "room not deleted");
            }
        }
    }

    /// Does something.
    pub async fn call(&self, call: &Call) -> Result<(), Refusal> {
        self.through(|node| self.ask(node, call)).await
    }

    /// Everybody's tracks in a room.
    pub async fn tracks(&self, room: RoomKind) -> Result<Vec<(Identity, TrackSid)>, Refusal> {
        let name = rooms::name(room, &self.session);
        let people = self.through(|node| node.list_participants(&name)).await?;
        let of = |person: ParticipantInfo| {
            let identity = Identity(person.identity);
            person.tracks.into_iter().map(move |track| (identity.clone(), TrackSid(track.sid)))
        };
        Ok(people.into_iter().flat_map(of).collect())
    }

    /// Asks the nodes one after the other until one has answered.
    async fn through<'a, T, F>(&'a self, ask: impl Fn(&'a RoomClient) -> F) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        let first = self.current.load(Ordering::Relaxed);
        let mut silent = Refusal::Silent("no address".into());
        for step in 0..self.nodes.len() {
            let at = (first + step) % self.nodes.len();
            match ask(&self.nodes[at]).await.map_err(|error| self.refusal(&error)) {
                Err(refusal @ Refusal::Silent(_)) => silent = refusal,
                answer => {
                    self.current.store(at, Ordering::Relaxed);
                    return answer;
                }
            }
        }
        Err(silent)
    }

    async fn ask(&self, node: &RoomClient, call: &Call) -> Result<(), ServiceError> {
        let name = |room: &RoomKind| rooms::name(*room, &self.session);
        match call {
            Call::Create(room) => {
                let options = CreateRoomOptions {
                    empty_timeout: EMPTY_TIMEOUT,
                    departure_timeout: DEPARTURE_TIMEOUT,
                    ..CreateRoomOptions::default()
                };
                node.create_room(&name(room), options).await.map(drop)
            }
            Call::Delete(room) => node.delete_room(&name(room)).await,
            Call::Stamp(room, identity, stamp) => {
                node.update_participant(&name(room), identity.as_str(), options(stamp)).await.map(drop)
            }
            Call::Mute(room, identity, sid) => {
                node.mute_published_track(&name(room), identity.as_str(), sid.as_str(), true).await.map(drop)
            }
            Call::PutOut(room, identity) => node.remove_participant(&name(room), identity.as_str()).await,
        }
    }

    fn refusal(&self, error: &ServiceError) -> Refusal {
        let words = redact_all(&words(error), &[&self.key, &self.secret]);
        match error {
            ServiceError::Twirp(ServerError::Twirp(said)) => Refusal::Said { code: said.code.clone(), words },
            _ => Refusal::Silent(words),
        }
    }
}

/// The server's own words where it said any; a broken connection in full, with its cause.
fn words(error: &ServiceError) -> String {
    match error {
        ServiceError::Twirp(ServerError::Twirp(said)) => said.to_string(),
        other => chain(other),
    }
}

/// An error with all its causes, none said twice.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let deeper_words = deeper.to_string();
        if !words.contains(&deeper_words) {
            words = format!("{words}: {deeper_words}");
        }
        cause = deeper.source();
    }
    words
}

/// A stamp in the server's terms. The server takes a permission as a whole: a field left out is a right taken away.
fn options(stamp: &Stamp) -> UpdateParticipantOptions {
    let mut sources: Vec<i32> = stamp.may.iter().map(|kind| source(*kind) as i32).collect();
    sources.sort_unstable();
    sources.dedup();
    let permission = ParticipantPermission {
        can_subscribe: true,
        // With a right to publish an empty list of sources would mean all of them.
        can_publish: !sources.is_empty(),
        can_publish_sources: sources,
        can_publish_data: true,
        can_update_metadata: false,
        ..ParticipantPermission::default()
    };
    let attributes = [("role", stamp.role.word()), ("position", stamp.position.word())];
    UpdateParticipantOptions {
        attributes: HashMap::from(attributes.map(|(key, word)| (key.to_owned(), word.to_owned()))),
        permission: Some(permission),
        ..UpdateParticipantOptions::default()
    }
}

const fn source(kind: TrackKind) -> TrackSource {
    match kind {
        TrackKind::Camera => TrackSource::Camera,
        TrackKind::Microphone | TrackKind::Talkback => TrackSource::Microphone,
        TrackKind::Screen => TrackSource::ScreenShare,
        TrackKind::ScreenSound | TrackKind::StageMedia => TrackSource::ScreenShareAudio,
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::{Position, Role};

    use super::*;

    // S-252
    #[test]
    fn a_stamp_gives_exactly_what_it_lists_and_never_the_right_to_change_it() {
        let stamp = |may: &[TrackKind]| {
            let stamp = Stamp { role: Role::Guest, position: Position::OnStage, may: may.to_vec() };
            options(&stamp)
        };
        let given = stamp(&[TrackKind::StageMedia, TrackKind::Camera, TrackKind::ScreenSound]);
        let attributes: HashMap<String, String> =
            [("role", "guest"), ("position", "on_stage")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(given.attributes, attributes);
        let whole = ParticipantPermission {
            can_subscribe: true,
            can_publish: true,
            can_publish_data: true,
            can_publish_sources: vec![TrackSource::Camera as i32, TrackSource::ScreenShareAudio as i32],
            ..ParticipantPermission::default()
        };
        assert_eq!(given.permission, Some(whole.clone()));
        let nothing = ParticipantPermission { can_publish: false, can_publish_sources: Vec::new(), ..whole };
        assert_eq!(stamp(&[]).permission, Some(nothing));
    }
}
