//! What tests need.

use async_trait::async_trait;

use super::state::Memory;
use crate::backend::error::{StoreError, Stored};
use crate::backend::secret::random_nonce;
use crate::backend::store::contract::Tools;
use crate::backend::store::scope::Scope;

#[async_trait]
impl Tools for Memory {
    async fn end_all(&self, at: &Scope) -> Stored<()> {
        let mut state = self.state.lock();
        let records = state.of(at);
        records.sessions.clear();
        let mut ended = Vec::new();
        for (id, family) in &mut records.families {
            family.revoked = true;
            ended.push(id.clone());
        }
        state.list(at, ended);
        Ok(())
    }

    async fn forget_opaque(&self, at: &Scope) -> Stored<()> {
        self.with(at, |records| records.opaque_tokens.clear());
        Ok(())
    }

    async fn rotate_csrf(&self, at: &Scope) -> Stored<()> {
        let fresh = || random_nonce().map_err(|error| StoreError::Broken(error.to_string()));
        let mut state = self.state.lock();
        let records = state.of(at);
        for session in records.sessions.values_mut() {
            session.record.csrf_nonce = fresh()?;
        }
        for family in records.families.values_mut() {
            family.csrf_nonce = fresh()?;
        }
        Ok(())
    }

    async fn reset(&self, at: &Scope) -> Stored<()> {
        self.state.lock().clients.remove(&at.client);
        Ok(())
    }
}
