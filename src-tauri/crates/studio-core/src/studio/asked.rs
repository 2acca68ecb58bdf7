//! Devices of other people's machines: what each machine has told, who looks at it, and what its owner is asked to use.
//! **Nothing here opens or changes a device: the owner chooses it, or does not.**

use studio_wire::command::{Act, ShowCommand};
use studio_wire::device::{AskedDevice, DeviceId, DeviceKind, OfferedDevice, TheirDevices};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Identity};
use studio_wire::people::{Actor, Role};
use studio_wire::rtc::RoomKind;

use crate::here::devices::offered;
use crate::show::roster::Person;

use super::Studio;

impl Studio {
    /// Somebody tells which devices their machine has. Who has taken up what they were asked is asked no longer, and
    /// nobody is asked for what is gone.
    pub(super) fn devices_told(
        &mut self,
        room: RoomKind,
        call: CallId,
        from: &Identity,
        told: Vec<OfferedDevice>,
    ) -> Result<(), Fault> {
        let role = self.role_of(&Actor::Person(from.clone()));
        let person = self.roster.guest_mut(from).filter(|person| person.here() && !person.doubtful());
        let person = person.filter(|person| person.role.may_be_on_air());
        let person = person.ok_or(Fault::NotAllowed { act: Act::ChooseDevice, role })?;
        person.devices = offered::clean(told);
        let Person { devices, asked_devices, .. } = person;
        asked_devices.retain(|asked| devices.iter().any(|device| is(device, asked) && !device.used));
        self.seats.stir();
        self.owe(room, call, from);
        Ok(())
    }

    /// Whether a command about somebody's devices can be done.
    pub(crate) fn allowed_devices(
        &self,
        actor: &Actor,
        act: Act,
        command: &ShowCommand,
    ) -> Result<(), Fault> {
        match command {
            ShowCommand::LookAtDevices { person: Some(person) } => self.with_devices(act, person).map(drop),
            ShowCommand::AskDevice { person, kind, device } => {
                let there = self.with_devices(act, person)?;
                let offered = there.devices.iter().any(|of| of.kind == *kind && of.id == *device);
                if offered { Ok(()) } else { Err(Fault::NoDevice { kind: *kind }) }
            }
            ShowCommand::DeclineDevice { kind } => {
                let own = self.roster.find(&self.own(actor));
                let open = |asked: &AskedDevice| asked.kind == *kind && !asked.declined;
                let asked = own.is_some_and(|record| record.asked_devices.iter().any(open));
                if asked { Ok(()) } else { Err(Fault::NotAsked) }
            }
            _ => Ok(()),
        }
    }

    /// Somebody whose machine has told its devices.
    fn with_devices(&self, act: Act, person: &Identity) -> Result<&Person, Fault> {
        let record = self.roster.present(person);
        let record = record.ok_or_else(|| Fault::NobodyThere { person: person.clone() })?;
        if record.role == Role::Host || record.doubtful() {
            Err(Fault::NotAllowed { act, role: record.role })
        } else if record.devices.is_empty() {
            Err(Fault::NoDeviceList { person: person.clone() })
        } else {
            Ok(record)
        }
    }

    pub(super) fn look_at_devices(&mut self, actor: &Actor, person: Option<Identity>) {
        let own = self.own(actor);
        match person {
            Some(person) => drop(self.looks.insert(own, person)),
            None => drop(self.looks.remove(&own)),
        }
    }

    /// One device of a kind at a time. What is used already needs no asking.
    pub(super) fn ask_device(&mut self, person: &Identity, kind: DeviceKind, device: &DeviceId) {
        let Some(record) = self.roster.guest_mut(person) else { return };
        let offered = record.devices.iter().find(|of| of.kind == kind && of.id == *device);
        let Some(offered) = offered.cloned() else { return };
        record.asked_devices.retain(|asked| asked.kind != kind);
        if !offered.used {
            let OfferedDevice { kind, id: device, name, .. } = offered;
            record.asked_devices.push(AskedDevice { kind, device, name, declined: false });
        }
    }

    pub(super) fn decline_device(&mut self, actor: &Actor, kind: DeviceKind) {
        let own = self.own(actor);
        if let Some(record) = self.roster.find_mut(&own) {
            let of_kind = record.asked_devices.iter_mut().filter(|asked| asked.kind == kind);
            of_kind.for_each(|asked| asked.declined = true);
        }
    }

    /// What somebody looks at, as far as it is there.
    pub(super) fn looked_at(&self, who: &Identity) -> Option<TheirDevices> {
        let person = self.roster.present(self.looks.get(who)?)?;
        let there = !person.devices.is_empty() && !person.doubtful();
        there.then(|| TheirDevices {
            person: person.identity.clone(),
            devices: person.devices.clone(),
            asked: person.asked_devices.clone(),
        })
    }
}

fn is(device: &OfferedDevice, asked: &AskedDevice) -> bool {
    device.kind == asked.kind && device.id == asked.device
}
