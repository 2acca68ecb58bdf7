//! A part of the screen: everything, a monitor, a region. **A monitor is known by its name: when another one goes and the
//! numbers move up, the one that was chosen stays.**

use studio_wire::device::DeviceTrouble;
use x11rb::protocol::randr::{self, NotifyMask, get_monitors};
use x11rb::protocol::xproto::{Atom, ChangeWindowAttributesAux, ConnectionExt, EventMask, Rectangle};

use super::fault::Fault;
use super::link::Link;
use super::pixels::{Area, Pixels, checked};

/// What is shown of the screen, and where that is now.
pub(super) struct Part {
    which: Which,
    pub(super) area: Area,
}

/// Which part of the screen.
pub(super) enum Which {
    Whole,
    Monitor(Atom),
    Region { x: i32, y: i32, width: u32, height: u32 },
}

const GONE: Fault = Fault::Trouble(DeviceTrouble::Gone);

impl Which {
    /// The monitor that has this number now.
    pub(super) fn monitor(link: &Link, number: u32) -> Result<Self, Fault> {
        let monitors = get_monitors(&link.conn, link.root, true)?.reply()?.monitors;
        monitors.get(number as usize).map(|monitor| Self::Monitor(monitor.name)).ok_or(GONE)
    }

    /// Where it is now.
    fn area(&self, link: &Link) -> Result<Area, Fault> {
        let whole = link.conn.get_geometry(link.root)?;
        let bounds = match self {
            Self::Whole => (0, 0, u32::MAX, u32::MAX),
            Self::Region { x, y, width, height } => (*x, *y, *width, *height),
            Self::Monitor(name) => {
                let monitors = get_monitors(&link.conn, link.root, true)?.reply()?.monitors;
                let monitor = monitors.iter().find(|monitor| monitor.name == *name).ok_or(GONE)?;
                (monitor.x.into(), monitor.y.into(), monitor.width.into(), monitor.height.into())
            }
        };
        let whole = whole.reply()?;
        Area::within(bounds, (whole.width, whole.height)).ok_or(GONE)
    }
}

impl Part {
    /// Finds the part, and has the server say when the screen or its monitors change.
    pub(super) fn new(link: &Link, which: Which) -> Result<Self, Fault> {
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        link.conn.change_window_attributes(link.root, &changes)?.check()?;
        let changes = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
        randr::select_input(&link.conn, link.root, changes)?.check()?;
        Ok(Self { area: which.area(link)?, which })
    }

    /// Finds it again on a screen that changed.
    pub(super) fn find(&mut self, link: &Link) -> Result<(), Fault> {
        self.area = self.which.area(link)?;
        Ok(())
    }

    /// Has the server write its pixels; `None` when the screen has become too small for it just now.
    pub(super) fn shoot(&mut self, link: &Link, pixels: &mut Pixels) -> Result<Option<Area>, Fault> {
        match pixels.ask(&link.conn, link.root, self.area)?.reply().map_err(Fault::from) {
            Ok(reply) => checked(&reply, self.area).map(Some),
            Err(fault) if fault.is_mismatch() => self.find(link).map(|()| None),
            Err(fault) => Err(fault),
        }
    }

    /// Whether a rectangle of the screen has a pixel in common with it.
    pub(super) fn meets(&self, other: &Rectangle) -> bool {
        let common = |a: i16, a_length: u16, b: i16, b_length: u16| {
            i32::from(a) < i32::from(b) + i32::from(b_length)
                && i32::from(b) < i32::from(a) + i32::from(a_length)
        };
        common(self.area.x, self.area.width, other.x, other.width)
            && common(self.area.y, self.area.height, other.y, other.height)
    }
}
