//! Which act a key means: the default keys of the core's one command table.

use studio_wire::command::Act;
use studio_wire::table::{self, COMMANDS};

use crate::local::Panel;

/// A key as it was pressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chord<'a> {
    /// The key's place on the keyboard, in the words of `KeyboardEvent.code`.
    pub code: &'a str,
    /// Ctrl, or Cmd where that is its counterpart.
    pub ctrl: bool,
    /// Shift.
    pub shift: bool,
    /// Alt or AltGr.
    pub alt: bool,
}

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// An act of the table.
    Act(Act),
    /// The n-th layout, counted from 0.
    Layout(usize),
    /// Opens a panel, or closes it.
    Panel(Panel),
    /// Opens the mixer, or closes it.
    Mixer,
    /// The next region of the window, or the one before.
    Region {
        /// Backwards.
        back: bool,
    },
}

/// What `chord` means. Single keys mean nothing while somebody types; in an open dialog only the
/// emergency stop works.
pub fn meaning(chord: Chord<'_>, typing: bool, dialog: bool) -> Option<Meaning> {
    let found = look_up(chord)?;
    let plain = !chord.ctrl;
    let emergency = found == Meaning::Act(Act::EmergencyStop);
    let blocked = (typing && plain && !matches!(found, Meaning::Region { .. })) || (dialog && !emergency);
    (!blocked).then_some(found)
}

fn look_up(chord: Chord<'_>) -> Option<Meaning> {
    if chord.alt {
        return None;
    }
    if chord.code == "F6" && !chord.ctrl {
        return Some(Meaning::Region { back: chord.shift });
    }
    if !chord.ctrl && !chord.shift {
        let found = Panel::ALL.into_iter().find(|panel| panel_key(*panel).0 == chord.code);
        if let Some(panel) = found {
            return Some(Meaning::Panel(panel));
        }
        if chord.code == MIXER_KEY.0 {
            return Some(Meaning::Mixer);
        }
    }
    COMMANDS.iter().find_map(|row| {
        let (ctrl, shift, code) = parts(row.key?);
        if (ctrl, shift) != (chord.ctrl, chord.shift) {
            None
        } else if code == "Digit" {
            let digit: usize = chord.code.strip_prefix("Digit")?.parse().ok()?;
            Some(Meaning::Layout(digit.checked_sub(1)?))
        } else {
            (code == chord.code).then_some(Meaning::Act(row.act))
        }
    })
}

fn parts(key: &str) -> (bool, bool, &str) {
    let code = key.rsplit('+').next().unwrap_or(key);
    (key.contains("Ctrl+"), key.contains("Shift+"), code)
}

/// The key of a panel, and how it is written. Panels are this page's own, so they are in no table of acts.
pub const fn panel_key(panel: Panel) -> (&'static str, &'static str) {
    match panel {
        Panel::People => ("KeyP", "P"),
        Panel::Chat => ("KeyC", "C"),
    }
}

/// The key of the mixer, and how it is written.
pub const MIXER_KEY: (&str, &str) = ("KeyX", "X");

/// How an act's key is written for people: `Ctrl+Shift+L`.
pub fn written(act: Act) -> Option<String> {
    let key = table::row(act)?.key?;
    Some(key.replace("Key", "").replace("Period", "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(code: &str) -> Chord<'_> {
        Chord { code, ..Chord::default() }
    }

    #[test]
    fn keys_mean_what_the_command_table_says() {
        assert_eq!(meaning(plain("KeyM"), false, false), Some(Meaning::Act(Act::Microphone)));
        assert_eq!(meaning(plain("KeyV"), false, false), Some(Meaning::Act(Act::Camera)));
        assert_eq!(meaning(plain("Digit2"), false, false), Some(Meaning::Layout(1)));
        assert_eq!(meaning(plain("Digit0"), false, false), None);
        let chord = Chord { ctrl: true, shift: true, ..plain("KeyL") };
        assert_eq!(meaning(chord, false, false), Some(Meaning::Act(Act::GoLive)));
        assert_eq!(meaning(plain("KeyL"), false, false), None);
        assert_eq!(meaning(plain("KeyC"), false, false), Some(Meaning::Panel(Panel::Chat)));
        assert_eq!(meaning(plain("KeyX"), false, false), Some(Meaning::Mixer));
        assert_eq!(meaning(plain("KeyP"), true, false), None);
        assert_eq!(written(Act::EmergencyStop).as_deref(), Some("Ctrl+Shift+."));
    }

    #[test]
    fn no_panel_and_no_act_are_on_one_key() {
        let taken = COMMANDS.iter().filter_map(|row| row.key);
        let panels = Panel::ALL.into_iter().map(|panel| panel_key(panel).0);
        let own: Vec<_> = panels.chain([MIXER_KEY.0]).collect();
        assert!(taken.into_iter().all(|key| !own.contains(&key)));
    }

    #[test]
    fn a_letter_typed_into_a_field_switches_nothing() {
        assert_eq!(meaning(plain("KeyM"), true, false), None);
        assert_eq!(meaning(plain("Digit1"), true, false), None);
    }

    #[test]
    fn the_emergency_stop_works_while_typing_and_in_a_dialog() {
        let stop = Chord { ctrl: true, shift: true, ..plain("Period") };
        for (typing, dialog) in [(false, false), (true, false), (false, true), (true, true)] {
            assert_eq!(meaning(stop, typing, dialog), Some(Meaning::Act(Act::EmergencyStop)));
        }
        assert_eq!(meaning(plain("KeyM"), false, true), None);
    }
}
