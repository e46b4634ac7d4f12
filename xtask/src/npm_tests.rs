//! The npm package as its users meet it: packed, installed, bundled, in frameworks and in front of real backends.

use anyhow::{Result, ensure};
use std::path::Path;

use crate::backend;
use crate::build;
use crate::project::Project;
use crate::report::Report;
use crate::run::Cmd;
use crate::setup::{self, Browser, Engine, Need};

/// `cargo xtask npm`.
pub(crate) fn npm(project: &Project, wanted: Option<&str>) -> Result<()> {
    setup::ensure(
        project,
        &[
            Need::Wasm,
            Need::Tools,
            Need::NpmTests,
            Need::Browser(Engine::Chromium),
        ],
    )?;
    build::build(project)?;
    let mut report = Report::default();
    let outcome = steps(project, wanted, &mut report);
    report.summary();
    outcome
}

/// A step for each folder.
pub(crate) fn steps(project: &Project, wanted: Option<&str>, report: &mut Report) -> Result<()> {
    let mut folders = project.npm_tests()?;
    if let Some(wanted) = wanted {
        folders.retain(|folder| name(folder) == wanted);
        ensure!(
            !folders.is_empty(),
            "no tests of the npm package are in tests/{wanted}"
        );
    }
    report.check("reference backend", || backend::build(project).map(drop))?;
    let Browser { browser, .. } = Engine::Chromium.require()?;
    for folder in folders {
        let tests = Cmd::new("node")
            .args(["--test", "--test-reporter=spec"])
            .env("CHROME", &browser)
            .env(
                "HALLPASS_SERVER",
                project.target.join("debug/hallpass-server"),
            )
            .dir(&folder);
        report.tests(&format!("{} tests", name(&folder)), tests)?;
    }
    Ok(())
}

fn name(folder: &Path) -> &str {
    folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}
