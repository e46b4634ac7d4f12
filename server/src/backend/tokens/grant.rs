//! What a login or a refresh gives.

use serde::{Deserialize, Serialize};

use crate::backend::store::User;

/// The answer to a login or refresh (RFC 6749 §5.1).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) token_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    pub(crate) user: User,
}
