//! Session mode: an id in an HttpOnly cookie, everything else on the server.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use super::login;
use crate::backend::{SessionRecord, Tenant, User, random_secret, sha256};
use crate::http::body::Input;
use crate::http::error::ApiError;
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
    let cookies = start(&face, &tenant, &headers, user.clone()).await?;
    let cookies = AppendHeaders(cookies.map(|cookie| (SET_COOKIE, cookie)));
    Ok((cookies, Json(json!({ "user": user }))).into_response())
}

/// Starts a session in place of the one that the request is of; its cookies.
pub(super) async fn start(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
    user: User,
) -> Result<[HeaderValue; 2], ApiError> {
    let old = face.cookies.read(Kind::Session, tenant, headers);
    // A new id for who has just proved who they are, else whoever knew the old one is in too.
    let id = random_secret()?;
    let sessions = &face.backend.sessions;
    let session = sessions.start(tenant, &id, old.as_deref(), user).await?;
    Ok([
        id_cookie(face, tenant, &id)?,
        csrf_cookie(face, tenant, &csrf_token(face, &session))?,
    ])
}

pub(crate) async fn me(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A dead cookie is not cleared: this answer may arrive after that of a new login.
    let session = required(&face, &tenant, &headers).await?;
    Ok(Json(json!({ "user": session.user })).into_response())
}

/// Also before a login: then the id in the cookie is one that no session has yet.
pub(crate) async fn csrf(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut cookies = Vec::new();
    let token = match find(&face, &tenant, &headers).await? {
        Some(session) => csrf_token(&face, &session),
        None => {
            let id = match face.cookies.read(Kind::Session, &tenant, &headers) {
                Some(id) => id,
                // To a page of another site the cookie may just not have come along; then it shall stay.
                None if !face.pages.sent(&headers) => return Err(ApiError::csrf_failed()),
                None => {
                    let id = random_secret()?;
                    cookies.push((SET_COOKIE, id_cookie(&face, &tenant, &id)?));
                    id
                }
            };
            face.csrf.token(Owner::Session(&sha256(id.as_bytes())), b"")
        }
    };
    cookies.push((SET_COOKIE, csrf_cookie(&face, &tenant, &token)?));
    Ok((AppendHeaders(cookies), Json(json!({ "csrfToken": token }))).into_response())
}

pub(crate) async fn logout(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(session) = find(&face, &tenant, &headers).await? {
        check_csrf(&face, &tenant, &session, &headers)?;
        face.backend.sessions.end(&tenant, &session).await?;
    } else if !face.pages.sent(&headers) {
        // The cookie may just not have come along, as from a form of another site, and shall not be cleared.
        return Err(ApiError::csrf_failed());
    }
    face.cookies.signed_out(&[Kind::Session], &tenant)
}

/// Ends everything that is signed in as the user of this session.
pub(crate) async fn logout_everywhere(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let session = required(&face, &tenant, &headers).await?;
    check_csrf(&face, &tenant, &session, &headers)?;
    face.backend.end_all_of(&tenant, &session.user).await?;
    face.cookies.signed_out(&[Kind::Session], &tenant)
}

fn csrf_token(face: &Face, session: &SessionRecord) -> String {
    let owner = Owner::Session(&session.hash);
    face.csrf.token(owner, &session.csrf_nonce)
}

/// The refusal brings the right token along, for the page that reads it from the cookie.
pub(super) fn check_csrf(
    face: &Face,
    tenant: &Tenant,
    session: &SessionRecord,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    let owner = Owner::Session(&session.hash);
    if face.csrf.matches(owner, &session.csrf_nonce, headers) {
        return Ok(());
    }
    let cookie = csrf_cookie(face, tenant, &csrf_token(face, session))?;
    Err(ApiError::csrf_failed().with_cookie(cookie))
}

/// The session of a request, which counts as used now; 401 if there is none.
pub(super) async fn required(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<SessionRecord, ApiError> {
    find(face, tenant, headers)
        .await?
        .ok_or_else(ApiError::no_session)
}

pub(super) async fn find(
    face: &Face,
    tenant: &Tenant,
    headers: &HeaderMap,
) -> Result<Option<SessionRecord>, ApiError> {
    let Some(id) = face.cookies.read(Kind::Session, tenant, headers) else {
        return Ok(None);
    };
    Ok(face.backend.sessions.find(tenant, &id).await?)
}

fn id_cookie(face: &Face, tenant: &Tenant, id: &str) -> Result<HeaderValue, ApiError> {
    face.cookies
        .set(Kind::Session, tenant, id, tenant.policy().absolute_ttl)
}

fn csrf_cookie(face: &Face, tenant: &Tenant, token: &str) -> Result<HeaderValue, ApiError> {
    face.cookies
        .set(Kind::Csrf, tenant, token, tenant.policy().absolute_ttl)
}
