//! Commands about people, carried out. What they change in the room follows from the record by itself
//! ([`super::stamps`]); only what the record cannot say is ordered here.

use studio_wire::command::{Command, ShowCommand};
use studio_wire::ids::Identity;
use studio_wire::people::{Actor, Presence, Role};
use studio_wire::rtc::{RoomKind, RtcOrder, TrackKind};
use studio_wire::time::Now;

use crate::effect::Effects;
use crate::text;

use super::Studio;

/// Whether a command is one of this file's.
pub(super) fn of_people(command: &ShowCommand) -> bool {
    use ShowCommand::{
        AskDevice, AskOn, Decline, DeclineDevice, Expect, LookAtDevices, Mute, Permit, Readmit, Remove,
        Request, SetRole, Settle, Silence,
    };
    matches!(
        command,
        AskDevice { .. }
            | AskOn { .. }
            | Decline { .. }
            | DeclineDevice { .. }
            | LookAtDevices { .. }
            | Expect { .. }
            | Mute { .. }
            | Permit { .. }
            | Readmit { .. }
            | Remove { .. }
            | Request { .. }
            | SetRole { .. }
            | Settle { .. }
            | Silence { .. }
    )
}

impl Studio {
    /// Whom a command is about, if it is about one person.
    pub(super) fn about(&self, actor: &Actor, command: &Command) -> Option<Identity> {
        use ShowCommand::{
            AddToStage, AskDevice, AskOn, Decline, DeclineDevice, Expect, Mute, Permit, Readmit, Remove,
            RemoveFromStage, Request, SetRole, Settle, Silence, Strip,
        };
        let Command::Show(command) = command else { return None };
        match command {
            AddToStage { person, .. }
            | RemoveFromStage { person, .. }
            | Expect { person, .. }
            | SetRole { person, .. }
            | Permit { person, .. }
            | Mute { person, .. }
            | AskOn { person, .. }
            | AskDevice { person, .. }
            | Remove { person, .. }
            | Readmit { person }
            | Settle { person, .. }
            | Strip { person, .. }
            | Silence { person, .. } => Some(person.clone()),
            Decline { .. } | DeclineDevice { .. } | Request { .. } => Some(self.own(actor)),
            _ => None,
        }
    }

    /// The actor's own identity.
    pub(crate) fn own(&self, actor: &Actor) -> Identity {
        match actor {
            Actor::LocalHost => self.me().clone(),
            Actor::Person(identity) => identity.clone(),
        }
    }

    /// A command about somebody that was allowed.
    pub(super) fn perform_people(
        &mut self,
        now: Now,
        actor: &Actor,
        command: ShowCommand,
        out: &mut Effects,
    ) {
        match command {
            ShowCommand::Expect { person, role, name } => {
                let name = text::name(&name, person.as_str());
                self.roster.expect(&person, name, role, now.show);
            }
            ShowCommand::SetRole { person, role } => self.set_role(&person, role, out),
            ShowCommand::Permit { person, speak, video } => {
                if let Some(record) = self.roster.guest_mut(&person) {
                    record.rights.speak = speak.unwrap_or(record.rights.speak);
                    record.rights.video = video.unwrap_or(record.rights.video);
                }
            }
            ShowCommand::Mute { person, kind } => self.mute(&person, kind, out),
            ShowCommand::AskOn { person, kind } => {
                if let Some(record) = self.roster.guest_mut(&person).filter(|r| !r.asked.contains(&kind)) {
                    record.asked.push(kind);
                }
            }
            ShowCommand::Decline { kind } => {
                let own = self.own(actor);
                if let Some(record) = self.roster.find_mut(&own) {
                    record.asked.retain(|asked| *asked != kind);
                }
            }
            ShowCommand::LookAtDevices { person } => self.look_at_devices(actor, person),
            ShowCommand::AskDevice { person, kind, device } => self.ask_device(&person, kind, &device),
            ShowCommand::DeclineDevice { kind } => self.decline_device(actor, kind),
            ShowCommand::Remove { person, refuse } => self.remove(&person, refuse, out),
            ShowCommand::Readmit { person } => {
                if let Some(record) = self.roster.guest_mut(&person) {
                    record.presence = Presence::Left;
                }
            }
            ShowCommand::Settle { person, claim } => self.decide_claim(&person, claim, out),
            ShowCommand::Request { up } => {
                let own = self.own(actor);
                if let Some(record) = self.roster.find_mut(&own) {
                    record.requested = up;
                }
            }
            ShowCommand::Silence { person, on } => {
                if let Some(record) = self.roster.guest_mut(&person) {
                    record.silenced = on;
                }
            }
            _ => {}
        }
    }

    fn set_role(&mut self, identity: &Identity, role: Role, out: &mut Effects) {
        let Some(record) = self.roster.guest_mut(identity) else { return };
        record.become_role(role);
        let leaves_crew = role == Role::Viewer && record.in_crew;
        if !role.may_be_on_air() {
            self.stage.forget(identity);
        }
        if leaves_crew {
            out.rtc(RtcOrder::PutOut { room: RoomKind::Crew, identity: identity.clone() });
        }
    }

    /// What somebody sends is switched off. The server does so at once; the number in their view says it again to
    /// a seat that has missed the server's word.
    fn mute(&mut self, identity: &Identity, kind: TrackKind, out: &mut Effects) {
        if identity == self.me() {
            if kind == TrackKind::Screen {
                self.screens.stop(None);
            }
            self.devices.shut(kind);
            return;
        }
        let Some(record) = self.roster.guest_mut(identity) else { return };
        record.count_mute(kind);
        record.asked.retain(|asked| *asked != kind);
        for track in record.sources_of(kind).filter_map(|source| self.connection.tracks.of(source)) {
            let (room, sid) = (RoomKind::Crew, track.sid.clone());
            out.rtc(RtcOrder::Mute { room, identity: identity.clone(), sid });
        }
    }

    fn remove(&mut self, identity: &Identity, refuse: bool, out: &mut Effects) {
        let Some(record) = self.roster.guest_mut(identity) else { return };
        let rooms: Vec<RoomKind> = RoomKind::ALL.into_iter().filter(|room| record.is_in(*room)).collect();
        if refuse {
            record.presence = Presence::Removed;
        }
        self.stage.forget(identity);
        self.seats.stand(identity);
        for room in rooms {
            out.rtc(RtcOrder::PutOut { room, identity: identity.clone() });
        }
    }
}
