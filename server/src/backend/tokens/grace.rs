//! Answers that are kept for the grace window, in which an attempt may be repeated.

use ring::{aead, hmac};

use super::grant::Grant;
use crate::backend::error::{Refusal, internal};
use crate::backend::secret::random;

/// Encrypts an answer so that only who holds the token and the name of the attempt can read it:
/// the database alone gives no token away.
pub(crate) fn seal(answer: &Grant, token: &str, attempt: &str) -> Result<Vec<u8>, Refusal> {
    let mut text = serde_json::to_vec(answer).map_err(internal)?;
    let key = sealing_key(token, attempt).ok_or_else(|| internal("no sealing key"))?;
    let nonce: [u8; aead::NONCE_LEN] = random()?;
    key.seal_in_place_append_tag(
        aead::Nonce::assume_unique_for_key(nonce),
        aead::Aad::empty(),
        &mut text,
    )
    .map_err(internal)?;
    Ok([nonce.as_slice(), &text].concat())
}

/// The answer, for who can name both.
pub(crate) fn open(sealed: &[u8], token: &str, attempt: &str) -> Option<Grant> {
    let (nonce, text) = sealed.split_at_checked(aead::NONCE_LEN)?;
    let nonce = aead::Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = text.to_vec();
    let plain = sealing_key(token, attempt)?
        .open_in_place(nonce, aead::Aad::empty(), &mut text)
        .ok()?;
    serde_json::from_slice(plain).ok()
}

/// A key seals one answer, as a rule, so a random nonce is unique. The token has 256 random bits, so one HMAC is derivation enough.
fn sealing_key(token: &str, attempt: &str) -> Option<aead::LessSafeKey> {
    let token = hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes());
    let mut mac = hmac::Context::with_key(&token);
    mac.update(b"grace answer\0");
    mac.update(attempt.as_bytes());
    let key = aead::UnboundKey::new(&aead::AES_256_GCM, mac.sign().as_ref()).ok()?;
    Some(aead::LessSafeKey::new(key))
}
