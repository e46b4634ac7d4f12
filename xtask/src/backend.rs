//! The reference backend as a program of its own.

use anyhow::Result;
use std::path::PathBuf;

use crate::project::Project;
use xtask::run::Cmd;

/// Builds it with these features beside its own, apart from all that is only for tests, and says where it is. What packs the package
/// is built with it, as both stand on much that then is compiled once.
pub(crate) fn build(project: &Project, features: &[&str]) -> Result<PathBuf> {
    Cmd::new("cargo")
        .args([
            "build",
            "--package=hallpass-server",
            "--package=hallpass-build",
        ])
        .args(
            features
                .iter()
                .map(|name| format!("--features=hallpass-server/{name}")),
        )
        // What a later build would be quicker by costs the first one, and most build the demo once.
        .env("CARGO_INCREMENTAL", "0")
        .dir(&project.root)
        .run()?;
    Ok(project.target.join("debug/hallpass-server"))
}
