//! The way of a request: CORS, handler, headers that all answers have.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tower::Service;

use super::connections::{Answering, Dropped, Peer};
use super::face::Face;
use super::guard::{Cors, Network};
use super::routes::{DefaultMode, routes};
use crate::backend::{Millis, Tenant};

/// Takes every request of every connection.
#[derive(Clone)]
pub(crate) struct Front {
    tenant: Arc<Tenant>,
    router: Router,
    cors: Cors,
    transport: Transport,
}

/// What stands between a caller and this server.
#[derive(Clone, Default)]
pub(crate) struct Transport {
    /// So many proxies of ours.
    pub(crate) proxies: usize,
    /// `Strict-Transport-Security` (RFC 6797), if callers come by TLS.
    pub(crate) strict: Option<HeaderValue>,
}

impl Front {
    /// One that serves `tenant`, and pages of the origins that `cors` lists.
    pub(super) fn new(
        face: Face,
        tenant: Arc<Tenant>,
        cors: Cors,
        transport: Transport,
        mode: DefaultMode,
    ) -> Self {
        Self {
            tenant,
            router: routes(&Arc::new(face), mode),
            cors,
            transport,
        }
    }

    /// The answer for `tenant`, whose prefix is not in the path.
    pub(crate) async fn answer_for(&self, tenant: Arc<Tenant>, mut request: Request) -> Response {
        let peer = request.extensions().get::<Peer>();
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |Peer(peer)| *peer);
        let network = Network::of(peer, request.headers(), self.transport.proxies);
        request.extensions_mut().insert(network);
        request.extensions_mut().insert(tenant);
        self.with_cors(request, self.router.clone()).await
    }

    /// Lets pages of listed origins read what `inner` answers, and answers their preflights.
    pub(crate) async fn with_cors<S>(&self, request: Request, inner: S) -> Response
    where
        S: Service<Request, Response = Response, Error = std::convert::Infallible>,
    {
        self.cors.around(request, inner).await
    }

    /// Adds the headers of every answer that is given at this time.
    pub(crate) fn finish(&self, now: Millis, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(date) = http_date(now) {
            headers.entry(header::DATE).or_insert(date);
        }
        if let Some(strict) = &self.transport.strict {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, strict.clone());
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        // What an answer of this server may hold is no business of any cache.
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(HeaderValue::from_static("no-store"));
    }
}

impl Answering for Front {
    async fn answer(&self, request: Request) -> Result<Response, Dropped> {
        let mut response = self.answer_for(self.tenant.clone(), request).await;
        self.finish(self.tenant.now(), &mut response);
        Ok(response)
    }
}

/// `None` before 1970.
fn http_date(now: Millis) -> Option<HeaderValue> {
    let since = Duration::from_millis(u64::try_from(now).ok()?);
    let time: SystemTime = UNIX_EPOCH.checked_add(since)?;
    HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
}
