//! What the answer to a refresh comes to.

use crate::json::Json;

use super::answer::{Answer, Failure, Reading};
use super::call::End;
use super::config::Mode;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{Flight, RequestId};
use super::record::Stored;
use super::refresh::Phase;
use super::restore::LoadFor;
use super::session::{
    Credentials, Epoch, Event, Reason, Status, StorageState, subject_of, user_of_claims,
};
use super::tabs::Word;
use super::timer::Timer;
use super::token_answer::{end, read_tokens, read_user};

impl Engine {
    /// True: it was the refresh's.
    pub(super) fn take_refresh_answer(
        &mut self,
        request: RequestId,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        if self
            .refresh
            .late
            .is_some_and(|late| late.request == request)
        {
            self.take_late_answer(outcome);
            return true;
        }
        match self.refresh.phase {
            Phase::Sent(flight) if flight.request == request => {
                self.timers.clear(Timer::Refresh);
                self.take_answer(flight, outcome);
                true
            }
            _ => false,
        }
    }

    /// Given up on, and there it is. What it brings is still the newest, if nothing came since.
    pub(super) fn take_late_answer(&mut self, outcome: &Result<Answer, Failure>) {
        let Some(flight) = self.refresh.late.take() else {
            return;
        };
        if self.is_of_now(&flight)
            && let Ok(credentials) = self.read_credentials(&flight, outcome)
        {
            self.note("late refresh answer taken");
            self.timers.clear(Timer::Cooldown);
            self.take_renewal(credentials);
        }
    }

    /// Neither has the session changed hands since, nor have newer credentials been adopted, which its answer is older than.
    pub(super) fn is_of_now(&self, flight: &Flight) -> bool {
        (flight.epoch, flight.generation) == (self.epoch, self.generation)
    }

    pub(super) fn take_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if !self.is_of_now(&flight) || self.refresh.is_stale {
            self.end_superseded();
            return;
        }
        self.refresh.lost |= outcome.is_err();
        let error = match self.read_credentials(&flight, outcome) {
            Ok(credentials) => {
                self.take_renewal(credentials);
                return;
            }
            Err(error) => error,
        };
        if self.csrf_may_help(&error, &flight, outcome) {
            self.send_refresh(true);
        } else if error.is_definite_refusal() {
            self.note_error("refresh refused", &error);
            if self.config.stores_tokens() && self.storage == StorageState::Ok {
                self.refresh.phase = Phase::Confirm;
                self.load(LoadFor::Confirm);
            } else {
                self.refused();
            }
        } else {
            self.cool_off(error);
        }
    }

    /// What a login or a refresh was answered.
    pub(super) fn read_credentials(
        &mut self,
        flight: &Flight,
        outcome: &Result<Answer, Failure>,
    ) -> Result<Box<Credentials>, AuthError> {
        let fields = &self.config.fields;
        match (Reading::of(outcome, self.now), outcome) {
            (Reading::Json(body), _) if self.is_session_mode() => {
                let user = read_user(&body, fields).filter(|user| subject_of(user).is_some());
                Ok(self.session_credentials(user, &body))
            }
            (Reading::Json(body), Ok(answer)) => {
                read_tokens(&body, answer, flight, fields, &mut self.clock, self.now)
            }
            (Reading::Nothing, _) if self.is_session_mode() => {
                Ok(self.session_credentials(None, &Json::null()))
            }
            (Reading::Failed(error), _) => Err(error),
            _ => Err(AuthError::new(Code::ResponseInvalid)),
        }
    }

    /// What session mode holds: no token, but perhaps the end of the session.
    pub(super) fn session_credentials(&self, user: Option<Json>, body: &Json) -> Box<Credentials> {
        let server_now = self.clock.server(self.now);
        Box::new(Credentials {
            access: None,
            refresh: None,
            ends_at: end(body, None, &self.config.fields, server_now),
            issued_at: server_now,
            claims: None,
            user,
        })
    }

    pub(super) fn commit(&mut self, mut credentials: Box<Credentials>) {
        let old = self.held.take();
        let old_user = old.as_ref().and_then(|old| old.user.clone());
        if let Some(old) = old {
            // RFC 6749 §6: without a new refresh token, the old one stays good.
            credentials.user = lasting_user(&credentials, &old)
                .or(credentials.user)
                .or(old.user);
            credentials.refresh = credentials.refresh.or(old.refresh);
        }
        self.clear_attempt();
        self.refresh.forget_attempt();
        self.refresh.failures = 0;
        self.refresh.error = None;
        self.hold(credentials);
        self.refresh.phase = Phase::Commit;
        self.note_value("refreshed", self.generation_value());
        let writes = self.save();
        if writes {
            self.bound(Timer::Refresh);
        }
        self.renewed(old_user.as_ref());
        self.tell(Word::Refreshed);
        // `renewed` may have ended the session again, or the client may be gone.
        if !writes && matches!(self.refresh.phase, Phase::Commit) {
            self.rest();
        }
    }

    /// The held credentials are newer than those the callers know.
    pub(super) fn renewed(&mut self, old_user: Option<&Json>) {
        let event = match self.snapshot().status {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn => {
                let same = old_user.is_none() || self.is_same_subject(old_user);
                if same {
                    Event::Refreshed
                } else {
                    Event::SubjectChanged
                }
            }
        };
        self.status = Status::SignedIn;
        self.reason = None;
        if event == Event::SubjectChanged {
            self.change_hands();
        }
        self.set_due_timer();
        self.publish(event);
        self.fetch_missing_user();
        self.resume_calls(&End::Renewed);
        self.settle_ready();
    }

    /// What was begun belongs to somebody else than who is signed in now.
    pub(super) fn change_hands(&mut self) {
        self.epoch = Epoch(self.epoch.0.wrapping_add(1));
        self.release_calls(&AuthError::new(Code::Superseded));
    }

    pub(super) fn on_refresh_saved(&mut self) {
        match self.refresh.phase {
            Phase::Commit => self.rest(),
            Phase::Noting => {
                self.timers.clear(Timer::Refresh);
                self.send_refresh(false);
            }
            _ => {}
        }
    }

    /// A login or logout of another tab may have come between, and wins.
    pub(super) fn take_renewal(&mut self, credentials: Box<Credentials>) {
        if self.disposed || !self.may_use_store() {
            self.commit(credentials);
            return;
        }
        self.refresh.answer = Some(credentials);
        self.refresh.phase = Phase::Confirm;
        self.load(LoadFor::Confirm);
    }

    pub(super) fn confirm(&mut self, stored: Stored) {
        if !matches!(self.refresh.phase, Phase::Confirm) {
            return;
        }
        let answer = self.refresh.answer.take();
        match stored {
            Stored::Session(record) if self.is_news(&record) => {
                let old = self.held.as_ref().and_then(|held| held.user.clone());
                self.adopt(*record);
                self.rest_with_news(old.as_ref());
            }
            stored => match answer {
                Some(_) if self.was_ended(&stored) => {}
                Some(credentials) => self.commit(credentials),
                None => self.refused(),
            },
        }
    }

    /// Another tab has renewed.
    pub(super) fn rest_with_news(&mut self, old_user: Option<&Json>) {
        self.note_value("adopted", self.generation_value());
        self.renewed(old_user);
        self.rest();
    }

    pub(super) fn refused(&mut self) {
        let lost = std::mem::take(&mut self.refresh.lost);
        self.clear_attempt();
        self.refresh.attempt = None;
        self.refresh.failures = 0;
        // So that `end_locally` finds nothing under way.
        self.refresh.phase = Phase::Idle;
        match self.status {
            // Hybrid: there was no session to restore.
            Status::Restoring if self.held.is_none() => {
                self.known_to_be_nobody(None);
                self.resume_queued_login();
            }
            Status::SignedOut => self.resume_queued_login(),
            Status::Restoring | Status::SignedIn => {
                let reason = match (self.config.mode, lost) {
                    (_, true) => Reason::RefreshOutcomeUnknown,
                    (Mode::Session, _) => Reason::SessionEnded,
                    _ => Reason::RefreshRefused,
                };
                self.end_everywhere(reason);
                self.resume_queued_login();
            }
        }
    }
}

/// The user as it was, where the answer tells nothing of its own but a token of the same subject:
/// many backends give the profile at login only.
fn lasting_user(new: &Credentials, old: &Credentials) -> Option<Json> {
    let of_claims = |held: &Credentials| held.claims.as_ref().map(user_of_claims);
    let told_anew = new.user.is_some() && new.user != of_claims(new);
    if told_anew || old.user == of_claims(old) {
        return None;
    }
    let subject = |held: &Credentials| held.claims.as_ref().and_then(subject_of);
    match (subject(old), subject(new)) {
        (Some(old), Some(new)) if old != new => None,
        _ => old.user.clone(),
    }
}
