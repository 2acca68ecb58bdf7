//! The programs and the library that a show needs: where they lie, and whether they are the ones we were made for.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use studio_wire::Fault;

/// The server's version, by its own words.
const SERVER_VERSION: &str = "1.13.5";
/// The folder of the library in the cache: the wheel as it was unpacked.
const LIBRARY_FOLDER: &str = "livekit-1.2.0/livekit/rtc/resources";
/// A program that says its version does so in milliseconds; this is for a machine that is busy.
const VERSION_LIMIT: Duration = Duration::from_secs(5);

#[cfg(target_os = "macos")]
const LIBRARY: &str = "liblivekit_ffi.dylib";
#[cfg(not(target_os = "macos"))]
const LIBRARY: &str = "liblivekit_ffi.so";

/// The library's hash: version 0.13.2, for this platform.
const LIBRARY_HASH: &str = if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
    "f7ef1bb6803a43559382dc72a5447fb6743dcacdad194edd065140af85078eb4"
} else if cfg!(target_os = "macos") {
    "659767038036c1a6c6e33ffff6be08f10dec03b957a27d8a103fda713ec040c9"
} else if cfg!(target_arch = "aarch64") {
    "1851e0a2b740be6041e5a8bf66f419f78f0a424348b4d44d52bf2ece231ab740"
} else {
    "b0e3b91dcf42b486045b6acca4863b132e3c4d114d5701b5759c7661c04ea1eb"
};

/// Where everything lies. An `Err` holds the places where it was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tools {
    /// `livekit-server`.
    pub server: Result<PathBuf, Vec<String>>,
    /// The LiveKit library.
    pub library: Result<PathBuf, Vec<String>>,
    /// `sidestage-engine`.
    pub engine: PathBuf,
    /// `sidestage-keeper`.
    pub keeper: PathBuf,
    /// Secrets may go into the system's keychain; else they stay in memory until the app ends.
    pub keychain: bool,
}

impl Tools {
    /// Looks for everything: the environment's word decides alone; else beside the app (`beside` is its folder), in
    /// the cache, and for the server in `PATH`. Our own programs lie beside the app and nowhere else. The keychain is
    /// left alone where `SIDESTAGE_KEYCHAIN` is `off`.
    pub fn find(beside: &Path) -> Self {
        let cache = cache();
        let in_cache = |name: &str| cache.as_ref().map(|cache| cache.join(name));
        let library =
            [Some(beside.join(LIBRARY)), in_cache(LIBRARY_FOLDER).map(|folder| folder.join(LIBRARY))];
        let server = [
            Some(beside.join("livekit-server")),
            in_cache(&format!("livekit-server-{SERVER_VERSION}")).map(|folder| folder.join("livekit-server")),
        ];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let in_path = std::env::split_paths(&path).map(|folder| folder.join("livekit-server"));
        Self {
            server: first(
                std::env::var_os("SIDESTAGE_LIVEKIT_SERVER").as_deref(),
                server.into_iter().flatten().chain(in_path),
            ),
            library: first(
                std::env::var_os("SIDESTAGE_LIVEKIT_LIB").as_deref(),
                library.into_iter().flatten(),
            ),
            engine: beside.join("sidestage-engine"),
            keeper: beside.join("sidestage-keeper"),
            keychain: std::env::var_os("SIDESTAGE_KEYCHAIN").is_none_or(|word| word != "off"),
        }
    }

    /// What the studio's own server needs is there and is what it should be.
    pub(crate) fn check_own_server(&self) -> Result<OwnServer, Fault> {
        is_program(&self.keeper)?;
        let server =
            self.server.clone().map_err(|looked| Fault::ServerMissing { looked }).and_then(check_server)?;
        Ok(OwnServer { server, keeper: self.keeper.clone() })
    }

    /// The engine and its library are there and are what they should be: all that a seat needs, or a show on a
    /// server that is there already. Takes a tenth of a second: the library is read as a whole.
    pub(crate) fn check_engine(&self) -> Result<Programs, Fault> {
        is_program(&self.engine)?;
        let library = self
            .library
            .clone()
            .map_err(|looked| Fault::LibraryMissing { looked })
            .and_then(check_library)?;
        Ok(Programs { engine: self.engine.clone(), library })
    }
}

/// What an engine runs from, as [`Tools::check_engine`] found it to be right.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    pub engine: PathBuf,
    pub library: PathBuf,
}

/// What [`Tools::check_own_server`] found to be right.
#[derive(Clone, Debug)]
pub(crate) struct OwnServer {
    pub server: PathBuf,
    pub keeper: PathBuf,
}

/// The user's cache folder, as the `directories` crate finds it for this product.
fn cache() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    if cfg!(target_os = "macos") {
        return Some(home()?.join("Library/Caches/app.Sidestage.Sidestage"));
    }
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    Some(set.or_else(|| Some(home()?.join(".cache")))?.join("sidestage"))
}

fn first(named: Option<&OsStr>, places: impl Iterator<Item = PathBuf>) -> Result<PathBuf, Vec<String>> {
    let places: Vec<PathBuf> = match named {
        Some(named) => vec![named.into()],
        None => places.collect(),
    };
    match places.iter().find(|place| place.is_file()) {
        Some(found) => Ok(found.clone()),
        None => Err(places.iter().map(|place| place.display().to_string()).collect()),
    }
}

fn is_program(path: &Path) -> Result<(), Fault> {
    match path.is_file() {
        true => Ok(()),
        false => Err(Fault::ProgramMissing { path: path.display().to_string() }),
    }
}

fn check_library(path: PathBuf) -> Result<PathBuf, Fault> {
    match hash(&path) {
        Ok(found) if found == LIBRARY_HASH => Ok(path),
        Ok(found) => Err(Fault::LibraryWrong {
            path: path.display().to_string(),
            found,
            wanted: LIBRARY_HASH.to_owned(),
        }),
        Err(_) => Err(Fault::LibraryMissing { looked: vec![path.display().to_string()] }),
    }
}

fn hash(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
    }
    Ok(hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

fn check_server(path: PathBuf) -> Result<PathBuf, Fault> {
    let found = version(&path).unwrap_or_else(|error| error.to_string());
    if found.strip_prefix("livekit-server version ") == Some(SERVER_VERSION) {
        return Ok(path);
    }
    Err(Fault::ServerWrong {
        path: path.display().to_string(),
        found: found.strip_prefix("livekit-server version ").unwrap_or(&found).to_owned(),
        wanted: SERVER_VERSION.to_owned(),
    })
}

/// The first line that a program prints when it is asked for its version.
fn version(program: &Path) -> io::Result<String> {
    let mut child = Command::new(program)
        .arg("--version")
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > VERSION_LIMIT {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::other("does not answer `--version`"));
        }
        thread::sleep(Duration::from_millis(5));
    }
    let mut said = String::new();
    if let Some(out) = child.stdout.take() {
        // It has ended: all that it said is in the pipe.
        out.take(4096).read_to_string(&mut said)?;
    }
    Ok(said.lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(folder: &Path, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join("livekit-server");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn a_place_named_by_the_environment_is_the_only_one() {
        let folder = tempfile::tempdir().unwrap();
        let there = script(folder.path(), "");
        let absent = folder.path().join("absent");
        assert_eq!(first(None, [absent.clone(), there.clone()].into_iter()), Ok(there.clone()));
        let looked = first(Some(absent.as_os_str()), [there].into_iter());
        assert_eq!(looked, Err(vec![absent.display().to_string()]));
    }

    #[test]
    fn a_server_of_another_version_is_named_with_both_versions() {
        let folder = tempfile::tempdir().unwrap();
        let path = script(folder.path(), "echo livekit-server version 1.13.11");
        let wrong = Fault::ServerWrong {
            path: path.display().to_string(),
            found: "1.13.11".into(),
            wanted: "1.13.5".into(),
        };
        assert_eq!(check_server(path), Err(wrong));
    }

    #[test]
    fn a_file_that_is_no_program_is_a_wrong_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("livekit-server");
        std::fs::write(&path, "not a program").unwrap();
        assert!(matches!(check_server(path), Err(Fault::ServerWrong { .. })));
    }

    #[test]
    fn a_library_with_one_changed_byte_is_refused_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(LIBRARY);
        std::fs::write(&path, b"abc").unwrap();
        let Err(Fault::LibraryWrong { found, wanted, .. }) = check_library(path) else { panic!("taken") };
        assert_eq!(found, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(wanted, LIBRARY_HASH);
    }
}
