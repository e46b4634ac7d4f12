//! Node and npm packages.

use anyhow::Result;
use std::fs;
use std::path::Path;

use super::{Missing, say};
use xtask::run::{Cmd, on_path};

const OLDEST_NODE: u32 = 20;
const INSTALL_NODE: &str = "https://nodejs.org/en/download, or apt-get install nodejs npm   where that is 20 or newer (Debian 13, Ubuntu 25.04)";

/// `npm ci` in `dir`, unless that was done with the same lock file before.
pub(super) fn install(dir: &Path) -> Result<(), Missing> {
    check_node()?;
    let lock = dir.join("package-lock.json");
    let installed = dir.join("node_modules/.installed-lock.json");
    if same(&lock, &installed) {
        return Ok(());
    }
    say(&format!("npm ci in {}", dir.display()));
    npm_ci(dir, &lock, &installed).map_err(|error| {
        eprintln!("{error:#}");
        Missing::new(
            format!("the npm packages of {}", dir.display()),
            format!("cd {} && npm ci --ignore-scripts", dir.display()),
        )
    })
}

/// The apps in `folder` that have a lock file.
pub(super) fn install_apps(folder: &Path) -> Result<(), Missing> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|app| app.join("package-lock.json").is_file())
        .try_for_each(|app| install(&app))
}

fn npm_ci(dir: &Path, lock: &Path, installed: &Path) -> Result<()> {
    npm(dir, &["ci"])
        // A lock made where the registry has no binaries for other platforms does not list those, and then `ci` refuses it.
        // The versions are those of the lock here too.
        .or_else(|_| npm(dir, &["install", "--no-save"]))?;
    fs::copy(lock, installed)?;
    Ok(())
}

fn npm(dir: &Path, command: &[&str]) -> Result<()> {
    Cmd::new("npm")
        .args(command)
        // No package here needs its install script; esbuild's only makes its start quicker.
        .args(["--ignore-scripts", "--loglevel=error"])
        .dir(dir)
        .quiet()
}

fn same(a: &Path, b: &Path) -> bool {
    match (fs::read(a), fs::read(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

fn check_node() -> Result<(), Missing> {
    let Ok(version) = Cmd::new("node").arg("--version").stdout() else {
        return Err(Missing::new("Node 20 or newer", INSTALL_NODE));
    };
    let version = version.trim();
    let major: Option<u32> = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|number| number.parse().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        return Err(Missing::new(
            format!("Node 20 or newer (there is {version})"),
            INSTALL_NODE,
        ));
    }
    if !on_path("npm") {
        return Err(Missing::new("npm", "apt-get install npm"));
    }
    Ok(())
}
