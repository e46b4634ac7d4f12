//! An API that tells what arrived.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use ring::digest;
use serde_json::{Value, json};

use crate::backend::{Tenant, fingerprint};
use crate::http::auth::{Credential, caller};
use crate::http::body::{broken_body, too_large_body};
use crate::http::error::ApiError;
use crate::http::face::Face;
use crate::http::guard::pairs;

/// The echo takes bodies of this size, so that large uploads can be tried.
const MAX_ECHO_BYTES: usize = 110 * 1024 * 1024;
/// Larger ones are answered by length and hash.
const MAX_ECHOED_BYTES: usize = 64 * 1024;

pub(crate) async fn echo(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    credential: Credential,
    request: Request,
) -> Result<Response, ApiError> {
    let caller = caller(
        &face,
        &tenant,
        credential,
        request.method(),
        request.headers(),
    )
    .await;
    let echoed = open_echo(request).await;
    // Only now: to a refusal that comes before the body is read, WebKit says that the load failed.
    caller?;
    echoed
}

pub(crate) async fn open_echo(request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let answer = json!({
        "method": parts.method.as_str(),
        "path": parts.uri.path(),
        "query": parts.uri.query().unwrap_or_default(),
        "headers": echoed_headers(&parts.headers),
        "body": echoed_body(body).await?,
    });
    Ok(Json(answer).into_response())
}

/// Several values of one name are joined. Cookies are answered by fingerprint: what is HttpOnly
/// must not reach a script by way of an echo.
fn echoed_headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut echoed = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        if name == header::COOKIE {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        echoed
            .entry(name.to_string())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    let cookies: Vec<_> = pairs(headers)
        .map(|(name, value)| format!("{name}={}", fingerprint(&value)))
        .collect();
    if !cookies.is_empty() {
        echoed.insert("cookie".to_owned(), cookies.join("; "));
    }
    echoed
}

/// Text as text, other bytes as `{base64}`, large bodies as `{length, sha256}`.
async fn echoed_body(mut body: Body) -> Result<Value, ApiError> {
    let mut hash = digest::Context::new(&digest::SHA256);
    let mut length = 0;
    let mut start = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken_body(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length > MAX_ECHO_BYTES {
            return Err(too_large_body(MAX_ECHO_BYTES));
        }
        hash.update(&data);
        if length <= MAX_ECHOED_BYTES {
            start.extend_from_slice(&data);
        }
    }
    if length > MAX_ECHOED_BYTES {
        let sha256: String = hash
            .finish()
            .as_ref()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        return Ok(json!({ "length": length, "sha256": sha256 }));
    }
    Ok(match String::from_utf8(start) {
        Ok(text) => Value::String(text),
        Err(error) => json!({ "base64": STANDARD.encode(error.as_bytes()) }),
    })
}
