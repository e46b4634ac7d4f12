//! Of `src/sso` what few apps need, as `hallpass-sso` has the rest: the npm package loads it with `sso.apis` and `sso.dpop`.

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

#[path = "../../sso/src/texts.rs"]
mod texts;

#[cfg(target_family = "wasm")]
#[path = "../../sso/src/bump.rs"]
mod bump;

use sso::call_further as decide;
