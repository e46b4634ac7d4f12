//! Values on their way out to JavaScript.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[cfg(feature = "js")]
use crate::core::JournalEntry;
use crate::core::{AuthError, Change, Snapshot, Wall};
use crate::json::Json;

/// `{[name]: value, …}`.
pub(crate) fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a plain object of our own cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// The value itself: the package freezes it before an app sees it.
pub(crate) fn json_value(value: Option<&Json>) -> JsValue {
    value.map_or(JsValue::NULL, |value| value.as_js().clone())
}

pub(crate) fn snapshot_value(snapshot: &Snapshot) -> JsValue {
    object(&[
        ("status", snapshot.status.as_str().into()),
        ("user", json_value(snapshot.user.as_ref())),
        (
            "reason",
            text_or_null(snapshot.reason.map(|reason| reason.as_str())),
        ),
        ("expiresAt", time_or_null(snapshot.expires_at)),
        ("issuedAt", time_or_null(snapshot.issued_at)),
        ("storage", snapshot.storage.as_str().into()),
    ])
}

pub(crate) fn change_value(change: &Change) -> JsValue {
    let value = snapshot_value(&change.snapshot);
    let _ = Reflect::set(&value, &"event".into(), &change.event.as_str().into());
    value
}

#[cfg(feature = "js")]
pub(crate) fn journal_line(entry: &JournalEntry) -> JsValue {
    object(&[
        ("time", number(entry.time.0)),
        ("event", entry.event.into()),
        ("detail", text_or_null(entry.detail)),
        ("value", entry.value.map_or(JsValue::NULL, number)),
    ])
}

pub(crate) fn error_members(error: &AuthError) -> JsValue {
    object(&[
        ("status", error.status.map_or(JsValue::NULL, Into::into)),
        ("retryable", error.code.is_retryable().into()),
        (
            "retryAfter",
            error.retry_after.map_or(JsValue::NULL, Into::into),
        ),
        ("serverCode", text_or_null(error.server_code.as_deref())),
        (
            "serverMessage",
            text_or_null(error.server_message.as_deref()),
        ),
        ("option", text_or_null(error.option)),
        #[cfg(not(feature = "js"))]
        ("detail", text_or_null(error.detail.as_deref())),
        (
            "reason",
            text_or_null(error.reason.map(|reason| reason.as_str())),
        ),
    ])
}

fn text_or_null(text: Option<&str>) -> JsValue {
    text.map_or(JsValue::NULL, JsValue::from_str)
}

fn time_or_null(time: Option<Wall>) -> JsValue {
    time.map_or(JsValue::NULL, |time| number(time.0))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "far below 2^53 for any date or count that occurs"
)]
fn number(value: i64) -> JsValue {
    (value as f64).into()
}
