//! The doors to the faults: HTTP for a page and for tests of another process, methods for tests in this one.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use crate::app::App;
use crate::body::Input;
use crate::client::{Client, Millis};
use crate::error::ApiError;
use crate::faults::{ArmedRule, InvalidFault, Rule, Settings};

/// The paths under `/_faults`.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/_faults/{client}", delete(reset_it))
        .route("/_faults/{client}/rules", put(put_rules))
        .route("/_faults/{client}/clock", put(put_clock))
        .route("/_faults/{client}/settings", put(put_settings))
        .route("/_faults/{client}/expire", post(expire_it))
        .route("/_faults/{client}/revoke", post(revoke_it))
        .route("/_faults/{client}/rotate-key", post(rotate_key_of_it))
        .route("/_faults/{client}/rotate-csrf", post(rotate_csrf_of_it))
        .route(
            "/_faults/{client}/log",
            get(log_of_it).delete(clear_log_of_it),
        )
}

impl App {
    /// The client of this name, for whoever controls the faults.
    pub(crate) fn controlled(&self, client: &str) -> Result<Arc<Client>, ApiError> {
        self.clients
            .named(client)
            .ok_or_else(|| ApiError::invalid_request(format!("{client:?} names no client")))
    }

    /// Refuses every access token issued so far: the JWTs on this node, opaque ones on all.
    pub(crate) async fn expire(&self, client: &Client) -> Result<(), ApiError> {
        client.begin_epoch();
        Ok(self.store.forget_opaque(&client.scope()).await?)
    }

    /// Ends every session and token family.
    pub(crate) async fn revoke(&self, client: &Client) -> Result<(), ApiError> {
        Ok(self.store.end_all(&client.scope()).await?)
    }

    /// A new key signs from now on.
    pub(crate) async fn rotate_key(&self, client: &Client) -> Result<(), ApiError> {
        client.keys.rotate(&*self.store, &client.scope()).await
    }

    /// Gives every session and token family a new CSRF token.
    pub(crate) async fn rotate_csrf(&self, client: &Client) -> Result<(), ApiError> {
        Ok(self.store.rotate_csrf(&client.scope()).await?)
    }

    /// Everything back to the start.
    pub(crate) async fn reset(&self, client: &Client) -> Result<(), ApiError> {
        self.store.reset(&client.scope()).await?;
        client.reset();
        let name = client.name().to_owned();
        let orders = "DELETE FROM orders WHERE client = ?1";
        self.db.run(move |tx| tx.execute(orders, [name])).await?;
        Ok(())
    }
}

/// Rules that were checked, all or none.
pub(crate) fn armed(rules: Vec<Rule>) -> Result<Vec<ArmedRule>, InvalidFault> {
    rules.into_iter().map(ArmedRule::try_from).collect()
}

type Answer = Result<StatusCode, ApiError>;

async fn put_rules(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    let rules = armed(input.any_json()?)?;
    app.controlled(&client)?.set_rules(rules);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Clock {
    offset_ms: Millis,
}

async fn put_clock(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    let Clock { offset_ms } = input.any_json()?;
    app.controlled(&client)?.set_clock(offset_ms)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn put_settings(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    input: Input,
) -> Answer {
    let settings: Settings = input.any_json()?;
    app.controlled(&client)?.change_policy(&settings);
    Ok(StatusCode::NO_CONTENT)
}

async fn expire_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.expire(&*app.controlled(&client)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn revoke_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.revoke(&*app.controlled(&client)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_key_of_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.rotate_key(&*app.controlled(&client)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rotate_csrf_of_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.rotate_csrf(&*app.controlled(&client)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reset_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.reset(&*app.controlled(&client)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn log_of_it(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
) -> Result<Response, ApiError> {
    Ok(Json(app.controlled(&client)?.log.entries()).into_response())
}

async fn clear_log_of_it(State(app): State<Arc<App>>, Path(client): Path<String>) -> Answer {
    app.controlled(&client)?.log.clear();
    Ok(StatusCode::NO_CONTENT)
}
