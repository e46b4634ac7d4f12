//! Binaryen over the module.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};

use super::text;
use crate::project::Project;
use crate::weight::Weight;

/// What browsers have. Named one by one: `--all-features` emits modules that they refuse.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// Ways to optimise, none of which changes what the module does. The smallest outcome is kept.
pub(super) const PASSES: &[&[&str]] = &[
    &["-Oz", "--converge"],
    &["--flatten", "--rereloop", "-Oz", "-Oz", "--converge"],
];

pub(super) struct Optimized {
    pub(super) shipped: PathBuf,
    pub(super) named: PathBuf,
}

pub(super) fn optimize(project: &Project, wasm: &Path, scratch: &Path) -> Result<Optimized> {
    let mut candidates = Vec::new();
    for (number, passes) in PASSES.iter().enumerate() {
        let out = scratch.join(format!("optimized.{number}.wasm"));
        wasm_opt(project, passes, wasm, &out)?;
        let size = Weight::of(text::inline(&fs::read(&out)?).as_bytes())?.brotli;
        candidates.push((size, out, *passes));
    }
    let (_, shipped, passes) = candidates
        .into_iter()
        .min_by_key(|(size, ..)| *size)
        .context("no passes to run")?;
    let named = scratch.join("optimized.named.wasm");
    let with_names: Vec<&str> = passes.iter().copied().chain(["--debuginfo"]).collect();
    wasm_opt(project, &with_names, wasm, &named)?;
    Ok(Optimized { shipped, named })
}

fn wasm_opt(project: &Project, passes: &[&str], input: &Path, output: &Path) -> Result<()> {
    project
        .tool("binaryen/bin/wasm-opt")
        .args(FEATURES)
        .args(passes)
        .arg(input)
        .arg("--output")
        .arg(output)
        .quiet()
}
