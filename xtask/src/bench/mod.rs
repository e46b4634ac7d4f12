//! `cargo xtask bench`: hallpass beside bare fetch and its peers. The work is in `bench/bench.js`.

mod counts;
mod load;
mod native;

use anyhow::Result;

use crate::build;
use crate::project::Project;
use crate::setup::{self, Browser, Engine, Need};
use xtask::run::Cmd;

pub(crate) use load::load;
pub(crate) use native::{Native, native};

pub(crate) fn bench(project: &Project, engine: Engine, arguments: &[String]) -> Result<()> {
    // The providers that people sign in at are those of the tests.
    let needs = [
        Need::Tools,
        Need::Peers,
        Need::NpmTests,
        Need::Browser(engine),
    ];
    setup::ensure(project, &needs)?;
    build::build(project)?;
    let Browser { browser, driver } = engine.require()?;
    let recipe = engine.recipe();
    let node = if engine.wants_xvfb() {
        Cmd::new("xvfb-run").args(["--auto-servernum", "node"])
    } else {
        Cmd::new("node")
    };
    node.arg(project.bench().join("bench.js"))
        .arg("--engine")
        .arg(engine.name())
        .args(arguments)
        .env(recipe.browser.variable, browser)
        .env(recipe.driver.variable, driver)
        .run()
}
