//! What is still to be done for a wish: the difference between it and what is, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use studio_wire::engine::{Publish, Room, Token, Want, Watch};
use studio_wire::{LaneId, TrackSid};

/// Where the engine stands with its room.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Standing {
    /// Never joined, or left.
    Outside,
    /// A join is under way.
    Entering,
    /// In the room.
    Inside,
    /// Thrown out or failed, with the token that will not be tried again.
    Lost(Token),
}

/// Whether the room is to be joined now. A room in use is kept whatever the token says.
pub(crate) fn must_join(standing: &Standing, room: &Room) -> bool {
    match standing {
        Standing::Outside => true,
        Standing::Lost(spent) => *spent != room.token,
        Standing::Entering | Standing::Inside => false,
    }
}

/// What is, in a room that has been joined.
#[derive(Debug, Default)]
pub(crate) struct Have {
    /// Outputs asked for in this room, with whether each is muted. Also those that are under way or refused.
    pub(crate) published: BTreeMap<LaneId, bool>,
    /// Tracks that can be watched.
    pub(crate) offered: BTreeSet<TrackSid>,
    /// Tracks that are watched.
    pub(crate) watched: BTreeMap<TrackSid, Watch>,
}

/// One thing to do.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    Unwatch(TrackSid),
    Watch(Watch),
    Resize(Watch),
    Publish(Publish),
    Mute(LaneId, bool),
}

/// What makes `want` of `have`, in the order in which it can be done: lanes are given up before they are taken.
///
/// An output that is no longer wished for is muted. One whose encoding has changed stays as it was published. Two
/// wishes for one lane: the first one counts.
pub(crate) fn steps(have: &Have, want: &Want) -> Vec<Step> {
    let mut steps = Vec::new();
    watching(have, want, &mut steps);
    publishing(have, want, &mut steps);
    steps
}

fn watching(have: &Have, want: &Want, steps: &mut Vec<Step>) {
    let mut lanes = BTreeSet::new();
    let mut tracks = BTreeSet::new();
    let wished: Vec<&Watch> = want
        .watch
        .iter()
        .filter(|watch| lanes.insert(watch.lane) && tracks.insert(&watch.track))
        .filter(|watch| have.offered.contains(&watch.track))
        .collect();
    let stays =
        |watch: &Watch| wished.iter().any(|wish| wish.track == watch.track && wish.lane == watch.lane);
    steps.extend(
        have.watched.values().filter(|watch| !stays(watch)).map(|watch| Step::Unwatch(watch.track.clone())),
    );
    for wish in wished {
        match have.watched.get(&wish.track) {
            Some(watch) if watch == wish => {}
            Some(watch) if watch.lane == wish.lane => steps.push(Step::Resize(wish.clone())),
            _ => steps.push(Step::Watch(wish.clone())),
        }
    }
}

fn publishing(have: &Have, want: &Want, steps: &mut Vec<Step>) {
    let mut lanes = BTreeSet::new();
    for output in want.publish.iter().filter(|output| lanes.insert(output.lane)) {
        match have.published.get(&output.lane) {
            None => steps.push(Step::Publish(output.clone())),
            Some(&muted) if muted != output.muted => steps.push(Step::Mute(output.lane, output.muted)),
            Some(_) => {}
        }
    }
    let dropped = have.published.iter().filter(|&(lane, &muted)| !muted && !lanes.contains(lane));
    steps.extend(dropped.map(|(&lane, _)| Step::Mute(lane, true)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_wire::engine::Media;
    use studio_wire::rtc::TrackKind;

    fn output(lane: u16, muted: bool) -> Publish {
        let media = Media::Audio { rate: 48_000, channels: 2, kbps: 96 };
        Publish {
            lane: LaneId(lane),
            name: String::new(),
            kind: TrackKind::Microphone,
            media,
            muted,
            open_to: None,
        }
    }

    fn watch(track: &str, lane: u16) -> Watch {
        Watch { track: track.into(), lane: LaneId(lane), size: None }
    }

    fn want(publish: Vec<Publish>, watch: Vec<Watch>) -> Want {
        Want {
            room: Room { url: String::new(), token: Token("one".into()) },
            publish,
            watch,
            listen: vec![],
            answer: vec![],
        }
    }

    fn have(published: &[(u16, bool)], offered: &[&str], watched: &[Watch]) -> Have {
        Have {
            published: published.iter().map(|&(lane, muted)| (LaneId(lane), muted)).collect(),
            offered: offered.iter().map(|&track| track.into()).collect(),
            watched: watched.iter().map(|watch| (watch.track.clone(), watch.clone())).collect(),
        }
    }

    #[test]
    fn a_room_is_joined_once_and_after_a_loss_only_with_another_token() {
        let room = want(vec![], vec![]).room;
        assert!(must_join(&Standing::Outside, &room));
        assert!(!must_join(&Standing::Entering, &room));
        assert!(!must_join(&Standing::Inside, &room));
        assert!(!must_join(&Standing::Lost(Token("one".into())), &room));
        assert!(must_join(&Standing::Lost(Token("spent".into())), &room));
    }

    #[test]
    fn a_wish_that_is_fulfilled_asks_for_nothing() {
        let want = want(vec![output(0, false), output(1, true)], vec![watch("a", 2)]);
        let have = have(&[(0, false), (1, true)], &["a", "b"], &[watch("a", 2)]);
        assert_eq!(steps(&have, &want), []);
    }

    #[test]
    fn everything_is_asked_for_in_an_empty_room_but_what_is_not_on_offer() {
        let want = want(vec![output(0, true)], vec![watch("a", 2), watch("later", 3)]);
        let have = have(&[], &["a", "b"], &[]);
        assert_eq!(steps(&have, &want), [Step::Watch(watch("a", 2)), Step::Publish(output(0, true))]);
    }

    #[test]
    fn an_output_is_muted_and_unmuted_and_never_published_twice_or_taken_back() {
        let have = have(&[(0, false), (1, true), (2, false)], &[], &[]);
        let want = want(vec![output(0, true), output(1, false)], vec![]);
        let expected =
            [Step::Mute(LaneId(0), true), Step::Mute(LaneId(1), false), Step::Mute(LaneId(2), true)];
        assert_eq!(steps(&have, &want), expected);
    }

    #[test]
    fn an_output_with_another_encoding_stays_as_it_was_published() {
        let mut changed = output(0, false);
        changed.media = Media::Audio { rate: 48_000, channels: 1, kbps: 24 };
        assert_eq!(steps(&have(&[(0, false)], &[], &[]), &want(vec![changed], vec![])), []);
    }

    #[test]
    fn lanes_are_given_up_before_they_are_taken() {
        let have = have(&[], &["a", "b"], &[watch("a", 2), watch("b", 3)]);
        let want = want(vec![], vec![watch("b", 2)]);
        assert_eq!(
            steps(&have, &want),
            [Step::Unwatch("a".into()), Step::Unwatch("b".into()), Step::Watch(watch("b", 2))]
        );
    }

    #[test]
    fn another_size_is_no_new_subscription() {
        let large = Watch { size: Some((1280, 720)), ..watch("a", 2) };
        let have = have(&[], &["a"], &[watch("a", 2)]);
        assert_eq!(steps(&have, &want(vec![], vec![large.clone()])), [Step::Resize(large)]);
    }

    #[test]
    fn two_wishes_for_one_lane_or_one_track_are_the_first_one() {
        let have = have(&[], &["a", "b"], &[]);
        let twice =
            want(vec![output(0, true), output(0, false)], vec![watch("a", 2), watch("b", 2), watch("a", 3)]);
        assert_eq!(steps(&have, &twice), [Step::Watch(watch("a", 2)), Step::Publish(output(0, true))]);
    }

    #[test]
    fn a_track_that_is_no_longer_offered_is_not_watched() {
        let have = have(&[], &[], &[watch("a", 2)]);
        assert_eq!(steps(&have, &want(vec![], vec![watch("a", 2)])), [Step::Unwatch("a".into())]);
    }
}
