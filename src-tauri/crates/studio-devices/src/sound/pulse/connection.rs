//! A connection to a PulseAudio server: questions and answers, events, and sound in between. **Nothing here waits longer
//! than it was told to, whether the server is slow, frozen or gone; and everything is handed out in the order in which
//! the server said it.**
//!
//! The words are those of the crate `pulseaudio`; its own client is not used, because it tells nobody that a stream was
//! moved or ended, and calls back under a lock.

use std::ffi::CString;
use std::io::{Cursor, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use pulseaudio::protocol::{
    AuthParams, AuthReply, Command, CommandReply, DESCRIPTOR_SIZE, MAX_VERSION, Prop, Props, ProtocolError,
    PulseError, SetClientNameReply, TagStructReader, encode_command_message, read_descriptor, write_memblock,
};
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_passcred;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::super::SoundError;

/// The channel number of what is not sound.
const CONTROL: u32 = u32::MAX;
/// The server's sound blocks and lists are smaller; what claims to be larger is garbage.
const MOST: usize = 16 << 20;
/// What the server calls a cookie has this length; one of zeros for a server that knows us by our user.
const COOKIE: usize = 256;

/// What the server said.
#[derive(Debug)]
pub enum Message<'a> {
    /// Sound of the connection's stream.
    Sound(&'a [u8]),
    /// The answer to a question, by its number.
    Answer(u32, Answer<'a>),
    /// Something happened.
    Event(Event),
}

/// What happens without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A device came or went or is another now.
    Devices,
    /// The stream was ended: its device has gone, or somebody willed it.
    Ended,
    /// The stream is now at the device of this number.
    Moved(u32),
    /// Sound was lost because somebody was late.
    Lost,
    /// There is room for so many more bytes of sound.
    Room(u32),
    /// Nothing of account.
    Other,
}

impl From<Command> for Event {
    fn from(command: Command) -> Self {
        match command {
            Command::SubscribeEvent(_) => Self::Devices,
            Command::RecordStreamKilled(_) | Command::PlaybackStreamKilled(_) => Self::Ended,
            Command::RecordStreamMoved(moved) => Self::Moved(moved.device_index),
            Command::PlaybackStreamMoved(moved) => Self::Moved(moved.device_index),
            Command::Overflow(_) | Command::Underflow(_) => Self::Lost,
            Command::Request(request) => Self::Room(request.length),
            _ => Self::Other,
        }
    }
}

/// An answer that has not been read yet.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    bytes: Result<&'a [u8], PulseError>,
    version: u16,
}

impl Answer<'_> {
    /// Reads it.
    pub fn read<T: CommandReply>(&self) -> Result<T, SoundError> {
        let mut bytes = self.bytes.map_err(refused)?;
        TagStructReader::new(&mut bytes, self.version).read().map_err(unreadable)
    }
}

/// One connection.
#[derive(Debug)]
pub struct Connection {
    socket: UnixStream,
    version: u16,
    /// The number of the last question.
    asked: u32,
    /// Bytes from the server; the first `used` of them have been handed out.
    came: Vec<u8>,
    used: usize,
    /// How many of `came` were read; the rest is room.
    end: usize,
    /// What is to be written next.
    out: Vec<u8>,
    patience: Option<Duration>,
    /// An event came while an answer was waited for.
    happened: bool,
}

impl Connection {
    /// Connects and introduces this program, by `until`.
    pub fn open(path: &Path, until: Instant) -> Result<Self, SoundError> {
        let socket = reach(path)?;
        socket.set_write_timeout(Some(Duration::from_secs(1))).map_err(lost)?;
        let mut connection = Self {
            socket,
            version: MAX_VERSION,
            asked: 0,
            came: vec![0; 64 << 10],
            used: 0,
            end: 0,
            out: Vec::with_capacity(64 << 10),
            patience: None,
            happened: false,
        };
        let cookie = cookie().unwrap_or_else(|| vec![0; COOKIE]);
        let auth = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        let reply: AuthReply = connection.ask(&Command::Auth(auth), until)?;
        connection.version = MAX_VERSION.min(reply.version);
        let mut props = Props::new();
        props.set(Prop::ApplicationName, c"Sidestage");
        let _: SetClientNameReply = connection.ask(&Command::SetClientName(props), until)?;
        Ok(connection)
    }

    /// Asks, and waits for the answer until then. Of what happens in between only [`Self::happened`] is kept: this is
    /// not for a connection whose stream runs.
    pub fn ask<T: CommandReply>(&mut self, question: &Command, until: Instant) -> Result<T, SoundError> {
        let number = self.send(question)?;
        loop {
            match self.next(Some(until))? {
                Some(Message::Answer(to, answer)) if to == number => return answer.read(),
                Some(Message::Event(Event::Devices)) => self.happened = true,
                Some(_) => {}
                None => return Err(SoundError::NoServer),
            }
        }
    }

    /// As [`Self::ask`], for an answer that only says that it is done.
    pub fn tell(&mut self, order: &Command, until: Instant) -> Result<(), SoundError> {
        let number = self.send(order)?;
        loop {
            match self.next(Some(until))? {
                Some(Message::Answer(to, answer)) if to == number => {
                    return answer.bytes.map(|_| ()).map_err(refused);
                }
                Some(_) => {}
                None => return Err(SoundError::NoServer),
            }
        }
    }

    /// Whether something happened while an answer was waited for, since this was last asked.
    pub fn happened(&mut self) -> bool {
        std::mem::take(&mut self.happened)
    }

    /// Asks without waiting. The answer comes as a message with the number that is returned.
    pub fn send(&mut self, question: &Command) -> Result<u32, SoundError> {
        self.asked = self.asked.wrapping_add(1);
        self.out.clear();
        encode_command_message(&mut self.out, self.asked, question, self.version).map_err(unreadable)?;
        self.socket.write_all(&self.out).map_err(lost)?;
        Ok(self.asked)
    }

    /// Sends a piece of sound for a stream.
    pub fn play(&mut self, channel: u32, sound: &[u8]) -> Result<(), SoundError> {
        self.out.clear();
        write_memblock(&mut self.out, channel, sound, 0).map_err(unreadable)?;
        self.socket.write_all(&self.out).map_err(lost)
    }

    /// The next thing that the server says; `None` when it said nothing until then. Allocates only for a list, and
    /// the first time for a large block.
    pub fn next(&mut self, until: Option<Instant>) -> Result<Option<Message<'_>>, SoundError> {
        loop {
            let (channel, length) = loop {
                if let Some(whole) = self.whole()? {
                    break whole;
                }
                if !self.fill(until)? {
                    return Ok(None);
                }
            };
            let from = self.used + DESCRIPTOR_SIZE;
            self.used = from + length;
            if channel != CONTROL {
                return Ok(Some(Message::Sound(&self.came[from..from + length])));
            }
            let (read, payload) = {
                let mut cursor = Cursor::new(&self.came[from..from + length]);
                let read = Command::read_tag_prefixed(&mut cursor, self.version);
                (read, from + cursor.position() as usize..from + length)
            };
            let version = self.version;
            match read {
                Ok((number, Command::Reply)) => {
                    let bytes = Ok(&self.came[payload]);
                    return Ok(Some(Message::Answer(number, Answer { bytes, version })));
                }
                Ok((number, Command::Error(error))) => {
                    return Ok(Some(Message::Answer(number, Answer { bytes: Err(error), version })));
                }
                Ok((_, event)) => return Ok(Some(Message::Event(event.into()))),
                // A newer server may have news that this program does not know.
                Err(ProtocolError::Unimplemented(..)) => {}
                Err(error) => return Err(unreadable(error)),
            }
        }
    }

    /// A handle with which another thread can end this connection at once.
    pub fn hangup(&self) -> Result<Hangup, SoundError> {
        Ok(Hangup(self.socket.try_clone().map_err(lost)?))
    }

    /// The channel and length of the first message, once all of it is there.
    fn whole(&mut self) -> Result<Option<(u32, usize)>, SoundError> {
        let came = &self.came[self.used..self.end];
        let Some(mut head) = came.get(..DESCRIPTOR_SIZE) else { return Ok(None) };
        let head = read_descriptor(&mut head).map_err(unreadable)?;
        let length = head.length as usize;
        if length > MOST {
            return Err(SoundError::Broken("the sound server sent garbage".to_owned()));
        }
        if came.len() >= DESCRIPTOR_SIZE + length {
            return Ok(Some((head.channel, length)));
        }
        // Room for all of it.
        let needed = self.used + DESCRIPTOR_SIZE + length;
        if self.came.len() < needed {
            self.came.resize(needed, 0);
        }
        Ok(None)
    }

    /// Reads what is there, or waits for it. False when nothing came until then.
    fn fill(&mut self, until: Option<Instant>) -> Result<bool, SoundError> {
        self.came.copy_within(self.used..self.end, 0);
        (self.end, self.used) = (self.end - self.used, 0);
        // A timeout of zero would mean for ever.
        let least = Duration::from_micros(1);
        let patience = until.map(|until| until.saturating_duration_since(Instant::now()).max(least));
        if patience != self.patience {
            self.socket.set_read_timeout(patience).map_err(lost)?;
            self.patience = patience;
        }
        match self.socket.read(&mut self.came[self.end..]) {
            Ok(0) => Err(SoundError::NoServer),
            Ok(read) => {
                self.end += read;
                Ok(true)
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(false),
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
            Err(error) => Err(lost(error)),
        }
    }
}

/// Ends a connection from another thread; whoever waits on it is told at once.
#[derive(Debug)]
pub struct Hangup(UnixStream);

impl Hangup {
    /// Ends it.
    pub fn now(&self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Connects without waiting: a frozen server's queue may be full.
fn reach(path: &Path) -> Result<UnixStream, SoundError> {
    let address = SocketAddrUnix::new(path).map_err(|_| SoundError::NoServer)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)
        .map_err(|error| lost(error.into()))?;
    // The server knows us by what the kernel adds to our first message, which it does for sure only if we ask for it.
    set_socket_passcred(&socket, true).map_err(|error| lost(error.into()))?;
    match connect(&socket, &address) {
        Ok(()) => {}
        Err(Errno::ACCESS | Errno::PERM) => return Err(SoundError::Denied),
        Err(_) => return Err(SoundError::NoServer),
    }
    let socket = UnixStream::from(socket);
    socket.set_nonblocking(false).map_err(lost)?;
    Ok(socket)
}

/// What proves to a server that asks for it that we are its user.
fn cookie() -> Option<Vec<u8>> {
    let path = pulseaudio::cookie_path_from_env()?;
    std::fs::read(path).ok().filter(|cookie| cookie.len() == COOKIE)
}

/// A name as the server wants it.
pub fn name(of: &str) -> Result<CString, SoundError> {
    CString::new(of).map_err(|_| SoundError::Gone)
}

fn lost(error: std::io::Error) -> SoundError {
    tracing::debug!(%error, "sound server");
    SoundError::NoServer
}

fn unreadable(error: ProtocolError) -> SoundError {
    SoundError::Broken(error.to_string())
}

fn refused(error: PulseError) -> SoundError {
    match error {
        PulseError::NoEntity => SoundError::Gone,
        PulseError::AccessDenied | PulseError::AuthKey => SoundError::Denied,
        PulseError::Busy => SoundError::Busy,
        PulseError::NotSupported | PulseError::Invalid => SoundError::NoFormat,
        PulseError::ConnectionTerminated | PulseError::ConnectionRefused => SoundError::NoServer,
        other => SoundError::Broken(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use pulseaudio::protocol::ServerInfo;

    use super::*;

    /// What becomes of a question to a server that reads something, and then says this.
    fn asked(says: &'static [u8], and_closes: bool) -> SoundError {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("native");
        let listener = UnixListener::bind(&path).unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(says);
            if !and_closes {
                let _ = stream.read(&mut [0; 4096]);
                thread::sleep(Duration::from_secs(5));
            }
        });
        let began = Instant::now();
        let error = Connection::open(&path, began + Duration::from_millis(300)).unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(3));
        error
    }

    #[test]
    fn a_server_that_is_silent_closes_or_talks_garbage_is_an_error() {
        assert_eq!(asked(b"", false), SoundError::NoServer);
        assert_eq!(asked(b"", true), SoundError::NoServer);
        // Half a message, then nothing.
        assert_eq!(asked(b"\0\0\0\x0a\xff\xff", false), SoundError::NoServer);
        // One that claims to be four gigabytes long.
        assert!(matches!(asked(&[0xff; 64], false), SoundError::Broken(_)));
        // One that is no command.
        let garbage = b"\0\0\0\x0a\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0garbage!!!";
        assert!(matches!(asked(garbage, false), SoundError::Broken(_)));
        // An answer that is too short.
        let short = b"\0\0\0\x0a\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0L\0\0\0\x02L\0\0\0\x01";
        assert!(matches!(asked(short, false), SoundError::Broken(_)));
    }

    #[test]
    fn a_socket_that_nobody_listens_on_is_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("native");
        let open = |path: &Path| Connection::open(path, Instant::now() + Duration::from_secs(1)).unwrap_err();
        assert_eq!(open(&path), SoundError::NoServer);
        drop(UnixListener::bind(&path).unwrap());
        assert_eq!(open(&path), SoundError::NoServer);
        assert_eq!(open(Path::new(&"long".repeat(50))), SoundError::NoServer);
    }

    #[test]
    fn what_is_read_in_pieces_is_handed_out_whole_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("native");
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || listener.accept().unwrap().0);
        let socket = reach(&path).unwrap();
        let mut server = server.join().unwrap();
        let (version, came, out) = (MAX_VERSION, vec![0; 64], Vec::new());
        let mut connection = Connection {
            socket,
            version,
            asked: 0,
            came,
            used: 0,
            end: 0,
            out,
            patience: None,
            happened: false,
        };
        let mut bytes = Vec::new();
        for n in 0..50_u8 {
            write_memblock(&mut bytes, 3, &vec![n; usize::from(n) * 7], 0).unwrap();
        }
        thread::spawn(move || {
            for piece in bytes.chunks(13) {
                server.write_all(piece).unwrap();
            }
            thread::sleep(Duration::from_secs(5));
        });
        let until = Some(Instant::now() + Duration::from_secs(10));
        for n in 0..50_u8 {
            let Some(Message::Sound(sound)) = connection.next(until).unwrap() else { panic!("sound") };
            assert_eq!(sound, vec![n; usize::from(n) * 7]);
        }
        let until = Instant::now() + Duration::from_millis(100);
        assert!(connection.next(Some(until)).unwrap().is_none() && Instant::now() >= until);
        assert_eq!(
            connection.ask::<ServerInfo>(&Command::GetServerInfo, until).err(),
            Some(SoundError::NoServer)
        );
    }
}
