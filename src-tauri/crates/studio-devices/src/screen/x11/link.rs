//! A connection to an X server that cannot hold its thread. **Whatever it waits for, it waits five seconds at most, and
//! not at all once the end is wished: a frozen server costs nobody anything but the screens it shows.**

use std::io::{self, IoSlice};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use studio_wire::device::DeviceTrouble;
use x11rb::connection::{Connection, RequestConnection};
use x11rb::protocol::xproto::{ImageOrder, Setup, Window};
use x11rb::protocol::{composite, damage, randr, shm, xfixes};
use x11rb::reexports::x11rb_protocol::parse_display::{ConnectAddress, parse_display};
use x11rb::reexports::x11rb_protocol::xauth::get_auth;
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

use super::fault::Fault;
use super::stop::Stop;

/// How long an answer is waited for.
const PATIENCE: Timespec = Timespec { tv_sec: 5, tv_nsec: 0 };

/// A connection whose waiting can be ended.
pub(super) type Conn = RustConnection<Wire>;

/// A connection to a server that has all we need, and its screen.
pub(super) struct Link {
    pub(super) conn: Conn,
    pub(super) root: Window,
}

impl Link {
    /// Connects to the server of this machine that `display` names.
    pub(super) fn new(display: &str, stop: Stop) -> Result<Self, Fault> {
        let (conn, screen) = connect(display, stop)?;
        let readable = is_readable(conn.setup(), screen);
        let link = Self { root: conn.setup().roots[screen].root, conn };
        link.greet()?;
        if !readable {
            return Err(Fault::Trouble(DeviceTrouble::NoFormat));
        }
        Ok(link)
    }

    /// Tells each extension which of its versions we speak; before that it refuses everything.
    fn greet(&self) -> Result<(), Fault> {
        let conn = &self.conn;
        for name in [
            shm::X11_EXTENSION_NAME,
            composite::X11_EXTENSION_NAME,
            damage::X11_EXTENSION_NAME,
            xfixes::X11_EXTENSION_NAME,
            randr::X11_EXTENSION_NAME,
        ] {
            conn.prefetch_extension_information(name)?;
        }
        let shm = shm::query_version(conn)?;
        let composite = composite::query_version(conn, 0, 4)?;
        let damage = damage::query_version(conn, 1, 1)?;
        let xfixes = xfixes::query_version(conn, 5, 0)?;
        let randr = randr::query_version(conn, 1, 5)?;
        let (shm, composite, randr) = (shm.reply()?, composite.reply()?, randr.reply()?);
        damage.reply()?;
        xfixes.reply()?;
        let speaks = (shm.major_version, shm.minor_version) >= (1, 2)
            && (composite.major_version, composite.minor_version) >= (0, 2)
            && (randr.major_version, randr.minor_version) >= (1, 5);
        if speaks { Ok(()) } else { Err(Fault::Trouble(DeviceTrouble::Unsupported)) }
    }
}

/// Whether the screen's pixels are blue, green, red and a byte without meaning, in this order.
fn is_readable(setup: &Setup, screen: usize) -> bool {
    let screen = &setup.roots[screen];
    let mut looks = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let look = looks.find(|look| look.visual_id == screen.root_visual);
    screen.root_depth == 24
        && setup.image_byte_order == ImageOrder::LSB_FIRST
        && look.is_some_and(|look| (look.red_mask, look.blue_mask) == (0xff_0000, 0xff))
}

/// A connection and the number of its screen. Only a server of this machine shares memory with us.
fn connect(display: &str, stop: Stop) -> Result<(Conn, usize), Fault> {
    let named = parse_display(Some(display)).map_err(|error| Fault::Connect(error.into()))?;
    // The library adds a TCP port's number to it, unchecked.
    if named.display > u16::MAX - 6_000 {
        return Err(Fault::Trouble(DeviceTrouble::NoServer));
    }
    let here = named.connect_instruction().find(|address| matches!(address, ConnectAddress::Socket(_)));
    let address = here.ok_or(Fault::Trouble(DeviceTrouble::Unsupported))?;
    let (stream, (family, host)) =
        DefaultStream::connect(&address).map_err(|error| Fault::Connect(error.into()))?;
    // Without a key the server itself decides whether it lets us in.
    let (auth, key) = get_auth(family, &host, named.display).ok().flatten().unwrap_or_default();
    let screen = usize::from(named.screen);
    Ok((RustConnection::connect_to_stream_with_auth_info(Wire { stream, stop }, screen, auth, key)?, screen))
}

/// The bytes of a connection.
pub(super) struct Wire {
    stream: DefaultStream,
    stop: Stop,
}

impl Stream for Wire {
    fn poll(&self, mode: PollMode) -> io::Result<()> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, mode.readable());
        flags.set(PollFlags::OUT, mode.writable());
        let server = PollFd::from_borrowed_fd(AsFd::as_fd(&self.stream), flags);
        let mut both = [server, PollFd::from_borrowed_fd(self.stop.fd(), PollFlags::IN)];
        loop {
            match poll(&mut both, Some(&PATIENCE)) {
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
                Ok(_) if !both[1].revents().is_empty() => return Err(io::ErrorKind::ConnectionAborted.into()),
                Ok(_) => return Ok(()),
            }
        }
    }

    fn read(&self, buf: &mut [u8], fds: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.read(buf, fds)
    }

    fn write(&self, buf: &[u8], fds: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.write(buf, fds)
    }

    fn write_vectored(&self, bufs: &[IoSlice<'_>], fds: &mut Vec<RawFdContainer>) -> io::Result<usize> {
        self.stream.write_vectored(bufs, fds)
    }
}
