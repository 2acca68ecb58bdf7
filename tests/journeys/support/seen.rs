//! What a foreign client says about what it sees, kept in order and waited for.

#![allow(dead_code, reason = "not every test asks for everything")]

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Everything that was seen so far. Each event is a JSON object, and one of its keys says what it is.
#[derive(Default)]
pub struct Seen {
    kept: Mutex<Kept>,
    more: Condvar,
}

#[derive(Default)]
struct Kept {
    events: Vec<Value>,
    over: bool,
}

impl Seen {
    /// Takes in one event.
    pub fn add(&self, event: Value) {
        self.kept.lock().unwrap().events.push(event);
        self.more.notify_all();
    }

    /// There is nobody any more who could see something.
    pub fn end(&self) {
        self.kept.lock().unwrap().over = true;
        self.more.notify_all();
    }

    /// How many events there are: a place to look from.
    pub fn count(&self) -> usize {
        self.kept.lock().unwrap().events.len()
    }

    /// All events so far, oldest first.
    pub fn all(&self) -> Vec<Value> {
        self.kept.lock().unwrap().events.clone()
    }

    /// What each event with this key says so far.
    pub fn of(&self, key: &str) -> Vec<Value> {
        self.all().into_iter().filter_map(|event| event.get(key).cloned()).collect()
    }

    /// Waits for the first event from `start` on that `find` finds something in.
    ///
    /// Panics with everything that was seen when it does not come.
    pub fn wait<T>(
        &self,
        what: &str,
        start: usize,
        limit: Duration,
        find: impl Fn(&Value) -> Option<T>,
    ) -> T {
        let end = Instant::now() + limit;
        let mut kept = self.kept.lock().unwrap();
        let mut at = start;
        loop {
            if let Some(found) = kept.events[at.min(kept.events.len())..].iter().find_map(&find) {
                return found;
            }
            at = kept.events.len();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || kept.over {
                let why = if kept.over { "the client has ended" } else { "the time is up" };
                let seen: Vec<_> = kept.events.iter().map(Value::to_string).collect();
                drop(kept);
                panic!("{what}: not seen, {why} ({limit:?}); seen was\n{}", seen.join("\n"));
            }
            kept = self.more.wait_timeout(kept, left).unwrap().0;
        }
    }
}
