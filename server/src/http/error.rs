//! The errors that callers see: RFC 6749 §5.2 bodies, RFC 6750 §3 challenges.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::backend::{self, Refusal, StoreError};

/// A store that is away is back within seconds, as a rule.
const RETRY_AFTER_SECONDS: u64 = 1;

/// What is worth telling about an answer. Travels as an extension of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A rotated refresh token came again; its family was revoked.
    ReuseDetected,
    /// A rotated refresh token came again with its `Idempotency-Key`, and got its answer again.
    GraceReplay,
}

/// A refusal, as it is answered.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    /// RFC 6749 §5.2 `error`.
    code: &'static str,
    description: String,
    challenge: Option<Challenge>,
    retry_after: Option<u64>,
    note: Option<Note>,
    /// Cookies that go with the refusal.
    cookies: Vec<HeaderValue>,
}

#[derive(Debug, Clone, Copy)]
enum Challenge {
    /// No credential came along: RFC 6750 §3.1 wants no error code then.
    Bearer,
    BearerError,
    Cookie,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            description: description.into(),
            challenge: None,
            retry_after: None,
            note: None,
            cookies: Vec::new(),
        }
    }

    pub(crate) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// The refresh token is no good (RFC 6749 §5.2). One text for all reasons.
    pub(crate) fn invalid_grant() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "the refresh token is missing, expired, revoked or was used before",
        )
    }

    pub(crate) fn invalid_credentials() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_credentials",
            "wrong e-mail or password",
        )
    }

    pub(crate) fn too_many_logins(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "too many logins have failed; wait",
            )
        }
    }

    /// RFC 6749 §4.1.2.1 has the code for it.
    fn unavailable() -> Self {
        Self {
            retry_after: Some(RETRY_AFTER_SECONDS),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "this cannot be told just now; try again",
            )
        }
    }

    pub(crate) fn wrong_password() -> Self {
        Self::new(
            // No 401: the caller is signed in, and a new credential would not help.
            StatusCode::FORBIDDEN,
            "invalid_credentials",
            "the current password is wrong",
        )
    }

    pub(crate) fn no_session() -> Self {
        Self {
            challenge: Some(Challenge::Cookie),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "no session, or it has ended",
            )
        }
    }

    pub(crate) fn no_token() -> Self {
        Self {
            challenge: Some(Challenge::Bearer),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "no access token was sent",
            )
        }
    }

    pub(crate) fn invalid_token() -> Self {
        Self {
            challenge: Some(Challenge::BearerError),
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "the access token is malformed, expired or revoked",
            )
        }
    }

    pub(crate) fn csrf_failed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "csrf_failed",
            "the CSRF token is missing or wrong",
        )
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request",
            "not with this method",
        )
    }

    pub(crate) fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "this endpoint knows the grant type refresh_token only",
        )
    }

    pub(crate) fn with_cookie(mut self, cookie: HeaderValue) -> Self {
        self.cookies.push(cookie);
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.description)
    }
}

/// Any failure that is the server's own. The caller learns nothing about it, the operator does.
pub(crate) fn internal(cause: impl std::fmt::Display) -> ApiError {
    backend::internal(cause).into()
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidGrant => Self::invalid_grant(),
            Refusal::Reused => Self {
                note: Some(Note::ReuseDetected),
                ..Self::invalid_grant()
            },
            Refusal::InvalidToken => Self::invalid_token(),
            Refusal::TooManyLogins(wait) => {
                Self::too_many_logins(wait.unsigned_abs().div_ceil(1000).max(1))
            }
            Refusal::Unavailable => Self::unavailable(),
            Refusal::Broken => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "something broke on our side",
            ),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Refusal::from(error).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code, "error_description": self.description });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(challenge) = self.challenge {
            let value = match challenge {
                Challenge::Bearer => r#"Bearer realm="hallpass""#,
                Challenge::BearerError => r#"Bearer error="invalid_token""#,
                Challenge::Cookie => r#"Cookie realm="hallpass""#,
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        if let Some(note) = self.note {
            response.extensions_mut().insert(note);
        }
        response
    }
}
