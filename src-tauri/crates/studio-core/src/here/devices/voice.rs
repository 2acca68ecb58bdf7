//! The own voice: whether it goes to the show, to somebody beside it, or nowhere; and why its microphone is open.
//!
//! A microphone is open while it is on, while its user speaks to somebody beside the show, and — only if its user has
//! opened it in this show before — while it is muted, so that they can be told that nobody hears them. **In the last
//! case nothing of it leaves this machine.**

use studio_wire::device::DeviceKind;
use studio_wire::fault::Fault;
use studio_wire::mixer::{SoundView, TalkTo};
use studio_wire::people::{Rights, Role};
use studio_wire::preferences::Preferences;
use studio_wire::rtc::TrackKind;
use studio_wire::time::ShowTime;
use studio_wire::{command::Act, table};

use super::Devices;
use crate::here::notices::Notices;

/// Of one show; nothing of it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Voice {
    /// The key of push to talk is held.
    pressed: bool,
    /// Whom it goes to instead of the show.
    talk: Option<TalkTo>,
    /// Its user has opened the microphone in this show.
    opened: bool,
}

/// Whether somebody of that role may speak to others beside the show. Who may be on air needs the right to speak; a
/// producer, who never is, has no other voice than this.
pub(crate) fn may_talk(role: Role, rights: Rights) -> bool {
    let runs_it = table::row(Act::Talk).is_some_and(|row| row.roles.contains(&role));
    runs_it && (rights.speak || !role.may_be_on_air())
}

impl Devices {
    /// The microphone is on and, with push to talk, its key is held.
    pub fn keyed(&self, chosen: &Preferences) -> bool {
        self.microphone && (self.voice.pressed || !chosen.push_to_talk)
    }

    /// The own voice goes to the show.
    pub fn sends_voice(&self, chosen: &Preferences) -> bool {
        self.keyed(chosen) && self.voice.talk.is_none()
    }

    /// Whom the own voice goes to instead.
    pub fn talk(&self) -> Option<&TalkTo> {
        self.voice.talk.as_ref()
    }

    /// The microphone is to be open, for whatever reason.
    pub fn hears(&self, chosen: &Preferences) -> bool {
        self.microphone || self.voice.talk.is_some() || self.voice.opened && !chosen.ignore_muted
    }

    /// Something of the microphone is to be heard by somebody: it is missed when it gives nothing.
    pub(super) fn needs_voice(&self) -> bool {
        self.microphone || self.voice.talk.is_some()
    }

    /// A device is open only to notice that somebody speaks.
    fn listens(&self, chosen: &Preferences) -> bool {
        !self.needs_voice() && self.wanted(DeviceKind::Microphone, chosen).is_some()
    }

    /// Opens the microphone, or mutes it.
    pub(super) fn switch_voice(&mut self, on: bool, chosen: &Preferences) {
        let open = self.hears(chosen);
        if on && !self.microphone && self.held_is_gone() {
            // It is opened by hand, and what it was is not there: what is chosen now is.
            self.held.microphone = None;
        }
        self.microphone = on;
        self.voice.opened |= on;
        self.voice.pressed &= on;
        self.hold_voice(open, chosen);
    }

    /// Speaks to somebody beside the show, or to nobody.
    pub fn talk_to(&mut self, to: Option<TalkTo>, chosen: &Preferences) {
        let open = self.hears(chosen);
        self.voice.talk = to;
        self.hold_voice(open, chosen);
    }

    /// Holds the key of push to talk, or lets go of it.
    pub fn press(&mut self, down: bool, chosen: &Preferences) {
        self.voice.pressed = down && chosen.push_to_talk && self.microphone;
    }

    /// Whether a muted microphone stays open was chosen anew. One that was shut until now is not opened by that.
    pub fn heed(&mut self, was_open: bool, chosen: &Preferences) {
        self.voice.opened &= was_open;
        self.hold_voice(was_open, chosen);
    }

    /// Somebody else has switched that off. True if it was on.
    pub fn shut(&mut self, kind: TrackKind) -> bool {
        match kind {
            TrackKind::Camera => std::mem::take(&mut self.camera),
            TrackKind::Microphone => {
                self.voice.pressed = false;
                std::mem::take(&mut self.microphone)
            }
            TrackKind::StageMedia => std::mem::take(&mut self.stage_media),
            TrackKind::Talkback => self.voice.talk.take().is_some(),
            TrackKind::Screen | TrackKind::ScreenSound => false,
        }
    }

    /// Its user may not speak any more: nothing is open, not even to listen.
    pub fn forbid_voice(&mut self) {
        self.voice.opened = false;
    }

    /// A microphone that stays open stays the same one; one that is opened now is the one that is chosen now.
    fn hold_voice(&mut self, was_open: bool, chosen: &Preferences) {
        let held = self.held.microphone.take().filter(|_| was_open);
        if self.hears(chosen) {
            self.held.microphone = held.or_else(|| self.chosen(DeviceKind::Microphone, chosen));
        }
    }

    fn held_is_gone(&self) -> bool {
        let held = self.held.microphone.as_ref();
        held.is_some_and(|held| self.there(DeviceKind::Microphone, held).is_none())
    }

    /// Somebody begins to speak into the muted microphone, or no longer does. One that its user never opened, or has
    /// opened for something else, is not listened to.
    pub fn spoken(&self, on: bool, chosen: &Preferences, notices: &mut Notices, at: ShowTime) {
        if on && self.listens(chosen) {
            notices.stand(Fault::MutedSpeech, at);
        } else {
            notices.clear(|fault| *fault == Fault::MutedSpeech);
        }
    }

    /// Nobody is told any longer that they are muted when they are not, or when nobody listens.
    pub(super) fn tell_voice(&self, chosen: &Preferences, notices: &mut Notices) {
        if !self.listens(chosen) {
            notices.clear(|fault| *fault == Fault::MutedSpeech);
        }
    }

    /// Sound at this machine, as it is shown.
    pub fn sound(&self, chosen: &Preferences) -> SoundView {
        SoundView {
            monitor: chosen.monitor,
            push_to_talk: chosen.push_to_talk,
            pressed: self.voice.pressed,
            talk: self.voice.talk.clone(),
            ignore_muted: chosen.ignore_muted,
            listening: self.listens(chosen),
        }
    }
}
