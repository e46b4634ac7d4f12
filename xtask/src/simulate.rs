//! `cargo xtask simulate` and `cargo xtask model`: the engine that ships, in many tabs of one browser.

use anyhow::{Context, Result};

use crate::programs;
use crate::project::Project;
use crate::tier::{self, Tier};
use xtask::run::Cmd;

/// How many lives of each kind are lived.
fn seeds(tier: Tier) -> &'static str {
    match tier {
        Tier::Short => "400",
        Tier::All => "7000",
    }
}

/// `wanted` is how many, from 0, or which: `A..B`.
pub(crate) fn simulate(project: &Project, tier: Tier, wanted: Option<&str>) -> Result<()> {
    let seeds = wanted.unwrap_or(seeds(tier));
    let (from, to) = seeds.split_once("..").unwrap_or(("0", seeds));
    for number in [from, to] {
        number
            .parse::<u64>()
            .with_context(|| format!("--seeds takes a number or A..B, not `{seeds}`"))?;
    }
    program(project, tier, wanted.is_some(), "tabs")?
        .arg("--nocapture")
        .env("HALLPASS_SEEDS", format!("{from}..{to}"))
        .run()
}

/// What takes long is worth a build that is quicker to run.
fn program(project: &Project, tier: Tier, takes_long: bool, name: &str) -> Result<Cmd> {
    if takes_long || tier == Tier::All {
        return Ok(Cmd::new("cargo")
            .args(["test", "--release", "--package=hallpass"])
            .args([&format!("--test={name}"), "--"])
            .dir(&project.root));
    }
    Ok(programs::named(project, name)?.command())
}

/// Every state within the bounds of the tier.
pub(crate) fn model(project: &Project, tier: Tier) -> Result<()> {
    program(project, tier, false, "model")?
        .arg("--nocapture")
        .env(tier::VARIABLE, tier.name())
        .run()
}
