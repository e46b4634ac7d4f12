//! Where everything lies that several nodes have to agree on: users, sessions, token families, revocations, keys, login limits.
//!
//! A [`Store`] does each thing as one step that no other node can come between. Times are milliseconds since 1970 by the clock
//! of the caller's client, who says what time it is; secrets reach a store as SHA-256 only.

mod memory;
#[cfg(feature = "redis")]
mod redis;
mod sqlite;
#[cfg(test)]
mod suite;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::client::{Millis, Policy, millis};
use crate::config::{Config, StoreConfig};
use crate::db::Db;
use crate::families::Mode;
use crate::secret::Hash;
use crate::users::User;

pub use memory::Memory;

/// Failed logins per address and [`LOGIN_WINDOW_MS`]; then the address has to wait.
pub(crate) const MAX_FAILED_LOGINS: u32 = 10;
pub(crate) const LOGIN_WINDOW_MS: Millis = 60_000;

/// As many revocations a node knows by heart, for when the store is away. Those that end last are kept.
pub(crate) const MAX_LISTED: u32 = 10_000;

/// Clocks of nodes differ; what is revoked stays so for a little longer than its token lives.
const MARGIN_MS: Millis = 60_000;

/// What a token without an end is remembered for once it is revoked: longer than its keys live.
const FOREVER_MS: Millis = 50 * 365 * 24 * 3_600_000;

/// Why a store gave no answer.
#[derive(Clone, Debug)]
pub(crate) enum StoreError {
    /// It is away, busy or slow. What was asked for may have happened or not.
    Unavailable(String),
    /// It answered what makes no sense.
    Broken(String),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(cause) => write!(f, "the store is away: {cause}"),
            Self::Broken(cause) => write!(f, "the store: {cause}"),
        }
    }
}

pub(crate) type Stored<T> = Result<T, StoreError>;

/// Whose records, what time it is for them, and how long they live.
#[derive(Clone)]
pub(crate) struct Scope {
    /// The client's name, of ASCII letters, digits and `-`.
    pub(crate) client: String,
    pub(crate) now: Millis,
    pub(crate) policy: Policy,
}

impl Scope {
    pub(crate) fn idle(&self) -> Millis {
        millis(self.policy.idle_ttl)
    }

    pub(crate) fn absolute(&self) -> Millis {
        millis(self.policy.absolute_ttl)
    }

    /// A session that was not used since has ended.
    pub(crate) fn idle_since(&self) -> Millis {
        self.now.saturating_sub(self.idle())
    }

    /// A session that was not made later has ended.
    pub(crate) fn made_before(&self) -> Millis {
        self.now.saturating_sub(self.absolute())
    }

    pub(crate) fn grace(&self) -> Millis {
        millis(self.policy.grace)
    }

    /// When a refresh token that is made now ends.
    pub(crate) fn refresh_end(&self) -> Millis {
        self.now.saturating_add(millis(self.policy.refresh_ttl))
    }

    /// How long an access token may be around that was made a moment ago, by this node or one with a slightly other clock.
    pub(crate) fn access_left(&self) -> Millis {
        match self.policy.no_expiry {
            true => FOREVER_MS,
            false => {
                let life = self.policy.access_ttl + Duration::from_secs(1);
                millis(life).saturating_add(MARGIN_MS)
            }
        }
    }

    /// How long an access token is around that ends at `end`.
    pub(crate) fn left_until(&self, end: Option<Millis>) -> Millis {
        match end {
            Some(end) => end
                .saturating_sub(self.now)
                .max(0)
                .saturating_add(MARGIN_MS),
            None => FOREVER_MS,
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

/// A signing key as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredKey {
    pub(crate) id: String,
    pub(crate) algorithm: crate::config::Algorithm,
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

/// See the module.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// The secret of this name that outlives every node; `fresh` if it has none yet.
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>>;

    async fn has_users(&self) -> Stored<bool>;
    /// Adds those who are not there yet.
    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()>;
    async fn account(&self, email: &str) -> Stored<Option<Account>>;
    /// Sets the user's password and ends whatever else is signed in as them, in one step.
    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()>;

    /// Counts an attempt to log in as failed until [`Store::login_succeeded`]; the time to wait if there were too many.
    async fn login_attempt(&self, at: &Scope, address: Hash) -> Stored<Result<(), Millis>>;
    async fn login_succeeded(&self, at: &Scope, address: Hash) -> Stored<()>;

    /// Starts a session, and ends the one that it takes the place of.
    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()>;
    /// The session with this hash, if it has not ended; its idle time starts anew.
    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>>;
    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()>;

    async fn start_family(&self, at: &Scope, family: FamilyRecord, tokens: NewTokens)
    -> Stored<()>;
    /// What is known of a refresh token, rotated ones included, in a family of `mode` or of any.
    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>>;
    /// Whether this rotation took place: it does for one alone of all that ask, and only if token and family are good.
    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool>;
    /// A further opaque token of a family whose refresh token stays.
    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()>;
    /// The family of an opaque token that has not ended.
    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>>;
    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()>;
    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()>;

    /// Refuses the access token with this `jti`, which lives for `left` milliseconds.
    async fn revoke_jti(&self, at: &Scope, jti: &str, left: Millis) -> Stored<()>;
    /// Whose access token this is, if neither it nor its family of `mode` has ended.
    async fn access(
        &self,
        at: &Scope,
        mode: Mode,
        family: &str,
        jti: Option<&str>,
    ) -> Stored<Option<User>>;
    /// What ended before its time, of all clients, as long as access tokens of it may be around: at most [`MAX_LISTED`].
    async fn revoked(&self) -> Stored<Vec<Revoked>>;
    /// Ends all sessions and families of a user.
    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()>;

    /// The signing keys that have not ended, oldest first.
    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>>;
    /// Adds a key when it is its turn; answers as [`Store::keys`].
    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>>;

    /// Ends every session and family of a client.
    async fn end_all(&self, at: &Scope) -> Stored<()>;
    /// Removes every opaque access token of a client.
    async fn forget_opaque(&self, at: &Scope) -> Stored<()>;
    /// Makes every CSRF token of a client another one.
    async fn rotate_csrf(&self, at: &Scope) -> Stored<()>;
    /// Removes all that is kept for a client.
    async fn reset(&self, at: &Scope) -> Stored<()>;
}

/// The store that `config` names. `db` is the node's own database, and its store too unless there is another.
pub(crate) async fn open(config: &Config, db: &Db) -> std::io::Result<Arc<dyn Store>> {
    Ok(match &config.store {
        StoreConfig::Sqlite => Arc::new(sqlite::Sqlite::open(db.clone()).await?),
        StoreConfig::Memory(memory) => Arc::new(memory.clone()),
        #[cfg(feature = "redis")]
        StoreConfig::Redis(url) => Arc::new(redis::Redis::connect(url).await?),
        #[cfg(not(feature = "redis"))]
        StoreConfig::Redis(_) => return Err(crate::MissingFeature("redis").into()),
    })
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
