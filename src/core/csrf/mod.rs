//! The CSRF token: where it comes from, when a new one is fetched, which of our own requests wait for it.
//!
//! It owns the token of a CSRF endpoint, and whose turn it is to be sent again. Tokens of the page are not held: they are read at
//! each sending.

use crate::core::context::Context;
use crate::core::context::flight::{Flight, Purpose};
use crate::core::identity::counters::{Epoch, Generation};
use crate::core::options::config::{Csrf as Source, CsrfSource};
use crate::core::port::answer::{Answer, Failure};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::request::{HeaderValue, HttpRequest, PageCsrf, RequestKind};
use crate::core::port::secret::Secret;
use crate::core::time::clock::Mono;
use crate::core::wire::reading::Reading;
use crate::core::wire::tokens::read_csrf;

#[derive(Clone, Debug, Default)]
pub(crate) struct Csrf {
    token: Option<Secret>,
    /// Changes with the token.
    version: u32,
    flight: Option<Flight>,
    /// Requests of the engine's own that wait for it, and whether they are a second attempt.
    parked: Vec<(Purpose, bool)>,
    /// A token may be good for one request: calls that were refused are sent again one after the other. Whose turn it is, and
    /// until when the others wait for it.
    turn: Option<(CallId, Mono)>,
    /// Somebody may be in line.
    has_line: bool,
}

/// Whether a request can be sent now.
pub(crate) enum Need {
    /// With this header, if CSRF protection is configured.
    Satisfied(Option<(String, HeaderValue)>),
    /// The endpoint has to be asked first.
    Fetch,
}

/// Requests that waited, each with whether it is a second attempt.
pub(crate) type Parked = Vec<(Purpose, bool)>;

impl Csrf {
    /// A login or logout makes the server choose another.
    pub(crate) fn forget(&mut self) {
        self.token = None;
    }

    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The token a call carried, to compare with when it is refused.
    pub(crate) fn is_newer_than(&self, carried: u32) -> bool {
        self.token.is_some() && self.version != carried
    }

    // The line of calls that are sent again.

    pub(crate) fn line_up(&mut self) {
        self.has_line = true;
    }

    pub(crate) fn has_line(&self) -> bool {
        self.has_line
    }

    pub(crate) fn turn(&self) -> Option<(CallId, Mono)> {
        self.turn
    }

    pub(crate) fn begin_turn(&mut self, cx: &Context, id: CallId) {
        self.turn = Some((id, cx.after(cx.config().timeout_ms.into())));
    }

    pub(crate) fn end_turn(&mut self, has_line: bool) {
        self.turn = None;
        self.has_line = has_line;
    }

    /// Whether it may be sent again now: with the page's token of the moment, or one of the endpoint's that it has not carried. If
    /// that was good for one request only, it has another turn.
    pub(crate) fn is_fresh_for(&self, cx: &Context, carried: u32) -> bool {
        !Csrf::is_fetched(cx) || self.is_newer_than(carried)
    }

    pub(crate) fn is_fetched(cx: &Context) -> bool {
        let csrf = cx.config().csrf.as_ref();
        csrf.is_some_and(|csrf| matches!(csrf.source, CsrfSource::Endpoint { .. }))
    }

    /// The header for an unsafe request.
    pub(crate) fn header(&self, cx: &Context) -> Need {
        let Some(Source { source, header }) = &cx.config().csrf else {
            return Need::Satisfied(None);
        };
        let of_page = HeaderValue::Csrf;
        let value = match source {
            CsrfSource::Cookie(name) => of_page(PageCsrf::Cookie(name.clone())),
            CsrfSource::Meta(name) => of_page(PageCsrf::Meta(name.clone())),
            CsrfSource::ResponseHeader(name) => of_page(PageCsrf::ResponseHeader(name.clone())),
            CsrfSource::Value(value) => HeaderValue::Is(Secret::new(value.clone())),
            CsrfSource::Endpoint { .. } => match &self.token {
                Some(token) => HeaderValue::Is(token.clone()),
                None => return Need::Fetch,
            },
        };
        Need::Satisfied(Some((header.clone(), value)))
    }

    /// Gives a request of our own its header, where the browser sends the credential by itself.
    /// False: the endpoint has to be asked first.
    pub(crate) fn add_header(&self, cx: &Context, http: &mut HttpRequest) -> bool {
        if !http.include_credentials {
            return true;
        }
        let Need::Satisfied(header) = self.header(cx) else {
            return false;
        };
        http.headers.extend(header);
        true
    }

    /// `purpose` goes on when a token is there.
    pub(crate) fn park(
        &mut self,
        cx: &mut Context,
        of: (Epoch, Generation),
        purpose: Purpose,
        is_retry: bool,
    ) {
        self.parked.retain(|(parked, _)| *parked != purpose);
        self.parked.push((purpose, is_retry));
        self.fetch(cx, of);
    }

    /// Asks the endpoint, if there is one and it is not being asked.
    pub(crate) fn fetch(&mut self, cx: &mut Context, of: (Epoch, Generation)) {
        let Some(Source {
            source: CsrfSource::Endpoint { url, .. },
            ..
        }) = &cx.config().csrf
        else {
            return;
        };
        if self.flight.is_some() {
            return;
        }
        let mut http = HttpRequest::new(RequestKind::Csrf, "GET", url.clone());
        http.include_credentials = true;
        self.flight = Some(cx.send(http, of, (false, self.version)));
        cx.note("csrf token asked for");
    }

    /// After a refusal of one of our own requests: whether a new token may be had, so that it is worth a second attempt.
    pub(crate) fn may_help(
        &mut self,
        cx: &Context,
        error: &AuthError,
        flight: &Flight,
        outcome: &Result<Answer, Failure>,
    ) -> bool {
        if flight.csrf_retries > 0 || !error.may_be_csrf() {
            return false;
        }
        match &cx.config().csrf {
            None => false,
            Some(Source {
                source: CsrfSource::Endpoint { .. },
                ..
            }) => {
                if self.version == flight.csrf_version {
                    self.forget();
                }
                true
            }
            Some(_) => outcome.as_ref().is_ok_and(|answer| answer.csrf_moved),
        }
    }

    /// `request` is the one that is out: it is not any more.
    pub(crate) fn take(&mut self, request: RequestId) -> Option<Flight> {
        self.flight.take_if(|flight| flight.request == request)
    }

    /// Whether a request of our own waits.
    pub(crate) fn has_parked(&self) -> bool {
        !self.parked.is_empty()
    }

    pub(crate) fn take_parked(&mut self) -> Parked {
        std::mem::take(&mut self.parked)
    }

    /// What the endpoint answered.
    pub(crate) fn read(
        &mut self,
        cx: &Context,
        outcome: &Result<Answer, Failure>,
    ) -> Result<(), AuthError> {
        let field = match &cx.config().csrf {
            Some(Source {
                source: CsrfSource::Endpoint { field, .. },
                ..
            }) => field.as_deref(),
            _ => None,
        };
        let missing = || {
            AuthError::new(Code::CsrfFailed)
                .with_detail("the CSRF endpoint answered no token; name its field in csrf.field")
        };
        let token = match Reading::of(outcome, cx.now()) {
            Reading::Json(body) => read_csrf(&body, field).ok_or_else(missing),
            Reading::Nothing => Err(missing()),
            Reading::Failed(error) => Err(error),
        }?;
        let is_new = self
            .token
            .as_ref()
            .is_none_or(|old| old.expose() != token.expose());
        if is_new {
            self.version = self.version.wrapping_add(1);
        }
        self.token = Some(token);
        Ok(())
    }

    /// Nothing is asked any more.
    pub(crate) fn close(&mut self) {
        self.flight = None;
        self.end_turn(false);
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        let turn = self.turn.map(|(_, until)| until);
        self.flight.map(|flight| flight.until).or(turn)
    }

    pub(crate) fn take_overdue(&mut self, now: Mono) -> bool {
        self.flight.take_if(|flight| flight.until <= now).is_some()
    }
}
