//! What was turned at the mixer here and has not come back in a snapshot yet.
//!
//! **Invariant: one wish is under way at a time, and a newer one about the same thing takes the place of the one
//! that waits.** So a fader that is dragged asks for at most twenty places a second, the last one is always asked for
//! and none overtakes another. Until a snapshot shows it, the page shows what the hand did.

use studio_wire::mixer::{MonitorBus, ProgramBus, Strip, StripPart};
use studio_wire::rtc::TrackKind;
use studio_wire::{Command, HereCommand, Identity, ShowCommand};

/// Between two wishes, in ms.
pub const SPACE_MS: f64 = 50.0;

/// Whose sound, and which of theirs.
pub type Channel = (Identity, TrackKind);

/// What can be turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A strip.
    Strip(Channel),
    /// The program's bus.
    Program,
    /// The monitor's bus.
    Monitor,
}

/// How it shall be, as a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    /// A strip.
    Strip(Strip),
    /// The program's bus.
    Program(ProgramBus),
    /// The monitor's bus.
    Monitor(MonitorBus),
}

/// A wish, and the whole that it makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// What is turned.
    pub aim: Aim,
    /// How it shall be.
    pub setting: Setting,
    /// Of a strip: which part.
    pub part: Option<StripPart>,
}

impl Turn {
    /// Turns a part of a strip.
    pub const fn strip(channel: Channel, strip: Strip, part: StripPart) -> Self {
        Self { aim: Aim::Strip(channel), setting: Setting::Strip(strip), part: Some(part) }
    }

    /// Turns the program's bus.
    pub const fn program(bus: ProgramBus) -> Self {
        Self { aim: Aim::Program, setting: Setting::Program(bus), part: None }
    }

    /// Turns the monitor's bus.
    pub const fn monitor(bus: MonitorBus) -> Self {
        Self { aim: Aim::Monitor, setting: Setting::Monitor(bus), part: None }
    }

    /// The wish; none for a strip without a part.
    pub fn command(&self) -> Option<Command> {
        Some(match (&self.aim, self.setting, self.part) {
            (Aim::Strip((person, kind)), _, Some(part)) => {
                Command::Show(ShowCommand::Strip { person: person.clone(), kind: *kind, part })
            }
            (_, Setting::Program(bus), _) => Command::Show(ShowCommand::ProgramBus { bus }),
            (_, Setting::Monitor(bus), _) => Command::Here(HereCommand::Monitor { bus }),
            _ => return None,
        })
    }

    fn replaces(&self, other: &Self) -> bool {
        let kind = |turn: &Self| turn.part.map(|part| std::mem::discriminant(&part));
        self.aim == other.aim && kind(self) == kind(other)
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Held {
    aim: Aim,
    setting: Setting,
    number: u64,
    /// The first snapshot that shows it.
    due: Option<u64>,
}

/// What is turned here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Desk {
    held: Vec<Held>,
    waiting: Vec<(u64, Turn)>,
    flying: Option<(u64, Aim)>,
    sent_ms: Option<f64>,
    newest: u64,
}

impl Desk {
    /// A strip as it is shown: as it was turned here, or as the core says.
    pub fn strip(&self, channel: &Channel, told: Strip) -> Strip {
        let held = self.held.iter().find(|held| matches!(&held.aim, Aim::Strip(at) if at == channel));
        held.map_or(told, |held| if let Setting::Strip(strip) = held.setting { strip } else { told })
    }

    /// The program's bus as it is shown.
    pub fn program(&self, told: ProgramBus) -> ProgramBus {
        let held = self.held.iter().find(|held| held.aim == Aim::Program);
        held.map_or(told, |held| if let Setting::Program(bus) = held.setting { bus } else { told })
    }

    /// The monitor's bus as it is shown.
    pub fn monitor(&self, told: MonitorBus) -> MonitorBus {
        let held = self.held.iter().find(|held| held.aim == Aim::Monitor);
        held.map_or(told, |held| if let Setting::Monitor(bus) = held.setting { bus } else { told })
    }

    /// Something was turned.
    pub fn turned(&mut self, turn: Turn) {
        if self.held.iter().any(|held| held.aim == turn.aim && held.setting == turn.setting) {
            return;
        }
        self.newest += 1;
        let number = self.newest;
        self.held.retain(|held| held.aim != turn.aim);
        self.held.push(Held { aim: turn.aim.clone(), setting: turn.setting, number, due: None });
        self.waiting.retain(|(_, other)| !turn.replaces(other));
        self.waiting.push((number, turn));
    }

    /// The wish that goes out now, or after how many ms to ask again; neither while one is under way.
    pub fn next(&mut self, now_ms: f64) -> (Option<Command>, Option<f64>) {
        if self.flying.is_some() || self.waiting.is_empty() {
            return (None, None);
        }
        let rest = self.sent_ms.map_or(0.0, |sent| SPACE_MS - (now_ms - sent));
        if rest > 0.0 {
            return (None, Some(rest));
        }
        let (number, turn) = self.waiting.remove(0);
        self.flying = Some((number, turn.aim.clone()));
        self.sent_ms = Some(now_ms);
        (turn.command(), None)
    }

    /// The wish under way was answered: the snapshot `rev` shows it; none if it was refused.
    pub fn answered(&mut self, rev: Option<u64>) {
        let Some((number, aim)) = self.flying.take() else { return };
        match rev {
            Some(rev) => {
                for held in self.held.iter_mut().filter(|held| held.aim == aim && held.number == number) {
                    held.due = Some(rev);
                }
            }
            None => {
                self.held.retain(|held| held.aim != aim);
                self.waiting.retain(|(_, turn)| turn.aim != aim);
            }
        }
    }

    /// A snapshot came; `true` if what is held changed.
    pub fn came(&mut self, rev: u64) -> bool {
        let before = self.held.len();
        self.held.retain(|held| held.due.is_none_or(|due| rev < due));
        self.held.len() != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel() -> Channel {
        ("leo".into(), TrackKind::Microphone)
    }

    fn gain(db: f32) -> Turn {
        Turn::strip(channel(), Strip { gain_db: db, ..Strip::default() }, StripPart::Gain(db))
    }

    fn asked(desk: &mut Desk, now: f64) -> Option<f32> {
        match desk.next(now).0? {
            Command::Show(ShowCommand::Strip { part: StripPart::Gain(db), .. }) => Some(db),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_fader_that_is_dragged_asks_twenty_times_a_second_and_for_its_last_place() {
        let mut desk = Desk::default();
        let mut all = Vec::new();
        for step in 0..=100_u32 {
            desk.turned(gain(step as f32));
            if let Some(db) = asked(&mut desk, f64::from(step) * 10.0) {
                all.push(db);
                desk.answered(Some(1));
            }
        }
        assert_eq!(all.len(), 21, "{all:?}");
        desk.turned(gain(-7.3));
        assert_eq!(desk.next(1_010.0), (None, Some(40.0)));
        assert_eq!(asked(&mut desk, 1_050.0), Some(-7.3));
    }

    #[test]
    fn no_wish_overtakes_one_that_is_under_way() {
        let mut desk = Desk::default();
        desk.turned(gain(1.0));
        assert_eq!(asked(&mut desk, 0.0), Some(1.0));
        desk.turned(gain(2.0));
        desk.turned(gain(3.0));
        assert_eq!(desk.next(500.0), (None, None));
        desk.answered(Some(1));
        assert_eq!(asked(&mut desk, 500.0), Some(3.0));
        assert_eq!(desk.next(600.0), (None, None));
    }

    #[test]
    fn two_parts_of_a_strip_are_both_asked_for() {
        let mut desk = Desk::default();
        desk.turned(gain(1.0));
        let both = Strip { gain_db: 1.0, mute: true, ..Strip::default() };
        desk.turned(Turn::strip(channel(), both, StripPart::Mute(true)));
        assert_eq!(asked(&mut desk, 0.0), Some(1.0));
        desk.answered(Some(1));
        assert!(matches!(
            desk.next(60.0).0,
            Some(Command::Show(ShowCommand::Strip { part: StripPart::Mute(true), .. }))
        ));
    }

    #[test]
    fn the_page_shows_what_the_hand_did_until_the_snapshot_that_has_it() {
        let (mut desk, told) = (Desk::default(), Strip::default());
        desk.turned(gain(-6.0));
        assert_eq!(desk.strip(&channel(), told).gain_db, -6.0);
        assert_eq!(desk.strip(&("ines".into(), TrackKind::Microphone), told).gain_db, 0.0);
        desk.next(0.0);
        desk.turned(gain(-7.0));
        desk.answered(Some(5));
        assert!(!desk.came(9), "the newer wish is not in it");
        assert_eq!(desk.strip(&channel(), told).gain_db, -7.0);
        desk.next(60.0);
        desk.answered(Some(12));
        assert!(!desk.came(11) && desk.came(12));
        assert_eq!(desk.strip(&channel(), told), told);
    }

    #[test]
    fn what_was_refused_is_shown_as_the_core_says() {
        let mut desk = Desk::default();
        desk.turned(Turn::program(ProgramBus { gain_db: -3.0, ..ProgramBus::default() }));
        desk.turned(Turn::monitor(MonitorBus { gain_db: -9.0, dim: true }));
        assert!(matches!(desk.next(0.0).0, Some(Command::Show(ShowCommand::ProgramBus { .. }))));
        desk.answered(None);
        assert_eq!(desk.program(ProgramBus::default()), ProgramBus::default());
        assert!(desk.monitor(MonitorBus::default()).dim);
    }
}
