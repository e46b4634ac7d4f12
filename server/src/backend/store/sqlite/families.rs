//! Families of refresh tokens.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction};

use super::open::Sqlite;
use super::rows::{list, user_of};
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::Families;
use crate::backend::store::limits::MAX_PER_USER;
use crate::backend::store::records::{FamilyRecord, Keep, Known, Mode, NewTokens, Rotation};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Families for Sqlite {
    async fn start_family(
        &self,
        at: &Scope,
        family: FamilyRecord,
        tokens: NewTokens,
    ) -> Stored<()> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                purge_families(tx, &at)?;
                end_first_of(tx, &at, &family.user.id)?;
                tx.execute(
                    "INSERT INTO families (id, client, mode, user_id, csrf_nonce, ends_at, must_end_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    (
                        &family.id,
                        &at.client,
                        family.mode.name(),
                        &family.user.id,
                        &family.csrf_nonce,
                        family.expires_at,
                        family.must_end_at,
                    ),
                )?;
                add(tx, &family.id, tokens, family.expires_at)
            })
            .await
    }

    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>> {
        let client = at.client.clone();
        self.db
            .read(move |tx| {
                tx.query_row(
                    "SELECT families.id, csrf_nonce, revoked, expires_at, rotated_at, sealed_answer,
                            users.id, email, users.name, must_end_at
                     FROM refresh_tokens
                     JOIN families ON families.id = refresh_tokens.family
                     JOIN users ON users.id = families.user_id
                     WHERE hash = ?1 AND client = ?2 AND (?3 IS NULL OR mode = ?3)",
                    (hash, client, mode.map(Mode::name)),
                    |row| {
                        Ok(Known {
                            family: row.get(0)?,
                            csrf_nonce: row.get(1)?,
                            revoked: row.get(2)?,
                            expires_at: row.get(3)?,
                            rotated_at: row.get(4)?,
                            sealed_answer: row.get(5)?,
                            user: user_of(row, 6)?,
                            must_end_at: row.get(9)?,
                        })
                    },
                )
                .optional()
            })
            .await
    }

    async fn family(&self, at: &Scope, mode: Mode, family: &str) -> Stored<Option<Known>> {
        let (client, family) = (at.client.clone(), family.to_owned());
        self.db
            .read(move |tx| {
                tx.query_row(
                    "SELECT csrf_nonce, revoked, must_end_at, users.id, email, users.name
                     FROM families JOIN users ON users.id = families.user_id
                     WHERE families.id = ?1 AND client = ?2 AND mode = ?3",
                    (&family, client, mode.name()),
                    |row| {
                        Ok(Known {
                            family: family.clone(),
                            csrf_nonce: row.get(0)?,
                            revoked: row.get(1)?,
                            must_end_at: row.get(2)?,
                            expires_at: Millis::MIN,
                            rotated_at: Some(Millis::MIN),
                            sealed_answer: None,
                            user: user_of(row, 3)?,
                        })
                    },
                )
                .optional()
            })
            .await
    }

    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                let rotated = tx.execute(
                    "UPDATE refresh_tokens SET rotated_at = ?4, sealed_answer = ?5
                     WHERE hash = ?1 AND family = ?2 AND rotated_at IS NULL AND expires_at > ?4
                     AND EXISTS (SELECT 1 FROM families
                                 WHERE id = ?2 AND client = ?3 AND NOT revoked)",
                    (
                        rotation.old,
                        &rotation.family,
                        &at.client,
                        at.now,
                        &rotation.sealed_answer,
                    ),
                )?;
                if rotated == 0 {
                    return Ok(false);
                }
                tx.execute(
                    "UPDATE families SET ends_at = ?2 WHERE id = ?1",
                    (&rotation.family, rotation.expires_at),
                )?;
                tx.execute(
                    "DELETE FROM refresh_tokens WHERE family = ?1 AND hash IS NOT ?2",
                    (&rotation.family, rotation.old),
                )?;
                add(tx, &rotation.family, rotation.new, rotation.expires_at)?;
                forget_old_answers(tx, &at)?;
                Ok(true)
            })
            .await
    }

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let (at, family) = (at.clone(), family.to_owned());
        self.db
            .run(move |tx| end_families(tx, &at, "id = ?2", &family, None))
            .await
    }

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        let (at, user) = (at.clone(), user.to_owned());
        self.db
            .run(move |tx| end_all_of(tx, &at, &user, keep.as_ref()))
            .await
    }
}

/// Removes what ended by the client's clock.
pub(super) fn purge_families(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
    let this = (&at.client, at.now);
    let mut families =
        tx.prepare_cached("DELETE FROM families WHERE client = ?1 AND ends_at < ?2")?;
    families.execute(this)?;
    // What was revoked is listed for as long as access tokens of it may be around.
    let mut revoked = tx.prepare_cached("DELETE FROM families WHERE client = ?1 AND revoked")?;
    revoked.execute([&at.client])?;
    // Not `family IN (…)`: SQLite would walk through all families of the client.
    let mut tokens = tx.prepare_cached(
        "DELETE FROM opaque_tokens WHERE expires_at < ?2
         AND EXISTS (SELECT 1 FROM families WHERE id = family AND client = ?1)",
    )?;
    tokens.execute(this)?;
    forget_old_answers(tx, at)
}

/// Makes room for one more family of a user.
fn end_first_of(tx: &Transaction<'_>, at: &Scope, user: &str) -> rusqlite::Result<()> {
    let mut query = tx.prepare_cached(
        "SELECT id FROM families WHERE client = ?1 AND user_id = ?2 AND NOT revoked
         ORDER BY ends_at DESC LIMIT -1 OFFSET ?3",
    )?;
    let ids = query.query_map((&at.client, user, MAX_PER_USER - 1), |row| row.get(0))?;
    for id in ids.collect::<Result<Vec<String>, _>>()? {
        end_families(tx, at, "id = ?2", &id, None)?;
    }
    Ok(())
}

pub(super) fn forget_old_answers(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
    let mut forget = tx.prepare_cached(
        "UPDATE refresh_tokens SET sealed_answer = NULL
         WHERE sealed_answer IS NOT NULL AND rotated_at < ?2
         AND EXISTS (SELECT 1 FROM families WHERE id = family AND client = ?1)",
    )?;
    forget.execute((&at.client, at.now.saturating_sub(at.grace())))?;
    Ok(())
}

pub(super) fn add(
    tx: &Transaction<'_>,
    family: &str,
    tokens: NewTokens,
    expires_at: Millis,
) -> rusqlite::Result<()> {
    if let Some(hash) = tokens.refresh {
        tx.execute(
            "INSERT INTO refresh_tokens (hash, family, expires_at) VALUES (?1, ?2, ?3)",
            (hash, family, expires_at),
        )?;
    }
    if let Some(token) = tokens.opaque {
        tx.execute(
            "INSERT INTO opaque_tokens (hash, family, expires_at) VALUES (?1, ?2, ?3)",
            (token.hash, family, token.expires_at),
        )?;
    }
    Ok(())
}

pub(super) fn end_all_of(
    tx: &Transaction<'_>,
    at: &Scope,
    user: &str,
    keep: Option<&Keep>,
) -> rusqlite::Result<()> {
    let (session, family) = match keep {
        Some(Keep::Session(hash)) => (Some(hash), None),
        Some(Keep::Family(id)) => (None, Some(id.as_str())),
        None => (None, None),
    };
    tx.execute(
        "DELETE FROM sessions WHERE client = ?1 AND user_id = ?2 AND hash IS NOT ?3",
        (&at.client, user, session),
    )?;
    end_families(tx, at, "user_id = ?2", user, family)
}

/// Ends the families that `condition` says of `?2`, but for one, and lists them as revoked.
pub(super) fn end_families(
    tx: &Transaction<'_>,
    at: &Scope,
    condition: &str,
    value: &str,
    keep: Option<&str>,
) -> rusqlite::Result<()> {
    let mut end = tx.prepare_cached(&format!(
        "UPDATE families SET revoked = 1
         WHERE client = ?1 AND NOT revoked AND {condition} AND id IS NOT ?3 RETURNING id"
    ))?;
    let ended = end.query_map((&at.client, value, keep), |row| row.get::<_, String>(0))?;
    for id in ended.collect::<Result<Vec<_>, _>>()? {
        list(tx, &at.client, &id, at.access_left())?;
    }
    Ok(())
}
