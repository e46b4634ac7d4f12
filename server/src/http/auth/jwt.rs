//! JWT mode: both tokens in the answer, the refresh token sent back in the request.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;

use super::bearer::bearer;
use super::login;
use crate::backend::{Granted, Mode, Tenant, User};
use crate::http::body::Input;
use crate::http::error::{ApiError, Note};
use crate::http::face::Face;
use crate::http::guard::Network;

/// The request header that names an attempt.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The header that may carry the refresh token in place of a body.
const REFRESH_TOKEN: &str = "x-refresh-token";

const MAX_ATTEMPT_BYTES: usize = 255;

pub(crate) async fn login(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Extension(network): Extension<Network>,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&face, &tenant, &network, &input).await?;
    let granted = face
        .backend
        .families
        .start(&tenant, Mode::Jwt, user)
        .await?;
    Ok(answer(granted))
}

pub(crate) async fn refresh(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let token = refresh_token(&headers, &input)?
        .ok_or_else(|| ApiError::invalid_request("refresh_token is missing"))?;
    renewed(&face, &tenant, &headers, token).await
}

/// The answer to a refresh by this token.
pub(super) async fn renewed(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
    token: String,
) -> Result<Response, ApiError> {
    let attempt = attempt(headers)?;
    let families = &face.backend.families;
    let granted = families.refresh(tenant, Mode::Jwt, token, attempt).await?;
    Ok(answer(granted))
}

/// Ends the family of whatever token came along. Nothing to end is fine too.
pub(crate) async fn logout(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    end(&face, &tenant, &headers, &input).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the family of whatever token came along; whether one did.
pub(super) async fn end(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
    input: &Input,
) -> Result<bool, ApiError> {
    let mut tokens = Vec::from_iter(refresh_token(headers, input)?);
    tokens.extend(bearer(headers)?);
    for token in &tokens {
        face.backend.families.revoke_by_token(tenant, token).await?;
    }
    Ok(!tokens.is_empty())
}

/// Ends everything that is signed in as the user of a refresh token or an access token.
pub(crate) async fn logout_everywhere(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let user = user(&face, &tenant, &headers, &input).await?;
    face.backend.end_all_of(&tenant, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose a refresh token or an access token is.
pub(super) async fn user(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
    input: &Input,
) -> Result<User, ApiError> {
    if let Some(token) = refresh_token(headers, input)? {
        let families = &face.backend.families;
        let known = families.of_token(tenant, Mode::Jwt, &token).await?;
        return Ok(known.ok_or_else(ApiError::invalid_grant)?.user);
    }
    let token = bearer(headers)?.ok_or_else(ApiError::no_token)?;
    let access = &face.backend.access;
    Ok(access.check_in_store(tenant, Mode::Jwt, &token).await?.user)
}

#[derive(Deserialize)]
struct Revocation {
    token: String,
}

/// RFC 7009 §2: the same answer whether or not there was something to revoke.
pub(crate) async fn revoke(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Revocation { token } = input.form()?;
    face.backend
        .families
        .revoke_by_token(&tenant, &token)
        .await?;
    Ok(StatusCode::OK)
}

/// As [`revoke`], but of an access token alone: its family lives on.
pub(crate) async fn revoke_access(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Revocation { token } = input.form()?;
    face.backend.access.revoke(&tenant, &token).await?;
    Ok(StatusCode::OK)
}

pub(crate) async fn jwks(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
) -> Result<Response, ApiError> {
    let keys = face.backend.public_keys(&tenant).await?;
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
pub(super) fn refresh_token(
    headers: &HeaderMap,
    input: &Input,
) -> Result<Option<String>, ApiError> {
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
pub(super) fn attempt(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
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
    if granted.is_replay {
        response.extensions_mut().insert(Note::GraceReplay);
    }
    response
}
