//! Texts from people: cleaned once, at the door.

use studio_wire::chat::MOST_CHARACTERS;
use studio_wire::device::OfferedDevice;
use studio_wire::fault::Fault;

/// Most characters of a show's title.
pub(crate) const TITLE: usize = 120;
/// Most characters of a person's name.
pub(crate) const NAME: usize = 64;
/// Most characters of a folder's path.
pub(crate) const PATH: usize = 4_096;

/// A title as it is kept, or the reason why it cannot be.
pub(crate) fn title(text: &str) -> Result<String, Fault> {
    let clean = clean(text);
    let fits = !clean.is_empty() && clean.chars().count() <= TITLE;
    if fits { Ok(clean) } else { Err(Fault::BadText { most: TITLE as u32 }) }
}

/// A name as it is shown: cut rather than refused, because nobody is there to be asked.
pub(crate) fn name(text: &str, fallback: &str) -> String {
    cut(text, NAME, fallback)
}

/// Another machine's name of a device as it is shown.
pub(crate) fn device(text: &str, fallback: &str) -> String {
    cut(text, OfferedDevice::NAME, fallback)
}

fn cut(text: &str, most: usize, fallback: &str) -> String {
    let cut = |text: &str| clean(text).chars().take(most).collect::<String>().trim_end().to_owned();
    let name = cut(text);
    if name.is_empty() { cut(fallback) } else { name }
}

/// A chat message as it is kept, or the reason why it cannot be.
pub(crate) fn message(text: &str) -> Result<String, Fault> {
    let clean = clean(text);
    let fits = !clean.is_empty() && clean.chars().count() <= MOST_CHARACTERS;
    if fits { Ok(clean) } else { Err(Fault::BadText { most: MOST_CHARACTERS as u32 }) }
}

/// The name that somebody gave a message: what cannot be one is none.
pub(crate) fn message_id(id: &str) -> Option<String> {
    let fits = !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| id.to_owned())
}

/// A file's name made of a title: what some file system forbids becomes a dash.
pub(crate) fn file_name(title: &str) -> String {
    let allowed = |c: char| if r#"/\:*?"<>|"#.contains(c) { '-' } else { c };
    let mut name: String = title.chars().map(allowed).collect();
    // 160 bytes leave room for a stamp, a segment and an ending within the 255 of every file system.
    while name.len() > 160 {
        name.pop();
    }
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if name.is_empty() { "Show".to_owned() } else { name.to_owned() }
}

/// Without control characters, without those that turn the direction of the text around them, and without more
/// than a few marks on one letter.
fn clean(text: &str) -> String {
    let spaced = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut marks = 0;
    let shown = |c: &char| {
        marks = if is_mark(*c) { marks + 1 } else { 0 };
        !c.is_control() && !hidden(*c) && marks <= MOST_MARKS
    };
    spaced.filter(shown).collect::<String>().trim().to_owned()
}

/// Combining marks on one letter: no writing needs more.
const MOST_MARKS: u32 = 3;

fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn hidden(c: char) -> bool {
    matches!(c,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_trimmed_cleaned_and_limited() {
        assert_eq!(title("  Late\nshow \u{202e}\u{7}✨ ").unwrap(), "Late show ✨");
        assert_eq!(title(&"é".repeat(120)).unwrap().chars().count(), 120);
        for bad in ["", " \t", "\u{202e}\u{2066}", &"x".repeat(121)] {
            assert_eq!(title(bad), Err(Fault::BadText { most: 120 }), "{bad:?}");
        }
    }

    #[test]
    fn letters_keep_their_accents_and_lose_their_towers() {
        let tower = format!("a{}b e\u{301}", "\u{0336}".repeat(10_000));
        assert_eq!(message(&tower).unwrap(), "a\u{336}\u{336}\u{336}b e\u{301}");
    }

    #[test]
    fn a_message_is_trimmed_and_an_empty_or_endless_one_is_refused() {
        assert_eq!(message("  hi \u{202e}there\n").unwrap(), "hi there");
        assert!(message(" \u{2066} ").is_err());
        assert!(message(&"x".repeat(1_001)).is_err());
        assert_eq!(message_id("a-1").as_deref(), Some("a-1"));
        assert_eq!((message_id(""), message_id(&"x".repeat(65)), message_id("a b")), (None, None, None));
    }

    #[test]
    fn a_name_is_cut_and_falls_back_to_the_identity() {
        assert_eq!(name(" Zoë ", "guest-1"), "Zoë");
        assert_eq!(name("\u{202e} ", "guest-1"), "guest-1");
        assert_eq!(name(&"n".repeat(90), "guest-1").len(), 64);
    }

    #[test]
    fn a_file_name_has_nothing_that_a_file_system_forbids() {
        assert_eq!(file_name("Q&A: part 1/2?"), "Q&A- part 1-2-");
        assert_eq!(file_name(".."), "Show");
        assert!(file_name(&"漢".repeat(120)).len() <= 160);
    }
}
