//! `cargo xtask size --rust`: what hallpass adds to an app in Leptos: `bindings/weight`, built for release with and without it.

use anyhow::Result;
use std::fs;

use super::bundle::Bundle;
use super::row;
use crate::build::{self, Packer, TARGET};
use crate::project::Project;
use crate::rust_examples;
use crate::setup::{self, Need};
use xtask::weight::Weight;

const PAGE: &str = r#"import init from "./app.js"; await init();"#;

/// What browsers have, and what an app's tools do for release.
const PASSES: &[&str] = &[
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

pub(super) fn size(project: &Project) -> Result<()> {
    setup::ensure(project, &[Need::Wasm, Need::Tools])?;
    println!("{:<44} {:>8} {:>8}", "bytes", "minified", "brotli");
    let alone = app(project, "Leptos app", &[])?;
    let with = app(project, "the same with hallpass", &["--features=hallpass"])?;
    row(
        "hallpass in it",
        &Weight {
            raw: with.raw.saturating_sub(alone.raw),
            brotli: with.brotli.saturating_sub(alone.brotli),
        },
    );
    Ok(())
}

/// What loads before it starts.
fn app(project: &Project, name: &str, features: &[&str]) -> Result<Weight> {
    rust_examples::cargo(project, "build")
        .args(["--package=hallpass-weight", "--release", "--target", TARGET])
        .args(features)
        .run()?;
    let folder = project.scratch("weight")?;
    fs::remove_dir_all(&folder)?;
    let compiled = rust_examples::target(project).join(TARGET).join("release");
    let module = compiled.join("hallpass-weight.wasm");
    build::bind(project, Packer::ByCargo, &module, &folder)?;
    let optimized = folder.join("optimized.wasm");
    project
        .tool("binaryen/bin/wasm-opt")
        .args(PASSES)
        .arg(folder.join("app_bg.wasm"))
        .arg("-o")
        .arg(&optimized)
        .run()?;
    let module = Weight::of(&optimized)?;
    let script = Bundle::make(project, &folder, PAGE, &[])?.eager;
    row(&format!("{name}, WebAssembly"), &module);
    row(&format!("{name}, JavaScript"), &script);
    Ok(Weight {
        raw: module.raw + script.raw,
        brotli: module.brotli + script.brotli,
    })
}
