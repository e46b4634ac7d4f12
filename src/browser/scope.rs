//! The global scope of a page, a worker or Node, without assuming which.

use wasm_bindgen::prelude::*;

use crate::core::{Mono, Now, Wall};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Both clocks.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since the page began, or since 1970"
)]
pub(crate) fn now() -> Now {
    Now {
        mono: Mono(performance_now() as u64),
        wall: Wall(js_sys::Date::now() as i64),
    }
}

/// Any number, another in each tab.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bits are bits"
)]
pub(crate) fn seed() -> u64 {
    let half = || (js_sys::Math::random() * 4_294_967_296.0) as u64;
    (half() << 32) | half()
}
