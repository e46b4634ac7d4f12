//! Binaryen over the module.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use walrus::Module;

use super::streams;
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

/// Nothing lies in the first KiB, which is the very end of the stack: so offsets may stand with what they are added to.
const LAYOUT: &str = "--low-memory-unused";

/// Ways to optimise, none of which changes what the module does. The smallest outcome is kept.
pub(super) const PASSES: &[&[&str]] = &[
    &["-Oz", "--converge"],
    &["--flatten", "--rereloop", "-Oz", "-Oz", "--converge"],
    &[
        "--monomorphize",
        "--flatten",
        "--rereloop",
        "-Oz",
        "--monomorphize",
        "-Oz",
        "--converge",
    ],
];

/// How memory is aligned is a hint that no browser heeds on the machines of today.
const AT_LAST: &[&str] = &["--dealign"];

pub(super) struct Optimized {
    pub(super) shipped: PathBuf,
    pub(super) named: PathBuf,
}

/// What unpacks the module in the page, see `xtask/unpack`.
pub(super) fn unpacker(project: &Project, wasm: &Path, scratch: &Path) -> Result<Vec<u8>> {
    let bare = scratch.join("unpacker.bare.wasm");
    let out = scratch.join("unpacker.wasm");
    let mut module = Module::from_file(wasm)?;
    let needless = |name: &str| !["memory", "room", "unpack"].contains(&name);
    let exports = module.exports.iter();
    let needless: Vec<_> = exports
        .filter(|export| needless(&export.name))
        .map(|export| export.id())
        .collect();
    for export in needless {
        module.exports.delete(export);
    }
    for custom in ["name", "producers", "target_features"] {
        module.customs.remove_raw(custom);
    }
    module.emit_wasm_file(&bare)?;
    wasm_opt(
        project,
        &["-Oz", "--converge", "--strip-debug"],
        &bare,
        &out,
    )?;
    Ok(fs::read(out)?)
}

pub(super) fn optimize(
    project: &Project,
    wasm: &Path,
    unpacker: &[u8],
    scratch: &Path,
) -> Result<Optimized> {
    let mut candidates = Vec::new();
    for (number, passes) in PASSES.iter().enumerate() {
        let out = scratch.join(format!("optimized.{number}.wasm"));
        wasm_opt(project, passes, wasm, &out)?;
        let size = Weight::of(streams::inline(&fs::read(&out)?, unpacker)?.as_bytes())?.brotli;
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
        .arg(LAYOUT)
        .args(passes)
        .args(AT_LAST)
        .arg(input)
        .arg("--output")
        .arg(output)
        .quiet()
}
