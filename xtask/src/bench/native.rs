//! `cargo xtask bench --native`: the core alone, on this machine. The benchmarks are in `bench/native`.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

use super::counts::{self, Counts};
use crate::project::Project;
use xtask::run::Cmd;

/// What to leave out, and what to write.
#[derive(Clone, Copy)]
pub(crate) struct Native {
    /// Only the instructions: no times, and nothing is written to the page.
    pub(crate) quick: bool,
    /// The counts become the committed ones.
    pub(crate) update: bool,
}

/// One benchmark, as the program lists it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) name: String,
    /// Of how many calls.
    calls: u64,
    /// What it does.
    what: String,
}

/// Nanoseconds: the middle, and what a tenth stays below and another above.
#[derive(Debug, PartialEq)]
struct Time {
    median: f64,
    low: f64,
    high: f64,
}

pub(crate) fn native(project: &Project, options: Native) -> Result<()> {
    let program = build(project)?;
    let cases = list(&Cmd::new(&program).arg("names").stdout()?)?;
    let counted = counts::count(project, &program, &cases)?;
    let Native { quick, update } = options;
    if counted.is_none() && (quick || update) {
        bail!("without valgrind there is nothing to do");
    }
    if !quick {
        report(project, &program, &cases, counted.as_ref())?;
    }
    let Some(counted) = counted else {
        return Ok(());
    };
    let held = match Counts::committed(project)? {
        Some(committed) => counted.hold(&committed),
        None => Ok(()),
    };
    if update {
        return counted.commit(project);
    }
    held
}

/// The program that cargo makes of the benchmarks.
fn build(project: &Project) -> Result<PathBuf> {
    let told = Cmd::new("cargo")
        .args(["bench", "--package=hallpass-bench", "--bench=native"])
        .args(["--no-run", "--message-format=json-render-diagnostics"])
        .dir(&project.root)
        .stdout()?;
    executable(&told).context("cargo names no program of the benchmarks")
}

/// The last one among cargo's messages.
fn executable(messages: &str) -> Option<PathBuf> {
    let path = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    };
    messages.lines().filter_map(path).next_back()
}

fn list(names: &str) -> Result<Vec<Case>> {
    let case = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        Some(Case {
            name: parts.next()?.to_owned(),
            calls: parts.next()?.parse().ok()?,
            what: parts.next()?.to_owned(),
        })
    };
    let read = |line| case(line).with_context(|| format!("`{line}` is no benchmark"));
    names.lines().map(read).collect()
}

/// Takes the times and hands all to `bench/report/native.js`, which writes as for the browsers.
fn report(
    project: &Project,
    program: &Path,
    cases: &[Case],
    counted: Option<&Counts>,
) -> Result<()> {
    let folder = project.scratch("native")?;
    Cmd::new(program)
        .arg("--bench")
        .env("CRITERION_HOME", folder.join("criterion"))
        .dir(&project.root)
        .run()?;
    let mut rows = Vec::new();
    for Case { name, calls, what } in cases {
        let sample = folder.join(format!("criterion/native/{name}/new/sample.json"));
        let text = fs::read_to_string(&sample).with_context(|| format!("no times of {name}"))?;
        let Time { median, low, high } = time(&text).with_context(|| name.clone())?;
        let instructions = counted.and_then(|counted| counted.instructions.get(name));
        rows.push(json!({
            "name": name,
            "what": what,
            "calls": calls,
            "nanoseconds": { "median": median, "low": low, "high": high },
            "instructions": instructions,
        }));
    }
    let result =
        json!({ "countedBy": counted.map(|counted| counted.made_by().json()), "rows": rows });
    let file = folder.join("result.json");
    fs::write(&file, serde_json::to_string(&result)?)?;
    Cmd::new("node")
        .arg(project.bench().join("report/native.js"))
        .arg(file)
        .run()
}

/// Of criterion's samples: each is a number of repetitions and the time of them all.
fn time(sample: &str) -> Result<Time> {
    let sample: Value = serde_json::from_str(sample)?;
    let numbers = |name: &str| {
        let values = sample.get(name).and_then(Value::as_array);
        let values = values.with_context(|| format!("criterion tells no {name}"))?;
        let numbers = values.iter().map(Value::as_f64);
        let numbers: Option<Vec<f64>> = numbers.collect();
        numbers.with_context(|| format!("criterion's {name} are no numbers"))
    };
    let (iterations, times) = (numbers("iters")?, numbers("times")?);
    let mut each: Vec<f64> = times
        .iter()
        .zip(&iterations)
        .map(|(time, iterations)| time / iterations)
        .collect();
    each.sort_by(f64::total_cmp);
    let at = |tenths: usize| {
        let place = (each.len().saturating_sub(1) * tenths).div_ceil(10);
        each.get(place).copied().context("criterion tells no times")
    };
    Ok(Time {
        median: at(5)?,
        low: at(1)?,
        high: at(9)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() -> Result<()> {
        let read = list("call\t1\ta call\nburst-10\t10\t10 calls, all at once\n")?;
        let case = |name: &str, calls, what: &str| Case {
            name: name.to_owned(),
            calls,
            what: what.to_owned(),
        };
        assert_eq!(
            read,
            [
                case("call", 1, "a call"),
                case("burst-10", 10, "10 calls, all at once")
            ]
        );
        assert!(list("call\tmany\ta call").is_err() && list("call").is_err());
        Ok(())
    }

    #[test]
    fn the_program_is_the_last_that_cargo_names() {
        let messages = "{\"reason\":\"build-script-executed\"}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/target/native-1\"}\n\
                        {\"reason\":\"build-finished\",\"success\":true}\n";
        assert_eq!(
            executable(messages),
            Some(PathBuf::from("/target/native-1"))
        );
        assert_eq!(executable("not JSON\n"), None);
    }

    #[test]
    fn times_are_those_of_one_repetition() -> Result<()> {
        let sample = r#"{"iters":[1,2,4,10,10],"times":[50.0,60.0,40.0,200.0,400.0]}"#;
        let expected = Time {
            median: 30.0,
            low: 20.0,
            high: 50.0,
        };
        assert_eq!(time(sample)?, expected);
        Ok(())
    }

    #[test]
    fn samples_without_times_are_an_error() {
        for sample in [
            "{}",
            r#"{"iters":[],"times":[]}"#,
            r#"{"iters":["1"],"times":[1]}"#,
        ] {
            assert!(time(sample).is_err(), "{sample}");
        }
    }
}
