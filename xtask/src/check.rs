//! `cargo xtask check`: format, lints, documentation and types.

use anyhow::Result;

use crate::project::Project;
use crate::report::Report;
use crate::run::Cmd;
use crate::setup::{self, Need};

const WASM: &[&str] = &["--package=hallpass", "--target=wasm32-unknown-unknown"];
const APP: &[&str] = &["--package=hallpass-rust-app"];
const JS: &[&str] = &["--features=js"];

pub(crate) fn check(project: &Project, report: &mut Report) -> Result<()> {
    let needs = [
        Need::Fmt,
        Need::Clippy,
        Need::Wasm,
        Need::Tools,
        Need::Packaging,
    ];
    setup::ensure(project, &needs)?;
    report.check("format", || {
        cargo(project, "fmt").args(["--all", "--check"]).run()
    })?;
    report.check("types of the npm package", || types(project))?;
    report.check("clippy", || {
        clippy(project, &["--workspace", "--all-targets"])
    })?;
    report.check("clippy, wasm", || clippy(project, &[WASM, APP].concat()))?;
    report.check("clippy, wasm, feature js", || {
        clippy(project, &[WASM, JS].concat())
    })?;
    report.check("documentation", || doc(project, &["--workspace"]))?;
    report.check("documentation, wasm", || doc(project, &[WASM, JS].concat()))
}

fn clippy(project: &Project, what: &[&str]) -> Result<()> {
    cargo(project, "clippy")
        .args(what)
        .args(["--", "-D", "warnings"])
        .run()
}

fn doc(project: &Project, what: &[&str]) -> Result<()> {
    cargo(project, "doc")
        .args(["--no-deps", "--document-private-items"])
        .args(what)
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()
}

/// Real TypeScript code against `pkg/*.d.ts`: resolved as bundlers and as Node do, with an older library,
/// by the compiler of today and by the last of the line before.
fn types(project: &Project) -> Result<()> {
    let folder = project.packaging();
    let compilers = [
        project.tools().join("node_modules/typescript/bin/tsc"),
        folder.join("node_modules/typescript5/bin/tsc"),
    ];
    for compiler in compilers {
        for config in ["tsconfig", "tsconfig.nodenext", "tsconfig.es2020"] {
            Cmd::new("node")
                .arg(&compiler)
                .arg("--project")
                .arg(folder.join(format!("types/{config}.json")))
                .quiet()?;
        }
    }
    Ok(())
}

fn cargo(project: &Project, command: &str) -> Cmd {
    Cmd::new("cargo").arg(command).dir(&project.root)
}
