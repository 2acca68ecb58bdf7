//! Marks: `// S-8` or `// S-8 S-9`, alone on the line directly above a test's attribute.

/// A mark and the test under it.
#[derive(Debug, PartialEq)]
pub struct Mark {
    /// The requirements the test shows.
    pub numbers: Vec<u32>,
    /// The test's function name.
    pub test: String,
    /// The mark's line, counted from 1.
    pub line: usize,
}

/// The marks in a source text, and the lines of marks that no test follows.
pub fn read(source: &str) -> (Vec<Mark>, Vec<usize>) {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let (mut marks, mut dangling) = (Vec::new(), Vec::new());
    for (at, line) in lines.iter().enumerate() {
        let Some(numbers) = numbers(line) else { continue };
        match test_below(&lines[at + 1..]) {
            Some(test) => marks.push(Mark { numbers, test, line: at + 1 }),
            None => dangling.push(at + 1),
        }
    }
    (marks, dangling)
}

/// The number of `S-8`.
pub fn number(word: &str) -> Option<u32> {
    let digits = word.strip_prefix("S-")?;
    if digits.starts_with(|first: char| first.is_ascii_digit()) { digits.parse().ok() } else { None }
}

fn numbers(line: &str) -> Option<Vec<u32>> {
    let words: Vec<&str> = line.strip_prefix("// ")?.split(' ').collect();
    words.iter().map(|word| number(word)).collect()
}

fn test_below(lines: &[&str]) -> Option<String> {
    let attribute = lines.first()?;
    if !(attribute.starts_with("#[test]") || attribute.starts_with("#[tokio::test")) {
        return None;
    }
    let function = lines.iter().skip(1).find(|line| !line.starts_with("#["))?;
    let after = function.strip_prefix("async ").unwrap_or(function).strip_prefix("fn ")?;
    let end = after.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'))?;
    Some(after[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks are written with `@` here, or this file would seem to make claims.
    fn read(source: &str) -> (Vec<Mark>, Vec<usize>) {
        super::read(&source.replace('@', "//"))
    }

    fn mark(numbers: &[u32], test: &str, line: usize) -> Mark {
        Mark { numbers: numbers.to_vec(), test: test.into(), line }
    }

    #[test]
    fn marks_stand_directly_above_tests_of_every_kind() {
        let source = "\
@ S-8 S-11
#[test]
#[cfg(unix)]
fn a_newer_file_is_left_alone() {}

    @ S-9
    #[tokio::test(flavor = \"multi_thread\")]
    async fn a_guest_is_heard() {}

proptest! {
    @ S-222
    #[test]
    fn never_two_shows_at_once(events in any::<u8>()) {}
}
";
        let found = vec![
            mark(&[8, 11], "a_newer_file_is_left_alone", 1),
            mark(&[9], "a_guest_is_heard", 6),
            mark(&[222], "never_two_shows_at_once", 11),
        ];
        assert_eq!(read(source), (found, vec![]));
    }

    #[test]
    fn a_mark_over_anything_else_is_reported() {
        assert_eq!(read("@ S-8\n\n#[test]\nfn a() {}\n@ S-9\nfn b() {}\n").1, [1, 5]);
    }

    #[test]
    fn prose_about_a_number_is_no_mark() {
        assert_eq!(read("@ S-8 asks for this\n@/ S-9\n@ S-x\n@ S-+8\n"), (vec![], vec![]));
    }
}
