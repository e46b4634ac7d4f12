//! Many tabs of one browser over the engine that ships: hours of their life in virtual time, with a network that
//! loses and delays, tabs that crash, freeze and come, visitors that log in and out, and a clock that jumps.
//!
//! Each run is a seed. `HALLPASS_SEEDS=1..1000` chooses which; a failure names its own. A life that failed is lived again to
//! tell what happened in it. `life.rs` says what the kinds of lives are like.

#![allow(unreachable_pub, reason = "modules of one test")]
#![allow(dead_code, reason = "modules that are shared with other tests")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a failing test may panic"
)]

mod browser;
mod chance;
mod life;
mod report;
mod site;
#[path = "../engine/world.rs"]
mod world;

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::time::Instant;

use browser::Browser;
use life::Kind;
use report::{Report, Violation};

/// As many as a debug build does in some seconds. `cargo xtask simulate` lives more.
const SEEDS: std::ops::Range<u64> = 0..100;

fn seeds() -> std::ops::Range<u64> {
    let Ok(range) = std::env::var("HALLPASS_SEEDS") else {
        return SEEDS;
    };
    let (from, to) = range.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

/// What did not hold: in which lives, and what the first says.
struct Failed {
    seeds: Vec<u64>,
    text: String,
}

/// So many of them are listed.
const LISTED: usize = 12;

/// What a life unwound with. The engine may have panicked, too.
fn violation(cause: &(dyn Any + Send)) -> (&'static str, String) {
    match cause.downcast_ref::<Violation>() {
        Some(violation) => (violation.what, violation.text.clone()),
        None => ("a panic", "see above".into()),
    }
}

fn simulate(kind: Kind) {
    let begin = Instant::now();
    let mut total = Report::default();
    let mut failed: BTreeMap<&'static str, Failed> = BTreeMap::new();
    for seed in seeds() {
        match catch_unwind(|| Browser::live(kind, seed, true)) {
            Ok(report) => total.add(&report),
            Err(cause) => {
                let (what, text) = violation(&*cause);
                let seeds = Vec::new();
                let new = Failed { seeds, text };
                failed.entry(what).or_insert(new).seeds.push(seed);
            }
        }
    }
    let count = seeds().count();
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{kind:?}: {count} seeds, {} violations, {:.0} seeds a second; {} h of life, {} logins, {} refreshes, {} repeated attempts, {} crashes, sign-outs {:?}, excused {:?}",
        failed
            .values()
            .map(|failed| failed.seeds.len())
            .sum::<usize>(),
        count as f64 / seconds,
        total.ms / 3_600_000,
        total.logins,
        total.refreshes,
        total.repeats,
        total.crashes,
        total.reasons,
        total.excused,
    );
    for failed in failed.values() {
        let seeds = &failed.seeds;
        let listed = &seeds[..seeds.len().min(LISTED)];
        println!("  {} lives, {listed:?}: {}", seeds.len(), failed.text);
    }
    let Some(first) = failed.values().map(|failed| failed.seeds[0]).min() else {
        return;
    };
    let _ = catch_unwind(|| Browser::live(kind, first, false));
    panic!(
        "`cargo xtask simulate --seeds {first}..{}` shows the first, of kind {kind:?}",
        first + 1
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

#[test]
fn a_store_that_answers_late_wedges_nobody() {
    simulate(Kind::SlowStore);
}

#[test]
fn a_store_of_notes_that_answers_late_ends_no_session() {
    simulate(Kind::SlowNotes);
}

#[test]
fn tabs_that_share_a_session_show_whose_it_is() {
    simulate(Kind::Session);
}

#[test]
fn a_session_that_other_pages_begin_is_found() {
    simulate(Kind::SessionPages);
}

#[test]
fn a_refresh_token_that_other_pages_bring_is_found() {
    simulate(Kind::HybridPages);
}

#[test]
fn a_person_by_another_name_is_the_same() {
    simulate(Kind::Names);
}

#[test]
fn a_lease_keeps_tabs_apart_as_a_lock_does() {
    simulate(Kind::Lease);
}

#[test]
fn pages_that_come_back_know_who_is_there() {
    simulate(Kind::Bfcache);
}

#[test]
fn all_of_it_at_once_loses_no_session() {
    simulate(Kind::Wild);
}
