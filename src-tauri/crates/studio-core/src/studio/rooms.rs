//! News of the two rooms: who is there, what they send, how they come and go.

use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, LaneId, SourceId, TrackSid};
use studio_wire::people::{Claim, Parting, Role};
use studio_wire::room::Tale;
use studio_wire::rtc::{RoomKind, RoomNews, RtcOrder, TrackKind};
use studio_wire::time::Now;
use studio_wire::view::Step;

use crate::broadcast::Cue;
use crate::effect::Effects;
use crate::here::connection::tracks::Carries;
use crate::here::outputs;
use crate::show::roster::{Hold, Person};
use crate::text;
use crate::time::{CLAIM_LIMIT, CUT_OFF};

use super::Studio;

impl Studio {
    pub(super) fn hear_room(&mut self, now: Now, room: RoomKind, news: RoomNews, out: &mut Effects) {
        match news {
            RoomNews::Joined => self.room_joined(now, room, out),
            RoomNews::Lost { gone } => self.room_lost(now, room, gone, out),
            RoomNews::Came { identity, name, role } => {
                self.came(now, room, identity.clone(), name, role);
                self.guard(room, &identity, out);
                self.recall(room, &identity, out);
            }
            RoomNews::Left { identity, why } => self.went(now, room, &identity, why, out),
            RoomNews::Quality { identity, quality } => {
                if let Some(person) = self.roster.find_mut(&identity).filter(|person| person.here()) {
                    person.quality = quality;
                }
            }
            RoomNews::Asked { call, from, ask } => self.asked(now, room, call, &from, ask, out),
            RoomNews::Said { from, id, text } => self.said(now, room, &from, id, &text, out),
            RoomNews::Reacted { from, reaction } => self.reacted(&from, reaction),
            RoomNews::Flooding { from, dropped } => self.flooding(now, from, dropped),
            // Only a seat asks and is told.
            RoomNews::Answered { .. } | RoomNews::Told { .. } => {}
            media if room == RoomKind::Crew => self.hear_crew_media(now, media, out),
            media => self.hear_air_media(now, &media, out),
        }
    }

    fn room_joined(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        if room == RoomKind::Crew && self.connection.is_returning(room) {
            self.muster.begin(now.show);
        }
        self.connection.joined(room, now.show);
        self.notices.clear(|fault| {
            [Fault::EngineLost { room }, Fault::RoomLost { room }, Fault::ServerLost].contains(fault)
        });
        self.stamps.forget_room(room);
        let (me, name) = (self.me().clone(), self.roster.host().name.clone());
        self.roster.come(&me, name, None, room, now.show);
        self.cue(now, Cue::In(room), out);
        if room == RoomKind::Air && self.connection.program_published() {
            self.cue(now, Cue::Done(Step::Publish), out);
        }
    }

    fn room_lost(&mut self, now: Now, room: RoomKind, gone: Option<LostWhy>, out: &mut Effects) {
        self.notices.stand(Fault::RoomLost { room }, now.show);
        if gone.is_some() {
            self.room_gone(now, room, out);
        } else {
            self.connection.resuming(room, now.show);
            self.seats.clear(room);
            self.roster.await_all(room);
            self.cue(now, Cue::Out(room), out);
        }
    }

    /// The connection to a room is gone though its engine lives: another engine is started, more slowly each time.
    pub(super) fn room_gone(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        self.room_empty(now, room, out);
        if let Some(ask) = self.connection.fell(room, now.show, &mut self.ids) {
            self.connect(ask, out);
        }
        for room in self.connection.looping(now.show) {
            self.notices.stand(Fault::RoomLooping { room }, now.show);
        }
    }

    /// An engine died. People stay where they are: they are waited for.
    pub(super) fn engine_lost(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        self.room_empty(now, room, out);
        if let Some(ask) = self.connection.engine_lost(room, now.show, &mut self.ids) {
            self.connect(ask, out);
        }
    }

    fn room_empty(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        self.roster.await_all(room);
        self.seats.clear(room);
        if room == RoomKind::Crew {
            self.notices.clear(of_pictures);
            self.muster.end();
        }
        self.cue(now, Cue::Out(room), out);
    }

    /// Somebody is in a room, by the room's word or by their own.
    pub(super) fn came(
        &mut self,
        now: Now,
        room: RoomKind,
        identity: Identity,
        name: String,
        role: Option<Role>,
    ) {
        let said = !name.is_empty();
        let known = self.roster.find(&identity).is_some();
        let name = if said || !known { text::name(&name, identity.as_str()) } else { String::new() };
        if self.roster.come(&identity, name, role, room, now.show) {
            self.stamps.forget(room, &identity);
        }
        self.seats.stir();
    }

    /// Who may not be here is put out; a seat that is awaited by its first holder is nobody else's.
    pub(super) fn guard(&self, room: RoomKind, identity: &Identity, out: &mut Effects) {
        let Some(person) = self.roster.find(identity) else { return };
        let demoted = room == RoomKind::Crew && person.role == Role::Viewer && person.in_air;
        if person.refused() || demoted {
            out.rtc(RtcOrder::PutOut { room, identity: identity.clone() });
        }
    }

    /// Whose seat was given back to them while nobody could tell them is told when they are seen outside of it.
    fn recall(&self, room: RoomKind, identity: &Identity, out: &mut Effects) {
        let awaited = self.roster.find(identity).is_some_and(|person| person.hold == Hold::Awaited);
        if awaited && room == RoomKind::Air {
            self.tell(room, identity, Tale::Recall, out);
        }
    }

    fn went(&mut self, now: Now, room: RoomKind, identity: &Identity, why: Parting, out: &mut Effects) {
        if identity == self.me() {
            return;
        }
        if why == Parting::Replaced && room == RoomKind::Crew {
            return self.replaced(now, identity, out);
        }
        self.seats.stand_in(identity, room);
        if why != Parting::Removed && self.connection.unsettled(room) {
            self.roster.await_one(identity, room);
            if room == RoomKind::Crew {
                for source in self.sources_of(identity) {
                    self.connection.tracks.lose_source(source);
                }
                self.notices.clear(|fault| of_person(fault, identity));
            }
        } else {
            self.leave(identity, room);
        }
    }

    /// Somebody has joined in the place of somebody else. That is their own return, or a theft: a moment tells.
    ///
    /// Who was not well any more is taken to be back. Who was well, or has shown who they are before, has to show
    /// it again; until then nothing of that seat is seen or heard. A hello may have come before this news: it is
    /// asked for once more, because nobody can tell whose it was.
    fn replaced(&mut self, now: Now, identity: &Identity, out: &mut Effects) {
        // The ends of their tracks are told first.
        let cut_off = self.roster.find(identity).and_then(|person| person.cut_off);
        let well = cut_off.is_some_and(|at| now.show <= at + CUT_OFF)
            || self.sources_of(identity).iter().any(|source| self.flowing(*source));
        for source in self.sources_of(identity) {
            self.connection.tracks.lose_source(source);
        }
        self.stamps.forget(RoomKind::Crew, identity);
        let sat = self.seats.sits(identity);
        if sat {
            let rev = self.seats.beyond();
            self.tell(RoomKind::Crew, identity, Tale::Stale { rev }, out);
            self.seats.stand(identity);
        }
        let Some(person) = self.roster.guest_mut(identity) else { return };
        match person.hold {
            Hold::Awaited | Hold::Contested { .. } | Hold::Doubted { .. } => {}
            Hold::Free if !well => {}
            // The news is of the newcomer, who has said hello and been given the seat before it came.
            Hold::Given if sat => {}
            hold => {
                let (until, held) = (now.show + CLAIM_LIMIT, hold == Hold::Held);
                person.hold = Hold::Doubted { until, held };
            }
        }
    }

    /// Nobody has shown that they are who sat there: the host decides.
    pub(super) fn contest(&mut self, now: Now, identity: &Identity) {
        if let Some(person) = self.roster.guest_mut(identity) {
            let held = matches!(person.hold, Hold::Held | Hold::Given | Hold::Doubted { held: true, .. });
            // They keep their place in the scene, unseen: if they show later that they are the same, they are back.
            person.hold = Hold::Contested { held };
            self.notices.stand(Fault::SeatContested { person: identity.clone() }, now.show);
            self.seats.stir();
        }
    }

    /// Nobody doubts any more whose seat it is.
    pub(super) fn settle_claim(&mut self, identity: &Identity) {
        self.notices.clear(|fault| matches!(fault, Fault::SeatContested { person } if person == identity));
    }

    /// The host has decided.
    pub(super) fn decide_claim(&mut self, identity: &Identity, claim: Claim, out: &mut Effects) {
        let Some(person) = self.roster.guest_mut(identity) else { return };
        match claim {
            Claim::Newcomer => {
                person.hold = Hold::Given;
                let rev = self.seats.beyond();
                // They say hello once more, and then hold the seat.
                self.tell(RoomKind::Crew, identity, Tale::Stale { rev }, out);
            }
            Claim::First => {
                let held = matches!(person.hold, Hold::Contested { held: true });
                // A client that never said hello cannot show later that it is the first one.
                person.hold = if held { Hold::Awaited } else { Hold::Free };
                out.rtc(RtcOrder::PutOut { room: RoomKind::Crew, identity: identity.clone() });
                if held {
                    // The server is slow to say who is in there: they may be, and if not, it costs nothing.
                    self.tell(RoomKind::Air, identity, Tale::Recall, out);
                }
            }
        }
        self.settle_claim(identity);
        self.stage.forget(identity);
    }

    fn flooding(&mut self, now: Now, from: Identity, dropped: u32) {
        if self.roster.present(&from).is_some() {
            self.notices.tell(Fault::Flooding { person: from, dropped }, now.show);
        }
    }

    fn hear_crew_media(&mut self, now: Now, news: RoomNews, out: &mut Effects) {
        match news {
            RoomNews::Track { identity, sid, kind, muted } => {
                self.track(now, identity, sid, kind, muted, out)
            }
            RoomNews::TrackGone { identity, sid } => {
                let unsettled = self.connection.unsettled(RoomKind::Crew);
                let tracks = &mut self.connection.tracks;
                if !unsettled
                    && tracks.flows(&sid)
                    && let Some(person) = self.roster.guest_mut(&identity)
                {
                    person.cut_off = Some(now.show);
                }
                let source = if unsettled { tracks.lose_track(&sid) } else { tracks.gone(&sid) };
                if source.is_some() {
                    self.notices.clear(|fault| of_person(fault, &identity));
                }
            }
            RoomNews::Flowing { lane } => {
                if let Some(person) = self.flow(lane, true) {
                    self.notices.clear(|fault| of_person(fault, &person));
                }
            }
            RoomNews::Stalled { lane } => {
                if let Some(person) = self.flow(lane, false) {
                    self.notices.stand(Fault::PictureStalled { person }, now.show);
                }
            }
            RoomNews::TooLarge { lane, width, height } => {
                if let Some(person) = self.flow(lane, false) {
                    self.notices.stand(Fault::PictureTooLarge { person, width, height }, now.show);
                }
            }
            RoomNews::Speaking { people } => self.roster.speak(&people, now.show),
            RoomNews::OwnMuted { lane, muted: true } => self.own_muted(now, lane),
            _ => {}
        }
    }

    /// The server has muted an output of this machine: it stays muted until its own user opens it again.
    fn own_muted(&mut self, now: Now, lane: LaneId) {
        let off = match outputs::screen_of(lane) {
            Some(place) => self.screens.cut(place).then_some(TrackKind::Screen),
            None => outputs::kind_of(lane).filter(|kind| self.devices.shut(*kind)),
        };
        if let Some(kind) = off {
            self.notices.tell(Fault::MutedByHost { kind }, now.show);
        }
    }

    fn hear_air_media(&mut self, now: Now, news: &RoomNews, out: &mut Effects) {
        if let RoomNews::Published { lane } = news {
            self.connection.published(*lane);
            if self.connection.program_published() {
                self.cue(now, Cue::Done(Step::Publish), out);
            }
        }
    }

    /// A track on offer. Whoever has one is there, even if nobody said so.
    fn track(
        &mut self,
        now: Now,
        identity: Identity,
        sid: TrackSid,
        kind: TrackKind,
        muted: bool,
        out: &mut Effects,
    ) {
        if kind == TrackKind::StageMedia {
            return;
        }
        if self.roster.present(&identity).is_none() {
            self.came(now, RoomKind::Crew, identity.clone(), String::new(), None);
            self.guard(RoomKind::Crew, &identity, out);
        }
        let carries = if kind.is_picture() { Carries::Picture } else { Carries::Sound };
        if let Some(source) = self.source_of_track(&identity, kind, &sid) {
            self.connection.tracks.offer(source, carries, sid, muted);
            if muted && carries == Carries::Picture {
                self.notices.clear(|fault| of_person(fault, &identity));
            }
            if !muted && let Some(person) = self.roster.guest_mut(&identity) {
                person.asked.retain(|asked| *asked != kind);
            }
        }
    }

    /// The source that a track feeds. Of screens somebody may share several: one that is not known yet takes the first place
    /// that no other one fills.
    fn source_of_track(&mut self, identity: &Identity, kind: TrackKind, sid: &TrackSid) -> Option<SourceId> {
        let (ids, tracks) = (&mut self.ids, &self.connection.tracks);
        if kind != TrackKind::Screen {
            return self.roster.source(identity, kind, || ids.source());
        }
        let person = self.roster.guest_mut(identity).filter(|person| person.here())?;
        let track = |place: &Option<SourceId>| place.and_then(|source| tracks.of(source));
        let mut places = person.screen_places();
        let own = places.iter().position(|place| track(place).is_some_and(|track| track.sid == *sid));
        let free =
            || places.iter().position(|place| track(place).is_none_or(|track| !tracks.knows(&track.sid)));
        let at = own.or_else(free)?;
        Some(*places[at].get_or_insert_with(|| ids.source()))
    }

    /// Whose face began or stopped to arrive; nobody's if the lane carries something else.
    fn flow(&mut self, lane: LaneId, flowing: bool) -> Option<Identity> {
        let source = self.connection.tracks.flow(lane, flowing)?;
        let person = self.roster.owner(source)?;
        (person.source(TrackKind::Camera) == Some(source)).then(|| person.identity.clone())
    }

    /// What a guest sends; nothing for the host, whose sources are here.
    fn sources_of(&self, identity: &Identity) -> Vec<SourceId> {
        let guest = self.roster.find(identity).filter(|_| identity != self.me());
        guest.into_iter().flat_map(Person::sources).collect()
    }

    /// Somebody has left a room, and with it perhaps the show.
    pub(super) fn leave(&mut self, identity: &Identity, room: RoomKind) {
        if identity == self.me() {
            return;
        }
        let sources = self.sources_of(identity);
        self.stamps.forget(room, identity);
        let awaits = self.roster.find(identity).is_some_and(|person| person.hold == Hold::Awaited);
        if !self.roster.leave(identity, room) {
            return;
        }
        sources.into_iter().for_each(|source| self.connection.tracks.drop_source(source));
        self.notices.clear(|fault| of_person(fault, identity));
        if !awaits {
            self.settle_claim(identity);
        }
        self.seats.stand(identity);
        self.stage.forget(identity);
        self.solos.retain(|(who, _)| who != identity);
    }
}

fn of_pictures(fault: &Fault) -> bool {
    matches!(fault, Fault::PictureStalled { .. } | Fault::PictureTooLarge { .. })
}

fn of_person(fault: &Fault, identity: &Identity) -> bool {
    match fault {
        Fault::PictureStalled { person }
        | Fault::PictureTooLarge { person, .. }
        | Fault::UpdateFailed { person, .. } => person == identity,
        _ => false,
    }
}
