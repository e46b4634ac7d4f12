//! From what the compiler made to what the npm package ships. `cargo xtask build` calls it; a program of its own, so that no other
//! command has to compile what it stands on.

mod bind;
mod contributors;
mod glue;
mod optimize;
mod shorten;
mod streams;
mod table;
mod text;
mod trim;

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use xtask::places::Places;

/// Of the shell, but in a file of its own: few need it.
const LEASE: &str = "src/browser/lease.js";

const USAGE: &str = "\
hallpass-build ROOT SCRATCH package MODULE UNPACKER SSO FURTHER   pkg/dist/ out of the modules that the compiler made
hallpass-build ROOT SCRATCH app MODULE FOLDER         the JavaScript of a Rust app
hallpass-build ROOT SCRATCH contributors              what the package is made of, as it was built last
";

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[PathBuf]) -> Result<()> {
    let [root, scratch, command, rest @ ..] = arguments else {
        bail!("{USAGE}");
    };
    let places = Places::new(root);
    match (command.to_str(), rest) {
        (Some("package"), [module, unpacker, sso, further]) => {
            let decisions = [("sso", sso.as_path()), ("further", further.as_path())];
            package(&places, scratch, module, unpacker, decisions)
        }
        (Some("app"), [module, folder]) => bind::app(module, folder),
        (Some("contributors"), []) => contributors::print(&places, scratch),
        _ => bail!("{USAGE}"),
    }
}

fn package(
    places: &Places,
    scratch: &Path,
    module: &Path,
    unpacker: &Path,
    decisions: [(&str, &Path); 2],
) -> Result<()> {
    bind::refuse_foreign_imports(module)?;
    let js = bind::package(module, scratch)?;
    let unpacker = optimize::unpacker(places, unpacker, scratch)?;
    let module = optimize::optimize(places, scratch)?;
    glue::validate(&module)?;

    let dist = places.dist();
    fs::create_dir_all(&dist)?;
    let wasm = fs::read(&module)?;
    let inlined = streams::inline(&wasm, &unpacker)?;
    put(&dist.join("hallpass.wasm"), &wasm)?;
    put(&dist.join("inline.js"), inlined.as_bytes())?;
    glue::unpacks(places, "inline.js", &module)?;
    for (name, wasm) in decisions {
        bind::refuse_foreign_imports(wasm)?;
        let module = optimize::sso(places, wasm, name, scratch)?;
        let file = format!("{name}.js");
        let inlined = streams::inline(&fs::read(&module)?, &unpacker)?;
        put(&dist.join(&file), inlined.as_bytes())?;
        glue::unpacks(places, &file, &module)?;
    }
    put(
        &dist.join("lease.js"),
        &fs::read(places.root().join(LEASE))?,
    )?;
    glue::minify(places, &js, &dist)?;
    println!(
        "built pkg/dist: hallpass.wasm {} bytes, inlined {} bytes",
        wasm.len(),
        inlined.len()
    );
    Ok(())
}

/// Writes a file whole or not at all: a server may be handing it out.
fn put(file: &Path, content: &[u8]) -> Result<()> {
    let part = file.with_extension("part");
    fs::write(&part, content)?;
    fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}
