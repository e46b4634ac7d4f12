//! `cargo xtask fuzz`: the targets of `fuzz/`, each for a while.
//!
//! They are built as cargo-fuzz builds them, but without a sanitizer of memory, as what they fuzz has no unsafe code. So it
//! takes neither cargo-fuzz nor nightly, only the C++ compiler that libFuzzer is compiled with.

use anyhow::{Context, Result, bail};
use std::fs;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::Project;
use xtask::run::{Cmd, on_path};

/// How long each target runs if nothing else is said.
pub(crate) const SECONDS: u32 = 30;

/// LLVM's counters of what an input reaches, as libFuzzer reads them.
const FLAGS: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Clink-dead-code",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// `only`: one target. `seed` 0 is another beginning each time.
pub(crate) fn fuzz(project: &Project, only: Option<&str>, seconds: u32, seed: u32) -> Result<()> {
    let targets = targets(project, only)?;
    let Some(what) = missing() else {
        return run(&Fuzzer::build(project)?, &targets, seconds, seed);
    };
    if only.is_some() {
        bail!("fuzzing needs {what}");
    }
    println!("ℹ skipped {}", targets.len());
    println!("skipped because: fuzzing needs {what}");
    Ok(())
}

/// What there is no fuzzing without, if it is not here.
fn missing() -> Option<&'static str> {
    let has_compiler = std::env::var_os("CXX").is_some() || on_path("c++");
    (!has_compiler).then_some("a C++ compiler, `c++` or what CXX names, for libFuzzer")
}

/// Their names: those of the files.
fn targets(project: &Project, only: Option<&str>) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project.root.join("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        let name = path.file_stem().context("a target without a name")?;
        names.push(name.to_string_lossy().into_owned());
    }
    names.sort();
    match only {
        None => Ok(names),
        Some(name) if names.iter().any(|known| known == name) => Ok(vec![name.to_owned()]),
        Some(name) => bail!("there is no target `{name}`, but {}", names.join(", ")),
    }
}

/// As many at once as there are processors, whatever comes of the others; then what each did.
fn run(fuzzer: &Fuzzer, targets: &[String], time: u32, seed: u32) -> Result<()> {
    let (mut passed, mut failed) = (0, 0);
    let mut outcome = Ok(());
    let mut table = vec![format!(
        "{:<20} {:>12} {:>10} {:>10}",
        "target", "executions", "edges", "time"
    )];
    for (target, (done, took)) in targets.iter().zip(run_all(fuzzer, targets, time, seed)) {
        match done {
            Ok(Done { executions, edges }) => {
                passed += 1;
                let took = format!("{:.1} s", took.as_secs_f64());
                table.push(format!(
                    "{target:<20} {executions:>12} {edges:>10} {took:>10}"
                ));
            }
            Err(error) => {
                failed += 1;
                table.push(format!("{target:<20} {:>12}", "FAILED"));
                eprintln!("{error:#}");
                outcome = Err(anyhow::anyhow!("{target} found something"));
            }
        }
    }
    println!("{}", table.join("\n"));
    println!("test result: {passed} passed; {failed} failed");
    outcome
}

/// What each did, and how long that took.
fn run_all(
    fuzzer: &Fuzzer,
    targets: &[String],
    time: u32,
    seed: u32,
) -> Vec<(Result<Done>, Duration)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(target) = targets.get(index)
        {
            let start = Instant::now();
            done.push((index, fuzzer.run(target, time, seed), start.elapsed()));
        }
        done
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    done.sort_by_key(|(index, ..)| *index);
    done.into_iter()
        .map(|(_, done, took)| (done, took))
        .collect()
}

/// The built targets, and where they read and write.
struct Fuzzer {
    root: PathBuf,
    programs: PathBuf,
    scratch: PathBuf,
}

struct Done {
    executions: u64,
    /// Of those that the compiler counts.
    edges: u64,
}

impl Fuzzer {
    fn build(project: &Project) -> Result<Self> {
        let root = project.root.join("fuzz");
        let host = host()?;
        let target = project.target.join("fuzz");
        Cmd::new("cargo")
            // With a target named, the flags are not for build scripts.
            .args([
                "build",
                "--release",
                "--locked",
                "--bins",
                "--target",
                &host,
            ])
            .arg("--target-dir")
            .arg(&target)
            .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"))
            .dir(&root)
            .run()?;
        Ok(Self {
            root,
            programs: target.join(host).join("release"),
            scratch: project.scratch("fuzz")?,
        })
    }

    /// What runs have found stays out of the repository. With a seed of its own a run does not begin from what others have found.
    fn found(&self, target: &str, seed: u32) -> Result<PathBuf> {
        let found = if seed == 0 {
            self.scratch.join(target)
        } else {
            self.scratch.join(format!("seed-{seed}")).join(target)
        };
        if seed != 0 && found.exists() {
            fs::remove_dir_all(&found)?;
        }
        fs::create_dir_all(&found)?;
        Ok(found)
    }

    /// Starts from the seeds in the repository and from what was found.
    fn run(&self, target: &str, time: u32, seed: u32) -> Result<Done> {
        let found = self.found(target, seed)?;
        let finds = self.root.join("artifacts").join(target);
        fs::create_dir_all(&finds)?;
        let option = |name: &str, path: &Path| format!("-{name}={}", path.display());
        let said = Cmd::new(self.programs.join(target))
            .args([&found, &self.root.join("corpus").join(target)])
            .arg(option(
                "dict",
                &self.root.join(format!("dictionaries/{target}.txt")),
            ))
            .arg(format!("-artifact_prefix={}/", finds.display()))
            .args([
                format!("-max_total_time={time}"),
                format!("-seed={seed}"),
                "-print_final_stats=1".to_owned(),
            ])
            .args(["-timeout=10", "-rss_limit_mb=2048", "-verbosity=1"])
            .stderr()
            .with_context(|| format!("{target}; to run it again: cargo xtask fuzz {target}"))?;
        Ok(Done {
            executions: number_behind(&said, "stat::number_of_executed_units:")?,
            edges: number_behind(&said, " cov:")?,
        })
    }
}

/// The triple of this machine.
fn host() -> Result<String> {
    let said = Cmd::new("rustc").arg("-vV").stdout()?;
    let mut lines = said.lines();
    let host = lines.find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}

/// The number behind the last `name`.
fn number_behind(text: &str, name: &str) -> Result<u64> {
    let (_, rest) = text
        .rsplit_once(name)
        .with_context(|| format!("libFuzzer does not say `{name}`"))?;
    let number = rest.split_whitespace().next().unwrap_or_default();
    number
        .parse()
        .with_context(|| format!("`{name}` is no number: {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_counts() {
        let said = "#2 INITED cov: 7 ft: 8\n#9 DONE   cov: 12 ft: 20\nstat::number_of_executed_units: 99\n";
        assert_eq!(number_behind(said, " cov:").ok(), Some(12));
        assert_eq!(
            number_behind(said, "stat::number_of_executed_units:").ok(),
            Some(99)
        );
        assert!(number_behind(said, "stat::peak_rss_mb:").is_err());
    }
}
