//! `cargo xtask build`: the crate as WebAssembly with its JavaScript, in `pkg/dist/`.

mod glue;
mod optimize;
mod shorten;
mod streams;
mod table;
mod text;
mod trim;

use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Parser, Payload};

use crate::project::Project;
use crate::run::Cmd;
use crate::setup::{self, Need};

/// Changed by hand where a step below changes what it writes.
const RECIPE: u32 = 11;

/// Of the shell, but in a file of its own: few need it.
const LEASE: &str = "src/browser/lease.js";

/// What the build leaves behind.
pub(crate) struct Built {
    /// The module as shipped.
    pub(crate) wasm: PathBuf,
    /// The same module with function names, for `cargo xtask size`.
    pub(crate) named: PathBuf,
}

/// Builds what is not up to date.
pub(crate) fn build(project: &Project) -> Result<Built> {
    setup::ensure(project, &[Need::Wasm, Need::Tools])?;
    let scratch = project.scratch("build")?;
    // Two commands at once (a test run beside a demo) must not write the same files.
    let lock = File::create(scratch.join("lock"))?;
    lock.lock()?;

    let compiled = compile(project, "hallpass", &["--features=js"])?;
    let unpacker = compile(project, "hallpass-unpack", &[])?;
    let built = Built {
        wasm: project.dist().join("hallpass.wasm"),
        named: scratch.join("hallpass.named.wasm"),
    };
    let stamp = scratch.join("stamp");
    let inputs = [
        compiled.clone(),
        unpacker.clone(),
        // The versions of wasm-bindgen and of the npm tools.
        project.root.join("Cargo.lock"),
        project.tools().join("package-lock.json"),
        project.root.join(LEASE),
        // It is tried with what is inlined.
        project.root.join("pkg/src/unpack.js"),
    ];
    let outputs = [
        built.wasm.clone(),
        built.named.clone(),
        project.dist().join("glue.js"),
        project.dist().join("inline.js"),
        project.dist().join("lease.js"),
    ];
    if let Ok(state) = state(&inputs, &outputs)
        && fs::read_to_string(&stamp).is_ok_and(|before| before == state)
    {
        return Ok(built);
    }

    refuse_foreign_imports(&compiled)?;
    let bound = bind(&compiled, &scratch)?;
    let unpacker = optimize::unpacker(project, &unpacker, &scratch)?;
    let optimized = optimize::optimize(project, &bound.wasm, &unpacker, &scratch)?;
    glue::validate(&optimized.shipped)?;

    fs::create_dir_all(project.dist())?;
    let wasm = fs::read(&optimized.shipped)?;
    let inlined = streams::inline(&wasm, &unpacker)?;
    put(&built.wasm, &wasm)?;
    put(&project.dist().join("inline.js"), inlined.as_bytes())?;
    glue::unpacks(project, &optimized.shipped)?;
    let lease = project.root.join(LEASE);
    put(&project.dist().join("lease.js"), &fs::read(lease)?)?;
    put(
        &project.dist().join("glue.js"),
        glue::minify(project, &bound.js)?.as_bytes(),
    )?;
    fs::rename(&optimized.named, &built.named)?;
    fs::write(&stamp, state(&inputs, &outputs)?)?;
    eprintln!(
        "built pkg/dist: hallpass.wasm {} bytes, inlined {} bytes",
        wasm.len(),
        inlined.len()
    );
    Ok(built)
}

/// A panic is a trap without words, in the standard library too; a stack as small as the engine needs,
/// so that the addresses of constants, which lie behind it, are short.
const SMALL: &[&str] = &[
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    "-Clink-arg=-zstack-size=65536",
];

/// Compiles a crate of the workspace. Cargo itself does nothing where nothing changed.
fn compile(project: &Project, package: &str, features: &[&str]) -> Result<PathBuf> {
    // Panic locations hold the path of each dependency: without this the module would differ from
    // machine to machine, and tell where it was built.
    let mut flags: Vec<String> = project
        .registries
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=", folder.display()))
        .collect();
    flags.extend(SMALL.iter().map(|&flag| String::from(flag)));
    flags.push(format!("-Clink-arg=--table-base={}", table::BASE));
    Cmd::new("cargo")
        .args(["rustc", "--lib", "--crate-type=cdylib"])
        .arg(format!("--package={package}"))
        .args(features)
        .args(["--profile=wasm", "--target=wasm32-unknown-unknown"])
        .args([
            "-Zbuild-std=std,panic_abort",
            "-Zbuild-std-features=optimize_for_size",
        ])
        // The standard library as we need it can only be had by building it, which stable does not offer
        // by any other name: docs/decisions/0004.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .dir(&project.root)
        .run()?;
    let name = package.replace('-', "_");
    Ok(project
        .target
        .join("wasm32-unknown-unknown/wasm")
        .join(name)
        .with_extension("wasm"))
}

/// What the steps after the compiler start from and what they left behind: a build into another target
/// folder may have replaced that.
fn state(inputs: &[PathBuf], outputs: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    RECIPE.hash(&mut hasher);
    optimize::PASSES.hash(&mut hasher);
    for file in inputs.iter().chain(outputs) {
        fs::read(file)
            .with_context(|| format!("there is no {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// An import from `env` is a C symbol that nothing provides: code that does not belong in a browser.
fn refuse_foreign_imports(wasm: &Path) -> Result<()> {
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

struct Bound {
    wasm: PathBuf,
    js: PathBuf,
}

/// Runs wasm-bindgen, which writes the JavaScript side.
fn bind(compiled: &Path, scratch: &Path) -> Result<Bound> {
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
    let js = shorten::shorten(&mut output).context("shortening names")?;
    output.emit(&out).context("wasm-bindgen")?;
    let bound = Bound {
        wasm: out.join("hallpass_bg.wasm"),
        js: out.join("hallpass.js"),
    };
    fs::write(&bound.js, js)?;
    Ok(bound)
}

/// Writes a file whole or not at all: a server may be handing it out.
fn put(file: &Path, content: &[u8]) -> Result<()> {
    let part = file.with_extension("part");
    fs::write(&part, content)?;
    fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}
