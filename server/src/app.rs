//! What all handlers share, and the table of paths.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};

use crate::answers;
use crate::api;
use crate::client::{Client, Clients};
use crate::config::Config;
use crate::control;
use crate::cookies::CookieStyle;
use crate::csrf::Csrf;
use crate::db::{Closed, Db, lasting_secret};
use crate::error::ApiError;
use crate::statics::Statics;
use crate::users::Users;
use crate::{hybrid, jwt, session};

/// The backend, without its connections.
pub(crate) struct App {
    /// `iss` of access tokens, without the client's prefix: where this server is.
    pub(crate) issuer: String,
    pub(crate) faults: bool,
    pub(crate) db: Db,
    pub(crate) users: Users,
    pub(crate) csrf: Csrf,
    pub(crate) clients: Clients,
    pub(crate) cookies: CookieStyle,
    pub(crate) statics: Statics,
}

impl App {
    pub(crate) async fn open(
        config: &Config,
        issuer: String,
    ) -> std::io::Result<(Arc<Self>, Closed)> {
        let (db, closed) = Db::open(config.database.as_deref())?;
        let users = Users::open(db.clone(), config.password_cost).await?;
        let csrf = db
            .run(|tx| lasting_secret(tx, "csrf"))
            .await
            .map_err(|_| std::io::Error::other("the table of secrets cannot be used"))?;
        let app = Self {
            issuer,
            faults: config.faults,
            db,
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

/// Every path, without a client's prefix.
pub(crate) fn routes(app: &Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/auth/session/login", post(session::login))
        .route("/auth/session/me", get(session::me))
        .route("/auth/session/csrf", get(session::csrf))
        .route("/auth/session/logout", post(session::logout))
        .route("/auth/jwt/login", post(jwt::login))
        .route("/auth/jwt/refresh", post(jwt::refresh))
        .route("/auth/jwt/logout", post(jwt::logout))
        .route("/auth/jwt/revoke", post(jwt::revoke))
        .route("/auth/hybrid/login", post(hybrid::login))
        .route("/auth/hybrid/csrf", get(hybrid::csrf))
        .route("/auth/hybrid/refresh", post(hybrid::refresh))
        .route("/auth/hybrid/logout", post(hybrid::logout))
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
