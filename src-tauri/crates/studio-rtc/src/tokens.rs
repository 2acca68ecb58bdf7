//! Join tokens: one kind of pass for each seat in each room, and no other way to make one.

use std::time::Duration;

use livekit_api::access_token::{AccessToken, VideoGrants};
use studio_wire::engine::Token;
use studio_wire::rtc::RoomKind;
use studio_wire::{Identity, Role, SessionId};

use crate::rooms;
use crate::secret::Secret;

/// How long a token opens its room. Who is in stays in; the server renews it by itself.
pub const LIFE: Duration = Duration::from_secs(10 * 60);

/// What may be published, in the server's words.
const EVERYTHING: [&str; 4] = ["camera", "microphone", "screen_share", "screen_share_audio"];
const FACE: [&str; 1] = ["camera"];

/// A seat in one of the rooms. A token can be made for these and for nothing else: no pass lets its holder make, list,
/// record or administer rooms, change its own attributes, or enter a second room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// The host or a cohost in `crew`: camera, microphone, screen and its sound.
    CrewStudio(Studio),
    /// A producer in `crew`: publishes no track.
    CrewProducer,
    /// A guest in `crew`: the camera. A voice only when the host has stamped it, because a client that is not this app
    /// would be heard by the stage from backstage.
    CrewGuest,
    /// The host in `air`: the program.
    AirHost,
    /// Everybody else in `air`, marked with the role that they have in the show: publishes no track.
    AirAudience(Role),
}

/// Who may publish everything in `crew`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Studio {
    /// Whose show it is.
    Host,
    /// Who runs it with them.
    Cohost,
}

impl Pass {
    /// The pass of a role in a room. A viewer has none in `crew`.
    pub const fn of(room: RoomKind, role: Role) -> Option<Self> {
        Some(match (room, role) {
            (RoomKind::Crew, Role::Host) => Self::CrewStudio(Studio::Host),
            (RoomKind::Crew, Role::Cohost) => Self::CrewStudio(Studio::Cohost),
            (RoomKind::Crew, Role::Producer) => Self::CrewProducer,
            (RoomKind::Crew, Role::Guest) => Self::CrewGuest,
            (RoomKind::Crew, Role::Viewer) => return None,
            (RoomKind::Air, Role::Host) => Self::AirHost,
            (RoomKind::Air, role) => Self::AirAudience(role),
        })
    }

    /// The room it opens.
    pub const fn room(self) -> RoomKind {
        match self {
            Self::CrewStudio(_) | Self::CrewProducer | Self::CrewGuest => RoomKind::Crew,
            Self::AirHost | Self::AirAudience(_) => RoomKind::Air,
        }
    }

    const fn role(self) -> Role {
        match self {
            Self::CrewStudio(Studio::Host) | Self::AirHost => Role::Host,
            Self::CrewStudio(Studio::Cohost) => Role::Cohost,
            Self::CrewProducer => Role::Producer,
            Self::CrewGuest => Role::Guest,
            Self::AirAudience(role) => role,
        }
    }

    /// What its holder may publish; empty is nothing.
    const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::CrewStudio(_) | Self::AirHost => &EVERYTHING,
            Self::CrewGuest => &FACE,
            Self::CrewProducer | Self::AirAudience(_) => &[],
        }
    }

    fn grants(self, session: &SessionId) -> VideoGrants {
        let sources = self.sources();
        VideoGrants {
            room_join: true,
            room: rooms::name(self.room(), session),
            can_subscribe: Some(true),
            can_publish: Some(!sources.is_empty()),
            can_publish_sources: sources.iter().map(|source| (*source).to_owned()).collect(),
            can_publish_data: Some(true),
            can_update_own_metadata: Some(false),
            ..VideoGrants::default()
        }
    }
}

/// A token was not made.
#[derive(Debug, thiserror::Error)]
#[error("no token for `{identity}`: {why}")]
pub struct MintError {
    identity: String,
    why: String,
}

/// Signs tokens with the key pair of one server.
#[derive(Clone, Debug)]
pub struct Mint {
    key: Secret,
    secret: Secret,
}

impl Mint {
    /// For the server that knows this pair.
    pub fn new(key: Secret, secret: Secret) -> Self {
        Self { key, secret }
    }

    /// A token for one identity and one room, valid for [`LIFE`] from now on. The role goes into the attributes that
    /// only the server can change.
    pub fn mint(
        &self,
        pass: Pass,
        session: &SessionId,
        identity: &Identity,
        name: &str,
    ) -> Result<Token, MintError> {
        AccessToken::with_api_key(self.key.expose(), self.secret.expose())
            .with_identity(identity.as_str())
            .with_name(name)
            .with_ttl(LIFE)
            .with_attributes([("role", pass.role().word())])
            .with_grants(pass.grants(session))
            .to_jwt()
            .map(Token)
            .map_err(|error| MintError { identity: identity.0.clone(), why: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use livekit_api::access_token::{Claims, TokenVerifier};
    use serde_json::{Value, json};

    use super::*;

    fn mint() -> Mint {
        Mint::new(Secret::new("key"), Secret::new("a secret of more than thirty-two letters"))
    }

    fn claims(pass: Pass) -> Claims {
        let token =
            mint().mint(pass, &SessionId::from("s1"), &Identity::from("ana"), "Ana").expect("complete");
        Claims::from_unverified(&token.0).expect("well formed")
    }

    /// The whole token but its times, as the server reads it.
    fn golden(pass: Pass) -> Value {
        let mut value = serde_json::to_value(claims(pass)).unwrap();
        let object = value.as_object_mut().unwrap();
        object.remove("exp");
        object.remove("nbf");
        value
    }

    fn expected(room: &str, role: &str, publish: &[&str]) -> Value {
        let mut video = json!({
            "roomJoin": true, "room": room, "canSubscribe": true, "canPublish": !publish.is_empty(),
            "canPublishData": true, "canUpdateOwnMetadata": false,
        });
        if !publish.is_empty() {
            video["canPublishSources"] = json!(publish);
        }
        json!({ "iss": "key", "sub": "ana", "name": "Ana", "attributes": { "role": role }, "video": video })
    }

    // S-252
    #[test]
    fn every_role_gets_exactly_its_rights_in_each_room() {
        let all: &[&str] = &["camera", "microphone", "screen_share", "screen_share_audio"];
        for (room, role, publish) in [
            (RoomKind::Crew, Role::Host, Some(all)),
            (RoomKind::Crew, Role::Cohost, Some(all)),
            (RoomKind::Crew, Role::Producer, Some(&[][..])),
            (RoomKind::Crew, Role::Guest, Some(&["camera"][..])),
            (RoomKind::Crew, Role::Viewer, None),
            (RoomKind::Air, Role::Host, Some(all)),
            (RoomKind::Air, Role::Cohost, Some(&[][..])),
            (RoomKind::Air, Role::Producer, Some(&[][..])),
            (RoomKind::Air, Role::Guest, Some(&[][..])),
            (RoomKind::Air, Role::Viewer, Some(&[][..])),
        ] {
            let made = Pass::of(room, role).map(golden);
            let name = format!("{}-s1", room.word());
            assert_eq!(
                made,
                publish.map(|publish| expected(&name, role.word(), publish)),
                "{room:?} {role:?}"
            );
        }
    }

    #[test]
    fn a_token_lives_ten_minutes_from_now() {
        let claims = claims(Pass::CrewGuest);
        let now =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as usize;
        assert_eq!(claims.exp - claims.nbf, 600);
        assert!(now - claims.nbf < 60);
    }

    #[test]
    fn a_token_is_signed_by_its_own_server_only() {
        let token =
            mint().mint(Pass::AirHost, &SessionId::from("s"), &Identity::from("host"), "Host").unwrap();
        let check = |secret: &str| TokenVerifier::with_api_key("key", secret).verify(&token.0).is_ok();
        assert!(check("a secret of more than thirty-two letters"));
        assert!(!check("another secret of more than 32 letters"));
    }

    #[test]
    fn nobody_without_an_identity_gets_in() {
        let refused = mint().mint(Pass::CrewGuest, &SessionId::from("s"), &Identity::from(""), "Nobody");
        assert!(refused.is_err());
    }
}
