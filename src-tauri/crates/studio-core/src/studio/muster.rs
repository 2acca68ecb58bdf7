//! After the crew room was lost and is back: whether everything that the server has has been offered to this
//! machine too. One reconnect in twenty, on a busy machine, loses a track for good: nobody is told of it, and only
//! whoever asks the server finds out.

use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, TrackSid};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::time::{Now, ShowTime};

use crate::effect::Effects;
use crate::time::{LOOK_AFTER, LOOK_AGAIN};

use super::Studio;

/// When to look, and how often something was missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Muster {
    look: Option<ShowTime>,
    missing: u32,
}

impl Muster {
    /// The room is back.
    pub fn begin(&mut self, now: ShowTime) {
        *self = Self { look: Some(now + LOOK_AFTER), missing: 0 };
    }

    /// The room is gone again, or the show is over.
    pub fn end(&mut self) {
        *self = Self::default();
    }

    pub fn deadline(&self) -> Option<ShowTime> {
        self.look
    }
}

impl Studio {
    /// Looks, if it is time to.
    pub(super) fn muster(&mut self, now: Now, out: &mut Effects) {
        if self.muster.look.take_if(|look| *look <= now.show).is_some() {
            out.rtc(RtcOrder::Look { room: RoomKind::Crew });
        }
    }

    /// What the server has. A track that was published in this moment may not have been offered yet: it is missing
    /// when it is still missing at a second look, and then only a fresh connection brings it.
    pub(super) fn mustered(&mut self, now: Now, tracks: &[(Identity, TrackSid)], out: &mut Effects) {
        let room = RoomKind::Crew;
        let others = tracks.iter().filter(|(identity, _)| identity != self.me());
        let mut unseen = others.filter(|(_, sid)| !self.connection.tracks.knows(sid));
        if !self.connection.is_in(room) || unseen.next().is_none() {
            return;
        }
        self.muster.missing += 1;
        if self.muster.missing < 2 {
            self.muster.look = Some(now.show + LOOK_AGAIN);
        } else {
            self.notices.stand(Fault::RoomLost { room }, now.show);
            self.engine_lost(now, room, out);
        }
    }
}
