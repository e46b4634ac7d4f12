//! `cargo xtask e2e`: the browser tests.

use anyhow::{Context, Result};
use std::path::PathBuf;
use wasm_bindgen_cli_support::Bindgen;

use crate::backend;
use crate::build;
use crate::project::Project;
use crate::run::Cmd;
use crate::setup::{self, Browser, Engine, Need};

pub(crate) fn e2e(project: &Project, engine: Engine, filter: Option<&str>) -> Result<()> {
    setup::ensure(project, &[Need::Browser(engine), Need::Nodes])?;
    build::build(project)?;
    tests(project, engine, filter)?.run()
}

/// `tests/rust-app` as WebAssembly with its JavaScript, built as an app's own tools would.
fn rust_app(project: &Project) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    Cmd::new("cargo")
        .args(["build", "--package=hallpass-rust-app", "--target", target])
        .dir(&project.root)
        .run()?;
    let folder = project.scratch("rust-app")?;
    Bindgen::new()
        .input_path(
            project
                .target
                .join(target)
                .join("debug/hallpass_rust_app.wasm"),
        )
        .out_name("app")
        .web(true)?
        .typescript(false)
        .generate(&folder)
        .context("wasm-bindgen")?;
    Ok(folder)
}

/// The command; the package has to be built before.
pub(crate) fn tests(project: &Project, engine: Engine, filter: Option<&str>) -> Result<Cmd> {
    let Browser { browser, driver } = engine.require()?;
    let recipe = engine.recipe();
    let rust_app = rust_app(project)?;
    let server = backend::build(project)?;
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
        .env("HALLPASS_RUST_APP", rust_app)
        .env("HALLPASS_SERVER", server)
        .env(recipe.browser.variable, browser)
        .env(recipe.driver.variable, driver)
        .dir(&project.root))
}
