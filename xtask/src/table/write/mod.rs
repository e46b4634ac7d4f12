//! What comes out of the table, and where it stands.

mod crossing;
mod javascript;
mod marked;
mod names;
mod rust;

use anyhow::{Context, Result};
use std::fs;

use crate::project::Project;
use crate::table::faults::{OF_CONTRACTS, OF_THE_SHELL};
use crate::table::words::{MEANINGS, PURPOSES, REDIRECTS};
use xtask::run::Cmd;

/// A file, and its parts that come out of the table, by the names in their marks.
struct Written {
    path: &'static str,
    parts: Vec<(&'static str, Vec<String>)>,
}

fn all() -> Result<Vec<Written>> {
    let written = |path, parts| Written { path, parts };
    Ok(vec![
        written(
            "pkg/src/options.js",
            vec![
                ("words", javascript::words()),
                ("kinds", javascript::options()),
            ],
        ),
        written("pkg/src/list.js", vec![("list", javascript::listed())]),
        written(
            "pkg/src/faults.js",
            vec![
                ("faults", javascript::faults()),
                ("allowed", javascript::allowed()?),
            ],
        ),
        written(
            "pkg/src/contracts.js",
            vec![
                ("meanings", javascript::meanings()),
                ("endpoints", javascript::endpoints()),
                ("calls", javascript::calls()),
                ("faults", javascript::faults_of(OF_CONTRACTS)),
            ],
        ),
        written(
            "pkg/src/contracts/contract.js",
            vec![
                ("words", javascript::contract_words()),
                ("place", javascript::place()),
                ("contract", javascript::contract()),
            ],
        ),
        written(
            "src/browser/kinds.js",
            vec![
                ("kinds", javascript::kinds()),
                ("bodies", javascript::bodies()),
            ],
        ),
        written(
            "src/browser/requests.js",
            vec![
                ("purposes", javascript::purposes()),
                ("redirects", javascript::redirects()),
            ],
        ),
        written(
            "src/browser/login.js",
            vec![("faults", javascript::faults_of(OF_THE_SHELL))],
        ),
        written(
            "src/browser/delivered.rs",
            vec![("kinds", rust::kinds()), ("bodies", rust::bodies())],
        ),
        written(
            "src/core/port/request.rs",
            vec![
                ("purposes", rust::variants(PURPOSES)),
                ("redirects", rust::variants(REDIRECTS)),
            ],
        ),
        written(
            "src/core/port/answer.rs",
            vec![
                ("meanings", rust::variants(MEANINGS)),
                ("words", rust::meanings()),
                ("spellings", rust::spellings(MEANINGS, "Said")),
            ],
        ),
        written(
            "src/client/options/functions.rs",
            vec![("purposes", rust::arms(PURPOSES, "RequestKind"))],
        ),
        written(
            "src/core/options/fault.rs",
            vec![("faults", rust::faults()), ("words", rust::fault_words())],
        ),
        written(
            "src/core/options/list.rs",
            vec![("options", rust::options()), ("words", rust::words())],
        ),
    ])
}

/// The files that are not as the table has them, and how they would be.
pub(super) fn differing(project: &Project) -> Result<Vec<(&'static str, String)>> {
    let mut differing = Vec::new();
    for Written { path, parts } in all()? {
        let present = super::text(project, path)?;
        let mut text = present.clone();
        for (name, lines) in parts {
            text = marked::with(&text, name, &lines).with_context(|| path.to_owned())?;
        }
        if path.ends_with(".rs") {
            text = formatted(project, &text).with_context(|| path.to_owned())?;
        }
        if text != present {
            differing.push((path, text));
        }
    }
    Ok(differing)
}

pub(super) fn write(project: &Project) -> Result<()> {
    for (path, text) in differing(project)? {
        println!("{path}");
        fs::write(project.root.join(path), text).with_context(|| format!("cannot write {path}"))?;
    }
    Ok(())
}

fn formatted(project: &Project, text: &str) -> Result<String> {
    Cmd::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(&project.root)
        .input(text)
}
