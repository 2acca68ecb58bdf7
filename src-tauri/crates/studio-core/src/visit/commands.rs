//! What the person at this machine asks for: done here, or asked of the host.

use studio_wire::command::{Act, Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceId, DeviceKind, DeviceOrder};
use studio_wire::fault::Fault;
use studio_wire::ids::{CallId, Ticket};
use studio_wire::mixer::TalkTo;
use studio_wire::people::Role;
use studio_wire::preferences::Preferences;
use studio_wire::room::{HOST, RoomAnswer, RoomAsk};
use studio_wire::rtc::{RoomKind, RtcOrder};
use studio_wire::store::StoreOrder;
use studio_wire::time::{Now, ShowTime};

use super::wishes::Ended;
use super::{Life, Visit};
use crate::effect::Effects;
use crate::show::strips;
use crate::text;

/// Before the view is read again after a wish that came too fast.
const TOO_FAST_WAIT: ShowTime = ShowTime::from_ms(2_000);

/// What became of a command that was not refused.
pub(super) enum Taken {
    /// It is done.
    Now,
    /// The host is asked; its answer is the answer.
    Asked,
}

impl Visit {
    pub(super) fn wish(
        &mut self,
        now: Now,
        ticket: Ticket,
        command: Command,
        out: &mut Effects,
    ) -> Result<Taken, Fault> {
        match command {
            Command::Here(command) => self.wish_here(now, command, out).map(|()| Taken::Now),
            Command::Show(command) => self.wish_show(now, ticket, command, out).map(|()| Taken::Asked),
        }
    }

    fn wish_here(&mut self, now: Now, command: HereCommand, out: &mut Effects) -> Result<(), Fault> {
        let act = Command::Here(command.clone()).act();
        let rights = self.truth.view.mine.rights;
        match command {
            HereCommand::Microphone { on } if !on || rights.speak => {
                self.switch(DeviceKind::Microphone, on)?
            }
            HereCommand::Camera { on } if !on || rights.video => self.switch(DeviceKind::Camera, on)?,
            HereCommand::Share { subject, title, cursor } if self.may_share() => {
                self.screens.ready()?;
                self.screens.share(subject, &title, cursor);
            }
            HereCommand::StopSharing { share } => drop(self.screens.stop(share)),
            HereCommand::ChooseDevice { kind, device } => self.choose_device(kind, device, out)?,
            HereCommand::SetUpCamera { device, setup } => {
                self.devices.takes(&device, &setup)?;
                if let Some(preferences) = self.preferences.camera(device, setup) {
                    out.store(StoreOrder::Preferences(Box::new(preferences)));
                }
            }
            HereCommand::TestSpeaker => {
                self.devices.ready(DeviceKind::Speaker, self.preferences.get())?;
                out.devices(DeviceOrder::Chime);
            }
            HereCommand::Monitor { bus } if !strips::monitor_fits(&bus) => return Err(Fault::NotUnderstood),
            HereCommand::Monitor { bus } => self.prefer(|preferences| preferences.monitor = bus, out),
            HereCommand::Talk { to: None } => self.devices.talk_to(None, self.preferences.get()),
            HereCommand::Talk { to: Some(to) } => self.talk_to(to, act)?,
            HereCommand::PushToTalk { on } => {
                self.prefer(|preferences| preferences.push_to_talk = on, out);
                self.devices.press(false, self.preferences.get());
            }
            HereCommand::Press { down } => self.devices.press(down, self.preferences.get()),
            HereCommand::HeedMuted { on } => {
                let open = self.devices.hears(self.preferences.get());
                self.prefer(|preferences| preferences.ignore_muted = !on, out);
                self.devices.heed(open, self.preferences.get());
            }
            HereCommand::Dismiss { notice } => self.notices.dismiss(notice),
            HereCommand::Say { room, text } => {
                self.may_speak_in(room, act)?;
                if self.truth.view.mine.silenced {
                    return Err(Fault::Silenced);
                }
                let text = text::message(&text)?;
                self.say(now, room, text)?;
            }
            HereCommand::React { room, reaction } => {
                self.may_speak_in(room, act)?;
                if !self.may_talk(room) {
                    return Err(Fault::HostAway);
                }
                out.rtc(RtcOrder::React { room, reaction });
            }
            HereCommand::ComeBack if self.over.is_some() => self.come_back(now, out),
            HereCommand::ComeBack => {
                return Err(Fault::NotNow { act, state: self.truth.view.broadcast.state });
            }
            _ => return Err(self.not_allowed(act)),
        }
        Ok(())
    }

    /// A screen is a picture of this seat's like its camera's.
    fn may_share(&self) -> bool {
        self.role().may_be_on_air() && self.truth.view.mine.rights.video
    }

    fn switch(&mut self, kind: DeviceKind, on: bool) -> Result<(), Fault> {
        if on {
            self.devices.ready(kind, self.preferences.get())?;
        }
        self.devices.switch(kind, on, self.preferences.get());
        Ok(())
    }

    fn choose_device(
        &mut self,
        kind: DeviceKind,
        device: Option<DeviceId>,
        out: &mut Effects,
    ) -> Result<(), Fault> {
        let found = |id: DeviceId| self.devices.find(kind, &id).ok_or(Fault::NoDevice { kind });
        let chosen = device.map(found).transpose()?;
        let changed = self.preferences.device(kind, chosen);
        keep(changed, out);
        self.devices.choose(kind, self.preferences.get());
        Ok(())
    }

    fn prefer(&mut self, change: impl FnOnce(&mut Preferences), out: &mut Effects) {
        let changed = self.preferences.change(change);
        keep(changed, out);
    }

    /// Speaks to somebody beside the show: the press opens the microphone.
    fn talk_to(&mut self, to: TalkTo, act: Act) -> Result<(), Fault> {
        if !self.may_tell() {
            return Err(self.not_allowed(act));
        }
        if !self.may_talk(RoomKind::Crew) {
            return Err(Fault::HostAway);
        }
        if let TalkTo::Person(who) = &to
            && !self.can_be_told(who)
        {
            return Err(Fault::NobodyThere { person: who.clone() });
        }
        self.devices.ready(DeviceKind::Microphone, self.preferences.get())?;
        self.devices.talk_to(Some(to), self.preferences.get());
        Ok(())
    }

    /// Whether this seat has a word in a room at all. A message may wait for the connection; a seat that is lost,
    /// or never was in, has none.
    fn may_speak_in(&self, room: RoomKind, act: Act) -> Result<(), Fault> {
        let open = matches!(self.life, Life::Open { .. });
        if !open || !self.truth.known || self.over.is_some() {
            return Err(Fault::HostAway);
        }
        if room == RoomKind::Crew && self.role().room() != RoomKind::Crew {
            return Err(self.not_allowed(act));
        }
        self.refused_by_host(act)
    }

    fn wish_show(
        &mut self,
        now: Now,
        ticket: Ticket,
        command: ShowCommand,
        out: &mut Effects,
    ) -> Result<(), Fault> {
        if !self.in_touch() {
            return Err(Fault::HostAway);
        }
        self.refused_by_host(Command::Show(command.clone()).act())?;
        if self.wishes.full() {
            return Err(Fault::Busy);
        }
        let (call, room) = (self.call(), self.rooms.home);
        self.wishes.ask(call, ticket, command.clone(), room, now.show);
        out.rtc(RtcOrder::Ask { room, call, to: HOST.into(), ask: RoomAsk::Command(command) });
        Ok(())
    }

    /// What the host has said about an act in advance.
    fn refused_by_host(&self, act: Act) -> Result<(), Fault> {
        let may = self.truth.view.may.iter().find(|may| may.act == act);
        may.and_then(|may| may.refusal.clone()).map_or(Ok(()), Err)
    }

    pub(super) fn not_allowed(&self, act: Act) -> Fault {
        Fault::NotAllowed { act, role: self.role() }
    }

    /// The role of record, as far as it is known here.
    pub(super) fn role(&self) -> Role {
        if self.truth.known { self.truth.view.role } else { self.seat.role }
    }

    /// What came of a wish.
    pub(super) fn wish_answered(&mut self, now: Now, call: CallId, answer: Option<RoomAnswer>) {
        let fault = match answer {
            Some(RoomAnswer::Done(ack)) => {
                let ticket = self.wishes.done(call, ack.rev, self.truth.rev, now.show);
                self.verdicts.extend(ticket.map(|ticket| (ticket, Ok(ack.person))));
                return;
            }
            Some(RoomAnswer::Refused(fault)) => fault,
            Some(_) => Fault::NotUnderstood,
            None => Fault::HostAway,
        };
        if let Some(ended) = self.wishes.failed(call) {
            self.wish_failed(now, ended, fault);
        }
    }

    /// What was shown in advance is taken back, visibly, and the truth is read again.
    fn wish_failed(&mut self, now: Now, ended: Ended, fault: Fault) {
        if ended.guessed {
            let wait = if fault == Fault::TooFast { TOO_FAST_WAIT } else { ShowTime::default() };
            self.greeting.read_anew(now.show + wait);
            self.notices.tell(fault.clone(), now.show);
        }
        self.verdicts.push((ended.ticket, Err(fault)));
    }

    /// Wishes that the host has not answered in time, and those that it has and that the view does not show.
    pub(super) fn wake_wishes(&mut self, now: Now) {
        for ended in self.wishes.overdue(now.show) {
            self.wish_failed(now, ended, Fault::HostAway);
        }
        if self.wishes.unseen(now.show) {
            self.greeting.read_anew(now.show);
        }
    }
}

fn keep(changed: Option<Preferences>, out: &mut Effects) {
    if let Some(preferences) = changed {
        out.store(StoreOrder::Preferences(Box::new(preferences)));
    }
}
