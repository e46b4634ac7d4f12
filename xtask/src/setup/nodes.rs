//! What several nodes of the backend stand on, and what loads them.

use super::Missing;
use xtask::run::on_path;

/// Debian's packages have the same names, here and below.
pub(super) const PROGRAMS: &[&str] = &["redis-server", "nginx"];

pub(super) const WRK: &[&str] = &["wrk"];

pub(super) fn ensure(programs: &[&'static str]) -> Result<(), Missing> {
    let missing = missing(programs).join(" ");
    if missing.is_empty() {
        return Ok(());
    }
    Err(Missing::new(
        format!("{missing} on PATH"),
        format!("sudo apt-get install {missing}"),
    ))
}

/// Those that are not here.
pub(super) fn missing(programs: &[&'static str]) -> Vec<&'static str> {
    let is_missing = |program: &&&str| !on_path(program);
    programs.iter().filter(is_missing).copied().collect()
}
