//! The table at the end of a run.

use std::time::Duration;

use super::Step;
use super::counts::{Counts, Slow};

/// How many of the slowest tests are listed.
const SLOWEST: usize = 20;

/// A step that has ended.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) took: Duration,
    pub(super) counts: Counts,
    pub(super) ok: bool,
}

impl Row {
    pub(super) fn is_ok(&self) -> bool {
        self.ok
    }

    pub(super) fn line(&self) -> String {
        let mark = if self.ok { "ok" } else { "FAILED" };
        let Counts {
            passed,
            failed,
            skipped,
            reasons,
            ..
        } = &self.counts;
        let mut line = format!("{} {:<30} {mark:<6}", seconds(self.took), self.name);
        if passed + failed > 0 {
            line.push_str(&format!(" {passed:>5} passed, {failed} failed"));
        }
        if *skipped > 0 {
            line.push_str(&format!(", {skipped} skipped"));
        }
        if !reasons.is_empty() {
            line.push_str(&format!(" ({})", reasons.join("; ")));
        }
        line
    }
}

/// One line for each step, the slowest tests, then the sum.
pub(super) fn print(ended: &[Row], unstarted: &[Step], took: Duration) {
    println!("\n── summary");
    println!("{:>9} step", "seconds");
    let (mut passed, mut failed, mut sum) = (0, 0, Duration::ZERO);
    let mut slow: Vec<&Slow> = Vec::new();
    for row in ended {
        println!("{}", row.line());
        passed += row.counts.passed;
        failed += row.counts.failed;
        sum += row.took;
        slow.extend(&row.counts.slow);
    }
    for step in unstarted {
        println!(
            "{:>9} {:<30} not run: it needs {}",
            "",
            step.name,
            step.after.join(", ")
        );
    }
    slow.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    if !slow.is_empty() {
        println!("\n{:>9} slowest tests", "seconds");
    }
    for Slow { seconds, name } in slow.into_iter().take(SLOWEST) {
        println!("{seconds:>9.1} {name}");
    }
    println!(
        "\n{} in all, {} of steps",
        seconds(took).trim(),
        seconds(sum).trim()
    );
    println!("{passed} passed, {failed} failed");
}

fn seconds(took: Duration) -> String {
    format!("{:>9}", format!("{:.1} s", took.as_secs_f64()))
}
