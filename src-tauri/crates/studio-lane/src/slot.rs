//! One slot: a word that says whose it is, what the frame in it is, and the frame's bytes.
#![allow(unsafe_code, reason = "slots lie in memory shared with another process")]

use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use crate::os::Memory;

/// What a frame is. The lane gives `len` a meaning (bytes used in the slot) and none to the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// When the frame was made, in µs of a clock the two sides agree on.
    pub stamp_us: i64,
    /// Pixels per row; for sound, samples per second.
    pub width: u32,
    /// Rows; for sound, channels.
    pub height: u32,
    /// Bytes of the slot that the frame uses.
    pub len: u32,
    /// What the bytes are: [`Meta::I420`], [`Meta::PCM`] or a number the two sides agree on.
    pub kind: u32,
}

impl Meta {
    /// [`Meta::kind`] of a tight planar 4:2:0 picture: Y, U, V without padding, chroma sizes rounded up.
    pub const I420: u32 = 1;
    /// [`Meta::kind`] of interleaved signed 16-bit samples in the machine's byte order.
    pub const PCM: u32 = 2;
}

/// Whose a slot is. Free → Writing → Ready → Reading → Free; Ready → Writing when the writer takes the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Free = 0,
    Writing = 1,
    Ready = 2,
    Reading = 3,
}

/// `seq << 2 | state`. The sequence number makes every frame's words unique, so a slot that was recycled
/// between look and grab can never be taken for the one that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(u64);

impl Word {
    pub(crate) fn new(seq: u64, state: State) -> Word {
        Word(seq << 2 | state as u64)
    }

    pub(crate) fn seq(self) -> u64 {
        self.0 >> 2
    }

    pub(crate) fn state(self) -> State {
        match self.0 & 3 {
            0 => State::Free,
            1 => State::Writing,
            2 => State::Ready,
            _ => State::Reading,
        }
    }
}

/// What stands in shared memory before the bytes of each slot; one cache line, all of it atomic because the
/// other process may do anything to it at any time.
#[repr(C, align(64))]
pub(crate) struct Head {
    word: AtomicU64,
    stamp_us: AtomicI64,
    width: AtomicU32,
    height: AtomicU32,
    len: AtomicU32,
    kind: AtomicU32,
}

pub(crate) const HEAD_BYTES: usize = size_of::<Head>();

impl Head {
    pub(crate) fn word(&self) -> Word {
        Word(self.word.load(Ordering::Acquire))
    }

    /// Changes the word only if it still is `from`. Success makes everything visible that the other side wrote
    /// before its own last change, and ours visible to it.
    pub(crate) fn change(&self, from: Word, to: Word) -> bool {
        self.word.compare_exchange(from.0, to.0, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Hands the slot on. Only whoever owns the slot may call it.
    pub(crate) fn hand_on(&self, to: Word) {
        self.word.store(to.0, Ordering::Release);
    }

    pub(crate) fn describe(&self, meta: Meta) {
        self.stamp_us.store(meta.stamp_us, Ordering::Relaxed);
        self.width.store(meta.width, Ordering::Relaxed);
        self.height.store(meta.height, Ordering::Relaxed);
        self.len.store(meta.len, Ordering::Relaxed);
        self.kind.store(meta.kind, Ordering::Relaxed);
    }

    /// The description as it stands, with `len` cut to what the slot can hold.
    pub(crate) fn description(&self, slot_bytes: u32) -> Meta {
        Meta {
            stamp_us: self.stamp_us.load(Ordering::Relaxed),
            width: self.width.load(Ordering::Relaxed),
            height: self.height.load(Ordering::Relaxed),
            len: self.len.load(Ordering::Relaxed).min(slot_bytes),
            kind: self.kind.load(Ordering::Relaxed),
        }
    }
}

/// The slots of one lane: where they lie, checked once against the memory that is kept alive here.
#[derive(Clone)]
pub(crate) struct Slots {
    memory: Arc<Memory>,
    heads: usize,
    data: usize,
    stride: usize,
    pub(crate) count: u32,
    pub(crate) bytes: u32,
}

impl Slots {
    /// `count` heads at `heads` and as many slots of `bytes` bytes at `data`, `stride` apart.
    pub(crate) fn new(
        memory: Arc<Memory>,
        heads: usize,
        data: usize,
        stride: usize,
        count: u32,
        bytes: u32,
    ) -> Slots {
        assert!(heads.is_multiple_of(align_of::<Head>()), "heads are aligned");
        assert!(heads + count as usize * HEAD_BYTES <= memory.len(), "heads lie in the memory");
        assert!(
            bytes as usize <= stride && data + count as usize * stride <= memory.len(),
            "slots lie in it"
        );
        Slots { memory, heads, data, stride, count, bytes }
    }

    pub(crate) fn head(&self, slot: u32) -> &Head {
        assert!(slot < self.count, "slot of this lane");
        // SAFETY: aligned and inside the mapping (checked in `new` and above), alive as long as `self`; every
        // field is an atomic, for which any bit pattern is a value and a change by another process is no race.
        unsafe { self.memory.base().add(self.heads + slot as usize * HEAD_BYTES).cast::<Head>().as_ref() }
    }

    pub(crate) fn heads(&self) -> impl Iterator<Item = (u32, Word)> {
        (0..self.count).map(|slot| (slot, self.head(slot).word()))
    }

    /// First byte of a slot, valid for `self.bytes` bytes while `self` lives.
    pub(crate) fn data(&self, slot: u32) -> NonNull<u8> {
        assert!(slot < self.count, "slot of this lane");
        // SAFETY: inside the mapping, checked in `new` and above.
        unsafe { self.memory.base().add(self.data + slot as usize * self.stride) }
    }
}
