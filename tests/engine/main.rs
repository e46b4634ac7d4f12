//! The engine on a virtual clock, with a store, a network and a lock that do as the test says.

#![allow(unreachable_pub, reason = "modules of one test")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod answers;
mod answers_by_rule;
mod attempts;
mod calls;
mod clock;
mod csrf;
mod early;
mod identifiers;
mod late_store;
mod lock;
mod login;
mod logout;
mod names;
mod noted_logouts;
mod options;
mod origins;
mod overtaken;
mod pass;
mod properties;
mod questions;
mod refresh;
mod refresh_without_token;
mod restore;
mod secrets;
mod shared_store;
mod sharing;
mod storage;
mod store_looks;
mod subjects;
mod tabs;
mod verified;
mod waits;
mod weight;
mod words;
mod words_of_tabs;
mod world;
