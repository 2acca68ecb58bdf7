//! Texts that are on their way in: bounded in number and time, and passed on in the order in which each sender sent them.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use studio_wire::Identity;

/// How many texts of one sender may be on their way.
const OF_ONE: usize = 64;
/// How many of all.
const OF_ALL: usize = 512;
/// How long one may take.
const TO_ARRIVE: Duration = Duration::from_secs(10);

/// What came before the text itself.
#[derive(Debug, PartialEq)]
pub(crate) struct Heading {
    pub(crate) topic: String,
    pub(crate) stream: String,
    pub(crate) attributes: Vec<(String, String)>,
}

/// The texts of one room. `R` is what ends a reading when it is dropped.
pub(crate) struct Arrivals<R> {
    next: u64,
    on_their_way: usize,
    of: BTreeMap<Identity, VecDeque<Arrival<R>>>,
}

struct Arrival<R> {
    number: u64,
    since: Instant,
    heading: Heading,
    state: State<R>,
}

enum State<R> {
    #[allow(dead_code, reason = "held, never asked: dropping it ends the reading")]
    Reading(R),
    /// Waits for those that were sent before it.
    Whole(String),
}

impl<R> Default for Arrivals<R> {
    fn default() -> Arrivals<R> {
        Arrivals { next: 0, on_their_way: 0, of: BTreeMap::new() }
    }
}

impl<R> Arrivals<R> {
    /// Begins a text with what `read` makes of its number; false if too many are on their way.
    pub(crate) fn begin(
        &mut self,
        from: &Identity,
        heading: Heading,
        now: Instant,
        read: impl FnOnce(u64) -> R,
    ) -> bool {
        let theirs = self.of.get(from).map_or(0, VecDeque::len);
        if theirs >= OF_ONE || self.on_their_way >= OF_ALL {
            return false;
        }
        let number = self.next;
        self.next += 1;
        let arrival = Arrival { number, since: now, heading, state: State::Reading(read(number)) };
        self.of.entry(from.clone()).or_default().push_back(arrival);
        self.on_their_way += 1;
        true
    }

    /// A text has come to its end, whole or not. Returns what can be passed on now.
    pub(crate) fn end(
        &mut self,
        from: &Identity,
        number: u64,
        text: Option<String>,
    ) -> Vec<(Heading, String)> {
        let Some(theirs) = self.of.get_mut(from) else { return Vec::new() };
        let Some(at) = theirs.iter().position(|arrival| arrival.number == number) else { return Vec::new() };
        match text {
            Some(text) => theirs[at].state = State::Whole(text),
            None => {
                theirs.remove(at);
                self.on_their_way -= 1;
            }
        }
        self.pass_on(from)
    }

    /// Gives up what has taken too long. Returns what can be passed on now.
    pub(crate) fn give_up(&mut self, now: Instant) -> Vec<(Identity, Vec<(Heading, String)>)> {
        let late = |arrival: &Arrival<R>| {
            matches!(arrival.state, State::Reading(_)) && now.duration_since(arrival.since) >= TO_ARRIVE
        };
        let mut passed_on = Vec::new();
        let senders: Vec<Identity> = self
            .of
            .iter()
            .filter(|(_, theirs)| theirs.iter().any(late))
            .map(|(from, _)| from.clone())
            .collect();
        for from in senders {
            if let Some(theirs) = self.of.get_mut(&from) {
                let before = theirs.len();
                theirs.retain(|arrival| !late(arrival));
                self.on_their_way -= before - theirs.len();
            }
            let texts = self.pass_on(&from);
            passed_on.push((from, texts));
        }
        passed_on
    }

    /// The texts of a sender that nothing before them holds up.
    fn pass_on(&mut self, from: &Identity) -> Vec<(Heading, String)> {
        let mut whole = Vec::new();
        let Some(theirs) = self.of.get_mut(from) else { return whole };
        while let Some(Arrival { heading, state: State::Whole(text), .. }) =
            theirs.pop_front_if(|arrival| matches!(arrival.state, State::Whole(_)))
        {
            whole.push((heading, text));
        }
        self.on_their_way -= whole.len();
        if theirs.is_empty() {
            self.of.remove(from);
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(stream: &str) -> Heading {
        Heading { topic: "t".into(), stream: stream.into(), attributes: Vec::new() }
    }

    fn begin(arrivals: &mut Arrivals<()>, from: &str, stream: &str, now: Instant) -> Option<u64> {
        let mut number = None;
        arrivals.begin(&from.into(), heading(stream), now, |n| number = Some(n)).then(|| number.unwrap())
    }

    fn streams(passed_on: Vec<(Heading, String)>) -> Vec<String> {
        passed_on.into_iter().map(|(heading, _)| heading.stream).collect()
    }

    #[test]
    fn texts_are_passed_on_in_the_order_in_which_their_sender_began_them() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        let [a, b, c] = ["a", "b", "c"].map(|stream| begin(&mut arrivals, "x", stream, now).unwrap());
        let other = begin(&mut arrivals, "y", "other", now).unwrap();
        let mut end = |from: &str, number, text: Option<&str>| {
            streams(arrivals.end(&from.into(), number, text.map(Into::into)))
        };
        assert_eq!(end("x", c, Some("3")), [""; 0]);
        assert_eq!(end("y", other, Some("mine")), ["other"], "nobody holds up another");
        assert_eq!(end("x", b, Some("2")), [""; 0]);
        assert_eq!(end("x", a, Some("1")), ["a", "b", "c"]);
        assert_eq!(end("x", a, Some("again")), [""; 0]);
        assert_eq!((arrivals.on_their_way, arrivals.of.len()), (0, 0));
    }

    #[test]
    fn a_text_that_breaks_off_or_takes_too_long_holds_up_no_longer() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        let [a, b] = ["a", "b"].map(|stream| begin(&mut arrivals, "x", stream, now).unwrap());
        arrivals.end(&"x".into(), b, Some(String::new()));
        assert_eq!(streams(arrivals.end(&"x".into(), a, None)), ["b"]);
        let [_never, d] = ["c", "d"].map(|stream| begin(&mut arrivals, "x", stream, now).unwrap());
        arrivals.end(&"x".into(), d, Some(String::new()));
        assert!(arrivals.give_up(now + TO_ARRIVE / 2).is_empty());
        let mut given_up = arrivals.give_up(now + TO_ARRIVE);
        assert_eq!(streams(given_up.remove(0).1), ["d"]);
        assert_eq!(arrivals.on_their_way, 0);
    }

    #[test]
    fn nobody_can_have_more_than_so_many_on_their_way() {
        let (mut arrivals, now) = (Arrivals::default(), Instant::now());
        let first = begin(&mut arrivals, "x", "0", now).unwrap();
        for n in 1..OF_ONE {
            assert!(begin(&mut arrivals, "x", &n.to_string(), now).is_some());
        }
        assert_eq!(begin(&mut arrivals, "x", "one more", now), None);
        assert!(begin(&mut arrivals, "y", "0", now).is_some());
        arrivals.end(&"x".into(), first, None);
        assert!(begin(&mut arrivals, "x", "again", now).is_some());
        for sender in 0..OF_ALL {
            begin(&mut arrivals, &sender.to_string(), "0", now);
        }
        assert_eq!(arrivals.on_their_way, OF_ALL);
    }
}
