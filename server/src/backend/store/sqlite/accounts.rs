//! Users and failed logins.

use async_trait::async_trait;
use rusqlite::OptionalExtension as _;

use super::families::end_all_of;
use super::open::Sqlite;
use super::rows::user_of;
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Accounts, Logins};
use crate::backend::store::limits::LOGIN_WINDOW_MS;
use crate::backend::store::records::{Account, Keep};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Accounts for Sqlite {
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
}

#[async_trait]
impl Logins for Sqlite {
    async fn login_attempt(&self, at: &Scope, by: Hash, most: u32) -> Stored<Result<(), Millis>> {
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
                    (&at.client, by),
                    |row| Ok((row.get::<_, u32>(0)?, row.get::<_, Millis>(1)?)),
                )?;
                if count >= most {
                    return Ok(Err(LOGIN_WINDOW_MS - (at.now - oldest)));
                }
                tx.execute(
                    "INSERT INTO login_failures (client, address, at) VALUES (?1, ?2, ?3)",
                    (&at.client, by, at.now),
                )?;
                Ok(Ok(()))
            })
            .await
    }

    async fn login_forgiven(&self, at: &Scope, by: Hash) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                tx.execute(
                    "DELETE FROM login_failures WHERE rowid = (
                         SELECT rowid FROM login_failures WHERE client = ?1 AND address = ?2
                         ORDER BY at DESC LIMIT 1)",
                    (client, by),
                )?;
                Ok(())
            })
            .await
    }

    async fn login_succeeded(&self, at: &Scope, by: Hash) -> Stored<()> {
        let client = at.client.clone();
        self.db
            .run(move |tx| {
                let forget = "DELETE FROM login_failures WHERE client = ?1 AND address = ?2";
                tx.execute(forget, (client, by))?;
                Ok(())
            })
            .await
    }
}
