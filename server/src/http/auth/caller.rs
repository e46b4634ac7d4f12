//! Who calls, by the credential of a mode.

use axum::http::{HeaderMap, Method};

use super::bearer::bearer;
use super::session;
use crate::backend::{Bearer, Keep, Mode, Tenant, User};
use crate::http::error::ApiError;
use crate::http::face::Face;

/// A user, and what they are signed in with.
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) by: Keep,
}

/// Whose request this is, with the credential of `mode`.
pub(crate) async fn caller(
    face: &Face,
    tenant: &Tenant,
    mode: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let mode = match mode {
        "session" => {
            let session = session::required(face, tenant, headers).await?;
            if !method.is_safe() {
                session::check_csrf(face, tenant, &session, headers)?;
            }
            return Ok(Caller {
                user: session.user,
                by: Keep::Session(session.hash),
            });
        }
        "jwt" => Mode::Jwt,
        "hybrid" => Mode::Hybrid,
        _ => return Err(ApiError::not_found()),
    };
    let token = bearer(headers)?.ok_or_else(ApiError::no_token)?;
    let access = &face.backend.access;
    let Bearer { user, family } = access.check(tenant, mode, &token).await?;
    Ok(Caller {
        user,
        by: Keep::Family(family),
    })
}
