//! What is being closed. A show that ends by force is idle (or in error) at once; its outputs end a moment
//! later, and the next show waits for that.

use studio_wire::ids::Epoch;
use studio_wire::time::ShowTime;

use crate::time::STOP_LIMIT;

/// A port that closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Media,
    Rtc,
}

/// The last show's outputs on their way down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Closing {
    media: Option<Epoch>,
    rtc: Option<Epoch>,
    until: Option<ShowTime>,
}

impl Closing {
    /// Both ports were told to close that show.
    pub fn begin(&mut self, epoch: Epoch, now: ShowTime) {
        *self = Self { media: Some(epoch), rtc: Some(epoch), until: Some(now + STOP_LIMIT) };
    }

    /// Whether a port still closes that show.
    pub fn waits_for(&self, port: Port, epoch: Epoch) -> bool {
        Some(epoch)
            == match port {
                Port::Media => self.media,
                Port::Rtc => self.rtc,
            }
    }

    /// A port is closed. True if it was the last one.
    pub fn closed(&mut self, port: Port) -> bool {
        match port {
            Port::Media => self.media = None,
            Port::Rtc => self.rtc = None,
        }
        if self.media.is_none() && self.rtc.is_none() {
            self.until = None;
        }
        self.done()
    }

    /// Gives up what has not closed in time. True if that ended the wait.
    pub fn tick(&mut self, now: ShowTime) -> bool {
        let over = self.until.is_some_and(|until| until <= now);
        if over {
            *self = Self::default();
        }
        over
    }

    pub fn done(&self) -> bool {
        self.until.is_none()
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        self.until
    }
}
