//! Random secrets, and what may be kept of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::rand::{SecureRandom as _, SystemRandom};
use subtle::ConstantTimeEq as _;

use super::error::{Refusal, internal};

/// SHA-256 of a secret: all that the store sees of session ids and tokens.
pub(crate) type Hash = [u8; 32];

/// 256 random bits.
pub(crate) fn random_bytes() -> Result<[u8; 32], Refusal> {
    random()
}

/// As many random bytes as are wanted.
pub(crate) fn random<const BYTES: usize>() -> Result<[u8; BYTES], Refusal> {
    let mut bytes = [0; BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(internal)?;
    Ok(bytes)
}

/// A new secret of 256 random bits, as base64url.
pub(crate) fn random_secret() -> Result<String, Refusal> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes()?))
}

/// What makes one CSRF token another.
pub(crate) fn random_nonce() -> Result<Vec<u8>, Refusal> {
    Ok(random::<16>()?.to_vec())
}

/// A short random name that need not be secret.
pub(crate) fn random_id() -> Result<String, Refusal> {
    Ok(URL_SAFE_NO_PAD.encode(random::<12>()?))
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
    a.ct_eq(b).into()
}
