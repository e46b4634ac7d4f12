//! The one place for everything a person runs: `cargo xtask <command>`.

mod backend;
mod bench;
mod build;
mod check;
mod coverage;
mod demo;
mod docs;
mod e2e;
mod example;
mod first_hour;
mod fuzz;
mod host;
mod mutants;
mod npm_tests;
mod plan;
mod programs;
mod project;
mod rust_examples;
mod setup;
mod simulate;
mod size;
mod table;
mod test;
mod tier;

use anyhow::{Result, bail};
use lexopt::prelude::*;
use std::process::ExitCode;

use project::Project;
use setup::Engine;
use tier::Tier;

const USAGE: &str = "\
cargo xtask <command>

  demo [--port N] [--nodes N] the demo page with its backend; prints the address, Ctrl-C ends it.
                              Several nodes stand over one Redis and behind nginx
  example NAME                an app of examples/ and the backend that it calls; Ctrl-C ends both
  test [--all]                every promise once, which is what CI runs; --all in all its breadth: all modes in all
                              engines, all bundlers, more states and lives, and fuzzing

  setup [PART]                fetch what the other commands need (tools, tests); each does so itself
  build                       the WebAssembly and its JavaScript, into pkg/dist/
  check [PART]                the table, format, types, clippy and docs
  table                       writes what JavaScript and Rust share, out of xtask/src/table
  host                        the tests that need no browser
  e2e [--engine NAME] [TEST]  the browser tests, in chromium, firefox or webkit
  npm [FOLDER]                the tests of the npm package: all, or those of a folder of tests/
  simulate [--seeds N|A..B]   lives of many tabs in virtual time, one from each seed
  model                       every state that a few tabs can get into
  fuzz [--seconds N] [--seed N] [TARGET]
                              inputs that nobody thought of, 30 s for each target
  docs [--serve]              the pages and the API's as a site, in target/docs, with every link followed; --serve shows it
  size [--update]             bytes of the package beside its peers; --update lowers the budget
  size --rust                 bytes that hallpass adds to an app in Leptos
  bench [--engine NAME] [--only MEASURE]... [--client NAME]... [--quick]
                              hallpass beside bare fetch and its peers, into bench/results/ and docs/bench.md
  bench --native [--quick] [--update]
                              the core alone; fails if it takes more instructions than it did. --quick leaves
                              the times out, --update writes the instructions down
  bench --load [--quick]      requests per second that the backend answers, by store, nodes and stored sessions,
                              into docs/load.md
  first-hour [NAME]           from an empty folder to the first signed-in call, as the pages of docs/frameworks say, into
                              docs/first-hour.md; needs the npm registry
  coverage                    line coverage of src/core and src/jwt
  mutants [FILE]              how many changes of src/core and src/jwt a test notices; takes hours

With HALLPASS_TIER=all the tests of a command are those of `test --all`.
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(Value(name)) => name.string()?,
        None | Some(Long("help") | Short('h')) => "help".to_owned(),
        Some(other) => return Err(other.unexpected().into()),
    };
    let options = Options::read(&command, &mut args)?;
    let project = Project::locate()?;
    let filter = options.filter.as_deref();
    let tier = if options.all {
        Tier::All
    } else {
        Tier::from_env()
    };
    match command.as_str() {
        "help" => print!("{USAGE}"),
        "setup" => setup::setup(&project, filter)?,
        "build" => {
            build::build(&project)?;
            if options.apps {
                build::rust_app(&project)?;
            }
            if options.apps && tier == Tier::All {
                rust_examples::build_all(&project)?;
            }
        }
        "table" => {
            setup::ensure(&project, &[setup::Need::Fmt])?;
            table::write(&project)?;
        }
        "check" => check::check(&project, tier, filter)?,
        "test" if !test::test(&project, tier)? => return Ok(ExitCode::FAILURE),
        "test" => {}
        "compile" => programs::compile(&project)?,
        "host" if options.doc => host::doc(&project)?,
        "host" => host::host(&project)?,
        "e2e" => e2e::e2e(&project, options.engine(), tier, filter)?,
        "npm" => npm_tests::npm(&project, tier, filter)?,
        "simulate" => simulate::simulate(&project, tier, options.seeds.as_deref())?,
        "model" => simulate::model(&project, tier)?,
        "docs" => docs::docs(&project, options.serve)?,
        "fuzz" => fuzz::fuzz(&project, filter, options.seconds, options.seed)?,
        "size" if options.gate => size::gate(&project)?,
        "size" if options.rust => size::rust(&project)?,
        "size" => size::size(&project, options.update)?,
        "bench" if options.native => bench::native(&project, options.native()?)?,
        "bench" if options.load => bench::load(&project, options.load()?)?,
        "bench" if options.update => bail!("`--update` goes with `--native`"),
        "bench" => bench::bench(&project, options.engine(), &options.bench)?,
        "coverage" => coverage::coverage(&project)?,
        "mutants" => return mutants::mutants(&project, filter),
        "example" => example::example(&project, filter)?,
        "first-hour" => first_hour::first_hour(&project, filter)?,
        "demo" => demo::demo(&project, options.port, options.nodes)?,
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// What may stand behind a command.
struct Options {
    engine: Option<Engine>,
    filter: Option<String>,
    /// What `bench/bench.js` is told, in its own words.
    bench: Vec<String>,
    native: bool,
    load: bool,
    port: Option<u16>,
    nodes: usize,
    /// What `simulate` lives.
    seeds: Option<String>,
    /// Where the chance of `fuzz` begins.
    seed: u32,
    seconds: u32,
    update: bool,
    all: bool,
    /// Steps of `test`: the Rust app beside the package, the tests in the documentation, the budget alone.
    apps: bool,
    doc: bool,
    gate: bool,
    /// Of `size`: an app in Rust.
    rust: bool,
    /// Of `docs`: to look at.
    serve: bool,
}

impl Options {
    /// Refuses what the command does not take, so that a typo is not silently ignored.
    fn read(command: &str, args: &mut lexopt::Parser) -> Result<Self> {
        let mut options = Self {
            engine: None,
            filter: None,
            bench: Vec::new(),
            native: false,
            load: false,
            port: None,
            nodes: 1,
            seeds: None,
            seed: 0,
            seconds: fuzz::SECONDS,
            update: false,
            all: false,
            apps: false,
            doc: false,
            gate: false,
            rust: false,
            serve: false,
        };
        while let Some(arg) = args.next()? {
            match (command, arg) {
                ("bench" | "e2e", Long("engine")) => options.engine = Some(args.value()?.parse()?),
                ("e2e" | "example" | "first-hour" | "fuzz", Value(filter)) => {
                    options.filter = Some(filter.string()?)
                }
                ("check" | "mutants" | "npm" | "setup", Value(file)) => {
                    options.filter = Some(file.string()?)
                }
                ("bench", Long(name @ ("only" | "client"))) => {
                    let flag = format!("--{name}");
                    options.bench.extend([flag, args.value()?.string()?]);
                }
                ("bench", Long("quick")) => options.bench.push("--quick".to_owned()),
                ("bench", Long("native")) => options.native = true,
                ("bench", Long("load")) => options.load = true,
                ("demo", Long("port")) => options.port = Some(args.value()?.parse()?),
                ("demo", Long("nodes")) => options.nodes = args.value()?.parse()?,
                ("simulate", Long("seeds")) => options.seeds = Some(args.value()?.string()?),
                ("fuzz", Long("seed")) => options.seed = args.value()?.parse()?,
                ("test", Long("all")) => options.all = true,
                ("build", Long("apps")) => options.apps = true,
                ("host", Long("doc")) => options.doc = true,
                ("docs", Long("serve")) => options.serve = true,
                ("size", Long("rust")) => options.rust = true,
                ("size", Long("gate")) => options.gate = true,
                ("fuzz", Long("seconds")) => options.seconds = args.value()?.parse()?,
                ("bench" | "size", Long("update")) => options.update = true,
                (_, other) => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }

    fn engine(&self) -> Engine {
        self.engine.unwrap_or(Engine::Chromium)
    }

    /// Of the benchmark that has neither browsers nor clients.
    fn native(&self) -> Result<bench::Native> {
        if self.load {
            bail!("`--native` and `--load` are two benchmarks");
        }
        Ok(bench::Native {
            quick: self.quick_alone("--native")?,
            update: self.update,
        })
    }

    /// Of the benchmark of the backend: whether it is to be quick.
    fn load(&self) -> Result<bool> {
        if self.update {
            bail!("`--update` goes with `--native`");
        }
        self.quick_alone("--load")
    }

    /// Whether there is `--quick`, beside which nothing that is for browsers may stand.
    fn quick_alone(&self, flag: &str) -> Result<bool> {
        let is_quick = |word: &String| word == "--quick";
        if self.engine.is_some() || !self.bench.iter().all(is_quick) {
            bail!("`{flag}` takes neither an engine nor measures nor clients");
        }
        Ok(!self.bench.is_empty())
    }
}
