//! What was run, how long it took and what came out.

use anyhow::{Error, Result};
use std::time::{Duration, Instant};

use crate::run::Cmd;

/// Numbers of tests.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

/// Steps one after the other; the first that fails is the last.
#[derive(Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    counts: Counts,
    ok: bool,
}

impl Report {
    /// A step that holds or does not.
    pub(crate) fn check(&mut self, name: &str, run: impl FnOnce() -> Result<()>) -> Result<()> {
        self.step(name, || (Counts::default(), run()))
    }

    /// A step that runs tests and says how many.
    pub(crate) fn tests(&mut self, name: &str, tests: Cmd) -> Result<()> {
        self.step(name, || {
            let mut counts = Counts::default();
            let outcome = tests.tee(name, |line| counts.read(line));
            (counts, outcome)
        })
    }

    /// A step that counts what it did itself.
    pub(crate) fn counted(
        &mut self,
        name: &str,
        run: impl FnOnce() -> (Counts, Result<()>),
    ) -> Result<()> {
        self.step(name, run)
    }

    fn step(&mut self, name: &str, run: impl FnOnce() -> (Counts, Result<()>)) -> Result<()> {
        println!("── {name}");
        let start = Instant::now();
        let (mut counts, outcome) = run();
        if outcome.is_err() && counts.failed == 0 {
            // What failed was no test: the step itself.
            counts.failed = 1;
        }
        let step = Step {
            name: name.to_owned(),
            took: start.elapsed(),
            counts,
            ok: outcome.is_ok(),
        };
        println!("{}\n", step.line());
        self.steps.push(step);
        outcome.map_err(|error| in_step(name, &error))
    }

    /// One line for each step, then the sum of their tests.
    pub(crate) fn summary(&self) {
        println!("── summary");
        let mut total = Counts::default();
        let mut took = Duration::ZERO;
        for step in &self.steps {
            println!("{}", step.line());
            total.passed += step.counts.passed;
            total.failed += step.counts.failed;
            took += step.took;
        }
        println!("   {:>8}  in all", seconds(took));
        println!("{} passed, {} failed", total.passed, total.failed);
    }
}

fn in_step(name: &str, error: &Error) -> Error {
    anyhow::anyhow!("{name}: {error:#}")
}

impl Step {
    fn line(&self) -> String {
        let mark = if self.ok { "ok" } else { "FAILED" };
        let mut line = format!("   {:>8}  {:<34} {mark}", seconds(self.took), self.name);
        let Counts {
            passed,
            failed,
            skipped,
        } = self.counts;
        if passed + failed > 0 {
            line.push_str(&format!(", {passed} passed, {failed} failed"));
        }
        if skipped > 0 {
            line.push_str(&format!(", {skipped} skipped"));
        }
        line
    }
}

pub(crate) fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

impl Counts {
    /// Adds what a line of cargo's or node's test output tells.
    fn read(&mut self, line: &str) {
        if let Some((_, numbers)) = line.split_once("test result: ") {
            for part in numbers.split([';', '.']) {
                self.add(part.trim().split_once(' ').map(|(n, what)| (what, n)));
            }
        } else if let Some(summary) = line.strip_prefix("ℹ ") {
            self.add(summary.split_once(' '));
        }
    }

    fn add(&mut self, pair: Option<(&str, &str)>) {
        let Some((what, Ok(number))) = pair.map(|(what, n)| (what, n.parse::<u64>())) else {
            return;
        };
        match what {
            "passed" | "pass" => self.passed += number,
            // Node says "cancelled" of tests that a failed hook or a time limit kept from running.
            "failed" | "fail" | "cancelled" => self.failed += number,
            "ignored" | "skipped" | "todo" => self.skipped += number,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> (u64, u64, u64) {
        let mut counts = Counts::default();
        for line in lines {
            counts.read(line);
        }
        (counts.passed, counts.failed, counts.skipped)
    }

    #[test]
    fn cargo_results_are_summed() {
        let lines = [
            "running 5 tests",
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.42s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s",
        ];
        assert_eq!(read(&lines), (6, 3, 1));
    }

    #[test]
    fn node_results_are_read() {
        let lines = [
            "✔ a name that says 9 passed (1.2ms)",
            "ℹ tests 8",
            "ℹ suites 2",
            "ℹ pass 4",
            "ℹ fail 1",
            "ℹ cancelled 1",
            "ℹ skipped 2",
            "ℹ todo 0",
            "ℹ duration_ms 93.1",
        ];
        assert_eq!(read(&lines), (4, 2, 2));
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read(&["", "3 passed", "error: test failed"]), (0, 0, 0));
    }
}
