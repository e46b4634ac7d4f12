//! The CSRF token: where it comes from, when a new one is fetched, who waits for it.

use super::answer::{Answer, Failure, Reading};
use super::config::{Csrf, CsrfSource};
use super::effect::{HeaderValue, HttpRequest, PageCsrf};
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{Flight, Purpose, RequestId};
use super::secret::Secret;
use super::timer::Timer;
use super::token_answer::read_csrf;

/// The token of a CSRF endpoint. Cookie and meta tokens are not held: they are read at each sending.
#[derive(Clone, Debug, Default)]
pub(super) struct CsrfState {
    token: Option<Secret>,
    /// Changes with the token.
    pub(super) version: u32,
    flight: Option<Flight>,
    /// Requests of the engine's own that wait for it, and whether they are a second attempt.
    parked: Vec<(Purpose, bool)>,
}

/// Whether a request can be sent now.
pub(super) enum CsrfNeed {
    /// With this header, if CSRF protection is configured.
    Satisfied(Option<(String, HeaderValue)>),
    /// The endpoint has to be asked first.
    Fetch,
}

impl CsrfState {
    /// A login or logout makes the server choose another.
    pub(super) fn forget(&mut self) {
        self.token = None;
    }
}

impl Engine {
    /// The header for an unsafe request.
    pub(super) fn csrf_header(&self) -> CsrfNeed {
        let Some(Csrf { source, header }) = &self.config.csrf else {
            return CsrfNeed::Satisfied(None);
        };
        let value = match source {
            CsrfSource::Cookie(name) => HeaderValue::Csrf(PageCsrf::Cookie(name.clone())),
            CsrfSource::Meta(name) => HeaderValue::Csrf(PageCsrf::Meta(name.clone())),
            CsrfSource::Endpoint { .. } => match &self.csrf.token {
                Some(token) => HeaderValue::Is(token.clone()),
                None => return CsrfNeed::Fetch,
            },
        };
        CsrfNeed::Satisfied(Some((header.clone(), value)))
    }

    /// Gives a request of our own its header, where the browser sends the credential by itself.
    /// False: the endpoint has to be asked first.
    pub(super) fn add_csrf_header(&self, http: &mut HttpRequest) -> bool {
        if !http.include_credentials {
            return true;
        }
        let CsrfNeed::Satisfied(header) = self.csrf_header() else {
            return false;
        };
        http.headers.extend(header);
        true
    }

    /// `purpose` goes on when a token is there.
    pub(super) fn park(&mut self, purpose: Purpose, csrf_retry: bool) {
        let parked = &mut self.csrf.parked;
        if let Some(place) = parked.iter().position(|(parked, _)| *parked == purpose) {
            parked.remove(place);
        }
        parked.push((purpose, csrf_retry));
        self.fetch_csrf();
    }

    pub(super) fn fetch_csrf(&mut self) {
        let Some(Csrf {
            source: CsrfSource::Endpoint { url, .. },
            ..
        }) = &self.config.csrf
        else {
            return;
        };
        if self.csrf.flight.is_some() {
            return;
        }
        let mut http = HttpRequest::new("GET", url.clone());
        http.include_credentials = true;
        let flight = self.send(http, Timer::Csrf, false);
        self.csrf.flight = Some(flight);
        self.note("csrf token asked for");
    }

    /// After a refusal of one of our own requests: whether a new token may be had, so that it is worth a second attempt.
    pub(super) fn csrf_may_help(
        &mut self,
        error: &AuthError,
        flight: &Flight,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        if flight.csrf_retries > 0 || !error.may_be_csrf() {
            return false;
        }
        match &self.config.csrf {
            None => false,
            Some(Csrf {
                source: CsrfSource::Endpoint { .. },
                ..
            }) => {
                if self.csrf.version == flight.csrf_version {
                    self.csrf.forget();
                }
                true
            }
            Some(_) => outcome.as_ref().is_ok_and(|answer| answer.csrf_moved),
        }
    }

    /// True: it was the CSRF endpoint's.
    pub(super) fn take_csrf_answer(
        &mut self,
        request: RequestId,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        let Some(epoch) = Flight::epoch_of(self.csrf.flight.as_ref(), request) else {
            return false;
        };
        self.csrf.flight = None;
        self.timers.clear(Timer::Csrf);
        if epoch != self.epoch {
            // Of the session before: the server may have chosen another since.
            if !self.csrf.parked.is_empty() || self.calls_wait_for_csrf() {
                self.fetch_csrf();
            }
            return true;
        }
        match self.read_csrf_answer(outcome) {
            Ok(token) => self.take_csrf_token(token),
            Err(error) => self.csrf_failed(&error),
        }
        true
    }

    fn read_csrf_answer(&self, outcome: &Result<Answer, Failure>) -> Result<Secret, AuthError> {
        let field = match &self.config.csrf {
            Some(Csrf {
                source: CsrfSource::Endpoint { field, .. },
                ..
            }) => field.as_deref(),
            _ => None,
        };
        let missing = || {
            AuthError::new(Code::CsrfFailed)
                .with_detail("the CSRF endpoint answered no token; name its field in csrf.field")
        };
        match Reading::of(outcome, self.now) {
            Reading::Json(body) => read_csrf(&body, field).ok_or_else(missing),
            Reading::Nothing => Err(missing()),
            Reading::Failed(error) => Err(error),
        }
    }

    fn take_csrf_token(&mut self, token: Secret) {
        let is_new = self
            .csrf
            .token
            .as_ref()
            .is_none_or(|old| old.expose() != token.expose());
        if is_new {
            self.csrf.version = self.csrf.version.wrapping_add(1);
        }
        self.csrf.token = Some(token);
        self.note("csrf token fetched");
        for (purpose, csrf_retry) in std::mem::take(&mut self.csrf.parked) {
            match purpose {
                Purpose::Login => self.send_login(csrf_retry),
                Purpose::Logout => self.send_logout(csrf_retry),
                Purpose::Refresh => self.resume_refresh_after_csrf(csrf_retry),
            }
        }
        self.resume_calls_after_csrf(None);
    }

    fn csrf_failed(&mut self, error: &AuthError) {
        self.note_error("no csrf token", error);
        for (purpose, _) in std::mem::take(&mut self.csrf.parked) {
            match purpose {
                Purpose::Login => self.login_failed(error.clone()),
                Purpose::Logout => self.logout_untold(),
                Purpose::Refresh => self.fail_refresh_without_csrf(error),
            }
        }
        self.resume_calls_after_csrf(Some(error));
    }

    pub(super) fn on_csrf_timeout(&mut self) {
        if self.csrf.flight.take().is_some() {
            self.csrf_failed(&Failure::Timeout.into());
        }
    }

    /// The token a call carried, to compare with when it is refused.
    pub(super) fn csrf_token_is_new(&self, carried: u32) -> bool {
        self.csrf.token.is_some() && self.csrf.version != carried
    }
}
