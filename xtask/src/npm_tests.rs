//! The npm package as its users meet it: packed, installed, bundled, in frameworks and in front of real backends.

use anyhow::Result;

use crate::build;
use crate::programs;
use crate::project::Project;
use crate::setup::{self, Browser, Engine, Need};
use crate::tier::{self, Tier};
use xtask::run::Cmd;

/// All of them, or those of one folder of `tests/`.
pub(crate) fn npm(project: &Project, tier: Tier, folder: Option<&str>) -> Result<()> {
    let needs = [Need::NpmTests, Need::Browser(Engine::Chromium)];
    setup::ensure(project, &needs)?;
    build::build(project)?;
    let Browser { browser, .. } = Engine::Chromium.require()?;
    Cmd::new("node")
        .arg("run.js")
        .args(folder)
        .env(tier::VARIABLE, tier.name())
        .env("CHROME", &browser)
        .env("HALLPASS_SERVER", programs::server(project)?)
        .dir(project.root.join("tests"))
        .run()
}
