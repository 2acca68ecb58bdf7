//! People in a room.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::convert;
use crate::error::{CallError, PublishError};
use crate::handle::Handle;
use crate::ids::{ParticipantIdentity, TrackSid};
use crate::library::call;
use crate::proto;
use crate::proto::ffi_request::Message;
use crate::publication::{LocalTrackPublication, TrackPublishOptions};
use crate::room::state::RoomState;
use crate::track::sealed::Track as _;
use crate::track::{LocalTrack, TrackSource};
use crate::waiters::{Answer, ask, ask_done};

/// A second more than the library itself waits.
const PUBLISH_DEADLINE: Duration = Duration::from_secs(11);
const UNPUBLISH_DEADLINE: Duration = Duration::from_secs(5);

/// What somebody may do in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantPermission {
    /// May receive tracks.
    pub can_subscribe: bool,
    /// May publish tracks.
    pub can_publish: bool,
    /// May send data and text and make calls.
    pub can_publish_data: bool,
    /// The only sources that may be published; all of them if empty.
    pub can_publish_sources: Vec<TrackSource>,
    /// Is not shown to others.
    pub hidden: bool,
    /// May change the own name, metadata and attributes.
    pub can_update_metadata: bool,
}

impl ParticipantPermission {
    /// Whether a track of this source may be published.
    pub fn may_publish(&self, source: TrackSource) -> bool {
        self.can_publish
            && (self.can_publish_sources.is_empty() || self.can_publish_sources.contains(&source))
    }
}

/// Somebody else, as told when they came. Events say what has changed since.
#[derive(Debug, Clone)]
pub struct RemoteParticipant {
    _handle: Arc<Handle>,
    identity: ParticipantIdentity,
    name: String,
    metadata: String,
    attributes: HashMap<String, String>,
    permission: Option<ParticipantPermission>,
}

impl RemoteParticipant {
    pub(crate) fn new(owned: proto::OwnedParticipant) -> Self {
        let info = owned.info;
        Self {
            _handle: Arc::new(Handle::new(owned.handle)),
            identity: info.identity.into(),
            name: info.name,
            metadata: info.metadata,
            attributes: info.attributes,
            permission: info.permission.map(convert::room::permission),
        }
    }

    /// Who it is.
    pub fn identity(&self) -> &ParticipantIdentity {
        &self.identity
    }

    /// The name to show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Free text stamped by the server.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Keys and values stamped by the server.
    pub fn attributes(&self) -> &HashMap<String, String> {
        &self.attributes
    }

    /// What they may do, if the server told.
    pub fn permission(&self) -> Option<&ParticipantPermission> {
        self.permission.as_ref()
    }
}

/// Which of our tracks one person may subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantTrackPermission {
    /// Who.
    pub participant_identity: ParticipantIdentity,
    /// All of them.
    pub allow_all: bool,
    /// These, if not all.
    pub allowed_track_sids: Vec<TrackSid>,
}

/// Ourselves in a room.
#[derive(Debug, Clone)]
pub struct LocalParticipant {
    handle: Arc<Handle>,
    room: Arc<RoomState>,
}

impl LocalParticipant {
    pub(crate) fn new(handle: Handle, room: Arc<RoomState>) -> Self {
        Self { handle: Arc::new(handle), room }
    }

    pub(crate) fn handle_id(&self) -> u64 {
        self.handle.id()
    }

    /// Who we are.
    pub fn identity(&self) -> &ParticipantIdentity {
        self.room.own()
    }

    /// What we may do now; follows what the server says. `None` if it never said.
    pub fn permission(&self) -> Option<ParticipantPermission> {
        self.room.permission()
    }

    /// Publishes a track and waits up to 11 s for the server.
    ///
    /// **The track is spent, whatever comes of it**: the library aborts the process when one track is
    /// published twice. The right to publish is checked first, because a server that refuses is silent for
    /// 10 s.
    pub fn publish_track(
        &self,
        track: impl Into<LocalTrack>,
        options: TrackPublishOptions,
    ) -> Result<LocalTrackPublication, PublishError> {
        let track = track.into();
        self.check(&track, &options)?;
        let request = |id| {
            Message::PublishTrack(proto::PublishTrackRequest {
                local_participant_handle: self.handle.id(),
                track_handle: track.handle().id(),
                options: convert::room::publish_options(&options),
                request_async_id: Some(id),
            })
        };
        match ask("PublishTrack", PUBLISH_DEADLINE, request)? {
            Answer::Published(published) => {
                Ok(LocalTrackPublication::new(published, track, self.room.clone()))
            }
            _ => Err(CallError::Malformed { request: "PublishTrack" }.into()),
        }
    }

    fn check(&self, track: &LocalTrack, options: &TrackPublishOptions) -> Result<(), PublishError> {
        if options.source == TrackSource::Unknown {
            return Err(PublishError::NoSource);
        }
        if self.permission().is_some_and(|permission| !permission.may_publish(options.source)) {
            return Err(PublishError::NotPermitted { source_kind: options.source });
        }
        let encoded = options
            .video_encoding
            .is_some_and(|e| e.max_bitrate > 0 && e.max_framerate >= 1.0 && e.max_framerate.is_finite());
        if matches!(track, LocalTrack::Video(_)) && !encoded {
            return Err(PublishError::NoEncoding);
        }
        Ok(())
    }

    /// Takes a track out of the room and waits up to 5 s for it.
    ///
    /// Each publishing of a picture leaks some 46 MB until the room is closed: to pause, mute. After the
    /// server has taken a right away this is still owed for each publication that the right covered.
    pub fn unpublish_track(&self, publication: LocalTrackPublication) -> Result<(), CallError> {
        ask_done("UnpublishTrack", UNPUBLISH_DEADLINE, |id| {
            Message::UnpublishTrack(proto::UnpublishTrackRequest {
                local_participant_handle: self.handle.id(),
                track_sid: publication.sid().0,
                stop_on_unpublish: true,
                request_async_id: Some(id),
            })
        })
    }

    /// Says who may subscribe to our tracks; the server enforces it, for everybody who is or will be there. It holds
    /// until said again and replaces what was said before. What is taken away ends within a second and without an event
    /// on the other side; what is given comes by itself to whoever had asked for it, as before or as a new subscription.
    ///
    /// Not remembered by a server that was started anew: say it again after [`crate::RoomEvent::Reconnected`].
    pub fn set_track_subscription_permissions(
        &self,
        all_participants_allowed: bool,
        permissions: &[ParticipantTrackPermission],
    ) -> Result<(), CallError> {
        let one = |one: &ParticipantTrackPermission| proto::ParticipantTrackPermission {
            participant_identity: one.participant_identity.0.clone(),
            allow_all: Some(one.allow_all),
            allowed_track_sids: one
                .allowed_track_sids
                .iter()
                .filter(|sid| is_sid(sid))
                .map(|sid| sid.0.clone())
                .collect(),
        };
        let request = proto::SetTrackSubscriptionPermissionsRequest {
            local_participant_handle: self.handle.id(),
            all_participants_allowed,
            permissions: permissions.iter().map(one).collect(),
        };
        call!(SetTrackSubscriptionPermissions(request)).map(drop)
    }
}

/// The library ends the process over a sid that cannot be one. Left out, it allows nothing.
fn is_sid(sid: &TrackSid) -> bool {
    sid.as_str().starts_with("TR_")
}
