//! What media, rooms and devices were told last: whatever follows from the state is made anew after each event, and told
//! only when it differs.

use studio_wire::device::{DeviceOrder, DeviceWant, Framing};
use studio_wire::engine::{Publish, Watch};
use studio_wire::ids::ProgramId;
use studio_wire::media::{Drawing, MediaOrder, Wiring};
use studio_wire::mixer::Mix;
use studio_wire::rtc::{RoomKind, RtcOrder};

use crate::effect::Effects;

/// What a room is to have of this machine, and what this machine is to have of it.
pub(crate) type Wish = (Vec<Publish>, Vec<Watch>);

/// What was sent last. `None`: the port knows nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    sources: Option<Vec<Wiring>>,
    scene: Option<Drawing>,
    mix: Option<Mix>,
    crew: Option<Wish>,
    air: Option<Wish>,
    /// None is open before the first wish.
    devices: DeviceWant,
    /// The whole picture is shown before the first wish.
    framing: Framing,
}

impl Sent {
    /// What compositor and mixer are to do.
    pub fn media(&mut self, sources: Vec<Wiring>, scene: Drawing, mix: Mix, out: &mut Effects) {
        if self.sources.as_ref() != Some(&sources) {
            out.media(MediaOrder::Sources(self.sources.insert(sources).clone()));
        }
        if self.scene.as_ref() != Some(&scene) {
            let scene = self.scene.insert(scene).clone();
            out.media(MediaOrder::Scene { program: ProgramId(0), scene });
        }
        if self.mix.as_ref() != Some(&mix) {
            out.media(MediaOrder::Mix(self.mix.insert(mix).clone()));
        }
    }

    /// What a room is to do.
    pub fn wish(&mut self, room: RoomKind, wish: Wish, out: &mut Effects) {
        let sent = self.of(room);
        if sent.as_ref() != Some(&wish) {
            let (publish, watch) = sent.insert(wish).clone();
            out.rtc(RtcOrder::Want { room, publish, watch });
        }
    }

    /// Rooms that know what they are to do.
    pub fn wished(&self) -> impl Iterator<Item = RoomKind> + use<> {
        let knows = [(RoomKind::Crew, self.crew.is_some()), (RoomKind::Air, self.air.is_some())];
        knows.into_iter().filter_map(|(room, knows)| knows.then_some(room))
    }

    /// Which devices are to be open.
    pub fn devices(&mut self, want: DeviceWant, out: &mut Effects) {
        if self.devices != want {
            self.devices.clone_from(&want);
            out.devices(DeviceOrder::Want(want));
        }
    }

    /// What of the own camera's picture is shown.
    pub fn framing(&mut self, framing: Framing, out: &mut Effects) {
        if self.framing != framing {
            self.framing = framing;
            out.media(MediaOrder::Framing(framing));
        }
    }

    /// Media and rooms were closed and know nothing any more but how the camera's picture is shown.
    pub fn close(&mut self) {
        let (devices, framing) = (std::mem::take(&mut self.devices), self.framing);
        *self = Self { devices, framing, ..Self::default() };
    }

    /// What is wanted of the devices now.
    pub fn wanted(&self) -> &DeviceWant {
        &self.devices
    }

    /// A room was left; whoever enters it again says everything anew.
    pub fn forget(&mut self, room: RoomKind) {
        *self.of(room) = None;
    }

    fn of(&mut self, room: RoomKind) -> &mut Option<Wish> {
        match room {
            RoomKind::Crew => &mut self.crew,
            RoomKind::Air => &mut self.air,
        }
    }
}
