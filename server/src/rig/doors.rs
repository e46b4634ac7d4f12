//! The controls by HTTP, for a page and for tests of another process.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use super::answers;
use super::controls::Controls;
use super::settings::Settings;
use crate::backend::Millis;
use crate::http::{ApiError, Input};

/// The paths under `/_faults`, and those under `/open` that are for tests.
pub(super) fn routes(controls: Arc<Controls>) -> Router {
    Router::new()
        .route("/open/answer", any(answers::answer))
        .route("/open/gate", post(answers::open_gate))
        .route("/_faults/{client}", delete(reset))
        .route("/_faults/{client}/rules", put(put_rules))
        .route("/_faults/{client}/clock", put(put_clock))
        .route("/_faults/{client}/settings", put(put_settings))
        .route("/_faults/{client}/expire", post(expire))
        .route("/_faults/{client}/revoke", post(revoke))
        .route("/_faults/{client}/rotate-key", post(rotate_key))
        .route("/_faults/{client}/rotate-csrf", post(rotate_csrf))
        .route("/_faults/{client}/log", get(log).delete(clear_log))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .fallback(async || ApiError::not_found())
        .with_state(controls)
}

type Answer = Result<StatusCode, ApiError>;

async fn put_rules(
    State(controls): State<Arc<Controls>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    controls.set_rules(&client, input.any_json()?)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Clock {
    offset_ms: Millis,
}

async fn put_clock(
    State(controls): State<Arc<Controls>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    let Clock { offset_ms } = input.any_json()?;
    controls.set_clock(&client, offset_ms)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_settings(
    State(controls): State<Arc<Controls>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    let settings: Settings = input.any_json()?;
    controls.change_settings(&client, &settings)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn expire(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.expire(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn revoke(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.revoke(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_key(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.rotate_key(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_csrf(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.rotate_csrf(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.reset(&client).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn log(
    State(controls): State<Arc<Controls>>,
    Path(client): Path<String>,
) -> Result<Response, ApiError> {
    Ok(Json(controls.log(&client)?).into_response())
}

async fn clear_log(State(controls): State<Arc<Controls>>, Path(client): Path<String>) -> Answer {
    controls.clear_log(&client)?;
    Ok(StatusCode::NO_CONTENT)
}
