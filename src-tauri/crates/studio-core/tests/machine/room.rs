//! The room: what people ask for through it, what the server is told of them, whose seat it is.

mod asks;
mod back;
mod claims;
mod rights;
mod words;

use studio_core::Event;
use studio_wire::chat::Reaction;
use studio_wire::command::{Act, Bus, Command, HereCommand, ShowCommand};
use studio_wire::device::{DeviceKind, test};
use studio_wire::fault::Fault;
use studio_wire::ids::{Identity, LaneId};
use studio_wire::layout::LayoutName;
use studio_wire::people::{Actor, Claim, Parting, Position, Presence, Quality, Rights, Role, Seat};
use studio_wire::room::{Holder, RoomAnswer, RoomAsk, Tale};
use studio_wire::rtc::{RoomKind, RoomNews, RtcReport, Stamp, TrackKind};
use studio_wire::view::{Change, PersonView, StateName};

use crate::rig::Rig;
use crate::script::play_on;

const SOLO: ShowCommand = ShowCommand::Layout { bus: Bus::Program, layout: LayoutName::Solo };

fn rig() -> Rig {
    let mut rig = Rig::in_state(StateName::Ready);
    rig.guest("kim", Role::Cohost);
    rig.guest("pat", Role::Producer);
    play_on(&mut rig, "10 guest leo");
    rig.news(RoomKind::Air, came("vi", Role::Viewer));
    rig.lines.clear();
    rig
}

fn came(identity: &str, role: Role) -> RoomNews {
    RoomNews::Came { identity: identity.into(), name: format!("Name of {identity}"), role: Some(role) }
}

fn person(rig: &Rig, identity: &str) -> PersonView {
    let people = rig.snapshot().show.people;
    people.into_iter().find(|person| person.identity.as_str() == identity).unwrap()
}

fn refused(act: Act, role: Role) -> Result<studio_wire::view::Ack, Fault> {
    Err(Fault::NotAllowed { act, role })
}

fn told(rig: &Rig, fault: &Fault) -> bool {
    rig.snapshot().notices.iter().any(|notice| notice.fault == *fault)
}

fn ordered(rig: &Rig, what: &str) -> bool {
    rig.lines.iter().any(|line| line.trim() == what)
}

/// Two people with one token: the server throws the first one out.
fn replaced(rig: &mut Rig) {
    rig.news(RoomKind::Crew, RoomNews::Left { identity: "leo".into(), why: Parting::Replaced });
    let at = rig.now;
    play_on(rig, &format!("{at} guest leo"));
}
