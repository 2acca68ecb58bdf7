//! As much of Rust's grammar as a lint needs: words, strings, brackets; no comments, no chars.

/// A piece of source.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name or a number; `r#for` is `for`.
    Word(String),
    /// What a string literal holds, escapes as written.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// The tokens of `source`, each with its line, counted from 1.
pub fn of(source: &str) -> Vec<(Token, usize)> {
    let letters: Vec<char> = source.chars().collect();
    let mut scan = Scan { letters: &letters, at: 0, line: 1, found: Vec::new() };
    while scan.at < letters.len() {
        scan.next();
    }
    scan.found
}

struct Scan<'a> {
    letters: &'a [char],
    at: usize,
    line: usize,
    found: Vec<(Token, usize)>,
}

impl Scan<'_> {
    fn next(&mut self) {
        let rest = &self.letters[self.at..];
        match rest {
            ['/', '/', ..] => self.skip_while(|letter| letter != '\n'),
            ['/', '*', ..] => self.skip_comment(),
            ['r', '#', letter, ..] if is_word(*letter) => self.advance(2),
            ['r', '"' | '#', ..] => self.raw(1),
            ['b', 'r', '"' | '#', ..] => self.raw(2),
            ['b', '"', ..] => self.string(1),
            ['"', ..] => self.string(0),
            ['\'', '\\', ..] => self.skip_char(),
            ['\'', _, '\'', ..] => self.advance(3),
            ['\'', ..] => self.advance(1),
            [letter, ..] if is_word(*letter) => self.word(),
            [letter, ..] if letter.is_whitespace() => self.advance(1),
            [letter, ..] => self.push(Token::Mark(*letter), 1),
            [] => {}
        }
    }

    fn push(&mut self, token: Token, length: usize) {
        self.found.push((token, self.line));
        self.advance(length);
    }

    fn advance(&mut self, length: usize) {
        let end = (self.at + length).min(self.letters.len());
        self.line += self.letters[self.at..end].iter().filter(|letter| **letter == '\n').count();
        self.at = end;
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        let length = self.letters[self.at..].iter().take_while(|letter| wanted(**letter)).count();
        self.advance(length);
    }

    fn skip_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.letters.len() {
            let (deeper, length) = match &self.letters[self.at..] {
                ['/', '*', ..] => (1, 2),
                ['*', '/', ..] => (-1, 2),
                _ => (0, 1),
            };
            depth += deeper;
            self.advance(length);
            if depth == 0 {
                return;
            }
        }
    }

    /// From the quote to the one that is not escaped: `'\''`, `'\u{2014}'`.
    fn skip_char(&mut self) {
        self.advance(3);
        self.skip_while(|letter| letter != '\'');
        self.advance(1);
    }

    fn string(&mut self, prefix: usize) {
        let start = self.at + prefix + 1;
        let mut end = start;
        while end < self.letters.len() && self.letters[end] != '"' {
            end += if self.letters[end] == '\\' { 2 } else { 1 };
        }
        self.text(start, end, 1);
    }

    fn raw(&mut self, prefix: usize) {
        let hashes = self.letters[self.at + prefix..].iter().take_while(|letter| **letter == '#').count();
        let start = self.at + prefix + hashes + 1;
        let closes = |end: usize| {
            self.letters[end] == '"'
                && self.letters[end + 1..].iter().take(hashes).filter(|letter| **letter == '#').count()
                    == hashes
        };
        let end = (start..self.letters.len()).find(|end| closes(*end)).unwrap_or(self.letters.len());
        self.text(start, end, 1 + hashes);
    }

    fn text(&mut self, start: usize, end: usize, closing: usize) {
        let end = end.min(self.letters.len());
        let text = self.letters[start.min(end)..end].iter().collect();
        self.push(Token::Text(text), end + closing - self.at);
    }

    fn word(&mut self) {
        let word: String = self.letters[self.at..].iter().take_while(|letter| is_word(**letter)).collect();
        let length = word.chars().count();
        self.push(Token::Word(word), length);
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<(String, usize)> {
        let text = |(token, line)| match token {
            Token::Text(text) => Some((text, line)),
            _ => None,
        };
        of(source).into_iter().filter_map(text).collect()
    }

    #[test]
    fn strings_are_found_in_all_their_forms_and_nowhere_else() {
        let source = "// \"no\"\n/* \"no /* \"no\" */ */ \"a\\\"b\"\nr#\"c\"d\"# b\"e\" '\"' '\\'' \"f\" r#for 'life \"g\"";
        let found = texts(source);
        assert_eq!(
            found,
            [("a\\\"b", 2), ("c\"d", 3), ("e", 3), ("f", 3), ("g", 3)]
                .map(|(text, line)| (text.into(), line))
        );
    }

    #[test]
    fn a_string_over_lines_leaves_the_count_right() {
        assert_eq!(texts("\"a\nb\"\n\"c\""), [("a\nb".into(), 1), ("c".into(), 3)]);
    }

    #[test]
    fn source_that_ends_in_the_middle_ends_the_scan() {
        for source in ["\"open", "r#\"open", "/* open", "'\\", "r", "\"\\"] {
            of(source);
        }
    }
}
