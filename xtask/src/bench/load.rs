//! `cargo xtask bench --load`: what the reference backend takes. The work is in `bench/load`.

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

pub(crate) fn load(project: &Project, quick: bool) -> Result<()> {
    setup::ensure(project, &[Need::Tools, Need::Nodes, Need::Wrk])?;
    Cmd::new("cargo")
        .args(["build", "--release"])
        .args(["--package=hallpass-server", "--package=hallpass-load"])
        .dir(&project.root)
        .run()?;
    let program = |name: &str| project.target.join("release").join(name);
    let file = project.scratch("load")?.join("result.json");
    let report = |arguments: &[&str]| {
        Cmd::new("node")
            .arg(project.bench().join("report/load.js"))
            .args(arguments)
    };
    // The machine as it is before the load.
    let header = report(&["--header"]).stdout()?;
    let mut run = Cmd::new(program("hallpass-load"))
        .arg(program("hallpass-server"))
        .arg(&file);
    if quick {
        run = run.arg("--quick");
    }
    run.run()?;
    let file = file
        .to_str()
        .context("the folder has a name that is no text")?;
    report(&[file, header.trim()]).run()
}
