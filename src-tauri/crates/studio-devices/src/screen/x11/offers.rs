//! What there is to show. **A window that closes while we ask is left out; none is listed that cannot be seen.**

use studio_wire::device::{ScreenOffer, ScreenSubject};
use x11rb::atom_manager;
use x11rb::connection::RequestConnection;
use x11rb::cookie::Cookie;
use x11rb::errors::ReplyError;
use x11rb::protocol::randr::get_monitors;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt, GetGeometryReply, GetPropertyReply, GetWindowAttributesReply, MapState,
    Window, WindowClass,
};
use x11rb::x11_utils::TryParse;

use super::fault::Fault;
use super::link::{Conn, Link};

atom_manager! {
    Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// The longest text that is read of a window, in units of four bytes.
const TEXT: u32 = 256;
/// The most windows that are read of a list.
const WINDOWS: u32 = 4_096;

/// Everything, then each monitor, then each window in the window manager's order, without those of process `without`.
pub(super) fn offers(link: &Link, without: Option<u32>) -> Result<Vec<ScreenOffer>, Fault> {
    let (conn, root) = (&link.conn, link.root);
    let atoms = Atoms::new(conn)?;
    let whole = conn.get_geometry(root)?;
    let monitors = get_monitors(conn, root, true)?;
    let (atoms, whole) = (atoms.reply()?, whole.reply()?);
    let (width, height) = (u32::from(whole.width), u32::from(whole.height));
    let mut offers =
        vec![ScreenOffer { subject: ScreenSubject::Whole, width, height, ..ScreenOffer::default() }];
    for (number, monitor) in (0..).zip(monitors.reply()?.monitors) {
        offers.push(ScreenOffer {
            subject: ScreenSubject::Monitor(number),
            title: String::from_utf8_lossy(&conn.get_atom_name(monitor.name)?.reply()?.name).into_owned(),
            app: String::new(),
            width: u32::from(monitor.width),
            height: u32::from(monitor.height),
        });
    }
    let windows = windows(link, &atoms)?;
    let asked: Vec<_> =
        windows.into_iter().map(|window| Asked::new(conn, &atoms, window)).collect::<Result<_, _>>()?;
    for asked in asked {
        if let Some(about) = asked.answers()?
            && about.is_for_people(&atoms)
            && (without.is_none() || about.pid() != without)
        {
            offers.push(about.offer());
        }
    }
    Ok(offers)
}

/// The windows that the window manager looks after; without one, those that lie on the screen itself.
fn windows(link: &Link, atoms: &Atoms) -> Result<Vec<Window>, Fault> {
    let (conn, root) = (&link.conn, link.root);
    let list = property(conn, root, atoms._NET_CLIENT_LIST, WINDOWS)?;
    let tree = conn.query_tree(root)?;
    // What a dead window manager left on the screen is no list of today.
    if let Some(of) = number(&property(conn, root, atoms._NET_SUPPORTING_WM_CHECK, 1)?.reply()?)
        && let Some(said) = answer(property(conn, of, atoms._NET_SUPPORTING_WM_CHECK, 1)?)?
        && number(&said) == Some(of)
    {
        return Ok(numbers(&list.reply()?));
    }
    Ok(tree.reply()?.children)
}

/// The questions about one window, all sent before any answer is waited for.
struct Asked<'c> {
    window: Window,
    attributes: Cookie<'c, Conn, GetWindowAttributesReply>,
    geometry: Cookie<'c, Conn, GetGeometryReply>,
    properties: [Cookie<'c, Conn, GetPropertyReply>; 5],
}

impl<'c> Asked<'c> {
    fn new(conn: &'c Conn, atoms: &Atoms, window: Window) -> Result<Self, Fault> {
        Ok(Self {
            window,
            attributes: conn.get_window_attributes(window)?,
            geometry: conn.get_geometry(window)?,
            properties: [
                property(conn, window, atoms._NET_WM_NAME, TEXT)?,
                property(conn, window, AtomEnum::WM_NAME.into(), TEXT)?,
                property(conn, window, AtomEnum::WM_CLASS.into(), TEXT)?,
                property(conn, window, atoms._NET_WM_PID, 1)?,
                property(conn, window, atoms._NET_WM_WINDOW_TYPE, 8)?,
            ],
        })
    }

    /// `None` when the window was closed meanwhile.
    fn answers(self) -> Result<Option<About>, Fault> {
        let (Some(attributes), Some(geometry)) = (answer(self.attributes)?, answer(self.geometry)?) else {
            return Ok(None);
        };
        let [name, old_name, class, pid, kinds] = self.properties;
        let (Some(name), Some(old_name), Some(class), Some(pid), Some(kinds)) =
            (answer(name)?, answer(old_name)?, answer(class)?, answer(pid)?, answer(kinds)?)
        else {
            return Ok(None);
        };
        Ok(Some(About { window: self.window, attributes, geometry, name, old_name, class, pid, kinds }))
    }
}

/// What a window says about itself.
struct About {
    window: Window,
    attributes: GetWindowAttributesReply,
    geometry: GetGeometryReply,
    name: GetPropertyReply,
    old_name: GetPropertyReply,
    class: GetPropertyReply,
    pid: GetPropertyReply,
    kinds: GetPropertyReply,
}

impl About {
    /// Can be seen and is no menu, panel or desktop.
    fn is_for_people(&self, atoms: &Atoms) -> bool {
        let furniture = [atoms._NET_WM_WINDOW_TYPE_DESKTOP, atoms._NET_WM_WINDOW_TYPE_DOCK];
        self.attributes.map_state == MapState::VIEWABLE
            && self.attributes.class == WindowClass::INPUT_OUTPUT
            && !self.attributes.override_redirect
            && self.geometry.width > 1
            && self.geometry.height > 1
            && !numbers(&self.kinds).iter().any(|kind| furniture.contains(kind))
    }

    fn pid(&self) -> Option<u32> {
        number(&self.pid)
    }

    fn offer(&self) -> ScreenOffer {
        let new = text(&self.name);
        ScreenOffer {
            subject: ScreenSubject::Window(self.window),
            title: if new.is_empty() { text(&self.old_name) } else { new },
            app: app(&self.class.value),
            width: u32::from(self.geometry.width),
            height: u32::from(self.geometry.height),
        }
    }
}

fn property(
    conn: &Conn,
    window: Window,
    name: Atom,
    longest: u32,
) -> Result<Cookie<'_, Conn, GetPropertyReply>, Fault> {
    Ok(conn.get_property(false, window, name, AtomEnum::ANY, 0, longest)?)
}

/// An answer, or `None` where the window it is about is gone.
fn answer<C: RequestConnection, R: TryParse>(cookie: Cookie<'_, C, R>) -> Result<Option<R>, Fault> {
    match cookie.reply() {
        Ok(reply) => Ok(Some(reply)),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

fn numbers(reply: &GetPropertyReply) -> Vec<u32> {
    reply.value32().map(Iterator::collect).unwrap_or_default()
}

fn number(reply: &GetPropertyReply) -> Option<u32> {
    reply.value32()?.next()
}

/// The text of a property, in one line: Latin-1 where it says so, else UTF-8.
fn text(reply: &GetPropertyReply) -> String {
    let latin = reply.type_ == u32::from(AtomEnum::STRING);
    let text: String = if latin {
        reply.value.iter().copied().map(char::from).collect()
    } else {
        String::from_utf8_lossy(&reply.value).into_owned()
    };
    // A text that was cut may end within a character.
    let whole = text.trim_end_matches(char::REPLACEMENT_CHARACTER);
    whole.chars().filter(|letter| !letter.is_control()).collect::<String>().trim().to_owned()
}

/// The program's name of `WM_CLASS`, which holds the instance's and the program's, each ended by a zero.
fn app(class: &[u8]) -> String {
    let mut names = class.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let instance = names.next().unwrap_or_default();
    names.next().unwrap_or(instance).iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(type_: AtomEnum, value: &[u8]) -> GetPropertyReply {
        GetPropertyReply { type_: type_.into(), value: value.to_vec(), ..GetPropertyReply::default() }
    }

    #[test]
    fn a_title_is_one_line_in_whatever_letters_it_was_written() {
        assert_eq!(text(&said(AtomEnum::STRING, b"Caf\xe9\r\n")), "Café");
        assert_eq!(text(&said(AtomEnum::NONE, "Привет — 例".as_bytes())), "Привет — 例");
        assert_eq!(text(&said(AtomEnum::NONE, "cut 例".as_bytes().split_last().unwrap().1)), "cut");
        assert_eq!(text(&said(AtomEnum::NONE, b"")), "");
    }

    #[test]
    fn a_program_is_called_by_its_class_or_else_its_instance() {
        assert_eq!(app(b"navigator\0Firefox\0"), "Firefox");
        assert_eq!(app(b"xclock\0"), "xclock");
        assert_eq!(app(b""), "");
    }
}
