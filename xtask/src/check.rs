//! `cargo xtask check`: what the table gives, format, lints, documentation and types.

use anyhow::{Result, bail, ensure};

use crate::programs::{self, FEATURES};
use crate::project::Project;
use crate::rust_examples;
use crate::setup::{self, Need};
use crate::table;
use crate::tier::Tier;
use xtask::run::Cmd;

const WASM: &[&str] = &["--package=hallpass", "--target=wasm32-unknown-unknown"];
const APP: &[&str] = &["--package=hallpass-rust-app"];
const JS: &[&str] = &["--features=js"];

/// A part of it, by which it can be asked for.
#[derive(Clone, Copy)]
enum Part {
    Table,
    Format,
    Types,
    Clippy,
    Docs,
}

impl Part {
    const ALL: [Self; 5] = [
        Self::Table,
        Self::Format,
        Self::Types,
        Self::Clippy,
        Self::Docs,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Format => "format",
            Self::Types => "types",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
        }
    }

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Table | Self::Format => &[Need::Fmt],
            Self::Types => &[Need::Tools, Need::NpmTests],
            Self::Clippy => &[Need::Clippy, Need::Wasm],
            Self::Docs => &[Need::Wasm],
        }
    }

    fn run(self, project: &Project, tier: Tier) -> Result<()> {
        match self {
            Self::Table => table::check(project),
            Self::Format => {
                cargo(project, "fmt").args(["--all", "--check"]).run()?;
                rust_examples::cargo(project, "fmt")
                    .args(["--all", "--check"])
                    .run()
            }
            Self::Types => types(project),
            Self::Clippy => lints(project, tier),
            Self::Docs => {
                doc(project, &["--package=hallpass"])?;
                doc(project, &[WASM, JS].concat())?;
                // As docs.rs shows it.
                cargo(project, "doc")
                    .arg("--no-deps")
                    .args(WASM)
                    .env("RUSTDOCFLAGS", "-D warnings")
                    .run()?;
                match tier {
                    Tier::Short => Ok(()),
                    Tier::All => doc(project, &["--workspace", FEATURES]),
                }
            }
        }
    }
}

/// All of it, or the part of this name.
pub(crate) fn check(project: &Project, tier: Tier, wanted: Option<&str>) -> Result<()> {
    let is_wanted = |part: &Part| wanted.is_none_or(|name| part.name() == name);
    let parts: Vec<Part> = Part::ALL.into_iter().filter(is_wanted).collect();
    if parts.is_empty() {
        bail!("the parts are {}", Part::ALL.map(Part::name).join(", "));
    }
    for part in parts {
        println!("── {}", part.name());
        setup::ensure(project, part.needs())?;
        part.run(project, tier)?;
    }
    Ok(())
}

/// Of what is compiled for tests; in the browser, with and without the exports of the npm package.
fn lints(project: &Project, tier: Tier) -> Result<()> {
    let warnings = programs::warnings(project)?;
    warnings.iter().for_each(|text| eprint!("{text}"));
    clippy(project, &[WASM, APP].concat())?;
    clippy(project, &[WASM, JS].concat())?;
    if tier == Tier::All {
        // Benchmarks and what else no test is made of.
        clippy(project, &["--workspace", "--all-targets", FEATURES])?;
        rust_examples::clippy(project)?;
    }
    ensure!(warnings.is_empty(), "{} warnings", warnings.len());
    Ok(())
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
        project
            .places
            .tools()
            .join("node_modules/typescript/bin/tsc"),
        project.root.join("tests/node_modules/typescript/bin/tsc"),
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
