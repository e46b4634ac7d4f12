//! What tabs tell each other. A refresh token never; an access token only where the app shares it, and between copies of
//! one tab. What a tab is told signs nobody in: the store or the server says whether it is so.

use crate::core::port::secret::Secret;
use crate::core::port::shown::Reason;
use crate::core::time::clock::ServerTime;

/// What one tab tells the others of its origin and key.
#[derive(Clone, Debug)]
pub struct Message {
    /// What happened there.
    pub word: Word,
    /// Which session it is about: when it began, in milliseconds since 1970 by the wall clock; 0 if that tab does not know.
    pub login: i64,
    /// Counts the tokens of that session.
    pub generation: u64,
    /// A hash of the subject; 0 if there is none.
    pub subject: u32,
    /// With [`Word::Unavailable`]: for how many milliseconds.
    pub wait_ms: u32,
    /// With [`Word::Refreshed`], if the app shares it.
    pub access: Option<SharedAccess>,
}

/// An access token for the other tabs.
#[derive(Clone, Debug)]
pub struct SharedAccess {
    /// The token.
    pub token: Secret,
    /// Its end by the server's clock.
    pub ends_at: ServerTime,
    /// When it arrived, by the same.
    pub issued_at: ServerTime,
}

/// What happened in another tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// Somebody signed in.
    SignedIn,
    /// The visitor logged out.
    LoggedOut,
    /// The server ended the session.
    Ended,
    /// The same, as it refused the refresh token.
    RefreshRefused,
    /// The same, where the answer to an earlier refresh had been lost.
    RefreshOutcomeUnknown,
    /// The token ended, and nothing renews it.
    TokenExpired,
    /// The session was renewed.
    Refreshed,
    /// A tab of this session has heard of newer tokens than it has, and cannot get them: its own refresh token is used up.
    Wanted,
    /// The server asks to be left alone for a while (`Retry-After`, RFC 9110 §10.2.3).
    Unavailable,
}

impl Word {
    /// Every word.
    pub const ALL: [Word; 9] = [
        Word::SignedIn,
        Word::LoggedOut,
        Word::Ended,
        Word::RefreshRefused,
        Word::RefreshOutcomeUnknown,
        Word::TokenExpired,
        Word::Refreshed,
        Word::Wanted,
        Word::Unavailable,
    ];

    /// As it is written in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Word::SignedIn => "signed-in",
            Word::LoggedOut => "logged-out",
            Word::Ended => "ended",
            Word::RefreshRefused => "refresh-refused",
            Word::RefreshOutcomeUnknown => "refresh-outcome-unknown",
            Word::TokenExpired => "token-expired",
            Word::Refreshed => "refreshed",
            Word::Wanted => "wanted",
            Word::Unavailable => "unavailable",
        }
    }

    /// What the other tabs are told of a session that ended so.
    pub(crate) fn of(reason: Reason) -> Word {
        match reason {
            Reason::RefreshRefused => Word::RefreshRefused,
            Reason::RefreshOutcomeUnknown => Word::RefreshOutcomeUnknown,
            Reason::TokenExpired => Word::TokenExpired,
            _ => Word::Ended,
        }
    }

    /// Why the session ended, if this tells of an end by the server.
    pub(crate) fn reason(self) -> Option<Reason> {
        match self {
            Word::Ended => Some(Reason::SessionEnded),
            Word::RefreshRefused => Some(Reason::RefreshRefused),
            Word::RefreshOutcomeUnknown => Some(Reason::RefreshOutcomeUnknown),
            Word::TokenExpired => Some(Reason::TokenExpired),
            Word::SignedIn
            | Word::LoggedOut
            | Word::Refreshed
            | Word::Wanted
            | Word::Unavailable => None,
        }
    }

    /// Reads it back. `None`: not a word of this version.
    #[must_use]
    pub fn read(word: &str) -> Option<Word> {
        let mut words = Word::ALL.iter().copied();
        words.find(|known| known.as_str() == word)
    }
}
