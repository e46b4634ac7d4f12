//! The one place for everything a person runs: `cargo xtask <command>`.

mod build;
mod project;
mod run;
mod setup;

use anyhow::{Result, bail};
use lexopt::prelude::*;
use std::process::ExitCode;

use project::Project;
use setup::Need;

const USAGE: &str = "\
cargo xtask <command>

  setup      fetch what the other commands need; they do so themselves
  build      the WebAssembly and its JavaScript, into pkg/dist/
";

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let Some(command) = args.next()? else {
        print!("{USAGE}");
        return Ok(());
    };
    let command = match command {
        Value(name) => name.string()?,
        Long("help") | Short('h') => "help".to_owned(),
        other => return Err(other.unexpected().into()),
    };
    let project = Project::locate()?;
    match command.as_str() {
        "help" => {
            print!("{USAGE}");
            Ok(())
        }
        "setup" => {
            no_more(&mut args)?;
            setup::ensure(&project, Need::TEST)
        }
        "build" => {
            no_more(&mut args)?;
            build::build(&project).map(drop)
        }
        other => bail!("no command `{other}`\n\n{USAGE}"),
    }
}

/// Refuses arguments that a command does not take, so that a typo is not silently ignored.
fn no_more(args: &mut lexopt::Parser) -> Result<()> {
    match args.next()? {
        None => Ok(()),
        Some(arg) => Err(arg.unexpected().into()),
    }
}
