//! A seat as it is given to somebody: what a seat file holds.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use studio_wire::Role;
use studio_wire::engine::Token;
use url::{Host, Url};

use crate::secret::redact;

/// The largest seat file, in bytes.
pub const LARGEST: usize = 16 * 1024;
/// The longest identity that the server takes, in bytes.
const LONGEST_IDENTITY: usize = 256;

/// A seat in one room for one identity. Its `Debug` shows nothing of the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatToken {
    /// The server.
    pub url: String,
    /// Every node of the server, the first one included; empty where there is only `url`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// Opens one room for one identity.
    pub token: Token,
    /// Whose.
    pub identity: String,
    /// What they are: a viewer's token opens `air`, every other one `crew`.
    pub role: Role,
    /// What to call them; empty is their identity.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// Why a seat cannot be taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SeatError {
    /// More bytes than a seat file has; how many.
    #[error("a seat file has at most {LARGEST} bytes, not {0}")]
    TooLarge(usize),
    /// Not JSON, or not that of a seat; in the parser's words, redacted.
    #[error("not a seat: {0}")]
    NotASeat(String),
    /// A field that must say something says nothing, or too much.
    #[error("`{0}` is empty or too long")]
    BadField(&'static str),
    /// No address of a server.
    #[error("`{0}` is no address of a server: it begins with wss:// or ws://")]
    BadAddress(String),
    /// Without encryption, and not on this machine or its own network.
    #[error(
        "`{0}` has to begin with wss://: without encryption only addresses of the local network are used"
    )]
    NotEncrypted(String),
}

impl SeatToken {
    /// Reads a seat file. Nothing of it is used unless all of it is right.
    pub fn parse(text: &str) -> Result<Self, SeatError> {
        if text.len() > LARGEST {
            return Err(SeatError::TooLarge(text.len()));
        }
        let seat: Self =
            serde_json::from_str(text).map_err(|error| SeatError::NotASeat(redact(&error.to_string())))?;
        if seat.token.0.is_empty() {
            return Err(SeatError::BadField("token"));
        }
        if seat.identity.is_empty() || seat.identity.len() > LONGEST_IDENTITY {
            return Err(SeatError::BadField("identity"));
        }
        seat.addresses().iter().try_for_each(|url| check_address(url))?;
        Ok(seat)
    }

    /// The seat file, on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and a word")
    }

    /// Every address to try, each once, `url` first.
    pub fn addresses(&self) -> Vec<String> {
        let mut addresses = vec![self.url.clone()];
        for url in &self.urls {
            if !addresses.contains(url) {
                addresses.push(url.clone());
            }
        }
        addresses
    }
}

/// `wss://…` anywhere; `ws://…` to this machine and its own network, by number: a name could be anybody's. Read by the
/// parser that whoever joins reads it with, so that both mean the same place.
fn check_address(text: &str) -> Result<(), SeatError> {
    let bad = || SeatError::BadAddress(redact(text));
    let url = Url::parse(text).map_err(|_| bad())?;
    let plain = text.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\');
    let nobody = url.username().is_empty() && url.password().is_none();
    let host = url.host().filter(|_| plain && nobody).ok_or_else(bad)?;
    let near = match (url.scheme(), host) {
        ("wss", _) => true,
        ("ws", Host::Ipv4(address)) => is_near(address.into()),
        ("ws", Host::Ipv6(address)) => is_near(address.into()),
        ("ws", Host::Domain(name)) => name == "localhost",
        _ => return Err(bad()),
    };
    if near { Ok(()) } else { Err(SeatError::NotEncrypted(redact(text))) }
}

/// On this machine or on its own network.
fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str) -> String {
        format!(r#"{{"url":"{url}","token":"eyJa.b.c","identity":"ana","role":"guest"}}"#)
    }

    // S-251
    #[test]
    fn a_seat_file_says_all_that_a_seat_needs_and_reads_back() {
        let text = r#"{"url":"ws://127.0.0.1:7880","urls":["ws://127.0.0.1:7881","ws://127.0.0.1:7880"],
            "token":"eyJa.b.c","identity":"ana","role":"cohost","name":"Ana"}"#;
        let seat = SeatToken::parse(text).unwrap();
        assert_eq!(seat.addresses(), ["ws://127.0.0.1:7880", "ws://127.0.0.1:7881"]);
        assert_eq!((seat.role, seat.name.as_str()), (Role::Cohost, "Ana"));
        assert_eq!(SeatToken::parse(&seat.to_json()), Ok(seat));
        let least = SeatToken::parse(&file("wss://studio.example")).unwrap();
        assert_eq!((least.addresses().len(), least.name.as_str()), (1, ""));
    }

    // S-253
    #[test]
    fn without_encryption_only_the_local_network_is_spoken_to() {
        for near in [
            "ws://127.0.0.1:7880",
            "ws://localhost:7880/",
            "ws://[::1]:7880",
            "ws://192.168.1.5",
            "ws://10.0.0.9:1/x?y",
            "ws://172.16.0.1",
            "ws://169.254.3.4",
            "ws://[fe80::1]:80",
            "ws://[fd00::1]",
            "wss://8.8.8.8",
            "wss://studio.example:443/path",
        ] {
            assert_eq!(SeatToken::parse(&file(near)).map(drop), Ok(()), "{near}");
        }
        for far in [
            "ws://8.8.8.8",
            "ws://studio.example",
            "ws://172.32.0.1",
            "ws://localhost.evil.example",
            "ws://[2001:db8::1]",
            "ws://127.0.0.1.nip.example",
            "ws://134744072",
        ] {
            let refused = Err(SeatError::NotEncrypted(far.to_owned()));
            assert_eq!(SeatToken::parse(&file(far)).map(drop), refused, "{far}");
        }
    }

    // S-253
    #[test]
    fn what_is_no_address_of_a_server_is_refused_by_name() {
        for bad in [
            "",
            "http://127.0.0.1",
            "file:///etc/passwd",
            "127.0.0.1:7880",
            "ws://",
            "wss://:7880",
            "wss://user@host",
            "ws://127.0.0.1:7880@evil.example",
            "wss://host:port",
            "wss://host:99999",
            "wss://[::1",
            "wss://[host]",
            "wss://ho st",
            "wss//host",
        ] {
            let refused = Err(SeatError::BadAddress(bad.to_owned()));
            assert_eq!(SeatToken::parse(&file(bad)).map(drop), refused, "{bad}");
        }
        let sly = SeatToken::parse(&file(r"ws://127.0.0.1\\@8.8.8.8"));
        assert!(matches!(sly, Err(SeatError::BadAddress(_))));
        let several = r#"{"url":"wss://a.example","urls":["ws://b.example"],"token":"t","identity":"a","role":"guest"}"#;
        assert!(matches!(SeatToken::parse(several), Err(SeatError::NotEncrypted(_))));
    }

    // S-253
    #[test]
    fn what_is_wrong_with_a_file_is_said_without_a_word_of_its_token() {
        let whole = file("wss://a.example");
        for (wrong, said) in [
            (String::new(), "EOF"),
            ("{".to_owned(), "EOF"),
            ("[]".to_owned(), "invalid length"),
            (whole.replace("guest", "emperor"), "emperor"),
            (whole.replace(r#""identity":"ana","#, ""), "missing field `identity`"),
            (whole.replace(r#""token":"eyJa.b.c","#, ""), "missing field `token`"),
            (whole.replace(r#""url":"wss://a.example","#, ""), "missing field `url`"),
            (whole.replace(r#","role":"guest""#, ""), "missing field `role`"),
            (whole.replace(r#""guest""#, r#""eyJx.y.z""#), "eyJ…"),
        ] {
            let Err(SeatError::NotASeat(words)) = SeatToken::parse(&wrong) else { panic!("taken: {wrong}") };
            assert!(words.contains(said) && !words.contains("y.z"), "{words}");
        }
        assert_eq!(SeatToken::parse(&whole.replace("eyJa.b.c", "")), Err(SeatError::BadField("token")));
        assert_eq!(SeatToken::parse(&whole.replace("\"ana\"", "\"\"")), Err(SeatError::BadField("identity")));
        let large = SeatToken::parse(&whole.replace("ana", &"a".repeat(LARGEST)));
        assert!(matches!(large, Err(SeatError::TooLarge(_))));
    }

    #[test]
    fn a_seat_does_not_show_its_token() {
        let seat = SeatToken::parse(&file("wss://a.example")).unwrap();
        assert!(!format!("{seat:?}").contains("eyJ"));
    }
}
