//! Outputs as they stand in a room: published, muted, held back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_wire::engine::Publish;
use studio_wire::{LaneId, TrackSid};

use crate::kit::{LocalTrackPublication, TrackSource};
use crate::report::source_of;

/// How long the library's echo of our own muting may take.
const ECHO: Duration = Duration::from_secs(2);

/// Between two words to the library about the same thing. It hands each of them to the server by a task of its own: said
/// at once, one may overtake the other, and the server would keep the wrong one for good.
pub(crate) const APART: Duration = Duration::from_millis(100);

/// An output as it stands in the room that is joined now.
pub(crate) struct Output {
    pub(crate) wish: Publish,
    pub(crate) muted: bool,
    /// Muted by the server, until the app says anew what it wishes.
    pub(crate) forced: bool,
    /// Not open to everybody, and the server does not know yet to whom: nothing is to be sent.
    pub(crate) held: bool,
    pub(crate) place: Place,
    /// Rights or connection changed while it was being published: a refusal may be of what was before.
    outdated: bool,
    echoes: Echoes,
}

/// How far an output has come.
pub(crate) enum Place {
    /// Being published.
    Underway,
    /// Published.
    Sent(Arc<LocalTrackPublication>),
    /// Not permitted, or failed; tried again when something changes.
    Refused,
}

impl Output {
    pub(crate) fn new(wish: Publish, place: Place) -> Output {
        let (muted, held) = (wish.muted, wish.open_to.is_some());
        Output { wish, muted, forced: false, held, place, outdated: false, echoes: Echoes::default() }
    }

    /// The app says whether it is muted; while it is being published, what is done afterwards.
    pub(crate) fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.forced = false;
        self.apply_mute();
    }

    /// It is published, and muted as was wished when that began.
    pub(crate) fn sent(&mut self, publication: LocalTrackPublication) {
        self.echoes = Echoes::new(false);
        if self.wish.muted {
            self.echoes.expect(true, Instant::now());
        }
        self.place = Place::Sent(Arc::new(publication));
        self.apply_mute();
    }

    /// What may be published, or the connection, is another. True if it was refused and is worth another attempt.
    pub(crate) fn may_try(&mut self) -> bool {
        self.outdated = matches!(self.place, Place::Underway);
        matches!(self.place, Place::Refused)
    }

    /// It was not published. True if that is worth another attempt at once.
    pub(crate) fn refused(&mut self) -> bool {
        self.place = Place::Refused;
        std::mem::take(&mut self.outdated)
    }

    /// It is published anew by the library, muted or not.
    pub(crate) fn sent_anew(&mut self, muted: bool) {
        self.echoes = Echoes::new(muted);
        self.held = self.wish.open_to.is_some();
        self.apply_mute();
    }

    /// Makes the library agree, unless it was told something only just now: then at a later look.
    pub(crate) fn apply_mute(&mut self) {
        let muted = self.muted || self.forced;
        if let Place::Sent(publication) = &self.place
            && self.echoes.expect(muted, Instant::now())
        {
            // A publication that cannot be muted is one that is gone; the room's events say so.
            let _ = if muted { publication.mute() } else { publication.unmute() };
        }
    }

    /// The library tells that it is muted or not. True if the server did it and it stays so: **what the app has muted
    /// the server does not unmute**.
    pub(crate) fn told_muted(&mut self, muted: bool) -> bool {
        if !self.echoes.told(muted, Instant::now()) {
            return false;
        }
        self.forced = muted;
        let stays = muted || !self.muted;
        self.apply_mute();
        stays
    }

    /// Whether frames of its lane go nowhere.
    pub(crate) fn is_silent(&self) -> bool {
        self.muted || self.held
    }

    pub(crate) fn sid(&self) -> Option<TrackSid> {
        match &self.place {
            Place::Sent(publication) => Some(publication.sid().as_str().into()),
            Place::Underway | Place::Refused => None,
        }
    }

    pub(crate) fn source(&self) -> TrackSource {
        source_of(self.wish.kind)
    }

    pub(crate) fn lane(&self) -> LaneId {
        self.wish.lane
    }
}

/// Tells the server's muting from the echo of our own: the library reports both alike. Keeps our words apart.
#[derive(Debug, Default)]
struct Echoes {
    muted: bool,
    expected: VecDeque<(bool, Instant)>,
    /// When the library was told last.
    said: Option<Instant>,
}

impl Echoes {
    fn new(muted: bool) -> Echoes {
        Echoes { muted, expected: VecDeque::new(), said: None }
    }

    /// Whether the library has to be told now. Its echo is expected then.
    fn expect(&mut self, muted: bool, now: Instant) -> bool {
        let too_soon = self.said.is_some_and(|at| now.duration_since(at) < APART);
        if self.muted == muted || too_soon {
            return false;
        }
        (self.muted, self.said) = (muted, Some(now));
        self.expected.push_back((muted, now));
        true
    }

    /// Whether this is no echo.
    fn told(&mut self, muted: bool, now: Instant) -> bool {
        while self.expected.pop_front_if(|(_, since)| now.duration_since(*since) > ECHO).is_some() {}
        // An echo from before it is known where the track stands is never heard: the ones after it count.
        if let Some(at) = self.expected.iter().position(|(expected, _)| *expected == muted) {
            self.expected.drain(..=at);
            return false;
        }
        std::mem::replace(&mut self.muted, muted) != muted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_muting_is_told_from_the_echo_of_our_own() {
        let start = Instant::now();
        let at = |step: u32| start + APART * step;
        let mut echoes = Echoes::new(false);
        assert!(echoes.expect(true, at(0)) && !echoes.expect(true, at(1)) && echoes.expect(false, at(1)));
        assert!(!echoes.told(true, at(1)) && !echoes.told(false, at(1)), "both are echoes");
        assert!(echoes.expect(true, at(2)) && echoes.expect(false, at(3)));
        assert!(!echoes.told(false, at(3)), "the first of the two was lost");
        assert!(echoes.told(true, at(3)), "the server's");
        assert!(!echoes.told(true, at(3)), "known already");
        assert!(!echoes.expect(true, at(4)), "it is muted: nothing to do");
        assert!(echoes.expect(false, at(4)));
        assert!(!echoes.told(false, at(4)));
        assert!(echoes.expect(true, at(5)));
        let late = at(5) + ECHO * 2;
        assert!(!echoes.told(true, late), "an echo that never came changes nothing");
        assert!(echoes.told(false, late));
    }

    #[test]
    fn a_refusal_of_what_was_before_is_no_refusal() {
        let wish = Publish {
            lane: LaneId(1),
            name: "microphone".into(),
            kind: studio_wire::rtc::TrackKind::Microphone,
            media: studio_wire::engine::Media::Audio { rate: 48_000, channels: 1, kbps: 64 },
            muted: false,
            open_to: None,
        };
        let mut output = Output::new(wish, Place::Underway);
        assert!(!output.may_try(), "it is under way");
        assert!(output.refused(), "the right came meanwhile");
        assert!(output.may_try());
        assert!(!output.refused(), "nothing has changed since");
    }

    #[test]
    fn two_words_to_the_library_are_never_said_at_once_and_the_last_one_counts() {
        let start = Instant::now();
        let mut echoes = Echoes::new(false);
        assert!(echoes.expect(true, start));
        assert!(!echoes.expect(false, start + APART / 2), "it could overtake the first one");
        assert!(!echoes.expect(true, start + APART / 2), "that was said");
        assert!(echoes.expect(false, start + APART), "at a later look");
        assert!(!echoes.told(true, start + APART) && !echoes.told(false, start + APART));
    }
}
