//! Checking a password, the same for all modes.

use serde::Deserialize;

use crate::app::App;
use crate::body::Input;
use crate::client::Client;
use crate::error::ApiError;
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
    let attempt = client.logins.attempt(&email, || client.now()).await?;
    match app.users.check(&email, password).await? {
        Some(user) => {
            attempt.succeeded();
            Ok(user)
        }
        None => {
            attempt.failed(client.now());
            Err(ApiError::invalid_credentials())
        }
    }
}
