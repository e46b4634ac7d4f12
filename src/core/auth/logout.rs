//! Logout: here at once, then at the server as well as can be.
//!
//! It owns the one logout that the server is being told of: who waits, and the tokens to end, which nothing else knows any more.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::options::config::Config;
use crate::core::port::effect::Outcome;
use crate::core::port::error::AuthError;
use crate::core::port::ids::{CallId, RequestId};
use crate::core::port::request::{HttpRequest, Redirects, RequestKind, Tokens};
use crate::core::port::secret::Secret;
use crate::core::refresh::request::refresh_request;
use crate::core::session::bearer::header_of;
use crate::core::time::clock::Mono;
use crate::json::Json;

/// The lock may be given up as late as this.
const GRACE_MS: u64 = 2_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Logout {
    telling: Option<Telling>,
    /// The server has not heard of a logout that a cookie would undo. Whose session it was to end: a hash of the subject, 0 if
    /// it is not known.
    noted: Option<u32>,
    /// This page is the one that was left, loaded again: no page of the backend came between that could have begun a session.
    is_reloaded: bool,
}

#[derive(Clone, Debug)]
struct Telling {
    calls: Vec<CallId>,
    tokens: Tokens,
    /// It has been tried to get a good access token.
    has_renewed: bool,
    stage: Stage,
    until: Mono,
    /// Why the server will not do it.
    refused: Option<AuthError>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Waits for the lock between tabs, or the store.
    Waiting,
    /// Waits for a CSRF token.
    Csrf,
    /// Gets a good access token first.
    Renewing(Flight),
    Sent(Flight),
    /// It was refused, and `me` is asked whether there is a session left to end.
    Refused,
}

impl Logout {
    /// Takes the place of one that is under way.
    pub(crate) fn begin(&mut self, cx: &mut Context, tokens: Tokens, calls: Vec<CallId>) {
        self.settle(cx);
        self.telling = Some(Telling {
            calls,
            tokens,
            has_renewed: false,
            stage: Stage::Waiting,
            // Bounds the wait for a CSRF token too.
            until: cx.timeout(),
            refused: None,
        });
    }

    pub(crate) fn is_noted(&self) -> bool {
        self.noted.is_some()
    }

    /// Whose session it was to end.
    pub(crate) fn noted(&self) -> Option<u32> {
        self.noted
    }

    pub(crate) fn note(&mut self, subject: u32) {
        self.noted = Some(subject);
    }

    /// There is nothing to end any more, and so nothing to refuse. True: there was one.
    pub(crate) fn forget_note(&mut self) -> bool {
        if let Some(telling) = &mut self.telling {
            telling.refused = None;
        }
        self.noted.take().is_some()
    }

    pub(crate) fn page_was_reloaded(&mut self) {
        self.is_reloaded = true;
    }

    /// Whether the session of `subject`, which the server says stands, is the one that the noted logout was to end. Where
    /// sessions begin by pages of the backend it may be a new one, of the same person.
    pub(crate) fn is_to_end(&self, config: &Config, subject: u32) -> bool {
        // Within one page none begins between a logout that was refused and the question that follows it.
        let is_new_page = !self.is_reloaded && !self.is_refused();
        let begins_elsewhere = config.endpoints.login.is_none() && is_new_page;
        let is_of = |noted: u32| noted == 0 || subject == 0 || noted == subject;
        self.noted.is_some_and(is_of) && !begins_elsewhere
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

    /// It waits, and its time was not over long ago: a page that was frozen does not end what began meanwhile.
    pub(crate) fn may_go(&self, cx: &Context) -> bool {
        self.waits()
            && self
                .deadline()
                .is_some_and(|until| cx.mono() <= until.after(GRACE_MS))
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
        Some(logout_request(config, url, telling.tokens.clone()))
    }

    /// The request that gets a good access token, where the server has refused this one. None: it is of no use, or was tried.
    pub(crate) fn renewal(&mut self, config: &Config) -> Option<HttpRequest> {
        let telling = self.telling.as_mut()?;
        if telling.tokens.access.is_none() || telling.has_renewed {
            return None;
        }
        telling.has_renewed = true;
        refresh_request(config, telling.tokens.clone(), None)
    }

    pub(crate) fn is_renewing(&self) -> bool {
        let telling = self.telling.as_ref();
        telling.is_some_and(|telling| matches!(telling.stage, Stage::Renewing(_)))
    }

    pub(crate) fn renewing(&mut self, flight: Flight) {
        self.sent(flight);
        if let Some(telling) = &mut self.telling {
            telling.stage = Stage::Renewing(flight);
        }
    }

    /// What the renewal brought.
    pub(crate) fn take_tokens(&mut self, brought: Tokens) {
        if let Some(Telling { tokens, .. }) = &mut self.telling {
            tokens.access = brought.access;
            tokens.refresh = brought.refresh.or(tokens.refresh.take());
        }
    }

    pub(crate) fn sent(&mut self, flight: Flight) {
        if let Some(telling) = &mut self.telling {
            telling.until = flight.until;
            telling.stage = Stage::Sent(flight);
        }
    }

    pub(crate) fn flight(&self) -> Option<Flight> {
        match self.telling.as_ref()?.stage {
            Stage::Renewing(flight) | Stage::Sent(flight) => Some(flight),
            Stage::Waiting | Stage::Csrf | Stage::Refused => None,
        }
    }

    /// The server will not do it.
    pub(crate) fn refuse(&mut self, error: AuthError) {
        let Some(telling) = &mut self.telling else {
            return;
        };
        telling.refused = Some(error);
        telling.stage = Stage::Refused;
    }

    pub(crate) fn is_refused(&self) -> bool {
        let telling = self.telling.as_ref();
        telling.is_some_and(|telling| matches!(telling.stage, Stage::Refused))
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
            match &telling.refused {
                None => cx.settle(call, Outcome::Done),
                Some(error) => cx.fail(call, error.clone()),
            }
        }
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.telling.as_ref().map(|telling| telling.until)
    }

    pub(crate) fn is_overdue(&self, now: Mono) -> bool {
        self.deadline().is_some_and(|until| until <= now)
    }
}

/// Ends what these stand for. A redirect is an answer, as many frameworks give it: the server has done it by then.
pub(crate) fn logout_request(config: &Config, url: String, tokens: Tokens) -> HttpRequest {
    let mut http = HttpRequest::new(RequestKind::Logout, "POST", url);
    http.body = tokens.refresh.as_ref().map(|token| {
        let name = config.transport.token_name();
        let body = Json::object(vec![(name, token.expose().into())]);
        (Secret::new(body.text()), "application/json")
    });
    let access = tokens.access.clone();
    http.headers
        .extend(access.map(|access| header_of(config, access)));
    http.include_credentials = config.cookie_bound();
    http.keepalive = true;
    http.redirects = Redirects::Answer;
    http.tokens = tokens;
    http
}
