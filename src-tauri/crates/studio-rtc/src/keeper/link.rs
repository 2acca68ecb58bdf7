//! The app's end of a keeper's socket.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

use super::{Config, SOCKET};

/// Starts a keeper. It takes no part of this process's environment and ends by itself when nobody connects.
pub fn launch(keeper: &Path, config: &Config) -> io::Result<Child> {
    let config = serde_json::to_vec(config)?;
    let mut child = Command::new(keeper)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        // Why it did not start; it is silent otherwise.
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().expect("piped above").write_all(&config)?;
    Ok(child)
}

/// Connects to a keeper of the same user.
pub fn connect(socket: &Path) -> io::Result<UnixStream> {
    let stream = UnixStream::connect(socket)?;
    if same_user(&stream) { Ok(stream) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// Whether a keeper is there that an earlier life of the app has left. Costs less than a millisecond; a connection that
/// asks for nothing changes nothing at the keeper, its lease least of all.
pub fn waits(runtime: &Path) -> bool {
    connect(&runtime.join(SOCKET)).is_ok()
}

/// The process at the other end of a connection to a keeper.
pub(crate) fn peer(stream: &UnixStream) -> Option<Pid> {
    rustix::net::sockopt::socket_peercred(stream).ok().map(|peer| peer.pid)
}

/// The other end belongs to the user that this process runs as.
pub(super) fn same_user(stream: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(stream).is_ok_and(|peer| peer.uid == rustix::process::getuid())
}
