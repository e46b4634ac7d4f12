//! The stored session: one string under one key, versioned.

use crate::json::Json;

use crate::core::identity::counters::{Generation, LoginTime};
use crate::core::identity::credentials::Credentials;
use crate::core::port::secret::Secret;
use crate::core::time::clock::{Now, ServerTime, Wall};
use crate::core::wire::tokens::stored_claims;

/// Begins everything that a hallpass ever wrote; the version follows.
const OURS: &str = "hallpass/";
/// Begins what this version writes.
const THIS: &str = "hallpass/1 ";

/// What stands under our key.
pub(crate) enum Stored {
    Nothing,
    /// Another app's data, or a newer version's: to be left as it is.
    NotOurs,
    /// Ours, and of no use.
    Damaged,
    Session(Box<Record>),
    /// There is no session in the store, but a refresh by cookie was begun.
    Attempt(String),
    /// The visitor logged out, and the server has not heard of it yet.
    LogoutPending {
        /// Whose session it was to end: a hash of the subject, 0 if there was none.
        subject: u32,
        /// A refresh that asks whose session stands was begun.
        attempt: Option<String>,
    },
    /// It could not be read just now.
    Unreadable,
}

pub(crate) struct Record {
    pub(crate) login: LoginTime,
    pub(crate) generation: Generation,
    pub(crate) credentials: Box<Credentials>,
    /// Server time minus wall time when it was written.
    pub(crate) skew: i64,
    /// A refresh with these credentials was begun; its outcome is not known.
    pub(crate) attempt: Option<String>,
}

const LOGIN: &str = "login";
const GENERATION: &str = "generation";
const ACCESS: &str = "access";
const REFRESH: &str = "refresh";
const ENDS_AT: &str = "endsAt";
const ISSUED_AT: &str = "issuedAt";
const SKEW: &str = "skew";
const USER: &str = "user";
const LENT: &str = "lent";
const ATTEMPT: &str = "attempt";
const STAMP: &str = ",\"stamp\":";
const FROM: &str = "from";
const UNTIL: &str = "until";
const SUBJECT: &str = "subject";
const LOGOUT_PENDING: &str = "logoutPending";

/// What a page that starts with the record may show and send before it has an engine: what the engine would (`docs/decisions/0021`).
pub(crate) struct StoredPass {
    /// Of the options that it holds for.
    pub(crate) stamp: u32,
    /// By the wall clock.
    pub(crate) from: Wall,
    pub(crate) until: Wall,
}

pub(crate) fn write(
    (login, generation): (LoginTime, Generation),
    credentials: &Credentials,
    skew: i64,
    attempt: Option<&str>,
    pass: Option<&StoredPass>,
) -> Secret {
    let secret = |secret: &Option<Secret>| Some(Json::from(secret.as_ref()?.expose()));
    let mut members = vec![
        (LOGIN, login.0.into()),
        (GENERATION, generation.0.cast_signed().into()),
        (ISSUED_AT, credentials.issued_at.0.into()),
        (SKEW, skew.into()),
    ];
    let mut put = |name, value| {
        if let Some(value) = value {
            members.push((name, value));
        }
    };
    put(ACCESS, secret(&credentials.access));
    put(REFRESH, secret(&credentials.refresh));
    put(ENDS_AT, credentials.ends_at.map(|ends_at| ends_at.0.into()));
    put(USER, credentials.user.clone());
    put(LENT, credentials.is_lent.then(|| true.into()));
    put(ATTEMPT, attempt.map(Json::from));
    match pass {
        Some(pass) => {
            members.push((FROM, pass.from.0.into()));
            members.push((UNTIL, pass.until.0.into()));
            stamped(&sealed(members), pass.stamp)
        }
        None => sealed(members),
    }
}

/// With a checksum (FNV-1a) of the text and of the options behind it: a start reads what an engine wrote to the letter, or nothing.
fn stamped(text: &Secret, stamp: u32) -> Secret {
    let open = text.expose().strip_suffix('}').unwrap_or_default();
    let add = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    let hash = open.as_bytes().iter().fold(0x811C_9DC5 ^ stamp, add);
    let stamp = Json::from(i64::from(hash)).text();
    Secret::new([open, STAMP, &stamp, "}"].concat())
}

/// How far ahead of this device's clock the other clock of the device may have been before it was set back.
const AHEAD_MS: i64 = 86_400_000;
/// More often than that nobody has renewed a session.
const MOST_GENERATIONS: u64 = 1 << 32;

/// Whether somebody claims what no tab can have written yet: it would be taken for the newest for ever.
pub(crate) fn is_from_the_future((login, generation): (LoginTime, Generation), now: Now) -> bool {
    login.0 > now.wall.0.wrapping_add(AHEAD_MS) || generation.0 > MOST_GENERATIONS
}

/// The note that a logout has yet to reach the server, whose session it ends, and the refresh that asks who is signed in.
pub(crate) fn write_logout_pending(subject: u32, attempt: Option<&str>) -> Secret {
    let mut members = vec![
        (LOGOUT_PENDING, true.into()),
        (SUBJECT, i64::from(subject).into()),
    ];
    members.extend(attempt.map(|attempt| (ATTEMPT, attempt.into())));
    sealed(members)
}

/// The note that a refresh by cookie was begun.
pub(crate) fn write_attempt(attempt: &str) -> Secret {
    sealed(vec![(ATTEMPT, attempt.into())])
}

pub(crate) fn read(stored: Option<&str>) -> Stored {
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
    let Some(object) = Json::parse(json) else {
        return Stored::Damaged;
    };
    if object.get(LOGOUT_PENDING).and_then(|v| v.as_bool()) == Some(true) {
        let subject = object.get(SUBJECT).and_then(|subject| subject.as_i64());
        let subject = subject.and_then(|subject| u32::try_from(subject).ok());
        return Stored::LogoutPending {
            subject: subject.unwrap_or(0),
            attempt: attempt(&object),
        };
    }
    if let Some(record) = session(&object) {
        return Stored::Session(record);
    }
    match attempt(&object) {
        Some(attempt) => Stored::Attempt(attempt),
        None => Stored::Damaged,
    }
}

fn attempt(object: &Json) -> Option<String> {
    object.get(ATTEMPT)?.as_string()
}

fn session(object: &Json) -> Option<Box<Record>> {
    let number = |name| object.get(name)?.as_i64();
    let is_absent = |name| object.get(name).is_none();
    // Numbers first, as nothing has to be freed where one of them is missing.
    let (generation, skew, issued_at) = (number(GENERATION)?, number(SKEW)?, number(ISSUED_AT)?);
    let (login, ends_at) = (number(LOGIN), number(ENDS_AT));
    let fits = generation >= 0
        && (login.is_some() || is_absent(LOGIN))
        && (ends_at.is_some() || is_absent(ENDS_AT));
    if !fits {
        return None;
    }
    let text = |name| object.get(name)?.as_string().map(Secret::new);
    let access = text(ACCESS)?;
    let claims = stored_claims(access.expose())?;
    let refresh = text(REFRESH);
    let user = object.get(USER);
    if (refresh.is_none() && !is_absent(REFRESH)) || !user.as_ref().is_none_or(Json::is_object) {
        return None;
    }
    Some(Box::new(Record {
        login: LoginTime(login.unwrap_or(0)),
        generation: Generation(generation.cast_unsigned()),
        skew,
        attempt: attempt(object),
        credentials: Box::new(Credentials {
            access: Some(access),
            refresh,
            is_lent: object.get(LENT).and_then(|lent| lent.as_bool()) == Some(true),
            ends_at: ends_at.map(ServerTime),
            issued_at: ServerTime(issued_at),
            claims,
            user,
        }),
    }))
}

fn sealed(members: Vec<(&str, Json)>) -> Secret {
    let members = Secret::new(Json::object(members).text());
    Secret::new([THIS, members.expose()].concat())
}
