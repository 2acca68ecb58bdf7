//! A desktop of a test's own: Xvfb, and windows of one colour on it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, CreateWindowAux, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// An X server of 1280 × 720 pixels. It ends with this value.
pub struct Desktop {
    server: Child,
    /// As `DISPLAY` names it.
    pub display: String,
    conn: RustConnection,
    root: Window,
}

impl Desktop {
    /// Starts it; nothing is on it.
    pub fn start() -> Self {
        let mut xvfb = Command::new("setpriv");
        xvfb.args(["--pdeathsig", "KILL", "--", "Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24"]);
        xvfb.args(["-noreset", "-nolisten", "tcp"]).stdin(Stdio::null()).stderr(Stdio::null());
        let mut server = xvfb.stdout(Stdio::piped()).spawn().expect("Xvfb is installed");
        let mut number = String::new();
        let said = server.stdout.take().expect("standard output is a pipe");
        BufReader::new(said).read_line(&mut number).expect("Xvfb says its number");
        let display = format!(":{}", number.trim());
        let (conn, screen) = x11rb::connect(Some(&display)).expect("Xvfb answers");
        let root = conn.setup().roots[screen].root;
        Self { server, display, conn, root }
    }

    /// Makes a program find this desktop and no other one.
    pub fn give_to(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env_remove("WAYLAND_DISPLAY");
    }

    /// A window of one colour (`0xrrggbb`) with its upper left corner there; its number.
    pub fn window(&self, colour: u32, (x, y): (i16, i16), (width, height): (u16, u16)) -> u32 {
        let window = self.conn.generate_id().expect("a number is left");
        let (like, class) = (CreateWindowAux::new().background_pixel(colour), WindowClass::INPUT_OUTPUT);
        let made = self.conn.create_window(0, window, self.root, x, y, width, height, 0, class, 0, &like);
        made.expect("Xvfb answers").check().expect("a window can be made");
        self.conn.map_window(window).expect("Xvfb answers").check().expect("a window can be shown");
        window
    }

    /// Closes a window.
    pub fn close(&self, window: u32) {
        self.conn.destroy_window(window).expect("Xvfb answers").check().expect("the window is there");
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
