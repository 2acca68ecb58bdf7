//! One window. **Its pixels are its own, whatever covers it and wherever it hangs over the edge of the screen.**
//!
//! The server is asked to keep the window in memory of its own and to go on showing it (Composite, automatic redirection);
//! that memory is named anew for each picture, because it is replaced whenever the window is resized or comes back.

use studio_media::clock::now;
use studio_wire::device::DeviceTrouble;
use studio_wire::time::ShowTime;
use x11rb::connection::Connection;
use x11rb::protocol::composite::{Redirect, name_window_pixmap, redirect_window};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureNotifyEvent, ConnectionExt, EventMask, Pixmap, Window, WindowClass,
};

use super::covers::{blot_out, covers};
use super::fault::Fault;
use super::link::Link;
use super::pixels::{Area, Pixels, checked};

/// Memory that is new to a window shows what the screen showed in its place, until the window's program has drawn there. For
/// so long after it was made no picture is taken: the last one stands. A program that is slower, when its window comes back
/// or grows, is seen as it is seen on the screen: with the pixels of before.
const SETTLE: ShowTime = ShowTime::from_ms(60);

/// A window that is shown.
pub(super) struct Pane {
    pub(super) window: Window,
    /// The window right on the screen in which it lies, or itself.
    pub(super) top: Window,
    pixmap: Pixmap,
    /// Where the window lies in its pixmap, which holds its border too.
    pub(super) area: Option<Area>,
    size: (u16, u16),
    /// From when on its memory holds its own pixels only.
    pub(super) settled: ShowTime,
}

impl Pane {
    pub(super) fn new(link: &Link, window: Window) -> Result<Self, Fault> {
        let conn = &link.conn;
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        conn.change_window_attributes(window, &changes)?.check()?;
        let visible = conn.get_window_attributes(window)?.reply()?.class == WindowClass::INPUT_OUTPUT;
        if !visible || window == link.root {
            return Err(Fault::Trouble(DeviceTrouble::Gone));
        }
        let (pixmap, size) = (conn.generate_id()?, (0, 0));
        let mut pane = Self { window, top: window, pixmap, area: None, size, settled: ShowTime(0) };
        pane.find(link)?;
        let covers = covers(link, window, pane.top, pane.pixmap)?;
        redirect_window(conn, window, Redirect::AUTOMATIC)?.check()?;
        blot_out(link, window, pane.pixmap, &covers)?;
        Ok(pane)
    }

    /// Asks the server for the window's size and place.
    pub(super) fn find(&mut self, link: &Link) -> Result<(), Fault> {
        let size = link.conn.get_geometry(self.window)?.reply()?;
        self.resize((size.width, size.height), size.border_width);
        self.top = top(link, self.window)?;
        let changes = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        link.conn.change_window_attributes(self.top, &changes)?.ignore_error();
        Ok(())
    }

    /// Takes in what the server says of the window's new size.
    pub(super) fn configured(&mut self, event: &ConfigureNotifyEvent) {
        self.resize((event.width, event.height), event.border_width);
    }

    /// Takes in that the window came back into sight.
    pub(super) fn mapped(&mut self) {
        self.unsettle();
    }

    fn resize(&mut self, size: (u16, u16), border: u16) {
        if size.0 > self.size.0 || size.1 > self.size.1 {
            self.unsettle();
        }
        self.size = size;
        let end = |length: u16| length.saturating_add(border);
        let inner = (border.into(), border.into(), size.0.into(), size.1.into());
        self.area = Area::within(inner, (end(size.0), end(size.1)));
    }

    /// Its memory is new. While it was already, nothing is put off any further: a window that is being pulled larger gives
    /// pictures now and then.
    fn unsettle(&mut self) {
        let now = now();
        if now >= self.settled {
            self.settled = now + SETTLE;
        }
    }

    /// Has the server write the window's pixels; `None` while it cannot be seen, has just come into sight, or has another size
    /// than we know of.
    pub(super) fn shoot(&mut self, link: &Link, pixels: &mut Pixels) -> Result<Option<Area>, Fault> {
        let Some(area) = self.area.filter(|_| now() >= self.settled) else { return Ok(None) };
        let conn = &link.conn;
        let name = name_window_pixmap(conn, self.window, self.pixmap)?;
        let image = pixels.ask(conn, self.pixmap, area)?;
        conn.free_pixmap(self.pixmap)?.ignore_error();
        if let Err(error) = name.check() {
            image.discard_reply_and_errors();
            let fault = Fault::from(error);
            return if fault.is_mismatch() { Ok(None) } else { Err(fault) };
        }
        match image.reply().map_err(Fault::from) {
            Ok(reply) => checked(&reply, area).map(Some),
            Err(fault) if fault.is_mismatch() => self.find(link).map(|()| None),
            Err(fault) => Err(fault),
        }
    }
}

/// The window right on the screen in which this one lies.
fn top(link: &Link, window: Window) -> Result<Window, Fault> {
    let mut top = window;
    loop {
        let parent = link.conn.query_tree(top)?.reply()?.parent;
        if parent == link.root || parent == x11rb::NONE {
            return Ok(top);
        }
        top = parent;
    }
}
