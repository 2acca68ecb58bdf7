//! What happened, in order: one row for each event that moved something or asked for something.
//!
//! Rows are redacted by construction: they hold words of this program, state names, counts and identities,
//! never a title, a name, a path or a text. Refused commands leave no row, because they change nothing.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

use studio_wire::ids::SessionId;
use studio_wire::store::StoreOrder;
use studio_wire::time::ShowTime;
use studio_wire::view::StateName;

/// How many rows stay in memory; the store has all of them.
const TAIL: usize = 200;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Counted up from 1 over the life of the program.
    pub seq: u64,
    /// When.
    pub at: ShowTime,
    /// What came in: an act, or `media.opened`, `rtc.joined`, `wake` and their like.
    pub kind: &'static str,
    /// Whom or what it was about: an identity, a room, a fault's code. Empty for most.
    pub about: String,
    /// State of the broadcast before.
    pub from: StateName,
    /// State of the broadcast after.
    pub to: StateName,
    /// What was asked of the ports, in order.
    pub orders: Vec<&'static str>,
}

impl Row {
    /// The row's detail as one line of JSON.
    pub fn payload(&self) -> String {
        let orders: Vec<String> = self.orders.iter().map(|order| quoted(order)).collect();
        format!(
            r#"{{"about":{},"from":{},"to":{},"orders":[{}]}}"#,
            quoted(&self.about),
            quoted(self.from.word()),
            quoted(self.to.word()),
            orders.join(",")
        )
    }
}

/// The tail in memory and the counter.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    seq: u64,
    /// Shared with copies of the studio, so that a copy before each event is cheap.
    tail: VecDeque<Arc<Row>>,
}

impl Journal {
    /// Numbers a row, keeps it and says how it is to be stored.
    pub fn write(&mut self, session: Option<SessionId>, mut row: Row) -> StoreOrder {
        self.seq += 1;
        row.seq = self.seq;
        let order = StoreOrder::Event {
            session,
            seq: row.seq,
            at: row.at,
            kind: row.kind.to_owned(),
            payload: row.payload(),
        };
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(Arc::new(row));
        order
    }

    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.tail.iter().map(AsRef::as_ref)
    }
}

/// A JSON string. Written here because it is all of JSON that the machine needs.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => write!(out, "\\u{:04x}", c as u32).expect("a String takes all text"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(about: &str) -> Row {
        Row {
            seq: 0,
            at: ShowTime::from_ms(5),
            kind: "rtc.came",
            about: about.to_owned(),
            from: StateName::Ready,
            to: StateName::Ready,
            orders: vec!["store.person"],
        }
    }

    #[test]
    fn a_payload_is_json_whatever_the_identity() {
        let payload: serde_json::Value = serde_json::from_str(&row("a\"b\\c\n\u{1}é").payload()).unwrap();
        assert_eq!(payload["about"], "a\"b\\c\n\u{1}é");
        assert_eq!(payload["orders"][0], "store.person");
        assert_eq!(payload["to"], "ready");
    }

    #[test]
    fn the_tail_is_bounded_and_keeps_the_newest() {
        let mut journal = Journal::default();
        for _ in 0..TAIL + 3 {
            journal.write(None, row("x"));
        }
        let seqs: Vec<u64> = journal.rows().map(|row| row.seq).collect();
        assert_eq!((seqs.len(), seqs[0], seqs[TAIL - 1]), (TAIL, 4, TAIL as u64 + 3));
    }
}
