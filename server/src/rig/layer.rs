//! The way of a request through the rig: client, log, rule, and then as without a rig. Around all of it the clock of the client.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use tokio::time::sleep;
use tower::service_fn;

use super::clients::Client;
use super::controls::Controls;
use super::doors::routes;
use super::rules::DropAt;
use crate::backend::{Backend, Policy, Tenant, real_now};
use crate::http::{Answering, ApiError, Cors, Dropped, Front, Note};

/// Stands before the front.
pub(crate) struct Rig {
    front: Front,
    controls: Arc<Controls>,
    doors: Router,
    any_origin: Cors,
}

impl Rig {
    /// `tenant` is the client without a prefix; `policy` is that of all until they are set otherwise.
    pub(crate) fn new(
        front: Front,
        backend: Arc<Backend>,
        tenant: Arc<Tenant>,
        policy: Policy,
    ) -> Self {
        let controls = Arc::new(Controls::new(backend, tenant, policy));
        Self {
            front,
            doors: routes(controls.clone()),
            controls,
            any_origin: Cors::any(),
        }
    }

    /// What a test can do to it.
    pub(crate) fn controls(&self) -> Arc<Controls> {
        self.controls.clone()
    }

    /// Splits the client's prefix off and leaves the client in the request.
    fn enter(&self, mut request: Request) -> Option<(Arc<Client>, Request)> {
        let (client, path) = self.controls.clients.of_path(request.uri().path())?;
        let target = match request.uri().query() {
            Some(query) => PathAndQuery::try_from(format!("{path}?{query}")),
            None => PathAndQuery::try_from(path),
        };
        *request.uri_mut() = Uri::from(target.ok()?);
        request.extensions_mut().insert(client.clone());
        Some((client, request))
    }

    async fn of_client(&self, client: &Arc<Client>, request: Request) -> Result<Response, Dropped> {
        match request.uri().path() {
            // No fault meets these, and any page may set faults.
            path if path.starts_with("/_faults/") => {
                Ok(self.any_origin.around(request, self.doors.clone()).await)
            }
            path if is_logged(path) => self.logged(client, request).await,
            _ => self
                .faulty(client, None, request)
                .await
                .map_err(|_| Dropped),
        }
    }

    async fn logged(&self, client: &Arc<Client>, request: Request) -> Result<Response, Dropped> {
        let seq = client
            .log
            .arrived(request.method(), request.uri().path(), request.headers());
        let answer = self.faulty(client, Some(seq), request).await;
        let (status, note) = match &answer {
            Ok(response) => (Some(response.status().as_u16()), note_of(response)),
            Err(Lost(note)) => (None, *note),
        };
        client.log.answered(seq, status, note);
        answer.map_err(|_| Dropped)
    }

    /// `logged` is the request's number in the log, if it is in there.
    async fn faulty(
        &self,
        client: &Arc<Client>,
        logged: Option<u64>,
        request: Request,
    ) -> Result<Response, Lost> {
        let worked = || {
            if let Some(seq) = logged {
                client.log.worked(seq);
            }
        };
        let Some(fault) = client.take_fault(request.method(), request.uri().path()) else {
            let response = self.real(client, request).await;
            worked();
            return Ok(response);
        };
        sleep(fault.delay).await;
        client.gates.wait_at(fault.gate.as_deref()).await;
        if fault.drop == Some(DropAt::Before) {
            return Err(Lost(None));
        }
        let mut response = match fault.answer() {
            // What a preflight is answered by a rule is the rule's alone.
            Some(canned) if request.method() == Method::OPTIONS => canned,
            Some(canned) => self.readable(request, canned).await,
            None => {
                let response = self.real(client, request).await;
                worked();
                response
            }
        };
        sleep(fault.delay_after).await;
        client.gates.wait_at(fault.gate_after.as_deref()).await;
        if fault.drop == Some(DropAt::After) {
            return Err(Lost(note_of(&response)));
        }
        fault.add_headers(&mut response);
        Ok(response)
    }

    /// The answer without a rule.
    async fn real(&self, client: &Arc<Client>, request: Request) -> Response {
        match request.uri().path() {
            "/open/answer" | "/open/gate" => {
                self.front.with_cors(request, self.doors.clone()).await
            }
            _ => {
                let tenant = client.tenant().clone();
                self.front.answer_for(tenant, request).await
            }
        }
    }

    /// The page shall be able to read the answer of a rule too.
    async fn readable(&self, request: Request, canned: Response) -> Response {
        let mut canned = Some(canned);
        let inner = service_fn(move |_| {
            let canned = canned.take().unwrap_or_default();
            async { Ok(canned) }
        });
        self.front.with_cors(request, inner).await
    }
}

impl Answering for Rig {
    async fn answer(&self, request: Request) -> Result<Response, Dropped> {
        let mut now = real_now();
        let mut response = if let Some(to) = slash_is_missing(request.uri().path()) {
            Redirect::permanent(&to).into_response()
        } else if let Some((client, request)) = self.enter(request) {
            let response = self.of_client(&client, request).await?;
            now = client.tenant().now();
            response
        } else {
            ApiError::not_found().into_response()
        };
        self.front.finish(now, &mut response);
        // Browsers silently repeat a request whose kept-alive connection closes without an answer, POST
        // included. On a connection of its own, a dropped request is one request.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
        Ok(response)
    }
}

/// An answer that the caller does not get, with what is worth telling about it.
struct Lost(Option<Note>);

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
