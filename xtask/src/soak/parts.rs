//! The parts of a soak: run one after the other, then told and judged together.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use crate::show::interrupt::Interrupt;

/// What one part of a soak came to.
pub trait Outcome {
    /// Nothing happened that must not happen.
    fn is_good(&self) -> bool;
    /// For the report.
    fn json(&self) -> Value;
    /// For a person.
    fn print(&self);
}

/// What those that were run came to, in their order.
#[derive(Default)]
pub struct Parts(Vec<(&'static str, Result<Box<dyn Outcome>>)>);

impl Parts {
    /// One more was run.
    pub fn add<T: Outcome + 'static>(&mut self, name: &'static str, part: Result<T>) {
        self.0.push((name, part.map(|outcome| Box::new(outcome) as Box<dyn Outcome>)));
    }

    /// The report, each part by its name in it.
    pub fn put_into(&self, mut report: Value) -> Value {
        for (name, part) in &self.0 {
            report[*name] = match part {
                Ok(outcome) => outcome.json(),
                Err(error) => json!({ "failed": format!("{error:#}") }),
            };
        }
        report
    }

    /// For a person.
    pub fn print(&self) {
        for (name, part) in &self.0 {
            match part {
                Ok(outcome) => outcome.print(),
                Err(error) => println!("{name}: could not go on: {error:#}"),
            }
        }
    }

    /// 0 when everything was survived, 1 when something was not, 130 when it was interrupted and all was well until then.
    pub fn exit(&self, interrupt: &Interrupt) -> ExitCode {
        let good = self.0.iter().all(|(_, part)| part.as_ref().is_ok_and(|outcome| outcome.is_good()));
        match (good, interrupt.came()) {
            (true, true) => ExitCode::from(130),
            (true, false) => ExitCode::SUCCESS,
            (false, _) => ExitCode::FAILURE,
        }
    }
}
