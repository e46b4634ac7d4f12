//! What every store has to do: one suite, run against each of them by two connections.
//!
//! Owns the tests of `store`, by kind, the two connections (`pair`), and a Redis that is borrowed from the tests over HTTP.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test ends by panicking"
)]

#[macro_use]
mod each;

mod access;
mod accounts;
mod families;
mod on_redis;
mod pair;
mod sessions;
mod tenants;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests over HTTP use more of it"
)]
#[path = "../../../../tests/http/redis.rs"]
mod server;
