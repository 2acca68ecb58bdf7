//! Orders that wait for the file: in order, bounded, what is outdated and the journal first to give way.

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
    /// Adds one. When full, what this one replaces gives way, or else the oldest row of the journal; anything
    /// else is never dropped.
    pub fn push(&mut self, order: StoreOrder) {
        if self.waiting.len() >= MOST {
            self.give_way(&order);
        }
        self.waiting.push_back(order);
    }

    fn give_way(&mut self, to: &StoreOrder) {
        if let Some(outdated) = self.waiting.iter().position(|order| replaces(to, order)) {
            self.waiting.remove(outdated);
        } else if let Some(row) =
            self.waiting.iter().position(|order| matches!(order, StoreOrder::Event { .. }))
        {
            self.waiting.remove(row);
            self.lost += 1;
        }
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

/// Whether `new` says everything anew that `old` said.
fn replaces(new: &StoreOrder, old: &StoreOrder) -> bool {
    match (new, old) {
        (StoreOrder::Scenes { session: new, .. }, StoreOrder::Scenes { session: old, .. }) => new == old,
        (
            StoreOrder::Figures { session: new, identity: who, .. },
            StoreOrder::Figures { session: old, identity, .. },
        ) => (new, who) == (old, identity),
        (
            StoreOrder::Strips { session: new, identity: who, .. },
            StoreOrder::Strips { session: old, identity, .. },
        ) => (new, who) == (old, identity),
        (StoreOrder::Preferences(_), StoreOrder::Preferences(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use studio_wire::ShowTime;
    use studio_wire::store::PersonFigures;
    use studio_wire::view::SceneView;

    use super::*;

    fn event(seq: u64) -> StoreOrder {
        let (kind, payload) = (String::new(), String::new());
        StoreOrder::Event { session: None, seq, at: ShowTime(0), kind, payload }
    }

    fn figures(identity: &str, joins: u32) -> StoreOrder {
        let figures = PersonFigures { joins, ..PersonFigures::default() };
        StoreOrder::Figures { session: "s".into(), identity: identity.into(), figures }
    }

    fn scenes(session: &str) -> StoreOrder {
        let (program, preview) = (SceneView::default(), SceneView::default());
        StoreOrder::Scenes { session: session.into(), program, preview }
    }

    fn full_of(orders: impl IntoIterator<Item = StoreOrder>) -> Queue {
        let mut queue = Queue::default();
        orders.into_iter().for_each(|order| queue.push(order));
        (queue.waiting.len() as u64..MOST as u64).for_each(|seq| queue.push(event(seq)));
        queue
    }

    #[test]
    fn a_full_queue_lets_only_what_is_replaced_give_way() {
        let mut queue = full_of([figures("a", 1), scenes("s"), figures("b", 1)]);
        for newer in [figures("a", 2), scenes("s")] {
            queue.push(newer.clone());
            assert_eq!(queue.waiting.back(), Some(&newer));
        }
        assert_eq!((queue.waiting.len(), queue.lost), (MOST, 0));
        assert_eq!(queue.waiting.front(), Some(&figures("b", 1)));
    }

    #[test]
    fn a_full_queue_gives_up_the_oldest_row_of_the_journal_for_what_replaces_nothing() {
        let mut queue = full_of([figures("a", 1), scenes("s")]);
        [figures("b", 1), scenes("t")].into_iter().for_each(|order| queue.push(order));
        assert_eq!((queue.waiting.len(), queue.lost), (MOST, 2));
        assert_eq!(queue.iter().take(3).collect::<Vec<_>>(), [&figures("a", 1), &scenes("s"), &event(4)]);
    }

    #[test]
    fn a_queue_that_is_not_full_keeps_every_order_in_its_place() {
        let mut queue = Queue::default();
        let orders = [figures("a", 1), scenes("s"), figures("a", 2), scenes("s")];
        orders.iter().for_each(|order| queue.push(order.clone()));
        assert!(queue.iter().eq(&orders));
    }
}
