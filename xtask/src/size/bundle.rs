//! What a bundler makes of an import.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::project::Project;
use xtask::weight::Weight;

/// A page, bundled as an app's build does it: with what `import()` names in files of their own.
pub(super) struct Bundle {
    /// What every visitor loads.
    pub(super) eager: Weight,
    /// What is loaded when it is needed: its source, and what it adds.
    pub(super) lazy: Vec<(String, Weight)>,
}

#[derive(Deserialize)]
struct Meta {
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    entry_point: Option<String>,
    imports: Vec<Import>,
}

#[derive(Deserialize)]
struct Import {
    path: String,
    kind: String,
}

impl Bundle {
    /// The page is resolved as if it stood in `folder`: from inside `pkg/` the name `hallpass` leads to that package itself,
    /// through its `exports`. What is `external` is the app's own and not counted.
    pub(super) fn make(
        project: &Project,
        folder: &Path,
        page: &str,
        external: &[String],
    ) -> Result<Self> {
        let out = project.scratch("bundle")?;
        fs::remove_dir_all(&out)?;
        let meta = out.join("meta.json");
        project
            .tool("esbuild/bin/esbuild")
            .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
            .args(["--platform=browser", "--legal-comments=none", "--splitting"])
            .arg("--define:process.env.NODE_ENV=\"production\"")
            .arg("--log-level=error")
            .args(external.iter().map(|name| format!("--external:{name}")))
            .arg(format!("--outdir={}", out.display()))
            .arg(format!("--metafile={}", meta.display()))
            .dir(folder)
            .input(page)?;
        let meta: Meta = serde_json::from_slice(&fs::read(meta)?)?;

        let is_page = |output: &Output| output.entry_point.as_deref() == Some("<stdin>");
        let (page, _) = meta
            .outputs
            .iter()
            .find(|(_, output)| is_page(output))
            .context("the bundler wrote no file for the page")?;
        let eager = meta.with_imports(page);
        let lazy = meta
            .outputs
            .iter()
            .filter(|(path, _)| !eager.contains(path.as_str()));
        let lazy = lazy.filter_map(|(path, output)| Some((path, output.entry_point.as_ref()?)));
        Ok(Self {
            lazy: lazy
                .map(|(path, source)| {
                    let added = meta.with_imports(path);
                    let weight = weigh(folder, added.difference(&eager))?;
                    Ok((source.clone(), weight))
                })
                .collect::<Result<_>>()?,
            eager: weigh(folder, eager.iter())?,
        })
    }
}

impl Meta {
    /// A file and all that has to be loaded with it.
    fn with_imports<'a>(&'a self, path: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = vec![path];
        while let Some(path) = open.pop() {
            if let Some(output) = self.outputs.get(path).filter(|_| found.insert(path)) {
                let needed = output
                    .imports
                    .iter()
                    .filter(|import| import.kind != "dynamic-import");
                open.extend(needed.map(|import| import.path.as_str()));
            }
        }
        found
    }
}

/// Files are compressed one by one, as servers send them. The bundler names them from where it ran.
fn weigh<'a>(folder: &Path, files: impl Iterator<Item = &'a &'a str>) -> Result<Weight> {
    let mut sum = Weight::default();
    for file in files {
        let one = Weight::of(&folder.join(file))?;
        sum.raw += one.raw;
        sum.brotli += one.brotli;
    }
    Ok(sum)
}
