//! The whole: the only place that knows every machine and carries facts from one to another.

mod asked;
mod commands;
mod currency;
mod derived;
mod described;
mod doors;
mod kept;
mod mixer;
mod muster;
mod people;
mod reports;
mod rooms;
mod seating;
mod stamps;
mod views;

use std::collections::BTreeMap;

use studio_wire::chat::{ChatLine, ChatPage};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, SessionId, Ticket};
use studio_wire::people::Seat;
use studio_wire::preferences::Preferences;
use studio_wire::rtc::RoomKind;
use studio_wire::store::{StoreOrder, Unfinished};
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{Ack, ProgramFormat, Snapshot};

use crate::broadcast::Broadcast;
use crate::effect::{Effect, Effects};
use crate::event::{Event, Start};
use crate::here::connection::Connection;
use crate::here::devices::{self, Devices};
use crate::here::notices::Notices;
use crate::here::preferences::Chosen;
use crate::here::screens::Screens;
use crate::here::servers::Servers;
use crate::ids::Ids;
use crate::journal::{Journal, Row};
use crate::show::chat::Chat;
use crate::show::roster::{Cheers, Roster};
use crate::show::seats::Seats;
use crate::show::stage::Stage;
use crate::show::takes::Takes;
use crate::text;
use crate::time::earlier;
use derived::Sent;
use doors::Owed;
use mixer::Solos;
use muster::Muster;
use stamps::Stamps;

/// The truth of the show and of this machine. **Changed by [`Studio::apply`] alone**, but for what the loop
/// itself has to say ([`Studio::note`]).
///
/// A clone is a copy of the whole truth: a loop that keeps one can undo an event.
#[derive(Clone, Debug)]
pub struct Studio {
    pub(crate) ids: Ids,
    pub(crate) broadcast: Broadcast,
    pub(crate) roster: Roster,
    pub(crate) stage: Stage,
    chat: Chat,
    cheers: Cheers,
    seats: Seats,
    solos: Solos,
    stamps: Stamps,
    muster: Muster,
    /// Whose devices each desk looks at.
    looks: BTreeMap<Identity, Identity>,
    takes: Takes,
    pub(crate) servers: Servers,
    pub(crate) devices: Devices,
    pub(crate) screens: Screens,
    pub(crate) preferences: Chosen,
    connection: Connection,
    notices: Notices,
    journal: Journal,
    format: ProgramFormat,
    /// Compositor and mixer run.
    program_runs: bool,
    /// A show that an earlier life of the program did not end.
    unfinished: Option<Unfinished>,
    /// The show under way is such a one. True: it was live, and is to be again.
    resuming: Option<bool>,
    /// Answers that wait for the store, or for the view that shows what was done.
    owed: Owed,
    /// What the ports were told last.
    sent: Sent,
    /// The snapshot as it was published last.
    shown: Snapshot,
}

impl Studio {
    /// Idle, with what was kept. Asks nothing of anybody.
    pub fn new(start: Start) -> Self {
        let Start { seed, kept, me, name, .. } = start;
        let name = text::name(kept.preferences.name.as_deref().unwrap_or(&name), me.as_str());
        let mut studio = Self {
            ids: Ids::new(seed),
            broadcast: Broadcast::new(),
            roster: Roster::new(me, name, devices::CAMERA, devices::MICROPHONE),
            stage: Stage::new(kept.preferences.layout),
            chat: Chat::default(),
            cheers: Cheers::default(),
            seats: Seats::default(),
            solos: Solos::default(),
            stamps: Stamps::default(),
            muster: Muster::default(),
            looks: BTreeMap::new(),
            takes: Takes::default(),
            servers: Servers::new(kept.servers),
            devices: Devices::default(),
            screens: Screens::default(),
            preferences: Chosen::new(kept.preferences),
            connection: Connection::default(),
            notices: Notices::default(),
            journal: Journal::default(),
            format: ProgramFormat::default(),
            program_runs: false,
            unfinished: kept.unfinished,
            resuming: None,
            owed: Owed::default(),
            sent: Sent::default(),
            shown: Snapshot::default(),
        };
        for fault in kept.faults {
            studio.tell_store(fault, ShowTime::default());
        }
        studio.shown = studio.project();
        studio
    }

    /// One event, then everything that follows from it, in order: orders, the reply, `Publish`.
    ///
    /// A command that is refused and a report of an older epoch change nothing.
    pub fn apply(&mut self, now: Now, event: Event, out: &mut Effects) {
        let before = self.broadcast.name();
        let (kind, about) = described::event(&event);
        let first = out.0.len();
        let answer = match event {
            Event::Command(ticket, actor, command) => {
                if let Err(fault) = self.allowed(&actor, &command) {
                    out.reply(ticket, Err(fault));
                    return;
                }
                let about = self.about(&actor, &command);
                self.perform(now, &actor, command, out);
                Some((ticket, about))
            }
            report if !self.current(&report) => return,
            report => {
                self.hear(now, report, out);
                None
            }
        };
        self.settle(now, out);
        let row = Row {
            seq: 0,
            at: now.show,
            kind,
            about,
            from: before,
            to: self.broadcast.name(),
            orders: described::orders(&out.0[first..]),
        };
        if row.from != row.to || !row.orders.is_empty() {
            let order = self.journal.write(self.session(), row);
            out.store(order);
        }
        self.publish(now, answer, out);
    }

    /// Tells of something that the loop around this machine met. Asks nothing of any port; the snapshot has a
    /// new `rev`.
    pub fn note(&mut self, fault: Fault, now: Now) {
        self.notices.tell(fault, now.show);
        self.publish(now, None, &mut Effects::default());
    }

    /// When to send [`Event::Wake`] next, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<ShowTime> {
        let rooms = earlier(self.broadcast.deadline(), self.connection.deadline());
        let people = earlier(self.roster.deadline(), earlier(self.stamps.deadline(), self.muster.deadline()));
        earlier(earlier(rooms, self.devices.deadline()), earlier(people, self.seats.deadline()))
    }

    /// The newest page of a room's chat.
    pub fn chat(&self, room: RoomKind) -> ChatPage {
        self.chat.page(room)
    }

    /// The number of the newest line of a room; 0 if there is none.
    pub fn chat_newest(&self, room: RoomKind) -> u64 {
        self.chat.newest(room)
    }

    /// What was said in a room since that number, as far as it is in memory.
    pub fn chat_after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        self.chat.after(room, seq)
    }

    /// This app's window. Costs a copy: the projection was made when the state changed.
    pub fn snapshot(&self, now: Now) -> Snapshot {
        Snapshot { at: now.show, ..self.shown.clone() }
    }

    /// The newest rows of the journal, oldest first.
    pub fn journal(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.journal.rows()
    }

    /// Counts the snapshot up if it differs from the one shown last, and tells whoever is to know.
    fn publish(&mut self, now: Now, answer: Option<(Ticket, Option<Identity>)>, out: &mut Effects) {
        let mut fresh = self.project();
        (fresh.rev, fresh.at) = (self.shown.rev, self.shown.at);
        let changed = fresh != self.shown;
        if changed {
            fresh.rev += 1;
            self.shown = fresh;
            self.seats.stir();
        }
        self.answer_owed(out);
        self.tell_seats(now, out);
        if let Some((ticket, about)) = answer {
            let person = about.and_then(|who| self.person_view(&Seat::Host, &who)).map(Box::new);
            out.reply(ticket, Ok(Ack { rev: self.shown.rev, person }));
        }
        if changed {
            out.0.push(Effect::Publish);
        }
    }

    pub(crate) fn me(&self) -> &Identity {
        &self.roster.host().identity
    }

    fn session(&self) -> Option<SessionId> {
        self.broadcast.run().map(|run| run.session.clone())
    }

    /// Trouble with the store stands until it is well; a preference that was lost is told once.
    fn tell_store(&mut self, fault: Fault, at: ShowTime) {
        match fault {
            Fault::PreferenceBroken { .. } => self.notices.tell(fault, at),
            _ => self.notices.stand(fault, at),
        }
    }

    /// Stores preferences that changed.
    fn keep_preferences(&mut self, changed: Option<Preferences>, out: &mut Effects) {
        if let Some(preferences) = changed {
            out.store(StoreOrder::Preferences(Box::new(preferences)));
        }
    }
}
