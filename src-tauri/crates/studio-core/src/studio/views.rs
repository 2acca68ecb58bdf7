//! The show as each seat may know it.
//!
//! | | host | desk | guest | viewer |
//! | --- | --- | --- | --- | --- |
//! | state | yes | yes | yes | live or not |
//! | fault of the error state | yes | no | no | no |
//! | open steps, lost rooms | yes | yes | no | no |
//! | program | yes | yes | yes | while live |
//! | preview, layouts on offer | yes | yes | no | no |
//! | people | everybody | crew, and viewers who ask | crew who are here | who is on stage, while live |
//! | sources, cells of the atlas | yes | no | own source only as on or off | no |
//! | whose devices one looks at | yes | yes | no | no |
//! | who is asked, silenced | yes | yes | no | no |
//! | mixer | yes | all but its sources | no | no |
//! | own rights, mutes, what one is asked | yes | yes | yes | yes |
//! | how many are connected | yes | yes | no | no |
//! | recording | yes | file's name only | no | no |
//! | acts | all | those of its role | those of its role | those of its role |
//!
//! A seat is what the record says, not what its holder claims: a desk without a crew role sees what a guest
//! sees, a guest's seat without a guest's role what a viewer sees.

use studio_wire::command::{Act, Bus};
use studio_wire::device::{DeviceKind, DevicesView};
use studio_wire::ids::{Identity, SourceId};
use studio_wire::layout::LayoutName;
use studio_wire::people::{Actor, Position, Rights, Role, Seat};
use studio_wire::rtc::TrackKind;
use studio_wire::table;
use studio_wire::time::{Now, ShowTime};
use studio_wire::view::{
    BroadcastView, Counts, HostView, LayoutOffer, May, Mine, PersonView, RecordingView, SceneView, SeatLink,
    ShowView, Snapshot, SourceView, StateName,
};

use crate::show::roster::{Person, Speech};
use crate::show::stage::layouts::places;

use super::Studio;

/// What a seat comes down to, least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sight {
    Viewer,
    Guest,
    Desk,
    Host,
}

/// With fewer people the pictures of the layouts look alike.
const FEWEST: usize = 4;

impl Studio {
    /// The show as one seat may know it; nothing else of it leaves this machine.
    pub fn view(&self, seat: &Seat, _now: Now) -> ShowView {
        let (sight, me) = self.sight(seat);
        let actor = if sight == Sight::Host { Actor::LocalHost } else { Actor::Person(me.clone()) };
        let runs_it = sight >= Sight::Desk;
        let shows_stage = sight > Sight::Viewer || self.broadcast.name() == StateName::Live;
        ShowView {
            role: self.role_of(&actor),
            title: self.broadcast.run().map(|run| run.title.clone()).unwrap_or_default(),
            broadcast: self.broadcast_for(sight),
            program: if shows_stage { self.scene(Bus::Program) } else { SceneView::default() },
            preview: runs_it.then(|| self.scene(Bus::Preview)),
            people: if shows_stage { self.people_for(sight, &me) } else { Vec::new() },
            layouts: if runs_it { self.layouts() } else { Vec::new() },
            format: self.format,
            viewers: self.viewers(),
            counts: if runs_it { self.counts() } else { Counts::default() },
            mine: self.mine(&me),
            host: runs_it.then(|| self.host_sources()),
            devices: if runs_it { self.looked_at(&me) } else { None },
            reactions: self.cheers.list(),
            recording: self.recording_for(sight),
            mixer: runs_it.then(|| self.mixer_view(sight == Sight::Host)),
            may: if shows_stage { self.acts_for(sight, &actor) } else { Vec::new() },
            me,
        }
    }

    /// The host's window; `rev` and `at` are set by who publishes it.
    pub(super) fn project(&self) -> Snapshot {
        Snapshot {
            rev: 0,
            at: ShowTime::default(),
            session: self.session(),
            show: self.view(&Seat::Host, Now::default()),
            preferences: self.preferences.get().clone(),
            notices: self.notices.list().to_vec(),
            seat: SeatLink::Own,
            servers: self.servers.views(self.preferences.get().server.as_ref()),
            sound: self.devices.sound(self.preferences.get()),
            screens: self.screens.views(),
            devices: self.own_devices(),
            camera: self.devices.view_of_camera(self.preferences.get()),
        }
    }

    fn counts(&self) -> Counts {
        let people = self.roster.people();
        let online = people.iter().filter(|person| person.here()).count() as u32;
        Counts { online, total: people.len() as u32 }
    }

    fn mine(&self, me: &Identity) -> Mine {
        let Some(person) = self.roster.find(me) else { return Mine::default() };
        Mine {
            rights: if person.doubtful() { Rights::default() } else { person.rights },
            muted: person.muted,
            asked: person.asked.clone(),
            asked_devices: person.asked_devices.iter().filter(|asked| !asked.declined).cloned().collect(),
            silenced: person.silenced,
        }
    }

    fn host_sources(&self) -> HostView {
        HostView { devices: self.own_devices(), stage_media: self.plays_media() }
    }

    fn own_devices(&self) -> DevicesView {
        self.devices.view(self.sent.ports.wanted(), self.preferences.get())
    }

    fn sight(&self, seat: &Seat) -> (Sight, Identity) {
        let (claimed, me) = match seat {
            Seat::Host => return (Sight::Host, self.me().clone()),
            Seat::Desk(me) => (Sight::Desk, me),
            Seat::Guest(me) => (Sight::Guest, me),
            Seat::Viewer(me) => (Sight::Viewer, me),
        };
        let there = self.roster.present(me).filter(|person| !person.doubtful());
        let due = match there.map(|person| person.role) {
            Some(Role::Host | Role::Cohost | Role::Producer) => Sight::Desk,
            Some(Role::Guest) => Sight::Guest,
            Some(Role::Viewer) | None => Sight::Viewer,
        };
        (claimed.min(due), me.clone())
    }

    fn broadcast_for(&self, sight: Sight) -> BroadcastView {
        let (state, since) = (self.broadcast.name(), self.broadcast.since());
        match sight {
            Sight::Viewer if state == StateName::Live => {
                BroadcastView { state, since, ..BroadcastView::default() }
            }
            Sight::Viewer => BroadcastView::default(),
            Sight::Guest => BroadcastView { state, since, ..BroadcastView::default() },
            Sight::Desk | Sight::Host => {
                // A fault may hold paths; and in `Error` the rooms are closed, so that no desk is there.
                let fault = self.broadcast.fault().filter(|_| sight == Sight::Host).cloned();
                BroadcastView {
                    state,
                    since,
                    fault,
                    waiting: self.broadcast.waiting(),
                    lost: self.broadcast.lost(),
                }
            }
        }
    }

    fn scene(&self, bus: Bus) -> SceneView {
        let scene = self.stage.scene(bus);
        let known = |who: &&Identity| !self.roster.find(who).is_some_and(Person::contested);
        SceneView { layout: scene.layout, people: scene.people.iter().filter(known).cloned().collect() }
    }

    fn layouts(&self) -> Vec<LayoutOffer> {
        let people = self.stage.scene(Bus::Program).people.len().max(FEWEST);
        LayoutName::ALL.map(|layout| LayoutOffer { layout, places: places(layout, people) }).into()
    }

    fn people_for(&self, sight: Sight, me: &Identity) -> Vec<PersonView> {
        let seen = |person: &&Person| match sight {
            Sight::Host => true,
            Sight::Desk => person.role != Role::Viewer || person.requested || person.in_crew,
            Sight::Guest => person.here() && (person.role != Role::Viewer || person.identity == *me),
            Sight::Viewer => self.position(person) == Position::OnStage,
        };
        let people = self.roster.people().iter().filter(seen);
        people.map(|person| self.person_for(sight, me, person)).collect()
    }

    fn person_for(&self, sight: Sight, me: &Identity, person: &Person) -> PersonView {
        let runs_it = sight >= Sight::Desk;
        let screens = self.screens_of(person).into_iter().filter(|source| self.open(*source));
        let mut screens = screens.map(|source| self.source_for(sight, Some(source)));
        PersonView {
            identity: person.identity.clone(),
            name: person.name.clone(),
            role: person.role,
            presence: person.presence,
            position: self.position(person),
            local: person.identity == *me,
            microphone: self.source_for(sight, person.source(TrackKind::Microphone)),
            camera: self.source_for(sight, person.source(TrackKind::Camera)),
            screen: screens.next().unwrap_or_default(),
            more_screens: screens.collect(),
            screen_sound: self.source_for(sight, person.source(TrackKind::ScreenSound)),
            joined: if sight == Sight::Viewer { ShowTime::default() } else { person.joined },
            speaking: person.speaking != Speech::Silent && self.heard(person),
            quality: person.quality,
            rights: if sight == Sight::Viewer { Rights::default() } else { person.rights },
            awaited: person.awaited,
            contested: person.contested(),
            asked: if runs_it { person.asked.clone() } else { Vec::new() },
            silenced: runs_it && person.silenced,
            tells_devices: (runs_it || person.identity == *me) && !person.devices.is_empty(),
            asked_devices: if runs_it { open_asks(person) } else { Vec::new() },
        }
    }

    fn source_for(&self, sight: Sight, source: Option<SourceId>) -> SourceView {
        SourceView {
            // Ids and cells mean something to this machine's compositor and atlas only.
            source: source.filter(|_| sight == Sight::Host),
            on: source.is_some_and(|source| self.open(source)),
            flowing: source.is_some_and(|source| self.flowing(source)),
            cell: source.filter(|_| sight == Sight::Host).and_then(|source| self.cell(source)),
        }
    }

    /// Whether somebody can be heard at all: a muted microphone does not speak.
    fn heard(&self, person: &Person) -> bool {
        person.source(TrackKind::Microphone).is_some_and(|source| self.open(source))
    }

    /// Crew people who look at the program are no audience.
    fn viewers(&self) -> u32 {
        let looks = |person: &&Person| person.here() && person.role == Role::Viewer && person.in_air;
        self.roster.people().iter().filter(looks).count() as u32
    }

    fn recording_for(&self, sight: Sight) -> Option<RecordingView> {
        let recording = self.takes.view(self.session().as_ref())?;
        match sight {
            Sight::Host => Some(recording),
            Sight::Desk => Some(RecordingView { path: file_name(&recording.path), ..recording }),
            Sight::Guest | Sight::Viewer => None,
        }
    }

    fn acts_for(&self, sight: Sight, actor: &Actor) -> Vec<May> {
        let role = self.role_of(actor);
        let theirs = |row: &&table::CommandRow| {
            sight == Sight::Host || row.roles.contains(&role) && of_the_show(row.act)
        };
        let may = |row: &table::CommandRow| May { act: row.act, refusal: self.may(actor, row.act).err() };
        table::COMMANDS.iter().filter(theirs).map(may).collect()
    }
}

/// For what somebody is asked to use another device, and has not said no.
fn open_asks(person: &Person) -> Vec<DeviceKind> {
    person.asked_devices.iter().filter(|asked| !asked.declined).map(|asked| asked.kind).collect()
}

/// Acts that a remote seat sends to the host; the others it asks of its own machine.
fn of_the_show(act: Act) -> bool {
    !matches!(
        act,
        Act::Microphone
            | Act::Camera
            | Act::Share
            | Act::StopSharing
            | Act::ChooseDevice
            | Act::SetUpCamera
            | Act::TestSpeaker
            | Act::Monitor
            | Act::Talk
            | Act::PushToTalk
            | Act::Press
            | Act::HeedMuted
            | Act::RecordingFolder
            | Act::Dismiss
            | Act::Say
            | Act::React
            | Act::KeepServer
            | Act::ForgetServer
            | Act::TestServer
            | Act::ChooseServer
            | Act::ComeBack
    )
}

/// The last part of a path of any system.
fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}
