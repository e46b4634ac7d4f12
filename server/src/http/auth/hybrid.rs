//! Hybrid mode: the access token in the answer, the refresh token in a cookie that no script sees.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::{jwt, login};
use crate::backend::{Family, Granted, Known, Mode, Tenant, User, random_secret};
use crate::http::body::Input;
use crate::http::error::{ApiError, Note};
use crate::http::face::Face;
use crate::http::guard::{Kind, Network, Owner};

pub(crate) async fn login(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Extension(network): Extension<Network>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&face, &tenant, &network, &input).await?;
    let granted = start(&face, &tenant, &headers, user).await?;
    answer(&face, &tenant, granted)
}

/// Starts a family in place of the one that the request is of.
pub(super) async fn start(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
    user: User,
) -> Result<Granted, ApiError> {
    let families = &face.backend.families;
    if let Some(old) = face.cookies.read(Kind::Refresh, tenant, headers) {
        families.revoke_by_token(tenant, &old).await?;
    }
    Ok(families.start(tenant, Mode::Hybrid, user).await?)
}

/// For pages that cannot read the cookie, since they are of another site.
pub(crate) async fn csrf(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(known) = known(&face, &tenant, &headers).await? else {
        // There is nothing to protect, and the refresh that follows says so.
        return Ok(Json(json!({ "csrfToken": random_secret()? })).into_response());
    };
    let family = known.into();
    let token = csrf_token(&face, &family);
    let cookie = [(SET_COOKIE, csrf_cookie(&face, &tenant, &family)?)];
    Ok((cookie, Json(json!({ "csrfToken": token }))).into_response())
}

pub(crate) async fn refresh(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(known) = known(&face, &tenant, &headers).await? {
        check_csrf(&face, &tenant, &known.into(), &headers)?;
    }
    renewed(&face, &tenant, &headers).await
}

/// The answer to a refresh, whose CSRF token was checked.
pub(super) async fn renewed(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    // Refused, the cookie is not cleared: this answer may arrive after that of a new login.
    let token = face
        .cookies
        .read(Kind::Refresh, tenant, headers)
        .ok_or_else(ApiError::invalid_grant)?;
    let attempt = jwt::attempt(headers)?;
    let families = &face.backend.families;
    let granted = families
        .refresh(tenant, Mode::Hybrid, token, attempt)
        .await?;
    answer(face, tenant, granted)
}

pub(crate) async fn logout(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(known) = known(&face, &tenant, &headers).await? {
        let family = Family::from(known);
        check_csrf(&face, &tenant, &family, &headers)?;
        face.backend.families.end(&tenant, &family).await?;
    } else if !face.pages.sent(&headers) {
        // The cookie may just not have come along, as from a form of another site, and shall not be cleared.
        return Err(ApiError::csrf_failed());
    }
    face.cookies.signed_out(&[Kind::Refresh], &tenant)
}

/// Ends everything that is signed in as the user of this cookie.
pub(crate) async fn logout_everywhere(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = known(&face, &tenant, &headers).await?;
    let known = known.ok_or_else(ApiError::invalid_grant)?;
    let user = known.user.clone();
    check_csrf(&face, &tenant, &known.into(), &headers)?;
    face.backend.end_all_of(&tenant, &user).await?;
    face.cookies.signed_out(&[Kind::Refresh], &tenant)
}

/// What is known of the cookie, if its family is live.
pub(super) async fn known(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<Option<Known>, ApiError> {
    match face.cookies.read(Kind::Refresh, tenant, headers) {
        Some(token) => {
            let families = &face.backend.families;
            Ok(families.of_token(tenant, Mode::Hybrid, &token).await?)
        }
        None => Ok(None),
    }
}

/// The refusal brings the right token along, for the page that reads it from the cookie.
pub(super) fn check_csrf(
    face: &Face,
    tenant: &Tenant,
    family: &Family,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    if face
        .csrf
        .matches(Owner::Family(&family.id), &family.csrf_nonce, headers)
    {
        return Ok(());
    }
    Err(ApiError::csrf_failed().with_cookie(csrf_cookie(face, tenant, family)?))
}

fn answer(face: &Face, tenant: &Tenant, granted: Granted) -> Result<Response, ApiError> {
    let cookies = cookies(face, tenant, &granted)?;
    let cookies = cookies.into_iter().map(|cookie| (SET_COOKIE, cookie));
    let mut grant = granted.grant;
    grant.refresh_token = None;
    let mut response = (AppendHeaders(cookies), Json(grant)).into_response();
    if granted.is_replay {
        response.extensions_mut().insert(Note::GraceReplay);
    }
    Ok(response)
}

/// The cookies of a family: its CSRF token, and its refresh token if there is a new one.
pub(super) fn cookies(
    face: &Face,
    tenant: &Tenant,
    granted: &Granted,
) -> Result<Vec<HeaderValue>, ApiError> {
    let family = &granted.family;
    let mut cookies = vec![csrf_cookie(face, tenant, family)?];
    if let Some(token) = &granted.grant.refresh_token {
        let life = family.cookie_life(tenant);
        cookies.push(face.cookies.set(Kind::Refresh, tenant, token, life)?);
    }
    Ok(cookies)
}

fn csrf_token(face: &Face, family: &Family) -> String {
    face.csrf
        .token(Owner::Family(&family.id), &family.csrf_nonce)
}

fn csrf_cookie(face: &Face, tenant: &Tenant, family: &Family) -> Result<HeaderValue, ApiError> {
    face.cookies.set(
        Kind::Csrf,
        tenant,
        &csrf_token(face, family),
        family.cookie_life(tenant),
    )
}
