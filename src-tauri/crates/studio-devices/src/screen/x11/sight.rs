//! A subject that is looked at again and again. **What the server says of it is all read before it is looked at, so a change
//! is never missed: at worst it is seen twice.**

use studio_media::clock::now;
use studio_media::video::argb::Bgrx;
use studio_wire::device::{DeviceTrouble, ScreenSubject};
use studio_wire::time::ShowTime;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, Damage, ReportLevel};

use super::fault::Fault;
use super::link::Link;
use super::pane::Pane;
use super::part::{Part, Which};
use super::pixels::{Pixels, picture};
use super::pointer::Pointer;

/// A subject.
pub(super) struct Sight {
    link: Link,
    what: What,
    damage: Damage,
    pixels: Pixels,
    pointer: Option<Pointer>,
    /// It changed since a picture was taken.
    changed: bool,
    /// The server says no more of changes until it is asked to.
    damaged: bool,
}

enum What {
    Part(Part),
    Pane(Pane),
}

impl Sight {
    pub(super) fn new(link: Link, subject: ScreenSubject, cursor: bool) -> Result<Self, Fault> {
        let what = match subject {
            ScreenSubject::Whole => What::Part(Part::new(&link, Which::Whole)?),
            ScreenSubject::Monitor(number) => What::Part(Part::new(&link, Which::monitor(&link, number)?)?),
            ScreenSubject::Region { x, y, width, height } => {
                What::Part(Part::new(&link, Which::Region { x, y, width, height })?)
            }
            ScreenSubject::Window(window) => What::Pane(Pane::new(&link, window)?),
        };
        let of = match &what {
            What::Part(_) => link.root,
            What::Pane(pane) => pane.window,
        };
        let damage = link.conn.generate_id()?;
        damage::create(&link.conn, damage, of, ReportLevel::BOUNDING_BOX)?.check()?;
        Ok(Self {
            link,
            what,
            damage,
            pixels: Pixels::default(),
            pointer: cursor.then(Pointer::default),
            changed: true,
            damaged: false,
        })
    }

    /// From when on a picture can be taken.
    pub(super) fn settled(&self) -> ShowTime {
        match &self.what {
            What::Part(_) => ShowTime(0),
            What::Pane(pane) => pane.settled,
        }
    }

    /// Whether it, or the pointer over it, looks otherwise than in the last picture. [`DeviceTrouble::Gone`] once it is closed.
    pub(super) fn look(&mut self) -> Result<bool, Fault> {
        self.hear_all()?;
        if std::mem::take(&mut self.damaged) {
            damage::subtract(&self.link.conn, self.damage, x11rb::NONE, x11rb::NONE)?.ignore_error();
            self.link.conn.flush()?;
        }
        if let Some(pointer) = &mut self.pointer {
            self.changed |= match &self.what {
                What::Part(part) => pointer.over_part(&self.link, part.area)?,
                What::Pane(pane) => pointer.over_pane(&self.link, pane)?,
            };
        }
        Ok(self.changed)
    }

    /// The last picture came to nothing: the next look finds a change.
    pub(super) fn look_again(&mut self) {
        self.changed = true;
    }

    /// Takes in all that the server said so far.
    fn hear_all(&mut self) -> Result<(), Fault> {
        while let Some(event) = self.link.conn.poll_for_event()? {
            self.damaged |= matches!(event, Event::DamageNotify(_));
            self.hear(&event)?;
        }
        Ok(())
    }

    /// Takes in one thing that the server says.
    fn hear(&mut self, event: &Event) -> Result<(), Fault> {
        self.changed |= match (&mut self.what, event) {
            (What::Part(part), Event::DamageNotify(event)) => part.meets(&event.area),
            (What::Part(part), Event::ConfigureNotify(event)) if event.window == self.link.root => {
                part.find(&self.link)?;
                true
            }
            (What::Part(part), Event::RandrNotify(_) | Event::RandrScreenChangeNotify(_)) => {
                part.find(&self.link)?;
                true
            }
            (What::Pane(pane), Event::DestroyNotify(event)) if event.window == pane.window => {
                return Err(Fault::Trouble(DeviceTrouble::Gone));
            }
            (What::Pane(pane), Event::ConfigureNotify(event)) if event.window == pane.window => {
                pane.configured(event);
                true
            }
            (What::Pane(pane), Event::ReparentNotify(event)) if event.window == pane.window => {
                pane.find(&self.link)?;
                true
            }
            (What::Pane(pane), Event::MapNotify(event))
                if [pane.window, pane.top].contains(&event.window) =>
            {
                pane.mapped();
                true
            }
            (What::Pane(_), Event::DamageNotify(_)) => true,
            _ => false,
        };
        Ok(())
    }

    /// How it looks now, in the size it has now; `None` while there is nothing to be seen of it.
    pub(super) fn take(&mut self) -> Result<Option<Bgrx<'_>>, Fault> {
        let shot = match &mut self.what {
            What::Pane(pane) => pane.shoot(&self.link, &mut self.pixels)?,
            What::Part(part) => part.shoot(&self.link, &mut self.pixels)?,
        };
        let Some(area) = shot else { return Ok(None) };
        self.changed = false;
        // What the server said before its pixels came is about these pixels.
        self.hear_all()?;
        if now() < self.settled() {
            return Ok(None);
        }
        let pixels = self.pixels.taken(area);
        if let Some(pointer) = &self.pointer {
            pointer.draw(pixels, area);
        }
        picture(pixels, area).map(Some)
    }
}
