//! `cargo xtask e2e`: the browser tests.

use anyhow::Result;

use crate::build;
use crate::programs;
use crate::project::Project;
use crate::rust_examples;
use crate::setup::{self, Browser, Engine, Need, SHELL};
use crate::tier::{self, Tier};
use xtask::run::Cmd;

/// Those whose name has `filter` in it.
pub(crate) fn e2e(
    project: &Project,
    engine: Engine,
    tier: Tier,
    filter: Option<&str>,
) -> Result<()> {
    setup::ensure(project, &[Need::Browser(engine), Need::Nodes])?;
    build::build(project)?;
    let rust_app = build::rust_app(project)?;
    // Frameworks are compiled where everything is.
    let examples = match tier {
        Tier::All => Some(rust_examples::build_all(project)?),
        Tier::Short => None,
    };
    let program = programs::named(project, "browser")?;
    let Browser { browser, driver } = engine.require()?;
    let recipe = engine.recipe();
    let tests = if engine.wants_xvfb() {
        program.command_under(Cmd::new("xvfb-run").arg("--auto-servernum"))
    } else {
        program.command()
    };
    let tests = match engine.shell() {
        Some(shell) => tests.env(SHELL.variable, shell),
        None => tests,
    };
    let tests = match examples {
        Some(folder) => tests.env("HALLPASS_EXAMPLES", folder),
        None => tests,
    };
    tests
        .args(filter)
        .env(tier::VARIABLE, tier.name())
        .env("HALLPASS_ENGINE", engine.name())
        .env("HALLPASS_RUST_APP", rust_app)
        .env("HALLPASS_SERVER", programs::server(project)?)
        .env(recipe.browser.variable, browser)
        .env(recipe.driver.variable, driver)
        .run()
}
