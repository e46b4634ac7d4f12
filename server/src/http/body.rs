//! Reading request bodies: small, of the right type, and with an answer that names what is wrong.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::connections::Late;
use super::error::ApiError;

/// Of every body but the echo's.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// A request body that was read, not parsed yet.
pub(crate) struct Input {
    content_type: String,
    bytes: Bytes,
}

impl<S: Sync> FromRequest<S> for Input {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let content_type = content_type(request.headers());
        let bytes = read(request.into_body()).await?;
        Ok(Self {
            content_type,
            bytes,
        })
    }
}

impl Input {
    /// A JSON body. No other content type will do: it is the one that a page of another origin cannot
    /// send without a preflight.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if self.content_type != "application/json" {
            return Err(ApiError::invalid_request(
                "the Content-Type has to be application/json",
            ));
        }
        self.any_json()
    }

    /// A JSON body, whatever its type says it is.
    pub(crate) fn any_json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        // The place only: serde's own words may quote what was sent, a password too.
        serde_json::from_slice(&self.bytes).map_err(|error| {
            ApiError::invalid_request(format!(
                "the body is not the JSON that is wanted here (line {}, column {})",
                error.line(),
                error.column()
            ))
        })
    }

    /// A form body, as RFC 6749 and RFC 7009 have it.
    pub(crate) fn form<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if !self.is_form() {
            return Err(ApiError::invalid_request(
                "the Content-Type has to be application/x-www-form-urlencoded",
            ));
        }
        serde_urlencoded::from_bytes(&self.bytes)
            .map_err(|_| ApiError::invalid_request("the body is not the form that is wanted here"))
    }

    pub(crate) fn is_form(&self) -> bool {
        self.content_type == "application/x-www-form-urlencoded"
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Without parameters, in lower case.
fn content_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}

async fn read(body: Body) -> Result<Bytes, ApiError> {
    to_bytes(body, MAX_BYTES).await.map_err(|error| {
        let too_large = std::error::Error::source(&error)
            .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
        match too_large {
            true => too_large_body(MAX_BYTES),
            false => broken_body(&error),
        }
    })
}

/// It did not come whole, or not in time.
pub(crate) fn broken_body(error: &(dyn std::error::Error + 'static)) -> ApiError {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    match causes.any(|cause| cause.is::<Late>()) {
        true => ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "invalid_request",
            "the body takes too long",
        ),
        false => ApiError::invalid_request("the body broke off"),
    }
}

pub(crate) fn too_large_body(limit: usize) -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "invalid_request",
        format!("the body is larger than {limit} bytes"),
    )
}
