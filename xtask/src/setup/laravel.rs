//! Laravel, as Debian packages it, and what moves its clock. Without them the tests of that backend are skipped, and say so.

use xtask::run::{Cmd, on_path};

const PACKAGES: &[&str] = &[
    "php-cli",
    "php-sqlite3",
    "php-laravel-framework",
    "faketime",
];

/// All of them, unless they are here.
pub(super) fn missing() -> Vec<&'static str> {
    let probe =
        "exit((int) !((include 'Illuminate/autoload.php') && extension_loaded('pdo_sqlite')));";
    let is_here = on_path("faketime") && Cmd::new("php").args(["-r", probe]).stdout().is_ok();
    if is_here {
        Vec::new()
    } else {
        PACKAGES.to_vec()
    }
}
