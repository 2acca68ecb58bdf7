//! What a studio starts from: a show of its own, or a seat on somebody else's.

use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use studio_core::{SeatStart, Start};
use studio_rtc::SeatToken;
use studio_wire::store::Kept;
use studio_wire::{Identity, room};

/// The largest seat file that is read at all, in bytes; what is larger is refused by its parser.
const LARGEST: u64 = 64 * 1024;

/// Reads a seat from a file, or from standard input where the path is `-`. There it is one line, so that more may
/// follow.
pub fn read_seat(path: &Path) -> anyhow::Result<SeatToken> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_line(&mut text).context("reading a seat from standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("reading {}", path.display()))?;
        file.take(LARGEST)
            .read_to_string(&mut text)
            .with_context(|| format!("reading {}", path.display()))?;
    }
    Ok(SeatToken::parse(text.trim())?)
}

/// The start of a studio with what was kept, or with the studio's own sources in the place of devices.
pub fn of(mut kept: Kept, seat: Option<&SeatToken>, test_sources: bool) -> std::io::Result<Start> {
    if test_sources {
        kept.preferences = kept.preferences.on_test_sources();
    }
    let name = kept.preferences.name.clone().or_else(whoami).unwrap_or_else(|| "Host".to_owned());
    let seat = seat.map(|seat| SeatStart {
        identity: Identity(seat.identity.clone()),
        role: seat.role,
        name: if seat.name.is_empty() { seat.identity.clone() } else { seat.name.clone() },
    });
    let me = seat.as_ref().map_or_else(|| Identity::from(room::HOST), |seat| seat.identity.clone());
    Ok(Start { seed: seed()?, kept, me, name, seat })
}

/// A start value for ids, different each time.
pub fn seed() -> std::io::Result<u64> {
    let mut bytes = [0_u8; 8];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn whoami() -> Option<String> {
    std::env::var("USER").ok().filter(|name| !name.is_empty() && name != "root")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(text: &str) -> anyhow::Result<SeatToken> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("seat.json");
        std::fs::write(&file, text).unwrap();
        read_seat(&file)
    }

    #[test]
    fn a_seat_is_read_from_a_file_and_names_its_holder() {
        let text = r#"{"url":"ws://127.0.0.1:7","token":"eyJ.secret","identity":"gina","role":"guest","name":"Gina"}"#;
        let start = of(Kept::default(), Some(&seat(text).unwrap()), false).unwrap();
        assert_eq!((start.me.as_str(), start.seat.unwrap().name.as_str()), ("gina", "Gina"));
    }

    #[test]
    fn what_is_no_seat_is_said_without_its_token() {
        let bad = r#"{"url":"http://x","token":"eyJ.secret","identity":"gina","role":"guest"}"#;
        let error = format!("{:#}", seat(bad).unwrap_err());
        assert!(error.contains("http://x") && !error.contains("eyJ"), "{error}");
        assert!(read_seat(Path::new("/nowhere/seat")).is_err());
    }
}
