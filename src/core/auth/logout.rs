//! Logout: here at once, then at the server as well as can be.
//!
//! It owns the one logout that the server is being told of: who waits, and the tokens to end, which nothing else knows any more.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::options::config::Config;
use crate::core::port::effect::Outcome;
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::request::{HeaderValue, HttpRequest};
use crate::core::port::secret::Secret;
use crate::core::time::clock::Mono;
use crate::json::Json;

#[derive(Clone, Debug, Default)]
pub(crate) struct Logout {
    telling: Option<Telling>,
    /// The server has not heard of a logout that a cookie would undo.
    pends: bool,
}

#[derive(Clone, Debug)]
struct Telling {
    calls: Vec<CallId>,
    tokens: Tokens,
    stage: Stage,
    until: Mono,
}

/// What is to be ended at the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens {
    pub(crate) refresh: Option<Secret>,
    pub(crate) bearer: Option<(String, HeaderValue)>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Waits for the lock between tabs, or the store.
    Waiting,
    /// Waits for a CSRF token.
    Csrf,
    Sent(Flight),
}

impl Logout {
    /// Takes the place of one that is under way.
    pub(crate) fn begin(&mut self, cx: &mut Context, tokens: Tokens, calls: Vec<CallId>) {
        self.settle(cx);
        self.telling = Some(Telling {
            calls,
            tokens,
            stage: Stage::Waiting,
            // Bounds the wait for a CSRF token too.
            until: cx.timeout(),
        });
    }

    pub(crate) fn pends(&self) -> bool {
        self.pends
    }

    pub(crate) fn set_pending(&mut self) {
        self.pends = true;
    }

    pub(crate) fn take_pending(&mut self) -> bool {
        std::mem::take(&mut self.pends)
    }

    pub(crate) fn is_under_way(&self) -> bool {
        self.telling.is_some()
    }

    pub(crate) fn waits(&self) -> bool {
        matches!(
            self.telling,
            Some(Telling {
                stage: Stage::Waiting,
                ..
            })
        )
    }

    /// Somebody waits for it.
    pub(crate) fn is_asked(&self) -> bool {
        self.telling
            .as_ref()
            .is_some_and(|telling| !telling.calls.is_empty())
    }

    /// One more who waits. False: none is under way.
    pub(crate) fn join(&mut self, call: CallId) -> bool {
        let Some(telling) = &mut self.telling else {
            return false;
        };
        telling.calls.push(call);
        true
    }

    /// Something that it waits for begins: a read, or a request.
    pub(crate) fn extend(&mut self, cx: &Context) {
        if let Some(telling) = &mut self.telling {
            telling.until = cx.timeout();
        }
    }

    /// What it sends. None: there is nothing to send, or nowhere.
    pub(crate) fn request(&mut self, config: &Config) -> Option<HttpRequest> {
        let telling = self.telling.as_mut()?;
        let url = config.endpoints.logout.clone()?;
        telling.stage = Stage::Csrf;
        let tokens = &telling.tokens;
        let body = tokens.refresh.as_ref().map(|token| {
            let name = config.transport.token_name();
            let body = Json::object(vec![(name, token.expose().into())]);
            (Secret::new(body.text()), "application/json")
        });
        let mut http = HttpRequest::new("POST", url);
        http.headers.extend(tokens.bearer.clone());
        http.body = body;
        http.include_credentials = config.cookie_bound();
        http.keepalive = true;
        Some(http)
    }

    pub(crate) fn sent(&mut self, flight: Flight) {
        if let Some(telling) = &mut self.telling {
            telling.until = flight.until;
            telling.stage = Stage::Sent(flight);
        }
    }

    pub(crate) fn flight(&self) -> Option<Flight> {
        match self.telling.as_ref()?.stage {
            Stage::Sent(flight) => Some(flight),
            Stage::Waiting | Stage::Csrf => None,
        }
    }

    pub(crate) fn flight_of(&self, request: RequestId) -> Option<Flight> {
        self.flight().filter(|flight| flight.request == request)
    }

    /// Ends the one that is under way, if there is one.
    pub(crate) fn settle(&mut self, cx: &mut Context) {
        let Some(telling) = self.telling.take() else {
            return;
        };
        for call in telling.calls {
            cx.settle(call, Outcome::Done);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.telling.as_ref().map(|telling| telling.until)
    }

    pub(crate) fn is_overdue(&self, now: Mono) -> bool {
        self.deadline().is_some_and(|until| until <= now)
    }
}
