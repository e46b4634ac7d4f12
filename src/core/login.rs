//! Login: only a success changes anything.

use crate::json::Json;

use super::answer::{Answer, Failure};
use super::config::Mode;
use super::effect::{Effect, HttpRequest, Outcome};
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{CallId, Flight, Purpose, RequestId};
use super::restore::LoadFor;
use super::secret::Secret;
use super::session::{Credentials, Epoch, Event, LoginTime, Status, are_two};
use super::tabs::Word;
use super::timer::Timer;

#[derive(Clone, Debug)]
pub(super) struct Login {
    pub(super) call: CallId,
    pub(super) body: Secret,
    pub(super) epoch: Epoch,
    pub(super) stage: Stage,
}

#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// Waits for the lock between tabs, or a refresh or logout by cookie is out here: its answer would set the old
    /// session's cookie, or none, after ours.
    Queued,
    Csrf,
    Sent(Flight),
    /// Accepted; asks who it is.
    AwaitsUser(Box<Credentials>),
}

impl Login {
    /// Whether the server may have accepted it.
    pub(super) fn is_out(&self) -> bool {
        matches!(self.stage, Stage::Sent(_) | Stage::AwaitsUser(_))
    }

    /// Whether its answer, which sets a cookie, is still to come.
    pub(super) fn needs_lock(&self) -> bool {
        !matches!(self.stage, Stage::AwaitsUser(_))
    }
}

impl Engine {
    pub(super) fn on_login(&mut self, call: CallId, body: Secret) {
        if self.config.endpoints.login.is_none() {
            let error = AuthError::config(
                "endpoints.login",
                "is absent; there is nowhere to send the credentials",
            );
            self.fail(call, error);
            return;
        }
        self.cancel_login(Code::Superseded);
        self.login = Some(Login {
            call,
            body,
            epoch: self.epoch,
            stage: Stage::Queued,
        });
        self.send_login(false);
    }

    /// A login by cookie is out. The answer to a refresh would set the old session's cookie after the new one.
    pub(super) fn login_may_set_cookie(&self) -> bool {
        let is_sent = |login: &Login| matches!(login.stage, Stage::Sent(_));
        self.config.cookie_bound() && self.login.as_ref().is_some_and(is_sent)
    }

    /// What had to wait for a login that has come to nothing.
    fn go_on_without_login(&mut self) {
        if self.config.cookie_bound() && self.can_refresh() {
            let restores = self.status == Status::Restoring && self.config.mode == Mode::Hybrid;
            if (restores && !self.is_reading_first()) || self.is_asked_to_refresh() {
                self.start_refresh();
            } else if std::mem::take(&mut self.refresh.is_stale) {
                // Somebody has logged in elsewhere, and could not be asked for meanwhile.
                self.look_again();
            }
            self.resume_waiting();
            self.set_due_timer();
        }
    }

    pub(super) fn resume_queued_login(&mut self) {
        if self
            .login
            .as_ref()
            .is_some_and(|login| matches!(login.stage, Stage::Queued))
        {
            self.send_login(false);
        }
    }

    pub(super) fn send_login(&mut self, csrf_retry: bool) {
        let (Some(url), Some(login)) = (self.config.endpoints.login.clone(), &self.login) else {
            return;
        };
        if login.is_out() {
            return;
        }
        let body = login.body.clone();
        let is_second =
            self.config.cookie_bound() && (self.refresh.is_sent() || self.logout.is_some());
        if is_second || !self.take_lock_for_cookie() {
            self.set_login_stage(Stage::Queued);
            return;
        }
        let mut http = HttpRequest::new("POST", url);
        http.body = Some((body, "application/json"));
        http.include_credentials = self.config.cookie_bound();
        http.brings_token = true;
        if !self.add_csrf_header(&mut http) {
            self.set_login_stage(Stage::Csrf);
            self.park(Purpose::Login, csrf_retry);
            return;
        }
        let stage = Stage::Sent(self.send(http, Timer::Login, csrf_retry));
        self.note("login sent");
        if let Some(login) = &mut self.login {
            // What ended while it waited was another session.
            login.epoch = self.epoch;
            login.stage = stage;
        }
    }

    fn set_login_stage(&mut self, stage: Stage) {
        if let Some(login) = &mut self.login {
            login.stage = stage;
        }
    }

    pub(super) fn on_login_timeout(&mut self) {
        if let Some(Login {
            stage: Stage::Sent(flight),
            ..
        }) = &self.login
        {
            self.effects.push(Effect::Cancel {
                request: flight.request,
            });
            self.login_failed(Failure::Timeout.into());
        }
    }

    /// True: it was the login endpoint's.
    pub(super) fn take_login_answer(
        &mut self,
        request: RequestId,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        let flight = match &self.login {
            Some(Login {
                stage: Stage::Sent(flight),
                ..
            }) if flight.request == request => *flight,
            _ => return false,
        };
        self.timers.clear(Timer::Login);
        match self.read_credentials(&flight, outcome) {
            Ok(credentials) => self.login_accepted(credentials),
            Err(error) if self.csrf_may_help(&error, &flight, outcome) => {
                self.set_login_stage(Stage::Csrf);
                self.send_login(true);
            }
            Err(error) => {
                let error = refined(error);
                self.login_failed(error);
            }
        }
        true
    }

    fn login_accepted(&mut self, credentials: Box<Credentials>) {
        let overtaken = self
            .login
            .as_ref()
            .is_none_or(|login| login.epoch != self.epoch);
        if overtaken {
            self.login_failed(AuthError::new(Code::Superseded));
            return;
        }
        self.csrf.forget();
        let asks_me = self.config.endpoints.me.is_some()
            && (self.config.doubts_cookie || credentials.user.is_none());
        if !asks_me {
            self.set_login_stage(Stage::AwaitsUser(credentials));
            self.finish_login(None);
            return;
        }
        if self.is_session_mode() {
            self.set_login_stage(Stage::AwaitsUser(credentials));
            self.me = None; // an answer under way may be from before the login
            self.start_me();
        } else {
            // The token is needed to ask; the call resolves with what is known when it is asked.
            self.set_login_stage(Stage::AwaitsUser(credentials.clone()));
            self.commit_login(credentials);
            self.start_me();
        }
    }

    pub(super) fn login_awaits_user(&self) -> bool {
        self.awaiting_user().is_some()
    }

    /// Whether its answer told somebody else: the cookie that came along now is an older one.
    pub(super) fn login_is_of_another(&self, user: &Json) -> bool {
        self.awaiting_user()
            .and_then(|credentials| credentials.user.as_ref())
            .is_some_and(|told| are_two(told, user))
    }

    fn awaiting_user(&self) -> Option<&Credentials> {
        match &self.login.as_ref()?.stage {
            Stage::AwaitsUser(credentials) => Some(credentials),
            _ => None,
        }
    }

    /// Does nothing for a login that does not wait for its user.
    pub(super) fn finish_login(&mut self, mut user: Option<Json>) {
        if !self.login_awaits_user() {
            return;
        }
        let Some(login) = self.login.take() else {
            return;
        };
        let Stage::AwaitsUser(mut credentials) = login.stage else {
            return;
        };
        let is_committed = login.epoch != self.epoch;
        if !is_committed {
            // What the login said of them, where `me` says nothing.
            user = user.or(credentials.user.take());
            credentials.user = user.clone();
            self.commit_login(credentials);
        } else if user.is_some() {
            if let Some(held) = &mut self.held {
                held.user = user.clone();
            }
            self.save_if_current();
            self.publish(Event::UserChanged);
        }
        self.settle(login.call, Outcome::User(user));
    }

    /// From here on the new session is the session.
    fn commit_login(&mut self, credentials: Box<Credentials>) {
        let was_signed_in = self.status == Status::SignedIn;
        let same = was_signed_in && self.is_same_subject(credentials.user.as_ref());
        let event = if was_signed_in && !same {
            Event::SubjectChanged
        } else {
            Event::SignedIn
        };
        self.epoch = Epoch(self.epoch.0.wrapping_add(1));
        self.release_calls(&AuthError::new(Code::Superseded));
        self.abandon_refresh();
        self.login_time = LoginTime(self.now.wall.0.max(self.login_time.0.wrapping_add(1)));
        self.hold(credentials);
        self.note_value("signed in", self.generation_value());
        self.save();
        if std::mem::take(&mut self.logout_pends) {
            self.clear_store();
        } else if self.config.leaves_notes() {
            // Another tab may have left the note of a logout, which goes as well.
            self.load(LoadFor::Restore);
        }
        if self.logout.is_some() {
            self.timers.clear(Timer::Logout);
            self.finish_logout_calls();
        }
        self.publish(event);
        self.settle_ready();
        self.tell(Word::SignedIn);
    }

    /// The login was accepted, and its cookie did not come back.
    pub(super) fn login_without_cookie(&mut self) {
        let error = AuthError::new(Code::ResponseInvalid).with_detail(
            "the login was accepted, but its session cookie did not come back; on another site it needs SameSite=None; Secure and CORS with credentials",
        );
        self.login_failed(error);
    }

    /// The session that it began has ended or changed hands, before it was known whose it is.
    pub(super) fn end_login_that_asks(&mut self, error: &AuthError) {
        if self.login_awaits_user()
            && let Some(login) = self.login.take()
        {
            self.fail(login.call, error.clone());
        }
    }

    pub(super) fn login_failed(&mut self, error: AuthError) {
        let error = self.unquoted(error);
        self.timers.clear(Timer::Login);
        let Some(login) = self.login.take() else {
            return;
        };
        self.note_error("login failed", &error);
        self.fail(login.call, error);
        self.go_on_without_login();
    }

    /// Its caller is gone before it was accepted.
    pub(super) fn login_abandoned(&mut self) {
        if let Some(login) = self.login.take() {
            self.note("login aborted");
            self.drop_login_request(&login);
            self.go_on_without_login();
        }
    }

    /// Ends the one that is under way, if there is one.
    pub(super) fn cancel_login(&mut self, code: Code) {
        if let Some(login) = self.login.take() {
            self.drop_login_request(&login);
            self.fail(login.call, AuthError::new(code));
        }
    }

    fn drop_login_request(&mut self, login: &Login) {
        self.timers.clear(Timer::Login);
        if let Stage::Sent(flight) = &login.stage {
            self.effects.push(Effect::Cancel {
                request: flight.request,
            });
        }
    }
}

/// What the login endpoint means by an error.
fn refined(mut error: AuthError) -> AuthError {
    let own_code = error.server_code.as_deref();
    let is_credentials = match (error.code, error.status) {
        (Code::RequestRejected, Some(401)) => true,
        (Code::RequestRejected, Some(400 | 403)) => matches!(
            own_code,
            None | Some(
                "invalid_credentials" | "invalid_grant" | "invalid_login" | "access_denied"
            )
        ),
        _ => false,
    };
    if is_credentials {
        error.code = Code::InvalidCredentials;
    }
    error
}
