//! The core's snapshot as signals.
//!
//! **Invariant: [`Store::fold`] is the only writer, and it sets a signal only when its part changed.** So a
//! level repaints a meter, and a guest who arrives repaints no button. Everything else on the screen is
//! derived from these signals; nothing is kept twice. The signals are made once at the root and live as
//! long as the page: reading a disposed one would panic.

use studio_wire::device::{CameraView, DevicesView, SharedScreen, TheirDevices};
use studio_wire::mixer::{MixerView, SoundView};
use studio_wire::rtc::RoomKind;
use studio_wire::view::{
    BroadcastView, Counts, HostView, LayoutOffer, May, Meters, Mine, Notice, PersonView, ProgramFormat,
    RecordingView, SceneView, SeatLink, ServerView, StateName,
};
use studio_wire::{Identity, Role, ShowTime, Snapshot, Update};
use sycamore::prelude::*;

mod talk;

pub use talk::Talk;

/// What the core last said, part by part.
#[derive(Clone, Copy)]
pub struct Store {
    /// Whether a snapshot has come yet.
    pub met: Signal<bool>,
    /// The snapshot's number.
    pub rev: Signal<u64>,
    /// Show time when it was made.
    pub at: Signal<ShowTime>,
    /// What the person at this window is in the show.
    pub role: Signal<Role>,
    /// How this machine stands to the show.
    pub seat: Signal<SeatLink>,
    /// Server profiles of this machine.
    pub servers: Signal<Vec<ServerView>>,
    /// Devices of this machine.
    pub devices: Signal<DevicesView>,
    /// Screens that this machine shares.
    pub screens: Signal<Vec<SharedScreen>>,
    /// The own camera that is used; none where that is one of the studio's own pictures.
    pub camera: Signal<Option<CameraView>>,
    /// The host machine's own sources; only where somebody runs the show.
    pub host: Signal<Option<HostView>>,
    /// The devices that this seat looks at.
    pub theirs: Signal<Option<TheirDevices>>,
    /// What the show is called.
    pub title: Signal<String>,
    /// State of the broadcast.
    pub broadcast: Signal<BroadcastView>,
    /// The scene on air.
    pub program: Signal<SceneView>,
    /// Everybody in the show.
    pub people: Signal<Vec<PersonView>>,
    /// Arrangements on offer.
    pub layouts: Signal<Vec<LayoutOffer>>,
    /// What the program's picture is.
    pub format: Signal<ProgramFormat>,
    /// How many watch.
    pub viewers: Signal<u32>,
    /// How many people are connected, and how many were.
    pub counts: Signal<Counts>,
    /// What concerns the person at this window.
    pub mine: Signal<Mine>,
    /// The recording, if there is one.
    pub recording: Signal<Option<RecordingView>>,
    /// Which acts are possible, and why the others are not.
    pub may: Signal<Vec<May>>,
    /// What stands or has just happened.
    pub notices: Signal<Vec<Notice>>,
    /// The mixer; only where somebody runs the show.
    pub mixer: Signal<Option<MixerView>>,
    /// Sound at this machine.
    pub sound: Signal<SoundView>,
    /// What was said backstage.
    pub crew_talk: Signal<Talk>,
    /// What the audience wrote.
    pub air_talk: Signal<Talk>,
    /// Levels; changes 30 times a second.
    pub meters: Signal<Meters>,

    /// Derived: which of the seven states.
    pub state: ReadSignal<StateName>,
    /// Derived: people in the program, in the order of their places.
    pub on_stage: ReadSignal<Vec<Identity>>,
    /// Derived: people who are connected and wait.
    pub backstage: ReadSignal<Vec<Identity>>,
    /// Derived: the person at this window.
    pub me: ReadSignal<Option<PersonView>>,
}

impl Store {
    /// Makes the signals. To be called once, at the root.
    pub fn new() -> Self {
        let broadcast = create_signal(BroadcastView::default());
        let program = create_signal(SceneView::default());
        let people = create_signal(Vec::<PersonView>::new());
        Self {
            met: create_signal(false),
            rev: create_signal(0),
            at: create_signal(ShowTime::default()),
            role: create_signal(Role::default()),
            seat: create_signal(SeatLink::default()),
            servers: create_signal(Vec::new()),
            devices: create_signal(DevicesView::default()),
            screens: create_signal(Vec::new()),
            camera: create_signal(None),
            host: create_signal(None),
            theirs: create_signal(None),
            title: create_signal(String::new()),
            broadcast,
            program,
            people,
            layouts: create_signal(Vec::new()),
            format: create_signal(ProgramFormat::default()),
            viewers: create_signal(0),
            counts: create_signal(Counts::default()),
            mine: create_signal(Mine::default()),
            recording: create_signal(None),
            may: create_signal(Vec::new()),
            notices: create_signal(Vec::new()),
            mixer: create_signal(None),
            sound: create_signal(SoundView::default()),
            crew_talk: create_signal(Talk::default()),
            air_talk: create_signal(Talk::default()),
            meters: create_signal(silence()),
            state: create_selector(move || broadcast.with(|view| view.state)),
            on_stage: create_selector(move || program.with(|scene| scene.people.clone())),
            backstage: create_selector(move || people.with(|people| waiting(people))),
            me: create_selector(move || people.with(|people| people.iter().find(|p| p.local).cloned())),
        }
    }

    /// Takes in what the core pushed. A snapshot that is older than the one shown is dropped.
    pub fn fold(self, update: Update) {
        batch(move || match update {
            Update::Meters(meters) => self.fold_meters(meters),
            Update::Chat(page) => {
                let talk = self.talk(page.room);
                if let Some(more) = talk.with_untracked(|talk| talk.with(page)) {
                    talk.set(more);
                }
            }
            Update::Snapshot(snapshot) => self.fold_snapshot(*snapshot),
        });
    }

    fn fold_meters(self, meters: Meters) {
        // Levels that arrive after the program closed would stand still on the screen.
        let open = !matches!(self.broadcast.with_untracked(|view| view.state), StateName::Idle);
        set(self.meters, if open { meters } else { silence() });
    }

    fn fold_snapshot(self, snapshot: Snapshot) {
        let Snapshot { rev, at, show, notices, seat, servers, devices, camera, sound, screens, .. } =
            snapshot;
        if self.met.get_untracked() && rev < self.rev.get_untracked() {
            return;
        }
        set(self.rev, rev);
        set(self.at, at);
        set(self.role, show.role);
        set(self.seat, seat);
        set(self.servers, servers);
        set(self.devices, devices);
        set(self.screens, screens);
        set(self.camera, camera);
        set(self.host, show.host);
        set(self.theirs, show.devices);
        set(self.title, show.title);
        set(self.program, show.program);
        set(self.people, show.people);
        set(self.layouts, show.layouts);
        set(self.format, show.format);
        set(self.viewers, show.viewers);
        set(self.counts, show.counts);
        set(self.mine, show.mine);
        set(self.recording, show.recording);
        set(self.may, show.may);
        set(self.mixer, show.mixer);
        set(self.sound, sound);
        set(self.notices, notices);
        if show.broadcast.state == StateName::Idle {
            set(self.meters, silence());
        }
        set(self.broadcast, show.broadcast);
        set(self.met, true);
    }

    /// What was said in a room.
    pub const fn talk(self, room: RoomKind) -> Signal<Talk> {
        match room {
            RoomKind::Crew => self.crew_talk,
            RoomKind::Air => self.air_talk,
        }
    }

    /// What to call somebody.
    pub fn name_of(self, identity: &Identity) -> String {
        self.people.with_untracked(|people| {
            let person = people.iter().find(|person| person.identity == *identity);
            person.map_or_else(|| identity.to_string(), |person| person.name.clone())
        })
    }
}

/// Nothing to be heard.
fn silence() -> Meters {
    Meters::default()
}

fn set<T: PartialEq + 'static>(signal: Signal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn waiting(people: &[PersonView]) -> Vec<Identity> {
    use studio_wire::people::{Position, Presence};
    let here = people.iter().filter(|person| person.presence == Presence::Joined);
    here.filter(|person| person.position == Position::Backstage)
        .map(|person| person.identity.clone())
        .collect()
}

#[cfg(test)]
mod tests;
