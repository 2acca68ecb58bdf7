//! Ids and epochs, made from a seed and a counter so that a replay makes the same ones.

use studio_wire::ids::{Epoch, SessionId, SourceId};

/// The one maker of names. Epochs are unique across rooms, takes and intents, so that a report with an
/// epoch belongs to exactly one order.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    seed: u64,
    drawn: u64,
    epoch: u32,
    source: u32,
}

impl Ids {
    /// Source ids below this one belong to this machine.
    const FIRST_REMOTE_SOURCE: u32 = 16;

    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: 0, epoch: 0, source: Self::FIRST_REMOTE_SOURCE }
    }

    pub fn epoch(&mut self) -> Epoch {
        self.epoch += 1;
        Epoch(self.epoch)
    }

    pub fn source(&mut self) -> SourceId {
        let id = SourceId(self.source);
        self.source += 1;
        id
    }

    /// A UUID of version 4 in form; unique as far as the seed is.
    pub fn session(&mut self) -> SessionId {
        let high = self.draw() & 0xffff_ffff_ffff_0fff | 0x4000;
        let low = self.draw() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
        SessionId(format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        ))
    }

    /// Names a message that came without a name.
    pub fn message(&mut self) -> String {
        format!("{:016x}", self.draw())
    }

    /// A number for whatever needs chance.
    pub fn dice(&mut self) -> u64 {
        self.draw()
    }

    /// SplitMix64: each number depends on seed and counter alone.
    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        let mut z = self.seed.wrapping_add(self.drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_has_the_form_of_a_uuid_and_follows_from_the_seed() {
        let id = Ids::new(1).session();
        let text = id.as_str();
        let shape: String = text.chars().map(|c| if c.is_ascii_hexdigit() { 'h' } else { c }).collect();
        assert_eq!(shape, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh");
        assert_eq!(&text[14..15], "4");
        assert!("89ab".contains(&text[19..20]));
        assert_eq!(id, Ids::new(1).session());
        assert_ne!(id, Ids::new(2).session());
    }

    #[test]
    fn two_sessions_of_one_start_differ() {
        let mut ids = Ids::new(9);
        assert_ne!(ids.session(), ids.session());
    }
}
