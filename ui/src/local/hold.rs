//! What is held down: a key or a button that opens the own voice only for as long as a hand is on it.
//!
//! **Invariant: whatever was begun is ended.** The end is asked for only after the beginning was answered, so that
//! it cannot overtake it, and everything that takes the hand away from this window is an end.

use studio_wire::mixer::TalkTo;
use studio_wire::{Command, HereCommand};

/// What is open while it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The voice goes to these, and nowhere else.
    Talk(TalkTo),
    /// The microphone, by push to talk.
    Press,
}

impl What {
    /// The wish at the beginning.
    pub fn begin(&self) -> Command {
        Command::Here(match self {
            Self::Talk(to) => HereCommand::Talk { to: Some(to.clone()) },
            Self::Press => HereCommand::Press { down: true },
        })
    }

    /// The wish at the end.
    pub fn end(&self) -> Command {
        Command::Here(match self {
            Self::Talk(_) => HereCommand::Talk { to: None },
            Self::Press => HereCommand::Press { down: false },
        })
    }
}

/// What it is held with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// A mouse, a pen, a finger.
    Pointer,
    /// A key, in the words of `KeyboardEvent.code`.
    Key(String),
}

/// Something that may end it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// The pointer was lifted, or taken away.
    Pointer,
    /// A key was let go.
    Key(String),
    /// Escape was pressed, the window is behind another, or nobody can see it.
    Away,
}

/// Something held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    what: What,
    by: By,
    answered: bool,
    over: bool,
}

impl Hold {
    /// Begins.
    pub const fn new(what: What, by: By) -> Self {
        Self { what, by, answered: false, over: false }
    }

    /// What is held.
    pub const fn what(&self) -> &What {
        &self.what
    }

    /// The beginning was answered; `true` if the end is to be asked for now.
    pub const fn answered(&mut self) -> bool {
        self.answered = true;
        self.over
    }

    /// Something was let go; `true` if the end is to be asked for now.
    pub fn released(&mut self, release: &Release) -> bool {
        let ends = match (release, &self.by) {
            (Release::Away, _) | (Release::Pointer, By::Pointer) => true,
            (Release::Key(up), By::Key(held)) => up == held,
            _ => false,
        };
        self.over |= ends;
        ends && self.answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_key() -> Hold {
        Hold::new(What::Press, By::Key("Space".to_owned()))
    }

    #[test]
    fn the_end_never_overtakes_the_beginning() {
        let mut hold = by_key();
        assert!(!hold.released(&Release::Key("Space".to_owned())));
        assert!(hold.answered());
        let mut hold = by_key();
        assert!(!hold.answered());
        assert!(hold.released(&Release::Key("Space".to_owned())));
    }

    #[test]
    fn only_the_hand_that_holds_lets_go_and_leaving_the_window_always_does() {
        for by in [By::Pointer, By::Key("Space".to_owned())] {
            let mut hold = Hold::new(What::Talk(TalkTo::Backstage), by.clone());
            hold.answered();
            assert!(!hold.released(&Release::Key("KeyA".to_owned())));
            assert_eq!(hold.released(&Release::Pointer), by == By::Pointer);
            assert!(hold.released(&Release::Away));
        }
    }

    #[test]
    fn what_is_held_ends_with_its_own_wish() {
        let to = TalkTo::Person("leo".into());
        assert_eq!(What::Talk(to.clone()).begin(), Command::Here(HereCommand::Talk { to: Some(to.clone()) }));
        assert_eq!(What::Talk(to).end(), Command::Here(HereCommand::Talk { to: None }));
        assert_eq!(What::Press.end(), Command::Here(HereCommand::Press { down: false }));
    }
}
