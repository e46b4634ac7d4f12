//! What the shell delivers to the engine, by number, which is its place here.

pub(crate) const KINDS: &[&str] = &[
    "READY",
    "LOGIN",
    "LOGOUT",
    "REFRESH",
    "TOKEN",
    "FETCH",
    "FETCH_ANSWERED",
    "GONE",
    "ANSWERED",
    "LOADED",
    "SAVED",
    "LOCK_GRANTED",
    "MESSAGE",
    "TICK",
    "VISIBLE",
    "RESTORED",
    "ONLINE",
    "STORE_CHANGED",
    "LISTS",
    "SNAPSHOT",
    "CLAIMS",
    "JOURNAL",
    "RELEASE",
    "HIDDEN",
    "TOKEN_IN",
    "RELOADED",
    "ADOPT",
    "FETCH_DOUBTFUL",
];

/// What the body of a call is, likewise: the variants of `Body`.
pub(crate) const BODIES: &[&str] = &["Empty", "Repeatable", "Once"];
