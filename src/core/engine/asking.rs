//! Asking the `me` endpoint who is signed in, and the CSRF endpoint for a token.

use crate::core::auth::me::Asked;
use crate::core::calls::End;
use crate::core::context::flight::{Flight, Purpose};
use crate::core::engine::state::Engine;
use crate::core::identity::subject::Same;
use crate::core::options::config::{Csrf, CsrfSource, UserSource};
use crate::core::port::answer::{Answer, Failure};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::RequestId;
use crate::core::port::message::Word;
use crate::core::port::request::{HttpRequest, Redirects, RequestKind};
use crate::core::port::shown::{Event, Reason, Status};
use crate::core::session::whose::subject_of_user;
use crate::core::wire::reading::Reading;
use crate::core::wire::tokens::read_user;
use crate::json::Json;

impl Engine {
    pub(super) fn start_me(&mut self) {
        self.ask_me(false, false);
    }

    fn ask_me(&mut self, takes_redirects: bool, is_about_token: bool) {
        let Some(url) = self.cx.config().endpoints.me.clone() else {
            return;
        };
        if self.me.asks_in(self.session.epoch()) {
            return;
        }
        let mut http = HttpRequest::new(RequestKind::Me, "GET", url);
        let bearer = self.session.bearer_header(&self.cx);
        let has_credential = bearer.is_some() || self.cx.is_session_mode();
        http.redirects = if takes_redirects {
            Redirects::Answer
        } else if has_credential && self.cx.config().refuses_redirects() {
            Redirects::Refuse
        } else {
            Redirects::Follow
        };
        http.headers.extend(bearer);
        http.include_credentials = self.cx.is_session_mode();
        http.tokens.access = self.session.bearer();
        let flight = self.send(http, false);
        self.me.asked(Asked {
            flight,
            takes_redirects,
            is_about_token,
        });
    }

    /// An API has refused a token whose end lies ahead, and nothing renews it: perhaps it was refused for another reason.
    /// False: there is nobody to ask.
    pub(super) fn ask_about_token(&mut self) -> bool {
        let may = self.cx.config().endpoints.me.is_some() && !self.session.has_ended(&self.cx);
        if may {
            self.ask_me(false, true);
        }
        may
    }

    /// Tokens may say nothing of their bearer.
    pub(super) fn fetch_missing_user(&mut self) {
        if !self.cx.is_session_mode() && self.session.lacks_user() {
            self.start_me();
        }
    }

    pub(super) fn take_me_answer(&mut self, asked: Asked, outcome: &Result<Answer, Failure>) {
        if asked.flight.epoch != self.session.epoch() {
            self.cx.note("answer for another session dropped");
            // A login that is accepted waits for its own.
            if self.login.awaits_user() {
                self.start_me();
            }
            return;
        }
        let is_cut_off = matches!(outcome, Err(Failure::Network)) && self.cx.is_session_mode();
        if is_cut_off && !asked.takes_redirects {
            // Who sends to a login page of another origin looks like no network at all.
            self.ask_me(true, false);
            return;
        }
        let reading = Reading::of(outcome, self.cx.now());
        if let Reading::Json(body) = &reading
            && let Some(user) = read_user(body, &self.cx.config().fields)
        {
            self.me.answered(&self.cx);
            self.me_is(asked.flight, user, body);
            return;
        }
        let is_nobody = match (&reading, outcome) {
            (Reading::Json(_) | Reading::Nothing, _) => true,
            (_, Ok(answer)) if self.session.is_signed_in() => answer.ends_session(),
            (_, Ok(answer)) => answer.says_nobody(),
            (_, Err(_)) => false,
        };
        if is_nobody && self.renews_before_nobody() {
            self.cx
                .note("me answered nobody; the session is renewed first");
            self.start_refresh();
        } else if is_nobody {
            self.me.answered(&self.cx);
            let mut absent = None;
            if let Reading::Failed(error) = reading {
                let error = self.unquoted(error);
                self.session.ended_by(&error);
                absent = Some(error).filter(|error| is_absent(outcome, error));
            }
            self.me_is_nobody(asked, absent);
        } else if let Reading::Failed(error) = reading {
            self.me_unknown(error);
        }
    }

    /// The access token may be a cookie that has ended, beside one that renews it.
    fn renews_before_nobody(&mut self) -> bool {
        let may = self.cx.is_session_mode()
            && self.can_refresh()
            && self.refresh.is_idle()
            && !self.login.is_under_way()
            && !self.logout.is_noted();
        may && self.me.renews_once()
    }

    fn me_is(&mut self, flight: Flight, user: Json, body: &Json) {
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
            let is_asked_for = match self.cx.config().user {
                UserSource::Usual | UserSource::Me => true,
                UserSource::Token | UserSource::Answer => self.session.lacks_user(),
            };
            if self.session.held().is_some() && is_asked_for {
                let was_nobody = self.session.lacks_user();
                self.session.set_user(user);
                self.save_if_current();
                self.session.publish(&mut self.cx, Event::UserChanged);
                if was_nobody && self.cx.config().session_by_cookie() {
                    // Whose the cookie is could not be told before.
                    self.tell(Word::Refreshed);
                }
            }
            self.end_of_asking(&End::Unchanged);
            return;
        }
        self.session.believe();
        self.refresh.recover();
        let subject = subject_of_user(&self.cx, &user);
        if self.ends_noted(flight, subject.hash(), None) {
            self.ask_about_logout();
            return;
        }
        let held = self.session.subject(&self.cx);
        let event = match self.session.status() {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn if held.is_nobody() || held.same(&subject) == Same::Yes => {
                Event::UserChanged
            }
            Status::SignedIn => Event::SubjectChanged,
        };
        if matches!(event, Event::SignedIn | Event::SubjectChanged) {
            self.session.next_epoch();
            self.csrf.forget();
        }
        if event == Event::SubjectChanged {
            self.release_superseded();
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
        if event != Event::UserChanged {
            // It may have begun by a page of the backend, which tells nobody.
            self.tell(Word::Refreshed);
        }
    }

    /// `absent`: it looks as if there were no such endpoint.
    fn me_is_nobody(&mut self, asked: Asked, absent: Option<AuthError>) {
        if !self.cx.is_session_mode() {
            if asked.is_about_token {
                self.end_everywhere(Reason::TokenExpired);
                return;
            }
            // A token that the API may take, though `me` does not.
            self.finish_login(None);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if self.login.awaits_user() {
            // Whoever another tab has told of since may have come after this answer.
            match absent {
                Some(mut error) => {
                    error.code = Code::ResponseInvalid;
                    let url = self.cx.config().endpoints.me.as_ref();
                    self.login_failed(error.about(" (GET ", url));
                }
                None => self.login_without_cookie(),
            }
        } else {
            self.session.believe();
        }
        self.refresh.recover();
        let since_logout = self.logout.is_noted().then_some(Reason::Logout);
        self.drop_note();
        match self.session.status() {
            Status::Restoring => self.known_to_be_nobody(since_logout),
            Status::SignedIn => {
                self.resume_calls(&End::Over(Some(Reason::SessionEnded)));
                self.end_everywhere(Reason::SessionEnded);
            }
            Status::SignedOut => self.resume_calls(&End::Over(self.session.reason())),
        }
    }

    fn me_unknown(&mut self, error: AuthError) {
        let error = error.about(" (GET ", self.cx.config().endpoints.me.as_ref());
        if self.login.awaits_user() {
            // Signed in all the same; who it is will be asked again.
            self.finish_login(None);
            self.ask_missing_user_later(&error);
            self.end_of_asking(&End::Unchanged);
            return;
        }
        if !self.cx.is_session_mode() {
            self.cx.note_error("me not answered", &error);
            self.ask_missing_user_later(&error);
            let error = self.unquoted(error).made_unavailable();
            self.end_of_asking(&End::Unavailable(error));
            return;
        }
        if self.refresh.is_under_way() {
            self.cx.note_error("me not answered", &error);
            return;
        }
        self.cool_off(error);
    }

    fn ask_missing_user_later(&mut self, error: &AuthError) {
        if self.session.lacks_user() {
            self.me.ask_later(&mut self.cx, error.retry_after);
        }
    }

    /// With a token that nothing renews, `refresh()` waits for this; and a start may. So does a `refresh()` that had waited for a
    /// flight of the session before.
    fn end_of_asking(&mut self, end: &End) {
        self.settle_ready();
        if self.can_refresh() {
            self.resume_waiting();
        } else {
            self.resume_calls(end);
        }
    }

    // The CSRF endpoint.

    pub(super) fn fetch_csrf(&mut self) {
        let of = (self.session.epoch(), self.session.generation());
        self.csrf.fetch(&mut self.cx, of);
    }

    pub(super) fn park(&mut self, purpose: Purpose, is_retry: bool) {
        let of = (self.session.epoch(), self.session.generation());
        self.csrf.park(&mut self.cx, of, purpose, is_retry);
    }

    fn take_csrf_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if flight.epoch != self.session.epoch() {
            // Of the session before: the server may have chosen another since.
            if self.csrf.has_parked() || self.calls.wait_for_csrf() {
                self.fetch_csrf();
            }
            return;
        }
        if let Err(error) = self.csrf.read(&self.cx, outcome) {
            let has_none = error.code == Code::CsrfFailed
                || matches!(outcome, Ok(answer) if answer.says_nobody());
            if has_none && self.refresh.is_at_csrf() && self.is_visitor() {
                // As by the refresh endpoint.
                self.refused();
            }
            self.csrf_failed(error);
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

    pub(super) fn csrf_failed(&mut self, error: AuthError) {
        let url = match &self.cx.config().csrf {
            Some(Csrf {
                source: CsrfSource::Endpoint { url, .. },
                ..
            }) => Some(url),
            _ => None,
        };
        let error = &error.about(" (GET ", url);
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
    pub(super) fn send(&mut self, http: HttpRequest, is_csrf_retry: bool) -> Flight {
        let of = (self.session.epoch(), self.session.generation());
        self.cx.send(http, of, (is_csrf_retry, self.csrf.version()))
    }

    /// Whose answer it is: nobody's if the request was given up.
    pub(super) fn on_answered(&mut self, request: RequestId, outcome: &Result<Answer, Failure>) {
        if let Some(flight) = self.refresh.take_late(request) {
            self.take_late_answer(flight, outcome);
        } else if let Some(flight) = self.refresh.flight_of(request) {
            self.take_answer(flight, outcome);
        } else if let Some(flight) = self.login.flight_of(request) {
            self.take_login_answer(flight, outcome);
        } else if let Some(flight) = self.logout.flight_of(request) {
            self.take_logout_answer(flight, outcome);
        } else if let Some(asked) = self.me.take(request) {
            self.take_me_answer(asked, outcome);
        } else if let Some(flight) = self.csrf.take(request) {
            self.take_csrf_answer(flight, outcome);
        }
    }
}

/// Whether an answer that tells of nobody looks as if there were no such endpoint: by its status (RFC 9110 §15.5.5, §15.5.6, §15.6.2), or
/// as a page stands there.
fn is_absent(outcome: &Result<Answer, Failure>, error: &AuthError) -> bool {
    let is_said = outcome.as_ref().is_ok_and(|answer| answer.said.is_some());
    !is_said
        && error.server_code.is_none()
        && matches!(error.status, Some(404 | 405 | 501 | 200..=299))
}
