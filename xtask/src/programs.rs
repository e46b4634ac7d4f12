//! The programs that cargo makes of the workspace's tests: compiled together, so that nothing is compiled twice, and then run one
//! by one, so that a run waits for nobody's compiler.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

/// Set by `cargo xtask test` for the steps after those that compile, to one of the next two.
pub(crate) const COMPILED: &str = "HALLPASS_COMPILED";

/// The programs of tests, the backend and what packs the package.
pub(crate) const PROGRAMS: &str = "programs";

/// These, and the package.
pub(crate) const ALL: &str = "all";

/// Features that the backend has wherever tests run, and that the demo does without.
pub(crate) const FEATURES: &str = "--features=hallpass-server/redis,hallpass-server/tls";

/// A test program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Of the test, or of the library or program whose unit tests these are.
    pub(crate) name: String,
    pub(crate) file: PathBuf,
    /// Where cargo would run it.
    folder: PathBuf,
}

impl Program {
    pub(crate) fn command(&self) -> Cmd {
        Cmd::new(&self.file).dir(&self.folder)
    }

    /// Run by another program, which takes it as its last words.
    pub(crate) fn command_under(&self, other: Cmd) -> Cmd {
        other.arg(&self.file).dir(&self.folder)
    }
}

/// Whether all is compiled already, the package too, so that nothing has to ask cargo.
pub(crate) fn are_compiled() -> bool {
    std::env::var_os(COMPILED).is_some_and(|what| what == ALL)
}

/// Whether at least the programs are, so that cargo need not be asked for those.
pub(crate) fn are_made() -> bool {
    std::env::var_os(COMPILED).is_some()
}

/// Compiles every test and the backend, and writes down where they are.
pub(crate) fn compile(project: &Project) -> Result<()> {
    let messages = cargo(project, &[])?;
    fs::write(list(project)?, &messages)?;
    // What there is to say to the code is a step of its own; here a person sees it early.
    read(&messages)?
        .warnings
        .iter()
        .for_each(|text| eprint!("{text}"));
    Ok(())
}

/// All that there are.
pub(crate) fn all(project: &Project) -> Result<Vec<Program>> {
    Ok(compiled(project)?.programs)
}

/// What clippy has to say to the code of the workspace and to its tests.
pub(crate) fn warnings(project: &Project) -> Result<Vec<String>> {
    Ok(compiled(project)?.warnings)
}

/// The test of this name.
pub(crate) fn named(project: &Project, name: &str) -> Result<Program> {
    let programs = if are_compiled() {
        all(project)?
    } else {
        read(&cargo(project, &["--test", name])?)?.programs
    };
    let found = programs.into_iter().find(|one| one.name == name);
    found.with_context(|| format!("cargo makes no test program `{name}`"))
}

/// The backend, with all that tests ask of it.
pub(crate) fn server(project: &Project) -> Result<PathBuf> {
    if !are_compiled() {
        linting(Cmd::new("cargo"))
            .args(["build", "--workspace", "--bin=hallpass-server", FEATURES])
            .dir(&project.root)
            .run()?;
    }
    Ok(project.target.join("debug/hallpass-server"))
}

/// Clippy's driver is the compiler with more lints: by it one pass compiles and lints. A pass of its own has to look at every
/// dependency once more.
pub(crate) fn linting(cargo: Cmd) -> Cmd {
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
}

/// Always of the whole workspace, or cargo would choose other features for what its parts share, and compile that twice.
fn cargo(project: &Project, what: &[&str]) -> Result<String> {
    setup::ensure(project, &[Need::Clippy])?;
    let (passed, messages) = linting(Cmd::new("cargo"))
        .args(["test", "--workspace", "--no-run", FEATURES])
        .arg("--message-format=json-diagnostic-rendered-ansi")
        .args(what)
        .dir(&project.root)
        .told()?;
    if !passed {
        let said = read(&messages)?.warnings;
        said.iter().for_each(|text| eprint!("{text}"));
        bail!("it does not compile");
    }
    Ok(messages)
}

fn compiled(project: &Project) -> Result<Compiled> {
    if !are_compiled() {
        return read(&cargo(project, &[])?);
    }
    let list = list(project)?;
    read(&fs::read_to_string(&list).with_context(|| format!("there is no {}", list.display()))?)
}

fn list(project: &Project) -> Result<PathBuf> {
    Ok(project.scratch("programs")?.join("messages.json"))
}

#[derive(Default)]
struct Compiled {
    programs: Vec<Program>,
    warnings: Vec<String>,
}

/// Out of cargo's messages.
fn read(messages: &str) -> Result<Compiled> {
    let mut compiled = Compiled::default();
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: Value = serde_json::from_str(line)?;
        let text = |path: &str| message.pointer(path).and_then(Value::as_str);
        if let Some(warning) = text("/message/rendered") {
            compiled.warnings.push(warning.to_owned());
        }
        let is_test = message.pointer("/profile/test") == Some(&Value::Bool(true));
        if let (true, Some(file), Some(name), Some(manifest)) = (
            is_test,
            text("/executable"),
            text("/target/name"),
            text("/manifest_path"),
        ) {
            let folder = Path::new(manifest).parent();
            compiled.programs.push(Program {
                name: name.to_owned(),
                file: PathBuf::from(file),
                folder: folder.context("a manifest without a folder")?.to_owned(),
            });
        }
    }
    Ok(compiled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_told_from_what_else_was_compiled() -> Result<()> {
        let messages = concat!(
            r#"{"reason":"build-script-executed"}"#,
            "\n",
            r#"{"reason":"compiler-message","message":{"rendered":"warning: unused\n"}}"#,
            "\n",
            r#"{"manifest_path":"/p/Cargo.toml","target":{"name":"lib"},"profile":{"test":false},"executable":null}"#,
            "\n",
            r#"{"manifest_path":"/p/Cargo.toml","target":{"name":"server"},"profile":{"test":false},"executable":"/t/server"}"#,
            "\n",
            r#"{"manifest_path":"/p/Cargo.toml","target":{"name":"engine"},"profile":{"test":true},"executable":"/t/engine-1"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let engine = Program {
            name: "engine".to_owned(),
            file: "/t/engine-1".into(),
            folder: "/p".into(),
        };
        let read = read(messages)?;
        assert_eq!(read.programs, [engine]);
        assert_eq!(read.warnings, ["warning: unused\n"]);
        Ok(())
    }
}
