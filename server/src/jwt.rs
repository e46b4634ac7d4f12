//! JWT mode: both tokens in the answer, the refresh token sent back in the request.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;

use crate::access;
use crate::app::App;
use crate::body::Input;
use crate::client::Client;
use crate::error::ApiError;
use crate::families::{self, Granted, IDEMPOTENCY_KEY, Mode};
use crate::login;

/// The header that may carry the refresh token in place of a body.
const REFRESH_TOKEN: &str = "x-refresh-token";

const MAX_ATTEMPT_BYTES: usize = 255;

pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&app, &client, &input).await?;
    families::start(&app, &client, Mode::Jwt, user)
        .await
        .map(answer)
}

pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let token = refresh_token(&headers, &input)?
        .ok_or_else(|| ApiError::invalid_request("refresh_token is missing"))?;
    let attempt = attempt(&headers)?;
    families::refresh(&app, &client, Mode::Jwt, token, attempt)
        .await
        .map(answer)
}

/// Ends the family of whatever token came along. Nothing to end is fine too.
pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let tokens = refresh_token(&headers, &input)?
        .into_iter()
        .chain(access::bearer(&headers)?);
    for token in tokens {
        families::revoke_by_token(&app, &client, &token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends everything that is signed in as the user of a refresh token or an access token.
pub(crate) async fn logout_everywhere(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let user = match refresh_token(&headers, &input)? {
        Some(token) => {
            let known = families::of_token(&app, &client, Mode::Jwt, &token).await?;
            known.ok_or_else(ApiError::invalid_grant)?.user
        }
        None => {
            let token = access::bearer(&headers)?.ok_or_else(ApiError::no_token)?;
            let bearer = access::check_in_store(&app, &client, Mode::Jwt, &token).await?;
            bearer.user
        }
    };
    app.store
        .end_all_of(&client.scope(), &user.id, None)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Revocation {
    token: String,
}

/// RFC 7009 §2: the same answer whether or not there was something to revoke.
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Revocation { token } = input.form()?;
    families::revoke_by_token(&app, &client, &token).await?;
    Ok(StatusCode::OK)
}

/// As [`revoke`], but of an access token alone: its family lives on.
pub(crate) async fn revoke_access(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Revocation { token } = input.form()?;
    access::revoke(&app, &client, &token).await?;
    Ok(StatusCode::OK)
}

pub(crate) async fn jwks(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
) -> Result<Response, ApiError> {
    let keys = client.keys.public(&*app.store, &client.scope()).await?;
    Ok(([(CACHE_CONTROL, "no-cache")], Json(keys)).into_response())
}

#[derive(Deserialize)]
struct Refresh {
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct RefreshForm {
    grant_type: String,
    refresh_token: Option<String>,
}

/// From a header, a form (RFC 6749 §6) or JSON.
fn refresh_token(headers: &HeaderMap, input: &Input) -> Result<Option<String>, ApiError> {
    if let Some(token) = headers.get(REFRESH_TOKEN) {
        let token = token.to_str().map_err(|_| ApiError::invalid_grant())?;
        return Ok(Some(token.to_owned()));
    }
    if input.is_empty() {
        return Ok(None);
    }
    if input.is_form() {
        let form: RefreshForm = input.form()?;
        return match form.grant_type.as_str() {
            "refresh_token" => Ok(form.refresh_token),
            _ => Err(ApiError::unsupported_grant_type()),
        };
    }
    Ok(input.json::<Refresh>()?.refresh_token)
}

/// The name that the caller gave to this attempt.
pub(crate) fn attempt(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(name) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    match name.to_str() {
        Ok(name) if (1..=MAX_ATTEMPT_BYTES).contains(&name.len()) => Ok(Some(name.to_owned())),
        _ => Err(ApiError::invalid_request(
            "Idempotency-Key is empty, too long or no ASCII",
        )),
    }
}

fn answer(granted: Granted) -> Response {
    let mut response = Json(granted.grant).into_response();
    if let Some(note) = granted.note {
        response.extensions_mut().insert(note);
    }
    response
}
