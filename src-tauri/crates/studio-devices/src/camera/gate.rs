//! A gate between a device's threads and whoever opened it. **Once it is closed nobody comes through, also not one who
//! was stuck in a driver for an hour.** Closing waits for those who are inside, but not for ever.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Duration;

/// An open gate.
#[derive(Debug, Default)]
pub(super) struct Gate {
    // Held for a few instructions, never while somebody is inside.
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    closed: bool,
    inside: Vec<ThreadId>,
}

/// A thread that is inside, until this is dropped.
#[derive(Debug)]
pub(super) struct Inside<'a> {
    gate: &'a Gate,
}

impl Gate {
    /// Goes in; `None` when it is closed.
    pub fn enter(&self) -> Option<Inside<'_>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        state.inside.push(std::thread::current().id());
        Some(Inside { gate: self })
    }

    /// Closes it. False when another thread was still inside after this time; one that closes it from inside does not
    /// wait for itself.
    pub fn close(&self, patience: Duration) -> bool {
        let this = std::thread::current().id();
        let mut state = self.state();
        state.closed = true;
        let occupied = |state: &mut State| state.inside.iter().any(|other| *other != this);
        let (_state, waited) =
            self.left.wait_timeout_while(state, patience, occupied).unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let this = std::thread::current().id();
        let mut state = self.gate.state();
        if let Some(place) = state.inside.iter().position(|other| *other == this) {
            state.inside.swap_remove(place);
        }
        self.gate.left.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_closed_gate_lets_nobody_in_and_closing_waits_for_who_is_inside() {
        let gate = Arc::new(Gate::default());
        let (entered, inside) = mpsc::channel();
        let (leave, left) = mpsc::channel::<()>();
        let thread = std::thread::spawn({
            let gate = gate.clone();
            move || {
                let within = gate.enter();
                entered.send(()).unwrap();
                left.recv().unwrap();
                drop(within);
                gate.enter().is_none()
            }
        });
        inside.recv().unwrap();
        assert!(!gate.close(Duration::from_millis(20)), "somebody is inside");
        leave.send(()).unwrap();
        assert!(gate.close(Duration::from_secs(60)));
        assert!(thread.join().unwrap() && gate.enter().is_none());
    }

    #[test]
    fn who_closes_it_from_inside_does_not_wait_for_itself() {
        let gate = Gate::default();
        let _inside = gate.enter();
        let start = Instant::now();
        assert!(gate.close(Duration::from_secs(60)));
        assert!(start.elapsed() < Duration::from_secs(30));
    }
}
