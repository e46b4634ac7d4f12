//! The table of paths.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Router};

use super::auth::{hybrid, jwt, password, session};
use super::error::ApiError;
use super::face::Face;
use super::{echo, orders};
use crate::backend::Tenant;

/// Every path, without a tenant's prefix.
pub(super) fn routes(face: &Arc<Face>) -> Router {
    let files = face.clone();
    Router::new()
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
        .route(
            "/api/{mode}/orders",
            get(orders::orders).post(orders::order),
        )
        .route("/api/{mode}/echo", any(echo::echo))
        .route("/open/echo", any(echo::open_echo))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(
            async move |Extension(tenant): Extension<Arc<Tenant>>, request: Request| {
                files.statics.serve(tenant.prefix(), request).await
            },
        )
        .with_state(face.clone())
}

async fn method_not_allowed() -> Response {
    ApiError::method_not_allowed().into_response()
}
