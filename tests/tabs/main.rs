//! Many tabs of one browser over the engine that ships: hours of their life in virtual time, with a network that
//! loses and delays, tabs that crash, freeze and come, visitors that log in and out, and a clock that jumps.
//!
//! Each run is a seed. `HALLPASS_SEEDS=1..1000` chooses which; a failure names its own.

#![allow(unreachable_pub, reason = "modules of one test")]
#![allow(dead_code, reason = "modules that are shared with other tests")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a failing test may panic"
)]

#[path = "../scenarios/backend.rs"]
mod backend;
mod browser;
#[path = "../engine/world.rs"]
mod world;

use std::panic::catch_unwind;
use std::time::Instant;

use browser::{Browser, Kind, Report};

/// As many as a debug build does in some seconds. `cargo xtask simulate` lives more.
const SEEDS: std::ops::Range<u64> = 0..100;

fn seeds() -> std::ops::Range<u64> {
    let Ok(range) = std::env::var("HALLPASS_SEEDS") else {
        return SEEDS;
    };
    let (from, to) = range.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

fn simulate(kind: Kind) {
    let begin = Instant::now();
    let mut total = Report::default();
    let mut failed = Vec::new();
    for seed in seeds() {
        match catch_unwind(|| Browser::live(kind, seed)) {
            Ok(report) => total.add(&report),
            Err(_) => failed.push(seed),
        }
    }
    let count = seeds().count();
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{kind:?}: {count} seeds, {} violations, {:.0} seeds a second; {} h of life, {} logins, {} refreshes, {} repeated attempts, {} crashes, sign-outs {:?}, excused {:?}",
        failed.len(),
        count as f64 / seconds,
        total.ms / 3_600_000,
        total.logins,
        total.refreshes,
        total.repeats,
        total.crashes,
        total.reasons,
        total.excused,
    );
    assert!(
        failed.is_empty(),
        "{} seeds failed: `cargo xtask simulate --seeds {}..{}` shows the first",
        failed.len(),
        failed[0],
        failed[0] + 1
    );
}

#[test]
fn tabs_that_share_a_store_lose_no_session() {
    simulate(Kind::Jwt);
}

#[test]
fn tabs_that_share_a_cookie_lose_no_session() {
    simulate(Kind::Hybrid);
}

#[test]
fn tabs_that_share_access_tokens_lose_no_session() {
    simulate(Kind::Shared);
}
