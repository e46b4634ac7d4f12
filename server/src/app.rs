//! What all handlers share, and the table of paths.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};

use crate::answers;
use crate::api;
use crate::client::{Client, Clients};
use crate::config::{Config, RevocationCheck};
use crate::control;
use crate::cookies::CookieStyle;
use crate::csrf::Csrf;
use crate::db::{Closed, Db};
use crate::error::ApiError;
use crate::jws;
use crate::revocations::Revocations;
use crate::secret::random_bytes;
use crate::statics::Statics;
use crate::store::{self, Store};
use crate::users::Users;
use crate::{hybrid, jwt, password, session};

/// The backend, without its connections.
pub(crate) struct App {
    /// `iss` of access tokens, without the client's prefix.
    pub(crate) issuer: String,
    pub(crate) faults: bool,
    /// The app's own data, the orders.
    pub(crate) db: Db,
    /// What all nodes share.
    pub(crate) store: Arc<dyn Store>,
    pub(crate) revocations: Revocations,
    pub(crate) revocation_check: RevocationCheck,
    pub(crate) users: Users,
    pub(crate) csrf: Csrf,
    pub(crate) clients: Clients,
    pub(crate) cookies: CookieStyle,
    pub(crate) statics: Statics,
}

impl App {
    pub(crate) async fn open(
        config: &Config,
        base_url: &str,
    ) -> std::io::Result<(Arc<Self>, Closed)> {
        jws::install();
        let (db, closed) = Db::open(config.database.as_deref())?;
        let store = store::open(config, &db).await?;
        let users = Users::open(store.clone(), config.password_cost).await?;
        let fresh = random_bytes().map_err(failed)?;
        let csrf = store.secret("csrf", fresh).await.map_err(failed)?;
        let app = Self {
            issuer: config.issuer.as_deref().unwrap_or(base_url).to_owned(),
            faults: config.faults,
            db,
            store,
            revocations: Revocations::new(config.revocation_interval),
            revocation_check: config.revocation_check,
            users,
            csrf: Csrf::new(&csrf),
            clients: Clients::new(config),
            cookies: CookieStyle {
                tls: config.tls.is_some(),
                cross_site: config.cross_site,
            },
            statics: Statics::new(config)?,
        };
        Ok((Arc::new(app), closed))
    }
}

fn failed(cause: impl std::fmt::Display) -> std::io::Error {
    std::io::Error::other(cause.to_string())
}

/// Every path, without a client's prefix.
pub(crate) fn routes(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/auth/session/login", post(session::login))
        .route("/auth/session/me", get(session::me))
        .route("/auth/session/csrf", get(session::csrf))
        .route("/auth/session/logout", post(session::logout))
        .route(
            "/auth/session/logout-everywhere",
            post(session::logout_everywhere),
        )
        .route("/auth/jwt/login", post(jwt::login))
        .route("/auth/jwt/refresh", post(jwt::refresh))
        .route("/auth/jwt/logout", post(jwt::logout))
        .route("/auth/jwt/logout-everywhere", post(jwt::logout_everywhere))
        .route("/auth/jwt/revoke", post(jwt::revoke))
        .route("/auth/jwt/revoke-access", post(jwt::revoke_access))
        .route("/auth/hybrid/login", post(hybrid::login))
        .route("/auth/hybrid/csrf", get(hybrid::csrf))
        .route("/auth/hybrid/refresh", post(hybrid::refresh))
        .route("/auth/hybrid/logout", post(hybrid::logout))
        .route(
            "/auth/hybrid/logout-everywhere",
            post(hybrid::logout_everywhere),
        )
        .route("/auth/{mode}/password", post(password::change))
        .route("/.well-known/jwks.json", get(jwt::jwks))
        .route("/api/{mode}/orders", get(api::orders).post(api::order))
        .route("/api/{mode}/echo", any(api::echo))
        .route("/open/echo", any(api::open_echo));
    if app.faults {
        router = router
            .route("/open/answer", any(answers::answer))
            .route("/open/gate", post(answers::open_gate))
            .merge(control::routes());
    }
    let files = app.clone();
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(
            async move |Extension(client): Extension<Arc<Client>>, request: Request| {
                files.statics.serve(&client, request).await
            },
        )
        .with_state(app.clone())
}

async fn method_not_allowed() -> Response {
    ApiError::method_not_allowed().into_response()
}
