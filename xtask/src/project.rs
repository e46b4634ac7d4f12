//! Where things are, as cargo tells.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use xtask::places::Places;
use xtask::run::Cmd;

/// The checkout, and the folders that the commands read and write.
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) places: Places,
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
        let metadata = metadata(&root, &["--no-deps"])?;
        let target = metadata
            .get("target_directory")
            .and_then(Value::as_str)
            .context("cargo metadata names no target directory")?;
        Ok(Self {
            target: PathBuf::from(target),
            places: Places::new(&root),
            root,
        })
    }

    /// An npm tool of `tools/`.
    pub(crate) fn tool(&self, path: &str) -> Cmd {
        self.places.tool(path)
    }

    pub(crate) fn packaging(&self) -> PathBuf {
        self.root.join("tests/packaging")
    }

    pub(crate) fn bench(&self) -> PathBuf {
        self.root.join("bench")
    }

    /// A folder for intermediate files.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let path = self.target.join("xtask").join(name);
        fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(path)
    }

    /// Folders that hold the sources of dependencies: `…/registry/src/<index>`.
    pub(crate) fn registries(&self) -> Result<BTreeSet<PathBuf>> {
        let metadata = metadata(&self.root, &[])?;
        let packages = metadata.get("packages").and_then(Value::as_array);
        Ok(packages
            .into_iter()
            .flatten()
            .filter(|package| !package.get("source").is_none_or(Value::is_null))
            .filter_map(|package| package.get("manifest_path")?.as_str())
            .filter_map(|manifest| Some(Path::new(manifest).parent()?.parent()?.to_owned()))
            .collect())
    }
}

fn metadata(root: &Path, options: &[&str]) -> Result<Value> {
    let told = Cmd::new("cargo")
        .args(["metadata", "--format-version=1"])
        .args(options)
        .dir(root)
        .stdout()?;
    Ok(serde_json::from_str(&told)?)
}
