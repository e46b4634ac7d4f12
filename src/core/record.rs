//! The stored session: one string under one key, versioned.

use crate::json::Json;

use super::clock::{Now, ServerTime};
use super::secret::Secret;
use super::session::{Credentials, Generation, LoginTime};
use super::token_answer::stored_claims;

/// Begins everything that a hallpass ever wrote; the version follows.
const OURS: &str = "hallpass/";
/// Begins what this version writes.
const THIS: &str = "hallpass/1 ";

/// What stands under our key.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is taken apart at once"
)]
pub(super) enum Stored {
    Nothing,
    /// Another app's data, or a newer version's: to be left as it is.
    NotOurs,
    /// Ours, and of no use.
    Damaged,
    Session(Record),
    /// There is no session in the store, but a refresh by cookie was begun.
    Attempt(String),
    /// The visitor logged out, and the server has not heard of it yet.
    LogoutPending,
}

pub(super) struct Record {
    pub(super) login: LoginTime,
    pub(super) generation: Generation,
    pub(super) credentials: Credentials,
    /// Server time minus wall time when it was written.
    pub(super) skew: i64,
    /// A refresh with these credentials was begun; its outcome is not known.
    pub(super) attempt: Option<String>,
}

const LOGIN: &str = "login";
const GENERATION: &str = "generation";
const ACCESS: &str = "access";
const REFRESH: &str = "refresh";
const ENDS_AT: &str = "endsAt";
const ISSUED_AT: &str = "issuedAt";
const SKEW: &str = "skew";
const USER: &str = "user";
const ATTEMPT: &str = "attempt";
const LOGOUT_PENDING: &str = "logoutPending";

pub(super) fn write(
    (login, generation): (LoginTime, Generation),
    credentials: &Credentials,
    skew: i64,
    attempt: Option<&str>,
) -> Secret {
    let secret = |secret: &Option<Secret>| Some(Json::from(secret.as_ref()?.expose()));
    let members = [
        (LOGIN, Some(login.0.into())),
        (GENERATION, i64::try_from(generation.0).ok().map(Json::from)),
        (ISSUED_AT, Some(credentials.issued_at.0.into())),
        (SKEW, Some(skew.into())),
        (ACCESS, secret(&credentials.access)),
        (REFRESH, secret(&credentials.refresh)),
        (ENDS_AT, credentials.ends_at.map(|ends_at| ends_at.0.into())),
        (USER, credentials.user.clone()),
        (ATTEMPT, attempt.map(Json::from)),
    ];
    sealed(
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
    )
}

/// How far ahead of this device's clock the other clock of the device may have been before it was set back.
const AHEAD_MS: i64 = 86_400_000;
/// More often than that nobody has renewed a session.
const MOST_GENERATIONS: u64 = 1 << 32;

/// Whether somebody claims what no tab can have written yet: it would be taken for the newest for ever.
pub(super) fn is_from_the_future((login, generation): (LoginTime, Generation), now: Now) -> bool {
    login.0 > now.wall.0.wrapping_add(AHEAD_MS) || generation.0 > MOST_GENERATIONS
}

/// The note that a logout has yet to reach the server.
pub(super) fn write_logout_pending() -> Secret {
    sealed(vec![(LOGOUT_PENDING, true.into())])
}

/// The note that a refresh by cookie was begun.
pub(super) fn write_attempt(attempt: &str) -> Secret {
    sealed(vec![(ATTEMPT, attempt.into())])
}

pub(super) fn read(stored: Option<&str>) -> Stored {
    let Some(text) = stored else {
        return Stored::Nothing;
    };
    let Some(json) = text.strip_prefix(THIS) else {
        // `hallpass/1` cut short is ours; another number is a newer version's.
        return if text.starts_with(OURS) && THIS.starts_with(text) {
            Stored::Damaged
        } else {
            Stored::NotOurs
        };
    };
    match Json::parse(json) {
        Some(object) if object.get(LOGOUT_PENDING).and_then(|v| v.as_bool()) == Some(true) => {
            Stored::LogoutPending
        }
        Some(object) => session(&object)
            .map(Stored::Session)
            .or_else(|| Some(Stored::Attempt(attempt(&object)?)))
            .unwrap_or(Stored::Damaged),
        None => Stored::Damaged,
    }
}

fn attempt(object: &Json) -> Option<String> {
    object.get(ATTEMPT)?.as_string()
}

fn session(object: &Json) -> Option<Record> {
    let access = object.get(ACCESS)?.as_string()?;
    let ends_at = match object.get(ENDS_AT) {
        Some(ends_at) => Some(ServerTime(ends_at.as_i64()?)),
        None => None,
    };
    let refresh = match object.get(REFRESH) {
        Some(refresh) => Some(Secret::new(refresh.as_string()?)),
        None => None,
    };
    let user = match object.get(USER) {
        Some(user) if user.is_object() => Some(user),
        Some(_) => return None,
        None => None,
    };
    let login = match object.get(LOGIN) {
        Some(login) => login.as_i64()?,
        None => 0,
    };
    Some(Record {
        login: LoginTime(login),
        generation: Generation(u64::try_from(object.get(GENERATION)?.as_i64()?).ok()?),
        skew: object.get(SKEW)?.as_i64()?,
        attempt: attempt(object),
        credentials: Credentials {
            claims: stored_claims(&access)?,
            access: Some(Secret::new(access)),
            refresh,
            ends_at,
            issued_at: ServerTime(object.get(ISSUED_AT)?.as_i64()?),
            user,
        },
    })
}

fn sealed(members: Vec<(&str, Json)>) -> Secret {
    Secret::new([THIS, &Json::object(members).text()].concat())
}
