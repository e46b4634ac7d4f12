//! Instructions, counted by callgrind: the same on a busy machine as on an idle one, so that a regression shows.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::native::Case;
use crate::project::Project;
use xtask::run::{Cmd, on_path};

/// Percent that a count may grow by. Hash maps begin from chance, and with them a few comparisons.
const ROOM: u64 = 2;

const FILE: &str = "bench/native/instructions.json";

/// What a count depends on beside the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Makers {
    rustc: String,
    host: String,
    /// `memcpy` and the allocator are its.
    libc: String,
    valgrind: String,
}

/// As they are committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    made_by: Makers,
    pub(super) instructions: BTreeMap<String, u64>,
}

/// A count beside the committed one.
struct Row<'a> {
    name: &'a str,
    now: u64,
    was: Option<u64>,
}

/// `None`: valgrind is not here, which is said.
pub(super) fn count(project: &Project, program: &Path, cases: &[Case]) -> Result<Option<Counts>> {
    if !on_path("valgrind") {
        println!(
            "valgrind is not on PATH (Debian has it in `valgrind`): no instructions are counted"
        );
        return Ok(None);
    }
    let folder = project.scratch("native")?;
    let mut instructions = BTreeMap::new();
    for Case { name, .. } in cases {
        println!("counting {name}");
        let counted = count_one(program, &folder, name).with_context(|| name.clone())?;
        instructions.insert(name.clone(), counted);
    }
    Ok(Some(Counts {
        made_by: makers()?,
        instructions,
    }))
}

fn count_one(program: &Path, folder: &Path, name: &str) -> Result<u64> {
    let file = folder.join(format!("callgrind.{name}"));
    Cmd::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*::measured*"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(["once", name])
        .quiet()?;
    total(&fs::read_to_string(file)?)
}

fn total(profile: &str) -> Result<u64> {
    let totals = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals:"));
    let counted = totals
        .context("callgrind tells no totals")?
        .trim()
        .parse()?;
    if counted == 0 {
        bail!("callgrind has not come by `measured`");
    }
    Ok(counted)
}

fn makers() -> Result<Makers> {
    let rustc = Cmd::new("rustc").arg("-vV").stdout()?;
    let line = |from: &str| rustc.lines().find(|line| line.starts_with(from));
    let host = line("host: ").and_then(|line| line.strip_prefix("host: "));
    let libc = if on_path("getconf") {
        Cmd::new("getconf").arg("GNU_LIBC_VERSION").stdout()
    } else {
        Ok("unknown".to_owned())
    };
    Ok(Makers {
        rustc: line("rustc ").context("rustc tells no version")?.to_owned(),
        host: host.context("rustc names no host")?.to_owned(),
        libc: libc.unwrap_or_default().trim().to_owned(),
        valgrind: Cmd::new("valgrind")
            .arg("--version")
            .stdout()?
            .trim()
            .to_owned(),
    })
}

impl Counts {
    pub(super) fn made_by(&self) -> &Makers {
        &self.made_by
    }

    /// Those in the repository; `None`: there are none yet.
    pub(super) fn committed(project: &Project) -> Result<Option<Counts>> {
        let file = file(project);
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file)?;
        let counts = Self::read(&text).with_context(|| format!("{FILE} cannot be read"))?;
        Ok(Some(counts))
    }

    fn read(text: &str) -> Result<Counts> {
        let file: Value = serde_json::from_str(text)?;
        let maker = |name: &str| {
            let text = file.pointer(&format!("/madeBy/{name}"));
            let text = text.and_then(Value::as_str);
            anyhow::Ok(text.with_context(|| format!("no {name}"))?.to_owned())
        };
        let counts = file.get("instructions").and_then(Value::as_object);
        let count = |(name, count): (&String, &Value)| {
            let count = count
                .as_u64()
                .with_context(|| format!("no count of {name}"))?;
            anyhow::Ok((name.clone(), count))
        };
        Ok(Self {
            made_by: Makers {
                rustc: maker("rustc")?,
                host: maker("host")?,
                libc: maker("libc")?,
                valgrind: maker("valgrind")?,
            },
            instructions: counts
                .context("no instructions")?
                .iter()
                .map(count)
                .collect::<Result<_>>()?,
        })
    }

    fn text(&self) -> Result<String> {
        let file = json!({ "madeBy": self.made_by.json(), "instructions": self.instructions });
        Ok(serde_json::to_string_pretty(&file)?)
    }

    pub(super) fn commit(&self, project: &Project) -> Result<()> {
        fs::write(file(project), format!("{}\n", self.text()?))?;
        println!("written to {FILE}");
        Ok(())
    }

    /// Prints each beside the committed one. An error, where one has grown and nothing but the code can be why.
    pub(super) fn hold(&self, committed: &Counts) -> Result<()> {
        let rows = self.beside(committed);
        println!(
            "\n{:<24} {:>14} {:>14} {:>8}",
            "instructions", "now", "committed", "ratio"
        );
        for row in &rows {
            println!("{}", row.line());
        }
        for name in committed.instructions.keys() {
            if !self.instructions.contains_key(name) {
                println!("{name:<24} {:>14}", "gone");
            }
        }
        println!();
        if let Some(names) = names(&rows, |row| row.has_shrunk()) {
            println!("fewer by more than {ROOM} %: {names}; `--update` writes that down");
        }
        let Some(names) = names(&rows, |row| row.has_grown()) else {
            return Ok(());
        };
        if self.made_by != committed.made_by {
            println!("more by more than {ROOM} %: {names}; but what counts is not the same:");
            println!("  now       {}", self.made_by.line());
            println!("  committed {}", committed.made_by.line());
            return Ok(());
        }
        bail!(
            "more instructions than in {FILE} by over {ROOM} %: {names}. \
             If that is meant, `cargo xtask bench --native --update` writes the new ones down."
        )
    }

    fn beside<'a>(&'a self, committed: &Counts) -> Vec<Row<'a>> {
        let row = |(name, now): (&'a String, &u64)| Row {
            name,
            now: *now,
            was: committed.instructions.get(name).copied(),
        };
        self.instructions.iter().map(row).collect()
    }
}

impl Makers {
    pub(super) fn json(&self) -> Value {
        let Makers {
            rustc,
            host,
            libc,
            valgrind,
        } = self;
        json!({ "rustc": rustc, "host": host, "libc": libc, "valgrind": valgrind })
    }

    fn line(&self) -> String {
        let Makers {
            rustc,
            host,
            libc,
            valgrind,
        } = self;
        format!("{rustc}, {host}, {libc}, {valgrind}")
    }
}

impl Row<'_> {
    fn has_grown(&self) -> bool {
        let more = |was: u64| self.now * 100 > was * (100 + ROOM);
        self.was.is_some_and(more)
    }

    fn has_shrunk(&self) -> bool {
        let fewer = |was: u64| self.now * 100 < was * (100 - ROOM);
        self.was.is_some_and(fewer)
    }

    fn line(&self) -> String {
        let Row { name, now, was } = self;
        match was {
            Some(was) => {
                let ratio = *now as f64 / *was as f64;
                let mark = if self.has_grown() { "  MORE" } else { "" };
                format!("{name:<24} {now:>14} {was:>14} {ratio:>8.3}{mark}")
            }
            None => format!("{name:<24} {now:>14} {:>14}", "none"),
        }
    }
}

/// Those of which `is` holds, if there are any.
fn names(rows: &[Row<'_>], is: impl Fn(&Row<'_>) -> bool) -> Option<String> {
    let found: Vec<_> = rows
        .iter()
        .filter(|row| is(row))
        .map(|row| row.name)
        .collect();
    (!found.is_empty()).then(|| found.join(", "))
}

fn file(project: &Project) -> PathBuf {
    project.root.join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rustc: &str, instructions: &[(&str, u64)]) -> Counts {
        let owned = |&(name, count): &(&str, u64)| (name.to_owned(), count);
        Counts {
            made_by: Makers {
                rustc: rustc.to_owned(),
                host: "x86_64-unknown-linux-gnu".to_owned(),
                libc: "glibc 2.36".to_owned(),
                valgrind: "valgrind-3.19.0".to_owned(),
            },
            instructions: instructions.iter().map(owned).collect(),
        }
    }

    #[test]
    fn the_total_of_a_profile_is_read() {
        let profile = "events: Ir\nsummary: 3318\n\nfn=(1) measured\n12 3300\ntotals: 3318\n";
        assert_eq!(total(profile).ok(), Some(3_318));
    }

    #[test]
    fn a_profile_of_nothing_is_an_error() {
        assert!(total("events: Ir\ntotals: 0\n").is_err());
        assert!(total("events: Ir\n").is_err());
    }

    #[test]
    fn more_by_two_percent_passes_and_by_more_does_not() {
        let committed = counts("rustc 1.95.0", &[("call", 1_000)]);
        for (now, passes) in [(1_020, true), (1_021, false), (500, true)] {
            let now = counts("rustc 1.95.0", &[("call", now)]);
            assert_eq!(now.hold(&committed).is_ok(), passes, "{now:?}");
        }
    }

    #[test]
    fn the_error_names_what_has_grown() {
        let committed = counts("rustc 1.95.0", &[("call", 1_000), ("token", 500)]);
        let now = counts("rustc 1.95.0", &[("call", 2_000), ("token", 500)]);
        let error = now.hold(&committed).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains(": call. ")));
    }

    #[test]
    fn another_compiler_fails_nobody() {
        let committed = counts("rustc 1.94.0", &[("call", 1_000)]);
        let now = counts("rustc 1.95.0", &[("call", 3_000)]);
        assert!(now.hold(&committed).is_ok());
    }

    #[test]
    fn what_is_new_or_gone_fails_nobody() {
        let committed = counts("rustc 1.95.0", &[("gone", 1_000)]);
        let now = counts("rustc 1.95.0", &[("new", 3_000)]);
        assert!(now.hold(&committed).is_ok());
    }

    #[test]
    fn the_file_reads_back() -> Result<()> {
        let written = counts("rustc 1.95.0", &[("call", 1_000)]);
        assert_eq!(Counts::read(&written.text()?)?, written);
        Ok(())
    }
}
