//! A database file of its own for each test, and orders for it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rusqlite::Connection;
use studio_store::Store;
use studio_wire::chat::ChatLine;
use studio_wire::rtc::RoomKind;
use studio_wire::store::{Kept, StoreOrder, StoreReport};
use studio_wire::view::StateName;
use studio_wire::{Epoch, Identity, Position, Presence, Rights, Role, SessionId, ShowTime};
use tempfile::TempDir;

pub struct Bench {
    _dir: TempDir,
    pub file: PathBuf,
}

impl Bench {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { file: dir.path().join("studio.db"), _dir: dir }
    }

    pub fn open(&self) -> (Store, Kept, Receiver<StoreReport>) {
        let (report, reports) = channel();
        let (store, kept) = Store::open(Some(&self.file), move |news| drop(report.send(news)));
        (store, kept, reports)
    }

    pub fn sql<T: rusqlite::types::FromSql>(&self, query: &str) -> T {
        Connection::open(&self.file).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
    }
}

pub fn in_memory() -> (Store, Receiver<StoreReport>) {
    let (report, reports) = channel();
    let (store, kept) = Store::open(None, move |news| drop(report.send(news)));
    assert_eq!(kept, Kept::default());
    (store, reports)
}

pub fn session(epoch: u32, state: StateName) -> StoreOrder {
    StoreOrder::Session {
        epoch: Epoch(epoch),
        session: SessionId::from("s"),
        title: "Rivers".to_owned(),
        state,
        server: None,
        wall_ms: u64::from(epoch) * 100,
    }
}

pub fn person(presence: Presence, wall_ms: u64) -> StoreOrder {
    StoreOrder::Person {
        session: SessionId::from("s"),
        identity: Identity::from("host"),
        name: "Mara".to_owned(),
        role: Role::Host,
        presence,
        position: Position::Backstage,
        rights: Rights::ALL,
        wall_ms,
    }
}

pub fn event(seq: u64) -> StoreOrder {
    StoreOrder::Event {
        session: None,
        seq,
        at: ShowTime(seq),
        kind: "test".to_owned(),
        payload: "{}".to_owned(),
    }
}

/// A line with an id of its own.
pub fn said(room: RoomKind, seq: u64) -> ChatLine {
    ChatLine {
        room,
        seq,
        id: format!("{}-{seq}", room.word()),
        from: Identity::from("gina"),
        name: "Gina".to_owned(),
        at_ms: 1_000 + seq,
        text: format!("line {seq}"),
    }
}

pub fn chat(line: ChatLine) -> StoreOrder {
    StoreOrder::Chat { session: SessionId::from("s"), line }
}

pub fn hear(reports: &Receiver<StoreReport>) -> StoreReport {
    reports.recv_timeout(Duration::from_secs(20)).unwrap()
}
