//! The chat of both rooms: each message numbered once, kept once, however often it is sent.
//!
//! The newest lines are in memory; the store has all of them.

use std::collections::VecDeque;
use std::sync::Arc;

use studio_wire::chat::{ChatLine, ChatPage, PAGE};
use studio_wire::ids::Identity;
use studio_wire::rtc::RoomKind;

/// Lines of a room in memory: more than may be under way to a seat whose connection is being made again.
const TAIL: usize = 1_000;

/// One room's messages.
#[derive(Clone, Debug, Default)]
struct Talk {
    newest: u64,
    lines: VecDeque<Arc<ChatLine>>,
}

/// Both rooms. Behind an `Arc`, because a studio is copied before each event and most events are no chat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    crew: Arc<Talk>,
    air: Arc<Talk>,
}

/// A message as it came in, cleaned.
pub(crate) struct Said {
    pub from: Identity,
    pub name: String,
    pub id: String,
    pub text: String,
    pub at_ms: u64,
}

impl Chat {
    fn talk(&self, room: RoomKind) -> &Talk {
        match room {
            RoomKind::Crew => &self.crew,
            RoomKind::Air => &self.air,
        }
    }

    fn talk_mut(&mut self, room: RoomKind) -> &mut Talk {
        Arc::make_mut(match room {
            RoomKind::Crew => &mut self.crew,
            RoomKind::Air => &mut self.air,
        })
    }

    /// Goes on from the pages that an earlier life of the program kept.
    pub fn resume(&mut self, pages: Vec<ChatPage>) {
        *self = Self::default();
        for page in pages {
            let talk = self.talk_mut(page.room);
            talk.newest = page.newest.max(page.lines.last().map_or(0, |line| line.seq));
            talk.lines = page.lines.into_iter().map(Arc::new).collect();
        }
    }

    /// The line that this message is already, if it was sent before.
    pub fn find(&self, room: RoomKind, from: &Identity, id: &str) -> Option<&ChatLine> {
        let same = |line: &&Arc<ChatLine>| line.id == id && line.from == *from;
        self.talk(room).lines.iter().rev().find(same).map(AsRef::as_ref)
    }

    /// Numbers a message that is new.
    pub fn keep(&mut self, room: RoomKind, said: Said) -> ChatLine {
        let talk = self.talk_mut(room);
        talk.newest += 1;
        let Said { from, name, id, text, at_ms } = said;
        let line = ChatLine { room, seq: talk.newest, id, from, name, at_ms, text };
        if talk.lines.len() == TAIL {
            talk.lines.pop_front();
        }
        talk.lines.push_back(Arc::new(line.clone()));
        line
    }

    /// The newest number of a room.
    pub fn newest(&self, room: RoomKind) -> u64 {
        self.talk(room).newest
    }

    /// The newest page of a room.
    pub fn page(&self, room: RoomKind) -> ChatPage {
        let talk = self.talk(room);
        let from = talk.lines.len().saturating_sub(PAGE);
        ChatPage { room, lines: talk.lines.range(from..).map(whole).collect(), newest: talk.newest }
    }

    /// Everything in memory that is newer.
    pub fn after(&self, room: RoomKind, seq: u64) -> Vec<ChatLine> {
        self.talk(room).lines.iter().filter(|line| line.seq > seq).map(whole).collect()
    }

    /// A page of what was said after or before a number; `None` where memory does not reach that far.
    pub fn history(&self, room: RoomKind, after: Option<u64>, before: Option<u64>) -> Option<ChatPage> {
        let talk = self.talk(room);
        let oldest = talk.lines.front().map_or(talk.newest + 1, |line| line.seq);
        let within =
            |line: &&Arc<ChatLine>| after.is_none_or(|n| line.seq > n) && before.is_none_or(|n| line.seq < n);
        let mut lines: Vec<ChatLine> = talk.lines.iter().filter(within).map(whole).collect();
        match (after, before) {
            (Some(after), _) => {
                if after + 1 < oldest {
                    return None;
                }
                lines.truncate(PAGE);
            }
            (None, Some(_)) => {
                if lines.len() < PAGE && oldest > 1 {
                    return None;
                }
                lines.drain(..lines.len().saturating_sub(PAGE));
            }
            (None, None) => lines.drain(..lines.len().saturating_sub(PAGE)).for_each(drop),
        }
        Some(ChatPage { room, lines, newest: talk.newest })
    }
}

fn whole(line: &Arc<ChatLine>) -> ChatLine {
    line.as_ref().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(count: u64) -> Chat {
        let mut chat = Chat::default();
        for n in 1..=count {
            let id = format!("m{n}");
            let said = Said { from: "ana".into(), name: "Ana".into(), id, text: n.to_string(), at_ms: n };
            assert_eq!(chat.keep(RoomKind::Air, said).seq, n);
        }
        chat
    }

    fn seqs(page: &ChatPage) -> (u64, u64, usize) {
        (page.lines[0].seq, page.lines[page.lines.len() - 1].seq, page.lines.len())
    }

    #[test]
    fn a_message_sent_twice_is_found_and_the_same_id_of_another_is_not() {
        let chat = chat(3);
        assert_eq!(chat.find(RoomKind::Air, &"ana".into(), "m2").unwrap().seq, 2);
        assert!(chat.find(RoomKind::Air, &"bo".into(), "m2").is_none());
        assert!(chat.find(RoomKind::Crew, &"ana".into(), "m2").is_none());
    }

    #[test]
    fn pages_go_both_ways_and_end_where_memory_does() {
        let chat = chat(1_250);
        assert_eq!(seqs(&chat.page(RoomKind::Air)), (1_151, 1_250, 100));
        assert_eq!(seqs(&chat.history(RoomKind::Air, Some(300), None).unwrap()), (301, 400, 100));
        assert_eq!(seqs(&chat.history(RoomKind::Air, None, Some(500)).unwrap()), (400, 499, 100));
        assert_eq!(chat.history(RoomKind::Air, Some(249), None), None, "251 is the oldest, 250 is missing");
        assert!(chat.history(RoomKind::Air, Some(250), None).is_some());
        assert_eq!(chat.history(RoomKind::Air, None, Some(300)), None);
        assert_eq!(chat.history(RoomKind::Air, Some(u64::MAX - 1), None).unwrap().lines, []);
        assert_eq!(chat.history(RoomKind::Crew, Some(0), None).unwrap(), ChatPage::default());
    }

    #[test]
    fn a_restarted_program_goes_on_counting() {
        let mut chat = chat(0);
        let line = ChatLine { seq: 41, ..ChatLine::default() };
        chat.resume(vec![ChatPage { room: RoomKind::Crew, lines: vec![line], newest: 42 }]);
        let said = Said { from: "a".into(), name: "A".into(), id: "x".into(), text: "y".into(), at_ms: 1 };
        assert_eq!(chat.keep(RoomKind::Crew, said).seq, 43);
    }
}
