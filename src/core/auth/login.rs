//! Login: only a success changes anything.
//!
//! It owns the one login that is under way: who waits for it, what it sends, and how far it is.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::identity::counters::Epoch;
use crate::core::identity::credentials::Credentials;
use crate::core::options::config::{Config, Fields, Mode};
use crate::core::port::answer::{Answer, Failure, Said};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::request::{HttpRequest, Redirects, RequestKind};
use crate::core::port::secret::Secret;
use crate::core::time::clock::Mono;
use crate::core::wire::reading::as_it_came;
use crate::core::wire::text::mentions;
use crate::core::wire::tokens::names_access;
use crate::core::wire::verdict::is_nobody;
use crate::json::Json;

#[derive(Clone, Debug, Default)]
pub(crate) struct Login(Option<Attempt>);

#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    call: CallId,
    body: Secret,
    /// Where it goes, if not to the usual endpoint.
    url: Option<String>,
    epoch: Epoch,
    stage: Stage,
    /// What it was answered, if that is more than nothing; `null` for a redirect.
    told: Option<Json>,
}

#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Waits for the lock between tabs, or a refresh or logout by cookie is out here: its answer would set the old
    /// session's cookie, or none, after ours.
    Queued,
    /// Waits for a CSRF token.
    Csrf,
    Sent(Flight),
    /// Accepted; asks who it is.
    AwaitsUser(Box<Credentials>),
}

/// A login that was accepted.
pub(crate) struct Accepted {
    pub(crate) call: CallId,
    pub(crate) epoch: Epoch,
    pub(crate) credentials: Box<Credentials>,
}

impl Login {
    pub(crate) fn begin(&mut self, call: CallId, body: Secret, url: Option<String>, epoch: Epoch) {
        self.0 = Some(Attempt {
            call,
            body,
            url,
            epoch,
            stage: Stage::Queued,
            told: None,
        });
    }

    pub(crate) fn is_under_way(&self) -> bool {
        self.0.is_some()
    }

    fn stage(&self) -> Option<&Stage> {
        self.0.as_ref().map(|attempt| &attempt.stage)
    }

    pub(crate) fn is_of(&self, call: CallId) -> bool {
        self.0.as_ref().is_some_and(|attempt| attempt.call == call)
    }

    pub(crate) fn is_queued(&self) -> bool {
        matches!(self.stage(), Some(Stage::Queued))
    }

    pub(crate) fn is_sent(&self) -> bool {
        matches!(self.stage(), Some(Stage::Sent(_)))
    }

    /// Whether the server may have accepted it.
    pub(crate) fn is_out(&self) -> bool {
        matches!(self.stage(), Some(Stage::Sent(_) | Stage::AwaitsUser(_)))
    }

    /// Whether its answer, which sets a cookie, is still to come.
    pub(crate) fn needs_lock(&self) -> bool {
        self.stage()
            .is_some_and(|stage| !matches!(stage, Stage::AwaitsUser(_)))
    }

    /// What the login endpoint said, while it is asked who that is.
    pub(crate) fn awaiting_user(&self) -> Option<&Credentials> {
        match self.stage()? {
            Stage::AwaitsUser(credentials) => Some(credentials),
            _ => None,
        }
    }

    pub(crate) fn awaits_user(&self) -> bool {
        self.awaiting_user().is_some()
    }

    /// What it sends.
    pub(crate) fn body(&self) -> Option<&Secret> {
        self.0.as_ref().map(|attempt| &attempt.body)
    }

    /// Keeps what it was answered, until it is known who is signed in.
    pub(crate) fn was_told(&mut self, outcome: &Result<Answer, Failure>) {
        if let (Some(attempt), Ok(answer)) = (&mut self.0, outcome) {
            attempt.told = match answer.status {
                300..=399 => Some(Json::null()),
                _ => Json::parse(&answer.body)
                    .filter(Json::is_object)
                    .as_ref()
                    .map(as_it_came),
            };
        }
    }

    pub(crate) fn told(&self) -> Option<&Json> {
        self.0.as_ref()?.told.as_ref()
    }

    /// Where it goes.
    pub(crate) fn url(&self, config: &Config) -> Option<String> {
        let own = self.0.as_ref()?.url.clone();
        own.or(config.endpoints.login.clone())
    }

    /// What it sends. None: it has nowhere to go.
    pub(crate) fn request(&self, config: &Config) -> Option<HttpRequest> {
        let attempt = self.0.as_ref()?;
        let url = self.url(config)?;
        let mut http = HttpRequest::new(RequestKind::Login, "POST", url);
        http.body = Some((attempt.body.clone(), "application/json"));
        http.include_credentials = config.cookie_bound();
        if config.mode == Mode::Session {
            // Of forms it is the usual answer, to a wrong password too.
            http.redirects = Redirects::Answer;
        }
        http.brings_token = true;
        Some(http)
    }

    /// The session of before is over by itself, which is none of this one's.
    pub(crate) fn outlives(&mut self, epoch: Epoch) {
        if let Some(attempt) = &mut self.0 {
            attempt.epoch = epoch;
        }
    }

    /// Whether what ended it was another session than it was begun in.
    pub(crate) fn is_overtaken(&self, epoch: Epoch) -> bool {
        self.0.as_ref().is_none_or(|attempt| attempt.epoch != epoch)
    }

    pub(crate) fn set_stage(&mut self, stage: Stage) {
        if let Some(attempt) = &mut self.0 {
            attempt.stage = stage;
        }
    }

    /// What ended while it waited was another session.
    pub(crate) fn sent(&mut self, flight: Flight) {
        if let Some(attempt) = &mut self.0 {
            attempt.epoch = flight.epoch;
            attempt.stage = Stage::Sent(flight);
        }
    }

    pub(crate) fn flight_of(&self, request: RequestId) -> Option<Flight> {
        self.flight().filter(|flight| flight.request == request)
    }

    fn flight(&self) -> Option<Flight> {
        match self.stage() {
            Some(Stage::Sent(flight)) => Some(*flight),
            _ => None,
        }
    }

    /// Takes out one that was accepted.
    pub(crate) fn take_accepted(&mut self) -> Option<Accepted> {
        let attempt = self
            .0
            .take_if(|attempt| matches!(attempt.stage, Stage::AwaitsUser(_)))?;
        match attempt.stage {
            Stage::AwaitsUser(credentials) => Some(Accepted {
                call: attempt.call,
                epoch: attempt.epoch,
                credentials,
            }),
            _ => None,
        }
    }

    /// Ends it, and tells who waited.
    pub(crate) fn end(&mut self) -> Option<CallId> {
        self.0.take().map(|attempt| attempt.call)
    }

    /// The same; its request is not heard any more.
    pub(crate) fn drop_request(&mut self, cx: &mut Context) -> Option<CallId> {
        if let Some(flight) = self.flight() {
            cx.cancel(flight);
        }
        self.end()
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.flight().map(|flight| flight.until)
    }

    /// Its answer has not come in time.
    pub(crate) fn overdue(&self, now: Mono) -> Option<Flight> {
        self.flight().filter(|flight| flight.until <= now)
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn number(&self) -> Option<u8> {
        Some(match self.stage()? {
            Stage::Queued => 0,
            Stage::Csrf => 1,
            Stage::Sent(_) => 2,
            Stage::AwaitsUser(_) => 3,
        })
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        self.flight().map(|flight| flight.request)
    }
}

/// The login was accepted, and its cookie did not come back.
pub(crate) fn without_cookie() -> AuthError {
    AuthError::new(Code::ResponseInvalid).with_detail(
        "the session cookie did not come back; on another site it needs SameSite=None; Secure and CORS with credentials",
    )
}

/// A good answer without user or token: the server wants something more. None: it is none.
pub(crate) fn pending(
    outcome: &Result<Answer, Failure>,
    error: &AuthError,
    fields: &Fields,
) -> Option<AuthError> {
    let answer = outcome.as_ref().ok()?;
    let is_good = error.code == Code::ResponseInvalid && (200..=299).contains(&answer.status);
    let body = Json::parse(&answer.body).filter(|body| is_good && body.is_object())?;
    if is_nobody(&body) || names_access(&body, fields) {
        return None;
    }
    let mut pending = AuthError::new(Code::LoginPending);
    pending.status = Some(answer.status);
    pending.body = Some(as_it_came(&body));
    Some(pending)
}

/// What the login endpoint means by an error: the app's rule tells, or else its code, or its words, or else the status.
pub(crate) fn refined(mut error: AuthError, outcome: &Result<Answer, Failure>) -> AuthError {
    let said = outcome.as_ref().map_or(None, |answer| answer.said);
    if matches!(said, Some(Said::Refused | Said::Nobody)) {
        error.code = Code::InvalidCredentials;
    }
    if error.code != Code::RequestRejected {
        return error;
    }
    let own_code = error.server_code.as_deref();
    let told = [own_code, error.server_message.as_deref()];
    let is_credentials = match told.into_iter().flatten().find_map(are_wrong) {
        Some(are_wrong) => are_wrong,
        None => match error.status {
            Some(401) => true,
            Some(400 | 403) => {
                matches!(
                    own_code,
                    None | Some("invalid_grant" | "invalid_login" | "access_denied")
                )
            }
            _ => false,
        },
    };
    if is_credentials {
        error.code = Code::InvalidCredentials;
    }
    error
}

/// Whether it says that the credentials are wrong, or something else.
fn are_wrong(told: &str) -> Option<bool> {
    let says = |parts| mentions(told, parts);
    if says("credential|more attempt")
        || (says("password") && says("invalid|incorrect|wrong|mismatch|bad "))
    {
        return Some(true);
    }
    // It knows them, or does not say, and wants something else first; or they are those of a sign-up.
    says(
        "verified|verify your e|confirm|locked|disabled|suspended|activ|allowed|already|too |factor|mfa|otp|captcha|expired",
    )
    .then_some(false)
}

/// The body that was sent, for who looks whether an answer quotes it.
pub(crate) fn as_json(body: &Secret) -> Option<Json> {
    Json::parse(body.expose())
}
