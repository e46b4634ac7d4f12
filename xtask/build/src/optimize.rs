//! Binaryen over the module.

use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use walrus::Module;

use crate::bind;
use xtask::places::Places;

/// The JavaScript of the unpacker.
pub(crate) const UNPACK: &str = "xtask/unpack/unpack.js";

/// What browsers have. Named one by one: `--all-features` emits modules that they refuse.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// Nothing lies in the first KiB, which is the very end of the stack: so offsets may stand with what they are added to.
const LAYOUT: &str = "--low-memory-unused";

/// A large function that is called once stays one: in another's body its offsets and locals are others than elsewhere, which costs more with
/// brotli than the call. To go on until nothing changes (`--converge`) takes five times as long, for 14 bytes.
const PASSES: &[&str] = &[
    "--one-caller-inline-max-function-size=200",
    "--monomorphize",
    "--flatten",
    "--rereloop",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
];

/// How memory is aligned is a hint that no browser heeds on the machines of today; who compiled it, walrus notes anew.
const AT_LAST: &[&str] = &["--dealign", "--strip-producers"];

/// What unpacks a module in the page, see `xtask/unpack`.
pub(crate) struct Unpacker {
    pub(crate) module: Vec<u8>,
    /// Declares `unpack`, which the module is driven by.
    pub(crate) js: String,
}

/// Of what the compiler made of `xtask/unpack`.
pub(crate) fn unpacker(places: &Places, wasm: &Path, scratch: &Path) -> Result<Unpacker> {
    let bare = scratch.join("unpacker.bare.wasm");
    let out = scratch.join("unpacker.wasm");
    strip(wasm, &["memory", "room", "unpack"], &bare)?;
    wasm_opt(places, &["-Oz", "--converge", "--strip-debug"], &bare, &out)?;
    let js = places
        .tool("esbuild/bin/esbuild")
        .arg(places.root().join(UNPACK))
        .args(["--minify", "--target=es2022"])
        .stdout()?;
    Ok(Unpacker {
        module: fs::read(out)?,
        js,
    })
}

/// Decisions of a sign-in at an identity provider, see `xtask/sso` and `xtask/further`.
pub(crate) fn sso(places: &Places, wasm: &Path, name: &str, scratch: &Path) -> Result<PathBuf> {
    let bare = scratch.join(format!("{name}.bare.wasm"));
    let out = scratch.join(format!("{name}.wasm"));
    strip(wasm, &["memory", "room", "call"], &bare)?;
    let passes = [PASSES, &["--strip-debug"]].concat();
    wasm_opt(places, &passes, &bare, &out)?;
    Ok(out)
}

/// The module with these exports only.
fn strip(wasm: &Path, exports: &[&str], out: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm)?;
    let all = module.exports.iter();
    let needless: Vec<_> = all
        .filter(|export| !exports.contains(&export.name.as_str()))
        .map(|export| export.id())
        .collect();
    for export in needless {
        module.exports.delete(export);
    }
    for custom in ["name", "target_features"] {
        module.customs.remove_raw(custom);
    }
    module.emit_wasm_file(out)
}

/// The module that [`bind::package`] left, as it is shipped.
pub(crate) fn optimize(places: &Places, scratch: &Path) -> Result<PathBuf> {
    let out = scratch.join("optimized.wasm");
    wasm_opt(places, PASSES, &bind::bound(scratch), &out)?;
    Ok(out)
}

/// The same with the names of functions.
pub(crate) fn named(places: &Places, scratch: &Path) -> Result<PathBuf> {
    let out = scratch.join("optimized.named.wasm");
    let passes = [PASSES, &["--debuginfo"]].concat();
    wasm_opt(places, &passes, &bind::bound(scratch), &out)?;
    Ok(out)
}

fn wasm_opt(places: &Places, passes: &[&str], input: &Path, output: &Path) -> Result<()> {
    places
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
