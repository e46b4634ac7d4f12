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
use crate::browser::values::error_list;
use crate::client::{Inner, Setup};
use crate::core::Options;

#[wasm_bindgen]
extern "C" {
    type MakeError;

    #[wasm_bindgen(method, js_name = call)]
    fn make(
        this: &MakeError,
        scope: &JsValue,
        code: &str,
        message: &str,
        members: Array,
    ) -> JsValue;
}

/// The shell of a client that is still restoring, or what `make_error(code, message, members)` makes.
/// `options` is a list, see `Options::from_list`. Each shell that is given has to be released.
#[wasm_bindgen]
pub fn create(options: &str, make_error: JsValue, rule: JsValue, store: JsValue) -> JsValue {
    let setup = Setup {
        make_error: make_error.clone(),
        rule,
        store,
    };
    let opened = Options::from_list(options)
        .check(&BrowserUrls)
        .and_then(|config| Inner::open(config, setup));
    match opened {
        Ok(inner) => {
            inner.retain();
            AsRef::<JsValue>::as_ref(&inner.shell).clone()
        }
        Err(error) => {
            let make_error: MakeError = make_error.unchecked_into();
            let (code, message) = (error.code.as_str(), error.message());
            make_error.make(&JsValue::UNDEFINED, code, &message, error_list(&error))
        }
    }
}
