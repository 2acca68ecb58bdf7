//! Who may take in what we publish, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use studio_wire::{Identity, TrackSid};

/// Everything, for everybody; or of each person by name, and nothing for all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) all: bool,
    pub(crate) of: BTreeMap<Identity, BTreeSet<TrackSid>>,
}

impl Access {
    /// What a server allows that was told nothing.
    pub(crate) const EVERYTHING: Access = Access { all: true, of: BTreeMap::new() };
}

/// An output: its track, if it has one by now, and who may take it in; everybody if nobody is named.
pub(crate) struct Opening<'a> {
    pub(crate) sid: Option<TrackSid>,
    pub(crate) to: Option<&'a [Identity]>,
}

/// One answer for all outputs. One that has no track yet closes everything to those who are not named, **so that it is
/// closed from its first moment**.
pub(crate) fn access<'a>(
    outputs: &[Opening<'a>],
    present: impl Iterator<Item = &'a Identity> + Clone,
) -> Access {
    if outputs.iter().all(|output| output.to.is_none()) {
        return Access::EVERYTHING;
    }
    let mut of: BTreeMap<Identity, BTreeSet<TrackSid>> = BTreeMap::new();
    for output in outputs {
        let Some(sid) = &output.sid else { continue };
        let mut allow = |who: &Identity| {
            of.entry(who.clone()).or_default().insert(sid.clone());
        };
        match output.to {
            Some(named) => named.iter().for_each(&mut allow),
            None => {
                let named = outputs.iter().flat_map(|output| output.to.unwrap_or_default());
                present.clone().chain(named).for_each(&mut allow);
            }
        }
    }
    Access { all: false, of }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Identity> {
        names.iter().map(|&name| name.into()).collect()
    }

    fn of(entries: &[(&str, &[&str])]) -> Access {
        let sids = |sids: &[&str]| sids.iter().map(|&sid| sid.into()).collect();
        Access { all: false, of: entries.iter().map(|(who, what)| ((*who).into(), sids(what))).collect() }
    }

    #[test]
    fn outputs_that_are_open_to_everybody_need_no_names() {
        let outputs =
            [Opening { sid: Some("a".into()), to: None }, Opening { sid: Some("b".into()), to: None }];
        assert_eq!(access(&outputs, names(&["x"]).iter()), Access::EVERYTHING);
    }

    #[test]
    fn one_that_is_not_makes_a_list_of_everybody_who_is_there_or_named() {
        let (friends, present) = (names(&["x", "later"]), names(&["x", "y"]));
        let outputs = [
            Opening { sid: Some("a".into()), to: None },
            Opening { sid: Some("b".into()), to: Some(&friends) },
        ];
        let expected = of(&[("later", &["a", "b"]), ("x", &["a", "b"]), ("y", &["a"])]);
        assert_eq!(access(&outputs, present.iter()), expected);
    }

    #[test]
    fn one_that_has_no_track_yet_is_closed_before_it_has_one() {
        let (friends, present) = (names(&["x"]), names(&["y"]));
        let outputs =
            [Opening { sid: Some("a".into()), to: None }, Opening { sid: None, to: Some(&friends) }];
        assert_eq!(access(&outputs, present.iter()), of(&[("x", &["a"]), ("y", &["a"])]));
    }

    #[test]
    fn one_that_is_open_to_nobody_is_on_no_list() {
        let outputs = [Opening { sid: Some("a".into()), to: Some(&[]) }];
        assert_eq!(access(&outputs, names(&["x"]).iter()), of(&[]));
    }
}
