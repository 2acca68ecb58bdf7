//! On and off. **A part that is off changes no bit and costs nothing; going on or off is a fade through one block.**

use crate::audio::Block;
use crate::audio::chunk::fade;

/// What changes sound, block by block.
pub trait Work {
    /// Forgets every sound, and takes its settings at once.
    fn reset(&mut self);
    /// The next block, in place.
    fn work(&mut self, block: &mut Block);
}

/// One part of a strip, which is on or off.
#[derive(Debug, Default)]
pub struct Part<W> {
    /// What it does while it is on.
    pub work: W,
    on: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Off,
    /// It has heard one block, so that filters and delays are filled; nobody has heard it.
    Primed,
    On,
}

impl<W: Work> Part<W> {
    /// On or off from the next block on.
    pub fn set(&mut self, on: bool) {
        self.on = on;
    }

    /// On or off without a fade, before the first sound.
    pub fn start(&mut self) {
        self.work.reset();
        self.state = if self.on { State::On } else { State::Off };
    }

    /// Whether it is set to be on.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Whether the next block passes untouched.
    pub fn is_idle(&self) -> bool {
        !self.on && self.state == State::Off
    }

    /// The next block, in place.
    pub fn run(&mut self, block: &mut Block) {
        self.state = match (self.state, self.on) {
            (State::Off | State::Primed, false) => State::Off,
            (State::Off, true) => {
                self.work.reset();
                self.work.work(&mut block.clone());
                State::Primed
            }
            (State::On, true) => {
                self.work.work(block);
                State::On
            }
            (State::Primed, true) => {
                let dry = *block;
                self.work.work(block);
                fade(&dry, block, true);
                State::On
            }
            (State::On, false) => {
                let dry = *block;
                self.work.work(block);
                fade(&dry, block, false);
                State::Off
            }
        };
    }
}
