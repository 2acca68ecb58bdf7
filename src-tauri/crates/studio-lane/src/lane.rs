//! The two ends of a lane.
#![allow(unsafe_code, reason = "the bytes of a slot lie in memory shared with another process")]

use std::fmt;

use crate::slot::{Meta, Slots, State, Word};

/// Looks at a lane before giving up for this call. Each failed try means that the other side moved in between;
/// an honest one cannot do that as often as this, a hostile one cannot hold the caller longer.
const TRIES: u32 = 16;

/// The end of a lane that fills it. There is one for each lane and side.
pub struct Writer {
    slots: Slots,
    seq: u64,
}

impl Writer {
    pub(crate) fn new(slots: Slots) -> Writer {
        // A writer that follows another one on this lane goes on counting where that one ended.
        let seq = slots.heads().map(|(_, word)| word.seq()).max().unwrap_or(0);
        Writer { slots, seq }
    }

    /// A slot to write the next frame into: a free one, else that of the oldest frame nobody has begun to read,
    /// which is lost. Never waits. `None` when every slot is being read (then this frame is the one lost).
    pub fn draft(&mut self) -> Option<Draft<'_>> {
        let seq = self.seq + 1;
        for _ in 0..TRIES {
            // Nothing seen may also mean that a quick reader was always one slot ahead of this look: look again.
            let Some((slot, word)) = self.oldest() else { continue };
            if self.slots.head(slot).change(word, Word::new(seq, State::Writing)) {
                return Some(Draft { writer: self, slot, seq });
            }
        }
        None
    }

    /// The slot to write into next: one that is free, else the oldest unread.
    fn oldest(&self) -> Option<(u32, Word)> {
        let age = |word: Word| match word.state() {
            State::Free => Some(0),
            State::Ready => Some(word.seq()),
            State::Writing | State::Reading => None,
        };
        let slots = self.slots.heads().filter_map(|(slot, word)| Some((age(word)?, slot, word)));
        slots.min_by_key(|&(age, ..)| age).map(|(_, slot, word)| (slot, word))
    }

    /// The most bytes one frame of this lane can have.
    pub fn slot_bytes(&self) -> u32 {
        self.slots.bytes
    }
}

/// A slot that belongs to the writer. Dropped without [`Draft::publish`] it is free again and nothing was sent.
pub struct Draft<'writer> {
    writer: &'writer mut Writer,
    slot: u32,
    seq: u64,
}

impl Draft<'_> {
    /// The whole slot. What an earlier frame left in it is still there.
    pub fn bytes(&mut self) -> &mut [u8] {
        let slots = &self.writer.slots;
        // SAFETY: inside the mapping; the word says `Writing`, so no reader holds a frame of this slot, and
        // `&mut self` keeps this the only view in this process. A peer that ignores the words can spoil samples
        // but no invariant: no `u8` is invalid and nothing is decided by what is read here.
        unsafe { std::slice::from_raw_parts_mut(slots.data(self.slot).as_ptr(), slots.bytes as usize) }
    }

    /// Sends the frame: from here on a reader may take it. `meta.len` is cut to the slot.
    pub fn publish(self, meta: Meta) {
        let head = self.writer.slots.head(self.slot);
        head.describe(Meta { len: meta.len.min(self.writer.slots.bytes), ..meta });
        head.hand_on(Word::new(self.seq, State::Ready));
        self.writer.seq = self.seq;
        std::mem::forget(self);
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        self.writer.slots.head(self.slot).hand_on(Word::new(self.seq, State::Free));
    }
}

/// The end of a lane that empties it. There is one for each lane and side.
///
/// Frames come in the order of their numbers and none comes twice; both ways of taking may be mixed.
pub struct Reader {
    slots: Slots,
    last: u64,
}

impl Reader {
    pub(crate) fn new(slots: Slots) -> Reader {
        Reader { slots, last: 0 }
    }

    /// The newest frame sent since the last one taken; older unread ones are lost. `None`: nothing new.
    ///
    /// Each [`Frame`] held takes one slot from the writer, which needs two.
    pub fn newest(&mut self) -> Option<Frame> {
        self.take(|candidate, best| candidate > best)
    }

    /// The oldest frame sent since the last one taken that is still there. The lane holds as many unread frames as it
    /// has slots; beyond that the writer recycles the oldest, which shows as a gap in [`Frame::seq`].
    #[allow(clippy::should_implement_trait, reason = "a lane that is empty now is not at its end")]
    pub fn next(&mut self) -> Option<Frame> {
        self.take(|candidate, best| candidate < best)
    }

    fn take(&mut self, better: impl Fn(u64, u64) -> bool) -> Option<Frame> {
        for _ in 0..TRIES {
            let mut best: Option<(u32, Word)> = None;
            for (slot, word) in self.slots.heads() {
                let unread = word.state() == State::Ready && word.seq() > self.last;
                if unread && best.is_none_or(|(_, best)| better(word.seq(), best.seq())) {
                    best = Some((slot, word));
                }
            }
            let (slot, word) = best?;
            if self.slots.head(slot).change(word, Word::new(word.seq(), State::Reading)) {
                self.last = word.seq();
                let meta = self.slots.head(slot).description(self.slots.bytes);
                return Some(Frame { slots: self.slots.clone(), slot, meta, seq: word.seq() });
            }
        }
        None
    }

    /// Slots that a writer is inside of right now. With the writer known to be dead: frames it never finished,
    /// whose slots are gone for the life of the block.
    pub fn unfinished(&self) -> usize {
        self.slots.heads().filter(|(_, word)| word.state() == State::Writing).count()
    }
}

/// One frame, in place. Owns its slot until dropped, and keeps the memory mapped: it stays readable when writer,
/// block and the process that wrote it are gone.
pub struct Frame {
    slots: Slots,
    slot: u32,
    /// What the frame is. `meta.len` is the length of [`Frame::bytes`], whatever the writer claimed.
    pub meta: Meta,
    /// Its number on this lane, counted from 1 by the writer; a gap is the number of frames lost.
    pub seq: u64,
}

impl Frame {
    /// The frame's samples.
    pub fn bytes(&self) -> &[u8] {
        let len = self.meta.len.min(self.slots.bytes) as usize;
        // SAFETY: inside the mapping; the word says `Reading`, so no writer touches the slot before `drop`. What
        // a peer that ignores the words can spoil is said at `Draft::bytes`.
        unsafe { std::slice::from_raw_parts(self.slots.data(self.slot).as_ptr(), len) }
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        // Only if it still is ours: a hostile writer may have changed it, and its own lane is all it can harm.
        self.slots
            .head(self.slot)
            .change(Word::new(self.seq, State::Reading), Word::new(self.seq, State::Free));
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame").field("seq", &self.seq).field("meta", &self.meta).finish_non_exhaustive()
    }
}
