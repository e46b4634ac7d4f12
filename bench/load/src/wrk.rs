//! The load generator.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

/// Requests under way at the same time. Each connection sends its next one when it has the answer.
pub(crate) const CONNECTIONS: usize = 16;

/// What wrk is told to send, in files.
pub(crate) struct Wrk {
    folder: TempDir,
    script: PathBuf,
}

/// What it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Seen {
    pub(crate) requests: u64,
    microseconds: u64,
    failed: u64,
    /// Of the times that requests took, in microseconds.
    p99: u64,
}

impl Wrk {
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let script = folder.path().join("requests.lua");
        fs::write(&script, include_str!("requests.lua"))?;
        Ok(Self { folder, script })
    }

    /// A file with header lines to draw from.
    pub(crate) fn lines(&self, name: &str, lines: &[String]) -> Result<PathBuf> {
        let file = self.folder.path().join(name);
        fs::write(&file, lines.join("\n") + "\n")?;
        Ok(file)
    }

    /// Loads `url` for so many seconds; fails if a single request did.
    pub(crate) fn run(&self, url: &str, lines: &PathBuf, seconds: u64) -> Result<Seen> {
        let output = Command::new("wrk")
            .args(["--threads=1", &format!("--connections={CONNECTIONS}")])
            .arg(format!("--duration={seconds}s"))
            .arg("--script")
            .arg(&self.script)
            .args([url, "--"])
            .arg(lines)
            .output()
            .context("cannot start wrk")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let seen = Seen::read(&text)
            .with_context(|| format!("{text}{}", String::from_utf8_lossy(&output.stderr)))?;
        ensure!(
            seen.failed == 0,
            "{} of {} requests to {url} failed",
            seen.failed,
            seen.requests
        );
        Ok(seen)
    }
}

impl Seen {
    /// From what wrk prints.
    fn read(text: &str) -> Result<Self> {
        let line = text.lines().find(|line| line.starts_with('{'));
        let seen: Self = serde_json::from_str(line.context("wrk has counted nothing")?)?;
        ensure!(seen.requests > 0, "wrk got no answer");
        Ok(seen)
    }

    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / (self.microseconds as f64 / 1e6)
    }

    /// 99 of 100 requests took no longer, milliseconds.
    pub(crate) fn p99(&self) -> f64 {
        self.p99 as f64 / 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_prints_is_read() -> Result<()> {
        let line = r#"{"requests":300,"microseconds":2000000,"failed":0,"p50":80,"p99":1500}"#;
        let seen = Seen::read(&format!("Running 2s test\n  300 requests\n{line}\n"))?;
        assert!((seen.rate() - 150.0).abs() < 1e-9);
        assert!((seen.p99() - 1.5).abs() < 1e-9);
        Ok(())
    }

    #[test]
    fn a_run_without_answers_is_none() {
        let line = r#"{"requests":0,"microseconds":2000000,"failed":3,"p50":0,"p99":0}"#;
        assert!(Seen::read(line).is_err());
        assert!(Seen::read("Running 2s test\n").is_err());
    }
}
