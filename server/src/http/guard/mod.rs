//! What stands between a page and the credentials: cookies, CSRF tokens, CORS, and from where a request comes.
//!
//! Owns how cookies are named and set (`cookies`), how CSRF tokens are made and checked (`csrf`), which pages of other origins
//! may call (`cors`), which have cookies set and cleared (`pages`), and the network of a caller (`address`).
//! May ask: `backend` for tenants and secrets, `error` beside it.

mod address;
mod cookies;
mod cors;
mod csrf;
mod pages;

pub(crate) use address::Network;
pub(crate) use cookies::{CookieStyle, Kind, pairs};
pub(crate) use cors::Cors;
pub(crate) use csrf::{Csrf, HEADER as CSRF_HEADER, Owner};
pub(crate) use pages::Pages;
