//! Which rooms this seat is in. It works in its *home*; who works in `crew` is in `air` too, for the program.
//!
//! **A seat that was lost for good in its home is not tried again before its user or the host asks for it.** Every
//! other loss is made good for as long as the app runs.

use studio_wire::engine::LostWhy;
use studio_wire::fault::Fault;
use studio_wire::people::Role;
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::time::Now;

use super::{Life, Visit};
use crate::effect::Effects;
use crate::here::connection::Ask;

/// Rooms, as this seat has a right to them.
#[derive(Clone, Debug)]
pub(super) struct Rooms {
    /// Where hello is said and wishes are asked.
    pub home: RoomKind,
    /// Wanted: joined, or on the way.
    entered: [bool; 2],
    /// There is a token for them.
    passes: [bool; 2],
    /// The port has been asked to take the seat.
    attending: bool,
    /// A token for a room other than the home was refused once, and a fresh one asked for.
    retried: bool,
}

impl Rooms {
    pub fn new(home: RoomKind) -> Self {
        let mut passes = [false; 2];
        passes[home as usize] = true;
        Self { home, entered: [false; 2], passes, attending: false, retried: false }
    }
}

impl Visit {
    /// Where the host is spoken to: at home, and from the outside while the home is shut.
    pub(super) fn talk_room(&self) -> RoomKind {
        if self.over.is_some() { RoomKind::Air } else { self.rooms.home }
    }

    /// In its home, and the host answers.
    pub(super) fn in_touch(&self) -> bool {
        self.may_talk(self.rooms.home) && self.greeting.host == super::greeting::HostIs::Here
    }

    /// Whether something can be sent to a room now.
    pub(super) fn may_talk(&self, room: RoomKind) -> bool {
        matches!(self.life, Life::Open { .. }) && self.over.is_none() && self.connection.is_in(room)
    }

    pub(super) fn connect(&mut self, ask: Ask, out: &mut Effects) {
        match ask {
            Ask::Open(epoch) => out.rtc(RtcOrder::Attend { epoch }),
            Ask::Start(room, epoch) => {
                self.want(room, out);
                let (identity, name) = (self.seat.identity.clone(), self.seat.name.clone());
                out.rtc(RtcOrder::Start { room, epoch, identity, name });
            }
        }
    }

    /// The first way in, and the way in after the server had refused this seat altogether.
    pub(super) fn attend(&mut self, out: &mut Effects) {
        let Life::Open { epoch } = self.life else { return };
        let home = self.rooms.home;
        (self.rooms.attending, self.rooms.entered) = (true, [false; 2]);
        self.rooms.entered[home as usize] = true;
        let ask = self.connection.open(epoch, &[home]);
        self.connect(ask, out);
    }

    pub(super) fn enter(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        if std::mem::replace(&mut self.rooms.entered[room as usize], true) {
            return;
        }
        if let Some(ask) = self.connection.enter(room, now.show, &mut self.ids) {
            self.connect(ask, out);
        }
    }

    /// Leaves a room and does not come back by itself.
    pub(super) fn quit(&mut self, room: RoomKind, out: &mut Effects) {
        if !std::mem::take(&mut self.rooms.entered[room as usize]) {
            return;
        }
        if self.connection.give_up(room) {
            out.rtc(RtcOrder::Leave { room });
        }
        self.cut(room);
        self.sent.forget(room);
        match room {
            RoomKind::Crew => {
                self.connection.tracks.drop_away();
                self.senses.forget_people();
                self.publish_anew();
            }
            RoomKind::Air => self.senses.lose_program(),
        }
        self.notices.clear(|fault| of_room(fault, room));
    }

    /// Whatever was asked through a room will never be answered.
    fn cut(&mut self, room: RoomKind) {
        if room == self.rooms.home {
            self.greeting.cut();
            self.chat.cut();
        }
        for ended in self.wishes.cut(room) {
            self.verdicts.push((ended.ticket, Err(Fault::HostAway)));
        }
    }

    /// The rooms that the host has given tokens for are entered, as far as this seat's role works there.
    pub(super) fn passes_came(&mut self, now: Now, passes: &[RoomKind], out: &mut Effects) {
        for room in RoomKind::ALL {
            self.rooms.passes[room as usize] = passes.contains(&room) || room == self.rooms.home;
        }
        let role = self.truth.view.role;
        for &room in passes {
            if self.over.is_none() && (room == RoomKind::Air || role.room() == RoomKind::Crew) {
                self.enter(now, room, out);
            }
        }
    }

    /// The server does not know this seat: nothing is wanted any more until the user tries again.
    pub(super) fn turned_away(&mut self, now: Now, out: &mut Effects) {
        let home = self.rooms.home;
        for room in RoomKind::ALL.into_iter().filter(|room| *room != home) {
            self.quit(room, out);
        }
        self.shut_out(now, home, LostWhy::Refused, out);
        self.connection.close();
        self.rooms.attending = false;
    }

    /// The host's record of this seat's role: from a change of the view, or from a whole view that came with all
    /// the tokens there are.
    pub(super) fn role_came(&mut self, now: Now, whole: bool, out: &mut Effects) {
        let role = self.truth.view.role;
        match role.room() {
            RoomKind::Air => {
                self.quit(RoomKind::Crew, out);
                self.chat.forget(RoomKind::Crew);
                if std::mem::replace(&mut self.rooms.home, RoomKind::Air) == RoomKind::Crew {
                    // Put out of a room where it has no business any more: no loss.
                    self.over = None;
                    self.notices.clear(of_seat);
                    self.greeting.cut();
                    if self.rooms.passes[RoomKind::Air as usize] {
                        self.enter(now, RoomKind::Air, out);
                    }
                    self.greet(now, RoomKind::Air, out);
                }
            }
            RoomKind::Crew if self.over.is_some() => {}
            RoomKind::Crew => {
                if self.rooms.passes[RoomKind::Crew as usize] {
                    self.enter(now, RoomKind::Crew, out);
                }
                // Tokens, and the chat of before, come with a welcome.
                if !whole {
                    self.greeting.read_anew(now.show);
                }
            }
        }
    }

    /// The host gives back the seat in `crew`: one more attempt.
    pub(super) fn recalled(&mut self, now: Now, out: &mut Effects) {
        self.rooms.passes[RoomKind::Crew as usize] = true;
        if self.over.take().is_some() {
            self.notices.clear(of_seat);
            self.rooms.home = RoomKind::Crew;
            self.greeting.cut();
        }
        self.enter(now, RoomKind::Crew, out);
    }

    /// The user tries again.
    pub(super) fn come_back(&mut self, now: Now, out: &mut Effects) {
        self.over = None;
        self.notices.clear(of_seat);
        if self.rooms.attending {
            self.enter(now, self.rooms.home, out);
        } else {
            self.attend(out);
        }
    }

    /// A room is gone for good, and trying again is of no use by itself.
    pub(super) fn shut_out(&mut self, now: Now, room: RoomKind, why: LostWhy, out: &mut Effects) {
        self.quit(room, out);
        // Whose claim to a seat is doubted is shown a viewer's view too, but has no way into the audience's room.
        let way_out = self.rooms.passes[RoomKind::Air as usize];
        let viewer = self.truth.known && self.truth.view.role == Role::Viewer && way_out;
        if room == RoomKind::Crew && why == LostWhy::Removed && viewer {
            return self.role_came(now, false, out);
        }
        if room != self.rooms.home {
            // A fresh token may help, once.
            if self.over.is_none()
                && why != LostWhy::Duplicate
                && !std::mem::replace(&mut self.rooms.retried, true)
            {
                self.greeting.read_anew(now.show);
            }
            return;
        }
        self.over = Some(why);
        self.notices.clear(of_seat);
        self.notices.stand(
            match why {
                LostWhy::Duplicate => Fault::SeatTaken,
                LostWhy::Removed => Fault::SeatRevoked,
                LostWhy::Refused | LostWhy::Away => Fault::SeatRefused,
            },
            now.show,
        );
        if why == LostWhy::Removed {
            // Whoever was made a viewer is moved out too: the host's word in the other room tells which it is.
            self.greet(now, RoomKind::Air, out);
        }
    }

    pub(super) fn room_joined(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        self.connection.joined(room, now.show);
        self.notices.clear(|fault| of_room(fault, room) || *fault == Fault::ServerLost);
        self.chat.joined(room, now.show);
        if room == RoomKind::Crew {
            // Whoever gets in there has its seat, whatever became of the other room.
            self.rooms.home = room;
            if self.over.take().is_some() {
                self.notices.clear(of_seat);
            }
        } else if self.over.is_some() {
            return;
        } else if room != self.rooms.home {
            self.rooms.retried = false;
        }
        if room == self.rooms.home {
            self.greeting.cut();
            self.greet(now, room, out);
        }
    }

    pub(super) fn room_lost(&mut self, now: Now, room: RoomKind, gone: Option<LostWhy>, out: &mut Effects) {
        match gone {
            None => {
                self.notices.stand(Fault::RoomLost { room }, now.show);
                self.connection.resuming(room, now.show);
                if room == self.rooms.home {
                    self.greeting.cut();
                    self.chat.cut();
                }
            }
            Some(LostWhy::Away) => {
                self.notices.stand(Fault::RoomLost { room }, now.show);
                let ask = self.connection.fell(room, now.show, &mut self.ids);
                if self.connection.looping(now.show).contains(&room) {
                    self.notices.stand(Fault::RoomLooping { room }, now.show);
                }
                self.engine_gone(room, ask, out);
            }
            Some(why) => self.shut_out(now, room, why, out),
        }
    }

    /// The engine died: another one is started.
    pub(super) fn engine_lost(&mut self, now: Now, room: RoomKind, out: &mut Effects) {
        let ask = self.connection.engine_lost(room, now.show, &mut self.ids);
        self.engine_gone(room, ask, out);
    }

    fn engine_gone(&mut self, room: RoomKind, ask: Option<Ask>, out: &mut Effects) {
        self.cut(room);
        match room {
            RoomKind::Crew => self.publish_anew(),
            RoomKind::Air => self.senses.lose_program(),
        }
        if let Some(ask) = ask {
            self.connect(ask, out);
        }
    }

    pub(super) fn server_lost(&mut self, now: Now, out: &mut Effects) {
        if let Some(ask) = self.connection.server_lost(now.show) {
            self.connect(ask, out);
        }
    }
}

fn of_room(fault: &Fault, room: RoomKind) -> bool {
    match fault {
        Fault::EngineLost { room: of }
        | Fault::RoomLost { room: of }
        | Fault::RoomRefused { room: of, .. } => *of == room,
        _ => false,
    }
}

fn of_seat(fault: &Fault) -> bool {
    matches!(fault, Fault::SeatTaken | Fault::SeatRevoked | Fault::SeatRefused)
}
