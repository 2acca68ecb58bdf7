//! What each test ended with, read from the lines that the test binaries print.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::tree::Tree;

/// What became of one test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It ran and held.
    Passed,
    /// It ran and did not.
    Failed,
    /// It is marked to be left out.
    Ignored,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "ok",
            Outcome::Failed => "FAILED",
            Outcome::Ignored => "ignored",
        }
    }

    fn read(text: &str) -> Option<Self> {
        // `ignored, because …` and `ok <0.1s>` carry more behind the word.
        let word = text.split([' ', ',']).next()?;
        [Outcome::Passed, Outcome::Failed, Outcome::Ignored]
            .into_iter()
            .find(|outcome| outcome.word() == word)
    }
}

/// Every test of a run: binary (crate or test target) and path within it, and its outcome.
#[derive(Debug, Default)]
pub struct Results {
    tests: BTreeMap<(String, String), Outcome>,
    /// A binary that ended without its closing line, or whose line and tests disagree.
    broken: Vec<String>,
    cargo_was_content: bool,
}

impl Results {
    /// The names of the tests that held.
    pub fn passed(&self) -> impl Iterator<Item = String> {
        self.with(Outcome::Passed)
    }

    /// The names of those that did not, and of binaries that ended in the middle.
    pub fn failed(&self) -> impl Iterator<Item = String> {
        self.with(Outcome::Failed).chain(self.broken.iter().cloned())
    }

    fn with(&self, wanted: Outcome) -> impl Iterator<Item = String> {
        let tests = self.tests.iter().filter(move |(_, outcome)| **outcome == wanted);
        tests.map(|((binary, test), _)| format!("{binary} {test}"))
    }

    /// Whether everything held, in cargo's eyes too.
    pub fn is_good(&self) -> bool {
        self.cargo_was_content && self.failed().next().is_none()
    }

    /// Whether `binary` has a test with this path, or one that ends in `::name`, and all such held.
    pub fn holds(&self, binary: &str, name: &str) -> Option<bool> {
        let ends = |test: &str| test == name || test.rsplit("::").next() == Some(name);
        let outcomes: Vec<Outcome> = self
            .tests
            .iter()
            .filter(|((of, test), _)| of == binary && ends(test))
            .map(|(_, outcome)| *outcome)
            .collect();
        if outcomes.is_empty() {
            None
        } else {
            Some(outcomes.iter().all(|outcome| *outcome == Outcome::Passed))
        }
    }

    /// Writes the results into the output folder; those of a narrowed run join the ones there.
    pub fn keep(&self, tree: &Tree, whole: bool) -> Result<()> {
        let mut all = if whole { Results::default() } else { Results::load(tree).unwrap_or_default() };
        all.tests.extend(self.tests.clone());
        let file = file(tree);
        fs::write(&file, format!("{:#}\n", all.to_json()))
            .with_context(|| format!("writing {}", file.display()))
    }

    /// The results that the last runs left.
    pub fn load(tree: &Tree) -> Result<Self> {
        let file = file(tree);
        let text = fs::read_to_string(&file)
            .with_context(|| format!("reading {}; cargo xtask test writes it", file.display()))?;
        Self::from_json(&serde_json::from_str(&text)?)
            .with_context(|| format!("{} has another shape", file.display()))
    }

    fn to_json(&self) -> Value {
        let mut binaries = Map::new();
        for ((binary, test), outcome) in &self.tests {
            let tests = binaries.entry(binary.clone()).or_insert_with(|| json!({}));
            tests[test] = json!(outcome.word());
        }
        json!({ "schema": 1, "binaries": binaries })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let mut results = Self::default();
        for (binary, tests) in value.get("binaries")?.as_object()? {
            for (test, outcome) in tests.as_object()? {
                results.tests.insert((binary.clone(), test.clone()), Outcome::read(outcome.as_str()?)?);
            }
        }
        Some(results)
    }
}

fn file(tree: &Tree) -> PathBuf {
    tree.target.join("test-results.json")
}

/// How cargo has to start a test binary: each says its path on the output that its tests are read
/// from, so that nothing depends on how two outputs come together.
pub const RUNNER: &str = r#"target.'cfg(all())'.runner = ["sh", "-c", 'echo "binary $0"; exec "$0" "$@"']"#;

/// Reads a run line by line.
#[derive(Default)]
pub struct Reader {
    results: Results,
    binary: Option<Binary>,
}

/// What was read of the binary that runs.
#[derive(Default)]
struct Binary {
    name: String,
    /// A test whose outcome is not on the line of its name: something printed in between.
    open: Option<String>,
    counted: (usize, usize),
    /// A closing line that does not agree.
    said: Option<(usize, usize)>,
    /// It tells what failed, in which a test may repeat a whole run of its own.
    telling: bool,
}

impl Reader {
    /// Takes in the next line of output.
    pub fn line(&mut self, line: &str) {
        if let Some(name) = binary_of(line) {
            self.end_of_binary();
            self.binary = Some(Binary { name, ..Binary::default() });
            return;
        }
        let Some(binary) = &mut self.binary else { return };
        if line.starts_with("test result: ") {
            let said = (before(line, " passed"), before(line, " failed"));
            if said == binary.counted {
                self.binary = None;
            } else {
                binary.said = Some(said);
            }
        } else if line == "failures:" {
            binary.telling = true;
        } else if let Some((test, outcome)) = binary.line(line) {
            self.results.tests.insert((binary.name.clone(), test), outcome);
        }
    }

    /// The run is over; `content` is cargo's own verdict.
    pub fn finish(mut self, content: bool) -> Results {
        self.end_of_binary();
        self.results.cargo_was_content = content;
        self.results
    }

    fn end_of_binary(&mut self) {
        let Some(Binary { name, open, counted, said, .. }) = self.binary.take() else { return };
        self.results.broken.push(match said {
            Some(said) => format!("{name} (it counts {said:?} passed and failed, its lines {counted:?})"),
            None => {
                let during = open.map(|test| format!(" during {test}")).unwrap_or_default();
                format!("{name} (it ended{during} without its closing line)")
            }
        });
    }
}

impl Binary {
    /// A test and its outcome, if this line is the one that says it.
    fn line(&mut self, line: &str) -> Option<(String, Outcome)> {
        if self.telling {
            return None;
        }
        let (test, outcome) = match line.strip_prefix("test ").and_then(|line| line.split_once(" ... ")) {
            Some((test, rest)) => {
                let outcome = Outcome::read(rest);
                self.open = outcome.is_none().then(|| test.to_owned());
                (test.to_owned(), outcome?)
            }
            None => {
                let outcome = Outcome::read(line)?;
                (self.open.take()?, outcome)
            }
        };
        match outcome {
            Outcome::Passed => self.counted.0 += 1,
            Outcome::Failed => self.counted.1 += 1,
            Outcome::Ignored => {}
        }
        Some((test.trim_end_matches(" - should panic").to_owned(), outcome))
    }
}

/// The binary that [`RUNNER`] announces: `binary target/debug/deps/main-0123456789abcdef`.
fn binary_of(line: &str) -> Option<String> {
    let file = line.strip_prefix("binary ")?.rsplit('/').next()?;
    Some(file.rsplit_once('-')?.0.to_owned())
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> usize {
    let number = line.split_once(word).and_then(|(before, _)| before.rsplit(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(output: &str, content: bool) -> Results {
        let mut reader = Reader::default();
        output.lines().for_each(|line| reader.line(line));
        reader.finish(content)
    }

    const GOOD: &str = "\
binary target/debug/deps/studio_core-53a8b5cbfae6d1fe

running 3 tests
test broadcast::tests::an_ended_show_is_idle ... ok
test access::tests::later ... ignored, needs a camera
test journeys are not listed here
test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

binary /t/debug/deps/journeys-d1fe53a8b5cbfae6

running 1 test
test a_guest_is_seen ... openbox: cannot say
ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 4.01s

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn each_test_is_kept_under_its_binary_even_when_something_prints_in_between() {
        let results = read(GOOD, true);
        assert!(results.is_good(), "{results:?}");
        assert_eq!(
            results.passed().collect::<Vec<_>>(),
            ["journeys a_guest_is_seen", "studio_core broadcast::tests::an_ended_show_is_idle"]
        );
        assert_eq!(results.holds("studio_core", "an_ended_show_is_idle"), Some(true));
        assert_eq!(results.holds("studio_core", "later"), Some(false), "an ignored test shows nothing");
        assert_eq!(results.holds("journeys", "later"), None);
    }

    #[test]
    fn a_binary_that_dies_in_the_middle_is_a_failure() {
        let results = read("binary t/deps/lane-1\ntest a ... ok\ntest b ... ", false);
        assert!(!results.is_good());
        assert_eq!(
            results.failed().collect::<Vec<_>>(),
            ["lane (it ended during b without its closing line)"]
        );
    }

    #[test]
    fn a_count_that_disagrees_with_the_lines_is_a_failure() {
        let results = read("binary t/deps/lane-1\ntest a ... ok\ntest result: ok. 2 passed; 0 failed;", true);
        assert_eq!(results.failed().count(), 1);
        assert!(!results.is_good());
    }

    #[test]
    fn a_failure_that_tells_of_a_run_of_its_own_counts_once() {
        let results = read(
            "binary t/deps/lane-1\nrunning 2 tests\ntest a ... ok\ntest b ... FAILED\n\nfailures:\n\n---- b stdout ----\n\
             running 1 test\ntest c ... FAILED\n\nfailures:\n\nfailures:\n    c\n\n\
             test result: FAILED. 0 passed; 1 failed; 0 ignored\n\n\nfailures:\n    b\n\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored\n\nrunning 0 tests\n\n\
             test result: ok. 0 passed; 0 failed; 0 ignored\n",
            false,
        );
        assert_eq!(results.failed().collect::<Vec<_>>(), ["lane b"]);
        assert_eq!(results.passed().collect::<Vec<_>>(), ["lane a"]);
    }

    #[test]
    fn cargos_own_failure_counts_when_every_line_is_green() {
        assert!(!read(GOOD, false).is_good());
    }

    #[test]
    fn results_survive_the_file() {
        let results = read(GOOD, true);
        assert_eq!(Results::from_json(&results.to_json()).unwrap().tests, results.tests);
    }
}
