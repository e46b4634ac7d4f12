//! Who calls, by the credential of a mode.

use axum::http::{HeaderMap, Method};

use crate::access::{self, Bearer};
use crate::app::App;
use crate::client::Client;
use crate::error::ApiError;
use crate::families::Mode;
use crate::session;
use crate::store::Keep;
use crate::users::User;

/// A user, and what they are signed in with.
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) by: Keep,
}

/// Whose request this is, with the credential of `mode`.
pub(crate) async fn caller(
    app: &App,
    client: &Client,
    mode: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Caller, ApiError> {
    let mode = match mode {
        "session" => {
            let session = session::required(app, client, headers).await?;
            if !method.is_safe() {
                session.check_csrf(app, client, headers)?;
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
    let token = access::bearer(headers)?.ok_or_else(ApiError::no_token)?;
    let Bearer { user, family } = access::check(app, client, mode, &token).await?;
    Ok(Caller {
        user,
        by: Keep::Family(family),
    })
}
