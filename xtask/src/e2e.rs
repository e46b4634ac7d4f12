//! `cargo xtask e2e`: the browser tests.

use anyhow::Result;

use crate::build;
use crate::project::Project;
use crate::run::Cmd;
use crate::setup::{self, Browser, Engine, Need};

pub(crate) fn e2e(project: &Project, engine: Engine, filter: Option<&str>) -> Result<()> {
    setup::ensure(project, &[Need::Browser(engine)])?;
    build::build(project)?;
    tests(project, engine, filter)?.run()
}

/// The command; the package has to be built before.
pub(crate) fn tests(project: &Project, engine: Engine, filter: Option<&str>) -> Result<Cmd> {
    let Browser { browser, driver } = engine.require()?;
    let recipe = engine.recipe();
    let cargo = if engine.wants_xvfb() {
        Cmd::new("xvfb-run").args(["--auto-servernum", "cargo"])
    } else {
        Cmd::new("cargo")
    };
    Ok(cargo
        // With the features that the whole workspace has, as the host tests: see there.
        .args(["test", "--workspace", "--test=browser"])
        .args(filter)
        .env("HALLPASS_ENGINE", engine.name())
        .env(recipe.browser.variable, browser)
        .env(recipe.driver.variable, driver)
        .dir(&project.root))
}
