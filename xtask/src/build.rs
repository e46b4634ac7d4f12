//! `cargo xtask build`: the crate as WebAssembly with its JavaScript, in `pkg/dist/`. What follows the compiler is in `xtask/build`.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::programs;
use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The program that does what follows the compiler.
#[derive(Clone, Copy)]
pub(crate) enum Packer {
    /// Cargo builds it if it has to.
    ByCargo,
    /// It was built a moment ago, together with others, which share with it what they stand on.
    Built,
}

/// Builds what is not up to date, and gives the module as shipped.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    build_by(project, Packer::chosen())
}

/// The same by this program.
pub(crate) fn build_by(project: &Project, packer: Packer) -> Result<PathBuf> {
    let shipped = project.places.dist().join("hallpass.wasm");
    if programs::are_compiled() {
        return Ok(shipped);
    }
    setup::ensure(project, &[Need::Wasm, Need::Tools])?;
    let scratch = project.scratch("build")?;
    // Two commands at once (a test run beside a demo) must not write the same files.
    let lock = File::create(scratch.join("lock"))?;
    lock.lock()?;

    let compiled = compile(project, "hallpass", &["--features=js"])?;
    let unpacker = compile(project, "hallpass-unpack", &[])?;
    let sso = compile(project, "hallpass-sso", &[])?;
    let further = compile(project, "hallpass-further", &[])?;
    let stamp = scratch.join("stamp");
    let state = || state(project, [&compiled, &unpacker, &sso, &further], &scratch);
    if let Ok(state) = state()
        && fs::read_to_string(&stamp).is_ok_and(|before| before == state)
    {
        return Ok(shipped);
    }
    packer
        .command(project, "package")?
        .arg(&compiled)
        .arg(&unpacker)
        .arg(&sso)
        .arg(&further)
        .run()?;
    fs::write(&stamp, state()?)?;
    Ok(shipped)
}

/// `tests/rust-app` as WebAssembly with its JavaScript, built as an app's own tools would.
pub(crate) fn rust_app(project: &Project) -> Result<PathBuf> {
    let folder = project.scratch("rust-app")?;
    if programs::are_compiled() {
        return Ok(folder);
    }
    Cmd::new("cargo")
        .args(["build", "--package=hallpass-rust-app", "--target", TARGET])
        .dir(&project.root)
        .run()?;
    let compiled = project.target.join(TARGET).join("debug");
    let module = compiled.join("hallpass_rust_app.wasm");
    bind(project, Packer::chosen(), &module, &folder)?;
    Ok(folder)
}

/// The JavaScript of an app's module, beside it in `folder`.
pub(crate) fn bind(project: &Project, packer: Packer, module: &Path, folder: &Path) -> Result<()> {
    let packed = packer.command(project, "app")?.arg(module).arg(folder);
    packed.run()
}

/// What the package is made of, as it was built last.
pub(crate) fn contributors(project: &Project) -> Result<()> {
    Packer::ByCargo.command(project, "contributors")?.run()
}

impl Packer {
    fn chosen() -> Self {
        if programs::are_made() {
            Self::Built
        } else {
            Self::ByCargo
        }
    }

    fn command(self, project: &Project, command: &str) -> Result<Cmd> {
        let run = match self {
            Self::Built => Cmd::new(project.target.join("debug/hallpass-build")),
            Self::ByCargo => Cmd::new("cargo").args(["run", "--package=hallpass-build", "--"]),
        };
        let run = run.arg(&project.root).arg(project.scratch("build")?);
        Ok(run.arg(command).dir(&project.root))
    }
}

/// A panic is a trap without words, in the standard library too; a stack as small as the engine needs,
/// so that the addresses of constants, which lie behind it, are short. Where the module has no references, wasm-bindgen keeps
/// JavaScript's values in an array, which takes a few lines of JavaScript in place of a table that the module looks after.
const SMALL: &[&str] = &[
    "-Ctarget-feature=-reference-types",
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
        .registries()?
        .iter()
        .map(|folder| format!("--remap-path-prefix={}=", folder.display()))
        .collect();
    flags.extend(SMALL.iter().map(|&flag| String::from(flag)));
    flags.push(format!("-Clink-arg=--table-base={}", xtask::TABLE_BASE));
    Cmd::new("cargo")
        .args(["rustc", "--lib", "--crate-type=cdylib"])
        .arg(format!("--package={package}"))
        .args(features)
        .args(["--profile=wasm", "--target", TARGET])
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
    let module = project.target.join(TARGET).join("wasm").join(name);
    Ok(module.with_extension("wasm"))
}

/// What the steps after the compiler start from and what they left behind: a build into another target
/// folder may have replaced that.
fn state(project: &Project, compiled: [&Path; 4], scratch: &Path) -> Result<String> {
    let dist = project.places.dist();
    let mut files: Vec<PathBuf> = compiled.map(Path::to_owned).into();
    files.extend([
        // The versions of wasm-bindgen and of the npm tools.
        project.root.join("Cargo.lock"),
        project.places.tools().join("package-lock.json"),
        project.root.join("src/browser/lease.js"),
        // It is written into what is inlined.
        project.root.join("xtask/unpack/unpack.js"),
        dist.join("hallpass.wasm"),
        dist.join("glue.js"),
        dist.join("inline.js"),
        dist.join("lease.js"),
        dist.join("sso.js"),
        dist.join("further.js"),
        // `cargo xtask size` goes on from this.
        scratch.join("bindgen/hallpass_bg.wasm"),
    ]);
    let mut steps: Vec<PathBuf> = fs::read_dir(project.root.join("xtask/build/src"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    steps.sort();
    files.append(&mut steps);
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file)
            .with_context(|| format!("there is no {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
