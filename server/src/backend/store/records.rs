//! What is kept.

use serde::{Deserialize, Serialize};

use crate::backend::clock::Millis;
use crate::backend::secret::Hash;

/// A user, as it is answered to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
}

/// How the tokens of a family travel. A token of one mode is no good in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Jwt,
    Hybrid,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Hybrid => "hybrid",
        }
    }
}

/// A user with the hash of their password, a PHC string.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) password: String,
}

/// What is kept of a session, but for its times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SessionRecord {
    pub(crate) hash: Hash,
    pub(crate) csrf_nonce: Vec<u8>,
    pub(crate) user: User,
}

/// A family of refresh tokens as it starts.
#[derive(Clone)]
pub(crate) struct FamilyRecord {
    pub(crate) id: String,
    pub(crate) mode: Mode,
    pub(crate) csrf_nonce: Vec<u8>,
    pub(crate) user: User,
    /// When its first refresh token ends.
    pub(crate) expires_at: Millis,
    /// No refresh token of it lives longer.
    pub(crate) must_end_at: Millis,
}

/// Tokens that were just made for a family.
#[derive(Clone, Copy, Default)]
pub(crate) struct NewTokens {
    pub(crate) refresh: Option<Hash>,
    pub(crate) opaque: Option<Opaque>,
}

/// An access token that is a random string.
#[derive(Clone, Copy)]
pub(crate) struct Opaque {
    pub(crate) hash: Hash,
    pub(crate) expires_at: Option<Millis>,
}

/// A refresh token that was issued here, and its family.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) family: String,
    pub(crate) csrf_nonce: Vec<u8>,
    pub(crate) user: User,
    pub(crate) revoked: bool,
    pub(crate) must_end_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) rotated_at: Option<Millis>,
    pub(crate) sealed_answer: Option<Vec<u8>>,
}

/// One refresh token in place of another.
#[derive(Clone)]
pub(crate) struct Rotation {
    pub(crate) family: String,
    pub(crate) old: Hash,
    /// Has a refresh token.
    pub(crate) new: NewTokens,
    /// When the new one ends.
    pub(crate) expires_at: Millis,
    /// The answer, for who can name the attempt again within the grace window.
    pub(crate) sealed_answer: Option<Vec<u8>>,
}

/// What goes on when everything else of a user ends.
#[derive(Clone, Debug)]
pub(crate) enum Keep {
    Session(Hash),
    Family(String),
}

/// A family or a single access token that ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Revoked {
    pub(crate) client: String,
    /// The family's id or the token's `jti`; no id is both.
    pub(crate) id: String,
}
