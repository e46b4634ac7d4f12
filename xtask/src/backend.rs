//! The reference backend as a program of its own.

use anyhow::Result;
use std::path::PathBuf;

use crate::project::Project;
use crate::run::Cmd;

/// Builds it, apart from all that is only for tests, and says where it is.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    Cmd::new("cargo")
        .args(["build", "--package=hallpass-server"])
        .dir(&project.root)
        .run()?;
    Ok(project.target.join("debug/hallpass-server"))
}
