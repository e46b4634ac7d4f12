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
    setup::ensure(project, &[Need::Tools, Need::Peers, Need::Browser(engine)])?;
    build::build(project)?;
    let Browser { browser, driver } = engine.require()?;
    let recipe = engine.recipe();
    let node = if engine.wants_xvfb() {
        Cmd::new("xvfb-run").args(["--auto-servernum", "node"])
    } else {
        Cmd::new("node")
    };
    node.arg(project.bench().join("bench.js"))
        .arg(project.scratch("bench")?)
        .arg("--engine")
        .arg(engine.name())
        .args(arguments)
        .env(recipe.browser.variable, browser)
        .env(recipe.driver.variable, driver)
        .run()
}
