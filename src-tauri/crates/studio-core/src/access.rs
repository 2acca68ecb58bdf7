//! Who may do what, now. One pure function behind every door: `apply` asks it, views are made from it.

use studio_wire::command::{Act, Command, HereCommand, ShowCommand};
use studio_wire::fault::Fault;
use studio_wire::people::{Actor, Role};
use studio_wire::table;
use studio_wire::view::StateName;

use crate::studio::Studio;
use crate::text;

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
            Command::Here(HereCommand::RecordingFolder { folder: Some(folder) }) => path(folder),
            Command::Show(ShowCommand::Open { title }) => text::title(title).map(drop),
            Command::Show(ShowCommand::AddToStage { bus, person }) => {
                let there = self.roster.present(person);
                let there = there.ok_or_else(|| Fault::NobodyThere { person: person.clone() })?;
                let scene = self.stage.scene(*bus);
                if !there.may_be_on_air() {
                    Err(Fault::NotAllowed { act, role: there.role })
                } else if scene.holds(person) {
                    Err(Fault::AlreadyOnStage { person: person.clone() })
                } else if scene.full() {
                    Err(Fault::StageFull { most: scene.people.len() as u32 })
                } else {
                    Ok(())
                }
            }
            Command::Show(ShowCommand::RemoveFromStage { bus, person }) => {
                let holds = self.stage.scene(*bus).holds(person);
                holds.then_some(()).ok_or_else(|| Fault::NotOnStage { person: person.clone() })
            }
            _ => Ok(()),
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
                self.roster.present(identity).map(|person| person.role).unwrap_or_default()
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
        Act::EmergencyStop | Act::Dismiss | Act::RecordingFolder => true,
        Act::Microphone | Act::Camera => !matches!(state, Idle | Error),
        Act::AddToStage | Act::RemoveFromStage | Act::Layout | Act::Take => {
            matches!(state, Initializing | Ready | Starting | Live)
        }
    }
}

/// Only what no folder can be called is refused here; whether it is there is the recorder's question.
fn path(folder: &str) -> Result<(), Fault> {
    let bad = folder.trim().is_empty() || folder.len() > text::PATH || folder.contains(char::is_control);
    if bad { Err(Fault::BadText { most: text::PATH as u32 }) } else { Ok(()) }
}
