//! One step: a process with a log of its own.

use anyhow::{Context, Result};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use super::counts::Counts;
use super::table::Row;
use crate::tier::{self, Tier};
use xtask::run::{self, Cmd};

/// No step needs that long, of which tier it may be. One that takes it hangs.
const LONGEST: [(Tier, Duration); 2] = [
    (Tier::Short, Duration::from_secs(20 * 60)),
    (Tier::All, Duration::from_secs(90 * 60)),
];

/// How many lines of a step that failed are shown; the rest is in its log.
const SHOWN: usize = 300;

/// What is run, and when.
pub(crate) struct Step {
    pub(crate) name: String,
    /// The words behind `cargo xtask`.
    pub(crate) command: Vec<String>,
    pub(crate) tier: Tier,
    /// Steps that have to have passed.
    pub(crate) after: Vec<&'static str>,
    /// Whether it takes both processors and the target folder for itself.
    pub(crate) compiles: bool,
    /// For the processes in it, beside those of this one.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Step {
    /// What a person would type.
    pub(crate) fn by_hand(&self) -> String {
        let all = match self.tier {
            Tier::Short => "",
            Tier::All => "HALLPASS_TIER=all ",
        };
        format!("{all}cargo xtask {}", self.command.join(" "))
    }
}

/// A step under way.
pub(super) struct Running {
    step: Step,
    child: Child,
    log: PathBuf,
    begin: Instant,
    is_late: bool,
}

/// What came of it.
pub(super) struct Ended {
    pub(super) row: Row,
    /// What to show of a failure.
    pub(super) failure: Option<String>,
}

impl Running {
    pub(super) fn start(step: Step, logs: &Path) -> Result<Self> {
        let log = logs.join(format!("{}.log", step.name.replace([' ', ','], "-")));
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Cmd::new(std::env::current_exe()?)
            .args(&step.command)
            .env(tier::VARIABLE, step.tier.name());
        for (name, value) in &step.variables {
            command = command.env(name, value);
        }
        Ok(Self {
            child: command.start_into(file)?,
            step,
            log,
            begin: Instant::now(),
            is_late: false,
        })
    }

    pub(super) fn step(&self) -> &Step {
        &self.step
    }

    /// Its status, if it has ended.
    pub(super) fn look(&mut self) -> Result<Option<ExitStatus>> {
        let longest = LONGEST
            .iter()
            .find_map(|(tier, longest)| (*tier == self.step.tier).then_some(*longest));
        if !self.is_late && longest.is_some_and(|longest| self.begin.elapsed() > longest) {
            self.is_late = true;
            self.kill();
        }
        Ok(self.child.try_wait()?)
    }

    /// With all that it has started.
    pub(super) fn kill(&mut self) {
        run::kill_tree(self.child.id());
        let _ = self.child.kill();
    }

    /// How far it is: its seconds, and its last line.
    pub(super) fn progress(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let last = text.lines().rev().find(|line| !line.trim().is_empty());
        let last: String = last.unwrap_or_default().trim().chars().take(90).collect();
        format!(
            "{} ({} s) {last}",
            self.step.name,
            self.begin.elapsed().as_secs()
        )
    }

    pub(super) fn end(self, status: ExitStatus) -> Result<Ended> {
        let text = fs::read(&self.log)?;
        let text = String::from_utf8_lossy(&text);
        let mut counts = Counts::default();
        text.lines().for_each(|line| counts.read(line));
        if !status.success() && counts.failed == 0 {
            // What failed was no test: the step itself.
            counts.failed = 1;
        }
        let failure = (!status.success()).then(|| self.failure(&text, status));
        Ok(Ended {
            row: Row {
                name: self.step.name,
                took: self.begin.elapsed(),
                counts,
                ok: status.success(),
            },
            failure,
        })
    }

    fn failure(&self, text: &str, status: ExitStatus) -> String {
        let mut lines: VecDeque<&str> = text.lines().collect();
        let left_out = lines.len().saturating_sub(SHOWN);
        lines.drain(..left_out);
        let lines: Vec<String> = lines.iter().map(|line| format!("   | {line}")).collect();
        let why = if self.is_late {
            "it did not end".to_owned()
        } else {
            status.to_string()
        };
        format!(
            "   failed: {why}. By itself: {}\n   {left_out} lines before these are in {}\n{}",
            self.step.by_hand(),
            self.log.display(),
            lines.join("\n")
        )
    }
}
