//! Requests that the library answers later, and who waits for each.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::audio::Flight;
use crate::error::CallError;
use crate::library;
use crate::proto::ffi_request;
use crate::publication::Published;
use crate::redact::redact;
use crate::room::Joined;
use crate::rpc::RpcError;
use crate::stats::RtcStats;

/// What a late answer brings. Objects of the library are already in guards: an answer that nobody takes any
/// more gives them back by being dropped.
#[derive(Debug)]
pub(crate) enum Answer {
    Joined(Box<Joined>),
    Published(Published),
    Stats(Vec<RtcStats>),
    Performed(Result<String, RpcError>),
    Done,
}

/// What happens to an answer.
enum Waiter {
    /// A thread waits for it.
    Thread(SyncSender<Result<Answer, String>>),
    /// Ten milliseconds of sound, kept until the library has taken them.
    Sound { flight: Arc<Flight>, _samples: Box<[i16]> },
    /// A packet's bytes, kept until the library has taken them.
    Bytes { name: &'static str, _bytes: Box<[u8]> },
    /// A closure takes it, on the library's thread.
    Then(Box<Taker>),
}

type Taker = dyn FnOnce(Result<Answer, String>) + Send;

/// The waiters of the process, by the number that each request carries. The numbers are ours, so a waiter
/// stands before its request is made and no answer can come too early.
pub(crate) struct Waiters {
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, Waiter>>,
}

pub(crate) static WAITERS: LazyLock<Waiters> = LazyLock::new(Waiters::new);

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as the library's own while it lives.
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter() -> Self {
        IN_CALLBACK.set(true);
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        IN_CALLBACK.set(false);
    }
}

impl Waiters {
    fn new() -> Self {
        Self { next: AtomicU64::new(1), waiting: Mutex::new(HashMap::new()) }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Waiter>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, waiter: Waiter) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        self.waiting().insert(id, waiter);
        id
    }

    fn forget(&self, id: u64) {
        let waiter = self.waiting().remove(&id);
        if let Some(Waiter::Sound { flight, .. }) = waiter {
            flight.landed(false);
        }
    }

    /// Hands an answer to whoever waits for it. Never blocks: each channel has room for its one answer.
    pub(crate) fn answer(&self, id: u64, answer: Result<Answer, String>) {
        let waiter = self.waiting().remove(&id);
        match waiter {
            Some(Waiter::Thread(sender)) => drop(sender.try_send(answer)),
            Some(Waiter::Sound { flight, .. }) => flight.landed(answer.is_ok()),
            Some(Waiter::Bytes { name, .. }) => {
                if let Err(error) = answer {
                    tracing::warn!(target: "livekit", "{name} failed: {}", redact(&error));
                }
            }
            Some(Waiter::Then(then)) => then(answer),
            None => {}
        }
    }

    /// Makes a request through `send`, which is given the number to put into it, and waits for the answer.
    fn ask(
        &self,
        name: &'static str,
        after: Duration,
        send: impl FnOnce(u64) -> Result<(), CallError>,
    ) -> Result<Answer, CallError> {
        if IN_CALLBACK.get() {
            return Err(CallError::InCallback { request: name });
        }
        let (sender, receiver) = mpsc::sync_channel(1);
        let id = self.add(Waiter::Thread(sender));
        let sent = send(id);
        let answer = sent.map(|()| receiver.recv_timeout(after));
        self.forget(id);
        match answer? {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(message)) => {
                Err(CallError::Failed { request: name, message: redact(&message).into_owned() })
            }
            Err(_) => Err(CallError::TimedOut { request: name, after }),
        }
    }
}

/// Makes a request and waits up to `after` for its late answer.
pub(crate) fn ask(
    name: &'static str,
    after: Duration,
    message: impl FnOnce(u64) -> ffi_request::Message,
) -> Result<Answer, CallError> {
    WAITERS.ask(name, after, |id| library::request(name, message(id)).map(drop))
}

/// [`ask`] for a request whose answer says nothing but that it is done.
pub(crate) fn ask_done(
    name: &'static str,
    after: Duration,
    message: impl FnOnce(u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    match ask(name, after, message)? {
        Answer::Done => Ok(()),
        _ => Err(CallError::Malformed { request: name }),
    }
}

/// Makes a request whose late answer `then` takes, on the library's thread. Not called if the request fails.
pub(crate) fn ask_then(
    name: &'static str,
    then: impl FnOnce(Result<Answer, String>) + Send + 'static,
    message: impl FnOnce(u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    send_for(name, Waiter::Then(Box::new(then)), message)
}

/// Makes a request that stands for `waiter`.
fn send_for(
    name: &'static str,
    waiter: Waiter,
    message: impl FnOnce(u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    let id = WAITERS.add(waiter);
    let sent = library::request(name, message(id)).map(drop);
    if sent.is_err() {
        WAITERS.forget(id);
    }
    sent
}

/// Makes a request whose answer nobody waits for.
pub(crate) fn tell(
    name: &'static str,
    message: impl FnOnce(u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    let id = WAITERS.next.fetch_add(1, Ordering::Relaxed);
    library::request(name, message(id)).map(drop)
}

/// Makes the request that hands `samples` over and keeps them, at the same address, until it is answered.
pub(crate) fn hand_over(
    samples: Box<[i16]>,
    flight: &Arc<Flight>,
    message: impl FnOnce(u64, u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    let address = samples.as_ptr() as u64;
    let waiter = Waiter::Sound { flight: flight.clone(), _samples: samples };
    send_for("CaptureAudioFrame", waiter, |id| message(id, address))
}

/// Makes the request that hands `bytes` over and keeps them, at the same address, until it is answered.
pub(crate) fn hand_over_bytes(
    name: &'static str,
    bytes: Box<[u8]>,
    message: impl FnOnce(u64, u64) -> ffi_request::Message,
) -> Result<(), CallError> {
    let address = bytes.as_ptr() as u64;
    send_for(name, Waiter::Bytes { name, _bytes: bytes }, |id| message(id, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(10);

    #[test]
    fn an_answer_that_comes_before_the_request_returns_is_not_lost() {
        let waiters = Waiters::new();
        let answer = waiters.ask("Test", LONG, |id| {
            waiters.answer(id, Ok(Answer::Done));
            Ok(())
        });
        assert!(matches!(answer, Ok(Answer::Done)), "{answer:?}");
    }

    #[test]
    fn answers_find_their_own_request() {
        let waiters = Waiters::new();
        let ids = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for fails in [true, false] {
                let (waiters, ids) = (&waiters, &ids);
                scope.spawn(move || {
                    let answer = waiters.ask("Test", LONG, |id| {
                        ids.lock().unwrap().push((id, fails));
                        Ok(())
                    });
                    assert_eq!(answer.is_err(), fails, "{answer:?}");
                });
            }
            while ids.lock().unwrap().len() < 2 {
                std::thread::yield_now();
            }
            for &(id, fails) in ids.lock().unwrap().iter().rev() {
                waiters.answer(id, if fails { Err("no".into()) } else { Ok(Answer::Done) });
            }
        });
        assert!(waiters.waiting().is_empty());
    }

    #[test]
    fn silence_ends_with_the_deadline_and_a_refusal_at_once() {
        let waiters = Waiters::new();
        let silent = waiters.ask("Test", Duration::from_millis(5), |_| Ok(()));
        assert!(matches!(silent, Err(CallError::TimedOut { .. })), "{silent:?}");
        let refused = waiters.ask("Test", LONG, |_| Err(CallError::Refused { request: "Test" }));
        assert_eq!(refused.unwrap_err(), CallError::Refused { request: "Test" });
        assert!(waiters.waiting().is_empty(), "a waiter is left");
        waiters.answer(1, Ok(Answer::Done));
    }

    #[test]
    fn a_failure_never_carries_a_token() {
        let waiters = Waiters::new();
        let answer = waiters.ask("Test", LONG, |id| {
            waiters.answer(id, Err("401 for eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.sig".into()));
            Ok(())
        });
        assert_eq!(answer.unwrap_err().to_string(), "Test failed: 401 for eyJ…");
    }

    #[test]
    fn a_call_that_waits_is_refused_on_the_librarys_thread() {
        let waiters = Waiters::new();
        let inside = Inside::enter();
        let answer = waiters.ask("Test", LONG, |_| panic!("asked"));
        assert_eq!(answer.unwrap_err(), CallError::InCallback { request: "Test" });
        drop(inside);
        let answer = waiters.ask("Test", Duration::ZERO, |_| Ok(()));
        assert!(matches!(answer, Err(CallError::TimedOut { .. })));
    }
}
