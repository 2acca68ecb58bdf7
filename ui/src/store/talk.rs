//! What was said in one room, as far as it is kept here.

use std::rc::Rc;

use studio_wire::chat::{ChatLine, ChatPage};

/// How many lines are kept, and so how many are on the page.
pub const MOST: usize = 500;

/// Lines of a room, oldest first, their numbers without a gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    /// The lines. Shared, because each new one makes a new list.
    pub lines: Vec<Rc<ChatLine>>,
}

impl Talk {
    /// These lines and those of the page; `None` if it brings nothing new. A page that does not continue what
    /// is kept, or contradicts it, is of another show or of a later part of this one: it takes the place of all.
    pub fn with(&self, page: ChatPage) -> Option<Self> {
        let last = self.newest();
        let contradicts = |line: &ChatLine| {
            let kept = self.lines.iter().find(|kept| kept.seq == line.seq);
            kept.is_some_and(|kept| **kept != *line)
        };
        let gap = page.lines.first().is_some_and(|first| first.seq > last + 1);
        let other = page.newest < last || gap || page.lines.iter().any(contradicts);
        let (mut lines, last) = if other { (Vec::new(), 0) } else { (self.lines.clone(), last) };
        lines.extend(page.lines.into_iter().filter(|line| line.seq > last).map(Rc::new));
        if !other && lines.len() == self.lines.len() {
            return None;
        }
        lines.drain(..lines.len().saturating_sub(MOST));
        Some(Self { lines })
    }

    /// The number of the newest line; 0 if there is none.
    pub fn newest(&self) -> u64 {
        self.lines.last().map_or(0, |line| line.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(seqs: std::ops::RangeInclusive<u64>) -> ChatPage {
        let newest = *seqs.end();
        let line = |seq| ChatLine { seq, id: seq.to_string(), ..ChatLine::default() };
        ChatPage { lines: seqs.map(line).collect(), newest, ..ChatPage::default() }
    }

    fn seqs(talk: &Talk) -> Vec<u64> {
        talk.lines.iter().map(|line| line.seq).collect()
    }

    #[test]
    fn lines_that_are_there_already_are_not_there_twice() {
        let talk = Talk::default().with(page(1..=3)).unwrap();
        assert_eq!(talk.with(page(2..=3)), None);
        assert_eq!(seqs(&talk.with(page(2..=5)).unwrap()), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_page_that_leaves_a_gap_takes_the_place_of_all() {
        let talk = Talk::default().with(page(1..=3)).unwrap();
        assert_eq!(seqs(&talk.with(page(7..=8)).unwrap()), [7, 8]);
    }

    #[test]
    fn the_chat_of_another_show_takes_the_place_of_the_last_one() {
        let talk = Talk::default().with(page(1..=3)).unwrap();
        assert_eq!(seqs(&talk.with(ChatPage::default()).unwrap()), [0; 0]);
        let mut other = page(1..=4);
        other.lines[0].id = "other".to_owned();
        assert_eq!(seqs(&talk.with(other).unwrap()), [1, 2, 3, 4]);
    }

    #[test]
    fn only_the_newest_five_hundred_are_kept() {
        let talk = Talk::default().with(page(1..=100)).unwrap().with(page(101..=650)).unwrap();
        assert_eq!((talk.lines.len(), talk.lines[0].seq, talk.newest()), (MOST, 151, 650));
    }
}
