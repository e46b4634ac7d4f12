//! The HTTP face of the backend.
//!
//! Owns the way of a request (`front`, `routes`), the endpoints by mode (`auth`), the app's API (`orders`, `echo`), cookies, CSRF
//! and CORS (`guard`), bodies and errors (`body`, `error`), served files (`statics`), and sockets with TLS (`connections`).
//! What handlers share is the `face`.
//! May ask: `backend`. Of clocks that are off, rules and logs it knows nothing: those are the `rig`, which stands before it.

mod auth;
mod body;
mod connections;
mod echo;
mod error;
mod face;
mod front;
mod guard;
mod orders;
mod routes;
mod statics;

use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::{Backend, Tenant};
use face::Face;
use guard::Csrf;
use statics::Statics;

pub(crate) use auth::IDEMPOTENCY_KEY;
pub(crate) use body::Input;
pub use connections::Tls;
pub(crate) use connections::{Answering, Dropped, Listener};
pub(crate) use error::ApiError;
pub use error::Note;
pub(crate) use front::Front;
pub(crate) use guard::{CSRF_HEADER, CookieStyle, Cors, Kind, pairs};

/// How the backend shows itself.
pub(crate) struct Options {
    pub(crate) cookies: CookieStyle,
    /// Origins whose pages may call.
    pub(crate) origins: Vec<String>,
    /// Request headers that those pages may send.
    pub(crate) headers: Vec<String>,
    /// Path prefix and folder.
    pub(crate) static_dirs: Vec<(String, PathBuf)>,
    /// `Content-Security-Policy` of served pages.
    pub(crate) csp: Option<String>,
}

impl Front {
    /// The face of `backend`, for `tenant`.
    pub(crate) async fn open(
        backend: Arc<Backend>,
        tenant: Arc<Tenant>,
        options: &Options,
    ) -> std::io::Result<Self> {
        let face = Face {
            csrf: Csrf::new(&backend.secret("csrf").await?),
            cookies: options.cookies,
            statics: Statics::new(&options.static_dirs, options.csp.as_deref())?,
            backend,
        };
        let cors = Cors::listed(&options.origins, &options.headers)?;
        Ok(Self::new(face, tenant, cors))
    }
}
