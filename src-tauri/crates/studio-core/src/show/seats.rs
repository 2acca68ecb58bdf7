//! Seats on other machines: who has said hello, and which view each of them has.
//!
//! **A view is numbered; who is told of a change is told from which number to which.** A seat is told at most every
//! 33 ms, so that a busy moment is one change and not twenty.

use std::collections::BTreeMap;
use std::sync::Arc;

use studio_wire::ids::Identity;
use studio_wire::room::Tale;
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;
use studio_wire::view::ShowView;

use super::changes::changes;
use crate::time::TELL_EVERY;

/// One seat.
#[derive(Clone, Debug)]
struct Taken {
    room: RoomKind,
    rev: u64,
    view: Arc<ShowView>,
}

/// Everybody who has said hello and is still there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seats {
    taken: BTreeMap<Identity, Taken>,
    /// Something may have changed since they were told last.
    stale: bool,
    told: ShowTime,
    /// Counts over every hello of every seat, so that no number is given twice.
    revs: u64,
}

impl Seats {
    /// Somebody sits down with this view; its number is returned.
    pub fn sit(&mut self, identity: Identity, room: RoomKind, view: ShowView) -> u64 {
        self.revs += 1;
        let rev = self.revs;
        self.taken.insert(identity, Taken { room, rev, view: Arc::new(view) });
        rev
    }

    /// Somebody is gone, or their room is.
    pub fn stand(&mut self, identity: &Identity) {
        self.taken.remove(identity);
    }

    /// Somebody is gone from a room; if they sat in it, they sit no longer.
    pub fn stand_in(&mut self, identity: &Identity, room: RoomKind) {
        if self.taken.get(identity).is_some_and(|seat| seat.room == room) {
            self.stand(identity);
        }
    }

    /// A room broke: whoever sat in it says hello again when it is back.
    pub fn clear(&mut self, room: RoomKind) {
        self.taken.retain(|_, seat| seat.room != room);
    }

    /// Everybody gets up.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    pub fn sits(&self, identity: &Identity) -> bool {
        self.taken.contains_key(identity)
    }

    /// Who is to be told what is said in the chat of a room, by the room in which they hear it. Crew people hear
    /// the audience's chat too.
    pub fn hearers(&self, of: RoomKind) -> Vec<(RoomKind, Vec<Identity>)> {
        let rooms = RoomKind::ALL.into_iter().filter(|room| *room == of || *room == RoomKind::Crew);
        let there = |room: RoomKind| {
            let seats = self.taken.iter().filter(|(_, seat)| seat.room == room);
            seats.map(|(identity, _)| identity.clone()).collect::<Vec<_>>()
        };
        rooms.map(|room| (room, there(room))).filter(|(_, to)| !to.is_empty()).collect()
    }

    /// Something may have changed.
    pub fn stir(&mut self) {
        self.stale = true;
    }

    /// The number of the first view that shows what has just happened.
    pub fn next_rev(&self, identity: &Identity) -> u64 {
        let rev = self.taken.get(identity).map_or(0, |seat| seat.rev);
        if self.stale { rev + 1 } else { rev }
    }

    /// A number that no seat has a view of: whoever is told that this is the newest reads theirs anew.
    pub fn beyond(&self) -> u64 {
        self.revs + 1
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        (self.stale && !self.taken.is_empty()).then(|| self.told + TELL_EVERY)
    }

    /// What is to be told now, given everybody's view as it is.
    pub fn tell(
        &mut self,
        now: ShowTime,
        view: impl Fn(&Identity) -> ShowView,
    ) -> Vec<(RoomKind, Identity, Tale)> {
        if !self.stale || self.deadline().is_some_and(|due| due > now) {
            return Vec::new();
        }
        (self.stale, self.told) = (false, now);
        let mut tales = Vec::new();
        for (identity, seat) in &mut self.taken {
            let fresh = view(identity);
            let changes = changes(&seat.view, &fresh);
            if !changes.is_empty() {
                let from = seat.rev;
                seat.rev += 1;
                self.revs = self.revs.max(seat.rev);
                seat.view = Arc::new(fresh);
                tales.push((seat.room, identity.clone(), Tale::View { from, rev: seat.rev, changes }));
            }
        }
        tales
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> ShowView {
        ShowView { title: title.into(), ..ShowView::default() }
    }

    #[test]
    fn a_seat_is_told_each_change_once_with_numbers_that_follow() {
        let mut seats = Seats::default();
        let rev = seats.sit("ana".into(), RoomKind::Crew, titled("a"));
        seats.stir();
        let at = ShowTime::from_ms;
        let told = seats.tell(at(100), |_| titled("b"));
        let Some((RoomKind::Crew, _, Tale::View { from, rev: new, changes })) = told.first() else {
            panic!("{told:?}")
        };
        assert_eq!((*from, *new, changes.len()), (rev, rev + 1, 1));
        assert_eq!(seats.tell(at(500), |_| titled("c")), [], "nothing stirred");
        seats.stir();
        assert_eq!(seats.tell(at(500), |_| titled("b")), [], "nothing changed");
    }

    #[test]
    fn a_busy_moment_is_one_change() {
        let mut seats = Seats::default();
        seats.sit("ana".into(), RoomKind::Crew, titled("a"));
        let at = ShowTime::from_ms;
        seats.stir();
        assert_eq!(seats.tell(at(100), |_| titled("b")).len(), 1);
        seats.stir();
        assert_eq!(seats.tell(at(110), |_| titled("c")), []);
        assert_eq!(seats.deadline(), Some(at(100) + TELL_EVERY));
        assert_eq!(seats.tell(at(140), |_| titled("c")).len(), 1);
        assert_eq!(seats.deadline(), None);
    }

    #[test]
    fn a_number_is_never_given_twice_to_a_seat_that_comes_again() {
        let mut seats = Seats::default();
        let first = seats.sit("ana".into(), RoomKind::Crew, titled("a"));
        seats.stir();
        seats.tell(ShowTime::from_ms(100), |_| titled("b"));
        seats.stand(&"ana".into());
        assert!(seats.sit("ana".into(), RoomKind::Crew, titled("b")) > first + 1);
    }

    #[test]
    fn crew_people_hear_both_chats_and_the_audience_its_own() {
        let mut seats = Seats::default();
        seats.sit("ana".into(), RoomKind::Crew, titled(""));
        seats.sit("vi".into(), RoomKind::Air, titled(""));
        assert_eq!(seats.hearers(RoomKind::Crew), [(RoomKind::Crew, vec!["ana".into()])]);
        assert_eq!(
            seats.hearers(RoomKind::Air),
            [(RoomKind::Crew, vec!["ana".into()]), (RoomKind::Air, vec!["vi".into()])]
        );
    }
}
