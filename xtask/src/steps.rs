//! Named steps with their wall time, and the table that is printed when all are done.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::tree::Tree;

/// The steps of one command, in the order they ran.
pub struct Steps {
    command: &'static str,
    done: Vec<(String, Duration)>,
}

impl Steps {
    /// No steps yet.
    pub fn new(command: &'static str) -> Self {
        Self { command, done: Vec::new() }
    }

    /// Announces `name`, does it, and keeps how long it took, also when it failed.
    pub fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("── {name}");
        let start = Instant::now();
        let result = work().with_context(|| name.to_owned());
        self.done.push((name.to_owned(), start.elapsed()));
        result
    }

    /// Prints the table to standard error and leaves it in the output folder for `.ci/run`.
    pub fn finish(self, tree: &Tree) -> Result<()> {
        let table = self.table();
        eprint!("\n{table}");
        std::fs::create_dir_all(&tree.target)?;
        let file = tree.target.join(format!("minutes-{}.txt", self.command));
        std::fs::write(&file, table).with_context(|| format!("writing {}", file.display()))
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

    #[test]
    fn a_failed_step_is_named_and_still_timed() {
        let mut steps = Steps::new("check");
        let failed = steps.step("format", || -> Result<()> { anyhow::bail!("two files differ") });
        assert_eq!(format!("{:#}", failed.unwrap_err()), "format: two files differ");
        assert!(steps.table().contains("format\n"));
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let steps = Steps {
            command: "test",
            done: vec![("one".into(), Duration::from_secs(90)), ("two".into(), Duration::from_secs(30))],
        };
        assert_eq!(
            steps.table(),
            "minutes  cargo xtask test\n    1.5  one\n    0.5  two\n    2.0  in all\n"
        );
    }
}
