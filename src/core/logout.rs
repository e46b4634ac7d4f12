//! Logout: here at once, then at the server as well as can be.

use crate::json::Json;

use super::answer::{Answer, Failure, Reading};
use super::config::Mode;
use super::effect::{Effect, HeaderValue, HttpRequest, Outcome};
use super::engine::Engine;
use super::error::Code;
use super::flight::{CallId, Flight, Purpose, RequestId};
use super::login::Login;
use super::record;
use super::restore::LoadFor;
use super::secret::Secret;
use super::session::{Credentials, Reason, Status, StorageState};
use super::tabs::Word;
use super::timer::Timer;

#[derive(Clone, Debug)]
pub(super) struct Logout {
    calls: Vec<CallId>,
    /// To end them at the server. Nothing else knows them any more.
    refresh: Option<Secret>,
    bearer: Option<(String, HeaderValue)>,
    pub(super) flight: Option<Flight>,
    /// For the lock between tabs, or the store.
    pub(super) waits: bool,
}

impl Engine {
    pub(super) fn on_logout(&mut self, call: CallId) {
        // Its cookie, or the word that somebody is signed in, may be on the way already.
        let mut may_have_cookie = self.config.cookie_bound()
            && (self.me.is_some_and(|me| me.epoch == self.epoch)
                || self.refresh.asks_in(self.epoch));
        may_have_cookie |=
            self.config.cookie_bound() && self.login.as_ref().is_some_and(Login::is_out);
        self.cancel_login(Code::Superseded);
        if self.status == Status::SignedOut && !may_have_cookie {
            match &mut self.logout {
                Some(logout) => logout.calls.push(call),
                None => self.settle(call, Outcome::Done),
            }
            return;
        }
        let bearer = self.bearer_header();
        let held = self.held.take();
        // In a cookie mode a reload would bring the session back, until the server has heard of it.
        let pends = self.config.cookie_bound() && self.config.mode != Mode::Jwt;
        if self.storage != StorageState::Occupied {
            if pends && self.config.endpoints.logout.is_some() {
                self.logout_pends = true;
                self.effects
                    .push(Effect::Save(record::write_logout_pending()));
            } else if self.config.stores_tokens() {
                self.clear_store();
            }
        }
        let event = super::session::Event::SignedOut;
        let reason = match self.status {
            // Nobody was; for the app nothing changes.
            Status::SignedOut => self.reason,
            Status::Restoring | Status::SignedIn => Some(Reason::Logout),
        };
        self.end_locally(reason, event);
        self.tell(Word::LoggedOut);
        self.tell_server(held, bearer, vec![call]);
    }

    /// Another tab logged out: so do we. It could tell the server of its own tokens only.
    pub(super) fn follow_logout(&mut self) {
        self.cancel_login(Code::Superseded);
        if self.status == Status::SignedOut {
            return;
        }
        let bearer = self.bearer_header();
        let held = self.held.take();
        let has_own_tokens = held.as_ref().is_some_and(|held| held.refresh.is_some())
            && self.config.storage != super::config::StorageKind::Local;
        if self.config.stores_tokens() && has_own_tokens {
            self.clear_store();
        }
        self.end_locally(
            Some(Reason::LogoutElsewhere),
            super::session::Event::SignedOut,
        );
        if has_own_tokens {
            self.tell_server(held, bearer, Vec::new());
        }
    }

    fn tell_server(
        &mut self,
        held: Option<Box<Credentials>>,
        bearer: Option<(String, HeaderValue)>,
        calls: Vec<CallId>,
    ) {
        self.finish_logout_calls();
        let refresh = held.and_then(|held| held.refresh);
        self.logout = Some(Logout {
            calls,
            refresh,
            bearer,
            flight: None,
            waits: true,
        });
        // Bounds the wait for a CSRF token too.
        self.bound(Timer::Logout);
        if self.take_lock_for_cookie() {
            self.check_waiting_logout();
        }
    }

    fn logout_waits(&self) -> bool {
        self.logout.as_ref().is_some_and(|logout| logout.waits)
    }

    /// With the lock: somebody may have logged in while it was waited for, and the cookie is theirs then. The note in the
    /// store tells, where there is one: a login takes it away, in whichever tab.
    pub(super) fn check_waiting_logout(&mut self) {
        if !self.logout_waits() {
            return;
        }
        if self.logout_pends && self.config.leaves_notes() && self.storage == StorageState::Ok {
            self.bound(Timer::Logout);
            self.load(LoadFor::PendingLogout);
        } else {
            self.send_waiting_logout();
        }
    }

    pub(super) fn send_waiting_logout(&mut self) {
        if self.logout_waits() {
            self.send_logout(false);
        }
    }

    /// Somebody has logged in since: what there was to end is over, and a late answer would take the new cookie away.
    pub(super) fn drop_logout_by_cookie(&mut self) {
        self.logout_pends = false;
        if !self.config.cookie_bound() {
            return;
        }
        if let Some(flight) = self.logout.as_ref().and_then(|logout| logout.flight) {
            self.drop_cookie_of(flight);
        }
        self.logout_ended();
    }

    /// The lock does not come. Whoever asked is not kept waiting; a retry, which nobody waits for, stays for later.
    pub(super) fn tell_without_lock(&mut self) {
        let is_asked = |logout: &Logout| !logout.calls.is_empty();
        if self.logout.as_ref().is_some_and(is_asked) {
            self.check_waiting_logout();
        } else if self.logout_waits() {
            self.logout_untold();
        }
    }

    pub(super) fn send_logout(&mut self, csrf_retry: bool) {
        let Some(logout) = &mut self.logout else {
            return;
        };
        logout.waits = false;
        let Some(url) = self.config.endpoints.logout.clone() else {
            self.logout_ended();
            return;
        };
        let body = logout.refresh.as_ref().map(|token| {
            let name = self.config.transport.token_name();
            let body = Json::object(vec![(name, token.expose().into())]);
            (Secret::new(body.text()), "application/json")
        });
        let mut http = HttpRequest::new("POST", url);
        http.headers.extend(logout.bearer.clone());
        http.body = body;
        http.include_credentials = self.config.cookie_bound();
        http.keepalive = true;
        if !self.add_csrf_header(&mut http) {
            self.park(Purpose::Logout, csrf_retry);
            return;
        }
        let flight = self.send(http, Timer::Logout, csrf_retry);
        if let Some(logout) = &mut self.logout {
            logout.flight = Some(flight);
        }
    }

    /// True: it was the logout endpoint's.
    pub(super) fn take_logout_answer(
        &mut self,
        request: RequestId,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        let flight = self.logout.as_ref().and_then(|logout| logout.flight);
        let Some(flight) = flight.filter(|flight| flight.request == request) else {
            return false;
        };
        match Reading::of(outcome, self.now) {
            Reading::Json(_) | Reading::Nothing => self.logout_told(),
            Reading::Failed(error) if self.csrf_may_help(&error, &flight, outcome) => {
                self.send_logout(true);
            }
            Reading::Failed(error) if error.may_be_csrf() => self.logout_untold(),
            // The session was over already, or there is no such endpoint: nothing is left to end.
            Reading::Failed(error)
                if matches!(error.status, Some(400..=499)) && !error.code.is_retryable() =>
            {
                self.logout_told();
            }
            // It answered with a page of its own.
            Reading::Failed(error) if matches!(error.status, Some(200..=299)) => self.logout_told(),
            Reading::Failed(_) => self.logout_untold(),
        }
        true
    }

    pub(super) fn on_logout_timeout(&mut self) {
        if let Some(flight) = self.logout.as_ref().and_then(|logout| logout.flight) {
            self.drop_cookie_of(flight);
        }
        self.logout_untold();
    }

    fn logout_told(&mut self) {
        self.note("server told of the logout");
        if std::mem::take(&mut self.logout_pends) {
            self.clear_store();
        }
        self.logout_ended();
    }

    pub(super) fn logout_untold(&mut self) {
        self.note("server not told of the logout");
        self.logout_ended();
    }

    fn logout_ended(&mut self) {
        self.timers.clear(Timer::Logout);
        self.finish_logout_calls();
        self.resume_queued_login();
    }

    /// Ends the one that is under way, if there is one.
    pub(super) fn finish_logout_calls(&mut self) {
        let Some(logout) = self.logout.take() else {
            return;
        };
        for call in logout.calls {
            self.settle(call, Outcome::Done);
        }
    }

    /// A logout that never reached the server, of this page or of an earlier one.
    pub(super) fn retry_pending_logout(&mut self) {
        if self.logout_pends && self.logout.is_none() && self.login.is_none() {
            self.tell_server(None, None, Vec::new());
        }
    }
}
