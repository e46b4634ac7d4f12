//! `src/sso` as a module of its own, which the npm package loads with the option `sso`. Nothing of the engine is in it, and nothing of
//! JavaScript: texts go in and out through its memory. An instance answers once.

#![allow(
    unsafe_code,
    reason = "an allocator, and memory that is shared with JavaScript"
)]
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "for Rust apps there is more"
)]

#[path = "../../../src/sso/mod.rs"]
mod sso;

mod texts;

#[cfg(target_family = "wasm")]
mod bump;

use sso::call as decide;
