//! The writer thread: takes what is queued, writes it in one transaction, tells what is in the file, and then
//! answers what was asked of it.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};
use studio_wire::chat::ChatPage;
use studio_wire::rtc::RoomKind;
use studio_wire::store::{StoreOrder, StoreReport};
use studio_wire::{Epoch, Fault, SessionId, Ticket};

use crate::open::{Base, OpenError, connect};
use crate::queue::Queue;
use crate::{Word, table};

const TRY_AGAIN: Duration = Duration::from_millis(250);
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);
const LAST_TRIES: usize = 8;

pub type Report = Box<dyn Fn(StoreReport) + Send>;

pub struct Writer {
    base: Base,
    report: Report,
    queue: Queue,
    /// Intents in the queue that nobody was told of.
    untold: Vec<Epoch>,
    /// Pages of chat that somebody waits for.
    asked: Vec<Asked>,
    troubled: bool,
    /// When the log was last folded into the file, while there is something to fold.
    unfolded: Option<Instant>,
}

/// A page of chat that is asked for.
struct Asked {
    ticket: Ticket,
    session: SessionId,
    room: RoomKind,
    after: Option<u64>,
    before: Option<u64>,
}

impl Writer {
    pub fn new(base: Base, report: Report) -> Self {
        let troubled = matches!(base, Base::Locked(_));
        let queue = Queue::default();
        Self { base, report, queue, untold: Vec::new(), asked: Vec::new(), troubled, unfolded: None }
    }

    /// Runs until told to end; then writes what it can within two seconds.
    pub fn run(mut self, words: &Receiver<Word>) {
        while self.take(words) {
            self.write();
            self.answer();
            self.fold();
        }
        for _ in 0..LAST_TRIES {
            self.write();
            self.answer();
            if self.queue.is_empty() {
                break;
            }
            std::thread::sleep(TRY_AGAIN);
        }
        if !self.queue.is_empty() {
            tracing::error!(orders = self.queue.iter().count(), "not everything could be kept");
        }
    }

    /// Waits for the next order and takes all that is there. `false` at the end.
    fn take(&mut self, words: &Receiver<Word>) -> bool {
        let patience = if self.queue.is_empty() { CHECKPOINT_EVERY } else { TRY_AGAIN };
        let mut next = words.recv_timeout(patience);
        loop {
            match next {
                Ok(Word::Order(order)) => self.accept(*order),
                Ok(Word::End) | Err(RecvTimeoutError::Disconnected) => return false,
                Err(RecvTimeoutError::Timeout) => return true,
            }
            next = match words.try_recv() {
                Ok(word) => Ok(word),
                Err(_) => return true,
            };
        }
    }

    fn accept(&mut self, order: StoreOrder) {
        match order {
            StoreOrder::ReadChat { ticket, session, room, after, before } => {
                self.asked.push(Asked { ticket, session, room, after, before });
            }
            order => {
                if let StoreOrder::Session { epoch, .. } = &order {
                    self.untold.push(*epoch);
                }
                self.queue.push(order);
            }
        }
    }

    fn write(&mut self) {
        let written = if self.queue.is_empty() && !self.troubled { return } else { self.try_write() };
        match written {
            Ok(()) => {
                self.queue.clear();
                if std::mem::take(&mut self.troubled) {
                    (self.report)(StoreReport::Well);
                }
                self.unfolded.get_or_insert_with(Instant::now);
            }
            Err(error) if !self.troubled => {
                tracing::error!(%error, "the database cannot be written to; orders wait in memory");
                self.troubled = true;
                let fault =
                    if matches!(error, OpenError::Locked) { Fault::StoreLocked } else { Fault::StoreFailed };
                (self.report)(StoreReport::Trouble { fault });
            }
            Err(_) => {}
        }
        // In the file, or in memory while the file cannot be used: a show never waits for a disk.
        for epoch in self.untold.drain(..) {
            (self.report)(StoreReport::Persisted { epoch });
        }
    }

    fn try_write(&mut self) -> Result<(), OpenError> {
        if let Base::Locked(file) = &self.base {
            self.base = Base::Ready(reopen(file)?);
        }
        let Base::Ready(connection) = &mut self.base else { return Err(OpenError::Locked) };
        let mut all = connection.transaction()?;
        for order in self.queue.iter() {
            let one = all.savepoint()?;
            match table::write(&one, order) {
                Ok(()) => one.commit()?,
                // One bad order must not hold up the others for ever: its constraint is broken each time.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    let subject = table::subject(order);
                    tracing::error!(%error, subject, "an order does not fit the database and is passed over");
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(all.commit()?)
    }

    /// Answers what was asked for. Nobody waits for a file that is not to be had: until what came before is
    /// written, the answer is an empty page.
    fn answer(&mut self) {
        for Asked { ticket, session, room, after, before } in std::mem::take(&mut self.asked) {
            let nothing = ChatPage { room, ..ChatPage::default() };
            let page = match &self.base {
                Base::Ready(connection) if self.queue.is_empty() => {
                    table::page(connection, &session, room, after, before).unwrap_or_else(|error| {
                        tracing::error!(%error, "chat cannot be read");
                        nothing
                    })
                }
                Base::Ready(_) | Base::Locked(_) => nothing,
            };
            (self.report)(StoreReport::Chat { ticket, page });
        }
    }

    /// Folds the write-ahead log into the file once a second, so that a power cut costs no more than that.
    fn fold(&mut self) {
        let due = self.unfolded.is_some_and(|since| since.elapsed() >= CHECKPOINT_EVERY);
        if let (true, Base::Ready(connection)) = (due, &self.base) {
            self.unfolded = None;
            let folded: rusqlite::Result<i64> =
                connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0));
            if let Err(error) = folded {
                tracing::warn!(%error, "the write-ahead log was not folded in");
            }
        }
    }
}

fn reopen(file: &Path) -> Result<Connection, OpenError> {
    if file.as_os_str().is_empty() {
        return Err(OpenError::Locked);
    }
    connect(file)
}
