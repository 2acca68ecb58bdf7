//! `cargo xtask coverage`: which requirement is shown by which passing test.
//!
//! A comment line of numbers directly above a test's attribute says what the test shows. The marks
//! are joined with the results of the last `cargo xtask test`. **A number in `tests/coverage.txt`
//! without a mark, or with a mark on a test that did not pass, fails.**

mod marks;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::test::results::Results;
use crate::tree::Tree;
use crate::{files, shell};

/// `cargo xtask coverage`.
pub fn command(tree: &Tree, arguments: &[String]) -> Result<ExitCode> {
    ensure!(arguments.is_empty(), "coverage takes no arguments");
    let claimed =
        claimed(&fs::read_to_string(tree.root.join("tests/coverage.txt")).context("tests/coverage.txt")?)?;
    let results = Results::load(tree)?;
    let mut wrong = Vec::new();
    let mut shown: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for target in targets(tree)? {
        for file in &target.files {
            let (found, dangling) = marks::read(&fs::read_to_string(file)?);
            let place = |line: usize| format!("{}:{line}", tree.show(file));
            wrong.extend(
                dangling.iter().map(|line| format!("{}: a mark without a test under it", place(*line))),
            );
            for mark in found {
                let verdicts = target.binaries.iter().filter_map(|binary| results.holds(binary, &mark.test));
                match verdicts.reduce(|all, one| all && one) {
                    Some(true) => mark.numbers.iter().for_each(|number| {
                        shown.entry(*number).or_default().insert(format!(
                            "{}  {}",
                            mark.test,
                            place(mark.line)
                        ));
                    }),
                    Some(false) => wrong.push(format!("{}: {} did not pass", place(mark.line), mark.test)),
                    None => wrong.push(format!("{}: {} was not run", place(mark.line), mark.test)),
                }
            }
        }
    }
    for (number, tests) in &shown {
        let claim = if claimed.contains(number) { "" } else { "  (not in tests/coverage.txt)" };
        println!("S-{number}{claim}");
        tests.iter().for_each(|test| println!("    {test}"));
    }
    let missing = claimed.iter().filter(|number| !shown.contains_key(number));
    wrong.extend(missing.map(|number| format!("S-{number} is claimed and no passing test shows it")));
    wrong.iter().for_each(|line| eprintln!("{line}"));
    eprintln!(
        "{} of {} claimed requirements shown",
        claimed.len() - unshown(&claimed, &shown),
        claimed.len()
    );
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn unshown<T>(claimed: &BTreeSet<u32>, shown: &BTreeMap<u32, T>) -> usize {
    claimed.iter().filter(|number| !shown.contains_key(number)).count()
}

fn claimed(text: &str) -> Result<BTreeSet<u32>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| marks::number(line).with_context(|| format!("tests/coverage.txt: {line} is no S-number")))
        .collect()
}

/// Source files, and the test binaries that they may be compiled into.
struct Target {
    files: Vec<PathBuf>,
    binaries: Vec<String>,
}

/// What cargo builds: each package's sources with its library and binaries, and each of its tests.
fn targets(tree: &Tree) -> Result<Vec<Target>> {
    let said = shell::read(tree.cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&said)?;
    let mut found = Vec::new();
    for package in array(&metadata, "packages") {
        let mut sources = Target { files: Vec::new(), binaries: Vec::new() };
        for target in array(package, "targets") {
            let name = target["name"].as_str().context("a target has a name")?.replace('-', "_");
            let path = Path::new(target["src_path"].as_str().context("a target has a path")?);
            let folder = path.parent().context("a source lies in a folder")?;
            let kinds: Vec<&str> = array(target, "kind").iter().filter_map(Value::as_str).collect();
            if kinds.contains(&"test") {
                // `tests/name.rs` stands for itself; `tests/name/main.rs` has modules beside it.
                let own = path.file_name().is_some_and(|file| file == "main.rs");
                let files = if own { files::with_extension(folder, "rs")? } else { vec![path.to_path_buf()] };
                found.push(Target { files, binaries: vec![name] });
            } else if kinds.iter().any(|kind| matches!(*kind, "lib" | "bin")) {
                sources.files.extend(files::with_extension(folder, "rs")?);
                sources.binaries.push(name);
            }
        }
        sources.files.sort();
        sources.files.dedup();
        found.push(sources);
    }
    Ok(found)
}

fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::claimed;

    #[test]
    fn a_claim_is_a_number_per_line() {
        assert_eq!(
            claimed("# since migration 1\nS-8\n\nS-5\n").unwrap().into_iter().collect::<Vec<_>>(),
            [5, 8]
        );
        assert!(claimed("S-8 S-9").is_err());
    }
}
