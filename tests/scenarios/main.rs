//! What happens when things overlap: slow stores, slow servers, words that cross.
//!
//! The world is that of `tests/engine`; here it is let go wrong in more than one place at a time.

#![allow(unreachable_pub, dead_code, reason = "modules of one test")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

#[path = "../engine/world.rs"]
mod world;

mod adopted;
mod backend;
mod crossing;
mod disposed;
mod no_page;
mod profile;
mod quiet;
mod simulation;
mod slow_store;
