//! Served files: the demo page and the npm package beside it.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Uri, header, uri::PathAndQuery};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::config::Config;
use crate::error::{ApiError, internal};

/// Prefixes that are not for files.
const RESERVED: [&str; 5] = ["/auth", "/api", "/open", "/c", "/_faults"];

/// The served folders.
pub(crate) struct Statics {
    /// Longest prefix first; no prefix ends in `/`.
    folders: Vec<(String, PathBuf)>,
    csp: Option<HeaderValue>,
}

impl Statics {
    pub(crate) fn new(config: &Config) -> std::io::Result<Self> {
        let mut folders = Vec::new();
        for (prefix, folder) in &config.static_dirs {
            let prefix = prefix.trim_end_matches('/');
            let first = prefix
                .split('/')
                .nth(1)
                .map(|segment| format!("/{segment}"));
            if !(prefix.is_empty() || prefix.starts_with('/')) {
                return Err(invalid(format!("{prefix:?} does not begin with /")));
            }
            if first.is_some_and(|first| RESERVED.contains(&first.as_str())) {
                return Err(invalid(format!("{prefix:?} is taken")));
            }
            folders.push((prefix.to_owned(), folder.clone()));
        }
        folders.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        let csp = config.csp.as_deref().map(HeaderValue::from_str).transpose();
        let csp = csp.map_err(|_| invalid("the CSP is no header value".to_owned()))?;
        Ok(Self { folders, csp })
    }

    /// The file of a path, or 404.
    pub(crate) async fn serve(&self, request: Request<Body>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return ApiError::not_found().into_response();
        }
        for (prefix, folder) in &self.folders {
            if let Some(request) = behind(prefix, &request) {
                // ServeDir lets no path out of its folder.
                return match ServeDir::new(folder).oneshot(request).await {
                    Ok(response) => self.finished(response.map(Body::new)),
                    Err(error) => internal(error).into_response(),
                };
            }
        }
        ApiError::not_found().into_response()
    }

    fn finished(&self, mut response: Response) -> Response {
        if response.status() == axum::http::StatusCode::NOT_FOUND {
            return ApiError::not_found().into_response();
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        let is_html = headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if let (true, Some(csp)) = (is_html, &self.csp) {
            headers.insert(header::CONTENT_SECURITY_POLICY, csp.clone());
        }
        response
    }
}

/// The request without `prefix`, if its path is below that.
fn behind(prefix: &str, request: &Request<Body>) -> Option<Request<Body>> {
    let rest = request.uri().path().strip_prefix(prefix)?;
    if !rest.starts_with('/') {
        return None;
    }
    let mut behind = Request::new(Body::empty());
    *behind.method_mut() = request.method().clone();
    *behind.headers_mut() = request.headers().clone();
    *behind.uri_mut() = Uri::from(PathAndQuery::try_from(rest).ok()?);
    Some(behind)
}

fn invalid(what: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, what)
}
