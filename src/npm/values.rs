//! Values on their way out.

use js_sys::{Array, Function};
use serde::Serialize;
use serde_json::Value;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::browser::scope::object;
use crate::core::{AuthError, Change, JournalEntry, Snapshot, Wall};

/// As `JSON.parse` would have made it.
pub(super) fn json_value(value: &impl Serialize) -> JsValue {
    value
        .serialize(&Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

pub(super) fn user_value(user: Option<&Value>) -> JsValue {
    user.map_or(JsValue::NULL, json_value)
}

pub(super) fn snapshot_value(snapshot: &Snapshot) -> JsValue {
    object(&snapshot_members(snapshot)).into()
}

pub(super) fn change_value(change: &Change) -> JsValue {
    let mut members = snapshot_members(&change.snapshot).to_vec();
    members.push(("event", change.event.as_str().into()));
    object(&members).into()
}

fn snapshot_members(snapshot: &Snapshot) -> [(&'static str, JsValue); 6] {
    [
        ("status", snapshot.status.as_str().into()),
        ("user", user_value(snapshot.user.as_ref())),
        (
            "reason",
            or_null(snapshot.reason.map(|reason| reason.as_str())),
        ),
        ("expiresAt", or_null(snapshot.expires_at.map(milliseconds))),
        ("issuedAt", or_null(snapshot.issued_at.map(milliseconds))),
        ("storage", snapshot.storage.as_str().into()),
    ]
}

pub(super) fn journal_value<'a>(entries: impl Iterator<Item = &'a JournalEntry>) -> JsValue {
    let lines = entries.map(|entry| {
        object(&[
            ("time", milliseconds(entry.time).into()),
            ("event", entry.event.into()),
            ("detail", or_null(entry.detail)),
            ("value", or_null(entry.value.map(number))),
        ])
    });
    lines.collect::<Array>().into()
}

/// The package's own `AuthError`.
pub(super) fn error_value(make_error: &Function, error: &AuthError) -> JsValue {
    let members = object(&[
        ("status", or_null(error.status)),
        ("retryable", error.code.is_retryable().into()),
        ("retryAfter", or_null(error.retry_after)),
        ("serverCode", or_null(error.server_code.as_deref())),
        ("serverMessage", or_null(error.server_message.as_deref())),
        ("option", or_null(error.option)),
        (
            "reason",
            or_null(error.reason.map(|reason| reason.as_str())),
        ),
    ]);
    let (code, message) = (error.code.as_str().into(), error.message().into());
    make_error
        .call3(&JsValue::UNDEFINED, &code, &message, &members)
        .unwrap_or_else(|thrown| thrown)
}

fn milliseconds(time: Wall) -> f64 {
    number(time.0)
}

#[allow(
    clippy::cast_precision_loss,
    reason = "far below 2^53 for any date or count that occurs"
)]
fn number(value: i64) -> f64 {
    value as f64
}

fn or_null(value: Option<impl Into<JsValue>>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}
