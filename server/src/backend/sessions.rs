//! Sessions: an id that only its owner knows, everything else in the store.

use std::sync::Arc;

use super::error::Refusal;
use super::secret::{random_nonce, sha256};
use super::store::{SessionRecord, Store, User};
use super::tenant::Tenant;

/// Starts, finds and ends them.
pub(crate) struct Sessions {
    store: Arc<dyn Store>,
}

impl Sessions {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Starts one with this id for `user`, who has just proved who they are; the one with the id `old` ends.
    pub(crate) async fn start(
        &self,
        tenant: &Tenant,
        id: &str,
        old: Option<&str>,
        user: User,
    ) -> Result<SessionRecord, Refusal> {
        let session = SessionRecord {
            hash: sha256(id.as_bytes()),
            csrf_nonce: random_nonce()?,
            user,
        };
        let old = old.map(|old| sha256(old.as_bytes()));
        self.store
            .start_session(&tenant.scope(), session.clone(), old)
            .await?;
        Ok(session)
    }

    /// The session with this id, which counts as used now.
    pub(crate) async fn find(
        &self,
        tenant: &Tenant,
        id: &str,
    ) -> Result<Option<SessionRecord>, Refusal> {
        let hash = sha256(id.as_bytes());
        Ok(self.store.touch_session(&tenant.scope(), hash).await?)
    }

    pub(crate) async fn end(
        &self,
        tenant: &Tenant,
        session: &SessionRecord,
    ) -> Result<(), Refusal> {
        Ok(self
            .store
            .end_session(&tenant.scope(), session.hash)
            .await?)
    }
}
