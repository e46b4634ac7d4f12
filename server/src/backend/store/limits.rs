//! How much a store lets pass, and keeps.

use crate::backend::clock::Millis;

/// Logins that failed longer ago do not count.
pub(crate) const LOGIN_WINDOW_MS: Millis = 60_000;

/// Sessions that a user has at a time with a tenant, and as many families; one more ends the one that would end first.
pub(crate) const MAX_PER_USER: u32 = 100;

/// As many revocations a node knows by heart, for when the store is away. Those that end last are kept.
pub(crate) const MAX_LISTED: u32 = 10_000;

/// Clocks of nodes differ; what is revoked stays so for a little longer than its token lives.
pub(crate) const MARGIN_MS: Millis = 60_000;

/// What a token without an end is remembered for once it is revoked: longer than its keys live.
pub(crate) const FOREVER_MS: Millis = 50 * 365 * 24 * 3_600_000;
