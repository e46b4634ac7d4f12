//! The endpoints that have no mode in their path, for a client of any mode: `/auth/login` and the like.
//!
//! A login does not say which mode it is for, so it is one for all: a session and a refresh token in cookies, tokens in the answer.
//! What comes later is told by what it carries. That is for trying things out; `--mode` leaves one mode.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::caller::{Credential, caller};
use super::signed_in::SignedIn;
use super::{bearer::bearer, hybrid, jwt, login, session};
use crate::backend::{Mode, Tenant};
use crate::http::body::Input;
use crate::http::error::ApiError;
use crate::http::face::Face;
use crate::http::guard::{Kind, Network};

pub(crate) async fn login(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&face, &tenant, &network, &input).await?;
    // The session's CSRF token comes last, so that it is the one in the cookie.
    let family = hybrid::start(&face, &tenant, &headers, user.clone()).await?;
    let mut cookies = hybrid::cookies(&face, &tenant, &family)?;
    cookies.extend(session::start(&face, &tenant, &headers, user.clone()).await?);
    let families = &face.backend.families;
    let mut grant = families.start(&tenant, Mode::Jwt, user).await?.grant;
    // In session mode it would be taken for the session's; a token says itself when it ends.
    grant.expires_in = None;
    let cookies = cookies.into_iter().map(|cookie| (SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies), Json(grant)).into_response())
}

pub(crate) async fn me(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = caller(&face, &tenant, Credential::Any, &Method::GET, &headers).await?;
    Ok(Json(json!({ "user": caller.user })).into_response())
}

pub(crate) async fn refresh(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    if let Some(token) = jwt::refresh_token(&headers, &input)? {
        return jwt::renewed(&face, &tenant, &headers, token).await;
    }
    let by = SignedIn::find(&face, &tenant, &headers).await?;
    if by.family.is_some() {
        by.check_csrf(&face, &tenant, &headers)?;
    }
    hybrid::renewed(&face, &tenant, &headers).await
}

/// Ends whatever came along: a token's family, and what the cookies sign in with.
pub(crate) async fn logout(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let has_token = jwt::end(&face, &tenant, &headers, &input).await?;
    let by = SignedIn::find(&face, &tenant, &headers).await?;
    if has_token || by.user().is_none() {
        // A page that has a token sends no CSRF token, and its cookies are to go as well.
        if !face.pages.sent(&headers) {
            return match has_token {
                true => Ok(StatusCode::NO_CONTENT.into_response()),
                false => Err(ApiError::csrf_failed()),
            };
        }
    } else {
        by.check_csrf(&face, &tenant, &headers)?;
    }
    by.end(&face, &tenant).await?;
    signed_out(&face, &tenant)
}

/// Ends everything that is signed in as the user of a token, or of the cookies.
pub(crate) async fn logout_everywhere(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let has_token = bearer(&headers)?.is_some() || jwt::refresh_token(&headers, &input)?.is_some();
    let user = if has_token {
        jwt::user(&face, &tenant, &headers, &input).await?
    } else {
        let by = SignedIn::find(&face, &tenant, &headers).await?;
        by.check_csrf(&face, &tenant, &headers)?;
        by.user().cloned().ok_or_else(ApiError::no_session)?
    };
    face.backend.end_all_of(&tenant, &user).await?;
    signed_out(&face, &tenant)
}

fn signed_out(face: &Face, tenant: &Tenant) -> Result<Response, ApiError> {
    let kinds = [Kind::Session, Kind::Refresh];
    face.cookies.signed_out(&kinds, tenant)
}
