//! Checking a password, the same for all modes.

use serde::Deserialize;

use crate::app::App;
use crate::body::Input;
use crate::client::Client;
use crate::error::ApiError;
use crate::secret::sha256;
use crate::users::User;

/// RFC 5321 §4.5.3.1 allows no longer address.
const MAX_EMAIL_BYTES: usize = 254;

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

/// Who is logging in; `invalid_credentials`, or 429 after too many failures.
pub(crate) async fn check(app: &App, client: &Client, input: &Input) -> Result<User, ApiError> {
    let Credentials { email, password } = input.json()?;
    let email = email.trim().to_lowercase();
    if email.len() > MAX_EMAIL_BYTES {
        return Err(ApiError::invalid_credentials());
    }
    guess(app, client, &email, password)
        .await?
        .ok_or_else(ApiError::invalid_credentials)
}

/// The user whose password this is; 429 if too many guesses failed within the last minute, on whatever node.
pub(crate) async fn guess(
    app: &App,
    client: &Client,
    email: &str,
    password: String,
) -> Result<Option<User>, ApiError> {
    let address = sha256(email.as_bytes());
    let _turn = client.logins.take(address).await;
    let attempt = app.store.login_attempt(&client.scope(), address).await?;
    attempt.map_err(|wait| ApiError::too_many_logins(wait.unsigned_abs().div_ceil(1000).max(1)))?;
    let user = app.users.check(email, password).await?;
    if user.is_some() {
        app.store.login_succeeded(&client.scope(), address).await?;
    }
    Ok(user)
}
