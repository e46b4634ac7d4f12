//! A store in an SQLite database: one node's own, or a file that nodes on one machine share.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::{
    Account, FamilyRecord, Keep, Known, LOGIN_WINDOW_MS, MAX_FAILED_LOGINS, MAX_LISTED, NewTokens,
    Opaque, Revoked, Rotation, Scope, SessionRecord, Store, Stored, StoredKey, Turn, is_live,
    take_turn,
};
use crate::client::{Millis, real_now};
use crate::db::Db;
use crate::families::Mode;
use crate::secret::Hash;
use crate::users::User;

/// See [`Store`].
pub(super) struct Sqlite {
    db: Db,
}

impl Sqlite {
    pub(super) async fn open(db: Db) -> std::io::Result<Self> {
        db.run(|tx| tx.execute_batch(include_str!("sqlite.sql")))
            .await
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self { db })
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>> {
        let name = name.to_owned();
        self.db
            .run(move |tx| {
                tx.execute(
                    "INSERT OR IGNORE INTO secrets (name, value) VALUES (?1, ?2)",
                    (&name, fresh),
                )?;
                let secret = "SELECT value FROM secrets WHERE name = ?1";
                tx.query_row(secret, [&name], |row| row.get(0))
            })
            .await
    }

    async fn has_users(&self) -> Stored<bool> {
        let any = "SELECT EXISTS (SELECT 1 FROM users)";
        self.db
            .read(|tx| tx.query_row(any, [], |row| row.get(0)))
            .await
    }

    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()> {
        self.db
            .run(move |tx| {
                for Account { user, password } in accounts {
                    tx.execute(
                        "INSERT OR IGNORE INTO users (id, email, name, password) VALUES (?1, ?2, ?3, ?4)",
                        (user.id, user.email, user.name, password),
                    )?;
                }
                Ok(())
            })
            .await
    }

    async fn account(&self, email: &str) -> Stored<Option<Account>> {
        let email = email.to_owned();
        self.db
            .read(move |tx| {
                tx.query_row(
                    "SELECT id, email, name, password FROM users WHERE email = ?1",
                    [email],
                    |row| {
                        let user = user_of(row, 0)?;
                        let password = row.get(3)?;
                        Ok(Account { user, password })
                    },
                )
                .optional()
            })
            .await
    }

    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()> {
        let (at, user, phc) = (at.clone(), user.to_owned(), phc.to_owned());
        self.db
            .run(move |tx| {
                let set = "UPDATE users SET password = ?2 WHERE id = ?1";
                tx.execute(set, (&user, phc))?;
                end_all_of(tx, &at, &user, Some(&keep))
            })
            .await
    }

    async fn login_attempt(&self, at: &Scope, address: Hash) -> Stored<Result<(), Millis>> {
        let at = at.clone();
        self.db
            .run(move |tx| {
                // A clock that was set back leaves failures of the future behind; they do not count.
                tx.execute(
                    "DELETE FROM login_failures WHERE client = ?1 AND (at <= ?2 OR at > ?3)",
                    (&at.client, at.now - LOGIN_WINDOW_MS, at.now),
                )?;
                let (count, oldest) = tx.query_row(
                    "SELECT count(*), coalesce(min(at), 0) FROM login_failures
                     WHERE client = ?1 AND address = ?2",
                    (&at.client, address),
                    |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Millis>(1)?)),
                )?;
                if count >= MAX_FAILED_LOGINS {
                    return Ok(Err(LOGIN_WINDOW_MS - (at.now - oldest)));
                }
                tx.execute(
                    "INSERT INTO login_failures (client, address, at) VALUES (?1, ?2, ?3)",
                    (&at.client, address, at.now),
                )?;
                Ok(Ok(()))
            })
            .await
    }

    async fn login_succeeded(&self, at: &Scope, address: Hash) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                let forget = "DELETE FROM login_failures WHERE client = ?1 AND address = ?2";
                tx.execute(forget, (client, address))?;
                Ok(())
            })
            .await
    }

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
                tx.execute(
                    "INSERT INTO families (id, client, mode, user_id, csrf_nonce, ends_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    (
                        &family.id,
                        &at.client,
                        family.mode.name(),
                        &family.user.id,
                        &family.csrf_nonce,
                        at.refresh_end(),
                    ),
                )?;
                add(tx, &at, &family.id, tokens)
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
                            users.id, email, users.name
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
                    (&rotation.family, at.refresh_end()),
                )?;
                add(tx, &at, &rotation.family, rotation.new)?;
                forget_old_answers(tx, &at)?;
                Ok(true)
            })
            .await
    }

    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()> {
        let (at, family) = (at.clone(), family.to_owned());
        let tokens = NewTokens {
            opaque: Some(token),
            refresh: None,
        };
        self.db.run(move |tx| add(tx, &at, &family, tokens)).await
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

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let (at, family) = (at.clone(), family.to_owned());
        self.db
            .run(move |tx| end_families(tx, &at, "id = ?2", &family, None))
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

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        let (at, user) = (at.clone(), user.to_owned());
        self.db
            .run(move |tx| end_all_of(tx, &at, &user, keep.as_ref()))
            .await
    }

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

/// From the columns `users.id`, `email`, `name`, the first of them at `first`.
fn user_of(row: &Row<'_>, first: usize) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(first)?,
        email: row.get(first + 1)?,
        name: row.get(first + 2)?,
    })
}

fn end_session(tx: &Transaction<'_>, at: &Scope, hash: Hash) -> rusqlite::Result<()> {
    let end = "DELETE FROM sessions WHERE hash = ?1 AND client = ?2";
    tx.execute(end, (hash, &at.client))?;
    Ok(())
}

/// Removes the sessions of a client that have ended, idle or absolutely. Each statement goes by an index of its own.
fn purge_sessions(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
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

/// Removes what ended by the client's clock.
fn purge_families(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
    let this = (&at.client, at.now);
    let mut families =
        tx.prepare_cached("DELETE FROM families WHERE client = ?1 AND ends_at < ?2")?;
    families.execute(this)?;
    // Not `family IN (…)`: SQLite would walk through all families of the client.
    let mut tokens = tx.prepare_cached(
        "DELETE FROM opaque_tokens WHERE expires_at < ?2
         AND EXISTS (SELECT 1 FROM families WHERE id = family AND client = ?1)",
    )?;
    tokens.execute(this)?;
    forget_old_answers(tx, at)
}

fn forget_old_answers(tx: &Transaction<'_>, at: &Scope) -> rusqlite::Result<()> {
    let mut forget = tx.prepare_cached(
        "UPDATE refresh_tokens SET sealed_answer = NULL
         WHERE sealed_answer IS NOT NULL AND rotated_at < ?2
         AND EXISTS (SELECT 1 FROM families WHERE id = family AND client = ?1)",
    )?;
    forget.execute((&at.client, at.now.saturating_sub(at.grace())))?;
    Ok(())
}

fn add(tx: &Transaction<'_>, at: &Scope, family: &str, tokens: NewTokens) -> rusqlite::Result<()> {
    if let Some(hash) = tokens.refresh {
        tx.execute(
            "INSERT INTO refresh_tokens (hash, family, expires_at) VALUES (?1, ?2, ?3)",
            (hash, family, at.refresh_end()),
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

fn end_all_of(
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
fn end_families(
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

fn list(tx: &Transaction<'_>, client: &str, id: &str, left: Millis) -> rusqlite::Result<()> {
    let now = real_now();
    tx.execute("DELETE FROM revocations WHERE until <= ?1", [now])?;
    tx.execute(
        "INSERT OR REPLACE INTO revocations (client, id, until) VALUES (?1, ?2, ?3)",
        (client, id, now.saturating_add(left)),
    )?;
    Ok(())
}

fn keys_of(tx: &Transaction<'_>, client: &str) -> rusqlite::Result<Vec<StoredKey>> {
    let mut query =
        tx.prepare_cached("SELECT key FROM signing_keys WHERE client = ?1 ORDER BY position")?;
    let keys = query.query_map([client], |row| row.get::<_, String>(0))?;
    keys.map(|key| serde_json::from_str(&key?).map_err(no_json))
        .collect()
}

fn no_json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}
