//! How tokens and sessions are made: what can be set, and may differ from tenant to tenant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How tokens and sessions are made for a tenant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) algorithm: Algorithm,
    pub(crate) access_ttl: Duration,
    pub(crate) refresh_ttl: Duration,
    /// Of a family of refresh tokens, however often they are renewed.
    pub(crate) family_ttl: Duration,
    pub(crate) idle_ttl: Duration,
    pub(crate) absolute_ttl: Duration,
    pub(crate) grace: Duration,
    /// Access tokens are random strings, not JWTs.
    pub(crate) opaque: bool,
    pub(crate) omit_expires_in: bool,
    pub(crate) omit_refresh_token: bool,
    /// Access tokens do not end, and no answer speaks of an end.
    pub(crate) no_expiry: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::ES256,
            access_ttl: Duration::from_secs(5 * 60),
            refresh_ttl: Duration::from_secs(14 * 24 * 3600),
            family_ttl: Duration::from_secs(30 * 24 * 3600),
            idle_ttl: Duration::from_secs(30 * 60),
            absolute_ttl: Duration::from_secs(12 * 3600),
            grace: Duration::from_secs(30),
            opaque: false,
            omit_expires_in: false,
            omit_refresh_token: false,
            no_expiry: false,
        }
    }
}

/// How an access token is signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::upper_case_acronyms, reason = "the registered names")]
pub enum Algorithm {
    /// ECDSA on P-256.
    ES256,
    /// RSASSA-PKCS1-v1_5, 2048 bits.
    RS256,
    /// Ed25519.
    EdDSA,
    /// HMAC; its key never appears in the JWKS.
    HS256,
}

impl std::str::FromStr for Algorithm {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "ES256" => Ok(Self::ES256),
            "RS256" => Ok(Self::RS256),
            "EdDSA" => Ok(Self::EdDSA),
            "HS256" => Ok(Self::HS256),
            _ => Err(format!("{name:?} is none of ES256, RS256, EdDSA, HS256")),
        }
    }
}
