//! The table of paths.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any as each, get, post};
use axum::{Extension, Router};

use super::api::{echo, orders};
use super::auth::{any, hybrid, jwt, password, session};
use super::error::ApiError;
use super::face::Face;
use crate::backend::Tenant;

/// Which client the endpoints are for that have no mode in their path: `/auth/login` and the like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultMode {
    /// For one of any mode, to try things out: a login gives the credentials of all modes at once.
    #[default]
    Any,
    /// For one with a session.
    Session,
    /// For one that holds its tokens.
    Jwt,
    /// For one whose refresh token is a cookie.
    Hybrid,
}

impl std::str::FromStr for DefaultMode {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "any" => Ok(Self::Any),
            "session" => Ok(Self::Session),
            "jwt" => Ok(Self::Jwt),
            "hybrid" => Ok(Self::Hybrid),
            _ => Err(format!("{name:?} is none of any, session, jwt, hybrid")),
        }
    }
}

/// Every path, without a tenant's prefix.
pub(super) fn routes(face: &Arc<Face>, mode: DefaultMode) -> Router {
    let files = face.clone();
    Router::new()
        .nest("/auth/session", for_sessions())
        .nest("/auth/jwt", for_tokens())
        .nest("/auth/hybrid", for_hybrid())
        .nest(
            "/auth",
            match mode {
                DefaultMode::Any => for_any(),
                DefaultMode::Session => for_sessions(),
                DefaultMode::Jwt => for_tokens(),
                DefaultMode::Hybrid => for_hybrid(),
            },
        )
        .route("/auth/password", post(password::change))
        .route("/auth/{mode}/password", post(password::change))
        .route("/.well-known/jwks.json", get(jwt::jwks))
        .route("/api/orders", get(orders::orders).post(orders::order))
        .route("/api/echo", each(echo::echo))
        .route(
            "/api/{mode}/orders",
            get(orders::orders).post(orders::order),
        )
        .route("/api/{mode}/echo", each(echo::echo))
        .route("/open/echo", each(echo::open_echo))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(
            async move |Extension(tenant): Extension<Arc<Tenant>>, request: Request| {
                files.statics.serve(tenant.prefix(), request).await
            },
        )
        .with_state(face.clone())
}

fn for_sessions() -> Router<Arc<Face>> {
    Router::new()
        .route("/login", post(session::login))
        .route("/me", get(session::me))
        .route("/csrf", get(session::csrf))
        .route("/logout", post(session::logout))
        .route("/logout-everywhere", post(session::logout_everywhere))
}

fn for_tokens() -> Router<Arc<Face>> {
    Router::new()
        .route("/login", post(jwt::login))
        .route("/refresh", post(jwt::refresh))
        .route("/logout", post(jwt::logout))
        .route("/logout-everywhere", post(jwt::logout_everywhere))
        .route("/revoke", post(jwt::revoke))
        .route("/revoke-access", post(jwt::revoke_access))
}

fn for_hybrid() -> Router<Arc<Face>> {
    Router::new()
        .route("/login", post(hybrid::login))
        .route("/csrf", get(hybrid::csrf))
        .route("/refresh", post(hybrid::refresh))
        .route("/logout", post(hybrid::logout))
        .route("/logout-everywhere", post(hybrid::logout_everywhere))
}

fn for_any() -> Router<Arc<Face>> {
    Router::new()
        .route("/login", post(any::login))
        .route("/me", get(any::me))
        .route("/csrf", get(session::csrf))
        .route("/refresh", post(any::refresh))
        .route("/logout", post(any::logout))
        .route("/logout-everywhere", post(any::logout_everywhere))
        .route("/revoke", post(jwt::revoke))
        .route("/revoke-access", post(jwt::revoke_access))
}

async fn method_not_allowed() -> Response {
    ApiError::method_not_allowed().into_response()
}
