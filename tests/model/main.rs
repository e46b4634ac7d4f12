//! Every state that some tabs of one browser can get into, over the engine that ships, by stateright.
//!
//! `HALLPASS_TIER=all` goes further than CI does, and `HALLPASS_MODEL=deep` further yet.

#![allow(unreachable_pub, reason = "modules of one test")]
#![allow(dead_code, reason = "modules that are shared with other tests")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

#[path = "../scenarios/backend.rs"]
mod backend;
mod bounds;
mod end;
mod print;
mod properties;
mod store;
mod system;
#[path = "../engine/world.rs"]
mod world;

use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use bounds::{Bounds, Kind};
use system::System;

fn explore(kind: Kind, bounds: &[Bounds]) {
    explore_by(threads(), kind, bounds);
}

/// By one thread, a path that is found is a shortest one.
fn explore_by(threads: usize, kind: Kind, bounds: &[Bounds]) {
    let mut failures = Vec::new();
    for bounds in bounds {
        let begin = Instant::now();
        let checker = System::new(kind, *bounds)
            .checker()
            .threads(threads)
            .finish_when(HasDiscoveries::AnyFailures)
            .spawn_bfs()
            .join();
        println!(
            "{kind:?}, {bounds}: {} states, {} of them different, depth {}, {:.1} s",
            checker.state_count(),
            checker.unique_state_count(),
            checker.max_depth(),
            begin.elapsed().as_secs_f64(),
        );
        for (property, path) in checker.discoveries() {
            if property == properties::RESTS {
                continue;
            }
            println!("not so: {property}");
            for (state, action) in path.into_vec() {
                match action {
                    Some(action) => println!("    {action:?}"),
                    None => println!("{state:?}"),
                }
            }
            failures.push(format!("{kind:?}, {bounds}: not so: {property}"));
        }
        assert!(
            !failures.is_empty() || checker.discovery(properties::RESTS).is_some(),
            "{kind:?}, {bounds}: it never comes to rest"
        );
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[test]
fn tabs_that_share_a_store() {
    explore(Kind::Jwt, &bounds::chosen());
}

#[test]
fn tabs_that_share_a_cookie() {
    explore(Kind::Hybrid, &bounds::chosen());
}

#[test]
fn tabs_whose_store_answers_later() {
    explore(Kind::Slow, &bounds::slow());
}

#[test]
fn tabs_that_share_a_session() {
    explore(Kind::Session, &bounds::session());
}

#[test]
#[ignore = "lists what does not hold yet"]
fn what_is_open() {
    for (kind, bounds) in bounds::open() {
        let outcome = std::panic::catch_unwind(|| explore_by(1, kind, &[bounds]));
        println!("open: {kind:?}, {bounds}: holds: {}\n", outcome.is_ok());
    }
}
