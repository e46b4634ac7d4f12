//! A new password, which ends everything that is signed in by the old one, but for the caller.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;

use super::caller::{Caller, Credential, caller};
use crate::backend::{MAX_PASSWORD_BYTES, Tenant};
use crate::http::body::Input;
use crate::http::error::ApiError;
use crate::http::face::Face;
use crate::http::guard::Network;

/// NIST SP 800-63B-4 §3.1.1.2 wants no shorter one.
const MIN_PASSWORD_CHARS: usize = 8;

#[derive(Deserialize)]
struct Change {
    current_password: String,
    new_password: String,
}

/// Needs a credential, and the password once more: a stolen credential alone shall not lock its owner out.
pub(crate) async fn change(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Extension(network): Extension<Network>,
    credential: Credential,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Caller { user, by } = caller(&face, &tenant, credential, &Method::POST, &headers).await?;
    let change: Change = input.json()?;
    let new = change.new_password;
    if new.chars().count() < MIN_PASSWORD_CHARS || new.len() > MAX_PASSWORD_BYTES {
        return Err(ApiError::invalid_request(format!(
            "new_password has less than {MIN_PASSWORD_CHARS} characters or more than {MAX_PASSWORD_BYTES} bytes"
        )));
    }
    let logins = &face.backend.logins;
    let known = logins
        .guess(
            &tenant,
            network.name(),
            &user.email,
            change.current_password,
        )
        .await?;
    if known.is_none_or(|known| known.id != user.id) {
        return Err(ApiError::wrong_password());
    }
    face.backend.set_password(&tenant, &user, new, by).await?;
    Ok(StatusCode::NO_CONTENT)
}
