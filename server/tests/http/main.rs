//! The backend over real HTTP, each test on a server of its own.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test ends by panicking"
)]

mod answers;
mod api;
mod connections;
mod cors;
mod csrf;
mod default_endpoints;
mod disk;
mod families;
mod faults;
mod files;
mod grace;
mod hybrid;
mod jwt;
mod keys;
mod limits;
mod log;
mod login;
mod nodes;
mod outage;
mod proxied;
mod redis;
mod running;
mod session;
mod settings;
mod support;
mod tls;
