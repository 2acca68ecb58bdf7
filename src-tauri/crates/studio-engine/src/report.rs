//! Reports, and the library's words for things in ours.

use std::path::Path;

use studio_lane::talk::{Sender, TalkError};
use studio_wire::Identity;
use studio_wire::engine::{EngineFault, LostWhy, Person, Report, Track};
use studio_wire::people::{Parting, Quality};
use studio_wire::rtc::TrackKind;

use crate::kit::{
    self, ConnectError, ConnectionQuality, DisconnectReason, LoadError, RemoteParticipant, TrackInfo,
    TrackSource,
};

/// Where reports go. After one could not be sent the app is gone, and the engine ends.
pub(crate) struct Reports {
    sender: Sender,
    failed: Option<TalkError>,
}

impl Reports {
    pub(crate) fn new(sender: Sender) -> Reports {
        Reports { sender, failed: None }
    }

    pub(crate) fn say(&mut self, report: &Report) {
        if self.failed.is_none() {
            self.failed = self.sender.send(report).err();
        }
    }

    /// Makes the engine end for a reason of its own.
    pub(crate) fn fail(&mut self, error: std::io::Error) {
        self.failed = self.failed.take().or(Some(TalkError::Io(error)));
    }

    /// Ends the socket for both sides, whichever thread waits on it.
    pub(crate) fn close(&self) {
        self.sender.close();
    }

    /// Why nobody hears the reports any more.
    pub(crate) fn failure(&mut self) -> Option<TalkError> {
        self.failed.take()
    }
}

pub(crate) fn load_fault(error: &LoadError, path: &Path) -> EngineFault {
    let path = path.display().to_string();
    match error {
        LoadError::Missing { .. } => EngineFault::LibraryMissing { path },
        LoadError::WrongVersion { found, .. } => {
            EngineFault::LibraryWrong { path, found: found.clone(), wanted: kit::VERSION.into() }
        }
        other => EngineFault::LibraryWrong { path, found: other.to_string(), wanted: kit::VERSION.into() },
    }
}

pub(crate) fn person(participant: &RemoteParticipant) -> Person {
    let mut attributes: Vec<(String, String)> =
        participant.attributes().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    attributes.sort();
    Person {
        identity: participant.identity().as_str().into(),
        name: participant.name().to_owned(),
        attributes,
    }
}

pub(crate) fn track(identity: &Identity, info: &TrackInfo) -> Track {
    let kind = match info.source {
        TrackSource::Camera => TrackKind::Camera,
        TrackSource::Microphone if info.name == TrackKind::Talkback.track_name() => TrackKind::Talkback,
        TrackSource::Microphone => TrackKind::Microphone,
        TrackSource::Screenshare => TrackKind::Screen,
        TrackSource::ScreenshareAudio if info.name == TrackKind::StageMedia.track_name() => {
            TrackKind::StageMedia
        }
        TrackSource::ScreenshareAudio => TrackKind::ScreenSound,
        TrackSource::Unknown if info.kind == kit::TrackKind::Video => TrackKind::Camera,
        TrackSource::Unknown => TrackKind::Microphone,
    };
    let sid = info.sid.as_str().into();
    Track { identity: identity.clone(), sid, kind, name: info.name.clone(), muted: info.muted }
}

pub(crate) fn source_of(kind: TrackKind) -> TrackSource {
    match kind {
        TrackKind::Camera => TrackSource::Camera,
        TrackKind::Microphone | TrackKind::Talkback => TrackSource::Microphone,
        TrackKind::Screen => TrackSource::Screenshare,
        TrackKind::ScreenSound | TrackKind::StageMedia => TrackSource::ScreenshareAudio,
    }
}

pub(crate) fn why_lost(reason: DisconnectReason) -> LostWhy {
    match reason {
        DisconnectReason::DuplicateIdentity => LostWhy::Duplicate,
        DisconnectReason::ParticipantRemoved
        | DisconnectReason::RoomDeleted
        | DisconnectReason::RoomClosed => LostWhy::Removed,
        DisconnectReason::JoinFailure => LostWhy::Refused,
        _ => LostWhy::Away,
    }
}

pub(crate) fn parting(reason: DisconnectReason) -> Parting {
    match reason {
        DisconnectReason::DuplicateIdentity => Parting::Replaced,
        DisconnectReason::ParticipantRemoved => Parting::Removed,
        _ => Parting::Left,
    }
}

pub(crate) fn quality(quality: ConnectionQuality) -> Quality {
    match quality {
        ConnectionQuality::Lost => Quality::Lost,
        ConnectionQuality::Poor => Quality::Poor,
        ConnectionQuality::Good => Quality::Good,
        ConnectionQuality::Excellent => Quality::Excellent,
    }
}

/// The library tells only by text why a join failed: an answer of the server is an HTTP status, all else is silence.
pub(crate) fn why_refused(error: &ConnectError) -> LostWhy {
    let text = error.to_string();
    let answered = matches!(error, ConnectError::BadUrl | ConnectError::BadToken)
        || ["401", "403", "404", "invalid token", "unauthorized", "permission"]
            .iter()
            .any(|word| text.to_ascii_lowercase().contains(word));
    if answered { LostWhy::Refused } else { LostWhy::Away }
}
