//! Who may do what, now. One pure function behind every door: `apply` asks it, views are made from it.

use studio_wire::command::{Act, Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceId, DeviceKind};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, ServerId};
use studio_wire::mixer::TalkTo;
use studio_wire::people::{Actor, Role};
use studio_wire::rtc::TrackKind;
use studio_wire::table;
use studio_wire::view::StateName;

use crate::here::servers;
use crate::show::strips;
use crate::studio::Studio;
use crate::text;

/// Bytes of an identity.
const IDENTITY: usize = 128;
/// Bytes of a server's secret.
const SECRET: usize = 512;

impl Studio {
    /// Whether [`Studio::apply`] would take that command now, and the reply it would give if not.
    ///
    /// In this order: the asker's role, the state, the arguments.
    pub fn allowed(&self, actor: &Actor, command: &Command) -> Result<(), Fault> {
        let act = command.act();
        if let (Actor::Person(_), Command::Here(_)) = (actor, command) {
            // Nobody opens a device of another machine, whatever their role.
            return Err(Fault::NotAllowed { act, role: self.role_of(actor) });
        }
        self.may(actor, act)?;
        match command {
            Command::Here(command) => self.allowed_here(command),
            Command::Show(command) => self.allowed_show(actor, act, command),
        }
    }

    fn allowed_here(&self, command: &HereCommand) -> Result<(), Fault> {
        let known = |server: &ServerId| self.servers.find(server).map(drop).ok_or(Fault::NoSuchServer);
        match command {
            HereCommand::Microphone { on: true } => self.has(DeviceKind::Microphone),
            HereCommand::Camera { on: true } => self.has(DeviceKind::Camera),
            HereCommand::Share { .. } => self.screens.ready(),
            HereCommand::ChooseDevice { kind, device: Some(device) } => self.offers(*kind, device),
            HereCommand::SetUpCamera { device, setup } => self.devices.takes(device, setup),
            HereCommand::TestSpeaker => self.has(DeviceKind::Speaker),
            HereCommand::Monitor { bus } => understood(strips::monitor_fits(bus)),
            HereCommand::Talk { to: Some(to) } => match to {
                TalkTo::Person(who) if !self.can_be_told(who) => {
                    Err(Fault::NobodyThere { person: who.clone() })
                }
                _ => self.has(DeviceKind::Microphone),
            },
            HereCommand::RecordingFolder { folder: Some(folder) } => path(folder),
            HereCommand::Say { text, .. } => text::message(text).map(drop),
            HereCommand::KeepServer { server, secret } => {
                servers::check(server)?;
                let secret = secret.as_ref().map_or("", |secret| &secret.0);
                if secret.len() > SECRET || secret.contains(char::is_control) {
                    Err(Fault::BadText { most: SECRET as u32 })
                } else if self.servers.takes(&server.id) {
                    Ok(())
                } else {
                    Err(Fault::Busy)
                }
            }
            HereCommand::ForgetServer { server }
            | HereCommand::TestServer { server }
            | HereCommand::ChooseServer { server: Some(server) } => known(server),
            _ => Ok(()),
        }
    }

    /// Whether there is a device to open.
    fn has(&self, kind: DeviceKind) -> Result<(), Fault> {
        self.devices.ready(kind, self.preferences.get())
    }

    /// Whether that device is one to choose.
    fn offers(&self, kind: DeviceKind, device: &DeviceId) -> Result<(), Fault> {
        self.devices.find(kind, device).map(drop).ok_or(Fault::NoDevice { kind })
    }

    fn allowed_show(&self, actor: &Actor, act: Act, command: &ShowCommand) -> Result<(), Fault> {
        match command {
            ShowCommand::HostDevice { kind, device: Some(device) } => self.offers(*kind, device),
            ShowCommand::Strip { person, kind, part } => {
                if self.roster.present(person).is_none() {
                    Err(Fault::NobodyThere { person: person.clone() })
                } else if !self.has_strip(person, *kind) {
                    Err(Fault::NothingToMute { person: person.clone() })
                } else {
                    understood(strips::fits(part))
                }
            }
            ShowCommand::ProgramBus { bus } => understood(strips::program_fits(bus)),
            ShowCommand::Open { title } => text::title(title).map(drop),
            ShowCommand::AddToStage { bus, person } => {
                let there = self.roster.present(person);
                let there = there.ok_or_else(|| Fault::NobodyThere { person: person.clone() })?;
                let scene = self.stage.scene(*bus);
                if !there.role.may_be_on_air() || there.doubtful() {
                    Err(Fault::NotAllowed { act, role: there.role })
                } else if scene.holds(person) {
                    Err(Fault::AlreadyOnStage { person: person.clone() })
                } else if scene.full() {
                    Err(Fault::StageFull { most: scene.people.len() as u32 })
                } else {
                    Ok(())
                }
            }
            ShowCommand::RemoveFromStage { bus, person } => {
                let holds = self.stage.scene(*bus).holds(person);
                holds.then_some(()).ok_or_else(|| Fault::NotOnStage { person: person.clone() })
            }
            command => self.allowed_people(actor, act, command),
        }
    }

    /// What can be done to whom.
    fn allowed_people(&self, actor: &Actor, act: Act, command: &ShowCommand) -> Result<(), Fault> {
        let nobody = |person: &Identity| Fault::NobodyThere { person: person.clone() };
        let guest = |who: &Identity| {
            let record = self.roster.find(who).ok_or_else(|| nobody(who))?;
            if record.role == Role::Host {
                Err(Fault::NotAllowed { act, role: Role::Host })
            } else {
                Ok(record)
            }
        };
        match command {
            ShowCommand::Expect { person, role, .. } => {
                let named = !person.as_str().is_empty() && person.as_str().len() <= IDENTITY;
                if *role == Role::Host || *person == *self.me() {
                    Err(Fault::NotAllowed { act, role: Role::Host })
                } else if !named || person.as_str().contains(char::is_control) {
                    Err(Fault::BadText { most: IDENTITY as u32 })
                } else if self.roster.find(person).is_some_and(|record| record.refused()) {
                    Err(Fault::NotWelcome { person: person.clone() })
                } else {
                    Ok(())
                }
            }
            ShowCommand::SetRole { role: Role::Host, .. } => Err(Fault::NotAllowed { act, role: Role::Host }),
            ShowCommand::SetRole { person, .. }
            | ShowCommand::Permit { person, .. }
            | ShowCommand::Silence { person, .. } => guest(person).map(drop),
            ShowCommand::Remove { person, .. } => {
                let record = guest(person)?;
                let oneself = *person == self.own(actor);
                if oneself || record.refused() { Err(nobody(person)) } else { Ok(()) }
            }
            ShowCommand::Readmit { person } => {
                let refused = self.roster.find(person).is_some_and(|record| record.refused());
                if refused { Ok(()) } else { Err(nobody(person)) }
            }
            ShowCommand::Settle { person, .. } => {
                let contested = self.roster.find(person).is_some_and(|record| record.contested());
                if contested { Ok(()) } else { Err(Fault::NotContested { person: person.clone() }) }
            }
            ShowCommand::Mute { person, kind } => {
                let record = self.roster.present(person).ok_or_else(|| nobody(person))?;
                let sends = *kind != TrackKind::Talkback
                    && record.sources_of(*kind).any(|source| self.open(source))
                    || record.role == Role::Host && *kind == TrackKind::Screen && self.screens.any()
                    || record.role == Role::Host && *kind == TrackKind::StageMedia && self.plays_media();
                if sends { Ok(()) } else { Err(Fault::NothingToMute { person: person.clone() }) }
            }
            ShowCommand::AskOn { person, kind } => {
                let record = self.roster.present(person).ok_or_else(|| nobody(person))?;
                let could = match kind {
                    TrackKind::Microphone => record.rights.speak,
                    TrackKind::Camera | TrackKind::Screen => record.rights.video,
                    TrackKind::ScreenSound | TrackKind::StageMedia | TrackKind::Talkback => false,
                };
                let able = could && !record.doubtful() && record.role != Role::Host;
                if able { Ok(()) } else { Err(Fault::NotAllowed { act, role: record.role }) }
            }
            ShowCommand::Decline { kind } => {
                let own = self.roster.find(&self.own(actor));
                let asked = own.is_some_and(|record| record.asked.contains(kind));
                if asked { Ok(()) } else { Err(Fault::NotAsked) }
            }
            command => self.allowed_devices(actor, act, command),
        }
    }

    /// Role and state alone: what a button needs to know before it has arguments.
    pub(crate) fn may(&self, actor: &Actor, act: Act) -> Result<(), Fault> {
        let role = self.role_of(actor);
        if !table::row(act).is_some_and(|row| row.roles.contains(&role)) {
            return Err(Fault::NotAllowed { act, role });
        }
        let state = self.broadcast.name();
        let begins = matches!(act, Act::Open | Act::GoLive);
        if !fits(act, state) || begins && self.broadcast.leaving() {
            return Err(Fault::NotNow { act, state });
        }
        Ok(())
    }

    /// The role of record; somebody who is not connected has the least.
    pub(crate) fn role_of(&self, actor: &Actor) -> Role {
        match actor {
            Actor::LocalHost => Role::Host,
            Actor::Person(identity) => {
                let there = self.roster.present(identity).filter(|person| !person.doubtful());
                there.map(|person| person.role).unwrap_or_default()
            }
        }
    }
}

/// The acts of each state.
fn fits(act: Act, state: StateName) -> bool {
    use StateName::{Error, Idle, Initializing, Live, Ready, Starting, Stopping};
    match act {
        Act::Open => state == Idle,
        Act::Release | Act::GoLive => state == Ready,
        Act::EndStream => matches!(state, Starting | Live | Stopping),
        Act::Recover => state == Error,
        Act::EmergencyStop | Act::Dismiss | Act::RecordingFolder | Act::ChooseDevice => true,
        // A key that is held can be let go of while the show ends.
        Act::Microphone | Act::Camera | Act::Talk | Act::Press | Act::Share | Act::StopSharing => {
            !matches!(state, Idle | Error)
        }
        Act::KeepServer | Act::ForgetServer | Act::TestServer | Act::ChooseServer => true,
        // Only a seat that was lost comes back; the host's never is.
        Act::SetUpCamera | Act::TestSpeaker | Act::Monitor | Act::PushToTalk | Act::HeedMuted => true,
        Act::ComeBack => false,
        Act::AddToStage
        | Act::Expect
        | Act::RemoveFromStage
        | Act::Layout
        | Act::Take
        | Act::SetRole
        | Act::Permit
        | Act::Mute
        | Act::AskOn
        | Act::Decline
        | Act::LookAtDevices
        | Act::AskDevice
        | Act::DeclineDevice
        | Act::Remove
        | Act::Readmit
        | Act::Settle
        | Act::Request
        | Act::Strip
        | Act::ProgramBus
        | Act::HostDevice
        | Act::StageMedia
        | Act::Silence
        | Act::Say
        | Act::React => {
            matches!(state, Initializing | Ready | Starting | Live)
        }
    }
}

fn understood(fits: bool) -> Result<(), Fault> {
    fits.then_some(()).ok_or(Fault::NotUnderstood)
}

/// Only what no folder can be called is refused here; whether it is there is the recorder's question.
fn path(folder: &str) -> Result<(), Fault> {
    let bad = folder.trim().is_empty() || folder.len() > text::PATH || folder.contains(char::is_control);
    if bad { Err(Fault::BadText { most: text::PATH as u32 }) } else { Ok(()) }
}
