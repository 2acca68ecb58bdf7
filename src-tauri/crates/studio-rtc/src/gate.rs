//! How much anybody may send: a bucket of tokens a person, looked at before a word of what came is read.
//!
//! Pure: the time is passed in. One gate belongs to one engine and is asked by its ear alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use studio_wire::Identity;

/// Texts, packets and calls of one person together.
const WORDS: Rate = Rate { a_second: 10.0, burst: 30.0 };
/// Reactions have a bucket of their own, so that cheering takes nobody's word.
const CHEERS: Rate = Rate { a_second: 5.0, burst: 10.0 };
/// How often somebody's flood is told at most.
const TELL: Duration = Duration::from_secs(1);
/// More people than this are not remembered once their buckets are full again.
const REMEMBERED: usize = 512;

struct Rate {
    a_second: f64,
    burst: f64,
}

/// Tokens left, as of when they were counted.
struct Bucket {
    left: f64,
    at: Instant,
}

impl Bucket {
    fn full(rate: &Rate, at: Instant) -> Self {
        Self { left: rate.burst, at }
    }

    fn refill(&mut self, rate: &Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.left = (self.left + passed * rate.a_second).min(rate.burst);
        self.at = self.at.max(now);
    }

    fn take(&mut self, rate: &Rate, now: Instant) -> bool {
        self.refill(rate, now);
        let enough = self.left >= 1.0;
        if enough {
            self.left -= 1.0;
        }
        enough
    }
}

struct Account {
    words: Bucket,
    cheers: Bucket,
    dropped: u32,
    told: Option<Instant>,
}

impl Account {
    /// There is something to tell, and the last time is long enough ago.
    fn is_due(&self, now: Instant) -> bool {
        self.dropped > 0 && self.told.is_none_or(|told| now.saturating_duration_since(told) >= TELL)
    }

    fn is_idle(&mut self, now: Instant) -> bool {
        self.words.refill(&WORDS, now);
        self.cheers.refill(&CHEERS, now);
        self.dropped == 0 && self.words.left >= WORDS.burst && self.cheers.left >= CHEERS.burst
    }
}

/// Who has sent how much of late.
#[derive(Default)]
pub(crate) struct Gate {
    people: BTreeMap<Identity, Account>,
}

impl Gate {
    /// Whether a text, packet or call of that person is let in. What is not is counted.
    pub fn admits(&mut self, from: &Identity, now: Instant) -> bool {
        let account = self.account(from, now);
        let admitted = account.words.take(&WORDS, now);
        if !admitted {
            account.dropped = account.dropped.saturating_add(1);
        }
        admitted
    }

    /// Whether a reaction of that person is let in. Nobody is named for cheering too much.
    pub fn admits_cheer(&mut self, from: &Identity, now: Instant) -> bool {
        self.account(from, now).cheers.take(&CHEERS, now)
    }

    /// Counts something that was dropped before it came here.
    pub fn dropped(&mut self, from: &Identity, now: Instant) {
        let account = self.account(from, now);
        account.words.take(&WORDS, now);
        account.dropped = account.dropped.saturating_add(1);
    }

    /// Who is to be told about now, with how much was dropped since the last time: at once, then once a second.
    pub fn due(&mut self, now: Instant) -> Vec<(Identity, u32)> {
        self.people
            .iter_mut()
            .filter(|(_, account)| account.is_due(now))
            .map(|(who, account)| {
                account.told = Some(now);
                (who.clone(), std::mem::take(&mut account.dropped))
            })
            .collect()
    }

    fn account(&mut self, from: &Identity, now: Instant) -> &mut Account {
        if self.people.len() >= REMEMBERED && !self.people.contains_key(from) {
            self.people.retain(|_, account| !account.is_idle(now));
        }
        self.people.entry(from.clone()).or_insert_with(|| Account {
            words: Bucket::full(&WORDS, now),
            cheers: Bucket::full(&CHEERS, now),
            dropped: 0,
            told: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Identity {
        "ana".into()
    }

    fn admitted(gate: &mut Gate, who: &Identity, times: usize, now: Instant) -> usize {
        (0..times).filter(|_| gate.admits(who, now)).count()
    }

    #[test]
    fn thirty_at_once_and_ten_a_second_are_let_in_and_no_more() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        assert_eq!(admitted(&mut gate, &ana(), 1000, start), 30);
        assert_eq!(admitted(&mut gate, &ana(), 1000, start + Duration::from_millis(50)), 0);
        assert_eq!(admitted(&mut gate, &ana(), 1000, start + Duration::from_secs(1)), 10);
        assert_eq!(admitted(&mut gate, &ana(), 1000, start + Duration::from_secs(60)), 30);
    }

    #[test]
    fn one_persons_flood_takes_nothing_from_anybody_else() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        admitted(&mut gate, &ana(), 1000, start);
        assert_eq!(admitted(&mut gate, &"ben".into(), 30, start), 30);
    }

    #[test]
    fn a_flood_is_told_at_once_and_then_once_a_second_until_all_of_it_is() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        let mut told = Vec::new();
        for ms in 0..1500_u64 {
            let now = start + Duration::from_millis(ms);
            gate.admits(&ana(), now);
            told.extend(gate.due(now).into_iter().map(|(who, dropped)| (ms, who, dropped)));
        }
        let trailing = gate.due(start + Duration::from_secs(4));
        assert_eq!(told.len(), 2);
        assert_eq!((told[0].2, told[1].0 - told[0].0), (1, 1000));
        let all: u32 = told.iter().map(|(_, _, dropped)| dropped).chain([&trailing[0].1]).sum();
        // 30 at once, 10 a second for 1.5 s.
        assert_eq!(all, 1500 - 30 - 14);
        assert_eq!(gate.due(start + Duration::from_secs(9)), []);
    }

    #[test]
    fn cheers_have_a_bucket_of_their_own_and_are_never_told() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        assert_eq!((0..1000).filter(|_| gate.admits_cheer(&ana(), start)).count(), 10);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..1000).filter(|_| gate.admits_cheer(&ana(), later)).count(), 5);
        assert_eq!(admitted(&mut gate, &ana(), 30, later), 30);
        assert_eq!(gate.due(later), []);
    }

    #[test]
    fn what_was_dropped_before_counts_as_well() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        gate.dropped(&ana(), start);
        assert_eq!(gate.due(start), [(ana(), 1)]);
        assert_eq!(admitted(&mut gate, &ana(), 1000, start), 29);
    }

    #[test]
    fn only_those_who_sent_of_late_are_remembered() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        for n in 0..5000_u32 {
            let now = start + Duration::from_secs(u64::from(n));
            gate.admits(&Identity(format!("guest-{n}")), now);
        }
        assert!(gate.people.len() <= REMEMBERED);
    }

    #[test]
    fn a_clock_that_stands_still_or_runs_back_gives_nothing_away() {
        let (mut gate, start) = (Gate::default(), Instant::now());
        let later = start + Duration::from_secs(5);
        admitted(&mut gate, &ana(), 30, later);
        assert_eq!(admitted(&mut gate, &ana(), 10, start), 0);
        assert_eq!(admitted(&mut gate, &ana(), 10, later), 0);
    }
}
