//! A database in memory with a show, and orders to write into it.

use rusqlite::Connection;
use rusqlite::types::FromSql;
use studio_wire::chat::ChatLine;
use studio_wire::rtc::RoomKind;
use studio_wire::store::StoreOrder;
use studio_wire::view::StateName;
use studio_wire::{Epoch, Identity, Position, Presence, Rights, Role, SessionId};

/// The show that is there from the start.
pub const SHOW: &str = "s";

/// What somebody may be called by a stranger's server: all different, each to come back byte for byte.
pub const ODD: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "a",
    "A",
    "é",
    "e\u{301}",
    "'; DROP TABLE chat; --",
    "\"quoted\" `ticks` [brackets]",
    "%_\\",
    "{\"json\":[null]}",
    "\u{202e}right to left\u{202c}",
    "line\nbreak\ttab\r",
    "👩‍👩‍👧‍👦",
    "\u{10ffff}",
    "0",
    "0.0",
    "NULL",
];

pub struct Bench {
    pub connection: Connection,
}

impl Bench {
    pub fn new() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        crate::migrate::run(&mut connection).unwrap();
        let bench = Self { connection };
        bench.write(&session(SHOW, StateName::Ready, 1));
        bench
    }

    pub fn write(&self, order: &StoreOrder) {
        super::write(&self.connection, order).unwrap();
    }

    pub fn sql<T: FromSql>(&self, query: &str) -> T {
        self.connection.query_row(query, [], |row| row.get(0)).unwrap()
    }
}

pub fn session(id: &str, state: StateName, wall_ms: u64) -> StoreOrder {
    StoreOrder::Session {
        epoch: Epoch(1),
        session: SessionId::from(id),
        title: "Rivers".to_owned(),
        state,
        server: None,
        wall_ms,
    }
}

pub fn person(identity: &str, presence: Presence, wall_ms: u64) -> StoreOrder {
    StoreOrder::Person {
        session: SessionId::from(SHOW),
        identity: Identity::from(identity),
        name: identity.to_owned(),
        role: Role::Guest,
        presence,
        position: Position::Backstage,
        rights: Rights::default(),
        wall_ms,
    }
}

/// A line with an id of its own.
pub fn said(room: RoomKind, seq: u64, text: &str) -> ChatLine {
    ChatLine {
        room,
        seq,
        id: format!("{}-{seq}", room.word()),
        from: Identity::from("gina"),
        name: "Gina".to_owned(),
        at_ms: 1_000 + seq,
        text: text.to_owned(),
    }
}
