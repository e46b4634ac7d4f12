//! Where things are in the checkout.

use std::path::{Path, PathBuf};

use crate::run::Cmd;

/// The checkout.
#[derive(Clone, Debug)]
pub struct Places {
    root: PathBuf,
}

impl Places {
    /// `root` is the folder with the workspace's `Cargo.toml`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The checkout itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The build tools that come from npm.
    pub fn tools(&self) -> PathBuf {
        self.root.join("tools")
    }

    /// An npm tool of `tools/` by its file, run with node: works also where `.bin` has no links.
    pub fn tool(&self, path: &str) -> Cmd {
        Cmd::new("node").arg(self.tools().join("node_modules").join(path))
    }

    /// What the build leaves in the npm package.
    pub fn dist(&self) -> PathBuf {
        self.root.join("pkg/dist")
    }
}
