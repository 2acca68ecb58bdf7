//! What survives a restart, in one SQLite file.
//!
//! **A store never blocks and never stops a show.** One thread owns the connection and writes in order; an
//! order that cannot be written yet waits in memory, which is told once. A file that cannot be used at all
//! is left or put aside, and the show runs in memory.
//!
//! **Invariant: no secret is given to it, and nobody else opens the file for writing.**

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod migrate;
mod open;
mod queue;
mod table;
mod writer;

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use studio_wire::store::{Kept, StoreOrder, StoreReport};

pub use migrate::SCHEMA;

const QUEUE: usize = 4096;

/// The open store: the door to its writer thread.
pub struct Store {
    orders: SyncSender<Word>,
    thread: Option<JoinHandle<()>>,
}

/// What the writer thread is told.
enum Word {
    Order(Box<StoreOrder>),
    End,
}

impl Store {
    /// Opens a file, or memory. Never fails: what is wrong stands in [`Kept::faults`], and the show can go on.
    /// `report` is called from the writer thread and must not wait for it.
    pub fn open(file: Option<&Path>, report: impl Fn(StoreReport) + Send + 'static) -> (Self, Kept) {
        let (base, kept) = open::open(file);
        let (orders, words) = sync_channel(QUEUE);
        let work = move || writer::Writer::new(base, Box::new(report)).run(&words);
        let thread = match thread::Builder::new().name("store".to_owned()).spawn(work) {
            Ok(thread) => Some(thread),
            Err(error) => {
                tracing::error!(%error, "the store has no thread; nothing will be kept");
                None
            }
        };
        (Self { orders, thread }, kept)
    }

    /// Hands over an order. Waits only while 4,096 are waiting already, which is logged.
    pub fn order(&self, order: StoreOrder) {
        match self.orders.try_send(Word::Order(order.into())) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(word)) => {
                tracing::error!("the store's queue is full");
                let _ = self.orders.send(word);
            }
        }
    }

    /// Writes what is queued and closes the file.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = self.orders.send(Word::End);
            if thread.join().is_err() {
                tracing::error!("the store's thread ended by a panic");
            }
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.end();
    }
}
