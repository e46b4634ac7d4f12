//! What tabs tell each other. A refresh token never; an access token only where the app shares it, and between copies of
//! one tab. What a tab is told signs nobody in: the store or the server says whether it is so.

use crate::core::engine::state::Engine;
use crate::core::identity::counters::{Generation, LoginTime};
use crate::core::identity::credentials::Credentials;
use crate::core::port::effect::Effect;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::message::{Message, SharedAccess, Word};
use crate::core::port::shown::Status;
use crate::core::refresh::pause::LONGEST_SHARED_WAIT_MS;
use crate::core::wire::record::is_from_the_future;
use crate::core::wire::tokens::stored_claims;

impl Engine {
    pub(super) fn tell(&mut self, word: Word) {
        self.tell_more(word, 0);
    }

    pub(super) fn tell_more(&mut self, word: Word, wait_ms: u32) {
        let subject = self.session.subject(&self.cx).hash();
        self.tell_of(word, subject, wait_ms);
    }

    pub(super) fn tell_of(&mut self, word: Word, subject: u32, wait_ms: u32) {
        let config = self.cx.config();
        let access = match word {
            Word::Refreshed if config.shares_access() => self.shared_access(),
            _ => None,
        };
        self.cx.push(Effect::Tell(Message {
            word,
            login: self.session.login_time().0,
            generation: self.session.generation().0,
            subject,
            wait_ms,
            access,
        }));
    }

    fn shared_access(&self) -> Option<SharedAccess> {
        let held = self.session.held()?;
        Some(SharedAccess {
            token: held.access.clone()?,
            ends_at: held.ends_at?,
            issued_at: held.issued_at,
        })
    }

    pub(super) fn on_message(&mut self, message: Message) {
        let told = (LoginTime(message.login), Generation(message.generation));
        if is_from_the_future(told, self.cx.now()) {
            self.cx.count("message ignored", "from the future", 1);
            return;
        }
        self.cx.note_detail("message", Some(message.word.as_str()));
        let status = self.session.status();
        let shares_store = self.cx.config().shares_store();
        // Where tabs share a store, it says whose session it is.
        let own = if shares_store {
            0
        } else {
            self.session.subject(&self.cx).hash()
        };
        let is_other = message.subject != own;
        let shares_cookie = self.cx.config().session_by_cookie();
        let is_same_session = told.0 == self.session.login_time();
        // What somebody else could do, this tab can try: the server is there.
        let is_rested =
            matches!(message.word, Word::SignedIn | Word::Refreshed) && self.refresh.leave_pause();
        if message.word == Word::Refreshed {
            if is_same_session {
                self.reads.hear_of(told);
            }
            if self.logout.is_asked() && self.logout.noted() == Some(message.subject) {
                // That tab has looked before the note of this logout was written.
                self.tell_of(Word::LoggedOut, message.subject, 0);
            }
        }
        match message.word {
            // Of the session in a shared store, or of one that this tab has yet to see there.
            Word::LoggedOut if shares_store && !is_same_session => {
                self.session.was_left(told.0);
                self.look_again();
            }
            // Of another person's session, in a tab that has yet to learn whose the cookie is.
            Word::LoggedOut if shares_cookie && is_other && own != 0 && message.subject != 0 => {
                self.logout.note(message.subject);
                self.doubt(message.subject);
            }
            // Of a session of another person, in a tab of its own.
            Word::LoggedOut if !shares_store && !shares_cookie && !is_same_session && is_other => {}
            Word::LoggedOut => {
                if shares_cookie {
                    // Until the server is told, the cookie brings that session back.
                    self.logout.note(message.subject);
                    if self.cx.writing().is_some() {
                        // What is being written here would take the place of the note.
                        self.save_note();
                    }
                }
                self.follow_logout();
            }
            Word::SignedIn => {
                // A later login than our logout: to tell the server of that one now would end this one.
                let is_being_noted = self.logout.is_noted() && self.cx.writing().is_some();
                self.drop_logout_by_cookie();
                if is_being_noted {
                    self.save_note();
                }
                self.reads.expect(&self.cx, told);
                if shares_cookie {
                    self.give_up_older_refresh(message.login);
                    self.session.doubt(message.subject);
                }
                self.doubt_answers();
                self.look_again();
            }
            Word::Refreshed if shares_store => {
                self.reads.expect(&self.cx, told);
                self.look_again();
            }
            // Somebody is signed in there: when this tab was told so, it could perhaps not ask, or has asked before.
            // Or it is somebody else.
            Word::Refreshed
                if shares_cookie
                    && (status == Status::SignedOut
                        || self.me.is_out()
                        || (is_other && message.subject != 0 && status == Status::SignedIn)) =>
            {
                self.doubt(message.subject);
            }
            Word::Refreshed => self.take_shared_access(message, is_same_session, is_other),
            Word::Wanted if is_same_session => self.lend(told.1),
            Word::Wanted => {}
            Word::Unavailable => self.leave_alone(message.wait_ms),
            Word::Ended
            | Word::RefreshRefused
            | Word::RefreshOutcomeUnknown
            | Word::TokenExpired => {
                if status != Status::SignedOut {
                    if is_same_session {
                        self.reads.explain(message.word.reason());
                    }
                    self.look_again();
                }
            }
        }
        if is_rested {
            self.on_cooldown_over();
        }
    }

    /// Somebody has signed in without waiting for the refresh that is out here. Its cookie would take the place of theirs.
    fn give_up_older_refresh(&mut self, signed_in: i64) {
        if let Some(flight) = self.refresh.sent()
            && signed_in > self.cx.wall_at(flight.sent)
            && self.cx.cancel_cookie(flight)
        {
            self.cx.note("refresh given up for a login");
            self.refresh.forget_attempt();
            self.refresh.stand_down();
            self.resume_queued_login();
        }
    }

    /// A tab of this session has a token that ends, and its refresh token is used up.
    fn lend(&mut self, theirs: Generation) {
        if self.session.held().is_none_or(|held| held.is_lent) {
            return;
        }
        if theirs < self.session.generation() && !self.session.is_due(&self.cx) {
            self.save_if_current();
            self.tell(Word::Refreshed);
        } else {
            self.start_refresh();
        }
    }

    /// Somebody may have signed in or out by the cookie that all tabs share: whatever becomes of the question, it is asked. By a
    /// refresh that is out here, if there is one: it has the lock, and has gone later than what told the other tab.
    fn doubt(&mut self, subject: u32) {
        self.session.doubt(subject);
        self.doubt_me();
        self.look_again();
    }

    /// A newer token of the same subject, and this tab need not ask for its own.
    fn take_shared_access(&mut self, message: Message, is_same_session: bool, is_other: bool) {
        let (Some(shared), Some(held)) = (message.access, self.session.held()) else {
            return;
        };
        let is_newer = self.session.is_refused()
            || held.ends_at.is_none_or(|ends_at| shared.ends_at > ends_at);
        let is_known = !is_other && message.subject != 0;
        let config = self.cx.config();
        let may = config.shares_access()
            && self.session.is_signed_in()
            && (is_known && config.share_across_tabs || is_same_session && message.login != 0);
        if !may || !is_newer || !self.refresh.can_give_way() {
            return;
        }
        let Some(claims) = stored_claims(shared.token.expose()) else {
            return;
        };
        let credentials = Box::new(Credentials {
            access: Some(shared.token),
            refresh: held.refresh.clone(),
            is_lent: is_same_session && !self.cx.config().cookie_bound(),
            ends_at: Some(shared.ends_at),
            issued_at: shared.issued_at,
            claims,
            user: held.user.clone(),
        });
        let is_theirs = self
            .session
            .is_of_another(&self.cx, &credentials, is_same_session);
        if is_theirs {
            return;
        }
        self.session.hold(&mut self.cx, credentials);
        if is_same_session {
            self.save();
        }
        self.rest_with_news(false);
    }

    /// Another tab was told to wait.
    fn leave_alone(&mut self, wait_ms: u32) {
        if self.refresh.can_give_way() && self.session.status() != Status::SignedOut {
            let until = self.cx.after(wait_ms.min(LONGEST_SHARED_WAIT_MS).into());
            self.cool_down(until, true, AuthError::new(Code::RateLimited));
        }
    }
}
