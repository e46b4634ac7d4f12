//! `cargo xtask coverage`: how much of the core the host tests run through.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::Path;

use crate::project::Project;
use crate::setup::{self, Need};
use xtask::run::Cmd;

const FOLDERS: &[&str] = &["src/core", "src/jwt"];

pub(crate) fn coverage(project: &Project) -> Result<()> {
    setup::ensure(project, &[Need::Coverage])?;
    let file = project.scratch("coverage")?.join("summary.json");
    Cmd::new("cargo")
        .args(["llvm-cov", "--package=hallpass", "--json", "--summary-only"])
        .arg("--output-path")
        .arg(&file)
        .dir(&project.root)
        .run()?;
    let report: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let files = report
        .pointer("/data/0/files")
        .and_then(Value::as_array)
        .context("cargo llvm-cov names no files")?;
    for folder in FOLDERS {
        let prefix = project.root.join(folder);
        let mut lines = Lines::default();
        for file in files {
            let inside = file
                .get("filename")
                .and_then(Value::as_str)
                .is_some_and(|name| Path::new(name).starts_with(&prefix));
            if inside {
                lines.add(file)?;
            }
        }
        if lines.count == 0 {
            bail!("no line of {folder} was compiled");
        }
        println!(
            "{folder}: {:.2} % of {} lines",
            lines.covered as f64 * 100.0 / lines.count as f64,
            lines.count
        );
    }
    Ok(())
}

#[derive(Default)]
struct Lines {
    count: u64,
    covered: u64,
}

impl Lines {
    fn add(&mut self, file: &Value) -> Result<()> {
        let number = |name: &str| {
            file.pointer(&format!("/summary/lines/{name}"))
                .and_then(Value::as_u64)
                .with_context(|| format!("cargo llvm-cov tells no {name} lines"))
        };
        self.count += number("count")?;
        self.covered += number("covered")?;
        Ok(())
    }
}
