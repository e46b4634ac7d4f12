//! The backend: who may sign in, who is signed in, and by what. There is no HTTP in it.
//!
//! Owns users and guesses of passwords (`accounts`), `sessions`, `tokens` (access tokens, families, revocations), what a node holds
//! of a tenant (`tenant`), the app's own data (`orders`), and the `store` where all of it lies.
//! May ask: nothing outside this folder. `http` and `rig` look down on it.

mod accounts;
mod clock;
mod error;
mod missing;
mod orders;
mod policy;
mod secret;
mod sessions;
mod store;
mod tenant;
mod tokens;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use accounts::{Logins, Users};
use orders::Orders;
use sessions::Sessions;
use store::{Db, Store};
use tokens::{AccessTokens, Families, Revocations};
use tokio_util::sync::CancellationToken;

pub(crate) use accounts::MAX_PASSWORD_BYTES;
pub use accounts::PasswordCost;
pub(crate) use clock::{Millis, real_now};
pub(crate) use error::{Refusal, StoreError, internal};
pub use missing::MissingFeature;
pub use policy::Algorithm;
pub(crate) use policy::Policy;
pub(crate) use secret::{equal, fingerprint, random_secret, sha256};
pub(crate) use store::{Account, Closed, Keep, Known, Mode, SessionRecord, User};
pub use store::{Memory, StoreConfig};
pub(crate) use tenant::{DEFAULT, Tenant};
pub use tokens::RevocationCheck;
pub(crate) use tokens::{Bearer, Family, Granted};

/// What a backend is opened with.
pub(crate) struct Options {
    /// The node's own database; `None` keeps it in memory.
    pub(crate) database: Option<PathBuf>,
    pub(crate) store: StoreConfig,
    /// `iss` of access tokens, without a tenant's prefix.
    pub(crate) issuer: String,
    pub(crate) password_cost: PasswordCost,
    pub(crate) revocation_check: RevocationCheck,
    pub(crate) revocation_interval: Duration,
}

/// The backend of one node.
pub(crate) struct Backend {
    store: Arc<dyn Store>,
    users: Arc<Users>,
    pub(crate) logins: Logins,
    pub(crate) sessions: Sessions,
    pub(crate) families: Families,
    pub(crate) access: Arc<AccessTokens>,
    pub(crate) orders: Orders,
}

impl Backend {
    /// The second tells when the database is closed, after the backend was dropped.
    pub(crate) async fn open(options: Options) -> std::io::Result<(Self, Closed)> {
        tenant::install_signatures();
        let (db, closed) = Db::open(options.database.as_deref())?;
        let store = store::open(&options.store, &db).await?;
        let users = Arc::new(Users::open(store.clone(), options.password_cost).await?);
        let revocations = Revocations::new(options.revocation_interval);
        let access = Arc::new(AccessTokens::new(
            store.clone(),
            options.issuer,
            options.revocation_check,
            revocations,
        ));
        let fresh = secret::random_bytes().map_err(failed)?;
        let marks = store.secret("refresh", fresh).await.map_err(failed)?;
        let backend = Self {
            logins: Logins::new(store.clone(), users.clone()),
            sessions: Sessions::new(store.clone()),
            families: Families::new(store.clone(), access.clone(), &marks),
            orders: Orders::open(db).await.map_err(failed)?,
            access,
            users,
            store,
        };
        Ok((backend, closed))
    }

    /// The secret of this name, the same for all nodes and for good.
    pub(crate) async fn secret(&self, name: &str) -> std::io::Result<Vec<u8>> {
        let fresh = secret::random_bytes().map_err(failed)?;
        self.store.secret(name, fresh).await.map_err(failed)
    }

    /// Sets a password and ends whatever else is signed in as the user.
    pub(crate) async fn set_password(
        &self,
        tenant: &Tenant,
        user: &User,
        password: String,
        keep: Keep,
    ) -> Result<(), Refusal> {
        let phc = self.users.hash(password).await?;
        let at = tenant.scope();
        Ok(self.store.set_password(&at, &user.id, &phc, keep).await?)
    }

    /// Ends everything that is signed in as this user.
    pub(crate) async fn end_all_of(&self, tenant: &Tenant, user: &User) -> Result<(), Refusal> {
        let at = tenant.scope();
        Ok(self.store.end_all_of(&at, &user.id, None).await?)
    }

    /// The public halves of the keys that verify (RFC 7517 §5).
    pub(crate) async fn public_keys(
        &self,
        tenant: &Tenant,
    ) -> Result<impl serde::Serialize + use<>, Refusal> {
        tenant.keys.public(&*self.store, &tenant.scope()).await
    }

    /// Reads again and again what was revoked, and the keys of `tenant`, until `end`.
    pub(crate) async fn follow_store(&self, tenant: &Tenant, end: CancellationToken) {
        let revocations = self.access.revocations();
        revocations.follow(&*self.store, tenant, end).await;
    }

    /// How often what was revoked was read.
    pub(crate) fn revocation_reads(&self) -> u64 {
        self.access.revocations().reads()
    }

    /// Adds users of whom nobody knows the password.
    pub(crate) async fn add_users(&self, users: impl Iterator<Item = User>) -> Result<(), Refusal> {
        let password = self.users.hash(random_secret()?).await?;
        let accounts = users.map(|user| Account {
            user,
            password: password.clone(),
        });
        Ok(self.store.add_users(accounts.collect()).await?)
    }
}

/// What no user may: for whoever breaks a backend on purpose.
impl Backend {
    /// Refuses every access token issued so far: the JWTs on this node, opaque ones on all.
    pub(crate) async fn expire(&self, tenant: &Tenant) -> Result<(), Refusal> {
        tenant.begin_epoch();
        Ok(self.store.forget_opaque(&tenant.scope()).await?)
    }

    /// Ends every session and token family.
    pub(crate) async fn end_all(&self, tenant: &Tenant) -> Result<(), Refusal> {
        Ok(self.store.end_all(&tenant.scope()).await?)
    }

    /// A new key signs from now on.
    pub(crate) async fn rotate_key(&self, tenant: &Tenant) -> Result<(), Refusal> {
        tenant.keys.rotate(&*self.store, &tenant.scope()).await
    }

    /// A rotation before the next use of a key, for who cannot wait; [`Backend::finish_rotation`] does it.
    pub(crate) fn order_rotation(&self, tenant: &Tenant) {
        tenant.keys.order_rotation();
    }

    pub(crate) async fn finish_rotation(&self, tenant: &Tenant) -> Result<(), Refusal> {
        let at = tenant.scope();
        tenant.keys.rotate_if_due(&*self.store, &at).await
    }

    /// Gives every session and token family a new CSRF token.
    pub(crate) async fn rotate_csrf(&self, tenant: &Tenant) -> Result<(), Refusal> {
        Ok(self.store.rotate_csrf(&tenant.scope()).await?)
    }

    /// Removes all that is kept for the tenant, and sets it up by `policy`.
    pub(crate) async fn reset(&self, tenant: &Tenant, policy: Policy) -> Result<(), Refusal> {
        self.store.reset(&tenant.scope()).await?;
        tenant.reset(policy);
        Ok(self.orders.forget(tenant).await?)
    }
}

fn failed(cause: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::other(cause.to_string())
}
