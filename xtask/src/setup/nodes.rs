//! What several nodes of the backend stand on.

use hallpass_cluster::PROGRAMS;

use super::{Missing, debian};
use crate::run::on_path;

pub(super) fn ensure() -> Result<(), Missing> {
    let are_here = || PROGRAMS.iter().all(|program| on_path(program));
    if are_here() || (debian::can_install() && debian::install(PROGRAMS) && are_here()) {
        return Ok(());
    }
    Err(Missing::new(
        format!("{} on PATH", PROGRAMS.join(" and ")),
        format!("sudo apt-get install {}", PROGRAMS.join(" ")),
    ))
}
