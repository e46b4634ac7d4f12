//! What the npm package calls: one function, which gives the shell of an engine.
//!
//! Errors are made by the package, as its own class.

#![allow(
    unreachable_pub,
    reason = "what is exported to JavaScript has to be pub"
)]

mod allocator;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::browser::urls::BrowserUrls;
use crate::client::{Inner, Setup};
use crate::core::{Misconfigured, Options};

/// The shell of a client that is still restoring; or of an option that is wrong, its name and the number of the fault.
/// `options` is a list, see `Options::from_list`, and `stamp` their number, see `Config::stamped`; for the others see `Setup`. Each shell that is given has to be released.
#[wasm_bindgen]
pub fn create(options: &str, stamp: u32, parts: JsValue, has_own_store: bool) -> JsValue {
    let setup = Setup {
        parts,
        has_own_store,
    };
    let opened = Options::from_list(options)
        .examine(&BrowserUrls)
        .and_then(|config| Inner::open(config.stamped(stamp), setup));
    match opened {
        Ok(inner) => {
            inner.retain();
            AsRef::<JsValue>::as_ref(&inner.shell).clone()
        }
        Err(Misconfigured { option, fault }) => {
            Array::of2(&option.into(), &(fault as u32).into()).into()
        }
    }
}
