//! What the store is to keep that follows from the state: records, sums, scenes. Written when it differs from what
//! was written last.

use studio_wire::command::Bus;
use studio_wire::ids::{Identity, SessionId};
use studio_wire::people::{Position, Presence, Quality, Rights, Role};
use studio_wire::store::StoreOrder;
use studio_wire::time::Now;
use studio_wire::view::SceneView;

use crate::effect::Effects;
use crate::show::roster::{Doing, Person, Speech};

use super::Studio;

/// Somebody's record as the store was given it last.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    identity: Identity,
    name: String,
    role: Role,
    presence: Presence,
    position: Position,
    rights: Rights,
}

impl Studio {
    pub(super) fn keep_people(&mut self, now: Now, session: &SessionId, out: &mut Effects) {
        let record = |person: &Person| Record {
            identity: person.identity.clone(),
            name: person.name.clone(),
            role: person.role,
            presence: person.presence,
            position: self.position(person),
            rights: person.rights,
        };
        let records: Vec<Record> = self.roster.people().iter().map(record).collect();
        for record in &records {
            if !self.sent.people.contains(record) {
                keep(record.clone(), now, session, out);
            }
        }
        self.sent.people = records;
        self.keep_strips(session, out);
        self.keep_figures(now, session, out);
    }

    /// Strips of those who have a record.
    fn keep_strips(&mut self, session: &SessionId, out: &mut Effects) {
        for person in &self.roster.people()[1..] {
            let (strips, told) = (person.strips.list(), self.sent.strips.get(&person.identity));
            if strips != told.map_or(&[][..], Vec::as_slice) {
                let (session, identity, strips) = (session.clone(), person.identity.clone(), strips.to_vec());
                self.sent.strips.insert(identity.clone(), strips.clone());
                out.store(StoreOrder::Strips { session, identity, strips });
            }
        }
    }

    /// Marks what everybody does now, and writes their sums down when they go or change place.
    fn keep_figures(&mut self, now: Now, session: &SessionId, out: &mut Effects) {
        let doing: Vec<Doing> = self.roster.people().iter().map(|person| self.doing(person)).collect();
        for (person, doing) in self.roster.people_mut().iter_mut().zip(doing) {
            let before = person.tally.doing();
            if person.tally.mark(doing, now.show)
                && (before.there, before.on_stage) != (doing.there, doing.on_stage)
            {
                let (session, identity) = (session.clone(), person.identity.clone());
                out.store(StoreOrder::Figures { session, identity, figures: person.tally.at(now.show) });
            }
        }
    }

    fn doing(&self, person: &Person) -> Doing {
        Doing {
            there: person.here(),
            on_stage: self.position(person) == Position::OnStage,
            talking: person.here() && person.speaking != Speech::Silent,
            poor: person.here() && matches!(person.quality, Quality::Poor | Quality::Lost),
        }
    }

    pub(super) fn keep_scenes(&mut self, session: &SessionId, out: &mut Effects) {
        let [program, preview] = [Bus::Program, Bus::Preview].map(|bus| {
            let scene = self.stage.scene(bus);
            SceneView { layout: scene.layout, people: scene.people.clone() }
        });
        let scenes = (program, preview);
        if self.sent.scenes.as_ref() != Some(&scenes) {
            let (program, preview) = self.sent.scenes.insert(scenes).clone();
            out.store(StoreOrder::Scenes { session: session.clone(), program, preview });
        }
    }

    /// The show is over: who is still here has left.
    pub(super) fn keep_goodbyes(&mut self, now: Now, session: &SessionId, out: &mut Effects) {
        for person in self.roster.people_mut() {
            if person.tally.mark(Doing::default(), now.show) {
                let (session, identity) = (session.clone(), person.identity.clone());
                out.store(StoreOrder::Figures { session, identity, figures: person.tally.at(now.show) });
            }
        }
        for record in std::mem::take(&mut self.sent.people) {
            if record.presence == Presence::Joined {
                let gone = Record { presence: Presence::Left, position: Position::None, ..record };
                keep(gone, now, session, out);
            }
        }
        self.sent.scenes = None;
        self.sent.strips.clear();
    }
}

fn keep(record: Record, now: Now, session: &SessionId, out: &mut Effects) {
    let Record { identity, name, role, presence, position, rights } = record;
    let (session, wall_ms) = (session.clone(), now.wall_ms);
    out.store(StoreOrder::Person { session, identity, name, role, presence, position, rights, wall_ms });
}
