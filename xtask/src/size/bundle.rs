//! What a bundler makes of an import.

use anyhow::{Context, Result};
use serde_json::Value;
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

/// What the bundler tells of the files that it wrote, by their paths.
struct Meta(BTreeMap<String, Output>);

struct Output {
    entry_point: Option<String>,
    /// What has to be loaded with it.
    imports: Vec<String>,
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
        let meta = Meta::read(&fs::read(meta)?)?;

        let is_page = |output: &Output| output.entry_point.as_deref() == Some("<stdin>");
        let (page, _) = meta
            .0
            .iter()
            .find(|(_, output)| is_page(output))
            .context("the bundler wrote no file for the page")?;
        let eager = meta.with_imports(page);
        let lazy = meta
            .0
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

impl Bundle {
    /// Bytes of the engine's chunk, with brotli.
    pub(super) fn engine(&self) -> Result<usize> {
        let is_engine = |source: &&(String, Weight)| source.0.ends_with("src/engine.js");
        let found = self.lazy.iter().find(is_engine);
        Ok(found.context("there is no chunk of the engine")?.1.brotli)
    }
}

impl Meta {
    fn read(text: &[u8]) -> Result<Self> {
        let file: Value = serde_json::from_slice(text)?;
        let outputs = file.get("outputs").and_then(Value::as_object);
        let read = |(path, output): (&String, &Value)| {
            let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_owned());
            let imports = output.get("imports").and_then(Value::as_array);
            let eager =
                |import: &&Value| text(import, "kind").is_some_and(|kind| kind != "dynamic-import");
            let output = Output {
                entry_point: text(output, "entryPoint"),
                imports: imports
                    .into_iter()
                    .flatten()
                    .filter(eager)
                    .filter_map(|import| text(import, "path"))
                    .collect(),
            };
            (path.clone(), output)
        };
        let outputs = outputs.context("the bundler tells of no files")?;
        Ok(Self(outputs.iter().map(read).collect()))
    }

    /// A file and all that has to be loaded with it.
    fn with_imports<'a>(&'a self, path: &'a str) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open = vec![path];
        while let Some(path) = open.pop() {
            if let Some(output) = self.0.get(path).filter(|_| found.insert(path)) {
                open.extend(output.imports.iter().map(String::as_str));
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
