//! What a store has to do.

use async_trait::async_trait;

use super::records::{
    Account, FamilyRecord, Keep, Known, Mode, NewTokens, Opaque, Revoked, Rotation, SessionRecord,
    User,
};
use super::scope::Scope;
use super::signing_keys::{StoredKey, Turn};
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;

/// Who can sign in, and what outlives every node.
#[async_trait]
pub(crate) trait Accounts: Send + Sync {
    /// The secret of this name that outlives every node; `fresh` if it has none yet.
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>>;
    async fn has_users(&self) -> Stored<bool>;
    /// Adds those who are not there yet.
    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()>;
    async fn account(&self, email: &str) -> Stored<Option<Account>>;
    /// Sets the user's password and ends whatever else is signed in as them, in one step.
    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()>;
}

/// How many logins failed.
#[async_trait]
pub(crate) trait Logins: Send + Sync {
    /// Counts an attempt to log in as failed until it is forgiven; the time to wait if `most` failed lately. By whom: by one name,
    /// or from one network.
    async fn login_attempt(&self, at: &Scope, by: Hash, most: u32) -> Stored<Result<(), Millis>>;
    /// Forgives the last attempt.
    async fn login_forgiven(&self, at: &Scope, by: Hash) -> Stored<()>;
    /// Forgives all.
    async fn login_succeeded(&self, at: &Scope, by: Hash) -> Stored<()>;
}

/// Sessions.
#[async_trait]
pub(crate) trait Sessions: Send + Sync {
    /// Starts a session, and ends the one that it takes the place of. A user has [`super::limits::MAX_PER_USER`] at most.
    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()>;
    /// The session with this hash, if it has not ended; its idle time starts anew.
    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>>;
    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()>;
}

/// Families of refresh tokens, and what else is signed in as a user.
#[async_trait]
pub(crate) trait Families: Send + Sync {
    /// Starts a family. A user has [`super::limits::MAX_PER_USER`] at most; those that were revoked are forgotten.
    async fn start_family(&self, at: &Scope, family: FamilyRecord, tokens: NewTokens)
    -> Stored<()>;
    /// What is known of a refresh token in a family of `mode` or of any. Of each family the token in force is known, and the one
    /// before it.
    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>>;
    /// What is known of a family by a token that the store has forgotten: one that was rotated before time began.
    async fn family(&self, at: &Scope, mode: Mode, family: &str) -> Stored<Option<Known>>;
    /// Whether this rotation took place: it does for one alone of all that ask, and only if token and family are good.
    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool>;
    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()>;
    /// Ends all sessions and families of a user.
    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()>;
}

/// Access tokens.
#[async_trait]
pub(crate) trait Access: Send + Sync {
    /// A further opaque token of a family whose refresh token stays.
    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()>;
    /// The family of an opaque token that has not ended.
    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>>;
    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()>;
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
    /// What ended before its time, of all clients, as long as access tokens of it may be around: at most [`super::limits::MAX_LISTED`].
    async fn revoked(&self) -> Stored<Vec<Revoked>>;
}

/// Signing keys.
#[async_trait]
pub(crate) trait Keys: Send + Sync {
    /// The signing keys that have not ended, oldest first.
    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>>;
    /// Adds a key when it is its turn; answers as [`Keys::keys`].
    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>>;
}

/// For the tools of tests, which reach all that a client has.
#[async_trait]
pub(crate) trait Tools: Send + Sync {
    /// Ends every session and family of a client.
    async fn end_all(&self, at: &Scope) -> Stored<()>;
    /// Removes every opaque access token of a client.
    async fn forget_opaque(&self, at: &Scope) -> Stored<()>;
    /// Makes every CSRF token of a client another one.
    async fn rotate_csrf(&self, at: &Scope) -> Stored<()>;
    /// Removes all that is kept for a client.
    async fn reset(&self, at: &Scope) -> Stored<()>;
}

/// All of it. Does each thing as one step that no other node can come between.
pub(crate) trait Store:
    Accounts + Logins + Sessions + Families + Access + Keys + Tools
{
}

impl<T: Accounts + Logins + Sessions + Families + Access + Keys + Tools> Store for T {}
