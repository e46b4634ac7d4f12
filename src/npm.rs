//! What the npm package calls: a thin surface over the driver.
//!
//! Methods take `&self` and hold nothing over a wait, so that any call is legal
//! at any time. Errors are made by the package, as its own class.

#![allow(
    unreachable_pub,
    reason = "what is exported to JavaScript has to be pub"
)]

mod allocator;

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::browser::urls::BrowserUrls;
use crate::browser::values::{error_members, journal_line, json_value, snapshot_value};
use crate::client::{Inner, Setup};
use crate::core::Options;

/// A client as the package holds it.
#[wasm_bindgen]
pub struct Handle {
    inner: Rc<Inner>,
    is_disposed: Cell<bool>,
}

#[wasm_bindgen]
extern "C" {
    type MakeError;

    #[wasm_bindgen(method, js_name = call)]
    fn make(
        this: &MakeError,
        scope: &JsValue,
        code: &str,
        message: &str,
        members: &JsValue,
    ) -> JsValue;
}

/// Makes a client that is still restoring. `options` is a list, see `Options::from_list`.
/// Throws what `make_error(code, message, members)` makes.
#[wasm_bindgen]
pub fn create(
    options: &str,
    make_error: JsValue,
    rule: JsValue,
    store: JsValue,
) -> Result<Handle, JsValue> {
    let setup = Setup {
        make_error: make_error.clone(),
        rule,
        store,
    };
    Options::from_list(options)
        .check(&BrowserUrls)
        .and_then(|config| Inner::open(config, setup))
        .map(|inner| {
            inner.retain();
            Handle {
                inner,
                is_disposed: Cell::new(false),
            }
        })
        .map_err(|error| {
            let make_error: MakeError = make_error.unchecked_into();
            let (code, message) = (error.code.as_str(), error.message());
            make_error.make(&JsValue::UNDEFINED, code, &message, &error_members(&error))
        })
}

#[wasm_bindgen]
impl Handle {
    /// Where calls are made and changes listened to.
    #[wasm_bindgen(getter)]
    pub fn shell(&self) -> JsValue {
        AsRef::<JsValue>::as_ref(&self.inner.shell).clone()
    }

    /// Changes whenever the snapshot does.
    #[wasm_bindgen(getter)]
    pub fn version(&self) -> u32 {
        self.inner.with_engine(|engine| engine.version())
    }

    /// The present state.
    #[wasm_bindgen(getter)]
    pub fn snapshot(&self) -> JsValue {
        self.inner
            .with_engine(|engine| snapshot_value(engine.snapshot()))
    }

    /// Claims of the current access token, or `null`.
    #[wasm_bindgen(getter)]
    pub fn claims(&self) -> JsValue {
        self.inner.with_engine(|engine| json_value(engine.claims()))
    }

    /// The journal, oldest first.
    #[wasm_bindgen(getter)]
    pub fn journal(&self) -> Array {
        self.inner
            .with_engine(|engine| engine.journal().map(journal_line).collect())
    }

    /// Stops this handle; the last one of a key stops its engine.
    pub fn dispose(&self) {
        if !self.is_disposed.replace(true) {
            self.inner.release();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.dispose();
    }
}
