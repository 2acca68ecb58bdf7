//! An X server of a test's own, windows on it, and what is seen of them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use studio_devices::screen::{OnEnd, OnFrame, Screen, ScreenWish, Screens, screens_at};
use studio_media::frame::Picture;
use studio_wire::device::{DeviceTrouble, ScreenSubject};
use studio_wire::time::ShowTime;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt, CreateWindowAux, PropMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

pub const WIDTH: u32 = 640;
pub const HEIGHT: u32 = 480;

pub const RED: u32 = 0xff_0000;
pub const GREEN: u32 = 0x00_ff00;
pub const BLUE: u32 = 0x00_00ff;
pub const WHITE: u32 = 0xff_ffff;
pub const BLACK: u32 = 0x00_0000;

/// Xvfb, and a connection to it.
pub struct Desk {
    pub server: Child,
    manager: Option<Child>,
    pub display: String,
    pub conn: RustConnection,
    pub root: Window,
}

impl Desk {
    pub fn new() -> Self {
        Self::with("640x480x24", &[])
    }

    pub fn with(screen: &str, more: &[&str]) -> Self {
        let mut xvfb = tied("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", screen, "-noreset", "-nolisten", "tcp"]).args(more);
        let mut server =
            xvfb.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let display = format!(":{}", number.trim());
        let (conn, screen) = x11rb::connect(Some(&display)).unwrap();
        let root = conn.setup().roots[screen].root;
        Self { server, manager: None, display, conn, root }
    }

    /// With openbox, once it says that it looks after the windows.
    pub fn managed() -> Self {
        let mut desk = Self::new();
        let mut openbox = tied("openbox");
        openbox.env("DISPLAY", &desk.display).stdout(Stdio::null()).stderr(Stdio::null());
        desk.manager = Some(openbox.spawn().expect("openbox is installed"));
        eventually("openbox looks after the windows", || {
            let list = desk.property(desk.root, "_NET_SUPPORTING_WM_CHECK");
            list.first().is_some_and(|of| desk.property(*of, "_NET_SUPPORTING_WM_CHECK") == [*of])
        });
        desk
    }

    /// Kills openbox.
    pub fn unmanage(&mut self) {
        let mut manager = self.manager.take().unwrap();
        manager.kill().unwrap();
        manager.wait().unwrap();
    }

    pub fn screens(&self) -> Arc<dyn Screens> {
        screens_at(Some(&self.display), None)
    }

    pub fn atom(&self, name: &str) -> u32 {
        self.conn.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    pub fn property(&self, window: Window, name: &str) -> Vec<u32> {
        let atom = self.atom(name);
        let reply = self.conn.get_property(false, window, atom, AtomEnum::ANY, 0, 64).unwrap().reply();
        reply.ok().and_then(|reply| reply.value32().map(Iterator::collect)).unwrap_or_default()
    }

    /// A window of one colour that is not shown yet.
    pub fn hidden(&self, colour: u32, (x, y, w, h): (i16, i16, u16, u16), like: &CreateWindowAux) -> Window {
        let window = self.conn.generate_id().unwrap();
        let like = like.background_pixel(colour);
        let class = WindowClass::INPUT_OUTPUT;
        let made = self.conn.create_window(0, window, self.root, x, y, w, h, 0, class, 0, &like).unwrap();
        made.check().unwrap();
        window
    }

    /// A window of one colour.
    pub fn window(&self, colour: u32, place: (i16, i16, u16, u16)) -> Window {
        let window = self.hidden(colour, place, &CreateWindowAux::new());
        self.map(window);
        window
    }

    /// Shows a window, and waits until it is there.
    pub fn map(&self, window: Window) {
        eventually("the window is shown", || {
            // Again and again: openbox overlooks one that comes while it is still starting.
            self.conn.map_window(window).unwrap().check().unwrap();
            let attributes = self.conn.get_window_attributes(window).unwrap().reply().unwrap();
            attributes.map_state == x11rb::protocol::xproto::MapState::VIEWABLE
        });
    }

    pub fn name(&self, window: Window, title: &str, class: &str) {
        self.set_text(window, AtomEnum::WM_NAME.into(), AtomEnum::STRING.into(), title);
        self.set_text(window, AtomEnum::WM_CLASS.into(), AtomEnum::STRING.into(), class);
    }

    pub fn set_text(&self, window: Window, name: u32, kind: u32, text: &str) {
        self.conn
            .change_property8(PropMode::REPLACE, window, name, kind, text.as_bytes())
            .unwrap()
            .check()
            .unwrap();
    }

    pub fn set_number(&self, window: Window, name: &str, kind: AtomEnum, number: u32) {
        let name = self.atom(name);
        self.conn
            .change_property32(PropMode::REPLACE, window, name, kind, &[number])
            .unwrap()
            .check()
            .unwrap();
    }

    /// Paints a window anew.
    pub fn paint(&self, window: Window, colour: u32) {
        let look = ChangeWindowAttributesAux::new().background_pixel(colour);
        self.conn.change_window_attributes(window, &look).unwrap().check().unwrap();
        self.conn.clear_area(false, window, 0, 0, 0, 0).unwrap().check().unwrap();
    }

    /// A pointer of 8 × 8 red pixels, at this place of the screen.
    pub fn pointer(&self, x: i16, y: i16) {
        let [shape, gc, cursor] = [(); 3].map(|()| self.conn.generate_id().unwrap());
        let paint = x11rb::protocol::xproto::CreateGCAux::new().foreground(1);
        self.conn.create_pixmap(1, shape, self.root, 8, 8).unwrap();
        self.conn.create_gc(gc, shape, &paint).unwrap();
        let whole = x11rb::protocol::xproto::Rectangle { x: 0, y: 0, width: 8, height: 8 };
        self.conn.poly_fill_rectangle(shape, gc, &[whole]).unwrap();
        self.conn.create_cursor(cursor, shape, shape, 0xffff, 0, 0, 0xffff, 0, 0, 0, 0).unwrap();
        let look = ChangeWindowAttributesAux::new().cursor(cursor);
        self.conn.change_window_attributes(self.root, &look).unwrap().check().unwrap();
        self.point(x, y);
    }

    pub fn point(&self, x: i16, y: i16) {
        self.conn.warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y).unwrap().check().unwrap();
    }

    /// Opens a subject at 30 pictures a second, without the pointer.
    pub fn open(&self, subject: ScreenSubject) -> Seen {
        self.open_as(ScreenWish { subject, fps: 30, cursor: false })
    }

    pub fn open_as(&self, wish: ScreenWish) -> Seen {
        Seen::open(&*self.screens(), wish).unwrap()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        for child in self.manager.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A program that ends with us, however we end.
fn tied(program: &str) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--", program]).stdin(Stdio::null());
    command
}

/// Waits for something that has to come, however slow the machine.
pub fn eventually(what: &str, mut is: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is() {
        assert!(Instant::now() < end, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// What an open screen hands over.
pub struct Seen {
    pub open: Option<Screen>,
    said: Arc<Said>,
}

#[derive(Default)]
struct Said {
    newest: Mutex<Option<(Picture, ShowTime)>>,
    frames: AtomicU64,
    pictures: AtomicU64,
    ends: Mutex<Vec<DeviceTrouble>>,
}

impl Seen {
    pub fn open(screens: &dyn Screens, wish: ScreenWish) -> Result<Self, DeviceTrouble> {
        let said = Arc::new(Said::default());
        let (frames, ends) = (said.clone(), said.clone());
        let on_frame: OnFrame = Box::new(move |picture, at| {
            let mut newest = frames.newest.lock().unwrap();
            let same = newest.as_ref().is_some_and(|(before, _)| before.is(&picture));
            frames.frames.fetch_add(1, Ordering::SeqCst);
            frames.pictures.fetch_add(u64::from(!same), Ordering::SeqCst);
            assert!(newest.as_ref().is_none_or(|(_, before)| *before < at), "time goes on");
            *newest = Some((picture, at));
        });
        let on_end: OnEnd = Box::new(move |trouble| ends.ends.lock().unwrap().push(trouble));
        Ok(Self { open: Some(screens.open(wish, on_frame, on_end)?), said })
    }

    /// Frames so far; an unchanged picture counts each time.
    pub fn frames(&self) -> u64 {
        self.said.frames.load(Ordering::SeqCst)
    }

    /// Different pictures so far.
    pub fn pictures(&self) -> u64 {
        self.said.pictures.load(Ordering::SeqCst)
    }

    /// Waits for so many more frames.
    pub fn wait(&self, more: u64) {
        let to = self.frames() + more;
        eventually("more frames", || self.frames() >= to);
    }

    pub fn ends(&self) -> Vec<DeviceTrouble> {
        self.said.ends.lock().unwrap().clone()
    }

    /// Whether nobody can call our functions any more: the thread is gone.
    pub fn over(&self) -> bool {
        Arc::strong_count(&self.said) == 1
    }

    pub fn newest(&self) -> Option<Shot> {
        self.said.newest.lock().unwrap().as_ref().map(|(picture, _)| Shot(picture.clone()))
    }

    /// Waits for a picture that is like this.
    pub fn until(&self, what: &str, is: impl Fn(&Shot) -> bool) -> Shot {
        let mut found = None;
        eventually(what, || {
            found = self.newest().filter(|shot| is(shot));
            found.is_some()
        });
        found.unwrap()
    }
}

/// A picture to look at.
pub struct Shot(pub Picture);

impl Shot {
    pub fn size(&self) -> (u32, u32) {
        let planes = self.0.planes().unwrap();
        (planes.width, planes.height)
    }

    /// Whether the pixel there has this colour, within two steps.
    pub fn is(&self, x: u32, y: u32, colour: u32) -> bool {
        let planes = self.0.planes().unwrap();
        let chroma = (y / 2 * (planes.width / 2) + x / 2) as usize;
        let is = [planes.y[(y * planes.width + x) as usize], planes.u[chroma], planes.v[chroma]];
        is.into_iter().zip(yuv(colour)).all(|(is, should)| (f64::from(is) - should).abs() <= 2.0)
    }

    /// Whether every pixel has this colour.
    pub fn is_all(&self, colour: u32) -> bool {
        let (width, height) = self.size();
        (0..height).all(|y| (0..width).all(|x| self.is(x, y, colour)))
    }

    /// How many pixels have this colour.
    pub fn count(&self, colour: u32) -> usize {
        let (width, height) = self.size();
        (0..height).map(|y| (0..width).filter(|x| self.is(*x, y, colour)).count()).sum()
    }
}

/// A colour in BT.709 limited.
fn yuv(colour: u32) -> [f64; 3] {
    let [b, g, r, _] = colour.to_le_bytes().map(|part| f64::from(part) / 255.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    [16.0 + 219.0 * y, 128.0 + 224.0 * (b - y) / 1.8556, 128.0 + 224.0 * (r - y) / 1.5748]
}
