//! Random secrets, and what may be kept of them.

use aws_lc_rs::{constant_time, digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::{ApiError, internal};

/// SHA-256 of a secret: all that the store sees of session ids and tokens.
pub(crate) type Hash = [u8; 32];

/// 256 random bits.
pub(crate) fn random_bytes() -> Result<[u8; 32], ApiError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(internal)?;
    Ok(bytes)
}

/// A new secret of 256 random bits, as base64url.
pub(crate) fn random_secret() -> Result<String, ApiError> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes()?))
}

/// What makes one CSRF token another.
pub(crate) fn random_nonce() -> Result<Vec<u8>, ApiError> {
    let mut bytes = vec![0; 16];
    rand::fill(&mut bytes).map_err(internal)?;
    Ok(bytes)
}

/// A short random name that need not be secret.
pub(crate) fn random_id() -> Result<String, ApiError> {
    let mut bytes = [0; 12];
    rand::fill(&mut bytes).map_err(internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// The first four bytes of the hash as hex: tells secrets apart in a log without giving them away.
pub(crate) fn fingerprint(secret: &str) -> String {
    sha256(secret.as_bytes())
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}
