//! `cargo xtask test`: everything that CI needs, the quick and the likely to fail first.

use anyhow::Result;

use crate::project::Project;
use crate::report::Report;
use crate::run::Cmd;
use crate::setup::{self, Browser, Engine, Need};
use crate::{build, check, e2e, size};

/// Whether all passed. What failed has been told: the last line is the count, whatever happened.
pub(crate) fn test(project: &Project) -> bool {
    let mut report = Report::default();
    let outcome = steps(project, &mut report);
    if let Err(error) = &outcome {
        eprintln!("error: {error:#}\n");
    }
    report.summary();
    outcome.is_ok()
}

fn steps(project: &Project, report: &mut Report) -> Result<()> {
    report.check("setup", || setup::ensure(project, Need::TEST))?;
    check::check(project, report)?;
    report.tests(
        "host tests",
        Cmd::new("cargo")
            .args(["test", "--workspace", "--exclude=hallpass-e2e"])
            .dir(&project.root),
    )?;
    report.check("build", || build::build(project).map(drop))?;
    report.check("size", || size::gate(project))?;
    report.tests("packaging tests", packaging(project)?)?;
    report.tests(
        "browser tests",
        e2e::tests(project, Engine::Chromium, None)?,
    )
}

/// The npm package as its users meet it.
fn packaging(project: &Project) -> Result<Cmd> {
    let Browser { browser, .. } = Engine::Chromium.require()?;
    Ok(Cmd::new("node")
        .args(["--test", "--test-reporter=spec"])
        .env("CHROME", browser)
        .dir(project.packaging()))
}
