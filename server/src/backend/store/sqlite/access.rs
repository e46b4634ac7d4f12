//! Access tokens, and the keys that sign them.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::families::add;
use super::open::Sqlite;
use super::rows::{list, user_of};
use crate::backend::clock::{Millis, real_now};
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Access, Keys};
use crate::backend::store::limits::MAX_LISTED;
use crate::backend::store::records::{Mode, NewTokens, Opaque, Revoked, User};
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::{StoredKey, Turn, is_live, take_turn};

#[async_trait]
impl Access for Sqlite {
    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()> {
        let (now, family) = (at.now, family.to_owned());
        let tokens = NewTokens {
            opaque: Some(token),
            refresh: None,
        };
        self.db.run(move |tx| add(tx, &family, tokens, now)).await
    }

    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>> {
        let now = at.now;
        self.db
            .read(move |tx| {
                tx.query_row(
                    "SELECT family FROM opaque_tokens
                     WHERE hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
                    (hash, now),
                    |row| row.get(0),
                )
                .optional()
            })
            .await
    }

    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                tx.execute(
                    "DELETE FROM opaque_tokens WHERE hash = ?1
                     AND EXISTS (SELECT 1 FROM families WHERE id = family AND client = ?2)",
                    (hash, client),
                )?;
                Ok(())
            })
            .await
    }

    async fn revoke_jti(&self, at: &Scope, jti: &str, left: Millis) -> Stored<()> {
        let (client, jti) = (at.client.clone(), jti.to_owned());
        self.db.run(move |tx| list(tx, &client, &jti, left)).await
    }

    async fn access(
        &self,
        at: &Scope,
        mode: Mode,
        family: &str,
        jti: Option<&str>,
    ) -> Stored<Option<User>> {
        let (client, family) = (at.client.clone(), family.to_owned());
        let jti = jti.map(str::to_owned);
        self.db
            .read(move |tx| {
                let mut query = tx.prepare_cached(
                    "SELECT users.id, email, users.name FROM families
                     JOIN users ON users.id = families.user_id
                     WHERE families.id = ?1 AND client = ?2 AND mode = ?3 AND NOT revoked
                     AND NOT EXISTS (SELECT 1 FROM revocations WHERE client = ?2 AND id = ?4)",
                )?;
                query
                    .query_row((family, client, mode.name(), jti), |row| user_of(row, 0))
                    .optional()
            })
            .await
    }

    async fn revoked(&self) -> Stored<Vec<Revoked>> {
        self.db
            .read(|tx| {
                let mut query = tx.prepare_cached(
                    "SELECT client, id FROM revocations WHERE until > ?1
                     ORDER BY until DESC LIMIT ?2",
                )?;
                let revoked = query.query_map(params![real_now(), MAX_LISTED], |row| {
                    Ok(Revoked {
                        client: row.get(0)?,
                        id: row.get(1)?,
                    })
                })?;
                revoked.collect()
            })
            .await
    }
}

#[async_trait]
impl Keys for Sqlite {
    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>> {
        let at = at.clone();
        self.db
            .read(move |tx| {
                let mut keys = keys_of(tx, &at.client)?;
                keys.retain(|key| is_live(key, at.now));
                Ok(keys)
            })
            .await
    }

    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                let mut keys = keys_of(tx, &at.client)?;
                take_turn(&mut keys, key, turn, at.now);
                tx.execute("DELETE FROM signing_keys WHERE client = ?1", [&at.client])?;
                for (position, key) in (0_u32..).zip(&keys) {
                    let key = serde_json::to_string(key).map_err(no_json)?;
                    tx.execute(
                        "INSERT INTO signing_keys (client, position, key) VALUES (?1, ?2, ?3)",
                        (&at.client, position, key),
                    )?;
                }
                Ok(keys)
            })
            .await
    }
}

pub(super) fn keys_of(tx: &Transaction<'_>, client: &str) -> rusqlite::Result<Vec<StoredKey>> {
    let mut query =
        tx.prepare_cached("SELECT key FROM signing_keys WHERE client = ?1 ORDER BY position")?;
    let keys = query.query_map([client], |row| row.get::<_, String>(0))?;
    keys.map(|key| serde_json::from_str(&key?).map_err(no_json))
        .collect()
}

pub(super) fn no_json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}
