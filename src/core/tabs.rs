//! What tabs tell each other. A refresh token never; an access token only where the app shares it. What a tab is told
//! signs nobody in: the store or the server says whether it is so.

use super::clock::ServerTime;
use super::cooldown::LONGEST_SHARED_WAIT_MS;
use super::effect::Effect;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::record::is_from_the_future;
use super::refresh::Phase;
use super::secret::Secret;
use super::session::{Credentials, Generation, LoginTime, Status, subject_of};
use super::token_answer::stored_claims;

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

impl Engine {
    pub(super) fn tell(&mut self, word: Word) {
        self.tell_more(word, 0);
    }

    pub(super) fn tell_more(&mut self, word: Word, wait_ms: u32) {
        let access = match word {
            Word::Refreshed if self.config.share_across_tabs && !self.config.shares_store() => {
                self.shared_access()
            }
            _ => None,
        };
        self.effects.push(Effect::Tell(Message {
            word,
            login: self.login_time.0,
            generation: self.generation.0,
            subject: self.subject_hash(),
            wait_ms,
            access,
        }));
    }

    fn shared_access(&self) -> Option<SharedAccess> {
        let held = self.held.as_ref()?;
        Some(SharedAccess {
            token: held.access.clone()?,
            ends_at: held.ends_at?,
            issued_at: held.issued_at,
        })
    }

    /// FNV-1a: to tell one subject from another, not to hide it.
    fn subject_hash(&self) -> u32 {
        let user = self.held.as_ref().and_then(|held| held.user.as_ref());
        let subject = user.and_then(subject_of).map(|subject| subject.text());
        let hash = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        subject.map_or(0, |text| text.as_bytes().iter().fold(0x811C_9DC5, hash))
    }

    pub(super) fn on_message(&mut self, message: Message) {
        let told = (LoginTime(message.login), Generation(message.generation));
        if is_from_the_future(told, self.now) {
            self.count("message ignored", "from the future", 1);
            return;
        }
        self.note_detail("message", Some(message.word.as_str()));
        let is_other = message.subject != self.subject_hash();
        match message.word {
            // Of the session in a shared store, or of one that this tab has yet to see there.
            Word::LoggedOut if self.config.shares_store() && told.0 != self.login_time => {
                self.look_again();
            }
            Word::LoggedOut => self.follow_logout(),
            Word::SignedIn => {
                // A later login than our logout: to tell the server of that one now would end this one.
                self.drop_logout_by_cookie();
                self.doubt_answers();
                self.expect(told);
                self.look_again();
            }
            Word::Refreshed if self.config.stores_tokens() => {
                self.expect(told);
                self.look_again();
            }
            // Somebody is signed in there: when this tab was told so, it could perhaps not ask.
            Word::Refreshed
                if self.config.cookie_bound() && (self.status == Status::SignedOut || is_other) =>
            {
                self.doubt_answers();
                self.look_again();
            }
            Word::Refreshed => self.take_shared_access(message, is_other),
            Word::Ended if self.status != Status::SignedOut => self.look_again(),
            Word::Unavailable => self.leave_alone(message.wait_ms),
            Word::Ended => {}
        }
    }

    /// A newer token of the same subject, and this tab need not ask for its own.
    fn take_shared_access(&mut self, message: Message, is_other: bool) {
        let (Some(shared), Some(held)) = (message.access, &self.held) else {
            return;
        };
        let is_newer =
            self.is_refused || held.ends_at.is_none_or(|ends_at| shared.ends_at > ends_at);
        let may = self.config.share_across_tabs && self.status == Status::SignedIn;
        let is_free = matches!(self.refresh.phase, Phase::Idle | Phase::Waiting);
        let Some(claims) = stored_claims(shared.token.expose()) else {
            return;
        };
        if !may || !is_newer || !is_free || is_other {
            return;
        }
        let credentials = Box::new(Credentials {
            access: Some(shared.token),
            refresh: held.refresh.clone(),
            ends_at: Some(shared.ends_at),
            issued_at: shared.issued_at,
            claims,
            user: held.user.clone(),
        });
        self.hold(credentials);
        self.rest_with_news(None);
    }

    /// Another tab was told to wait.
    fn leave_alone(&mut self, wait_ms: u32) {
        let is_free = matches!(
            self.refresh.phase,
            Phase::Idle | Phase::Waiting | Phase::Cooldown { fixed: false }
        );
        if is_free && self.status != Status::SignedOut {
            let until = self
                .now
                .mono
                .after(wait_ms.min(LONGEST_SHARED_WAIT_MS).into());
            self.cool_down(until, true, AuthError::new(Code::RateLimited));
        }
    }
}
