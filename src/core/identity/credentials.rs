//! What makes the bearer of it somebody.

use crate::core::port::secret::Secret;
use crate::core::time::clock::ServerTime;
use crate::json::Json;

/// What makes the bearer of it somebody.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// None in session mode.
    pub(crate) access: Option<Secret>,
    /// None where it travels by cookie, or there is none.
    pub(crate) refresh: Option<Secret>,
    /// The access token is another tab's of this session, which has used up the refresh token.
    pub(crate) is_lent: bool,
    /// End of the access token. `None`: not known; a 401 will tell.
    pub(crate) ends_at: Option<ServerTime>,
    pub(crate) issued_at: ServerTime,
    pub(crate) claims: Option<Json>,
    pub(crate) user: Option<Json>,
}
