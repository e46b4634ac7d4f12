//! Login: what it sends, and what its answer comes to.

use crate::core::auth::login::{Stage, as_json, pending, refined, without_cookie};
use crate::core::calls::End;
use crate::core::context::flight::{Flight, Purpose};
use crate::core::engine::state::Engine;
use crate::core::identity::credentials::Credentials;
use crate::core::options::config::UserSource;
use crate::core::port::answer::{Answer, Failure};
use crate::core::port::effect::Outcome;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::CallId;
use crate::core::port::message::Word;
use crate::core::port::secret::Secret;
use crate::core::port::shown::Event;
use crate::core::session::whose::subject_of_user;
use crate::core::store::Purpose as Read;
use crate::core::wire::quotes;
use crate::core::wire::tokens::read_tokens;
use crate::json::Json;

impl Engine {
    pub(super) fn on_login(&mut self, call: CallId, body: Secret, url: Option<String>) {
        if url.is_none() && self.cx.config().endpoints.login.is_none() {
            let error = AuthError::config(
                "endpoints.login",
                "is absent; there is nowhere to send the credentials",
            );
            self.cx.fail(call, error);
            return;
        }
        self.cancel_login(Code::Superseded);
        self.login.begin(call, body, url, self.session.epoch());
        self.send_login(false);
    }

    /// Tokens that came by another way are taken up as a login's answer is.
    pub(super) fn on_adopt(&mut self, call: CallId, answer: &Answer) {
        self.cancel_login(Code::Superseded);
        let nothing = Secret::new(String::new());
        self.login.begin(call, nothing, None, self.session.epoch());
        let body = Json::parse(&answer.body).unwrap_or_else(Json::null);
        let now = self.cx.mono();
        if self.cx.is_session_mode() {
            self.login_failed(AuthError::config(
                "mode",
                "must be \"jwt\" or \"hybrid\"; elsewhere refresh() asks who is signed in",
            ));
            return;
        }
        match read_tokens(&body, answer, now, &mut self.cx) {
            Ok(credentials) => self.login_accepted(credentials),
            Err(error) => self.login_failed(error),
        }
    }

    /// A login by cookie is out. The answer to a refresh would set the old session's cookie after the new one.
    pub(super) fn login_may_set_cookie(&self) -> bool {
        self.cx.config().cookie_bound() && self.login.is_sent()
    }

    /// What had to wait for a login that has come to nothing.
    fn go_on_without_login(&mut self) {
        self.ask_about_logout();
        if self.cx.config().cookie_bound() && self.can_refresh() {
            if self.calls.ask_to_refresh() {
                self.start_refresh();
            } else if self.refresh.take_doubt() {
                // Somebody has logged in elsewhere, and could not be asked for meanwhile.
                self.look_again();
            }
            self.resume_waiting();
            self.session.set_due_timer(&self.cx);
        }
    }

    pub(super) fn resume_queued_login(&mut self) {
        if self.login.is_queued() {
            self.send_login(false);
        }
    }

    pub(super) fn send_login(&mut self, is_csrf_retry: bool) {
        if !self.login.is_under_way() || self.login.is_out() {
            return;
        }
        let is_second = self.cx.config().cookie_bound()
            && (self.refresh.sent().is_some() || self.logout.is_under_way());
        if is_second || !self.lock.take_for_cookie(&mut self.cx) {
            self.login.set_stage(Stage::Queued);
            return;
        }
        let Some(mut http) = self.login.request(self.cx.config()) else {
            return;
        };
        http.tokens.access = self.session.bearer();
        if !self.csrf.add_header(&self.cx, &mut http) {
            self.login.set_stage(Stage::Csrf);
            self.park(Purpose::Login, is_csrf_retry);
            return;
        }
        let flight = self.send(http, is_csrf_retry);
        self.cx.note("login sent");
        self.login.sent(flight);
    }

    pub(super) fn take_login_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        match self.read_credentials(&flight, outcome) {
            Ok(credentials) => {
                if self.cx.is_session_mode() {
                    self.login.was_told(outcome);
                }
                self.login_accepted(credentials);
            }
            Err(error) if self.csrf.may_help(&self.cx, &error, &flight, outcome) => {
                self.login.set_stage(Stage::Csrf);
                self.send_login(true);
            }
            Err(error) => {
                let pending = pending(outcome, &error, &self.cx.config().fields);
                let mut error = pending.unwrap_or_else(|| refined(error, outcome));
                // As without a word the first time.
                let is_bare = error.status == Some(400) && error.body.is_none();
                if is_bare && flight.csrf_retries > 0 {
                    error.code = Code::CsrfFailed;
                }
                self.login_refused(error);
            }
        }
    }

    fn login_accepted(&mut self, credentials: Box<Credentials>) {
        if self.login.is_overtaken(self.session.epoch()) {
            if self.cx.config().session_by_cookie() {
                // Its cookie counts all the same.
                self.session.doubt(0);
            }
            self.login_failed(AuthError::new(Code::Superseded));
            return;
        }
        self.csrf.forget();
        // What is heard from here on came after it.
        self.session.believe();
        let config = self.cx.config();
        let is_told = credentials.user.is_some() && config.user != UserSource::Me;
        let asks_me = config.endpoints.me.is_some() && (config.doubts_cookie || !is_told);
        if !asks_me {
            self.login.set_stage(Stage::AwaitsUser(credentials));
            self.finish_login(None);
        } else if self.cx.is_session_mode() {
            self.login.set_stage(Stage::AwaitsUser(credentials));
            self.me.forget(); // an answer under way may be from before the login
            self.start_me();
        } else {
            // The token is needed to ask; the call resolves with what is known when it is asked.
            self.login.set_stage(Stage::AwaitsUser(credentials.clone()));
            self.commit_login(credentials);
            self.start_me();
        }
    }

    /// Whether its answer told somebody else: the cookie that came along now is an older one.
    pub(super) fn login_is_of_another(&self, user: &Json) -> bool {
        let subject = |user: &Json| subject_of_user(&self.cx, user);
        self.login
            .awaiting_user()
            .and_then(|credentials| credentials.user.as_ref())
            .is_some_and(|told| subject(told).has_nothing_of(&subject(user)))
    }

    /// Does nothing for a login that does not wait for its user.
    pub(super) fn finish_login(&mut self, mut user: Option<Json>) {
        let Some(mut accepted) = self.login.take_accepted() else {
            return;
        };
        let is_committed = accepted.epoch != self.session.epoch();
        if !is_committed {
            // What the login said of them, where `me` says nothing.
            user = user.or(accepted.credentials.user.take());
            accepted.credentials.user = user.clone();
            self.commit_login(accepted.credentials);
        } else if let Some(user) = &user {
            self.session.set_user(user.clone());
            self.save_if_current();
            self.session.publish(&mut self.cx, Event::UserChanged);
        }
        self.cx.settle(accepted.call, Outcome::User(user));
    }

    /// From here on the new session is the session.
    fn commit_login(&mut self, credentials: Box<Credentials>) {
        let was_signed_in = self.session.is_signed_in();
        let is_other = was_signed_in && self.session.is_of_another(&self.cx, &credentials, false);
        let event = if is_other {
            Event::SubjectChanged
        } else {
            Event::SignedIn
        };
        self.session.begin(&mut self.cx);
        if event == Event::SubjectChanged || !was_signed_in {
            self.release_superseded();
        }
        self.refresh.forget_attempt();
        self.refresh.abandon();
        self.session.hold(&mut self.cx, credentials);
        self.cx
            .note_value("signed in", self.session.generation_value());
        if self.save() {
            // Until it is written, an older session may stand there.
            self.session.wrote(false);
        }
        self.me.answered(&self.cx);
        if self.logout.forget_note() {
            self.session.clear_store(&mut self.cx);
        } else if self.cx.config().leaves_notes() {
            // Another tab may have left the note of a logout, which goes as well.
            self.load(Read::Restore);
        }
        self.logout.settle(&mut self.cx);
        self.session.publish(&mut self.cx, event);
        // Of the same person: what they had begun goes on.
        self.resume_calls(&End::Renewed);
        self.settle_ready();
        self.tell(Word::SignedIn);
    }

    /// It was accepted, and yet nobody is signed in.
    pub(super) fn login_without_cookie(&mut self) {
        let mut error = match self.login.told() {
            // On the page's own origin the browser keeps cookies: there is another step.
            Some(told) if !self.cx.config().doubts_cookie => {
                let is_sent_on = told.is_null();
                AuthError::new(if is_sent_on {
                    Code::InvalidCredentials
                } else {
                    Code::LoginPending
                })
            }
            _ => without_cookie(),
        };
        error.body = self.login.told().filter(|told| !told.is_null()).cloned();
        self.login_refused(error);
    }

    /// The session that it began has ended or changed hands, before it was known whose it is.
    pub(super) fn end_login_that_asks(&mut self, error: &AuthError) {
        if self.login.awaits_user()
            && let Some(call) = self.login.end()
        {
            self.cx.fail(call, error.clone());
        }
    }

    /// By its answer, or as there is none.
    pub(super) fn login_refused(&mut self, error: AuthError) {
        let url = self.login.url(self.cx.config());
        let error = error.about(" (POST ", url.as_ref());
        self.login_failed(error);
    }

    pub(super) fn login_failed(&mut self, error: AuthError) {
        let error = self.unquoted(error);
        let Some(call) = self.login.end() else {
            return;
        };
        self.cx.note_error("login failed", &error);
        self.cx.fail(call, error);
        self.go_on_without_login();
    }

    /// Its caller is gone before it was accepted.
    pub(super) fn login_abandoned(&mut self) {
        if self.login.is_under_way() {
            self.cx.note("login aborted");
            self.login.drop_request(&mut self.cx);
            self.go_on_without_login();
        }
    }

    /// Ends the one that is under way, if there is one.
    pub(super) fn cancel_login(&mut self, code: Code) {
        if let Some(call) = self.login.drop_request(&mut self.cx) {
            self.cx.fail(call, AuthError::new(code));
        }
    }

    /// Without the server's own words where they quote a secret that is held just now: some say back what they were sent.
    pub(super) fn unquoted(&self, mut error: AuthError) -> AuthError {
        let login = self.login.body().and_then(as_json);
        let is_secret = |words: &Option<String>| {
            words.as_deref().is_some_and(|words| {
                self.session
                    .held()
                    .is_some_and(|held| quotes::quotes_token(words, held))
                    || login
                        .as_ref()
                        .is_some_and(|body| quotes::quotes_credentials(words, body))
            })
        };
        if is_secret(&error.server_code) {
            error.server_code = None;
        }
        if is_secret(&error.server_message) {
            error.server_message = None;
        }
        let body = error.body.take();
        error.body = body.map(|body| quotes::redacted(&body, &|text| is_secret(&Some(text))));
        error
    }
}
