//! What belongs to this page alone: what is open, what was refused just now, and what time it is.

pub mod desk;
pub mod hold;

use studio_wire::device::{DeviceKind, DeviceTrouble, ScreenPicture};
use studio_wire::rtc::RoomKind;
use studio_wire::view::Notice;
use studio_wire::{Fault, Identity, ShowTime};
use sycamore::prelude::*;

use crate::panels::their_devices::Looked;
use desk::{Channel, Desk};
use hold::Hold;

/// How long something that is no fault stays on the screen.
pub const SHOWN: ShowTime = ShowTime::from_ms(6_000);

/// Which half of the strip is open where the window has no room for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// People in the program.
    Stage,
    /// People who wait.
    Backstage,
}

impl Half {
    /// The word used in markup.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Backstage => "backstage",
        }
    }
}

/// What is open beside the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Who is there.
    People,
    /// What is said.
    Chat,
}

impl Panel {
    /// Every panel, in the order of the rail.
    pub const ALL: [Self; 2] = [Self::People, Self::Chat];
}

/// Which strips of the mixer are in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Of who is on stage, and what else the audience hears.
    Stage,
    /// What is no voice: screens and music.
    Sources,
}

impl Filter {
    /// Every choice, in their order.
    pub const ALL: [Self; 3] = [Self::All, Self::Stage, Self::Sources];
}

/// What of the mixer is looked at closely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Close {
    /// The parts of a strip.
    Strip(Channel),
    /// What stands on the program's bus.
    Program,
}

/// A menu that can be open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenMenu {
    /// What may be done about somebody.
    Person(Identity),
    /// Which device is used.
    Devices(DeviceKind),
    /// Which screens are shared.
    Screens,
}

/// View state. Signals made once at the root.
#[derive(Clone, Copy)]
pub struct Local {
    /// Show time now, as far as this page can tell; moves four times a second.
    pub now: Signal<ShowTime>,
    /// Refusals of what was asked here, newest last. Their keys do not meet the core's.
    pub refusals: Signal<Vec<Notice>>,
    /// The question whether to end the stream is open.
    pub ending: Signal<bool>,
    /// The half of the strip that is open in a small window.
    pub half: Signal<Option<Half>>,
    /// What is open beside the stage.
    pub panel: Signal<Option<Panel>>,
    /// Whose devices are looked at.
    pub looked: Signal<Option<Looked>>,
    /// The own camera is being set up.
    pub camera_setup: Signal<bool>,
    /// The menu that is open.
    pub menu: Signal<Option<OpenMenu>>,
    /// The picker of what can be shared is open.
    pub picking: Signal<bool>,
    /// What can be shared, while it is; none before the first look.
    pub offers: Signal<Option<Result<Vec<ScreenPicture>, DeviceTrouble>>>,
    /// Whose chat is open.
    pub room: Signal<RoomKind>,
    /// What is typed and not yet sent, in [`RoomKind::ALL`]'s order.
    pub drafts: Signal<[String; 2]>,
    /// The newest line of each chat that was on the screen; none before the first.
    pub seen: Signal<[Option<u64>; 2]>,
    /// How far the wall clock here is ahead of the world's, in minutes.
    pub zone: Signal<i32>,
    /// The mixer is open.
    pub mixer: Signal<bool>,
    /// Which of its strips are in sight.
    pub filter: Signal<Filter>,
    /// What of it is looked at closely.
    pub close: Signal<Option<Close>>,
    /// Counts how often held peaks were to be forgotten.
    pub resets: Signal<u32>,
    /// What was turned at it and is not in a snapshot yet.
    pub desk: Signal<Desk>,
    /// What opens the own voice for as long as it is held.
    pub holding: Signal<Option<Hold>>,
    /// Counts how often the window has got another size.
    pub resized: Signal<u32>,
    /// The core did not answer at all, and has said nothing since.
    pub unreachable: Signal<bool>,
    clock: Signal<Clock>,
}

impl Local {
    /// Makes the signals. To be called once, at the root.
    pub fn new() -> Self {
        Self {
            now: create_signal(ShowTime::default()),
            refusals: create_signal(Vec::new()),
            ending: create_signal(false),
            half: create_signal(None),
            panel: create_signal(None),
            looked: create_signal(None),
            camera_setup: create_signal(false),
            menu: create_signal(None),
            picking: create_signal(false),
            offers: create_signal(None),
            room: create_signal(RoomKind::Crew),
            drafts: create_signal(Default::default()),
            seen: create_signal([None; 2]),
            zone: create_signal(0),
            mixer: create_signal(false),
            filter: create_signal(Filter::default()),
            close: create_signal(None),
            resets: create_signal(0),
            desk: create_signal(Desk::default()),
            holding: create_signal(None),
            resized: create_signal(0),
            unreachable: create_signal(false),
            clock: create_signal(Clock::default()),
        }
    }

    /// A snapshot made `at` has arrived while the page's own clock showed `page_ms`.
    pub fn arrived(self, at: ShowTime, page_ms: f64) {
        self.clock.update(|clock| clock.arrived(at, page_ms));
        if self.unreachable.get_untracked() {
            self.unreachable.set(false);
        }
        self.beat(page_ms);
    }

    /// Moves the clock on. Refusals that were shown long enough go.
    pub fn beat(self, page_ms: f64) {
        let now = self.clock.with_untracked(|clock| clock.at(page_ms));
        self.now.set(now);
        if self.refusals.with_untracked(|all| all.iter().any(|one| now.since(one.at) >= SHOWN)) {
            self.refusals.update(|all| all.retain(|one| now.since(one.at) < SHOWN));
        }
    }

    /// Shows a refusal; the same one again counts up.
    pub fn refused(self, fault: Fault) {
        let at = self.now.get_untracked();
        self.refusals.update(|all| match all.iter_mut().find(|one| one.fault == fault) {
            Some(one) => (one.count, one.at) = (one.count + 1, at),
            None => {
                let key = all.iter().map(|one| one.key + 1).max().unwrap_or(FIRST_LOCAL);
                all.push(Notice { key, fault, count: 1, at, standing: false });
            }
        });
    }

    /// Opens a panel, or closes it if it is open.
    pub fn turn(self, panel: Panel) {
        let open = self.panel.get_untracked() == Some(panel);
        self.panel.set((!open).then_some(panel));
    }

    /// The chat of this room is on the screen.
    pub fn reads(self, room: RoomKind) -> bool {
        self.panel.get() == Some(Panel::Chat) && self.room.get() == room
    }

    /// Everything up to this line was on the screen, or is older than this page.
    pub fn saw(self, room: RoomKind, newest: u64) {
        let at = place(room);
        if self.seen.with_untracked(|seen| seen[at] != Some(newest)) {
            self.seen.update(|seen| seen[at] = Some(newest));
        }
    }

    /// The newest line of this room that was on the screen.
    pub fn seen(self, room: RoomKind) -> Option<u64> {
        self.seen.with(|seen| seen[place(room)])
    }

    /// What is typed for this room and not yet sent.
    pub fn draft(self, room: RoomKind) -> String {
        self.drafts.with(|drafts| drafts[place(room)].clone())
    }

    /// Keeps what is typed.
    pub fn typed(self, room: RoomKind, text: String) {
        self.drafts.update(|drafts| drafts[place(room)] = text);
    }

    /// Takes a refusal off the screen; `false` if the key is one of the core's.
    pub fn dismissed(self, key: u64) -> bool {
        if key < FIRST_LOCAL {
            return false;
        }
        self.refusals.update(|all| all.retain(|one| one.key != key));
        true
    }
}

const fn place(room: RoomKind) -> usize {
    match room {
        RoomKind::Crew => 0,
        RoomKind::Air => 1,
    }
}

const FIRST_LOCAL: u64 = 1 << 63;

/// Show time from the page's own clock. The snapshot that was fastest on its way says how far they differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    ahead_ms: Option<f64>,
}

impl Clock {
    fn arrived(&mut self, at: ShowTime, page_ms: f64) {
        let ahead = at.0 as f64 / 1e6 - page_ms;
        // A later arrival only makes the difference look smaller, unless one of the clocks was stopped.
        let keep = self.ahead_ms.is_some_and(|kept| (kept - 1_000.0..=kept).contains(&ahead));
        if !keep {
            self.ahead_ms = Some(ahead);
        }
    }

    fn at(&self, page_ms: f64) -> ShowTime {
        ShowTime(((self.ahead_ms.unwrap_or(0.0) + page_ms).max(0.0) * 1e6) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fastest_snapshot_sets_the_clock_and_a_slow_one_does_not_turn_it_back() {
        let mut clock = Clock::default();
        clock.arrived(ShowTime::from_ms(10_000), 500.0);
        clock.arrived(ShowTime::from_ms(10_900), 1_600.0);
        assert_eq!(clock.at(1_600.0), ShowTime::from_ms(11_100));
        clock.arrived(ShowTime::from_ms(12_100), 2_500.0);
        assert_eq!(clock.at(2_500.0), ShowTime::from_ms(12_100));
    }

    #[test]
    fn a_clock_that_stood_still_is_set_again() {
        let mut clock = Clock::default();
        clock.arrived(ShowTime::from_ms(10_000), 0.0);
        clock.arrived(ShowTime::from_ms(20_000), 30_000.0);
        assert_eq!(clock.at(30_000.0), ShowTime::from_ms(20_000));
    }

    #[test]
    fn a_refusal_counts_up_and_leaves_after_six_seconds() {
        let root = create_root(|| {
            let local = Local::new();
            local.arrived(ShowTime::from_ms(1_000), 0.0);
            local.refused(Fault::Busy);
            local.refused(Fault::Busy);
            assert_eq!(local.refusals.with(|all| (all.len(), all[0].count)), (1, 2));
            local.beat(5_900.0);
            assert_eq!(local.refusals.with(Vec::len), 1);
            local.beat(6_000.0);
            assert_eq!(local.refusals.with(Vec::len), 0);
        });
        root.dispose();
    }
}
