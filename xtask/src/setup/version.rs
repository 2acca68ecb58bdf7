//! Reading a version out of what a program says about itself.

/// The first `MAJOR.MINOR` in `text`: `go version go1.26.8 linux/amd64` is (1, 26).
pub fn first(text: &str) -> Option<(u32, u32)> {
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (major, after) = number(&rest[start..])?;
        if let Some((minor, _)) = after.strip_prefix('.').and_then(number) {
            return Some((major, minor));
        }
        rest = after;
    }
    None
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_version_is_found_in_what_programs_say() {
        for (text, version) in [
            ("go version go1.26.8 linux/amd64", Some((1, 26))),
            ("go version go1.21rc2 linux/arm64", Some((1, 21))),
            ("Python 3.11.2", Some((3, 11))),
            ("livekit-server version 1.13.5", Some((1, 13))),
            ("tool 7 of release 2.10", Some((2, 10))),
            ("no version at all", None),
            ("3", None),
        ] {
            assert_eq!(first(text), version, "{text}");
        }
    }

    #[test]
    fn versions_compare_by_number_and_not_by_letter() {
        assert!(first("go1.9") < first("go1.21"));
    }
}
