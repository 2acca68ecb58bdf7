//! What covers a window. **None of it is ever seen in the window's own pictures.**
//!
//! A window that comes into memory of its own takes along what the screen shows in its place: where it is covered, the
//! pixels of others. A program draws over them when it is told to, but when is its own affair. So they are blotted out
//! first, where nobody sees it on the screen, and the program is told again.

use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::composite::name_window_pixmap;
use x11rb::protocol::xproto::{ConnectionExt, CreateGCAux, MapState, Pixmap, Rectangle, Window};

use super::fault::Fault;
use super::link::Link;

/// A rectangle of the screen: left, upper, right and lower edge.
type Cover = [i32; 4];

/// What lies over a window in which `top` of the screen's own windows it lies. Nothing when it has memory of its own already,
/// or `top` has: then the screen's pixels have no part in it.
pub(super) fn covers(link: &Link, window: Window, top: Window, spare: Pixmap) -> Result<Vec<Cover>, Fault> {
    let conn = &link.conn;
    for own in [window, top] {
        if name_window_pixmap(conn, own, spare)?.check().is_ok() {
            conn.free_pixmap(spare)?.ignore_error();
            return Ok(Vec::new());
        }
    }
    // From the lowest to the highest.
    let all = conn.query_tree(link.root)?.reply()?.children;
    let above = all.into_iter().skip_while(|other| *other != top).skip(1);
    let asked: Vec<_> = above
        .map(|other| Ok((conn.get_window_attributes(other)?, conn.get_geometry(other)?)))
        .collect::<Result<_, Fault>>()?;
    let mut covers = Vec::new();
    for (attributes, place) in asked {
        // One that was closed meanwhile covers nothing.
        let (Ok(attributes), Ok(place)) = (attributes.reply(), place.reply()) else { continue };
        if attributes.map_state == MapState::VIEWABLE {
            let border = 2 * i32::from(place.border_width);
            let (x, y) = (i32::from(place.x), i32::from(place.y));
            covers.push([x, y, x + i32::from(place.width) + border, y + i32::from(place.height) + border]);
        }
    }
    Ok(covers)
}

/// Blots the covers out of the window's memory, and has its program draw there.
pub(super) fn blot_out(link: &Link, window: Window, spare: Pixmap, covers: &[Cover]) -> Result<(), Fault> {
    if covers.is_empty() {
        return Ok(());
    }
    let conn = &link.conn;
    let Some(corner) = corner(link, window)? else { return Ok(()) };
    let border = i32::from(conn.get_geometry(window)?.reply()?.border_width);
    let blots: Vec<_> =
        covers.iter().filter_map(|cover| within(*cover, (corner.0 - border, corner.1 - border))).collect();
    let pen = conn.generate_id()?;
    name_window_pixmap(conn, window, spare)?.ignore_error();
    conn.create_gc(pen, spare, &CreateGCAux::new().foreground(0))?.ignore_error();
    conn.poly_fill_rectangle(spare, pen, &blots)?.ignore_error();
    conn.free_gc(pen)?.ignore_error();
    conn.free_pixmap(spare)?.ignore_error();
    have_drawn(link, window, covers)
}

/// Has the programs of a window and of all windows within it draw where the covers are; what has a background gets it.
fn have_drawn(link: &Link, window: Window, covers: &[Cover]) -> Result<(), Fault> {
    let mut windows = vec![window];
    while let Some(window) = windows.pop() {
        let tree = link.conn.query_tree(window)?;
        let Some(corner) = corner(link, window)? else { continue };
        for Rectangle { x, y, width, height } in covers.iter().filter_map(|cover| within(*cover, corner)) {
            link.conn.clear_area(true, window, x, y, width, height)?.ignore_error();
        }
        windows.extend(tree.reply().map(|tree| tree.children).unwrap_or_default());
    }
    Ok(())
}

/// Where a window's upper left pixel is on the screen; `None` when it was closed.
fn corner(link: &Link, window: Window) -> Result<Option<(i32, i32)>, Fault> {
    match link.conn.translate_coordinates(window, link.root, 0, 0)?.reply() {
        Ok(at) => Ok(Some((at.dst_x.into(), at.dst_y.into()))),
        Err(ReplyError::X11Error(_)) => Ok(None),
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

/// The part of a cover right of and below a corner, seen from there; the server itself cuts what lies beyond the window.
fn within([left, upper, right, lower]: Cover, (x, y): (i32, i32)) -> Option<Rectangle> {
    let cut = |from: i32, to: i32, corner: i32| {
        let (from, to) =
            ((from - corner).clamp(0, i32::from(i16::MAX)), (to - corner).clamp(0, i32::from(i16::MAX)));
        (from as i16, (to - from) as u16)
    };
    let ((x, width), (y, height)) = (cut(left, right, x), cut(upper, lower, y));
    (width > 0 && height > 0).then_some(Rectangle { x, y, width, height })
}
