//! Asking the `me` endpoint who is signed in, and the CSRF endpoint for a token.

use crate::core::calls::End;
use crate::core::context::flight::{Flight, Purpose};
use crate::core::engine::state::Engine;
use crate::core::port::answer::{Answer, Failure};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::RequestId;
use crate::core::port::request::HttpRequest;
use crate::core::port::shown::{Event, Reason, Status};
use crate::core::wire::reading::Reading;
use crate::core::wire::tokens::read_user;
use crate::json::Json;

impl Engine {
    pub(crate) fn start_me(&mut self) {
        let Some(url) = self.cx.config().endpoints.me.clone() else {
            return;
        };
        if self.me.asks_in(self.session.epoch()) {
            return;
        }
        let mut http = HttpRequest::new("GET", url);
        http.headers.extend(self.session.bearer_header(&self.cx));
        http.include_credentials = self.cx.is_session_mode();
        http.follow = true;
        let flight = self.send(http, false);
        self.me.asked(flight);
    }

    /// Tokens may say nothing of their bearer.
    pub(crate) fn fetch_missing_user(&mut self) {
        let is_missing = self.session.held().is_some_and(|held| held.user.is_none());
        if !self.cx.is_session_mode() && is_missing {
            self.start_me();
        }
    }

    pub(crate) fn on_me_timeout(&mut self) {
        self.me_unknown(Failure::Timeout.into());
    }

    pub(crate) fn take_me_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if flight.epoch != self.session.epoch() {
            self.cx.note("answer of another session dropped");
            // A login that is accepted waits for its own.
            if self.login.awaits_user() {
                self.start_me();
            }
            return;
        }
        match Reading::of(outcome, self.cx.now()) {
            Reading::Json(body) => match read_user(&body, &self.cx.config().fields) {
                Some(user) => self.me_is(user, &body),
                None => self.me_is_nobody(),
            },
            Reading::Nothing => self.me_is_nobody(),
            Reading::Failed(error) if error.is_definite_refusal() => self.me_is_nobody(),
            Reading::Failed(error) => self.me_unknown(error),
        }
    }

    fn me_is(&mut self, user: Json, body: &Json) {
        if self.login.awaits_user() {
            if self.login_is_of_another(&user) {
                self.login_without_cookie();
            } else {
                self.finish_login(Some(user));
            }
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if !self.cx.is_session_mode() {
            if self.session.held().is_some() {
                self.session.set_user(user);
                self.save_if_current();
                self.session.publish(&mut self.cx, Event::UserChanged);
            }
            self.end_of_asking(&End::Unchanged);
            return;
        }
        self.refresh.recover();
        let event = match self.session.status() {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn if self.session.is_same_subject(Some(&user)) => Event::UserChanged,
            Status::SignedIn => Event::SubjectChanged,
        };
        if matches!(event, Event::SignedIn | Event::SubjectChanged) {
            self.session.next_epoch();
            self.csrf.forget();
            let error = AuthError::new(Code::Superseded);
            self.calls.release(&mut self.cx, &error);
        }
        let mut credentials = self.session_credentials(Some(user), body);
        if event == Event::UserChanged {
            if let Some(held) = self.session.held() {
                // Some tell it at login only.
                credentials.ends_at = credentials.ends_at.or(held.ends_at);
                if credentials.ends_at == held.ends_at {
                    credentials.issued_at = held.issued_at;
                }
            }
            self.session.hold_same(&mut self.cx, credentials);
        } else {
            self.session.hold(&mut self.cx, credentials);
        }
        self.session.publish(&mut self.cx, event);
        self.resume_calls(&End::Unchanged);
        self.settle_ready();
    }

    fn me_is_nobody(&mut self) {
        if !self.cx.is_session_mode() {
            // A token that the API may take, though `me` does not.
            self.finish_login(None);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if self.login.awaits_user() {
            self.login_without_cookie();
        }
        self.refresh.recover();
        match self.session.status() {
            Status::Restoring => self.known_to_be_nobody(None),
            Status::SignedIn => {
                self.resume_calls(&End::Over(Some(Reason::SessionEnded)));
                self.end_everywhere(Reason::SessionEnded);
            }
            Status::SignedOut => self.resume_calls(&End::Over(self.session.reason())),
        }
    }

    fn me_unknown(&mut self, error: AuthError) {
        if self.login.awaits_user() {
            // Signed in all the same; who it is will be asked again.
            self.finish_login(None);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if !self.cx.is_session_mode() {
            self.cx.note_error("me not answered", &error);
            let mut unavailable = AuthError::new(Code::RefreshUnavailable);
            unavailable.status = error.status;
            self.end_of_asking(&End::Unavailable(
                unavailable.with_detail(error.code.as_str()),
            ));
            return;
        }
        if self.refresh.is_under_way() {
            self.cx.note_error("me not answered", &error);
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

    // The CSRF endpoint.

    pub(crate) fn fetch_csrf(&mut self) {
        let of = (self.session.epoch(), self.session.generation());
        self.csrf.fetch(&mut self.cx, of);
    }

    pub(crate) fn park(&mut self, purpose: Purpose, is_retry: bool) {
        let of = (self.session.epoch(), self.session.generation());
        self.csrf.park(&mut self.cx, of, purpose, is_retry);
    }

    pub(crate) fn take_csrf_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if flight.epoch != self.session.epoch() {
            // Of the session before: the server may have chosen another since.
            if self.csrf.has_parked() || self.calls.wait_for_csrf() {
                self.fetch_csrf();
            }
            return;
        }
        if let Err(error) = self.csrf.read(&self.cx, outcome) {
            self.csrf_failed(&error);
            return;
        }
        self.cx.note("csrf token fetched");
        for (purpose, is_retry) in self.csrf.take_parked() {
            match purpose {
                Purpose::Login => self.send_login(is_retry),
                Purpose::Logout => self.send_logout(is_retry),
                Purpose::Refresh => self.resume_refresh_after_csrf(is_retry),
            }
        }
        self.resume_calls_after_csrf(None);
    }

    pub(crate) fn csrf_failed(&mut self, error: &AuthError) {
        self.cx.note_error("no csrf token", error);
        for (purpose, _) in self.csrf.take_parked() {
            match purpose {
                Purpose::Login => self.login_failed(error.clone()),
                Purpose::Logout => self.logout_untold(),
                Purpose::Refresh => self.fail_refresh_without_csrf(error),
            }
        }
        self.resume_calls_after_csrf(Some(error));
    }

    /// Sends a request of our own.
    pub(crate) fn send(&mut self, http: HttpRequest, is_csrf_retry: bool) -> Flight {
        let of = (self.session.epoch(), self.session.generation());
        self.cx.send(http, of, (is_csrf_retry, self.csrf.version()))
    }

    /// Whose answer it is: nobody's if the request was given up.
    pub(crate) fn on_answered(&mut self, request: RequestId, outcome: &Result<Answer, Failure>) {
        if let Some(flight) = self.refresh.take_late(request) {
            self.take_late_answer(flight, outcome);
        } else if let Some(flight) = self.refresh.flight_of(request) {
            self.take_answer(flight, outcome);
        } else if let Some(flight) = self.login.flight_of(request) {
            self.take_login_answer(flight, outcome);
        } else if let Some(flight) = self.logout.flight_of(request) {
            self.take_logout_answer(flight, outcome);
        } else if let Some(flight) = self.me.take(request) {
            self.take_me_answer(flight, outcome);
        } else if let Some(flight) = self.csrf.take(request) {
            self.take_csrf_answer(flight, outcome);
        }
    }
}
