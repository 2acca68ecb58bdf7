//! What is turned at the mixer: shown at once, asked for at a pace that the core keeps up with.

use studio_wire::mixer::{MonitorBus, ProgramBus, Strip, StripPart, StripView};
use sycamore::prelude::*;

use crate::app::Studio;
use crate::bridge::{self, hands};
use crate::local::desk::{Channel, Turn};

impl Studio {
    /// Turns a part of a strip.
    pub fn turn_strip(self, channel: Channel, strip: Strip, part: StripPart) {
        self.turn_desk(Turn::strip(channel, strip, part));
    }

    /// Turns the program's bus.
    pub fn turn_program(self, bus: ProgramBus) {
        self.turn_desk(Turn::program(bus));
    }

    /// Turns the monitor's bus.
    pub fn turn_monitor(self, bus: MonitorBus) {
        self.turn_desk(Turn::monitor(bus));
    }

    fn turn_desk(self, turn: Turn) {
        self.local.desk.update(|desk| desk.turned(turn));
        self.send_turns();
    }

    /// Sends what may be sent now; comes back when there is more.
    fn send_turns(self) {
        let desk = self.local.desk;
        let mut now = desk.get_clone_untracked();
        let (wish, later) = now.next(bridge::now());
        desk.set_silent(now);
        if let Some(wish) = wish {
            self.ask_told(wish, move |told| {
                desk.update(|desk| desk.answered(told.ok().map(|ack| ack.rev)));
                self.settle(self.store.rev.get_untracked());
                self.send_turns();
            });
        } else if let Some(ms) = later {
            let root = use_global_scope();
            hands::after(ms, move || root.run_in(|| self.send_turns()));
        }
    }

    /// A snapshot came: what it shows is not held here any longer.
    pub fn settle(self, rev: u64) {
        let desk = self.local.desk;
        let mut now = desk.get_clone_untracked();
        if now.came(rev) {
            desk.set(now);
        }
    }

    /// A strip of the snapshot, as long as it is there.
    pub fn strip_view(self, channel: Channel) -> ReadSignal<Option<StripView>> {
        let mixer = self.store.mixer;
        create_selector(move || {
            mixer.with(|mixer| {
                let all = mixer.as_ref()?.strips.iter();
                all.into_iter().find(|view| view.person == channel.0 && view.kind == channel.1).cloned()
            })
        })
    }

    /// A strip as it is shown: as it was turned here, or as the core says.
    pub fn strip_shown(self, channel: Channel) -> ReadSignal<Strip> {
        let (desk, told) = (self.local.desk, self.strip_view(channel.clone()));
        create_selector(move || {
            let told = told.with(|view| view.as_ref().map(|view| view.strip).unwrap_or_default());
            desk.with(|desk| desk.strip(&channel, told))
        })
    }

    /// The program's bus as it is shown.
    pub fn program_shown(self) -> ReadSignal<ProgramBus> {
        let (desk, mixer) = (self.local.desk, self.store.mixer);
        create_selector(move || {
            let told = mixer.with(|mixer| mixer.as_ref().map(|mixer| mixer.program).unwrap_or_default());
            desk.with(|desk| desk.program(told))
        })
    }

    /// The monitor's bus as it is shown.
    pub fn monitor_shown(self) -> ReadSignal<MonitorBus> {
        let (desk, sound) = (self.local.desk, self.store.sound);
        create_selector(move || {
            let told = sound.with(|sound| sound.monitor);
            desk.with(|desk| desk.monitor(told))
        })
    }
}
