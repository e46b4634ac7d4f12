//! The entries beside the default import: bindings and adapters.

use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;

use super::bundle::Bundle;
use crate::project::Project;
use xtask::weight::Weight;

/// What each adds for an app that has `hallpass` and the framework.
pub(super) fn weigh(
    project: &Project,
    package: &Path,
    (default, alone): (&str, &Weight),
) -> Result<Vec<(String, Weight)>> {
    let manifest = fs::read(package.join("package.json"))?;
    let manifest: Value = serde_json::from_slice(&manifest).context("pkg/package.json")?;
    let table = |name: &str| {
        let table = manifest.get(name).and_then(Value::as_object);
        table.with_context(|| format!("pkg/package.json has no {name}"))
    };
    let external: Vec<String> = table("peerDependencies")?.keys().cloned().collect();
    // A file with types is an entry for code; `slim` has lines of its own, and `whole` is the default with its engine.
    let entries = table("exports")?.iter().filter_map(|(path, target)| {
        let name = path
            .strip_prefix("./")
            .filter(|name| !matches!(*name, "slim" | "whole"))?;
        target.get("types").map(|_| name)
    });
    entries
        .map(|name| {
            let page = format!(r#"{default} export * from "hallpass/{name}";"#);
            let both = Bundle::make(project, package, &page, &external)?.eager;
            let added = Weight {
                raw: both.raw.saturating_sub(alone.raw),
                brotli: both.brotli.saturating_sub(alone.brotli),
            };
            Ok((format!("hallpass/{name}"), added))
        })
        .collect()
}
