//! The limits in `size-budget.json`, which only go down.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;

use crate::project::Project;

/// What a visitor loads before the first call, and what loads beside it.
const START: &str = "startBrotliBytes";
const ENGINE: &str = "engineChunkBrotliBytes";

/// Room above the measured size, so that another compiler's choices do not fail a build.
const ROOM: usize = 100;

pub(super) fn hold(project: &Project, start: usize, engine: usize, update: bool) -> Result<()> {
    let file = project.root.join("size-budget.json");
    let text = fs::read_to_string(&file).context("cannot read size-budget.json")?;
    let budget: Value = serde_json::from_str(&text)?;
    let mut limits = serde_json::Map::new();
    for (field, name, measured) in [
        (START, "the default import, before the engine,", start),
        (ENGINE, "the engine's chunk", engine),
    ] {
        let limit = budget
            .get(field)
            .and_then(Value::as_u64)
            .and_then(|limit| usize::try_from(limit).ok())
            .with_context(|| format!("size-budget.json has no number {field}"))?;
        if measured > limit {
            bail!(
                "{name} has {measured} bytes (brotli), which is {} over the budget of {limit}. \
                 `cargo xtask size` shows what it is made of.",
                measured - limit
            );
        }
        println!(
            "{name} has {measured} bytes (brotli), {} below the budget of {limit}",
            limit - measured
        );
        limits.insert(field.to_owned(), json!(lowered(measured).min(limit)));
    }
    let limits = Value::Object(limits);
    if update && limits != budget {
        let content = serde_json::to_string_pretty(&limits)?;
        fs::write(&file, format!("{content}\n"))?;
        println!("lowered the budget to {limits}");
    }
    Ok(())
}

fn lowered(measured: usize) -> usize {
    (measured + ROOM).next_multiple_of(100)
}
