//! The entries beside the default import: bindings and adapters.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::bundle::Bundle;
use crate::project::Project;
use xtask::weight::Weight;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    exports: BTreeMap<String, Value>,
    peer_dependencies: BTreeMap<String, String>,
}

/// What each adds for an app that has `hallpass` and the framework.
pub(super) fn weigh(
    project: &Project,
    package: &Path,
    (default, alone): (&str, &Weight),
) -> Result<Vec<(String, Weight)>> {
    let manifest = fs::read(package.join("package.json"))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).context("pkg/package.json")?;
    let external: Vec<String> = manifest.peer_dependencies.into_keys().collect();
    // A file with types is an entry for code; `slim` has lines of its own.
    let entries = manifest.exports.iter().filter_map(|(path, target)| {
        let name = path.strip_prefix("./").filter(|name| *name != "slim")?;
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
