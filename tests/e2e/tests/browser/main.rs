//! The npm package in a real browser, against the real backend.
//!
//! `HALLPASS_ENGINE` chooses the browser: `chromium` (the default), `firefox` or `webkit`.

#![allow(
    clippy::indexing_slicing,
    reason = "a test fails where there is nothing at the index"
)]

mod bodies;
mod callbacks;
mod challenges;
mod common;
mod conformance;
mod cookie_rules;
mod cross_site;
mod crossing_tabs;
mod csrf;
mod demo;
mod endings;
mod expiry;
mod failures;
mod fetching;
mod growth;
mod hostile_urls;
mod instances;
mod large;
mod login;
mod lost_tabs;
mod many_tabs;
mod nodes;
mod options;
mod origins;
mod races;
mod redirects;
mod replay;
mod rust_api;
mod sealed;
mod secrets;
mod storage;
mod tabs;
mod tokens;
mod vectors;
mod verification;
mod wiping;

use std::path::Path;
use std::process::ExitCode;

use hallpass_e2e::{Suite, run};

fn main() -> ExitCode {
    let mut suite = Suite::default();
    login::add(&mut suite);
    expiry::add(&mut suite);
    tokens::add(&mut suite);
    vectors::add(&mut suite);
    verification::add(&mut suite);
    sealed::add(&mut suite);
    endings::add(&mut suite);
    races::add(&mut suite);
    failures::add(&mut suite);
    csrf::add(&mut suite);
    origins::add(&mut suite);
    hostile_urls::add(&mut suite);
    redirects::add(&mut suite);
    bodies::add(&mut suite);
    replay::add(&mut suite);
    challenges::add(&mut suite);
    large::add(&mut suite);
    fetching::add(&mut suite);
    conformance::add(&mut suite);
    callbacks::add(&mut suite);
    instances::add(&mut suite);
    storage::add(&mut suite);
    options::add(&mut suite);
    tabs::add(&mut suite);
    many_tabs::add(&mut suite);
    lost_tabs::add(&mut suite);
    crossing_tabs::add(&mut suite);
    cross_site::add(&mut suite);
    cookie_rules::add(&mut suite);
    secrets::add(&mut suite);
    wiping::add(&mut suite);
    growth::add(&mut suite);
    rust_api::add(&mut suite);
    demo::add(&mut suite);
    nodes::add(&mut suite);
    run(
        suite,
        Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e"),
    )
}
