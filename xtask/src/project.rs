//! Where things are.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Cmd;

/// The checkout, and the folders in it that the commands read and write.
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// The integration tests that need no browser.
    pub(crate) host_tests: Vec<String>,
    /// Folders that hold the sources of dependencies: `…/registry/src/<index>`.
    pub(crate) registries: Vec<PathBuf>,
}

impl Project {
    /// Asks cargo, which knows about `CARGO_TARGET_DIR` and its own configuration files.
    pub(crate) fn locate() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("start this by `cargo xtask`, which says where the project is")?;
        let root = Path::new(&manifest)
            .parent()
            .context("xtask/ has no parent folder")?
            .to_owned();
        let metadata: Value = serde_json::from_str(
            &Cmd::new("cargo")
                .args(["metadata", "--format-version=1"])
                .dir(&root)
                .stdout()?,
        )?;
        let target = metadata
            .get("target_directory")
            .and_then(Value::as_str)
            .context("cargo metadata names no target directory")?;
        Ok(Self {
            target: PathBuf::from(target),
            host_tests: host_tests(&metadata),
            registries: registries(&metadata),
            root,
        })
    }

    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("tools")
    }

    /// An npm tool of `tools/` by its file, run with node: works also where `.bin` has no links.
    pub(crate) fn tool(&self, path: &str) -> Cmd {
        Cmd::new("node").arg(self.tools().join("node_modules").join(path))
    }

    pub(crate) fn packaging(&self) -> PathBuf {
        self.root.join("tests/packaging")
    }

    /// The folders with tests of the npm package, each with npm packages of its own.
    pub(crate) fn npm_tests(&self) -> Result<Vec<PathBuf>> {
        let tests = self.root.join("tests");
        let mut folders = Vec::new();
        for entry in fs::read_dir(&tests).with_context(|| format!("{}", tests.display()))? {
            let folder = entry?.path();
            if folder.join("package.json").exists() {
                folders.push(folder);
            }
        }
        folders.sort();
        Ok(folders)
    }

    pub(crate) fn bench(&self) -> PathBuf {
        self.root.join("bench")
    }

    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("pkg/dist")
    }

    /// A folder for intermediate files.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let path = self.target.join("xtask").join(name);
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }
}

fn host_tests(metadata: &Value) -> Vec<String> {
    let named = |value: &Value, name: &str| value.get("name").is_some_and(|it| it == name);
    let is_test = |target: &Value| {
        let kinds = target.get("kind").and_then(Value::as_array);
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "test"))
    };
    local_packages(metadata)
        .filter(|package| !named(package, "hallpass-e2e"))
        .filter_map(|package| package.get("targets")?.as_array())
        .flatten()
        .filter(|target| is_test(target))
        .filter_map(|target| Some(target.get("name")?.as_str()?.to_owned()))
        .collect()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    packages.into_iter().flatten()
}

/// Those of this workspace, which come from no registry.
fn local_packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    packages(metadata).filter(|package| package.get("source").is_none_or(Value::is_null))
}

fn registries(metadata: &Value) -> Vec<PathBuf> {
    let folders: BTreeSet<PathBuf> = packages(metadata)
        .filter(|package| !package.get("source").is_none_or(Value::is_null))
        .filter_map(|package| package.get("manifest_path")?.as_str())
        .filter_map(|manifest| Some(Path::new(manifest).parent()?.parent()?.to_owned()))
        .collect();
    folders.into_iter().collect()
}
