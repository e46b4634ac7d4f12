//! wasm-bindgen, which writes the JavaScript side of a module.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Parser, Payload};

use crate::{shorten, table};

/// An import from `env` is a C symbol that nothing provides: code that does not belong in a browser.
pub(crate) fn refuse_foreign_imports(wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    for payload in Parser::new(0).parse_all(&bytes) {
        let Payload::ImportSection(imports) = payload? else {
            continue;
        };
        for import in imports.into_imports() {
            let import = import?;
            if import.module == "env" {
                bail!("the module imports `{}` from `env`", import.name);
            }
        }
    }
    Ok(())
}

/// Where [`package`] leaves the module.
pub(crate) fn bound(scratch: &Path) -> PathBuf {
    scratch.join("bindgen/hallpass_bg.wasm")
}

/// The package's module, trimmed and with short names. Gives its JavaScript.
pub(crate) fn package(compiled: &Path, scratch: &Path) -> Result<PathBuf> {
    let out = scratch.join("bindgen");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let mut output = Bindgen::new()
        .input_path(compiled)
        .out_name("hallpass")
        .web(true)?
        .omit_default_module_path(true)
        .typescript(false)
        .remove_producers_section(true)
        .generate_output()
        .context("wasm-bindgen")?;
    table::prune(output.wasm_mut()).context("the function table")?;
    // For linkers.
    output.wasm_mut().customs.remove_raw("target_features");
    let text = shorten::shorten(&mut output).context("shortening names")?;
    output.emit(&out).context("wasm-bindgen")?;
    let js = out.join("hallpass.js");
    fs::write(&js, text)?;
    Ok(js)
}

/// An app's module, as an app's own tools would do it.
pub(crate) fn app(compiled: &Path, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .generate(folder)
        .context("wasm-bindgen")
}
