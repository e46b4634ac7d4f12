//! Signing keys as they lie in a store, and when each of them signs.

use serde::{Deserialize, Serialize};

use crate::backend::clock::Millis;
use crate::backend::policy::Algorithm;

/// A signing key as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredKey {
    pub(crate) id: String,
    pub(crate) algorithm: Algorithm,
    /// The private key, base64: DER, or the secret of an HMAC.
    pub(crate) private: String,
    /// From then on it verifies nothing any more; `None` while it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ends_at: Option<Millis>,
}

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// If its algorithm has no key yet; else it is not taken.
    First,
    /// Now; those of its algorithm verify until this time.
    Next { others_end_at: Millis },
}

/// Whether a key is listed, and signs or verifies, at this time.
pub(crate) fn is_live(key: &StoredKey, now: Millis) -> bool {
    key.ends_at.is_none_or(|end| end > now)
}

/// Applies a new key's turn to the keys of a client. Where a store keeps them as a list, this is its one rule.
pub(crate) fn take_turn(keys: &mut Vec<StoredKey>, key: StoredKey, turn: Turn, now: Millis) {
    keys.retain(|known| is_live(known, now));
    match turn {
        Turn::First => {
            let signs =
                |known: &StoredKey| known.algorithm == key.algorithm && known.ends_at.is_none();
            if keys.iter().any(signs) {
                return;
            }
        }
        Turn::Next { others_end_at } => {
            for known in keys.iter_mut() {
                if known.algorithm == key.algorithm && known.ends_at.is_none() {
                    known.ends_at = Some(others_end_at);
                }
            }
        }
    }
    keys.push(key);
}
