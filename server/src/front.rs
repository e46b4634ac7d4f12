//! The way of a request: client, log, fault, CORS, handler. Around all of it the clock of the client.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::time::sleep;
use tower::{ServiceExt as _, service_fn};

use crate::app::{App, routes};
use crate::client::{Client, Millis, real_now};
use crate::config::Config;
use crate::cors::Cors;
use crate::error::ApiError;
use crate::faults::DropAt;
use crate::log::Note;

/// The connection is to be closed without an answer.
#[derive(Debug, Default)]
pub(crate) struct Dropped {
    /// What is worth telling about the answer that is lost.
    note: Option<Note>,
}

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

/// Takes every request of every connection.
#[derive(Clone)]
pub(crate) struct Front {
    app: Arc<App>,
    router: Router,
    listed_origins: Cors,
    any_origin: Cors,
}

impl Front {
    pub(crate) fn new(app: Arc<App>, config: &Config) -> std::io::Result<Self> {
        Ok(Self {
            router: routes(&app),
            listed_origins: Cors::listed(&config.allowed_origins, &config.allowed_headers)?,
            any_origin: Cors::any(),
            app,
        })
    }

    pub(crate) async fn handle(&self, request: Request) -> Result<Response, Dropped> {
        let mut now = real_now();
        let mut response = if let Some(to) = slash_is_missing(request.uri().path()) {
            Redirect::permanent(&to).into_response()
        } else if let Some((client, request)) = self.enter(request) {
            let response = self.of_client(&client, request).await?;
            now = client.now();
            response
        } else {
            ApiError::not_found().into_response()
        };
        self.finish(now, &mut response);
        Ok(response)
    }

    async fn of_client(&self, client: &Client, request: Request) -> Result<Response, Dropped> {
        match request.uri().path() {
            path if self.app.faults && path.starts_with("/_faults/") => {
                Ok(self.control(request).await)
            }
            path if is_logged(path) => self.logged(client, request).await,
            _ => self.faulty(client, None, request).await,
        }
    }

    /// Splits the client's prefix off and leaves the client in the request.
    fn enter(&self, mut request: Request) -> Option<(Arc<Client>, Request)> {
        let (client, path) = self.app.clients.of_path(request.uri().path())?;
        let target = match request.uri().query() {
            Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
            None => PathAndQuery::try_from(path),
        };
        *request.uri_mut() = Uri::from(target.ok()?);
        request.extensions_mut().insert(client.clone());
        Some((client, request))
    }

    /// No fault meets these, and any page may set faults.
    async fn control(&self, request: Request) -> Response {
        self.any_origin.around(request, self.router.clone()).await
    }

    async fn logged(&self, client: &Client, request: Request) -> Result<Response, Dropped> {
        if !self.app.faults {
            return self.faulty(client, None, request).await;
        }
        let seq = client
            .log
            .arrived(request.method(), request.uri().path(), request.headers());
        let response = self.faulty(client, Some(seq), request).await;
        let (status, note) = match &response {
            Ok(response) => (Some(response.status().as_u16()), note_of(response)),
            Err(dropped) => (None, dropped.note),
        };
        client.log.answered(seq, status, note);
        response
    }

    /// `logged` is the request's number in the log, if it is in there.
    async fn faulty(
        &self,
        client: &Client,
        logged: Option<u64>,
        request: Request,
    ) -> Result<Response, Dropped> {
        let worked = || {
            if let Some(seq) = logged {
                client.log.worked(seq);
            }
        };
        let Some(fault) = client.take_fault(request.method(), request.uri().path()) else {
            let response = self.with_cors(request, None).await;
            worked();
            return Ok(response);
        };
        sleep(fault.delay).await;
        client.gates.wait_at(fault.gate.as_deref()).await;
        if fault.drop == Some(DropAt::Before) {
            return Err(Dropped::default());
        }
        let canned = fault.answer();
        let is_real = canned.is_none();
        let mut response = self.with_cors(request, canned).await;
        if is_real {
            worked();
        }
        sleep(fault.delay_after).await;
        client.gates.wait_at(fault.gate_after.as_deref()).await;
        if fault.drop == Some(DropAt::After) {
            return Err(Dropped {
                note: note_of(&response),
            });
        }
        fault.add_headers(&mut response);
        Ok(response)
    }

    /// The page shall be able to read the answer, also that of a fault.
    async fn with_cors(&self, request: Request, mut canned: Option<Response>) -> Response {
        if request.method() == Method::OPTIONS
            && let Some(canned) = canned
        {
            return canned;
        }
        let inner = service_fn(|request| {
            let (canned, router) = (canned.take(), self.router.clone());
            async move {
                match canned {
                    Some(canned) => Ok(canned),
                    None => router.oneshot(request).await,
                }
            }
        });
        self.listed_origins.around(request, inner).await
    }

    fn finish(&self, now: Millis, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(date) = http_date(now) {
            headers.entry(header::DATE).or_insert(date);
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        // What an answer of this server may hold is no business of any cache.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
        if self.app.faults {
            // Browsers silently repeat a request whose kept-alive connection closes without an answer, POST
            // included. On a connection of its own, a dropped request is one request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// `/c/<client>` without a slash at its end: the page there could not name its files.
fn slash_is_missing(path: &str) -> Option<String> {
    let client = path.strip_prefix("/c/")?;
    (!client.is_empty() && !client.contains('/')).then(|| format!("{path}/"))
}

fn note_of(response: &Response) -> Option<Note> {
    response.extensions().get().copied()
}

fn is_logged(path: &str) -> bool {
    ["/auth/", "/api/", "/open/", "/.well-known/"]
        .iter()
        .any(|prefix| path.starts_with(prefix))
}

/// `None` before 1970.
fn http_date(now: Millis) -> Option<HeaderValue> {
    let since = Duration::from_millis(u64::try_from(now).ok()?);
    let time: SystemTime = UNIX_EPOCH.checked_add(since)?;
    HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
}
