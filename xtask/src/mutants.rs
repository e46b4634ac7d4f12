//! `cargo xtask mutants`: changes the core in one place at a time, and looks whether a test fails.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

/// Percent of the viable mutants that have to be caught.
const LEAST: usize = 95;

const FOLDERS: &[&str] = &["src/core/**", "src/jwt/**"];

/// The tests of one pass. The first is quick to build and catches most; the second tries the others again. The
/// states of `tests/model` take minutes for each mutant.
const PASSES: [&[&str]; 2] = [
    &["--test=engine"],
    &["--lib", "--test=engine", "--test=scenarios", "--test=tabs"],
];

/// cargo-mutants: some were missed, some ran into the timeout.
const SURVIVORS: &[i32] = &[2, 3];

/// `file` is a path, or a name below `src`.
pub(crate) fn mutants(project: &Project, file: Option<&str>) -> Result<ExitCode> {
    setup::ensure(project, &[Need::Mutants])?;
    let files = match file {
        None => FOLDERS.iter().map(|glob| (*glob).to_owned()).collect(),
        Some(path) if path.contains('/') => vec![path.to_owned()],
        Some(name) => vec![format!("src/**/{name}")],
    };
    let folder = project.scratch("mutants")?;
    let target = folder.join("target");
    clean(project, &target)?;
    let mut tally = Tally::default();
    for (pass, tests) in PASSES.iter().enumerate() {
        let mut cmd = Cmd::new("cargo")
            .args(["mutants", "--package=hallpass", "--no-shuffle"])
            .args(files.iter().map(|file| format!("--file={file}")))
            .args(tests.iter().map(|test| format!("--cargo-test-arg={test}")))
            .arg("--output")
            .arg(&folder)
            .env("CARGO_TARGET_DIR", &target)
            .dir(&project.root);
        if pass > 0 {
            if !tally.has_survivors() {
                break;
            }
            cmd = cmd.arg("--iterate");
        }
        cmd.run_allowing(SURVIVORS)?;
        tally.take(&folder.join("mutants.out/outcomes.json"))?;
    }
    tally.print()
}

/// Each run copies the checkout to another folder, and cargo would keep what it built of every one.
fn clean(project: &Project, target: &Path) -> Result<()> {
    Cmd::new("cargo")
        .args(["clean", "--quiet", "--package=hallpass", "--target-dir"])
        .arg(target)
        .dir(&project.root)
        .run()
}

/// What came of each mutant, by its name. A later pass overrules an earlier one.
#[derive(Default)]
struct Tally(BTreeMap<String, (String, String)>);

impl Tally {
    fn take(&mut self, outcomes: &Path) -> Result<()> {
        let report: Value = serde_json::from_str(&fs::read_to_string(outcomes)?)?;
        let outcomes = report
            .get("outcomes")
            .and_then(Value::as_array)
            .context("cargo mutants tells no outcomes")?;
        for outcome in outcomes {
            let text = |path: &str| {
                outcome
                    .pointer(path)
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            let mutant = |part: &str| text(&format!("/scenario/Mutant/{part}"));
            // The tests without a mutant have neither.
            if let (Some(name), Some(file)) = (mutant("name"), mutant("file")) {
                let summary = text("/summary").context("cargo mutants tells no summary")?;
                self.0.insert(name, (file, summary));
            }
        }
        Ok(())
    }

    fn has_survivors(&self) -> bool {
        let mut summaries = self.0.values().map(|(_, summary)| summary.as_str());
        summaries.any(|summary| matches!(summary, "MissedMutant" | "Timeout"))
    }

    fn print(&self) -> Result<ExitCode> {
        let mut files: BTreeMap<&str, Counts> = BTreeMap::new();
        let mut all = Counts::default();
        for (file, summary) in self.0.values() {
            for counts in [files.entry(file).or_default(), &mut all] {
                match summary.as_str() {
                    "CaughtMutant" => counts.caught += 1,
                    "MissedMutant" => counts.missed += 1,
                    "Unviable" => counts.unviable += 1,
                    "Timeout" => counts.timeouts += 1,
                    other => bail!("cargo mutants reports `{other}`"),
                }
            }
        }
        println!("\n{:34} caught  missed  timeouts  unviable", "of each file");
        for (file, counts) in files {
            counts.print(file);
        }
        all.print("all");
        for (name, (_, summary)) in &self.0 {
            if summary == "MissedMutant" {
                println!("missed: {name}");
            }
        }
        let viable = all.noticed() + all.missed;
        if viable == 0 {
            bail!("there is nothing to change in these files");
        }
        println!(
            "{:.1} % of {viable} viable mutants are noticed",
            all.noticed() as f64 * 100.0 / viable as f64
        );
        if all.noticed() * 100 < viable * LEAST {
            println!("at least {LEAST} % have to be");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Default)]
struct Counts {
    caught: usize,
    missed: usize,
    unviable: usize,
    timeouts: usize,
}

impl Counts {
    /// A test that hangs has noticed as well.
    fn noticed(&self) -> usize {
        self.caught + self.timeouts
    }

    fn print(&self, name: &str) {
        println!(
            "{name:34} {:6}  {:6}  {:8}  {:8}",
            self.caught, self.missed, self.timeouts, self.unviable
        );
    }
}
