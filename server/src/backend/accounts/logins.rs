//! Guessing a password, the same for all modes.

use std::sync::Arc;

use super::users::Users;
use crate::backend::error::Refusal;
use crate::backend::secret::sha256;
use crate::backend::store::{Store, User};
use crate::backend::tenant::Tenant;

/// RFC 5321 §4.5.3.1 allows no longer address.
const MAX_EMAIL_BYTES: usize = 254;

/// Guesses that may fail for one mail address within a minute.
const MAX_OF_EMAIL: u32 = 10;
/// From one network: many people may share it, but who tries a list of stolen passwords tries thousands.
const MAX_OF_NETWORK: u32 = 100;

/// Lets so many guesses pass, and no more.
pub(crate) struct Logins {
    store: Arc<dyn Store>,
    users: Arc<Users>,
}

impl Logins {
    pub(crate) fn new(store: Arc<dyn Store>, users: Arc<Users>) -> Self {
        Self { store, users }
    }

    /// The user whose password this is; a refusal if too many guesses failed within the last minute, on whatever node: for this
    /// mail address, or from this network.
    pub(crate) async fn guess(
        &self,
        tenant: &Tenant,
        network: &str,
        email: &str,
        password: String,
    ) -> Result<Option<User>, Refusal> {
        let email = email.trim().to_lowercase();
        if email.len() > MAX_EMAIL_BYTES {
            return Ok(None);
        }
        let address = sha256(email.as_bytes());
        // No mail address has a blank in it.
        let network = sha256(format!("from {network}").as_bytes());
        let _turn = tenant.logins.take(address).await;
        for (by, most) in [(network, MAX_OF_NETWORK), (address, MAX_OF_EMAIL)] {
            let attempt = self.store.login_attempt(&tenant.scope(), by, most).await?;
            attempt.map_err(Refusal::TooManyLogins)?;
        }
        let user = self.users.check(&email, password).await?;
        if user.is_some() {
            let at = tenant.scope();
            self.store.login_succeeded(&at, address).await?;
            self.store.login_forgiven(&at, network).await?;
        }
        Ok(user)
    }
}
