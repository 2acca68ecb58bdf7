//! Sound by a PulseAudio server, or by PipeWire, which speaks the same language.

mod connection;
pub mod play;
pub mod record;
mod stamp;
pub mod stream;
pub mod watch;

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pulseaudio::protocol::{Command, ServerInfo, SinkInfo, SourceInfo};
use studio_wire::device::{Device, DeviceId, DeviceKind};

use self::connection::Connection;
use super::{PATIENCE, SoundError};

/// What the ids of its devices begin with.
pub const HOST: &str = "pulseaudio";
/// The speaker that a server invents while it has none: nobody hears it.
const NOTHING: &[u8] = b"auto_null";

/// Where the server's socket should be, by the environment. It need not be there.
pub fn socket(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(server) = set("PULSE_SERVER") {
        // Servers on other machines are none of ours.
        return server
            .strip_prefix("unix:")
            .or_else(|| server.starts_with('/').then_some(&*server))
            .map(PathBuf::from);
    }
    let own = set("PULSE_RUNTIME_PATH").map(|folder| Path::new(&folder).join("native"));
    own.or_else(|| set("XDG_RUNTIME_DIR").map(|folder| Path::new(&folder).join("pulse/native")))
}

/// Its microphones and speakers, in its own order. Monitors of speakers are no microphones.
pub fn list(socket: &Path) -> Result<Vec<Device>, SoundError> {
    let until = Instant::now() + PATIENCE;
    ask_list(&mut Connection::open(socket, until)?, until)
}

fn ask_list(connection: &mut Connection, until: Instant) -> Result<Vec<Device>, SoundError> {
    let server: ServerInfo = connection.ask(&Command::GetServerInfo, until)?;
    let sources: Vec<SourceInfo> = connection.ask(&Command::GetSourceInfoList, until)?;
    let sinks: Vec<SinkInfo> = connection.ask(&Command::GetSinkInfoList, until)?;
    let microphones =
        sources.into_iter().filter(|source| source.monitor_of_sink_index.is_none()).map(|source| {
            let default = server.default_source_name.as_ref() == Some(&source.name);
            device(DeviceKind::Microphone, source.name, source.description, default)
        });
    let speakers = sinks.into_iter().filter(|sink| sink.name.as_bytes() != NOTHING).map(|sink| {
        let default = server.default_sink_name.as_ref() == Some(&sink.name);
        device(DeviceKind::Speaker, sink.name, sink.description, default)
    });
    Ok(microphones.chain(speakers).collect())
}

fn device(kind: DeviceKind, name: CString, description: Option<CString>, default: bool) -> Device {
    let shown = description.filter(|text| !text.is_empty()).unwrap_or_else(|| name.clone());
    Device {
        id: DeviceId(format!("{HOST}:{}", name.to_string_lossy())),
        name: shown.to_string_lossy().into_owned(),
        kind,
        default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_where_the_environment_says() {
        let at = |set: &[(&str, &str)]| {
            let found =
                |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_string());
            socket(found).map(|path| path.display().to_string())
        };
        let (runtime, own) = (("XDG_RUNTIME_DIR", "/run/user/1"), ("PULSE_RUNTIME_PATH", "/p"));
        assert_eq!(at(&[]), None);
        assert_eq!(at(&[runtime]).unwrap(), "/run/user/1/pulse/native");
        assert_eq!(at(&[own, runtime]).unwrap(), "/p/native");
        assert_eq!(at(&[("PULSE_SERVER", "unix:/s"), own, runtime]).unwrap(), "/s");
        assert_eq!(at(&[("PULSE_SERVER", "/s"), runtime]).unwrap(), "/s");
        assert_eq!(at(&[("PULSE_SERVER", "tcp:studio"), runtime]), None);
        assert_eq!(at(&[("PULSE_SERVER", ""), runtime]).unwrap(), "/run/user/1/pulse/native");
    }
}
