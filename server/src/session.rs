//! Session mode: an id in an HttpOnly cookie, everything else on the server.

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
use crate::login;
use crate::secret::{random_nonce, random_secret, sha256};
use crate::store::SessionRecord;
use crate::users::User;

pub(crate) async fn login(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
    input: Input,
) -> Result<Response, ApiError> {
    let user = login::check(&app, &client, &input).await?;
    let old = app.cookies.read(Kind::Session, &client, &headers);
    // A new id for who has just proved who they are, else whoever knew the old one is in too.
    let id = random_secret()?;
    let session = start(&app, &client, &id, old, user.clone()).await?;
    let cookies = AppendHeaders([
        (SET_COOKIE, id_cookie(&app, &client, &id)?),
        (
            SET_COOKIE,
            csrf_cookie(&app, &client, &session.csrf_token(&app))?,
        ),
    ]);
    Ok((cookies, Json(json!({ "user": user }))).into_response())
}

pub(crate) async fn me(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    // A dead cookie is not cleared: this answer may arrive after that of a new login.
    let session = required(&app, &client, &headers).await?;
    Ok(Json(json!({ "user": session.user })).into_response())
}

/// Also before a login: then the id in the cookie is one that no session has yet.
pub(crate) async fn csrf(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut cookies = Vec::new();
    let token = match find(&app, &client, &headers).await? {
        Some(session) => session.csrf_token(&app),
        None => {
            let id = match app.cookies.read(Kind::Session, &client, &headers) {
                Some(id) => id,
                None => {
                    let id = random_secret()?;
                    cookies.push((SET_COOKIE, id_cookie(&app, &client, &id)?));
                    id
                }
            };
            app.csrf.token(Owner::Session(&sha256(id.as_bytes())), b"")
        }
    };
    cookies.push((SET_COOKIE, csrf_cookie(&app, &client, &token)?));
    Ok((AppendHeaders(cookies), Json(json!({ "csrfToken": token }))).into_response())
}

pub(crate) async fn logout(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let Some(session) = find(&app, &client, &headers).await? {
        session.check_csrf(&app, &client, &headers)?;
        app.store.end_session(&client.scope(), session.hash).await?;
    }
    app.cookies.signed_out(Kind::Session, &client)
}

/// Ends everything that is signed in as the user of this session.
pub(crate) async fn logout_everywhere(
    State(app): State<Arc<App>>,
    Extension(client): Extension<Arc<Client>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let session = required(&app, &client, &headers).await?;
    session.check_csrf(&app, &client, &headers)?;
    let user = &session.user.id;
    app.store.end_all_of(&client.scope(), user, None).await?;
    app.cookies.signed_out(Kind::Session, &client)
}

impl SessionRecord {
    fn csrf_token(&self, app: &App) -> String {
        app.csrf.token(Owner::Session(&self.hash), &self.csrf_nonce)
    }

    /// The refusal brings the right token along, for the page that reads it from the cookie.
    pub(crate) fn check_csrf(
        &self,
        app: &App,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        if app
            .csrf
            .matches(Owner::Session(&self.hash), &self.csrf_nonce, headers)
        {
            return Ok(());
        }
        let cookie = csrf_cookie(app, client, &self.csrf_token(app))?;
        Err(ApiError::csrf_failed().with_cookie(cookie))
    }
}

/// The session of a request, which counts as used now; 401 if there is none.
pub(crate) async fn required(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
) -> Result<SessionRecord, ApiError> {
    find(app, client, headers)
        .await?
        .ok_or_else(ApiError::no_session)
}

async fn find(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
) -> Result<Option<SessionRecord>, ApiError> {
    let Some(id) = app.cookies.read(Kind::Session, client, headers) else {
        return Ok(None);
    };
    let hash = sha256(id.as_bytes());
    Ok(app.store.touch_session(&client.scope(), hash).await?)
}

pub(crate) async fn start(
    app: &App,
    client: &Client,
    id: &str,
    old: Option<String>,
    user: User,
) -> Result<SessionRecord, ApiError> {
    let session = SessionRecord {
        hash: sha256(id.as_bytes()),
        csrf_nonce: random_nonce()?,
        user,
    };
    let old = old.map(|old| sha256(old.as_bytes()));
    app.store
        .start_session(&client.scope(), session.clone(), old)
        .await?;
    Ok(session)
}

fn id_cookie(app: &App, client: &Client, id: &str) -> Result<HeaderValue, ApiError> {
    app.cookies
        .set(Kind::Session, client, id, client.policy().absolute_ttl)
}

fn csrf_cookie(app: &App, client: &Client, token: &str) -> Result<HeaderValue, ApiError> {
    app.cookies
        .set(Kind::Csrf, client, token, client.policy().absolute_ttl)
}
