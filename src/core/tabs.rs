//! What tabs tell each other. Never a token: a tab that needs one reads the store or asks the server.

use super::clock::Now;
use super::effect::Effect;
use super::engine::Engine;
use super::session::Status;

/// What one tab tells the others of its origin and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// What happened there.
    pub word: Word,
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
}

impl Word {
    /// As it is written in a message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Word::SignedIn => "signed-in",
            Word::LoggedOut => "logged-out",
            Word::Ended => "ended",
            Word::Refreshed => "refreshed",
        }
    }

    /// Reads it back. `None`: not a word of this version.
    #[must_use]
    pub fn read(word: &str) -> Option<Word> {
        [
            Word::SignedIn,
            Word::LoggedOut,
            Word::Ended,
            Word::Refreshed,
        ]
        .into_iter()
        .find(|known| known.as_str() == word)
    }
}

impl Engine {
    pub(super) fn tell(&mut self, word: Word) {
        self.effects.push(Effect::Tell(Message { word }));
    }

    pub(super) fn on_message(&mut self, message: Message, now: Now) {
        self.note(now, "message", Some(message.word.as_str()), None);
        match message.word {
            Word::LoggedOut => self.follow_logout(now),
            // Whether it is true of this tab, the store or the server says.
            Word::SignedIn => {
                // A later login than our logout: to tell the server of that one now would end this one.
                self.drop_waiting_logout(now);
                self.look_again(now);
            }
            // Somebody is signed in there: when this tab was told so, it could perhaps not ask.
            Word::Refreshed if self.config.stores_tokens() || self.status == Status::SignedOut => {
                self.look_again(now);
            }
            Word::Ended if self.status != Status::SignedOut => self.look_again(now),
            Word::Refreshed | Word::Ended => {}
        }
    }
}
