//! The app's own API: orders.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use super::auth::caller;
use super::body::Input;
use super::error::ApiError;
use super::face::Face;
use crate::backend::Tenant;

#[derive(Deserialize)]
struct NewOrder {
    #[serde(default = "some_item")]
    item: String,
}

fn some_item() -> String {
    "tea".to_owned()
}

pub(crate) async fn orders(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Path(mode): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let user = caller(&face, &tenant, &mode, &Method::GET, &headers)
        .await?
        .user;
    let orders = face.backend.orders.of(&tenant, &user).await?;
    Ok(Json(json!({ "orders": orders })).into_response())
}

pub(crate) async fn order(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    Path(mode): Path<String>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = caller(&face, &tenant, &mode, &Method::POST, &headers)
        .await?
        .user;
    let NewOrder { item } = match input.is_empty() {
        true => NewOrder { item: some_item() },
        false => input.json()?,
    };
    let order = face.backend.orders.add(&tenant, &user, item).await?;
    Ok((StatusCode::CREATED, Json(json!({ "order": order }))).into_response())
}
