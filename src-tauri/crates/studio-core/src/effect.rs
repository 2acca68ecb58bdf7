//! What comes out: orders to ports, replies, and the word that the snapshot changed.

use studio_wire::device::DeviceOrder;
use studio_wire::fault::Fault;
use studio_wire::ids::Ticket;
use studio_wire::media::MediaOrder;
use studio_wire::rtc::RtcOrder;
use studio_wire::shell::ShellOrder;
use studio_wire::store::StoreOrder;
use studio_wire::view::Ack;

/// One thing to be carried out, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// To compositor, mixer and recorder.
    Media(MediaOrder),
    /// To server and engines.
    Rtc(RtcOrder),
    /// To microphones, speakers and cameras.
    Devices(DeviceOrder),
    /// To the database.
    Store(StoreOrder),
    /// To the window's shell.
    Shell(ShellOrder),
    /// The one answer to a command.
    Reply(Ticket, Result<Ack, Fault>),
    /// The snapshot has a new `rev`. At most one for each event, and the last of its effects.
    Publish,
}

/// The effects of an event, in order. The caller hands in an empty one and drains it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects(pub Vec<Effect>);

impl Effects {
    /// Takes them out, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect> {
        self.0.drain(..)
    }

    pub(crate) fn media(&mut self, order: MediaOrder) {
        self.0.push(Effect::Media(order));
    }

    pub(crate) fn rtc(&mut self, order: RtcOrder) {
        self.0.push(Effect::Rtc(order));
    }

    pub(crate) fn devices(&mut self, order: DeviceOrder) {
        self.0.push(Effect::Devices(order));
    }

    pub(crate) fn store(&mut self, order: StoreOrder) {
        self.0.push(Effect::Store(order));
    }

    pub(crate) fn shell(&mut self, order: ShellOrder) {
        self.0.push(Effect::Shell(order));
    }

    pub(crate) fn reply(&mut self, ticket: Ticket, verdict: Result<Ack, Fault>) {
        self.0.push(Effect::Reply(ticket, verdict));
    }
}
