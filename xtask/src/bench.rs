//! `cargo xtask bench`: time, beside bare fetch and the peers. The work is in `bench/bench.js`.

use anyhow::Result;

use crate::build;
use crate::project::Project;
use crate::run::Cmd;
use crate::setup::{self, Browser, Engine, Need};

pub(crate) fn bench(project: &Project) -> Result<()> {
    setup::ensure(project, &[Need::Peers, Need::Browser(Engine::Chromium)])?;
    build::build(project)?;
    let Browser { browser, .. } = Engine::Chromium.require()?;
    Cmd::new("node")
        .arg(project.bench().join("bench.js"))
        .arg(project.scratch("bench")?)
        .env("CHROME", browser)
        .run()
}
