//! Who may sign in, and whether a password is theirs.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use rusqlite::{OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use crate::config::PasswordCost;
use crate::db::Db;
use crate::error::{ApiError, internal};

/// Mail address, name and password of those who can sign in from the start.
const SEED: [(&str, &str, &str, &str); 2] = [
    ("u-ada", "ada@example.com", "Ada Lovelace", "correct horse"),
    (
        "u-grace",
        "grace@example.com",
        "Grace Hopper",
        "battery staple",
    ),
];

/// Longer ones are no password, but a way to keep the server busy.
const MAX_PASSWORD_BYTES: usize = 1024;

/// A user, as it is answered to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) name: String,
}

impl User {
    /// From the columns `users.id`, `email`, `name`, the first of them at `first`.
    pub(crate) fn from_row(row: &Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(first)?,
            email: row.get(first + 1)?,
            name: row.get(first + 2)?,
        })
    }
}

/// The users, and the only place that sees passwords.
pub(crate) struct Users {
    db: Db,
    /// The hash of no password at all: an unknown user costs as much time as a wrong password.
    decoy: String,
    /// A hash takes memory by design; this bounds how many run at once.
    hashing: Semaphore,
}

impl Users {
    /// Adds the first users to an empty database.
    pub(crate) async fn open(db: Db, cost: PasswordCost) -> std::io::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(invalid_input)?;
        let hasher = Argon2::from(params);
        let hash = |password: &str| {
            hasher
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(std::io::Error::other)
        };
        let decoy = hash("")?;
        let empty = db
            .run(
                |tx| Ok(tx.query_row("SELECT NOT EXISTS (SELECT 1 FROM users)", [], |r| r.get(0))?),
            )
            .await
            .map_err(failed)?;
        if empty {
            let mut rows = Vec::new();
            for (id, email, name, password) in SEED {
                rows.push((id, email, name, hash(password)?));
            }
            db.run(|tx| {
                for row in rows {
                    tx.execute(
                        "INSERT INTO users (id, email, name, password) VALUES (?1, ?2, ?3, ?4)",
                        row,
                    )?;
                }
                Ok(())
            })
            .await
            .map_err(failed)?;
        }
        let parallel = std::thread::available_parallelism().map_or(2, |n| n.get());
        Ok(Self {
            db,
            decoy,
            hashing: Semaphore::new(parallel),
        })
    }

    /// The user with this mail address and password. Which of the two was wrong, nobody can tell.
    pub(crate) async fn check(
        &self,
        email: &str,
        password: String,
    ) -> Result<Option<User>, ApiError> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Ok(None);
        }
        let email = email.to_owned();
        let found = self
            .db
            .run(move |tx| {
                Ok(tx
                    .query_row(
                        "SELECT id, email, name, password FROM users WHERE email = ?1",
                        [email],
                        |row| Ok((User::from_row(row, 0)?, row.get::<_, String>(3)?)),
                    )
                    .optional()?)
            })
            .await?;
        let (user, phc) = match found {
            Some((user, phc)) => (Some(user), phc),
            None => (None, self.decoy.clone()),
        };
        let _turn = self.hashing.acquire().await.map_err(internal)?;
        let matches = tokio::task::spawn_blocking(move || matches(&password, &phc)).await;
        let matches = matches.map_err(internal)??;
        Ok(user.filter(|_| matches))
    }
}

/// The cost is the one written in the hash, not the one configured today.
fn matches(password: &str, phc: &str) -> Result<bool, ApiError> {
    let hash = PasswordHash::new(phc).map_err(internal)?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok())
}

fn invalid_input(cause: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, cause.to_string())
}

fn failed(_: ApiError) -> std::io::Error {
    std::io::Error::other("the user table cannot be read or written")
}
