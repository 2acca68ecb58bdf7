//! The way out: engines say goodbye to their rooms before they end.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use studio_wire::engine::Order;
use studio_wire::rtc::RoomKind;

use super::{Event, Life, Supervisor};

/// How long engines may take to leave their rooms.
const LEAVE_LIMIT: Duration = Duration::from_millis(1_500);
/// How often is looked whether they have.
const LOOK: Duration = Duration::from_millis(5);

impl Supervisor {
    /// Lets the engines of these rooms leave, then ends them. What else comes meanwhile waits.
    pub(super) fn leave(
        &mut self,
        rooms: &[RoomKind],
        events: &Receiver<Event>,
        waiting: &mut VecDeque<Event>,
    ) {
        let leaving: Vec<u64> = rooms.iter().filter_map(|room| self.life(*room)).collect();
        for life in self.engines.values().filter(|life| leaving.contains(&life.number)) {
            let _ = life.engine.order(Order::Leave);
        }
        let limit = Instant::now() + LEAVE_LIMIT;
        let left = |engines: &mut BTreeMap<RoomKind, Life>| {
            engines.values_mut().all(|life| !leaving.contains(&life.number) || life.engine.has_ended())
        };
        while Instant::now() < limit && !left(&mut self.engines) {
            match events.recv_timeout(LOOK) {
                Ok(Event::Sign(number, _)) if leaving.contains(&number) => {}
                Ok(event) => waiting.push_back(event),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        for room in rooms {
            self.end(*room);
        }
    }
}
