//! The one place for everything a person runs: `cargo xtask <command>`.

mod bench;
mod build;
mod check;
mod coverage;
mod demo;
mod e2e;
mod project;
mod report;
mod run;
mod setup;
mod simulate;
mod size;
mod test;
mod weight;

use anyhow::{Result, bail};
use lexopt::prelude::*;
use std::process::ExitCode;

use project::Project;
use report::Report;
use setup::{Engine, Need};

const USAGE: &str = "\
cargo xtask <command>

  demo [--port N]             the demo page with its backend; prints the address, Ctrl-C ends it
  test                        everything that CI needs

  setup                       fetch what the other commands need; each does so itself
  build                       the WebAssembly and its JavaScript, into pkg/dist/
  check                       format, lints, documentation, TypeScript types
  e2e [--engine NAME] [TEST]  the browser tests, in chromium, firefox or webkit
  simulate [--seeds N|A..B]   lives of many tabs in virtual time, one from each seed
  model                       every state that a few tabs can get into
  size [--update]             bytes of the package beside its peers; --update lowers the budget
  bench                       time of the package beside bare fetch
  coverage                    line coverage of src/core and src/jwt
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
    match command.as_str() {
        "help" => print!("{USAGE}"),
        "setup" => setup::ensure(&project, Need::TEST)?,
        "build" => drop(build::build(&project)?),
        "check" => check::check(&project, &mut Report::default())?,
        "test" if !test::test(&project) => return Ok(ExitCode::FAILURE),
        "test" => {}
        "e2e" => e2e::e2e(&project, options.engine, options.filter.as_deref())?,
        "simulate" => simulate::simulate(&project, &options.seeds)?,
        "model" => simulate::model(&project)?,
        "size" => size::size(&project, options.update)?,
        "bench" => bench::bench(&project)?,
        "coverage" => coverage::coverage(&project)?,
        "demo" => demo::demo(&project, options.port)?,
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// What may stand behind a command.
struct Options {
    engine: Engine,
    filter: Option<String>,
    port: Option<u16>,
    seeds: String,
    update: bool,
}

impl Options {
    /// Refuses what the command does not take, so that a typo is not silently ignored.
    fn read(command: &str, args: &mut lexopt::Parser) -> Result<Self> {
        let mut options = Self {
            engine: Engine::Chromium,
            filter: None,
            port: None,
            seeds: simulate::SEEDS.to_owned(),
            update: false,
        };
        while let Some(arg) = args.next()? {
            match (command, arg) {
                ("e2e", Long("engine")) => options.engine = args.value()?.parse()?,
                ("e2e", Value(filter)) => options.filter = Some(filter.string()?),
                ("demo", Long("port")) => options.port = Some(args.value()?.parse()?),
                ("simulate", Long("seeds")) => options.seeds = args.value()?.string()?,
                ("size", Long("update")) => options.update = true,
                (_, other) => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}
