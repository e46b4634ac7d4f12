//! `cargo xtask host`: the tests that need no browser.

use anyhow::{Result, bail};

use crate::programs;
use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

/// Have commands of their own.
const OTHERS: &[&str] = &["browser", "model", "tabs"];

/// All of them, also after one has failed.
pub(crate) fn host(project: &Project) -> Result<()> {
    setup::ensure(project, &[Need::Nodes])?;
    let mut failed = Vec::new();
    for program in programs::all(project)? {
        if OTHERS.contains(&program.name.as_str()) {
            continue;
        }
        println!("   {}", program.name);
        if let Err(error) = program.command().run() {
            eprintln!("{error:#}");
            failed.push(program.name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// Those in the documentation.
pub(crate) fn doc(project: &Project) -> Result<()> {
    programs::linting(Cmd::new("cargo"))
        .args(["test", "--doc", "--workspace", programs::FEATURES])
        .dir(&project.root)
        .run()?;
    println!(
        "skipped because: the example of the crate is for the browser, where tests/rust-app does the same"
    );
    Ok(())
}
