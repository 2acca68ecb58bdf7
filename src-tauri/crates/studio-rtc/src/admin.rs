//! Calls to the server as its owner. No type of LiveKit leaves this file.

use std::time::Duration;

use livekit_api::services::room::{CreateRoomOptions, RoomClient};
use livekit_api::services::{ServerError, ServiceError};
use studio_wire::rtc::RoomKind;
use studio_wire::{Fault, SessionId};

use crate::rooms;
use crate::secret::{Secret, redact_all};

/// A server on the same machine answers in milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// Seconds that a room stays when nobody has come yet.
const EMPTY_TIMEOUT: u32 = 60;
/// Seconds that a room stays when the last one has left: longer than a crashed host needs to come back.
const DEPARTURE_TIMEOUT: u32 = 120;

/// A server and the right to everything on it.
pub struct Admin {
    client: RoomClient,
    key: Secret,
    secret: Secret,
}

impl Admin {
    /// For the server at `url` (`ws://…`).
    pub fn new(url: &str, key: Secret, secret: Secret) -> Self {
        let client = RoomClient::with_api_key(url, key.expose(), secret.expose())
            .with_request_timeout(PATIENCE)
            .with_failover(false);
        Self { client, key, secret }
    }

    /// Makes both rooms of a show. Rooms that are there stay as they are.
    pub async fn create_rooms(&self, session: &SessionId) -> Result<(), Fault> {
        for room in RoomKind::ALL {
            let options = CreateRoomOptions {
                empty_timeout: EMPTY_TIMEOUT,
                departure_timeout: DEPARTURE_TIMEOUT,
                ..CreateRoomOptions::default()
            };
            self.client
                .create_room(&rooms::name(room, session), options)
                .await
                .map_err(|error| Fault::RoomRefused { room, said: self.words(&error) })?;
        }
        Ok(())
    }

    /// Ends both rooms and puts everybody out. Errors are only logged: the server ends right after.
    pub async fn delete_rooms(&self, session: &SessionId) {
        for room in RoomKind::ALL {
            if let Err(error) = self.client.delete_room(&rooms::name(room, session)).await {
                tracing::warn!(room = room.word(), error = self.words(&error), "room not deleted");
            }
        }
    }

    /// The server's own words where it said any; a broken connection in full, with its cause.
    fn words(&self, error: &ServiceError) -> String {
        let words = match error {
            ServiceError::Twirp(ServerError::Twirp(said)) => said.to_string(),
            other => {
                let mut words = other.to_string();
                let mut cause = std::error::Error::source(other);
                while let Some(deeper) = cause {
                    let deeper_words = deeper.to_string();
                    if !words.contains(&deeper_words) {
                        words = format!("{words}: {deeper_words}");
                    }
                    cause = deeper.source();
                }
                words
            }
        };
        redact_all(&words, &[&self.key, &self.secret])
    }
}
