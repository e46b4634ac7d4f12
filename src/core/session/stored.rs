//! The session in the store: what is taken up from there, and what is written.

use crate::core::context::Context;
use crate::core::identity::counters::{Generation, LoginTime};
use crate::core::identity::credentials::Credentials;
use crate::core::port::effect::Effect;
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Event, StorageState};
use crate::core::session::Session;
use crate::core::wire::record::{self, Record};

impl Session {
    pub(crate) fn storage(&self) -> StorageState {
        self.storage
    }

    /// What is missing in the store, or differs, is so by another's hand.
    pub(crate) fn is_store_ok(&self) -> bool {
        self.storage != StorageState::Occupied && !self.is_unwritten
    }

    pub(crate) fn wrote(&mut self, is_written: bool) {
        self.is_unwritten = !is_written;
    }

    /// Whether a stored session is to be taken up. Another session is: who writes one has read the store before, and is
    /// right. Of the same session, newer tokens are.
    pub(crate) fn is_news(&self, record: &Record) -> bool {
        let is_left = record.login == self.left && self.left.0 != 0;
        // A write that came late has brought back what a later session had taken the place of.
        let is_replaced = self.is_former(record.login) && record.login.0 < self.login_time.0;
        if is_left || is_replaced {
            return false;
        }
        let Some(held) = self.held() else { return true };
        if record.login != self.login_time {
            // One that began before this one, which could not be written since, is older.
            return self.is_store_ok() || record.login.0 > self.login_time.0;
        }
        let stored = &record.credentials;
        let is_same = |held: &Option<Secret>, stored: &Option<Secret>| match (held, stored) {
            (Some(held), Some(stored)) => held.is(stored),
            (None, None) => true,
            _ => false,
        };
        // Two access tokens of one second may be the same to the letter.
        let is_held =
            is_same(&held.access, &stored.access) && is_same(&held.refresh, &stored.refresh);
        !is_held && record.generation >= self.generation
    }

    /// Held here before, and another was taken up since.
    pub(crate) fn is_former(&self, login: LoginTime) -> bool {
        self.held.is_some() && login == self.former
    }

    /// Takes up what another tab, or an earlier life of this one, has stored. The status stays.
    pub(crate) fn hold_stored(
        &mut self,
        cx: &mut Context,
        login: LoginTime,
        generation: Generation,
        mut credentials: Box<Credentials>,
    ) {
        let status = self.status;
        if self.login_time != login {
            self.former = self.login_time;
        } else if credentials.user.is_none() {
            // The tab that wrote it may not have been told yet whose the session is.
            credentials.user = self.held.take().and_then(|held| held.user);
        }
        self.login_time = login;
        self.hold(cx, credentials);
        self.status = status;
        self.generation = generation;
        // What could not be written before is not missed any more.
        self.is_unwritten = false;
    }

    /// What was found to be another's stays so: one failed read later, it would be overwritten.
    pub(crate) fn storage_is(&mut self, cx: &mut Context, state: StorageState) {
        if self.storage == state || self.storage == StorageState::Occupied {
            return;
        }
        self.storage = state;
        cx.note_detail("storage", Some(state.as_str()));
        self.publish(cx, Event::StorageChanged);
    }

    /// One that cannot be written can perhaps be read, and written the next time.
    pub(crate) fn may_use_store(&self, cx: &Context) -> bool {
        cx.config().notes_attempts() && self.storage != StorageState::Occupied
    }

    /// Writes the held tokens. True: `Input::Saved` will follow.
    pub(crate) fn save(&self, cx: &mut Context, attempt: Option<&str>) -> bool {
        let Some(held) = self.held() else {
            return false;
        };
        if !cx.config().stores_tokens() || self.storage == StorageState::Occupied {
            return false;
        }
        let skew = cx.clock().skew(cx.now());
        let pass = self.pass_of_a_start(cx, held, skew);
        let named = (self.login_time, self.generation);
        let text = record::write(named, held, skew, attempt, pass.as_ref());
        cx.push(Effect::Save(text));
        true
    }

    /// What is not ours stays.
    pub(crate) fn clear_store(&self, cx: &mut Context) {
        if self.storage != StorageState::Occupied {
            cx.push(Effect::Remove);
        }
    }
}
