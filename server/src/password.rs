//! A new password, which ends everything that is signed in by the old one, but for the caller.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use serde::Deserialize;

use crate::app::App;
use crate::body::Input;
use crate::caller::{Caller, caller};
use crate::client::Client;
use crate::error::ApiError;
use crate::login;
use crate::users::MAX_PASSWORD_BYTES;

/// NIST SP 800-63B-4 §3.1.1.2 wants no shorter one.
const MIN_PASSWORD_CHARS: usize = 8;

#[derive(Deserialize)]
struct Change {
    current_password: String,
    new_password: String,
}

/// Needs the credential of `mode`, and the password once more: a stolen credential alone shall not lock its owner out.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    Path(mode): Path<String>,
    headers: HeaderMap,
    input: Input,
) -> Result<StatusCode, ApiError> {
    let Caller { user, by } = caller(&app, &client, &mode, &Method::POST, &headers).await?;
    let change: Change = input.json()?;
    let new = change.new_password;
    if new.chars().count() < MIN_PASSWORD_CHARS || new.len() > MAX_PASSWORD_BYTES {
        return Err(ApiError::invalid_request(format!(
            "new_password has less than {MIN_PASSWORD_CHARS} characters or more than {MAX_PASSWORD_BYTES} bytes"
        )));
    }
    let known = login::guess(&app, &client, &user.email, change.current_password).await?;
    if known.is_none_or(|known| known.id != user.id) {
        return Err(ApiError::wrong_password());
    }
    let phc = app.users.hash(new).await?;
    app.store
        .set_password(&client.scope(), &user.id, &phc, by)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
