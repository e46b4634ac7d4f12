//! `cargo xtask first-hour`: how long a newcomer takes, into docs/first-hour.md. The work is in `tests/first-hour`.

use anyhow::Result;

use crate::build;
use crate::programs;
use crate::project::Project;
use crate::setup::{self, Engine, Need};
use xtask::run::Cmd;

/// All frameworks, or the one of this name.
pub(crate) fn first_hour(project: &Project, name: Option<&str>) -> Result<()> {
    setup::ensure(project, &[Need::NpmTests, Need::Browser(Engine::Chromium)])?;
    build::build(project)?;
    Cmd::new("node")
        .arg("first-hour/first-hour.js")
        .args(name)
        .env("CHROME", Engine::Chromium.light()?)
        .env("HALLPASS_SERVER", programs::server(project)?)
        .dir(project.root.join("tests"))
        .run()
}
