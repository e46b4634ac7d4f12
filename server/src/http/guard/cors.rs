//! Which pages of other origins may call (CORS, <https://fetch.spec.whatwg.org/#http-cors-protocol>).

use std::convert::Infallible;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use tower::{Layer as _, Service, ServiceExt as _};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

/// Which origins, and what they may send.
#[derive(Clone)]
pub(crate) struct Cors(CorsLayer);

impl Cors {
    /// The listed origins, compared exactly, with credentials.
    pub(crate) fn listed(origins: &[String], headers: &[String]) -> std::io::Result<Self> {
        let origins = parsed(origins, "origin", origin)?;
        let headers = parsed(headers, "header name", |name| {
            HeaderName::try_from(name).ok()
        })?;
        let methods = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ];
        Ok(Self(
            CorsLayer::new()
                .allow_origin(AllowOrigin::list(origins))
                .allow_credentials(true)
                .allow_methods(methods)
                .allow_headers(headers)
                .expose_headers([header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::DATE]),
        ))
    }

    /// Any origin, without credentials.
    pub(crate) fn any() -> Self {
        Self(
            CorsLayer::new()
                .allow_origin(AllowOrigin::any())
                .allow_methods(AllowMethods::any())
                .allow_headers(AllowHeaders::mirror_request()),
        )
    }

    /// Answers preflights, and lets `inner` answer everything else.
    pub(crate) async fn around<S>(&self, request: Request, inner: S) -> Response
    where
        S: Service<Request, Response = Response, Error = Infallible>,
    {
        match self.0.layer(inner).oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Just scheme, host and port, as a browser sends it: a listed origin with a path would never match. Or `null`, which is the
/// origin of a request that was redirected from one foreign origin to another.
fn origin(text: &str) -> Option<HeaderValue> {
    if text == "null" {
        return Some(HeaderValue::from_static("null"));
    }
    let (scheme, host) = text.split_once("://")?;
    let is_origin = matches!(scheme, "http" | "https")
        && !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b));
    is_origin
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
}

fn parsed<T>(
    texts: &[String],
    kind: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> std::io::Result<Vec<T>> {
    let invalid = |text: &String| {
        std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            format!("{text:?} is no {kind}"),
        )
    };
    texts
        .iter()
        .map(|text| parse(text).ok_or_else(|| invalid(text)))
        .collect()
}
