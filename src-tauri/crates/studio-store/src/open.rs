//! Opening: what to do with a file that is fresh, old, newer, locked or broken.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use studio_wire::Fault;
use studio_wire::store::Kept;
use thiserror::Error;

use crate::migrate::{self, SCHEMA};
use crate::table;

/// How long a start may wait for another program's lock.
const PATIENCE: Duration = Duration::from_millis(300);

/// What the writer works on.
pub enum Base {
    /// Open and at the right schema.
    Ready(Connection),
    /// Held by another program; to be tried again.
    Locked(PathBuf),
}

/// Why a file was not opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Written by a newer version of this program.
    #[error("schema {0} is newer than this program")]
    Newer(u32),
    /// Another program holds it.
    #[error("another program holds the file")]
    Locked,
    /// Not a database, or damaged.
    #[error("damaged: {0}")]
    Corrupt(String),
    /// The folder or the disk.
    #[error(transparent)]
    Other(rusqlite::Error),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Corrupt(error.to_string()),
            _ => Self::Other(error),
        }
    }
}

/// Opens a file or memory, and reads what it holds.
pub fn open(file: Option<&Path>) -> (Base, Kept) {
    let Some(file) = file else { return memory(Vec::new()) };
    match connect(file) {
        Ok(connection) => ready(connection),
        Err(OpenError::Newer(found)) => memory(vec![Fault::StoreNewer { found, known: SCHEMA }]),
        Err(OpenError::Locked) => {
            let kept = Kept { faults: vec![Fault::StoreLocked], ..Kept::default() };
            (Base::Locked(file.to_owned()), kept)
        }
        Err(OpenError::Corrupt(what)) => {
            tracing::error!(file = %file.display(), what, "the database is damaged");
            begin_anew(file)
        }
        Err(OpenError::Other(error)) => {
            tracing::error!(file = %file.display(), %error, "the database cannot be opened");
            memory(vec![Fault::StoreFailed])
        }
    }
}

/// Opens a file of our schema or older; leaves every other one as it is.
pub fn connect(file: &Path) -> Result<Connection, OpenError> {
    if fs::metadata(file).is_ok_and(|about| about.len() > 0) {
        let look = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        look.busy_timeout(PATIENCE)?;
        let found = migrate::found(&look)?;
        if found > SCHEMA {
            return Err(OpenError::Newer(found));
        }
        let verdict: String = look.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(OpenError::Corrupt(verdict));
        }
    }
    let mut connection = Connection::open(file)?;
    set_up(&connection)?;
    migrate::run(&mut connection)?;
    Ok(connection)
}

/// A crash of the program loses nothing, a power cut at most the last second: the writer checkpoints.
fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn ready(connection: Connection) -> (Base, Kept) {
    let kept = table::read_all(&connection);
    (Base::Ready(connection), kept)
}

/// Puts a damaged file aside, byte for byte, and begins a fresh one.
fn begin_anew(file: &Path) -> (Base, Kept) {
    let aside = match put_aside(file) {
        Ok(aside) => aside,
        Err(error) => {
            tracing::error!(%error, "the damaged database cannot be put aside");
            return memory(vec![Fault::StoreFailed]);
        }
    };
    let fault = Fault::StoreCorrupt { kept: aside.display().to_string() };
    match connect(file) {
        Ok(connection) => {
            let (base, mut kept) = ready(connection);
            kept.faults.push(fault);
            (base, kept)
        }
        Err(error) => {
            tracing::error!(%error, "no fresh database can be begun");
            memory(vec![fault])
        }
    }
}

fn put_aside(file: &Path) -> std::io::Result<PathBuf> {
    let free =
        (1..).map(|number| with_suffix(file, &format!(".damaged-{number}"))).find(|path| !path.exists());
    let aside = free.unwrap_or_else(|| with_suffix(file, ".damaged"));
    fs::rename(file, &aside)?;
    for log in ["-wal", "-shm"] {
        let part = with_suffix(file, log);
        if part.exists() {
            fs::rename(part, with_suffix(&aside, log))?;
        }
    }
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn memory(mut faults: Vec<Fault>) -> (Base, Kept) {
    let opened = Connection::open_in_memory().and_then(|mut connection| {
        connection.pragma_update(None, "foreign_keys", true)?;
        migrate::run(&mut connection)?;
        Ok(connection)
    });
    match opened {
        Ok(connection) => (Base::Ready(connection), Kept { faults, ..Kept::default() }),
        Err(error) => {
            // Even memory failed: orders wait for a file that never opens, and the show goes on.
            tracing::error!(%error, "no database in memory");
            faults.push(Fault::StoreFailed);
            (Base::Locked(PathBuf::new()), Kept { faults, ..Kept::default() })
        }
    }
}
