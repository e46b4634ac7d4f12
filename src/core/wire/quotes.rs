//! Servers that say back what they were sent.

use crate::core::identity::credentials::Credentials;
use crate::core::port::secret::Secret;
use crate::core::wire::text::{mentions, quotes};
use crate::json::Json;

/// Whether one of these tokens is in it.
pub(crate) fn quotes_token(words: &str, held: &Credentials) -> bool {
    let is_in = |token: &Option<Secret>| {
        let token = token.as_ref();
        token.is_some_and(|token| quotes(words, token.expose()))
    };
    is_in(&held.access) || is_in(&held.refresh)
}

/// Whether something secret of a login's body is in it.
pub(crate) fn quotes_credentials(words: &str, body: &Json) -> bool {
    has_secret_in(body, true, words)
}

/// Whether `message` holds a string of `value` that is secret. What has no name may be.
fn has_secret_in(value: &Json, is_secret: bool, message: &str) -> bool {
    const SECRETS: &str = "pass|pwd|secret|credential|token|otp|pin|code";
    if let Some(text) = value.as_string() {
        return is_secret && quotes(message, &text);
    }
    let is_named = value.is_object();
    value.entries().iter().any(|(name, value)| {
        let says_so = || mentions(name, SECRETS);
        let is_secret = if is_named { says_so() } else { is_secret };
        has_secret_in(value, is_secret, message)
    })
}

/// The value without the texts that `is_secret`.
pub(crate) fn redacted(value: &Json, is_secret: &dyn Fn(String) -> bool) -> Json {
    if let Some(text) = value.as_string() {
        return if is_secret(text) {
            "[redacted]".into()
        } else {
            value.clone()
        };
    }
    let entries = value.entries();
    if entries.is_empty() {
        return value.clone();
    }
    let mut names = Vec::new();
    let mut values = Vec::new();
    for (name, value) in entries {
        names.push(name);
        values.push(redacted(&value, is_secret));
    }
    if !value.is_object() {
        return Json::array(values);
    }
    Json::object(names.iter().map(String::as_str).zip(values).collect())
}
