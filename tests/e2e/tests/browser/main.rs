//! The npm package in a real browser, against the real backend.
//!
//! `HALLPASS_ENGINE` chooses the browser: `chromium` (the default), `firefox` or `webkit`. `HALLPASS_TIER=all` runs every test in
//! every engine and mode in which it holds.

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
mod examples;
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
mod sign_in;
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
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e");
    run(add, pictures)
}

fn add(suite: &mut Suite) {
    // What takes longest begins first, so that no browser has to wait for another at the end.
    nodes::add(suite);
    large::add(suite);
    growth::add(suite);
    many_tabs::add(suite);
    secrets::add(suite);
    lost_tabs::add(suite);
    crossing_tabs::add(suite);
    hostile_urls::add(suite);
    verification::add(suite);
    login::add(suite);
    expiry::add(suite);
    tokens::add(suite);
    vectors::add(suite);
    sealed::add(suite);
    sign_in::add(suite);
    endings::add(suite);
    races::add(suite);
    failures::add(suite);
    csrf::add(suite);
    origins::add(suite);
    redirects::add(suite);
    bodies::add(suite);
    replay::add(suite);
    challenges::add(suite);
    fetching::add(suite);
    conformance::add(suite);
    callbacks::add(suite);
    instances::add(suite);
    storage::add(suite);
    options::add(suite);
    tabs::add(suite);
    cross_site::add(suite);
    cookie_rules::add(suite);
    wiping::add(suite);
    rust_api::add(suite);
    examples::add(suite);
    demo::add(suite);
}
