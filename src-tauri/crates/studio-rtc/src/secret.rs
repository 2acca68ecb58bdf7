//! What must never be read by anybody: a type that does not show it, and a filter for foreign words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text whose `Debug` shows nothing of it. It is written only where [`Secret::expose`] is called, and crosses a
/// process border only over the keeper's socket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A random one of `bytes` × 2 hexadecimal digits, from the system's generator.
    pub fn random(bytes: usize) -> std::io::Result<Self> {
        let mut raw = vec![0_u8; bytes];
        let mut filled = 0;
        while filled < raw.len() {
            filled += rustix::rand::getrandom(&mut raw[filled..], rustix::rand::GetRandomFlags::empty())?;
        }
        Ok(Self(raw.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// The text itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The words with every token (`eyJ…`) in them replaced by `eyJ…`. For lines of the server and the library, both of
/// which print the whole token of a refused join.
pub fn redact(words: &str) -> String {
    const HEAD: &str = "eyJ";
    let mut kept = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find(HEAD) {
        kept.push_str(&rest[..at]);
        kept.push_str("eyJ…");
        let tail = &rest[at + HEAD.len()..];
        let end = tail.find(|letter| !is_token(letter)).unwrap_or(tail.len());
        // What was redacted before stays as it is.
        rest = tail[end..].strip_prefix('…').unwrap_or(&tail[end..]);
    }
    kept.push_str(rest);
    kept
}

/// [`redact`], and these secrets as well.
pub fn redact_all(words: &str, secrets: &[&Secret]) -> String {
    let mut words = redact(words);
    for secret in secrets.iter().filter(|secret| !secret.0.is_empty()) {
        if words.contains(&secret.0) {
            words = words.replace(&secret.0, "…");
        }
    }
    words
}

/// Letters of a JSON Web Token; `%` because it may be quoted inside an address.
fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '=' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_cut_from_a_line_wherever_it_stands() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJob3N0In0.c2lnbmF0dXJl-_x";
        for (line, left) in [
            (token.to_owned(), "eyJ…".to_owned()),
            (format!("GET /rtc?access_token={token}&v=1"), "GET /rtc?access_token=eyJ…&v=1".to_owned()),
            (format!("{{\"token\":\"{token}\"}}"), "{\"token\":\"eyJ…\"}".to_owned()),
            (format!("two {token}, {token}."), "two eyJ…, eyJ…".to_owned()),
            ("again: eyJ….".to_owned(), "again: eyJ….".to_owned()),
            ("nothing here, só nada".to_owned(), "nothing here, só nada".to_owned()),
        ] {
            assert_eq!(redact(&line), left);
        }
    }

    #[test]
    fn a_known_secret_is_cut_as_well() {
        let secret = Secret::new("0123abcd");
        assert_eq!(redact_all("key 0123abcd: eyJx.y.z", &[&secret]), "key …: eyJ…");
        assert_eq!(redact_all("as it is", &[&Secret::new("")]), "as it is");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Some(Secret::new("hush"))), "Some(Secret(…))");
    }

    #[test]
    fn random_secrets_have_the_length_asked_for_and_differ() {
        let (one, other) = (Secret::random(32).unwrap(), Secret::random(32).unwrap());
        assert_eq!(one.expose().len(), 64);
        assert_ne!(one, other);
    }
}
