//! Asking the `me` endpoint who is signed in.

use crate::json::Json;

use super::answer::{Answer, Failure, Reading};
use super::call::End;
use super::effect::HttpRequest;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{Flight, RequestId};
use super::session::{Epoch, Event, Reason, Status};
use super::timer::Timer;
use super::token_answer::read_user;

impl Engine {
    pub(super) fn start_me(&mut self) {
        let Some(url) = self.config.endpoints.me.clone() else {
            return;
        };
        if self.me.is_some_and(|me| me.epoch == self.epoch) {
            return;
        }
        let mut http = HttpRequest::new("GET", url);
        http.headers.extend(self.bearer_header());
        http.include_credentials = self.is_session_mode();
        http.follow = true;
        self.me = Some(self.send(http, Timer::Me, false));
    }

    /// Tokens may say nothing of their bearer.
    pub(super) fn fetch_missing_user(&mut self) {
        if !self.is_session_mode() && self.held.as_ref().is_some_and(|held| held.user.is_none()) {
            self.start_me();
        }
    }

    pub(super) fn on_me_timeout(&mut self) {
        if self.me.take().is_some() {
            self.me_unknown(Failure::Timeout.into());
        }
    }

    /// True: it was the `me` endpoint's.
    pub(super) fn take_me_answer(
        &mut self,
        request: RequestId,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        let Some(epoch) = Flight::epoch_of(self.me.as_ref(), request) else {
            return false;
        };
        self.me = None;
        self.timers.clear(Timer::Me);
        if epoch != self.epoch {
            // Of another session. A login that is accepted waits for its own.
            if self.login_awaits_user() {
                self.start_me();
            }
            return true;
        }
        match Reading::of(outcome, self.now) {
            Reading::Json(body) => match read_user(&body, &self.config.fields) {
                Some(user) => self.me_is(user, &body),
                None => self.me_is_nobody(),
            },
            Reading::Nothing => self.me_is_nobody(),
            Reading::Failed(error) if error.is_definite_refusal() => self.me_is_nobody(),
            Reading::Failed(error) => self.me_unknown(error),
        }
        true
    }

    fn me_is(&mut self, user: Json, body: &Json) {
        if self.login_awaits_user() {
            if self.login_is_of_another(&user) {
                self.login_without_cookie();
            } else {
                self.finish_login(Some(user));
            }
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if !self.is_session_mode() {
            if let Some(held) = &mut self.held {
                held.user = Some(user);
                self.save_if_current();
                self.publish(Event::UserChanged);
            }
            self.end_of_asking(&End::Unchanged);
            return;
        }
        self.end_cooldown();
        let event = match self.status {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn if self.is_same_subject(Some(&user)) => Event::UserChanged,
            Status::SignedIn => Event::SubjectChanged,
        };
        if matches!(event, Event::SignedIn | Event::SubjectChanged) {
            self.epoch = Epoch(self.epoch.0.wrapping_add(1));
            self.csrf.forget();
            self.release_calls(&AuthError::new(Code::Superseded));
        }
        let mut credentials = self.session_credentials(Some(user), body);
        if let (Event::UserChanged, Some(held)) = (event, &self.held) {
            // Some tell it at login only.
            credentials.ends_at = credentials.ends_at.or(held.ends_at);
            if credentials.ends_at == held.ends_at {
                credentials.issued_at = held.issued_at;
            }
        }
        // The credential is the cookie, and that has not changed for those who are under way.
        let (generation, holding) = (self.generation, self.holding);
        self.hold(credentials);
        if event == Event::UserChanged {
            self.generation = generation;
            self.holding = holding;
        }
        self.publish(event);
        self.resume_calls(&End::Unchanged);
        self.settle_ready();
    }

    fn me_is_nobody(&mut self) {
        if !self.is_session_mode() {
            // A token that the API may take, though `me` does not.
            self.finish_login(None);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if self.login_awaits_user() {
            self.login_without_cookie();
        }
        self.end_cooldown();
        match self.status {
            Status::Restoring => self.known_to_be_nobody(None),
            Status::SignedIn => {
                self.resume_calls(&End::Over(Some(Reason::SessionEnded)));
                self.end_everywhere(Reason::SessionEnded);
            }
            Status::SignedOut => self.resume_calls(&End::Over(self.reason)),
        }
    }

    fn me_unknown(&mut self, error: AuthError) {
        if self.login_awaits_user() {
            // Signed in all the same; who it is will be asked again.
            self.finish_login(None);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if !self.is_session_mode() {
            self.note_error("me not answered", &error);
            let mut unavailable = AuthError::new(Code::RefreshUnavailable);
            unavailable.status = error.status;
            self.end_of_asking(&End::Unavailable(
                unavailable.with_detail(error.code.as_str()),
            ));
            return;
        }
        if self.refresh.is_under_way() {
            self.note_error("me not answered", &error);
            return;
        }
        self.cool_off(error);
    }

    /// With a token that nothing renews, `refresh()` waits for this.
    fn end_of_asking(&mut self, end: &End) {
        if !self.can_refresh() {
            self.resume_calls(end);
        }
    }

    pub(super) fn end_cooldown(&mut self) {
        if self.refresh.is_cooling() {
            self.timers.clear(Timer::Cooldown);
            self.refresh.recovered();
        }
    }
}
