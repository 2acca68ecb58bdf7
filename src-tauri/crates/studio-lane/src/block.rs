//! The memory of all lanes between two processes.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::lane::{Reader, Writer};
use crate::os::Memory;
use crate::slot::{HEAD_BYTES, Slots};

/// The most lanes in a block, slots in a lane and bytes in a block; more is taken for a broken message.
const MAX_LANES: usize = 1024;
const MAX_SLOTS: u32 = 256;
const MAX_BYTES: usize = 4 << 30;

/// The size of a lane: how many frames it holds and how large one can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shape {
    /// Frames unread, being read and being written, all together; from 2 to 256. Pictures need 3 or 4 (one
    /// being written, up to two held by the reader, one between), sound as many blocks as it may be late.
    pub slots: u32,
    /// Bytes of the largest frame, at least 1.
    pub slot_bytes: u32,
}

/// Shared memory divided into lanes. Holds no frame by itself; dropping it takes nothing from its writers,
/// readers and frames.
pub struct Block {
    memory: Arc<Memory>,
    lanes: Vec<Lane>,
}

struct Lane {
    slots: Slots,
    written: AtomicBool,
    read: AtomicBool,
}

impl Block {
    /// New memory with a lane for each shape, all empty. Only pages that are touched cost memory.
    pub fn create(shapes: &[Shape]) -> io::Result<Block> {
        let layout = Layout::of(shapes)?;
        Ok(Block::divide(Memory::create(layout.bytes)?, shapes, &layout))
    }

    /// Memory that another process made with the same shapes. Refuses it when it is too small or not sealed
    /// against being resized.
    pub fn from_fd(fd: OwnedFd, shapes: &[Shape]) -> io::Result<Block> {
        let layout = Layout::of(shapes)?;
        Ok(Block::divide(Memory::open(fd, layout.bytes)?, shapes, &layout))
    }

    fn divide(memory: Memory, shapes: &[Shape], layout: &Layout) -> Block {
        let memory = Arc::new(memory);
        let lane = |(shape, place): (&Shape, &Place)| Lane {
            slots: Slots::new(
                Arc::clone(&memory),
                place.heads,
                place.data,
                place.stride,
                shape.slots,
                shape.slot_bytes,
            ),
            written: AtomicBool::new(false),
            read: AtomicBool::new(false),
        };
        let lanes = shapes.iter().zip(&layout.lanes).map(lane).collect();
        Block { memory, lanes }
    }

    /// How many lanes there are.
    pub fn lanes(&self) -> usize {
        self.lanes.len()
    }

    /// The filling end of a lane; `None` when there is no such lane or this block has given it out already.
    pub fn writer(&self, lane: usize) -> Option<Writer> {
        let lane = self.lanes.get(lane)?;
        (!lane.written.swap(true, Ordering::Relaxed)).then(|| Writer::new(lane.slots.clone()))
    }

    /// The emptying end of a lane; `None` when there is no such lane or this block has given it out already.
    pub fn reader(&self, lane: usize) -> Option<Reader> {
        let lane = self.lanes.get(lane)?;
        (!lane.read.swap(true, Ordering::Relaxed)).then(|| Reader::new(lane.slots.clone()))
    }

    /// The memory's descriptor, to hand to another process.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.memory.fd()
    }
}

struct Place {
    heads: usize,
    data: usize,
    stride: usize,
}

struct Layout {
    lanes: Vec<Place>,
    bytes: usize,
}

impl Layout {
    /// All heads first, then all slots, each slot from a 64-byte boundary. Both sides compute it from the shapes.
    fn of(shapes: &[Shape]) -> io::Result<Layout> {
        let refuse = |what| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        if shapes.is_empty() || shapes.len() > MAX_LANES {
            return refuse("a block has from 1 to 1024 lanes");
        }
        if shapes.iter().any(|shape| !(2..=MAX_SLOTS).contains(&shape.slots) || shape.slot_bytes == 0) {
            return refuse("a lane has from 2 to 256 slots of at least one byte");
        }
        let mut heads = 0;
        let mut data = shapes.iter().map(|shape| shape.slots as usize * HEAD_BYTES).sum::<usize>();
        let mut lanes = Vec::with_capacity(shapes.len());
        for shape in shapes {
            let stride = (shape.slot_bytes as usize).next_multiple_of(64);
            lanes.push(Place { heads, data, stride });
            heads += shape.slots as usize * HEAD_BYTES;
            data += shape.slots as usize * stride;
            if data > MAX_BYTES {
                return refuse("a block has at most 4 GiB");
            }
        }
        Ok(Layout { lanes, bytes: data })
    }
}
