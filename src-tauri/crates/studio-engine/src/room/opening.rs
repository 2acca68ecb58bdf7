//! Who may take in what we publish: told to the server, and nothing sent before.

use std::collections::BTreeSet;
use std::time::Instant;

use studio_wire::engine::Want;
use studio_wire::{Identity, TrackSid};

use super::{Engine, Inside};
use crate::access::{Access, Opening, access};
use crate::kit::{CallError, ParticipantTrackPermission};
use crate::output::APART;

impl Engine {
    /// Tells the server who may take in what, if that has changed and it was not told something only just now: then at a
    /// later look. What was held back until then goes out.
    pub(super) fn open(&mut self) {
        let (Some(inside), Some(want)) = (&mut self.inside, &self.want) else { return };
        for wish in &want.publish {
            if let Some(output) = inside.outputs.get_mut(&wish.lane) {
                output.wish.open_to.clone_from(&wish.open_to);
            }
        }
        let access = inside.access_for(want);
        if inside.access.as_ref() != Some(&access) {
            let now = Instant::now();
            if inside.access_told.is_some_and(|told| now.duration_since(told) < APART) {
                return;
            }
            inside.access_told = Some(now);
            if let Err(error) = inside.tell_access(&access) {
                return tracing::warn!("who may take in what could not be said: {error}");
            }
            inside.access = Some(access);
        }
        for (lane, output) in inside.outputs.iter_mut().filter(|(_, output)| output.held) {
            output.held = !inside.linked || output.sid().is_none();
            if let Some(outlet) = self.outlets.get(lane) {
                outlet.mute(output.is_silent());
            }
        }
    }
}

impl Inside {
    /// Who may take in what by this wish, now and of what is yet to be published.
    fn access_for(&self, want: &Want) -> Access {
        let here = self
            .outputs
            .values()
            .map(|output| Opening { sid: output.sid(), to: output.wish.open_to.as_deref() });
        let to_come = want.publish.iter().filter(|wish| !self.outputs.contains_key(&wish.lane));
        let to_come = to_come.map(|wish| Opening { sid: None, to: wish.open_to.as_deref() });
        access(&here.chain(to_come).collect::<Vec<_>>(), self.people.keys())
    }

    #[allow(clippy::unnecessary_fallible_conversions, reason = "the sids of the `livekit` crate can fail")]
    fn tell_access(&self, access: &Access) -> Result<(), CallError> {
        let one = |(who, sids): (&Identity, &BTreeSet<TrackSid>)| ParticipantTrackPermission {
            participant_identity: who.as_str().into(),
            allow_all: false,
            allowed_track_sids: sids
                .iter()
                .filter_map(|sid| sid.as_str().to_owned().try_into().ok())
                .collect(),
        };
        let permissions: Vec<_> = access.of.iter().map(one).collect();
        self.own.set_track_subscription_permissions(access.all, &permissions)
    }
}
