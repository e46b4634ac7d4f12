//! The npm package in a real browser, against the real backend.
//!
//! `HALLPASS_ENGINE` chooses the browser: `chromium` (the default), `firefox` or `webkit`.

#![allow(
    clippy::indexing_slicing,
    reason = "a test fails where there is nothing at the index"
)]

mod bodies;
mod common;
mod csrf;
mod endings;
mod expiry;
mod failures;
mod login;
mod origins;
mod races;
mod tokens;

use std::path::PathBuf;
use std::process::ExitCode;

use hallpass_e2e::{Suite, run};

fn main() -> ExitCode {
    let mut suite = Suite::default();
    login::add(&mut suite);
    expiry::add(&mut suite);
    tokens::add(&mut suite);
    endings::add(&mut suite);
    races::add(&mut suite);
    failures::add(&mut suite);
    csrf::add(&mut suite);
    origins::add(&mut suite);
    bodies::add(&mut suite);
    run(
        suite,
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../e2e"),
    )
}
