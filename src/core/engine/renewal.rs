//! What the answer to a refresh comes to.

use crate::core::calls::End;
use crate::core::context::flight::Flight;
use crate::core::engine::state::Engine;
use crate::core::identity::credentials::Credentials;
use crate::core::identity::subject::user_of_claims;
use crate::core::options::config::{Mode, UserSource};
use crate::core::port::answer::{Answer, Failure};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::message::Word;
use crate::core::port::shown::{Event, Reason, Status};
use crate::core::refresh::{Answered, Step};
use crate::core::session::whose::{subject_of, subject_of_user};
use crate::core::store::Purpose;
use crate::core::wire::reading::Reading;
use crate::core::wire::record::{Record, Stored};
use crate::core::wire::tokens::{access_in, end, read_tokens, read_user};
use crate::core::wire::verdict::{Refusal, denies};
use crate::json::Json;

impl Engine {
    /// Given up on, and there it is. What it brings is still the newest, if nothing came since.
    pub(super) fn take_late_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if self.is_of_now(&flight)
            && let Ok(credentials) = self.read_credentials(&flight, outcome)
        {
            self.cx.note("late refresh answer taken");
            // A repeat that has not left yet would carry a refresh token that is used up by now.
            if let Some(repeat) = self.refresh.sent() {
                self.cx.cancel(repeat);
            }
            self.take_renewal(flight, credentials);
        }
    }

    /// Neither has the session changed hands since, nor have newer credentials been adopted, which its answer is older than.
    fn is_of_now(&self, flight: &Flight) -> bool {
        (flight.epoch, flight.generation) == (self.session.epoch(), self.session.generation())
    }

    pub(super) fn take_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        let is_to_be_ended = self.refresh.take_end_of_what_comes();
        if !self.is_of_now(&flight) || self.refresh.is_stale() {
            if is_to_be_ended && let Ok(credentials) = self.read_credentials(&flight, outcome) {
                self.end_what_came(&credentials);
            }
            self.end_superseded();
            return;
        }
        self.refresh.lost_if(outcome.is_err());
        let error = match self.read_credentials(&flight, outcome) {
            Ok(credentials) => {
                self.take_renewal(flight, credentials);
                return;
            }
            Err(error) => error,
        };
        if self.csrf.may_help(&self.cx, &error, &flight, outcome) {
            self.send_refresh(true);
        } else if self.is_refusal(outcome) {
            self.cx.note_error("refresh refused", &error);
            let error = self.unquoted(error);
            self.session.ended_by(&error);
            if self.cx.config().stores_tokens() && self.session.is_store_ok() {
                self.confirm_first(Answered::Refused);
            } else {
                self.refused();
            }
        } else {
            self.refresh_failed(error);
        }
    }

    /// Whether the answer says for good that there is nothing to renew.
    fn is_refusal(&mut self, outcome: &Result<Answer, Failure>) -> bool {
        let Ok(answer) = outcome else {
            return false;
        };
        if self.is_visitor() && answer.says_nobody() {
            return true;
        }
        match answer.refusal(self.cx.config().cookie_bound()) {
            Refusal::Definite => true,
            Refusal::Likely => self.refresh.is_refused_again(),
            Refusal::No => false,
        }
    }

    /// Somebody of whom nothing is known here, where a cookie may know more.
    pub(super) fn is_visitor(&self) -> bool {
        self.session.status() != Status::SignedIn && self.session.held().is_none()
    }

    /// What a login or a refresh was answered.
    pub(super) fn read_credentials(
        &mut self,
        flight: &Flight,
        outcome: &Result<Answer, Failure>,
    ) -> Result<Box<Credentials>, AuthError> {
        let now = self.cx.now();
        let body = match Reading::of(outcome, now) {
            Reading::Json(body) => body,
            Reading::Nothing => Json::null(),
            // Whether a login that sends on has begun a session `me` tells.
            Reading::Failed(error)
                if self.cx.is_session_mode()
                    && error.code == Code::ResponseInvalid
                    && matches!(error.status, Some(300..=399)) =>
            {
                Json::null()
            }
            Reading::Failed(error) => return Err(error),
        };
        let answer = outcome.as_ref().map_err(|failure| *failure)?;
        let fields = &self.cx.config().fields;
        if denies(&body) && access_in(&body, fields).is_none() {
            return Err(answer.error(Some(&body), now));
        }
        if !self.cx.is_session_mode() {
            return read_tokens(&body, answer, flight.sent, &mut self.cx);
        }
        let user =
            read_user(&body, fields).filter(|user| subject_of_user(&self.cx, user).is_named());
        Ok(self.session_credentials(user, &body))
    }

    /// What session mode holds: no token, but perhaps the end of the session.
    pub(super) fn session_credentials(&self, user: Option<Json>, body: &Json) -> Box<Credentials> {
        let server_now = self.cx.server_now();
        Box::new(Credentials {
            access: None,
            refresh: None,
            is_lent: false,
            ends_at: end(body, None, &self.cx.config().fields, server_now),
            issued_at: server_now,
            claims: None,
            user,
        })
    }

    /// A login or logout of another tab may have come between, and wins.
    fn take_renewal(&mut self, flight: Flight, credentials: Box<Credentials>) {
        if self.logout.is_noted() {
            let subject = subject_of(&self.cx, &credentials).hash();
            if self.ends_noted(flight, subject, credentials.access.clone()) {
                self.rest();
                self.ask_about_logout();
                return;
            }
        }
        if self.is_disposed() || !self.may_use_store() {
            self.commit(credentials);
        } else {
            self.confirm_first(Answered::Brought(credentials));
        }
    }

    pub(super) fn confirm_first(&mut self, answer: Answered) {
        self.refresh.enter(&self.cx, Step::Confirm(Some(answer)));
        self.load(Purpose::Confirm);
    }

    pub(super) fn confirm(&mut self, stored: Stored) {
        let Some(answer) = self.refresh.take_confirmed() else {
            return;
        };
        match stored {
            Stored::Session(record) if self.session.is_news(&record) => {
                let is_other = self.is_record_of_another(&record);
                self.adopt(*record);
                self.rest_with_news(is_other);
            }
            // Newer ones have been adopted since it was sent.
            _ if self.refresh.renews() != self.session.holding() => {
                self.renewed(false);
                self.rest();
            }
            stored => match answer {
                Answered::Brought(_) if self.was_ended(&stored) => {}
                Answered::Brought(credentials) => {
                    // One that has waited for long finds the note of who renews now.
                    if matches!(&stored, Stored::Attempt(attempt) if Some(attempt.as_str()) != self.refresh.attempt())
                    {
                        self.refresh.forget_attempt();
                    }
                    self.commit(credentials);
                }
                Answered::Refused => self.refused(),
            },
        }
    }

    fn commit(&mut self, mut credentials: Box<Credentials>) {
        if self.me.waits_for_renewal() && credentials.user.is_none() {
            // It renewed a cookie: whose it is, `me` says.
            self.refresh.succeeded();
            self.cx.note("refreshed");
            self.start_me();
            self.rest();
            return;
        }
        let is_other = self.is_renewed_by_another(&credentials);
        // Two tabs that were told of one person in different ways would ask in turns, each as the other has told it.
        let is_no_news =
            self.session.doubted().is_some() && !is_other && self.session.is_signed_in();
        if !self.refresh.is_stale() {
            self.session.believe();
        }
        if self.cx.is_session_mode() {
            self.me.answered(&self.cx);
        }
        if let Some(old) = self.session.take_held()
            && !is_other
        {
            // RFC 6749 §6: without a new refresh token, the old one stays good.
            credentials.user = lasting_user(&credentials, &old)
                .or(credentials.user)
                .or(old.user);
            credentials.is_lent = credentials.refresh.is_none() && old.is_lent;
            credentials.refresh = credentials.refresh.or(old.refresh);
        }
        self.clear_attempt();
        self.refresh.succeeded();
        self.session.hold(&mut self.cx, credentials);
        self.refresh.enter(&self.cx, Step::Commit);
        self.cx
            .note_value("refreshed", self.session.generation_value());
        // Another tab's login that is told of, and yet to be seen, is not to be overwritten.
        let may_write = !self.reads.expects_another(self.session.login_time());
        let writes = may_write && self.save() && !self.reads.hangs();
        self.renewed(is_other);
        if !is_no_news {
            self.tell(Word::Refreshed);
        }
        // `renewed` may have ended the session again, or the client may be gone.
        if !writes && self.refresh.is_committing() {
            self.rest();
        }
    }

    /// Whether a refresh has brought somebody else. Where the answer does not tell, it is whoever a tab says has signed in since.
    fn is_renewed_by_another(&self, credentials: &Credentials) -> bool {
        let is_doubted = self
            .session
            .doubted()
            .is_some_and(|who| who == 0 || who != self.session.subject(&self.cx).hash());
        self.session
            .is_of_another(&self.cx, credentials, !is_doubted)
    }

    pub(super) fn is_record_of_another(&self, record: &Record) -> bool {
        let is_same_session = record.login == self.session.login_time();
        let sub = |held: &Credentials| held.claims.as_ref()?.get("sub");
        let held = self.session.held().and_then(sub);
        // What is nearly always so is looked at first.
        if is_same_session && held.is_some() && held == sub(&record.credentials) {
            return false;
        }
        self.session
            .is_of_another(&self.cx, &record.credentials, is_same_session)
    }

    /// The held credentials are newer than those the callers know.
    pub(super) fn renewed(&mut self, is_other: bool) {
        let event = match self.snapshot().status {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn if is_other => Event::SubjectChanged,
            Status::SignedIn => Event::Refreshed,
        };
        self.session.is_signed_in_now();
        if event == Event::SubjectChanged {
            self.change_hands();
        }
        self.session.set_due_timer(&self.cx);
        self.session.publish(&mut self.cx, event);
        self.fetch_missing_user();
        self.resume_calls(&End::Renewed);
        // A start waits for who it is, where only `me` says so.
        if self.cx.config().user != UserSource::Me || !self.me.is_out() {
            self.settle_ready();
        }
    }

    /// What was begun belongs to somebody else.
    pub(super) fn release_superseded(&mut self) {
        let error = AuthError::new(Code::Superseded);
        self.calls.release(&mut self.cx, &error);
    }

    /// Once the last of what is to be written is.
    pub(super) fn on_refresh_saved(&mut self) {
        if self.cx.writing().is_some() {
            return;
        }
        if self.refresh.is_committing() {
            self.rest();
        } else if self.refresh.is_noting() {
            self.send_refresh(false);
        }
    }

    /// Another tab has renewed.
    pub(super) fn rest_with_news(&mut self, is_other: bool) {
        self.cx
            .note_value("adopted", self.session.generation_value());
        self.renewed(is_other);
        self.rest();
    }

    pub(super) fn refused(&mut self) {
        self.clear_attempt();
        // So that `end_locally` finds nothing under way.
        let lost = self.refresh.refused();
        self.session.believe();
        let reason = self.logout.is_noted().then_some(Reason::Logout);
        self.drop_note();
        match self.session.status() {
            // Hybrid: there was no session to restore.
            Status::Restoring if self.session.held().is_none() => {
                self.known_to_be_nobody(reason);
            }
            Status::SignedOut => {
                let reason = self.session.reason();
                self.resume_calls(&End::Over(reason));
            }
            Status::Restoring | Status::SignedIn => {
                let reason = match (self.cx.config().mode, lost) {
                    (_, true) => Reason::RefreshOutcomeUnknown,
                    (Mode::Session, _) => Reason::SessionEnded,
                    _ => Reason::RefreshRefused,
                };
                self.end_everywhere(reason);
            }
        }
        self.resume_queued_login();
    }
}

/// The user as it was, where the answer tells nothing of its own but a token of the same subject:
/// many backends give the profile at login only.
fn lasting_user(new: &Credentials, old: &Credentials) -> Option<Json> {
    let of_claims = |held: &Credentials| held.claims.as_ref().map(user_of_claims);
    let told_anew = new.user.is_some() && new.user != of_claims(new);
    let was_told = old.user != of_claims(old);
    (was_told && !told_anew).then(|| old.user.clone()).flatten()
}
