//! Sessions.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction};

use super::open::Sqlite;
use super::rows::user_of;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::Sessions;
use crate::backend::store::limits::MAX_PER_USER;
use crate::backend::store::records::SessionRecord;
use crate::backend::store::scope::Scope;

#[async_trait]
impl Sessions for Sqlite {
    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                if let Some(old) = replaces {
                    end_session(tx, &at, old)?;
                }
                purge_sessions(tx, &at)?;
                tx.prepare_cached(
                    "DELETE FROM sessions WHERE hash IN (
                         SELECT hash FROM sessions WHERE client = ?1 AND user_id = ?2
                         ORDER BY seen_at DESC LIMIT -1 OFFSET ?3)",
                )?
                .execute((&at.client, &session.user.id, MAX_PER_USER - 1))?;
                tx.execute(
                    "INSERT INTO sessions (hash, client, user_id, created_at, seen_at, csrf_nonce)
                     VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
                    (
                        session.hash,
                        &at.client,
                        &session.user.id,
                        at.now,
                        &session.csrf_nonce,
                    ),
                )?;
                Ok(())
            })
            .await
    }

    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                let mut touch = tx.prepare_cached(
                    "UPDATE sessions SET seen_at = ?3
                     WHERE hash = ?1 AND client = ?2 AND seen_at > ?4 AND created_at > ?5
                     RETURNING csrf_nonce, user_id",
                )?;
                let session = touch
                    .query_row(
                        (hash, &at.client, at.now, at.idle_since(), at.made_before()),
                        |row| Ok((row.get(0)?, row.get::<_, String>(1)?)),
                    )
                    .optional()?;
                let Some((csrf_nonce, user_id)) = session else {
                    end_session(tx, &at, hash)?;
                    return Ok(None);
                };
                let mut user =
                    tx.prepare_cached("SELECT id, email, name FROM users WHERE id = ?1")?;
                let user = user.query_row([user_id], |row| user_of(row, 0))?;
                Ok(Some(SessionRecord {
                    hash,
                    csrf_nonce,
                    user,
                }))
            })
            .await
    }

    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()> {
        let at = at.clone();
        self.db.run(move |tx| end_session(tx, &at, hash)).await
    }
}

pub(super) fn end_session(tx: &Transaction<'_>, at: &Scope, hash: Hash) -> rusqlite::Result<()> {
    let end = "DELETE FROM sessions WHERE hash = ?1 AND client = ?2";
    tx.execute(end, (hash, &at.client))?;
    Ok(())
}

/// Removes the sessions of a client that have ended, idle or absolutely. Each statement goes by an index of its own.
pub(super) fn purge_sessions(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
    for (column, ended) in [
        ("seen_at", at.idle_since()),
        ("created_at", at.made_before()),
    ] {
        let mut purge = tx.prepare_cached(&format!(
            "DELETE FROM sessions WHERE client = ?1 AND {column} <= ?2"
        ))?;
        purge.execute((&at.client, ended))?;
    }
    Ok(())
}
