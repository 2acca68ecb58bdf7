//! What the room tells.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_wire::engine::{EngineFault, Link, Person, Report, Token};
use studio_wire::people::Parting;
use studio_wire::{Identity, TrackSid};

use super::words::Got;
use super::{Engine, Inside, Offered};
use crate::kit::{
    self, DisconnectReason, LocalParticipant, LocalTrackPublication, RemoteTrack, RemoteTrackPublication,
    RoomEvent, TrackInfo,
};
use crate::output::Place;
use crate::report::{parting, person, quality, track, why_lost};
use crate::watch::PLACES;

/// How often to look whether statistics have let go of a publication.
const MOMENT: Duration = Duration::from_millis(5);
/// How long after somebody's going another one may come in the same name, and be told as that.
const TO_BE_REPLACED: Duration = Duration::from_millis(200);

impl Engine {
    pub(super) fn event(&mut self, event: RoomEvent) {
        match event {
            RoomEvent::Connected { participants_with_tracks } => {
                for (participant, publications) in participants_with_tracks {
                    let identity = self.came(person(&participant));
                    publications.into_iter().for_each(|publication| self.offer(&identity, publication));
                }
            }
            RoomEvent::ParticipantConnected(participant) => {
                self.came(person(&participant));
            }
            RoomEvent::ParticipantDisconnected { participant, reason } => {
                self.left(&identity(&participant), reason);
            }
            RoomEvent::ParticipantNameChanged { participant, name } => {
                self.changed(&identity(&participant), |person| person.name = name);
            }
            RoomEvent::ParticipantAttributesChanged { participant, attributes } => {
                let mut attributes: Vec<_> = attributes.into_iter().collect();
                attributes.sort();
                self.changed(&identity(&participant), |person| person.attributes = attributes);
            }
            RoomEvent::ParticipantPermissionChanged { participant, .. } => {
                self.permission_changed(&participant)
            }
            RoomEvent::ActiveSpeakersChanged { speakers } => {
                self.reports.say(&Report::Speaking(speakers.iter().map(identity).collect()));
            }
            RoomEvent::ConnectionQualityChanged { participant, quality: how } => {
                self.reports.say(&Report::Quality(identity(&participant), quality(how)));
            }
            RoomEvent::TokenRefreshed { token } => self.reports.say(&Report::Token(Token(token.0))),
            RoomEvent::RpcMethodInvocation(asked) => return self.asked(asked),
            RoomEvent::TextStreamOpened { participant, reader } => {
                return self.text_begins(&participant, reader);
            }
            RoomEvent::DataReceived { participant, topic, payload, reliable } => {
                return self.got(participant.as_ref(), topic, Got { bytes: payload, reliable });
            }
            RoomEvent::Reconnecting => self.linked(false),
            RoomEvent::Reconnected => self.linked(true),
            RoomEvent::Disconnected { reason } => return self.lose(why_lost(reason)),
            event => self.track_event(event),
        }
        self.fulfil();
    }

    fn track_event(&mut self, event: RoomEvent) {
        let now = Instant::now();
        match event {
            RoomEvent::TrackPublished { participant, publication } => {
                self.offer(&identity(&participant), publication);
            }
            RoomEvent::TrackUnpublished { sid, .. } => self.withdraw(&wire(&sid)),
            RoomEvent::TrackSubscribed { track, .. } => self.arrived(&track, now),
            RoomEvent::TrackUnsubscribed { sid, .. } => {
                if let Some(watching) =
                    self.inside.as_mut().and_then(|inside| inside.watched.get_mut(&wire(&sid)))
                {
                    watching.departed(now);
                }
            }
            RoomEvent::TrackMuted { participant, sid } => self.muted(&participant, &wire(&sid), true),
            RoomEvent::TrackUnmuted { participant, sid } => self.muted(&participant, &wire(&sid), false),
            RoomEvent::LocalTrackRepublished { info, .. } => self.republished(&info),
            _ => {}
        }
    }

    fn came(&mut self, person: Person) -> Identity {
        let identity = person.identity.clone();
        if let Some(inside) = &mut self.inside {
            if inside.missing.remove(&identity).is_some() {
                let why = Parting::Replaced;
                self.reports.say(&Report::Gone { identity: identity.clone(), why });
            }
            self.reports.say(&Report::Person(person.clone()));
            inside.people.insert(identity.clone(), person);
        }
        identity
    }

    fn changed(&mut self, identity: &Identity, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.inside.as_mut().and_then(|inside| inside.people.get_mut(identity)) {
            change(person);
            self.reports.say(&Report::Person(person.clone()));
        }
    }

    fn left(&mut self, identity: &Identity, reason: DisconnectReason) {
        let Some(inside) = &mut self.inside else { return };
        let theirs = |offered: &&Offered| offered.track.identity == *identity;
        let tracks: Vec<TrackSid> =
            inside.offered.values().filter(theirs).map(|offered| offered.track.sid.clone()).collect();
        inside.people.remove(identity);
        tracks.iter().for_each(|track| self.withdraw(track));
        let Some(inside) = &mut self.inside else { return };
        // That somebody has taken a place the library tells in two steps: gone without a reason, and there.
        if reason == DisconnectReason::UnknownReason && inside.linked {
            inside.missing.insert(identity.clone(), Instant::now());
            return;
        }
        self.reports.say(&Report::Gone { identity: identity.clone(), why: parting(reason) });
    }

    /// Whoever went without a reason and did not come back at once has left.
    pub(super) fn miss(&mut self, now: Instant) {
        let Some(inside) = &mut self.inside else { return };
        let late = inside.missing.extract_if(.., |_, since| now.duration_since(*since) >= TO_BE_REPLACED);
        for (identity, _) in late {
            self.reports.say(&Report::Gone { identity, why: Parting::Left });
        }
    }

    fn offer(&mut self, identity: &Identity, publication: RemoteTrackPublication) {
        let Some(inside) = &mut self.inside else { return };
        let track = track(identity, publication.info());
        self.reports.say(&Report::Track(track.clone()));
        // The same track announced again is another object of the library: what was watched is asked for anew.
        inside.watched.remove(&track.sid);
        inside.offered.insert(track.sid.clone(), Offered { track, publication, arrived: VecDeque::new() });
    }

    fn withdraw(&mut self, sid: &TrackSid) {
        let Some(inside) = &mut self.inside else { return };
        inside.watched.remove(sid);
        if let Some(Offered { track, .. }) = inside.offered.remove(sid) {
            self.reports.say(&Report::TrackGone { identity: track.identity, sid: track.sid });
        }
    }

    fn arrived(&mut self, track: &RemoteTrack, now: Instant) {
        // One that is no longer watched has been given up in the meantime and goes away again by itself.
        let sid = wire(track.sid());
        let Some(inside) = &mut self.inside else { return };
        if let Some(offered) = inside.offered.get_mut(&sid) {
            offered.arrived.truncate(PLACES - 1);
            offered.arrived.push_front(track.clone());
        }
        if let Some(watching) = inside.watched.get_mut(&sid) {
            watching.arrived(track, now);
        }
    }

    fn muted(&mut self, whose: &kit::ParticipantIdentity, sid: &TrackSid, muted: bool) {
        let Some(inside) = &mut self.inside else { return };
        if inside.own.identity() == whose {
            let output = inside.outputs.values_mut().find(|output| output.sid().as_ref() == Some(sid));
            if let Some(output) = output
                && output.told_muted(muted)
            {
                self.reports.say(&Report::OwnMuted { lane: output.lane(), muted });
            }
        } else if let Some(offered) = inside.offered.get_mut(sid) {
            offered.track.muted = muted;
            self.reports.say(&Report::Track(offered.track.clone()));
        }
    }

    fn linked(&mut self, linked: bool) {
        let Some(inside) = &mut self.inside else { return };
        inside.linked = linked;
        self.reports.say(&Report::Link(if linked { Link::Joined } else { Link::Resuming }));
        if linked {
            // What failed for want of a connection may go now.
            inside.outputs.retain(|_, output| !output.may_try());
            // What was said to the server meanwhile may be lost, or the server is another.
            inside.access = None;
            let now = Instant::now();
            inside.watched.values_mut().for_each(|watching| watching.confirm_from(now));
        }
    }

    /// After a full reconnect our track has another sid, and the library may have forgotten that it was muted. A server
    /// that was started anew has forgotten to whom it is open.
    fn republished(&mut self, info: &TrackInfo) {
        let Some(inside) = &mut self.inside else { return };
        let sid = wire(&info.sid);
        let Some(output) = inside.outputs.values_mut().find(|output| output.sid().as_ref() == Some(&sid))
        else {
            return;
        };
        output.sent_anew(info.muted);
        let lane = output.lane();
        if let Some(outlet) = self.outlets.get(&lane) {
            outlet.mute(output.is_silent());
        }
        self.reports.say(&Report::Published { lane, sid });
    }

    fn permission_changed(&mut self, participant: &kit::ParticipantIdentity) {
        let Some(inside) = &mut self.inside else { return };
        if inside.own.identity() == participant {
            inside.permission_changed().into_iter().for_each(|fault| self.reports.say(&Report::Fault(fault)));
        }
    }
}

impl Inside {
    /// Takes back what may be published no longer: the server has ended it without a word, and its track must not be
    /// published again. Forgets refusals that no longer hold, so that these outputs are tried again.
    fn permission_changed(&mut self) -> Vec<EngineFault> {
        let permission = self.own.permission();
        let may = |source| permission.as_ref().is_none_or(|permission| permission.may_publish(source));
        let mut faults = Vec::new();
        self.outputs.retain(|&lane, output| match (&output.place, may(output.source())) {
            (Place::Sent(_), false) => {
                if let Place::Sent(publication) = std::mem::replace(&mut output.place, Place::Refused) {
                    take_back(self.own.clone(), publication);
                }
                faults.push(EngineFault::PublishRefused { lane });
                true
            }
            (Place::Underway | Place::Refused, true) => !output.may_try(),
            _ => true,
        });
        faults
    }
}

/// Unpublishes on a thread of its own, as soon as nobody else (statistics) holds the publication.
fn take_back(own: LocalParticipant, mut publication: Arc<LocalTrackPublication>) {
    let work = move || {
        loop {
            match Arc::try_unwrap(publication) {
                Ok(publication) => break drop(own.unpublish_track(publication)),
                Err(shared) => publication = shared,
            }
            std::thread::sleep(MOMENT);
        }
    };
    // Without a thread the publication stays until the room is left, where it goes with everything else.
    let _ = std::thread::Builder::new().name("unpublish".into()).spawn(work);
}

fn identity(participant: &kit::ParticipantIdentity) -> Identity {
    participant.as_str().into()
}

fn wire(sid: &kit::TrackSid) -> TrackSid {
    sid.as_str().into()
}
