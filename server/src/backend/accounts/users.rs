//! Who may sign in, and whether a password is theirs.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Argon2, Params};
use tokio::sync::Semaphore;

use super::cost::PasswordCost;
use crate::backend::error::{Refusal, internal};
use crate::backend::store::{Account, Store, User};

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
pub(crate) const MAX_PASSWORD_BYTES: usize = 1024;

/// The users, and the only place that sees passwords.
pub(crate) struct Users {
    store: Arc<dyn Store>,
    hasher: Argon2<'static>,
    /// The hash of no password at all: an unknown user costs as much time as a wrong password.
    decoy: String,
    /// A hash takes memory by design; this bounds how many run at once.
    hashing: Semaphore,
}

impl Users {
    /// Adds the first users to an empty store.
    pub(crate) async fn open(store: Arc<dyn Store>, cost: PasswordCost) -> std::io::Result<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(invalid_input)?;
        let hasher = Argon2::from(params);
        let hash = |password: &str| hash(&hasher, password).map_err(std::io::Error::other);
        let decoy = hash("")?;
        if !store.has_users().await.map_err(failed)? {
            let mut accounts = Vec::new();
            for (id, email, name, password) in SEED {
                let user = User {
                    id: id.to_owned(),
                    email: email.to_owned(),
                    name: name.to_owned(),
                };
                let password = hash(password)?;
                accounts.push(Account { user, password });
            }
            store.add_users(accounts).await.map_err(failed)?;
        }
        let parallel = std::thread::available_parallelism().map_or(2, |n| n.get());
        Ok(Self {
            store,
            hasher,
            decoy,
            hashing: Semaphore::new(parallel),
        })
    }

    /// The user with this mail address and password. Which of the two was wrong, nobody can tell.
    pub(crate) async fn check(
        &self,
        email: &str,
        password: String,
    ) -> Result<Option<User>, Refusal> {
        if password.len() > MAX_PASSWORD_BYTES {
            return Ok(None);
        }
        let (user, phc) = match self.store.account(email).await? {
            Some(Account { user, password }) => (Some(user), password),
            None => (None, self.decoy.clone()),
        };
        let _turn = self.hashing.acquire().await.map_err(internal)?;
        let matches = tokio::task::spawn_blocking(move || matches(&password, &phc)).await;
        let matches = matches.map_err(internal)??;
        Ok(user.filter(|_| matches))
    }

    /// What is kept of a new password, a PHC string.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Refusal> {
        let _turn = self.hashing.acquire().await.map_err(internal)?;
        let hasher = self.hasher.clone();
        let phc = tokio::task::spawn_blocking(move || hash(&hasher, &password)).await;
        phc.map_err(internal)?.map_err(internal)
    }
}

fn hash(hasher: &Argon2<'_>, password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(hasher.hash_password(password.as_bytes())?.to_string())
}

/// The cost is the one written in the hash, not the one configured today.
fn matches(password: &str, phc: &str) -> Result<bool, Refusal> {
    let hash = PasswordHash::new(phc).map_err(internal)?;
    Ok(Argon2::default()
        .verify_password(password.as_bytes(), &hash)
        .is_ok())
}

fn invalid_input(cause: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, cause.to_string())
}

fn failed(cause: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::other(format!("the users cannot be read or written: {cause}"))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::panic,
        clippy::unwrap_used,
        reason = "a test ends by panicking"
    )]

    use argon2::password_hash::phc::ParamsString;

    use super::*;
    use crate::backend::store::Memory;

    const COST: PasswordCost = PasswordCost {
        memory_kib: 64,
        passes: 2,
    };

    fn cost_of(phc: &str) -> ParamsString {
        PasswordHash::new(phc).unwrap().params
    }

    #[tokio::test]
    async fn an_unknown_user_costs_as_much_work_as_a_wrong_password() {
        let users = Users::open(Arc::new(Memory::default()), COST);
        let users = users.await.unwrap();
        let ada = users.store.account(SEED[0].1).await.ok().flatten();
        assert_eq!(cost_of(&users.decoy), cost_of(&ada.unwrap().password));

        let turns = u32::try_from(users.hashing.available_permits()).unwrap();
        let all = users.hashing.acquire_many(turns).await.unwrap();
        for email in [SEED[0].1, "nobody@example.com"] {
            tokio::select! {
                biased;
                _ = users.check(email, "wrong".to_owned()) => panic!("{email} is refused unhashed"),
                () = std::future::ready(()) => {}
            }
        }
        drop(all);
        let unknown = users.check("nobody@example.com", String::new()).await;
        assert!(unknown.is_ok_and(|user| user.is_none()), "the decoy's own");
    }
}
