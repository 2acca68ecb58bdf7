//! The connection: server, the rooms, and the tracks that come in.
//!
//! Server: off → coming → up, and after a death waiting → coming. A room: off → coming → in, with *resuming*
//! while the library makes the connection again and *waiting* before a new engine is started. No engine is
//! started before the rooms exist, nor while the server is away. **A room that is wanted is tried for ever**:
//! more and more slowly after each failure, and slowly when it is lost again and again. Exits: [`Ask`] to the
//! ports, and whether a room is in, to whoever asks.

pub mod tracks;

use studio_wire::engine::lanes;
use studio_wire::ids::{Epoch, LaneId};
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;

use crate::ids::Ids;
use crate::time::{
    Backoff, JOIN_LIMIT, LOOP_FALLS, LOOP_WAIT, LOOP_WINDOW, MUSTER_LIMIT, RESUME_LIMIT, STEADY, earlier,
};
use tracks::Tracks;

/// What this machine asks of the ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Start the server (again) and make the rooms.
    Open(Epoch),
    /// Start a room's engine.
    Start(RoomKind, Epoch),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Server {
    #[default]
    Off,
    Coming {
        epoch: Epoch,
    },
    Up {
        epoch: Epoch,
        since: ShowTime,
    },
    Waiting {
        epoch: Epoch,
        at: ShowTime,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Link {
    #[default]
    Off,
    Coming {
        epoch: Epoch,
        until: ShowTime,
    },
    In {
        epoch: Epoch,
        since: ShowTime,
    },
    Resuming {
        epoch: Epoch,
        until: ShowTime,
    },
    Waiting {
        at: ShowTime,
    },
}

/// One room's engine and its lives.
#[derive(Clone, Debug, Default)]
struct Room {
    link: Link,
    /// Somebody wishes to be in it.
    wanted: bool,
    deaths: u32,
    /// When it was lost after it had been in, within [`LOOP_WINDOW`].
    falls: Vec<ShowTime>,
    /// It was joined before in this show: who was in it is waited for.
    rejoin: bool,
    /// Until then, somebody who vanished may come back.
    muster: Option<ShowTime>,
    /// Picture and sound of this engine's outputs are acknowledged by the server.
    published: (bool, bool),
}

impl Room {
    fn epoch(&self) -> Option<Epoch> {
        match self.link {
            Link::Coming { epoch, .. } | Link::In { epoch, .. } | Link::Resuming { epoch, .. } => Some(epoch),
            Link::Off | Link::Waiting { .. } => None,
        }
    }

    /// Plans the next life. A death after a good life counts as the first one.
    fn die(&mut self, now: ShowTime, dice: u64) {
        if let Link::In { since, .. } = self.link
            && now.since(since) >= STEADY
        {
            self.deaths = 0;
        }
        let wait = if self.loops(now) { LOOP_WAIT } else { Backoff::ENGINE.wait(self.deaths, dice) };
        self.link = Link::Waiting { at: now + wait };
        self.deaths += 1;
        (self.muster, self.published) = (None, (false, false));
    }

    /// The connection was lost, although nothing of ours died.
    fn fall(&mut self, now: ShowTime) {
        if matches!(self.link, Link::In { .. } | Link::Resuming { .. }) {
            self.falls.retain(|fall| now.since(*fall) < LOOP_WINDOW);
            self.falls.push(now);
        }
    }

    fn loops(&self, now: ShowTime) -> bool {
        self.falls.iter().filter(|fall| now.since(**fall) < LOOP_WINDOW).count() >= LOOP_FALLS
    }

    fn deadline(&self, server_up: bool) -> Option<ShowTime> {
        let link = match self.link {
            Link::Coming { until, .. } | Link::Resuming { until, .. } => Some(until),
            Link::Waiting { at } if server_up => Some(at),
            _ => None,
        };
        earlier(link, self.muster)
    }
}

/// Server, rooms and tracks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    server: Server,
    deaths: u32,
    crew: Room,
    air: Room,
    pub tracks: Tracks,
}

impl Connection {
    fn room(&self, room: RoomKind) -> &Room {
        match room {
            RoomKind::Crew => &self.crew,
            RoomKind::Air => &self.air,
        }
    }

    fn room_mut(&mut self, room: RoomKind) -> &mut Room {
        match room {
            RoomKind::Crew => &mut self.crew,
            RoomKind::Air => &mut self.air,
        }
    }

    /// A show opens: these rooms are to be joined as soon as they exist.
    pub fn open(&mut self, epoch: Epoch, rooms: &[RoomKind]) -> Ask {
        *self = Self { server: Server::Coming { epoch }, ..Self::default() };
        for room in rooms {
            self.room_mut(*room).wanted = true;
        }
        Ask::Open(epoch)
    }

    /// One more room is to be joined: now, if the server is there.
    pub fn enter(&mut self, room: RoomKind, now: ShowTime, ids: &mut Ids) -> Option<Ask> {
        self.room_mut(room).wanted = true;
        let off = matches!(self.room(room).link, Link::Off);
        (off && self.server_up()).then(|| self.start(room, now, ids))
    }

    /// A room is no longer wanted. True if it had an engine, or waited for one.
    pub fn give_up(&mut self, room: RoomKind) -> bool {
        if room == RoomKind::Crew {
            self.tracks.lose_all();
        }
        let gone = std::mem::take(self.room_mut(room));
        !matches!(gone.link, Link::Off)
    }

    /// Whether a room's engine is in and not being connected again.
    pub fn is_in(&self, room: RoomKind) -> bool {
        matches!(self.room(room).link, Link::In { .. })
    }

    /// Whether the library makes a room's connection again, or a new engine is awaited after it was in.
    pub fn is_returning(&self, room: RoomKind) -> bool {
        self.room(room).rejoin && !self.is_in(room)
    }

    /// The rooms that are lost again and again.
    pub fn looping(&self, now: ShowTime) -> Vec<RoomKind> {
        RoomKind::ALL.into_iter().filter(|room| self.room(*room).loops(now)).collect()
    }

    /// The show is over, or was given up: nothing is wanted any more.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// The epoch of a room's engine, while it has one.
    pub fn engine(&self, room: RoomKind) -> Option<Epoch> {
        self.room(room).epoch()
    }

    /// The room whose engine has that epoch.
    pub fn room_of(&self, epoch: Epoch) -> Option<RoomKind> {
        RoomKind::ALL.into_iter().find(|room| self.engine(*room) == Some(epoch))
    }

    /// The rooms exist. Engines start now: for the first time, or those that waited for the server.
    pub fn rooms_ready(&mut self, now: ShowTime, ids: &mut Ids) -> Vec<Ask> {
        let Server::Coming { epoch } = self.server else { return Vec::new() };
        self.server = Server::Up { epoch, since: now };
        let mut asks = Vec::new();
        for room in RoomKind::ALL {
            let there = self.room(room);
            if there.wanted && matches!(there.link, Link::Off | Link::Waiting { .. }) {
                asks.push(self.start(room, now, ids));
            }
        }
        asks
    }

    fn start(&mut self, room: RoomKind, now: ShowTime, ids: &mut Ids) -> Ask {
        let epoch = ids.epoch();
        self.room_mut(room).link = Link::Coming { epoch, until: now + JOIN_LIMIT };
        Ask::Start(room, epoch)
    }

    /// The server died, or could not be started again.
    pub fn server_lost(&mut self, now: ShowTime) -> Option<Ask> {
        let epoch = match self.server {
            Server::Up { epoch, since } => {
                if now.since(since) >= STEADY {
                    self.deaths = 0;
                }
                epoch
            }
            Server::Coming { epoch } => epoch,
            Server::Off | Server::Waiting { .. } => return None,
        };
        self.server = Server::Waiting { epoch, at: now + Backoff::SERVER.wait(self.deaths, 0) };
        self.deaths += 1;
        self.reopen(now)
    }

    fn reopen(&mut self, now: ShowTime) -> Option<Ask> {
        let Server::Waiting { epoch, at } = self.server else { return None };
        (at <= now).then(|| {
            self.server = Server::Coming { epoch };
            Ask::Open(epoch)
        })
    }

    fn server_up(&self) -> bool {
        matches!(self.server, Server::Up { .. })
    }

    /// A room's engine is in.
    pub fn joined(&mut self, room: RoomKind, now: ShowTime) {
        let there = self.room_mut(room);
        let (Link::Coming { epoch, .. } | Link::Resuming { epoch, .. }) = there.link else { return };
        there.muster = there.rejoin.then(|| now + MUSTER_LIMIT);
        there.link = Link::In { epoch, since: now };
        there.rejoin = true;
    }

    /// The library makes the connection again by itself.
    pub fn resuming(&mut self, room: RoomKind, now: ShowTime) {
        let there = self.room_mut(room);
        let Some(epoch) = there.epoch() else { return };
        there.link = Link::Resuming { epoch, until: now + RESUME_LIMIT };
        there.muster = None;
    }

    /// The engine is gone, or has given the room up: another one is started, now or after a wait.
    pub fn engine_lost(&mut self, room: RoomKind, now: ShowTime, ids: &mut Ids) -> Option<Ask> {
        let dice = ids.dice();
        self.room_mut(room).die(now, dice);
        if room == RoomKind::Crew {
            self.tracks.lose_all();
        }
        self.restart(room, now, ids)
    }

    /// The connection to a room is gone for good though its engine lives: as [`Self::engine_lost`], and counted,
    /// so that a room that is lost again and again is tried more slowly.
    pub fn fell(&mut self, room: RoomKind, now: ShowTime, ids: &mut Ids) -> Option<Ask> {
        self.room_mut(room).fall(now);
        self.engine_lost(room, now, ids)
    }

    fn restart(&mut self, room: RoomKind, now: ShowTime, ids: &mut Ids) -> Option<Ask> {
        let due = matches!(self.room(room).link, Link::Waiting { at } if at <= now);
        (due && self.server_up()).then(|| self.start(room, now, ids))
    }

    /// Rooms whose engine has not come in, or not come back, in time.
    pub fn overdue(&self, now: ShowTime) -> Vec<RoomKind> {
        let late = |room: &RoomKind| {
            matches!(self.room(*room).link,
                Link::Coming { until, .. } | Link::Resuming { until, .. } if until <= now)
        };
        RoomKind::ALL.into_iter().filter(late).collect()
    }

    /// What is due now.
    pub fn tick(&mut self, now: ShowTime, ids: &mut Ids) -> Vec<Ask> {
        let mut asks: Vec<Ask> = self.reopen(now).into_iter().collect();
        asks.extend(RoomKind::ALL.into_iter().filter_map(|room| self.restart(room, now, ids)));
        asks
    }

    /// An output to `air` is acknowledged.
    pub fn published(&mut self, lane: LaneId) {
        match lane {
            lanes::AIR_PICTURE => self.air.published.0 = true,
            lanes::AIR_SOUND => self.air.published.1 = true,
            _ => {}
        }
    }

    /// The whole program is published, as far as this engine's life knows.
    pub fn program_published(&self) -> bool {
        self.air.published == (true, true)
    }

    /// Whether the wait for those who vanished with the crew room is over now. True once.
    pub fn mustered(&mut self, now: ShowTime) -> bool {
        let over = |room: &mut Room| room.muster.take_if(|until| *until <= now).is_some();
        over(&mut self.air);
        over(&mut self.crew)
    }

    /// Whether somebody who vanishes from a room now may be a victim of a broken connection.
    pub fn unsettled(&self, room: RoomKind) -> bool {
        !self.is_in(room) || self.room(room).muster.is_some()
    }

    /// Whoever was in the rooms in an earlier life of this program is waited for.
    pub fn expect(&mut self) {
        (self.crew.rejoin, self.air.rejoin) = (true, true);
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        let server = match self.server {
            Server::Waiting { at, .. } => Some(at),
            _ => None,
        };
        let rooms = earlier(self.crew.deadline(self.server_up()), self.air.deadline(self.server_up()));
        earlier(server, rooms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> ShowTime {
        ShowTime::from_ms(ms)
    }

    fn opened(ids: &mut Ids) -> Connection {
        let mut connection = Connection::default();
        connection.open(ids.epoch(), &RoomKind::ALL);
        connection.rooms_ready(at(0), ids);
        connection
    }

    // S-249
    #[test]
    fn no_engine_starts_before_the_rooms_exist() {
        let mut ids = Ids::new(1);
        let mut connection = Connection::default();
        assert_eq!(connection.open(ids.epoch(), &RoomKind::ALL), Ask::Open(Epoch(1)));
        assert_eq!(connection.tick(at(1_000), &mut ids), []);
        assert_eq!(connection.deadline(), None);
        let asks = connection.rooms_ready(at(1_000), &mut ids);
        assert_eq!(asks, [Ask::Start(RoomKind::Crew, Epoch(2)), Ask::Start(RoomKind::Air, Epoch(3))]);
    }

    #[test]
    fn an_engine_that_dies_again_and_again_is_started_less_and_less_often() {
        let mut ids = Ids::new(1);
        let mut connection = opened(&mut ids);
        let mut now = at(100);
        let mut waits = Vec::new();
        for _ in 0..6 {
            let mut asks: Vec<Ask> =
                connection.engine_lost(RoomKind::Air, now, &mut ids).into_iter().collect();
            let died = now;
            while asks.is_empty() {
                now = connection.air.deadline(true).unwrap();
                asks = connection.tick(now, &mut ids);
            }
            waits.push(now.since(died).ms());
            now = now + at(100);
            connection.joined(RoomKind::Air, now);
            now = now + at(100);
        }
        let most = [0, 300, 600, 1_200, 2_400, 4_800];
        for (wait, most) in waits.iter().zip(most) {
            assert!((most / 2..=most).contains(wait), "{waits:?}");
        }
        now = now + STEADY;
        assert!(connection.engine_lost(RoomKind::Air, now, &mut ids).is_some(), "a good life is forgiven");
    }

    #[test]
    fn engines_wait_for_a_server_that_is_away() {
        let mut ids = Ids::new(1);
        let mut connection = opened(&mut ids);
        assert_eq!(connection.server_lost(at(50)), Some(Ask::Open(Epoch(1))), "the same epoch, at once");
        assert_eq!(connection.engine_lost(RoomKind::Crew, at(60), &mut ids), None);
        assert_eq!(connection.server_lost(at(70)), None);
        assert_eq!(connection.deadline(), Some(at(1_070)));
        assert_eq!(connection.tick(at(1_070), &mut ids), [Ask::Open(Epoch(1))]);
        let asks = connection.rooms_ready(at(1_200), &mut ids);
        assert_eq!(asks, [Ask::Start(RoomKind::Crew, Epoch(4))]);
    }

    #[test]
    fn a_join_that_never_ends_and_a_resume_that_never_ends_are_overdue() {
        let mut ids = Ids::new(1);
        let mut connection = opened(&mut ids);
        connection.joined(RoomKind::Air, at(10));
        connection.resuming(RoomKind::Air, at(20));
        assert_eq!(connection.overdue(JOIN_LIMIT), [RoomKind::Crew]);
        assert_eq!(connection.overdue(at(20) + RESUME_LIMIT), RoomKind::ALL);
    }

    #[test]
    fn a_room_that_is_lost_again_and_again_is_tried_slowly_and_a_dying_engine_is_not() {
        let mut ids = Ids::new(1);
        let mut connection = opened(&mut ids);
        let mut now = at(0);
        for _ in 0..LOOP_FALLS {
            now = now + STEADY;
            connection.joined(RoomKind::Crew, now);
            now = now + STEADY;
            connection.fell(RoomKind::Crew, now, &mut ids);
            connection.tick(now, &mut ids);
        }
        assert_eq!(connection.looping(now), [RoomKind::Crew]);
        assert_eq!(connection.crew.deadline(true), Some(now + LOOP_WAIT));
        assert_eq!(connection.looping(now + LOOP_WINDOW), []);
        for n in 1..6 {
            connection.joined(RoomKind::Air, now);
            now = now + STEADY;
            assert!(connection.engine_lost(RoomKind::Air, now, &mut ids).is_some(), "death {n}");
        }
    }

    #[test]
    fn a_room_that_is_tried_for_hours_is_still_tried() {
        let mut ids = Ids::new(3);
        let mut connection = opened(&mut ids);
        let mut now = at(0);
        for n in 0..2_000 {
            if connection.engine_lost(RoomKind::Crew, now, &mut ids).is_none() {
                let due = connection.crew.deadline(true).unwrap();
                assert!(due.since(now) <= at(7_000), "attempt {n}");
                now = due;
                assert_eq!(connection.tick(now, &mut ids).len(), 1, "attempt {n}");
            }
        }
    }

    #[test]
    fn only_rooms_that_are_wanted_are_joined() {
        let mut ids = Ids::new(1);
        let mut connection = Connection::default();
        connection.open(ids.epoch(), &[RoomKind::Crew]);
        assert_eq!(connection.rooms_ready(at(1), &mut ids), [Ask::Start(RoomKind::Crew, Epoch(2))]);
        assert_eq!(
            connection.enter(RoomKind::Air, at(2), &mut ids),
            Some(Ask::Start(RoomKind::Air, Epoch(3)))
        );
        assert_eq!(connection.enter(RoomKind::Air, at(3), &mut ids), None);
        assert!(connection.give_up(RoomKind::Crew));
        assert_eq!(
            (connection.engine(RoomKind::Crew), connection.tick(at(90_000), &mut ids)),
            (None, vec![])
        );
    }
}
