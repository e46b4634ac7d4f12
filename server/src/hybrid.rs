//! Hybrid mode: the access token in the answer, the refresh token in a cookie that no script sees.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::json;

use crate::app::App;
use crate::body::Input;
use crate::client::Client;
use crate::cookies::Kind;
use crate::csrf::Owner;
use crate::error::ApiError;
use crate::families::{self, Family, Granted, Mode};
use crate::secret::random_secret;
use crate::store::Known;
use crate::{jwt, login};

pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&app, &client, &input).await?;
    if let Some(old) = app.cookies.read(Kind::Refresh, &client, &headers) {
        families::revoke_by_token(&app, &client, &old).await?;
    }
    let granted = families::start(&app, &client, Mode::Hybrid, user).await?;
    answer(&app, &client, granted)
}

/// For pages that cannot read the cookie, since they are of another site.
pub(crate) async fn csrf(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Some(known) = known(&app, &client, &headers).await? else {
        // There is nothing to protect, and the refresh that follows says so.
        return Ok(Json(json!({ "csrfToken": random_secret()? })).into_response());
    };
    let family = known.into();
    let token = csrf_token(&app, &family);
    let cookie = [(SET_COOKIE, csrf_cookie(&app, &client, &family)?)];
    Ok((cookie, Json(json!({ "csrfToken": token }))).into_response())
}

pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // Refused, the cookie is not cleared: this answer may arrive after that of a new login.
    let token = app
        .cookies
        .read(Kind::Refresh, &client, &headers)
        .ok_or_else(ApiError::invalid_grant)?;
    if let Some(known) = known(&app, &client, &headers).await? {
        check_csrf(&app, &client, &known.into(), &headers)?;
    }
    let attempt = jwt::attempt(&headers)?;
    let granted = families::refresh(&app, &client, Mode::Hybrid, token, attempt).await?;
    answer(&app, &client, granted)
}

pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(known) = known(&app, &client, &headers).await? {
        let family = Family::from(known);
        check_csrf(&app, &client, &family, &headers)?;
        app.store.end_family(&client.scope(), &family.id).await?;
    }
    app.cookies.signed_out(Kind::Refresh, &client)
}

/// Ends everything that is signed in as the user of this cookie.
pub(crate) async fn logout_everywhere(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let known = known(&app, &client, &headers).await?;
    let known = known.ok_or_else(ApiError::invalid_grant)?;
    let user = known.user.id.clone();
    check_csrf(&app, &client, &known.into(), &headers)?;
    app.store.end_all_of(&client.scope(), &user, None).await?;
    app.cookies.signed_out(Kind::Refresh, &client)
}

/// What is known of the cookie, if its family is live.
async fn known(app: &App, client: &Client, headers: &HeaderMap) -> Result<Option<Known>, ApiError> {
    match app.cookies.read(Kind::Refresh, client, headers) {
        Some(token) => families::of_token(app, client, Mode::Hybrid, &token).await,
        None => Ok(None),
    }
}

/// The refusal brings the right token along, for the page that reads it from the cookie.
fn check_csrf(
    app: &App,
    client: &Client,
    family: &Family,
    headers: &HeaderMap,
) -> Result<(), ApiError> {
    if app
        .csrf
        .matches(Owner::Family(&family.id), &family.csrf_nonce, headers)
    {
        return Ok(());
    }
    Err(ApiError::csrf_failed().with_cookie(csrf_cookie(app, client, family)?))
}

fn answer(app: &App, client: &Client, granted: Granted) -> Result<Response, ApiError> {
    let Granted {
        mut grant,
        family,
        note,
    } = granted;
    let mut cookies = vec![(SET_COOKIE, csrf_cookie(app, client, &family)?)];
    if let Some(token) = grant.refresh_token.take() {
        let life = client.policy().refresh_ttl;
        cookies.push((
            SET_COOKIE,
            app.cookies.set(Kind::Refresh, client, &token, life)?,
        ));
    }
    let mut response = (AppendHeaders(cookies), Json(grant)).into_response();
    if let Some(note) = note {
        response.extensions_mut().insert(note);
    }
    Ok(response)
}

fn csrf_token(app: &App, family: &Family) -> String {
    app.csrf
        .token(Owner::Family(&family.id), &family.csrf_nonce)
}

fn csrf_cookie(app: &App, client: &Client, family: &Family) -> Result<HeaderValue, ApiError> {
    app.cookies.set(
        Kind::Csrf,
        client,
        &csrf_token(app, family),
        client.policy().refresh_ttl,
    )
}
