//! `cargo xtask simulate` and `cargo xtask model`: the engine that ships, in many tabs of one browser.

use anyhow::{Context, Result};

use crate::project::Project;
use crate::run::Cmd;

/// How many lives of each kind are a part of `cargo xtask test`.
pub(crate) const SEEDS: &str = "7000";

/// `seeds` is how many, from 0, or which: `A..B`.
pub(crate) fn simulate(project: &Project, seeds: &str) -> Result<()> {
    simulation(project, seeds)?.run()
}

pub(crate) fn simulation(project: &Project, seeds: &str) -> Result<Cmd> {
    let (from, to) = seeds.split_once("..").unwrap_or(("0", seeds));
    for number in [from, to] {
        number
            .parse::<u64>()
            .with_context(|| format!("--seeds takes a number or A..B, not `{seeds}`"))?;
    }
    Ok(release_test(project, "tabs").env("HALLPASS_SEEDS", format!("{from}..{to}")))
}

pub(crate) fn model(project: &Project) -> Result<()> {
    exploration(project).run()
}

/// Every state within the bounds of CI.
pub(crate) fn exploration(project: &Project) -> Cmd {
    release_test(project, "model")
}

fn release_test(project: &Project, name: &str) -> Cmd {
    Cmd::new("cargo")
        .args(["test", "--release", "--package=hallpass"])
        .args([format!("--test={name}")])
        .args(["--", "--nocapture"])
        .dir(&project.root)
}
