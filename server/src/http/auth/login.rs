//! Who logs in, the same for all modes.

use serde::Deserialize;

use crate::backend::{Tenant, User};
use crate::http::body::Input;
use crate::http::error::ApiError;
use crate::http::face::Face;
use crate::http::guard::Network;

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

/// Who is logging in; `invalid_credentials`, or 429 after too many failures.
pub(super) async fn check(
    face: &Face,
    tenant: &Tenant,
    network: &Network,
    input: &Input,
) -> Result<User, ApiError> {
    let Credentials { email, password } = input.json()?;
    let user = face
        .backend
        .logins
        .guess(tenant, network.name(), &email, password)
        .await?;
    user.ok_or_else(ApiError::invalid_credentials)
}
