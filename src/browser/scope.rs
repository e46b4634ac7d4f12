//! The global scope of a page, a worker or Node, without assuming which.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;

use crate::core::{Mono, Now, Wall};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    pub(crate) fn global_fetch(input: &JsValue, init: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(callback: &Function, milliseconds: i32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(handle: &JsValue);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(catch, js_name = String)]
    pub(crate) fn string_of(value: &JsValue) -> Result<js_sys::JsString, JsValue>;
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

/// `object[name]`, or `undefined` if that cannot be had: blocked getters throw.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    if object.is_undefined() || object.is_null() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// `globalThis[name]`, or `undefined`.
pub(crate) fn global(name: &str) -> JsValue {
    member(&js_sys::global(), name)
}

/// `{[name]: value, …}`.
pub(crate) fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a plain object of our own cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// Calls `object[name](...)` if there is such a method.
pub(crate) fn call_if_there(object: &JsValue, name: &str) {
    if let Some(method) = member(object, name).dyn_ref::<Function>() {
        let _ = method.call0(object);
    }
}

/// Hands what user code threw to the platform, as if nobody had caught it.
pub(crate) fn report(error: &JsValue) {
    match global("reportError").dyn_ref::<Function>() {
        Some(report) => {
            let _ = report.call1(&JsValue::UNDEFINED, error);
        }
        None => {
            let _ = Promise::reject(error);
        }
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
