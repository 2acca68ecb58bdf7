//! This app's window: the host's view, with what is expected of open wishes laid over it, and with what only this
//! machine knows: its own devices, and which pictures and sounds arrive here.

use studio_wire::ids::{Identity, SourceId};
use studio_wire::rtc::TrackKind;
use studio_wire::time::ShowTime;
use studio_wire::view::{PersonView, SeatLink, ShowView, Snapshot, SourceView};

use super::Visit;
use super::greeting::HostIs;
use crate::here::devices;

impl Visit {
    /// `rev` and `at` are set by who publishes it.
    pub(super) fn project(&self) -> Snapshot {
        Snapshot {
            rev: 0,
            at: ShowTime::default(),
            session: None,
            show: self.show(),
            preferences: self.preferences.get().clone(),
            notices: self.notices.list().to_vec(),
            seat: self.link(),
            servers: Vec::new(),
            sound: self.devices.sound(self.preferences.get()),
            screens: self.screens.views(),
            devices: self.devices.view(self.sent.wanted(), self.preferences.get()),
            camera: self.devices.view_of_camera(self.preferences.get()),
        }
    }

    fn show(&self) -> ShowView {
        if !self.truth.known {
            return ShowView { me: self.me().clone(), role: self.seat.role, ..ShowView::default() };
        }
        let mut view = self.truth.view.as_ref().clone();
        view.me = self.me().clone();
        self.truth.clock.turn(&mut view);
        self.wishes.lay_over(&mut view);
        view.people.iter_mut().for_each(|person| self.lay_over(person));
        for strip in view.mixer.iter_mut().flat_map(|mixer| &mut mixer.strips) {
            strip.source = self.sound_of(&strip.person, strip.kind).unwrap_or_default();
        }
        view
    }

    /// The source of this machine that is somebody's sound.
    fn sound_of(&self, person: &Identity, kind: TrackKind) -> Option<SourceId> {
        if person == self.me() && kind == TrackKind::Microphone {
            return Some(devices::MICROPHONE);
        }
        let track = self.taken(self.senses.of(person, kind)?)?;
        Some(track.source)
    }

    fn lay_over(&self, person: &mut PersonView) {
        person.local = person.identity == *self.me();
        if person.local {
            let own = |view: &mut SourceView, source, on, cell| {
                (view.source, view.on, view.cell) = (Some(source), on, cell);
                let gives = self.devices.gives(source, self.preferences.get());
                view.flowing = on && self.program_runs && gives;
            };
            own(&mut person.camera, devices::CAMERA, self.devices.camera, Some(0));
            let sends_voice = self.devices.sends_voice(self.preferences.get());
            own(&mut person.microphone, devices::MICROPHONE, sends_voice, None);
            let screen = |source| SourceView {
                source: Some(source),
                on: true,
                flowing: self.program_runs && self.screens.gives(source),
                cell: None,
            };
            let mut screens = self.screens.sources().into_iter().map(screen);
            person.screen = screens.next().unwrap_or_default();
            person.more_screens = screens.collect();
            return;
        }
        let identity = person.identity.clone();
        let kinds = [
            (&mut person.camera, TrackKind::Camera),
            (&mut person.microphone, TrackKind::Microphone),
            (&mut person.screen, TrackKind::Screen),
            (&mut person.screen_sound, TrackKind::ScreenSound),
        ];
        for (view, kind) in kinds {
            let source = self.senses.of(&identity, kind);
            let track = source.and_then(|source| self.taken(source));
            view.source = track.map(|track| track.source);
            view.cell = source.and_then(|source| self.cell(source));
            match track {
                Some(track) => view.flowing = track.flowing && !track.muted,
                // A picture that is not taken in does not move here, whatever the host sees of it.
                None => view.flowing &= !kind.is_picture(),
            }
        }
    }

    fn link(&self) -> SeatLink {
        let home = self.rooms.home;
        match (self.over, self.greeting.host) {
            (Some(why), _) => SeatLink::Over(why),
            _ if self.connection.is_returning(home) => SeatLink::Resuming,
            _ if !self.connection.is_in(home) => SeatLink::Coming,
            (None, HostIs::Here) => SeatLink::In,
            (None, HostIs::Away) => SeatLink::HostAway,
            (None, HostIs::Unknown) if self.truth.known => SeatLink::Resuming,
            (None, HostIs::Unknown) => SeatLink::Coming,
        }
    }
}
