//! The one table of what JavaScript and Rust share, and `cargo xtask table`, which writes down what comes out of it.
//!
//! An option, a fault, a kind of input or a word is one row here. The code that says the same in both languages is written
//! between marks in the files that need it; the pages and the types are held against the rows.

mod contract;
mod crate_api;
mod docs;
mod faults;
mod kinds;
mod options;
mod row;
mod types;
mod words;
mod write;

use anyhow::{Context, Result, ensure};
use std::fs;

use crate::project::Project;

/// `cargo xtask table`.
pub(crate) fn write(project: &Project) -> Result<()> {
    write::write(project)
}

/// Whether what is committed is what the table gives.
pub(crate) fn check(project: &Project) -> Result<()> {
    let differing = write::differing(project)?;
    let files: Vec<&str> = differing.iter().map(|(path, _)| *path).collect();
    ensure!(
        files.is_empty(),
        "not as the table in xtask/src/table has it: {}. `cargo xtask table` writes it; what was changed there by hand belongs into the table",
        files.join(", ")
    );
    let mut wrong = docs::wrong(&text(project, docs::PAGE)?);
    wrong.extend(types::wrong(&text(project, types::FILE)?));
    wrong.extend(crate_api::wrong(|file| text(project, file))?);
    for loaded in types::LOADED {
        let files = loaded.lists.iter().map(|(file, _)| text(project, file));
        let files = files.collect::<Result<Vec<_>>>()?;
        wrong.extend(types::unchecked(loaded, &files));
    }
    ensure!(
        wrong.is_empty(),
        "not as the table in xtask/src/table has it:\n{}",
        wrong.join("\n")
    );
    Ok(())
}

fn text(project: &Project, path: &str) -> Result<String> {
    fs::read_to_string(project.root.join(path)).with_context(|| format!("cannot read {path}"))
}
