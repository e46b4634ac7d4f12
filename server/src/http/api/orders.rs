//! The app's own API: orders.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use crate::backend::Tenant;
use crate::http::auth::{Credential, caller};
use crate::http::body::Input;
use crate::http::error::ApiError;
use crate::http::face::Face;

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
    credential: Credential,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let user = caller(&face, &tenant, credential, &Method::GET, &headers)
        .await?
        .user;
    let orders = face.backend.orders.of(&tenant, &user).await?;
    Ok(Json(json!({ "orders": orders })).into_response())
}

pub(crate) async fn order(
    State(face): State<Arc<Face>>,
    Extension(tenant): Extension<Arc<Tenant>>,
    credential: Credential,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = caller(&face, &tenant, credential, &Method::POST, &headers)
        .await?
        .user;
    let NewOrder { item } = match input.is_empty() {
        true => NewOrder { item: some_item() },
        false => input.json()?,
    };
    let order = face.backend.orders.add(&tenant, &user, item).await?;
    Ok((StatusCode::CREATED, Json(json!({ "order": order }))).into_response())
}
