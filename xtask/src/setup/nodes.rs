//! What several nodes of the backend stand on, and what loads them.

use hallpass_cluster::PROGRAMS;

use super::{Missing, debian};
use crate::run::on_path;

pub(super) fn ensure() -> Result<(), Missing> {
    programs(PROGRAMS)
}

pub(super) fn wrk() -> Result<(), Missing> {
    programs(&["wrk"])
}

/// Of Debian's packages of the same names.
fn programs(names: &[&str]) -> Result<(), Missing> {
    let are_here = || names.iter().all(|program| on_path(program));
    if are_here() || (debian::can_install() && debian::install(names) && are_here()) {
        return Ok(());
    }
    Err(Missing::new(
        format!("{} on PATH", names.join(" and ")),
        format!("sudo apt-get install {}", names.join(" ")),
    ))
}
