//! Rails and Devise, as Debian packages them. Without them the tests of that backend are skipped, and say so.

use xtask::run::Cmd;

const PACKAGES: &[&str] = &[
    "ruby-railties",
    "ruby-activerecord",
    "ruby-sqlite3",
    "ruby-devise",
    "puma",
];

/// All of them, unless they are here.
pub(super) fn missing() -> Vec<&'static str> {
    let probe = "require 'rails'; require 'active_record'; require 'sqlite3'; require 'devise'; require 'puma'";
    let is_here = Cmd::new("ruby").args(["-e", probe]).stdout().is_ok();
    if is_here {
        Vec::new()
    } else {
        PACKAGES.to_vec()
    }
}
