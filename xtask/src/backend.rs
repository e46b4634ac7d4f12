//! The reference backend as a program of its own.

use anyhow::Result;
use std::path::PathBuf;

use crate::project::Project;
use xtask::run::Cmd;

/// Builds it with these features beside its own, apart from all that is only for tests, and says where it is.
pub(crate) fn build(project: &Project, features: &[&str]) -> Result<PathBuf> {
    Cmd::new("cargo")
        .args(["build", "--package=hallpass-server"])
        .args(features.iter().map(|name| format!("--features={name}")))
        .dir(&project.root)
        .run()?;
    Ok(project.target.join("debug/hallpass-server"))
}
