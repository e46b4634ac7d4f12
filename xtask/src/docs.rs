//! `cargo xtask docs`: the pages of the project and those of its API as a site, in `target/docs`. What it is made of is in `tools/docs`.

use anyhow::Result;
use std::fs;
use std::path::PathBuf;

use crate::demo;
use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

const PORT: u16 = 8790;
/// What the links do not lead into: other sites, and the parts of a page, which the build itself has linked.
const SKIPPED: [&str; 2] = ["^https?://(?!localhost)", r"/assets/.*\.(css|js|woff2)$"];

/// Builds it. A name without a docstring, a page in no section, a link to no page or to no heading is an error.
/// `serve`: and shows it until Ctrl-C.
pub(crate) fn docs(project: &Project, serve: bool) -> Result<()> {
    // TypeDoc reads the types of the frameworks too, which the tests have.
    setup::ensure(project, &[Need::Docs, Need::NpmTests])?;
    let site = project.target.join("docs");
    let tools = folder(project);
    let api = tools.join("api");
    if api.exists() {
        fs::remove_dir_all(&api)?;
    }
    tool(project, "typedoc/bin/typedoc")
        .args(["--options", "typedoc.config.js", "--logLevel", "Warn"])
        .run()?;
    let vitepress = || tool(project, "vitepress/bin/vitepress.js").env("HALLPASS_SITE", &site);
    vitepress().arg("build").run()?;
    // VitePress has looked for the pages of links, not for their headings.
    tool(project, "linkinator/build/src/cli.js")
        .arg(&site)
        .args(["--recurse", "--check-fragments", "--verbosity", "error"])
        // It serves the files by itself: many at once make it refuse some, and a busy machine is slow.
        .args(["--concurrency", "4", "--retry-errors"])
        .args(SKIPPED.iter().flat_map(|skipped| ["--skip", skipped]))
        .run()?;
    println!("The site is {}", site.join("index.html").display());
    if !serve {
        println!("`cargo xtask docs --serve` shows it.");
        return Ok(());
    }
    let port = demo::free_port(PORT)?;
    vitepress()
        .args(["preview", "--port", &port.to_string()])
        .become_it()
}

fn folder(project: &Project) -> PathBuf {
    project.places.tools().join("docs")
}

fn tool(project: &Project, path: &str) -> Cmd {
    let folder = folder(project);
    Cmd::new("node")
        .arg(folder.join("node_modules").join(path))
        .dir(folder)
}
