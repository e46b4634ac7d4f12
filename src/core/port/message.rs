//! What tabs tell each other. A refresh token never; an access token only where the app shares it. What a tab is told
//! signs nobody in: the store or the server says whether it is so.

use crate::core::port::secret::Secret;
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
    /// The session was renewed.
    Refreshed,
    /// The server asks to be left alone for a while (`Retry-After`, RFC 9110 §10.2.3).
    Unavailable,
}

impl Word {
    /// Every word.
    pub const ALL: [Word; 5] = [
        Word::SignedIn,
        Word::LoggedOut,
        Word::Ended,
        Word::Refreshed,
        Word::Unavailable,
    ];

    /// As it is written in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Word::SignedIn => "signed-in",
            Word::LoggedOut => "logged-out",
            Word::Ended => "ended",
            Word::Refreshed => "refreshed",
            Word::Unavailable => "unavailable",
        }
    }

    /// Reads it back. `None`: not a word of this version.
    #[must_use]
    pub fn read(word: &str) -> Option<Word> {
        let mut words = Word::ALL.iter().copied();
        words.find(|known| known.as_str() == word)
    }
}
