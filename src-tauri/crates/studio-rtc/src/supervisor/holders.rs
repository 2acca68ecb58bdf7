//! Who holds which seat, and as what: what the host's port knows of the people of its show.
//!
//! **Invariant: a seat's secret is known to this memory and to whoever holds the seat, and to nobody else.**

use std::collections::BTreeMap;

use studio_wire::room::Holder;
use studio_wire::{Identity, Role};

use crate::secret::Secret;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// Everybody who was given something.
#[derive(Default)]
pub(super) struct Holders {
    secrets: BTreeMap<Identity, Secret>,
    roles: BTreeMap<Identity, Role>,
}

impl Holders {
    /// A secret that nobody can guess.
    pub fn secret() -> std::io::Result<Secret> {
        Secret::random(SECRET_BYTES)
    }

    /// Whether a caller is who said hello from this seat before. Until somebody has in this life of the app, it is
    /// whoever comes, whatever they show: an earlier life has left nothing to compare it with.
    pub fn judge(&self, who: &Identity, secret: Option<&Secret>) -> Holder {
        match (self.secrets.get(who), secret) {
            (None, _) => Holder::First,
            (Some(known), Some(shown)) if known == shown => Holder::Same,
            _ => Holder::Other,
        }
    }

    /// From now on the seat is theirs who show this secret: the one that the caller has shown, so that an answer that
    /// is lost on its way leaves nobody outside, or a fresh one for who has shown none that is any good.
    pub fn bind(&mut self, who: &Identity, shown: Option<Secret>) -> std::io::Result<Secret> {
        let good = shown.filter(|shown| shown.expose().len() >= SECRET_BYTES * 2);
        let secret = good.map_or_else(Self::secret, Ok)?;
        self.secrets.insert(who.clone(), secret.clone());
        Ok(secret)
    }

    /// Notes what somebody is in the show.
    pub fn note_role(&mut self, who: &Identity, role: Role) {
        self.roles.insert(who.clone(), role);
    }

    /// What somebody was noted to be.
    pub fn role(&self, who: &Identity) -> Option<Role> {
        self.roles.get(who).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Identity {
        "ana".into()
    }

    #[test]
    fn a_seat_belongs_to_whoever_has_the_secret_that_was_bound_last() {
        let mut holders = Holders::default();
        assert_eq!(holders.judge(&ana(), None), Holder::First);
        assert_eq!(holders.judge(&ana(), Some(&Secret::new("of another life"))), Holder::First);
        let old = holders.bind(&ana(), None).unwrap();
        assert_eq!(old.expose().len(), 64);
        assert_eq!(holders.judge(&ana(), Some(&old)), Holder::Same);
        assert_eq!(holders.judge(&ana(), None), Holder::Other);
        assert_eq!(holders.judge(&ana(), Some(&Secret::new("made up"))), Holder::Other);
        assert_eq!(holders.judge(&"ben".into(), Some(&old)), Holder::First);

        let new = holders.bind(&ana(), None).unwrap();
        assert_eq!(holders.judge(&ana(), Some(&old)), Holder::Other);
        assert_eq!(holders.judge(&ana(), Some(&new)), Holder::Same);
    }

    #[test]
    fn a_seat_keeps_the_secret_that_it_came_with_unless_anybody_could_guess_it() {
        let mut holders = Holders::default();
        let own = Holders::secret().unwrap();
        assert_eq!(holders.bind(&ana(), Some(own.clone())).unwrap(), own);
        // The answer was lost: it comes again with what it has.
        assert_eq!(holders.judge(&ana(), Some(&own)), Holder::Same);
        let weak = Secret::new("1234");
        assert_ne!(holders.bind(&ana(), Some(weak.clone())).unwrap(), weak);
    }
}
