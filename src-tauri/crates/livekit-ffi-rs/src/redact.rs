//! Keeping tokens out of every text that leaves the crate.

use std::borrow::Cow;

/// How every join token begins: the encoded `{"`.
const TOKEN: &str = "eyJ";

/// Replaces each token in `text` by `eyJ…`. Text without one is returned as it is.
pub fn redact(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(TOKEN) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = rest.find(TOKEN) {
        out.push_str(&rest[..at]);
        out.push_str("eyJ…");
        rest = rest[at..].trim_start_matches(in_token);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Base64 in both alphabets, the dots between the parts, and the escapes of a URL.
fn in_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/' | '=' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_of_a_line_is_cut_and_the_rest_stays() {
        let line = "GET /rtc?access_token=eyJhbGciOi.eyJzdWIi.c2ln-_&sdk=rust refused: \"eyJ0.x\" (401)";
        assert_eq!(redact(line), "GET /rtc?access_token=eyJ…&sdk=rust refused: \"eyJ…\" (401)");
    }

    #[test]
    fn a_line_without_a_token_is_not_copied() {
        assert!(matches!(redact("connection refused"), Cow::Borrowed("connection refused")));
    }
}
