//! Values on their way out to JavaScript: lists, whose members JavaScript names.

use js_sys::Array;
use wasm_bindgen::prelude::*;

#[cfg(feature = "js")]
use crate::core::JournalEntry;
use crate::core::{AuthError, Snapshot, Wall};
use crate::json::Json;

pub(crate) fn list(items: &[JsValue]) -> Array {
    items.iter().collect()
}

/// The value itself: the package freezes it before an app sees it.
pub(crate) fn json_value(value: Option<&Json>) -> JsValue {
    value.map_or(JsValue::NULL, |value| value.as_js().clone())
}

/// `first`, then status, user, reason, expiresAt, issuedAt, storage.
pub(crate) fn snapshot_list(first: JsValue, snapshot: &Snapshot) -> Array {
    list(&[
        first,
        snapshot.status.as_str().into(),
        json_value(snapshot.user.as_ref()),
        text_or_null(snapshot.reason.map(|reason| reason.as_str())),
        time_or_null(snapshot.expires_at),
        time_or_null(snapshot.issued_at),
        snapshot.storage.as_str().into(),
    ])
}

/// Time, event, detail, value.
#[cfg(feature = "js")]
pub(crate) fn journal_line(entry: &JournalEntry) -> Array {
    list(&[
        number(entry.time.0),
        entry.event.into(),
        text_or_null(entry.detail),
        entry.value.map_or(JsValue::NULL, number),
    ])
}

/// Status, retryable, retryAfter, serverCode, serverMessage, option, reason, body; for Rust apps, the detail.
pub(crate) fn error_list(error: &AuthError) -> Array {
    list(&[
        error.status.map_or(JsValue::NULL, Into::into),
        error.code.is_retryable().into(),
        error.retry_after.map_or(JsValue::NULL, Into::into),
        text_or_null(error.server_code.as_deref()),
        text_or_null(error.server_message.as_deref()),
        text_or_null(error.option),
        text_or_null(error.reason.map(|reason| reason.as_str())),
        json_value(error.body.as_ref()),
        #[cfg(not(feature = "js"))]
        text_or_null(error.detail.as_deref()),
    ])
}

pub(crate) fn text_or_null(text: Option<&str>) -> JsValue {
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
