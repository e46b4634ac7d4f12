//! Who calls, by the credential of a mode.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::bearer::bearer;
use super::session;
use super::signed_in::SignedIn;
use crate::backend::{Bearer, Keep, Mode, Tenant, User};
use crate::http::error::ApiError;
use crate::http::face::Face;

/// What a path wants its caller to be signed in with.
#[derive(Clone, Copy)]
pub(crate) enum Credential {
    /// Whatever comes along.
    Any,
    Session,
    Token(Mode),
}

/// By the mode in the path; any where there is none.
impl<S: Send + Sync> FromRequestParts<S> for Credential {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| ApiError::not_found())?;
        match params.iter().next() {
            None => Ok(Self::Any),
            Some((_, "session")) => Ok(Self::Session),
            Some((_, "jwt")) => Ok(Self::Token(Mode::Jwt)),
            Some((_, "hybrid")) => Ok(Self::Token(Mode::Hybrid)),
            Some(_) => Err(ApiError::not_found()),
        }
    }
}

/// A user, and what they are signed in with.
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) by: Keep,
}

/// Whose request this is.
pub(crate) async fn caller(
    face: &Face,
    tenant: &Tenant,
    wanted: Credential,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let is_unsafe = !method.is_safe();
    match wanted {
        Credential::Token(mode) => {
            let token = bearer(headers)?.ok_or_else(ApiError::no_token)?;
            by_token(face, tenant, mode, &token).await
        }
        Credential::Session => {
            let session = session::required(face, tenant, headers).await?;
            if is_unsafe {
                session::check_csrf(face, tenant, &session, headers)?;
            }
            Ok(Caller {
                user: session.user,
                by: Keep::Session(session.hash),
            })
        }
        Credential::Any => {
            if let Some(token) = bearer(headers)? {
                return match by_token(face, tenant, Mode::Jwt, &token).await {
                    Ok(caller) => Ok(caller),
                    Err(_) => by_token(face, tenant, Mode::Hybrid, &token).await,
                };
            }
            let by = SignedIn::find(face, tenant, headers).await?;
            if by.session.is_some() && is_unsafe {
                by.check_csrf(face, tenant, headers)?;
            }
            let session = by.session.ok_or_else(ApiError::no_session)?;
            Ok(Caller {
                user: session.user,
                by: Keep::Session(session.hash),
            })
        }
    }
}

async fn by_token(
    face: &Face,
    tenant: &Tenant,
    mode: Mode,
    token: &str,
) -> Result<Caller, ApiError> {
    let access = &face.backend.access;
    let Bearer { user, family } = access.check(tenant, mode, token).await?;
    Ok(Caller {
        user,
        by: Keep::Family(family),
    })
}
