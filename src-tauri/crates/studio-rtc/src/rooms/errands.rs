//! What the server is to do with single people: in order for one, side by side for different ones, and nobody waits.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use studio_wire::rtc::{RoomKind, RtcReport, Stamp};
use studio_wire::{Identity, TrackSid};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::admin::{Admin, Call, Refusal};
use crate::port::Shared;

/// Before the second and the third try of a stamp.
const AGAIN: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
/// How long it is tried to put somebody out.
const PUT_OUT_LIMIT: Duration = Duration::from_secs(10);
/// Between two tries of that.
const PUT_OUT_PAUSE: Duration = Duration::from_millis(250);

/// One thing to do with one person.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Errand {
    Stamp(Stamp),
    Mute(TrackSid),
    PutOut,
}

/// Somebody in one of the rooms.
type Person = (RoomKind, Identity);
/// What waits for each; there is a key as long as a task walks its line.
type Lines = Arc<Mutex<BTreeMap<Person, VecDeque<Errand>>>>;

/// All errands of a show.
pub(super) struct Errands {
    shared: Arc<Shared>,
    lines: Lines,
    tasks: JoinSet<()>,
}

impl Errands {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, lines: Lines::default(), tasks: JoinSet::new() }
    }

    /// Takes an errand; `None` is a show that is not open.
    pub fn take(&mut self, admin: Option<&Arc<Admin>>, person: Person, errand: Errand) {
        while self.tasks.try_join_next().is_some() {}
        let Some(admin) = admin else {
            return finish(&self.shared, person, errand, Err(Refusal::Silent("no show is open".into())));
        };
        let mut lines = lock(&self.lines);
        if let Some(line) = lines.get_mut(&person) {
            return enqueue(line, errand);
        }
        lines.insert(person.clone(), VecDeque::from([errand]));
        let walk =
            Walk { admin: admin.clone(), shared: self.shared.clone(), lines: self.lines.clone(), person };
        self.tasks.spawn(walk.run());
    }

    /// Drops what is not done yet.
    pub fn end(&mut self) {
        self.tasks.abort_all();
        self.lines = Lines::default();
    }
}

/// What was wished before and is not begun gives way to what is wished now.
fn enqueue(line: &mut VecDeque<Errand>, errand: Errand) {
    if matches!(errand, Errand::Stamp(_)) {
        line.retain(|waiting| !matches!(waiting, Errand::Stamp(_)));
    }
    if line.back() != Some(&errand) {
        line.push_back(errand);
    }
}

/// One person's task.
struct Walk {
    admin: Arc<Admin>,
    shared: Arc<Shared>,
    lines: Lines,
    person: Person,
}

impl Walk {
    async fn run(self) {
        let walk = Arc::new(self);
        while let Some(errand) = walk.next() {
            // In a task of its own: the call of a library that panics must not end the line.
            let mut one = JoinSet::new();
            let walk = walk.clone();
            one.spawn(async move { walk.go(errand).await });
            if let Some(Err(error)) = one.join_next().await {
                tracing::error!(%error, "an errand was dropped by a panic");
            }
        }
    }

    /// The next one; the line is taken away with the last.
    fn next(&self) -> Option<Errand> {
        let mut lines = lock(&self.lines);
        let errand = lines.get_mut(&self.person)?.pop_front();
        if errand.is_none() {
            lines.remove(&self.person);
        }
        errand
    }

    async fn go(&self, errand: Errand) {
        let (room, identity) = self.person.clone();
        let done = match &errand {
            Errand::Stamp(stamp) => match self.stamp(&Call::Stamp(room, identity, stamp.clone())).await {
                Some(done) => done,
                None => return,
            },
            Errand::Mute(sid) => self.admin.call(&Call::Mute(room, identity, sid.clone())).await,
            Errand::PutOut => self.put_out(&Call::PutOut(room, identity)).await,
        };
        finish(&self.shared, self.person.clone(), errand, done);
    }

    /// `None` where a newer stamp waits that takes the place of this one.
    async fn stamp(&self, call: &Call) -> Option<Result<(), Refusal>> {
        let mut pauses = AGAIN.iter();
        loop {
            match (self.admin.call(call).await, pauses.next()) {
                (Err(_), Some(pause)) => sleep(*pause).await,
                (done, _) => return Some(done),
            }
            let newer = |waiting: &Errand| matches!(waiting, Errand::Stamp(_));
            if lock(&self.lines).get(&self.person).is_some_and(|line| line.iter().any(newer)) {
                return None;
            }
        }
    }

    async fn put_out(&self, call: &Call) -> Result<(), Refusal> {
        let limit = Instant::now() + PUT_OUT_LIMIT;
        loop {
            match self.admin.call(call).await {
                Err(refusal) if refusal.is_absence() => return Ok(()),
                Err(_) if Instant::now() < limit => sleep(PUT_OUT_PAUSE).await,
                done => return done,
            }
        }
    }
}

/// Tells what came of a stamp; of the others only what failed, and only to the log.
fn finish(shared: &Shared, (room, identity): Person, errand: Errand, done: Result<(), Refusal>) {
    match (errand, done.map_err(Refusal::into_words)) {
        (Errand::Stamp(stamp), done) => {
            shared.report(RtcReport::Stamped { room, identity, stamp, refused: done.err() });
        }
        (_, Ok(())) => {}
        (errand, Err(said)) => {
            tracing::warn!(room = room.word(), %identity, ?errand, said, "the server did not do it");
        }
    }
}

fn lock<T>(lines: &Mutex<T>) -> MutexGuard<'_, T> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use studio_wire::{Position, Role};

    use super::*;

    #[test]
    fn of_stamps_that_wait_only_the_newest_stays_and_the_rest_keeps_its_order() {
        let stamp = |position| Errand::Stamp(Stamp { role: Role::Guest, position, may: Vec::new() });
        let mute = Errand::Mute("TR_1".into());
        let mut line = VecDeque::new();
        for errand in
            [stamp(Position::OnStage), mute.clone(), mute.clone(), stamp(Position::Backstage), Errand::PutOut]
        {
            enqueue(&mut line, errand);
        }
        assert_eq!(line, [mute, stamp(Position::Backstage), Errand::PutOut]);
    }
}
