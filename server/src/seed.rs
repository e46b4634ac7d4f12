//! Many users who are signed in, made up: to measure what a store with so much in it does.

use std::io::{Error, Result};
use std::ops::Range;
use std::sync::Arc;

use tokio::task::JoinSet;

use crate::backend::{Backend, DEFAULT, Mode, Tenant, User, random_secret};
use crate::config::Config;
use crate::http::{CookieStyle, Kind};

/// As many are made at a time: enough that a store over a network does not wait for us.
const AT_ONCE: u64 = 64;
/// Users that are added in one step.
const CHUNK: u64 = 10_000;

/// What a browser of one of them would send.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Value of the `Cookie` header: the session.
    pub cookie: String,
    /// Value of the `Authorization` header: an access token.
    pub authorization: String,
}

/// Adds the users with these numbers to the store that `config` names, each with a session and a family of tokens. Nobody knows
/// a password of theirs. Answers what every `every`th of them is signed in with.
///
/// # Errors
/// If the store is away, or `config` names no issuer, as nodes of one store need one.
pub async fn seed(config: &Config, users: Range<u64>, every: u64) -> Result<Vec<SignedIn>> {
    let issuer = config.issuer.clone();
    let issuer = issuer.ok_or_else(|| Error::other("users for many nodes need an issuer"))?;
    let (backend, closed) = Backend::open(config.backend(&issuer)).await?;
    let backend = Arc::new(backend);
    let tenant = Arc::new(Tenant::new(DEFAULT, String::new(), config.policy()));
    let mut signed_in = Vec::new();
    for start in users.clone().step_by(CHUNK as usize) {
        let chunk = start..users.end.min(start.saturating_add(CHUNK));
        let added = backend.add_users(chunk.clone().map(user)).await;
        added.map_err(failed)?;
        let mut tasks = JoinSet::new();
        for first in 0..AT_ONCE {
            let numbers = chunk.clone().skip(first as usize).step_by(AT_ONCE as usize);
            tasks.spawn(sign_all_in(
                backend.clone(),
                tenant.clone(),
                config.cookies(),
                numbers.collect(),
                every,
            ));
        }
        while let Some(done) = tasks.join_next().await {
            signed_in.extend(done.map_err(Error::other)??);
        }
    }
    drop(backend);
    // An error would say that the database is closed already.
    let _ = closed.await;
    Ok(signed_in)
}

async fn sign_all_in(
    backend: Arc<Backend>,
    tenant: Arc<Tenant>,
    cookies: CookieStyle,
    numbers: Vec<u64>,
    every: u64,
) -> Result<Vec<SignedIn>> {
    let mut kept = Vec::new();
    for number in numbers {
        let id = random_secret().map_err(failed)?;
        let session = backend.sessions.start(&tenant, &id, None, user(number));
        session.await.map_err(failed)?;
        let families = &backend.families;
        let granted = families.start(&tenant, Mode::Jwt, user(number)).await;
        let granted = granted.map_err(failed)?;
        if number.is_multiple_of(every) {
            let name = cookies.name(Kind::Session, &tenant);
            kept.push(SignedIn {
                cookie: format!("{name}={id}"),
                authorization: format!("Bearer {}", granted.grant.access_token),
            });
        }
    }
    Ok(kept)
}

fn user(number: u64) -> User {
    User {
        id: format!("u-{number}"),
        email: format!("user-{number}@example.com"),
        name: format!("User {number}"),
    }
}

fn failed(cause: impl std::fmt::Display) -> Error {
    Error::other(cause.to_string())
}
