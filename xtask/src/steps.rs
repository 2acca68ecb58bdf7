//! Named steps with their wall time, and the table that is printed when all are done.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::tree::Tree;

/// The steps of one command, in the order they ran.
pub struct Steps {
    command: &'static str,
    file: PathBuf,
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// No steps yet. The table will lie in the output folder, where `.ci/run` reads it.
    pub fn new(tree: &Tree, command: &'static str) -> Result<Self> {
        fs::create_dir_all(&tree.target).with_context(|| format!("creating {}", tree.target.display()))?;
        Ok(Self { command, file: tree.target.join(format!("minutes-{command}.txt")), done: Vec::new() })
    }

    /// Announces `name`, does it, and keeps how long it took, also when it failed.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("── {name}");
        let start = Instant::now();
        let result = work().with_context(|| name.to_owned());
        self.done.push((name.to_owned(), start.elapsed()));
        fs::write(&self.file, self.table()).with_context(|| format!("writing {}", self.file.display()))?;
        result
    }

    /// Prints the table to standard error.
    pub fn finish(self) {
        eprint!("\n{}", self.table());
    }

    fn table(&self) -> String {
        let total: Duration = self.done.iter().map(|(_, took)| *took).sum();
        let mut table = format!("minutes  cargo xtask {}\n", self.command);
        for (name, took) in &self.done {
            table.push_str(&format!("{:7.1}  {name}\n", minutes(*took)));
        }
        table.push_str(&format!("{:7.1}  in all\n", minutes(total)));
        table
    }
}

fn minutes(time: Duration) -> f64 {
    time.as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(folder: &std::path::Path) -> Steps {
        Steps { command: "check", file: folder.join("minutes-check.txt"), done: Vec::new() }
    }

    #[test]
    fn a_failed_step_is_named_and_still_on_the_table() {
        let folder = tempfile::tempdir().unwrap();
        let mut steps = steps(folder.path());
        let failed = steps.step("format", || -> Result<()> { anyhow::bail!("two files differ") });
        assert_eq!(format!("{:#}", failed.unwrap_err()), "format: two files differ");
        assert!(fs::read_to_string(&steps.file).unwrap().contains("format\n"));
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let mut steps = steps(std::path::Path::new(""));
        steps.done = vec![("one".into(), Duration::from_secs(90)), ("two".into(), Duration::from_secs(30))];
        assert_eq!(
            steps.table(),
            "minutes  cargo xtask check\n    1.5  one\n    0.5  two\n    2.0  in all\n"
        );
    }
}
