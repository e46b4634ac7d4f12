//! Fetches what the other commands need, once.
//!
//! What cannot be installed from here ends up in one message that lists every missing thing with the
//! command that installs it.

mod browser;
mod debian;
mod laravel;
mod nodes;
mod npm;
mod rails;
mod rust;

use anyhow::{Result, bail};

use crate::project::Project;

pub(crate) use browser::{Browser, Engine, SHELL};

/// A thing that a command needs.
#[derive(Clone, Copy)]
pub(crate) enum Need {
    /// The standard library for `wasm32-unknown-unknown`.
    Wasm,
    Fmt,
    Clippy,
    /// Node and the npm packages of `tools/`.
    Tools,
    /// The npm packages that the tests of the npm package need.
    NpmTests,
    /// What makes the pages a site: VitePress, TypeDoc and the look at its links.
    Docs,
    /// Bundlers and runtimes that are large, for the tier `all`.
    Bundlers,
    /// The frameworks of the examples that have a server of their own.
    Apps,
    /// Angular with its command line, for the tier `all`.
    AngularCli,
    /// A provider whose npm packages want others than those of the tests, for the tier `all`.
    Providers,
    /// The npm packages of `bench/`: the libraries to compare with.
    Peers,
    Browser(Engine),
    /// Redis and nginx, for several nodes of the backend.
    Nodes,
    /// Apache with mod_auth_openidc.
    Apache,
    /// Rails and Devise.
    Rails,
    /// Laravel.
    Laravel,
    /// The load generator.
    Wrk,
    /// `llvm-tools` and `cargo-llvm-cov`.
    Coverage,
    /// `cargo-mutants`.
    Mutants,
}

impl Need {
    /// What compiles and packs.
    const TOOLS: &[Self] = &[Self::Wasm, Self::Fmt, Self::Clippy, Self::Tools];

    /// What tests run in and against.
    const TESTS: &[Self] = &[
        Self::NpmTests,
        Self::Docs,
        Self::Browser(Engine::Chromium),
        Self::Browser(Engine::Firefox),
        Self::Browser(Engine::Webkit),
        Self::Nodes,
        Self::Apache,
        Self::Rails,
        Self::Laravel,
    ];
}

/// `cargo xtask setup`: all that `cargo xtask test` needs, or the part of this name.
pub(crate) fn setup(project: &Project, part: Option<&str>) -> Result<()> {
    let needs = match part {
        None => [Need::TOOLS, Need::TESTS].concat(),
        Some("tools") => Need::TOOLS.to_vec(),
        Some("tests") => Need::TESTS.to_vec(),
        Some(other) => bail!("`{other}` is none of tools, tests"),
    };
    ensure(project, &needs)
}

/// A thing that is missing, and the command that installs it.
pub(crate) struct Missing {
    pub(crate) what: String,
    pub(crate) install: String,
}

impl Missing {
    fn new(what: impl Into<String>, install: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            install: install.into(),
        }
    }
}

/// Makes sure of `needs`. All of them are looked at before anything is reported.
pub(crate) fn ensure(project: &Project, needs: &[Need]) -> Result<()> {
    let packages: Vec<&str> = needs.iter().flat_map(debian_packages).collect();
    if !packages.is_empty() && debian::can_install() {
        // All at once; what is still missing afterwards is told below.
        debian::install(&packages);
    }
    let missing: Vec<Missing> = needs
        .iter()
        .filter_map(|need| ensure_one(project, *need).err())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut message = String::from("these are missing:\n");
    let mut said = Vec::new();
    for Missing { what, install } in missing {
        if said.contains(&what) {
            continue;
        }
        message.push_str(&format!("\n  {what}\n      {install}\n"));
        said.push(what);
    }
    bail!("{message}");
}

/// Debian's packages of what is not here yet.
fn debian_packages(need: &Need) -> Vec<&'static str> {
    match need {
        Need::Browser(engine) => browser::missing_packages(*engine),
        Need::Nodes => nodes::missing(nodes::PROGRAMS),
        Need::Apache => nodes::missing_apache(),
        Need::Wrk => nodes::missing(nodes::WRK),
        Need::Rails => rails::missing(),
        Need::Laravel => laravel::missing(),
        _ => Vec::new(),
    }
}

fn ensure_one(project: &Project, need: Need) -> Result<(), Missing> {
    match need {
        Need::Wasm => rust::wasm_target(),
        Need::Fmt => rust::component("rustfmt", "cargo-fmt"),
        Need::Clippy => rust::component("clippy", "cargo-clippy"),
        Need::Tools => npm::install(&project.places.tools()),
        Need::NpmTests => npm::install(&project.root.join("tests")),
        Need::Docs => npm::install(&project.places.tools().join("docs")),
        Need::Bundlers => npm::install(&project.root.join("tests/bundlers/all")),
        Need::Apps => npm::install_apps(&project.root.join("examples")),
        Need::AngularCli => npm::install(&project.root.join("tests/frameworks/angular-cli")),
        Need::Providers => npm::install(&project.root.join("tests/sso/all")),
        Need::Peers => npm::install(&project.bench()),
        Need::Browser(engine) => browser::ensure(engine),
        Need::Nodes => nodes::ensure(nodes::PROGRAMS),
        Need::Wrk => nodes::ensure(nodes::WRK),
        // Their tests are skipped where they are missing.
        Need::Apache | Need::Rails | Need::Laravel => Ok(()),
        Need::Coverage => rust::coverage(),
        Need::Mutants => rust::mutants(),
    }
}

/// Says what is being fetched, for it may take a while.
fn say(what: &str) {
    eprintln!("setup: {what}");
}
