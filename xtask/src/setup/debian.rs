//! Debian's packages.

use std::fs;

use super::say;
use xtask::run::{Cmd, on_path};

/// Whether packages can be installed from here.
pub(super) fn can_install() -> bool {
    on_path("apt-get") && is_root()
}

/// Tries to; the user is told why it did not work.
pub(super) fn install(packages: &[&str]) {
    say(&format!(
        "apt-get update && apt-get install {}",
        packages.join(" ")
    ));
    let apt = || Cmd::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    let installed = apt().args(["update", "-qq"]).run().and_then(|()| {
        apt()
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages)
            .run()
    });
    if let Err(error) = &installed {
        eprintln!("{error:#}");
    }
}

/// Whether this is Debian.
pub(super) fn is_here() -> bool {
    fs::read_to_string("/etc/os-release")
        .is_ok_and(|release| release.lines().any(|line| line == "ID=debian"))
}

fn is_root() -> bool {
    Cmd::new("id")
        .arg("-u")
        .stdout()
        .is_ok_and(|id| id.trim() == "0")
}
