//! What stands between a page and the credentials: cookies, CSRF tokens, CORS.
//!
//! Owns how cookies are named and set (`cookies`), how CSRF tokens are made and checked (`csrf`), and which pages of other origins
//! may call (`cors`).
//! May ask: `backend` for tenants and secrets, `error` beside it.

mod cookies;
mod cors;
mod csrf;

pub(crate) use cookies::{CookieStyle, Kind, pairs};
pub(crate) use cors::Cors;
pub(crate) use csrf::{Csrf, HEADER as CSRF_HEADER, Owner};
