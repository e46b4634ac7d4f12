//! The example apps of Rust frameworks, of the workspace in `bindings`: built as an app's own tools would, and served beside the reference backend.

use anyhow::Result;
use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::backend;
use crate::build::{self, Packer, TARGET};
use crate::demo;
use crate::programs;
use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

pub(crate) const FRAMEWORKS: [&str; 3] = ["leptos", "yew", "dioxus"];

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Orders</title>
<script type="module" src="start.js"></script>
<div id="main"></div>
</html>
"#;

const START: &str = r#"import init from "./app.js";
await init({ module_or_path: "app_bg.wasm" });
"#;

/// One of them, until Ctrl-C.
pub(crate) fn serve(project: &Project, name: &str) -> Result<()> {
    let server = backend::build(project, &[])?;
    let folder = build(project, name)?;
    let mut pages = OsString::from("/=");
    pages.push(folder);
    println!(
        "The example and its backend; sign in as ada@example.com, correct horse. Ctrl-C ends them."
    );
    Cmd::new(server)
        .args(["--mode", "hybrid", "--port"])
        .arg(demo::free_port(demo::PORT)?.to_string())
        .arg("--static")
        .arg(pages)
        .dir(&project.root)
        .become_it()
}

/// All of them, each in a folder of its name.
pub(crate) fn build_all(project: &Project) -> Result<PathBuf> {
    let folder = project.scratch("examples")?;
    if !programs::are_compiled() {
        for name in FRAMEWORKS {
            build(project, name)?;
        }
    }
    Ok(folder)
}

fn build(project: &Project, name: &str) -> Result<PathBuf> {
    setup::ensure(project, &[Need::Wasm])?;
    let package = format!("hallpass-example-{name}");
    cargo(project, "build")
        .arg(format!("--package={package}"))
        .args(["--target", TARGET])
        .run()?;
    let folder = project.scratch("examples")?.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let compiled = target(project).join(TARGET).join("debug");
    build::bind(
        project,
        Packer::ByCargo,
        &compiled.join(format!("{package}.wasm")),
        &folder,
    )?;
    fs::write(folder.join("index.html"), PAGE)?;
    fs::write(folder.join("start.js"), START)?;
    Ok(folder)
}

/// What clippy has to say to the glue and to the examples.
pub(crate) fn clippy(project: &Project) -> Result<()> {
    cargo(project, "clippy")
        .args(["--workspace", "--target", TARGET])
        .args(["--", "-D", "warnings"])
        .run()
}

/// In the workspace of the bindings.
pub(crate) fn cargo(project: &Project, command: &str) -> Cmd {
    Cmd::new("cargo")
        .arg(command)
        .env("CARGO_TARGET_DIR", target(project))
        .dir(project.root.join("bindings"))
}

pub(crate) fn target(project: &Project) -> PathBuf {
    project.target.join("bindings")
}
