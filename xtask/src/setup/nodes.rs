//! What several nodes of the backend stand on, what loads them, and other servers of Debian's.

use std::path::Path;

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

/// Apache is not on the `PATH` of everybody, and the module is no program.
pub(super) fn missing_apache() -> Vec<&'static str> {
    let is_here = [
        "/usr/sbin/apache2",
        "/usr/lib/apache2/modules/mod_auth_openidc.so",
    ]
    .iter()
    .all(|file| Path::new(file).is_file());
    if is_here {
        Vec::new()
    } else {
        vec!["apache2-bin", "libapache2-mod-auth-openidc"]
    }
}
