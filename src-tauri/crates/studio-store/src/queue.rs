//! Orders that wait for the file: in order, bounded, the journal first to give way.

use std::collections::VecDeque;

use studio_wire::store::StoreOrder;

const MOST: usize = 20_000;

/// Orders not yet written.
#[derive(Default)]
pub struct Queue {
    waiting: VecDeque<StoreOrder>,
    /// Journal rows that gave way.
    pub lost: u64,
}

impl Queue {
    /// Adds one. When full, the oldest row of the journal gives way; anything else is never dropped.
    pub fn push(&mut self, order: StoreOrder) {
        if self.waiting.len() >= MOST
            && let Some(row) = self.waiting.iter().position(|order| matches!(order, StoreOrder::Event { .. }))
        {
            self.waiting.remove(row);
            self.lost += 1;
        }
        self.waiting.push_back(order);
    }

    /// What waits, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &StoreOrder> {
        self.waiting.iter()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Everything was written.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}
