//! Lines of a child's output, with an upper limit: what a foreign program prints is not ours to trust.

use std::io::{BufRead, BufReader, Read};

/// More of a line than this is thrown away, never passed on in a second piece: a token cut in two would not be
/// recognised as one.
const LONGEST: usize = 16 * 1024;

/// Calls `each` with every line, without its end and without empty ones, until the stream ends.
pub(crate) fn pump(stream: impl Read, mut each: impl FnMut(&str)) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut stream).take(LONGEST as u64).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let whole = line.last() == Some(&b'\n');
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end();
        if !text.is_empty() {
            each(text);
        }
        if !whole && stream.skip_until(b'\n').is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_loses_its_end_and_nothing_after_it() {
        let mut heard = Vec::new();
        let long = "x".repeat(LONGEST + 5);
        pump(format!("one\n\n{long}\nlast").as_bytes(), |line| heard.push(line.to_owned()));
        assert_eq!(heard, ["one", &"x".repeat(LONGEST), "last"]);
    }
}
