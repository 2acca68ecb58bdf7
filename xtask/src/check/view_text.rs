//! Words in a view: every text a person reads or hears comes from `ui/locales`.
//!
//! Inside `view! { … }` a string literal is text where a child stands, and where it is the value
//! of an attribute that is read out or shown. Signs without letters (`·`, `–`, `:`) are allowed,
//! and so is everything inside a `(…)` child, which is an expression: there literals are keys.

use super::tokens::{self, Token};

/// Attributes of elements and properties of components that people read.
const READ: &[&str] = &[
    "alt",
    "caption",
    "description",
    "detail",
    "heading",
    "hint",
    "label",
    "legend",
    "placeholder",
    "summary",
    "text",
    "title",
    "tooltip",
    "aria-description",
    "aria-label",
    "aria-placeholder",
    "aria-roledescription",
    "aria-valuetext",
];

/// A literal text in a view.
#[derive(Debug, PartialEq)]
pub struct Literal {
    /// Its line, counted from 1.
    pub line: usize,
    /// The text, with the attribute it belongs to.
    pub what: String,
}

/// All literal texts in the views of a source file, but those of its tests.
pub fn find(source: &str) -> Vec<Literal> {
    let tokens = tokens::of(source);
    let (mut at, mut found) = (0, Vec::new());
    while at < tokens.len() {
        match &tokens[at..] {
            [(Token::Word(view), _), (Token::Mark('!'), _), (Token::Mark('{' | '('), _), ..]
                if view == "view" =>
            {
                children(&tokens, at + 3, &mut found);
            }
            rest => {
                if let Some(body) = tests_open(rest) {
                    at = closing(&tokens, at + body);
                    continue;
                }
            }
        }
        at += 1;
    }
    found
}

/// How far the `{` of `#[cfg(test)] mod NAME {` is, if `tokens` begins with that.
fn tests_open(tokens: &[(Token, usize)]) -> Option<usize> {
    let words = tokens.iter().take(10).map(|(token, _)| match token {
        Token::Word(word) | Token::Text(word) => word.clone(),
        Token::Mark(mark) => mark.to_string(),
    });
    let words: Vec<String> = words.collect();
    let opens = words.len() == 10 && words[..8].concat() == "#[cfg(test)]mod" && words[9] == "{";
    opens.then_some(9)
}

/// Reads children up to the bracket that ends them; returns the place behind it.
fn children(tokens: &[(Token, usize)], mut at: usize, found: &mut Vec<Literal>) -> usize {
    while let Some((token, line)) = tokens.get(at) {
        match token {
            Token::Mark('}' | ')') => return at + 1,
            Token::Mark('{') => at = children(tokens, at + 1, found),
            // Behind a name the bracket holds attributes, otherwise it is an expression.
            Token::Mark('(') if matches!(tokens[at - 1].0, Token::Word(_)) => {
                at = attributes(tokens, at + 1, found)
            }
            Token::Mark('(') => at = closing(tokens, at),
            Token::Text(text) if has_letters(text) => {
                found.push(Literal { line: *line, what: format!("\"{text}\"") });
                at += 1;
            }
            _ => at += 1,
        }
    }
    at
}

fn attributes(tokens: &[(Token, usize)], mut at: usize, found: &mut Vec<Literal>) -> usize {
    let mut name = String::new();
    while let Some((token, line)) = tokens.get(at) {
        match token {
            Token::Mark(')') => return at + 1,
            Token::Mark('(' | '{' | '[') => at = closing(tokens, at),
            Token::Mark(',' | ':') => {
                name.clear();
                at += 1;
            }
            Token::Mark('=') => {
                if let Some((Token::Text(text), _)) = tokens.get(at + 1)
                    && READ.contains(&name.as_str())
                    && has_letters(text)
                {
                    found.push(Literal { line: *line, what: format!("{name}=\"{text}\"") });
                }
                // What follows is the value, up to the next comma.
                name.clear();
                at += 1;
            }
            Token::Word(word) => {
                name.push_str(word);
                at += 1;
            }
            Token::Mark('-') => {
                name.push('-');
                at += 1;
            }
            _ => at += 1,
        }
    }
    at
}

/// The place behind the bracket that closes the one at `at`.
fn closing(tokens: &[(Token, usize)], at: usize) -> usize {
    let mut depth = 0usize;
    for (offset, (token, _)) in tokens[at..].iter().enumerate() {
        match token {
            Token::Mark('(' | '{' | '[') => depth += 1,
            Token::Mark(')' | '}' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + offset + 1;
        }
    }
    tokens.len()
}

fn has_letters(text: &str) -> bool {
    // `\u{2014}` is a sign, though its number has letters.
    let mut rest = text;
    while let Some((before, escaped)) = rest.split_once("\\u{") {
        if before.chars().any(char::is_alphabetic) {
            return true;
        }
        rest = escaped.split_once('}').map_or("", |(_, after)| after);
    }
    rest.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(source: &str) -> Vec<String> {
        find(source).into_iter().map(|literal| literal.what).collect()
    }

    #[test]
    fn text_children_and_read_attributes_are_found() {
        let source = "
            view! {
                div(class=\"row\", title=\"Mute\") {
                    \"Go live\"
                    span(aria-label=\"Level\") { (level) }
                    Button(label=\"End\".to_string(), kind=Kind::Danger) {}
                    input(r#type=\"text\", placeholder=\"Name\")
                }
            }";
        assert_eq!(
            whats(source),
            [
                "title=\"Mute\"",
                "\"Go live\"",
                "aria-label=\"Level\"",
                "label=\"End\"",
                "placeholder=\"Name\""
            ]
        );
        assert_eq!(find(source)[1].line, 4);
    }

    #[test]
    fn keys_names_and_signs_are_left_alone() {
        let source = "
            let name = \"outside a view\";
            view! {
                // \"a comment\"
                p(class=\"quiet\", data-kind=\"label\", title=tr(\"mute\"), on:click=move |_| go(\"x\")) {
                    (tr(\"go-live\")) \" · \" \"\\u{2014}\" (if on { \"a\" } else { \"b\" })
                }
            }";
        assert_eq!(whats(source), [] as [&str; 0]);
    }

    #[test]
    fn a_view_inside_an_expression_is_read_once() {
        let source = "view! { div { (match x { _ => view! { b { \"Live\" } } }) } }";
        assert_eq!(whats(source), ["\"Live\""]);
    }

    #[test]
    fn views_of_tests_may_say_what_they_like() {
        let source =
            "#[cfg(test)] mod tests { fn a() { view! { p { \"Hi\" } } } } fn b() { view! { p { \"Ho\" } } }";
        assert_eq!(whats(source), ["\"Ho\""]);
    }

    #[test]
    fn a_view_in_round_brackets_and_a_file_that_ends_early_are_read() {
        assert_eq!(whats("view!( p { \"Hello\" } )"), ["\"Hello\""]);
        assert_eq!(whats("view! { p { \"Hello\""), ["\"Hello\""]);
    }
}
