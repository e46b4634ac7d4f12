//! Servers that say back what they were sent.

use crate::json::Json;

use super::engine::Engine;
use super::error::AuthError;
use super::secret::Secret;
use super::text::{mentions, quotes};

impl Engine {
    /// Without the server's own words where they quote a secret: some say back what they were sent.
    pub(super) fn unquoted(&self, mut error: AuthError) -> AuthError {
        let is_secret = |words: &Option<String>| {
            let words = words.as_deref();
            words.is_some_and(|words| self.is_secret(words))
        };
        if is_secret(&error.server_code) {
            error.server_code = None;
        }
        if is_secret(&error.server_message) {
            error.server_message = None;
        }
        error
    }

    /// Whether a secret that is held just now is in it.
    fn is_secret(&self, words: &str) -> bool {
        let is_in = |token: &Option<Secret>| {
            let token = token.as_ref();
            token.is_some_and(|token| quotes(words, token.expose()))
        };
        let held = self.held.as_ref();
        held.is_some_and(|held| is_in(&held.access) || is_in(&held.refresh))
            || self.login.as_ref().is_some_and(|login| {
                let body = Json::parse(login.body.expose());
                body.is_some_and(|body| has_secret_in(&body, true, words))
            })
    }
}

/// Whether `message` holds a string of `value` that is secret. What has no name may be.
fn has_secret_in(value: &Json, is_secret: bool, message: &str) -> bool {
    const SECRETS: [&str; 8] = [
        "pass",
        "pwd",
        "secret",
        "credential",
        "token",
        "otp",
        "pin",
        "code",
    ];
    if let Some(text) = value.as_string() {
        return is_secret && quotes(message, &text);
    }
    let is_named = value.is_object();
    value.entries().iter().any(|(name, value)| {
        let says_so = || SECRETS.iter().any(|word| mentions(name, word));
        let is_secret = if is_named { says_so() } else { is_secret };
        has_secret_in(value, is_secret, message)
    })
}
