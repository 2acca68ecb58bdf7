//! The connection: server, the two rooms, and the tracks that come in.
//!
//! Server: off → coming → up, and after a death waiting → coming. A room: off → coming → in, with *resuming*
//! while the library makes the connection again and *waiting* before a new engine is started. No engine is
//! started before the rooms exist, nor while the server is away. Exits: [`Ask`] to the ports, and whether a
//! room is in, to whoever asks.

pub mod tracks;

use std::collections::BTreeSet;

use studio_wire::engine::lanes;
use studio_wire::ids::{Epoch, Identity, LaneId};
use studio_wire::rtc::RoomKind;
use studio_wire::time::ShowTime;

use crate::ids::Ids;
use crate::time::{Backoff, JOIN_LIMIT, MUSTER_LIMIT, RESUME_LIMIT, STEADY, earlier};
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
#[derive(Clone, Copy, Debug, Default)]
struct Room {
    link: Link,
    deaths: u32,
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
    fn die(&mut self, now: ShowTime) {
        if let Link::In { since, .. } = self.link
            && now.since(since) >= STEADY
        {
            self.deaths = 0;
        }
        self.link = Link::Waiting { at: now + Backoff::ENGINE.wait(self.deaths) };
        self.deaths += 1;
        (self.muster, self.published) = (None, (false, false));
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
    audience: BTreeSet<Identity>,
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

    /// A show opens.
    pub fn open(&mut self, epoch: Epoch) -> Ask {
        *self = Self { server: Server::Coming { epoch }, ..Self::default() };
        Ask::Open(epoch)
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
            if matches!(self.room(room).link, Link::Off | Link::Waiting { .. }) {
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
        self.server = Server::Waiting { epoch, at: now + Backoff::SERVER.wait(self.deaths) };
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
        self.room_mut(room).die(now);
        match room {
            RoomKind::Crew => self.tracks.lose_all(),
            RoomKind::Air => self.audience.clear(),
        }
        self.restart(room, now, ids)
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

    /// Whether somebody who vanishes from the crew room now may be a victim of a broken connection.
    pub fn crew_unsettled(&self) -> bool {
        !matches!(self.crew.link, Link::In { .. }) || self.crew.muster.is_some()
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        let server = match self.server {
            Server::Waiting { at, .. } => Some(at),
            _ => None,
        };
        let rooms = earlier(self.crew.deadline(self.server_up()), self.air.deadline(self.server_up()));
        earlier(server, rooms)
    }

    /// Somebody came to the audience's room.
    pub fn audience_came(&mut self, identity: Identity) {
        self.audience.insert(identity);
    }

    /// Somebody left the audience's room.
    pub fn audience_left(&mut self, identity: &Identity) {
        self.audience.remove(identity);
    }

    /// Everybody in the audience's room but this machine, crew included.
    pub fn audience(&self) -> &BTreeSet<Identity> {
        &self.audience
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
        connection.open(ids.epoch());
        connection.rooms_ready(at(0), ids);
        connection
    }

    // S-249
    #[test]
    fn no_engine_starts_before_the_rooms_exist() {
        let mut ids = Ids::new(1);
        let mut connection = Connection::default();
        assert_eq!(connection.open(ids.epoch()), Ask::Open(Epoch(1)));
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
        assert_eq!(waits, [0, 500, 1_000, 2_000, 5_000, 5_000]);
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
}
