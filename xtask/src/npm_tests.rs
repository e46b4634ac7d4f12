//! The npm package as its users meet it: packed, installed, bundled, in frameworks and in front of real backends.

use anyhow::Result;

use crate::build;
use crate::programs;
use crate::project::Project;
use crate::setup::{self, Engine, Need};
use crate::tier::{self, Tier};
use xtask::run::Cmd;

/// All of them, or those of one folder of `tests/`.
pub(crate) fn npm(project: &Project, tier: Tier, folder: Option<&str>) -> Result<()> {
    let mut needs = vec![Need::NpmTests, Need::Docs, Need::Browser(Engine::Chromium)];
    if tier == Tier::All {
        needs.extend([Need::Bundlers, Need::Providers]);
        if folder.is_none_or(|name| name.starts_with("frameworks")) {
            needs.extend([Need::AngularCli, Need::Apps]);
        }
    }
    setup::ensure(project, &needs)?;
    build::build(project)?;
    Cmd::new("node")
        .arg("npm.js")
        .args(folder)
        .env(tier::VARIABLE, tier.name())
        .env("CHROME", Engine::Chromium.light()?)
        .env("HALLPASS_SERVER", programs::server(project)?)
        .dir(project.root.join("tests"))
        .run()
}
