//! The JavaScript beside the module.

use anyhow::{Context, Result, bail};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use xtask::places::Places;
use xtask::run::Cmd;

/// The two halves of wasm-bindgen's `init`, for a package that fetches the module itself: with these,
/// bundlers leave out the rest of it.
const HALVES: &str = "export { __wbg_get_imports as imports, __wbg_finalize_init as finish };\n";

/// wasm-bindgen's JavaScript with its snippets, without comments and long names, in `dist`. Exported names stay. What the start of the
/// package needs of it as well is a file of its own, beside one of what both need.
pub(crate) fn minify(places: &Places, js: &Path, dist: &Path) -> Result<()> {
    let mut file = OpenOptions::new().append(true).open(js)?;
    file.write_all(HALVES.as_bytes())?;
    let common = common_to_both(js)?;
    places
        .tool("esbuild/bin/esbuild")
        .arg(["glue=", &js.to_string_lossy()].concat())
        .arg(["common=", &common.to_string_lossy()].concat())
        .args(["--bundle", "--splitting", "--minify", "--format=esm"])
        .args(["--target=es2022", "--chunk-names=shared"])
        .arg(["--outdir=", &dist.to_string_lossy()].concat())
        .quiet()?;
    // Bundlers would go looking for a file beside this one.
    if fs::read_to_string(dist.join("glue.js"))?.contains("import.meta") {
        bail!("the glue names import.meta");
    }
    Ok(())
}

/// wasm-bindgen writes the files of the shell below a folder that it names itself.
fn common_to_both(js: &Path) -> Result<PathBuf> {
    let snippets = js.with_file_name("snippets");
    for folder in fs::read_dir(snippets)? {
        let file = folder?.path().join("src/browser/common.js");
        if file.exists() {
            return Ok(file);
        }
    }
    bail!("wasm-bindgen has left out src/browser/common.js")
}

/// Whether an engine takes the module: optimisers have written ones that none takes.
pub(crate) fn validate(wasm: &Path) -> Result<()> {
    let script =
        "process.exit(WebAssembly.validate(require('fs').readFileSync(process.argv[1])) ? 0 : 1)";
    Cmd::new("node")
        .args(["--eval", script])
        .arg(wasm)
        .quiet()
        .with_context(|| format!("{} is not a valid module", wasm.display()))
}

/// Whether `file` of the package gives this very module.
pub(crate) fn unpacks(places: &Places, file: &str, wasm: &Path) -> Result<()> {
    let script = "
        const [file, wasm] = process.argv.slice(1);
        const bytes = (await import(file)).default();
        process.exit((await import('node:fs')).readFileSync(wasm).equals(bytes) ? 0 : 1)";
    Cmd::new("node")
        .args(["--input-type=module", "--eval", script])
        .arg(places.dist().join(file))
        .arg(wasm)
        .quiet()
        .context("xtask/unpack/unpack.js does not give the module back")
}
