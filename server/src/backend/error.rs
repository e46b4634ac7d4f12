//! Why the backend gives no answer, or says no. What HTTP makes of it is told elsewhere.

use super::clock::Millis;

/// Why a store gave no answer.
#[derive(Clone, Debug)]
pub(crate) enum StoreError {
    /// It is away, busy or slow. What was asked for may have happened or not.
    Unavailable(String),
    /// It answered what makes no sense.
    Broken(String),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(cause) => write!(f, "the store is away: {cause}"),
            Self::Broken(cause) => write!(f, "the store: {cause}"),
        }
    }
}

pub(crate) type Stored<T> = Result<T, StoreError>;

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The refresh token is no good.
    InvalidGrant,
    /// The refresh token was spent before, so its family has ended.
    Reused,
    /// The access token is no good.
    InvalidToken,
    /// Too many logins failed; there is time for the next one in so many milliseconds.
    TooManyLogins(Millis),
    /// The store is away.
    Unavailable,
    /// It is the server's own failure, of which the operator was told.
    Broken,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InvalidGrant => "the refresh token is no good",
            Self::Reused => "the refresh token was used before",
            Self::InvalidToken => "the access token is no good",
            Self::TooManyLogins(_) => "too many failed logins",
            Self::Unavailable => "the store is away",
            Self::Broken => "something broke on the server's side",
        })
    }
}

impl std::error::Error for Refusal {}

/// Any failure that is the server's own. The caller learns nothing about it, the operator does.
pub(crate) fn internal(cause: impl std::fmt::Display) -> Refusal {
    eprintln!("hallpass-server: {cause}");
    Refusal::Broken
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            // The node that follows the store tells the operator once.
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Broken(_) => internal(error),
        }
    }
}
