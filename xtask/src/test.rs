//! `cargo xtask test`: everything that CI needs, the quick and the likely to fail first.

use anyhow::Result;

use crate::project::Project;
use crate::report::Report;
use crate::run::Cmd;
use crate::setup::{self, Engine, Need};
use crate::{build, check, e2e, fuzz, npm_tests, simulate, size};

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
    report.tests("host tests", host(project))?;
    report.tests("documentation tests", cargo_test(project).arg("--doc"))?;
    report.tests("model", simulate::exploration(project))?;
    report.tests(
        "simulation",
        simulate::simulation(project, simulate::SEEDS)?,
    )?;
    fuzz::step(project, report)?;
    report.check("build", || build::build(project).map(drop))?;
    report.check("size", || size::gate(project))?;
    npm_tests::steps(project, None, report)?;
    for engine in Engine::ALL {
        let name = format!("browser tests, {}", engine.name());
        report.tests(&name, e2e::tests(project, engine, None)?)?;
    }
    Ok(())
}

/// Everything but the browser tests, named one by one: with `--exclude`, cargo would choose other features
/// for the dependencies that both have, and compile those twice.
fn host(project: &Project) -> Cmd {
    let tests = project.host_tests.iter();
    cargo_test(project)
        .args(["--lib", "--bins"])
        .args(tests.map(|name| format!("--test={name}")))
}

fn cargo_test(project: &Project) -> Cmd {
    Cmd::new("cargo")
        .args(["test", "--workspace"])
        .dir(&project.root)
}
