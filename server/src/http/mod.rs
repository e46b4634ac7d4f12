//! The HTTP face of the backend.
//!
//! Owns the way of a request (`front`, `routes`), the endpoints by mode (`auth`), the app's API (`api`), cookies, CSRF
//! and CORS (`guard`), bodies and errors (`body`, `error`), served files (`statics`), where it is found (`public`), and sockets with TLS (`connections`).
//! What handlers share is the `face`.
//! May ask: `backend`. Of clocks that are off, rules and logs it knows nothing: those are the `rig`, which stands before it.

mod api;
mod auth;
mod body;
mod connections;
mod error;
mod face;
mod front;
mod guard;
mod public;
mod routes;
mod statics;

use std::path::PathBuf;
use std::sync::Arc;

use crate::backend::{Backend, Tenant};
use face::Face;
use front::Transport;
use guard::{Csrf, Pages};
use statics::Statics;

pub(crate) use auth::IDEMPOTENCY_KEY;
pub(crate) use body::Input;
pub(crate) use connections::{Answering, Dropped, Listener};
pub use connections::{Limits, Tls};
pub(crate) use error::ApiError;
pub use error::Note;
pub(crate) use front::Front;
pub(crate) use guard::{CSRF_HEADER, CookieStyle, Cors, Kind, pairs};
pub(crate) use public::PublicUrl;
pub use routes::DefaultMode;

/// How the backend shows itself.
pub(crate) struct Options {
    pub(crate) cookies: CookieStyle,
    /// What endpoints without a mode in their path are for.
    pub(crate) mode: DefaultMode,
    /// Where callers find it.
    pub(crate) public: Option<PublicUrl>,
    /// Proxies before it, which are believed what they say of a caller.
    pub(crate) proxies: usize,
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
        let public = options.public.as_ref();
        let own = public.map(|public| public.origin().to_owned());
        let face = Face {
            csrf: Csrf::new(&backend.secret("csrf").await?),
            cookies: options.cookies,
            pages: Pages::new(own, options.origins.clone()),
            statics: Statics::new(
                &options.static_dirs,
                options.csp.as_deref(),
                &options.origins,
            )?,
            backend,
        };
        let cors = Cors::listed(&options.origins, &options.headers)?;
        let transport = Transport {
            proxies: options.proxies,
            strict: public.and_then(PublicUrl::strict_transport),
        };
        Ok(Self::new(face, tenant, cors, transport, options.mode))
    }
}
