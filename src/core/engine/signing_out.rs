//! Logout: here at once, then at the server as well as can be.

use crate::core::auth::logout::logout_request;
use crate::core::calls::End;
use crate::core::context::flight::{Flight, Purpose};
use crate::core::engine::state::Engine;
use crate::core::identity::credentials::Credentials;
use crate::core::options::config::{Mode, StorageKind};
use crate::core::port::answer::{Answer, Failure, Said};
use crate::core::port::effect::Outcome;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::CallId;
use crate::core::port::message::Word;
use crate::core::port::request::Tokens;
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Event, Reason, Status, StorageState};
use crate::core::store::Purpose as Read;
use crate::core::wire::reading::Reading;

impl Engine {
    pub(super) fn on_logout(&mut self, call: CallId) {
        // Its cookie, or the word that somebody is signed in, may be on the way already.
        let epoch = self.session.epoch();
        let may_have_cookie = self.cx.config().cookie_bound()
            && (self.me.asks_in(epoch)
                || self.refresh.asks_in(epoch)
                || self.login.is_out()
                || self.session.doubted().is_some());
        self.cancel_login(Code::Superseded);
        let is_told = self.logout.is_under_way() || !may_have_cookie;
        if self.session.status() == Status::SignedOut && is_told {
            if !self.logout.join(call) {
                self.cx.settle(call, Outcome::Done);
            }
            return;
        }
        let subject = self.session.subject(&self.cx).hash();
        self.session.leave();
        let tokens = self.take_tokens();
        if !self.cx.config().cookie_bound() {
            // By cookie, a second request might meet a later session.
            self.refresh.end_what_comes();
        }
        // In a cookie mode a reload would bring the session back, until the server has heard of it.
        let config = self.cx.config();
        let is_written = self.session.storage() != StorageState::Occupied;
        if is_written && config.session_by_cookie() && config.endpoints.logout.is_some() {
            self.logout.note(subject);
            self.save_note();
        } else if is_written && config.stores_tokens() {
            self.session.clear_store(&mut self.cx);
        }
        let reason = match self.session.status() {
            // Nobody was; for the app nothing changes.
            Status::SignedOut => self.session.reason(),
            Status::Restoring | Status::SignedIn => Some(Reason::Logout),
        };
        self.end_locally(reason, Event::SignedOut);
        self.tell_of(Word::LoggedOut, subject, 0);
        self.tell_server(tokens, vec![call]);
    }

    /// Nothing else knows them from here on.
    fn take_tokens(&mut self) -> Tokens {
        let access = self.session.bearer();
        let held = self.session.take_held();
        Tokens {
            access,
            refresh: held.and_then(|held| held.refresh),
        }
    }

    /// Another tab logged out: so do we. It could tell the server of its own tokens only.
    pub(super) fn follow_logout(&mut self) {
        self.cancel_login(Code::Superseded);
        if self.session.status() == Status::SignedOut {
            return;
        }
        self.session.leave();
        let tokens = self.take_tokens();
        let has_own_tokens =
            tokens.refresh.is_some() && self.cx.config().storage != StorageKind::Local;
        if self.cx.config().stores_tokens() && has_own_tokens {
            self.session.clear_store(&mut self.cx);
        }
        self.end_locally(Some(Reason::LogoutElsewhere), Event::SignedOut);
        if has_own_tokens {
            self.tell_server(tokens, Vec::new());
        }
    }

    fn tell_server(&mut self, tokens: Tokens, calls: Vec<CallId>) {
        self.logout.begin(&mut self.cx, tokens, calls);
        if self.lock.take_for_cookie(&mut self.cx) {
            self.check_waiting_logout();
        }
    }

    /// With the lock: somebody may have logged in while it was waited for, and the cookie is theirs then. The note in the
    /// store tells, where there is one: a login takes it away, in whichever tab.
    pub(super) fn check_waiting_logout(&mut self) {
        if !self.logout.may_go(&self.cx) {
            return;
        }
        if self.logout.is_noted() && self.cx.config().leaves_notes() && self.session.is_store_ok() {
            // Until the note is written, the store does not tell.
            if self.cx.writing().is_none() {
                self.logout.extend(&self.cx);
                self.load(Read::PendingLogout);
            }
        } else {
            self.send_waiting_logout();
        }
    }

    pub(super) fn send_waiting_logout(&mut self) {
        if self.logout.may_go(&self.cx) {
            self.send_logout(false);
        }
    }

    /// Somebody has logged in since: what there was to end is over, and a late answer would take the new cookie away.
    pub(super) fn drop_logout_by_cookie(&mut self) {
        self.logout.forget_note();
        if !self.cx.config().cookie_bound() {
            return;
        }
        if let Some(flight) = self.logout.flight() {
            self.cx.cancel(flight);
        }
        self.logout_ended();
    }

    /// The lock does not come. Whoever asked is not kept waiting; a retry, which nobody waits for, stays for later.
    pub(super) fn tell_without_lock(&mut self) {
        if self.logout.is_asked() {
            self.check_waiting_logout();
        } else if self.logout.waits() {
            self.logout_untold();
        }
    }

    /// The server wants a good access token. True: one is on the way.
    fn renew_for_logout(&mut self) -> bool {
        if self.refresh.sent().is_some() {
            // The token is on its way already: to send it once more would look like theft.
            return false;
        }
        let Some(mut http) = self.logout.renewal(self.cx.config()) else {
            return false;
        };
        // Without a CSRF token the server says whether it needs one.
        self.csrf.add_header(&self.cx, &mut http);
        let flight = self.send(http, false);
        self.cx.note("access token renewed for the logout");
        self.logout.renewing(flight);
        true
    }

    pub(super) fn send_logout(&mut self, is_csrf_retry: bool) {
        if !self.logout.is_under_way() {
            return;
        }
        let Some(mut http) = self.logout.request(self.cx.config()) else {
            self.logout_ended();
            return;
        };
        if !self.csrf.add_header(&self.cx, &mut http) {
            self.park(Purpose::Logout, is_csrf_retry);
            return;
        }
        let flight = self.send(http, is_csrf_retry);
        self.logout.sent(flight);
    }

    pub(super) fn take_logout_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>) {
        if self.logout.is_renewing() {
            if let Ok(credentials) = self.read_credentials(&flight, outcome) {
                self.logout.take_tokens(Tokens {
                    access: credentials.access,
                    refresh: credentials.refresh,
                });
            }
            self.send_logout(false);
            return;
        }
        match Reading::of(outcome, self.cx.now()) {
            Reading::Json(_) | Reading::Nothing => self.logout_told(),
            // It answered with a page of its own, or sends to one.
            Reading::Failed(error) if matches!(error.status, Some(200..=399)) => self.logout_told(),
            Reading::Failed(error) if self.csrf.may_help(&self.cx, &error, &flight, outcome) => {
                self.send_logout(true);
            }
            Reading::Failed(error) => self.logout_refused(error, outcome),
        }
    }

    fn logout_refused(&mut self, error: AuthError, outcome: &Result<Answer, Failure>) {
        let is_over = match outcome {
            Ok(answer) => match answer.said {
                Some(said) => said == Said::Nobody,
                None => matches!(answer.status, 401 | 410 | 440 | 498),
            },
            Err(_) => false,
        };
        if is_over && error.status == Some(401) && self.renew_for_logout() {
            return;
        }
        // It refused the access token. The cookie, which brings the session back, is as good as it was.
        let is_about_token = is_over && self.cx.config().mode == Mode::Hybrid;
        if is_over && !is_about_token {
            self.logout_told();
        } else if is_about_token || error.code.is_retryable() || outcome.is_err() {
            self.logout_untold();
        } else {
            let url = self.cx.config().endpoints.logout.as_ref();
            let error = self.unquoted(error.about(" (POST ", url));
            self.cx.note_error("logout refused", &error);
            self.logout.refuse(error);
            if self.cx.is_session_mode() && self.logout.is_noted() {
                // Perhaps since there was nothing to end.
                self.start_me();
            } else {
                self.logout_ended();
            }
        }
    }

    pub(super) fn on_logout_overdue(&mut self) {
        if let Some(flight) = self.logout.flight() {
            self.cx.cancel_cookie(flight);
        }
        self.logout_untold();
    }

    fn logout_told(&mut self) {
        self.cx.note("server told of the logout");
        self.drop_note();
        self.logout_ended();
    }

    /// There is nothing to end at the server any more.
    pub(super) fn drop_note(&mut self) {
        let Some(subject) = self.logout.noted() else {
            return;
        };
        self.logout.forget_note();
        if self.cx.is_session_mode() || self.lock.is_held() {
            self.session.clear_store(&mut self.cx);
        } else {
            // Another tab may have noted its refresh there since, or a logout of its own.
            self.load(Read::Note(subject));
        }
    }

    pub(super) fn logout_untold(&mut self) {
        self.cx.note("server not told of the logout");
        self.logout_ended();
    }

    pub(super) fn logout_ended(&mut self) {
        self.logout.settle(&mut self.cx);
        self.resume_queued_login();
    }

    /// A logout never reached the server, of this page or of an earlier one. Whose session stands there is asked first: it may be
    /// a new one.
    pub(super) fn ask_about_logout(&mut self) {
        if !self.logout.is_noted() || self.logout.is_under_way() || self.login.is_under_way() {
            return;
        }
        if self.cx.is_session_mode() {
            self.start_me();
        } else {
            self.start_refresh();
        }
    }

    /// The server says that the session of `subject` stands, while the note of a logout does. False: it is another one, and
    /// the note is gone.
    pub(super) fn ends_noted(
        &mut self,
        asked: Flight,
        subject: u32,
        access: Option<Secret>,
    ) -> bool {
        if !self.logout.is_noted() {
            return false;
        }
        if self.cx.mono() > asked.until {
            // The page slept: another session may have begun since.
            return true;
        }
        if !self.logout.is_to_end(self.cx.config(), subject) {
            self.cx.note("another session than was logged out of");
            self.drop_note();
            return false;
        }
        if self.session.is_signed_in() {
            // Somebody else was shown here.
            self.end_locally(Some(Reason::LogoutElsewhere), Event::SignedOut);
        }
        self.be_nobody_since_logout();
        // A login that is out may begin another session; if it fails, this is asked again.
        if !self.login.is_under_way() && !self.logout.is_under_way() {
            let tokens = Tokens {
                access,
                refresh: None,
            };
            self.tell_server(tokens, Vec::new());
        }
        true
    }

    /// As the start finds it, where a logout is noted.
    pub(super) fn be_nobody_since_logout(&mut self) {
        if self.session.status() == Status::Restoring {
            self.known_to_be_nobody(Some(Reason::Logout));
        }
        let reason = self.session.reason();
        self.resume_calls(&End::Over(reason));
    }

    /// The answer to a refresh came after a logout: what it brings is ended too. Nobody waits for that.
    pub(super) fn end_what_came(&mut self, credentials: &Credentials) {
        let Some(url) = self.cx.config().endpoints.logout.clone() else {
            return;
        };
        let tokens = Tokens {
            access: credentials.access.clone(),
            refresh: credentials.refresh.clone(),
        };
        let http = logout_request(self.cx.config(), url, tokens);
        self.send(http, false);
        self.cx.note("logout sent for a late token");
    }
}
