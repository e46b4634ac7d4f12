//! Served files: the demo page and the npm package beside it.

use std::path::PathBuf;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Uri, header, uri::PathAndQuery};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use super::error::{ApiError, internal};

/// Prefixes that are not for files.
const RESERVED: [&str; 5] = ["/auth", "/api", "/open", "/c", "/_faults"];

/// The served folders.
pub(crate) struct Statics {
    /// Longest prefix first; no prefix ends in `/`.
    folders: Vec<(String, PathBuf)>,
    csp: Option<HeaderValue>,
}

impl Statics {
    pub(super) fn new(
        dirs: &[(String, PathBuf)],
        csp: Option<&str>,
        origins: &[String],
    ) -> std::io::Result<Self> {
        let mut folders = Vec::new();
        for (prefix, folder) in dirs {
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
        let csp = csp.map(|csp| HeaderValue::try_from(connecting(csp, origins)));
        let csp = csp.transpose();
        let csp = csp.map_err(|_| invalid("the CSP is no header value".to_owned()))?;
        Ok(Self { folders, csp })
    }

    /// The file of a path, or 404. `above` stands before the path for the caller.
    pub(crate) async fn serve(&self, above: &str, request: Request<Body>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return ApiError::not_found().into_response();
        }
        for (prefix, folder) in &self.folders {
            if let Some(request) = behind(prefix, &request) {
                // ServeDir lets no path out of its folder.
                let mut response = match ServeDir::new(folder).oneshot(request).await {
                    Ok(response) => response.map(Body::new),
                    Err(error) => return internal(error).into_response(),
                };
                move_location(&mut response, &format!("{}{prefix}", above));
                return self.finished(response);
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
        match headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) {
            Some(b"text/html" | b"application/xhtml+xml" | b"text/xml" | b"image/svg+xml") => {
                if let Some(csp) = &self.csp {
                    headers.insert(header::CONTENT_SECURITY_POLICY, csp.clone());
                }
            }
            // Obsolete since RFC 9239, and what ServeDir still says of .mjs.
            Some(b"application/javascript") => {
                headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("text/javascript"),
                );
            }
            _ => {}
        }
        response
    }
}

/// The policy, by which pages may send to the listed origins too: what may call us is called by us.
fn connecting(csp: &str, origins: &[String]) -> String {
    let listed = origins.iter().filter(|origin| *origin != "null");
    let mut sources = String::from("connect-src 'self'");
    for origin in listed {
        sources.push(' ');
        sources.push_str(origin);
    }
    csp.replace("connect-src 'self'", &sources)
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

/// A folder without a slash at its end is redirected; ServeDir knows its path behind the prefix only.
fn move_location(response: &mut Response, prefix: &str) {
    let location = response
        .headers()
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok());
    if let Some(moved) = location.and_then(|to| HeaderValue::try_from(format!("{prefix}{to}")).ok())
    {
        response.headers_mut().insert(header::LOCATION, moved);
    }
}

fn invalid(what: String) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidInput, what)
}
