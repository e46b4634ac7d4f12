//! What the output of a step tells of its tests.

/// Numbers of tests, and what else is told of them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    /// Why tests were skipped.
    pub(super) reasons: Vec<String>,
    pub(super) slow: Vec<Slow>,
}

/// A test that took long.
#[derive(Debug, PartialEq)]
pub(super) struct Slow {
    pub(super) seconds: f64,
    pub(super) name: String,
}

impl Counts {
    /// Adds what a line of cargo's or node's test output tells, or one of ours: `skipped because: <reason>`, and
    /// `slowest: <seconds> s <name>`.
    pub(super) fn read(&mut self, line: &str) {
        if let Some((_, numbers)) = line.split_once("test result: ") {
            for part in numbers.split([';', '.']) {
                self.add(part.trim().split_once(' ').map(|(n, what)| (what, n)));
            }
        } else if let Some(summary) = line.strip_prefix("ℹ ") {
            self.add(summary.split_once(' '));
        } else if let Some(reason) = line.strip_prefix("skipped because: ") {
            self.reasons.push(reason.to_owned());
        } else if let Some(slow) = line.strip_prefix("slowest:").and_then(Slow::read) {
            self.slow.push(slow);
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

impl Slow {
    fn read(text: &str) -> Option<Self> {
        let (seconds, name) = text.trim().split_once(" s ")?;
        Some(Self {
            seconds: seconds.parse().ok()?,
            name: name.trim().to_owned(),
        })
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
    fn slow_tests_and_reasons_are_read() {
        let mut counts = Counts::default();
        counts.read("slowest:    4.21 s nodes::nodes_that_die::hybrid");
        counts.read("skipped because: firefox has no request streams");
        let slow = Slow {
            seconds: 4.21,
            name: "nodes::nodes_that_die::hybrid".to_owned(),
        };
        assert_eq!(counts.slow, [slow]);
        assert_eq!(counts.reasons, ["firefox has no request streams"]);
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read(&["", "3 passed", "error: test failed"]), (0, 0, 0));
    }
}
