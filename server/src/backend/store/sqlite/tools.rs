//! What tests need.

use async_trait::async_trait;

use super::families::end_families;
use super::open::Sqlite;
use crate::backend::error::Stored;
use crate::backend::store::contract::Tools;
use crate::backend::store::scope::Scope;

#[async_trait]
impl Tools for Sqlite {
    async fn end_all(&self, at: &Scope) -> Stored<()> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                tx.execute("DELETE FROM sessions WHERE client = ?1", [&at.client])?;
                end_families(tx, &at, "?2 = ?2", "", None)
            })
            .await
    }

    async fn forget_opaque(&self, at: &Scope) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                tx.execute(
                    "DELETE FROM opaque_tokens
                     WHERE family IN (SELECT id FROM families WHERE client = ?1)",
                    [client],
                )?;
                Ok(())
            })
            .await
    }

    async fn rotate_csrf(&self, at: &Scope) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                for table in ["sessions", "families"] {
                    tx.execute(
                        &format!(
                            "UPDATE {table} SET csrf_nonce = randomblob(16) WHERE client = ?1"
                        ),
                        [&client],
                    )?;
                }
                Ok(())
            })
            .await
    }

    async fn reset(&self, at: &Scope) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                for table in ["sessions", "families", "login_failures", "signing_keys"] {
                    tx.execute(&format!("DELETE FROM {table} WHERE client = ?1"), [&client])?;
                }
                Ok(())
            })
            .await
    }
}
