//! Guessing a password, the same for all modes.

use std::sync::Arc;

use super::users::Users;
use crate::backend::error::Refusal;
use crate::backend::secret::sha256;
use crate::backend::store::{Store, User};
use crate::backend::tenant::Tenant;

/// RFC 5321 §4.5.3.1 allows no longer address.
const MAX_EMAIL_BYTES: usize = 254;

/// Lets so many guesses pass, and no more.
pub(crate) struct Logins {
    store: Arc<dyn Store>,
    users: Arc<Users>,
}

impl Logins {
    pub(crate) fn new(store: Arc<dyn Store>, users: Arc<Users>) -> Self {
        Self { store, users }
    }

    /// The user whose password this is; a refusal if too many guesses failed within the last minute, on whatever node.
    pub(crate) async fn guess(
        &self,
        tenant: &Tenant,
        email: &str,
        password: String,
    ) -> Result<Option<User>, Refusal> {
        let email = email.trim().to_lowercase();
        if email.len() > MAX_EMAIL_BYTES {
            return Ok(None);
        }
        let address = sha256(email.as_bytes());
        let _turn = tenant.logins.take(address).await;
        let attempt = self.store.login_attempt(&tenant.scope(), address).await?;
        attempt.map_err(Refusal::TooManyLogins)?;
        let user = self.users.check(&email, password).await?;
        if user.is_some() {
            self.store.login_succeeded(&tenant.scope(), address).await?;
        }
        Ok(user)
    }
}
