//! Tokens and sessions made otherwise, on purpose.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::backend::{Algorithm, Policy};

/// Changes to how a client's tokens and sessions are made. What is `None` stays as it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// Life of access tokens. Rounded up to whole seconds.
    pub access_ttl_ms: Option<u64>,
    /// Life of a refresh token.
    pub refresh_ttl_ms: Option<u64>,
    /// Absolute end of families that start from now on.
    pub family_ms: Option<u64>,
    /// How long a rotated refresh token gets its answer again.
    pub grace_ms: Option<u64>,
    /// Idle end of sessions, also of present ones.
    pub idle_ms: Option<u64>,
    /// Absolute end of sessions, also of present ones.
    pub absolute_ms: Option<u64>,
    /// How access tokens are signed.
    pub alg: Option<Algorithm>,
    /// Access tokens are random strings.
    pub opaque: Option<bool>,
    /// Answers carry no `expires_in`.
    pub omit_expires_in: Option<bool>,
    /// Logins give no refresh token; a refresh keeps the one it was made with.
    pub omit_refresh_token: Option<bool>,
    /// Access tokens do not end.
    pub no_expiry: Option<bool>,
}

impl Settings {
    pub(super) fn apply(&self, policy: &mut Policy) {
        fn set<T: Copy>(target: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *target = value;
            }
        }
        let ms = |value: Option<u64>| value.map(Duration::from_millis);
        set(&mut policy.access_ttl, ms(self.access_ttl_ms));
        set(&mut policy.refresh_ttl, ms(self.refresh_ttl_ms));
        set(&mut policy.family_ttl, ms(self.family_ms));
        set(&mut policy.grace, ms(self.grace_ms));
        set(&mut policy.idle_ttl, ms(self.idle_ms));
        set(&mut policy.absolute_ttl, ms(self.absolute_ms));
        set(&mut policy.algorithm, self.alg);
        set(&mut policy.opaque, self.opaque);
        set(&mut policy.omit_expires_in, self.omit_expires_in);
        set(&mut policy.omit_refresh_token, self.omit_refresh_token);
        set(&mut policy.no_expiry, self.no_expiry);
    }
}
