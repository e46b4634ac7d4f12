//! What all handlers share.

use std::sync::Arc;

use super::guard::{CookieStyle, Csrf, Pages};
use super::statics::Statics;
use crate::backend::Backend;

/// The backend as HTTP shows it.
pub(crate) struct Face {
    pub(super) backend: Arc<Backend>,
    pub(super) csrf: Csrf,
    pub(super) cookies: CookieStyle,
    pub(super) pages: Pages,
    pub(super) statics: Statics,
}
