//! The limit in `size-budget.json`, which only goes down.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;

use crate::project::Project;

const FIELD: &str = "defaultImportBrotliBytes";

/// Room above the measured size, so that another compiler's choices do not fail a build.
const ROOM: usize = 100;

pub(super) fn hold(project: &Project, measured: usize, update: bool) -> Result<()> {
    let file = project.root.join("size-budget.json");
    let text = fs::read_to_string(&file).context("cannot read size-budget.json")?;
    let budget = serde_json::from_str::<Value>(&text)?
        .get(FIELD)
        .and_then(Value::as_u64)
        .and_then(|limit| usize::try_from(limit).ok())
        .with_context(|| format!("size-budget.json has no number {FIELD}"))?;

    if measured > budget {
        bail!(
            "the default import has {measured} bytes (brotli), which is {} over the budget of {budget}. \
             `cargo xtask size` shows what it is made of.",
            measured - budget
        );
    }
    println!(
        "the default import has {measured} bytes (brotli), {} below the budget of {budget}",
        budget - measured
    );
    let lower = lowered(measured);
    if update && lower < budget {
        let content = serde_json::to_string_pretty(&json!({ FIELD: lower }))?;
        fs::write(&file, format!("{content}\n"))?;
        println!("lowered the budget to {lower}");
    }
    Ok(())
}

fn lowered(measured: usize) -> usize {
    (measured + ROOM).next_multiple_of(100)
}
