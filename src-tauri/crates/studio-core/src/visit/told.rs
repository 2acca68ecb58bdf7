//! The host's word: the whole view, changes of it by number, chat. A view is taken over whole before anything
//! follows from it.

use std::sync::Arc;

use studio_wire::chat::ChatPage;
use studio_wire::fault::Fault;
use studio_wire::room::Tale;
use studio_wire::rtc::{RoomKind, TrackKind};
use studio_wire::time::Now;
use studio_wire::view::{Change, ShowView};

use super::Visit;
use crate::effect::Effects;
use crate::show::changes;

/// What can be switched off from afar, in the order of [`Mine::muted`](studio_wire::view::Mine).
const MUTED: [TrackKind; 3] = [TrackKind::Microphone, TrackKind::Camera, TrackKind::Screen];

impl Visit {
    pub(super) fn hear_tale(&mut self, now: Now, tale: Tale, out: &mut Effects) {
        match tale {
            Tale::View { .. } | Tale::Stale { .. } if self.greeting.is_open() => self.greeting.hold(tale),
            Tale::View { rev, .. } | Tale::Stale { rev } if !self.truth.known || rev <= self.truth.rev => {}
            Tale::View { from, rev, changes } if from == self.truth.rev => {
                self.view_changed(now, rev, changes, out);
            }
            // Something is missing: the whole view says more than what could be gathered.
            Tale::View { .. } | Tale::Stale { .. } => self.greet(now, self.talk_room(), out),
            Tale::Chat(line) => self.line_came(line),
            Tale::Unsaid { id, fault } => {
                if self.chat.unsaid(&id) {
                    self.notices.tell(fault, now.show);
                }
            }
            Tale::Recall => self.recalled(now, out),
        }
    }

    fn view_changed(&mut self, now: Now, rev: u64, told: Vec<Change>, out: &mut Effects) {
        let mut view = self.truth.view.as_ref().clone();
        let role = view.role;
        told.into_iter().for_each(|change| changes::change(&mut view, change));
        self.take_over(now, rev, view);
        if self.truth.view.role != role {
            self.role_came(now, false, out);
        }
    }

    /// The answer to a hello.
    pub(super) fn welcomed(
        &mut self,
        now: Now,
        rev: u64,
        view: ShowView,
        chat: Vec<ChatPage>,
        passes: Vec<RoomKind>,
        out: &mut Effects,
    ) {
        self.take_over(now, rev, view);
        self.truth.known = true;
        let me = self.truth.view.me.clone();
        if !self.person(&me).is_some_and(|me| me.tells_devices) {
            self.told_devices = None;
        }
        self.pages_came(chat);
        // No room at all: the host does not know yet whose seat this is. It is waited for where one is.
        if !passes.is_empty() {
            self.passes_came(now, &passes, out);
            self.role_came(now, true, out);
        }
    }

    fn take_over(&mut self, now: Now, rev: u64, view: ShowView) {
        let old = std::mem::replace(&mut self.truth.view, Arc::new(view));
        self.truth.rev = rev;
        self.wishes.seen(rev);
        let mine = self.truth.view.mine.clone();
        for (n, kind) in MUTED.into_iter().enumerate() {
            if self.truth.known && mine.muted[n] > old.mine.muted[n] {
                self.switched_off(now, kind);
            }
        }
        // What may not be sent is off, so that nobody opens it by giving the right back.
        for (right, kind) in [
            (mine.rights.speak, TrackKind::Microphone),
            (mine.rights.video, TrackKind::Camera),
            (mine.rights.video, TrackKind::Screen),
        ] {
            if !right {
                self.switched_off(now, kind);
            }
        }
        if !mine.rights.speak {
            self.devices.forbid_voice();
        }
        let (camera, microphone) = self.publishable();
        self.published.0 |= camera;
        self.published.1 |= microphone;
        self.talkback |= self.may_tell();
    }

    /// Camera and microphone, as far as the host lets this seat send them now.
    fn publishable(&self) -> (bool, bool) {
        let view = &self.truth.view;
        let (on_air, rights) = (view.role.may_be_on_air(), view.mine.rights);
        (on_air && rights.video, on_air && rights.speak)
    }

    /// The next engine publishes what this seat may send, whatever the last one had.
    pub(super) fn publish_anew(&mut self) {
        self.published = self.publishable();
        self.talkback = self.may_tell();
    }

    /// Somebody else has switched off what this machine sends.
    pub(super) fn switched_off(&mut self, now: Now, kind: TrackKind) {
        let screens = kind == TrackKind::Screen && self.screens.stop(None);
        if screens || self.devices.shut(kind) {
            self.notices.tell(Fault::MutedByHost { kind }, now.show);
        }
    }
}
