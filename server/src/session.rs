//! Session mode: an id in an HttpOnly cookie, everything else on the server.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::{Extension, Json};
use rusqlite::{OptionalExtension as _, Transaction};
use serde_json::json;

use crate::app::App;
use crate::body::Input;
use crate::client::{Client, Millis, Policy, millis};
use crate::cookies::Kind;
use crate::csrf::Owner;
use crate::db::DbError;
use crate::error::ApiError;
use crate::login;
use crate::secret::{Hash, random_secret, sha256};
use crate::users::User;

/// A session that has not ended.
pub(crate) struct Session {
    hash: Hash,
    csrf_nonce: Vec<u8>,
    pub(crate) user: User,
}

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
        app.db.run(move |tx| remove(tx, &session.hash)).await?;
    }
    let cookies = AppendHeaders([
        (SET_COOKIE, app.cookies.clear(Kind::Session, &client)?),
        (SET_COOKIE, app.cookies.clear(Kind::Csrf, &client)?),
    ]);
    Ok((StatusCode::NO_CONTENT, cookies).into_response())
}

impl Session {
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
    client: &Arc<Client>,
    headers: &HeaderMap,
) -> Result<Session, ApiError> {
    find(app, client, headers)
        .await?
        .ok_or_else(ApiError::no_session)
}

async fn find(
    app: &App,
    client: &Arc<Client>,
    headers: &HeaderMap,
) -> Result<Option<Session>, ApiError> {
    let Some(id) = app.cookies.read(Kind::Session, client, headers) else {
        return Ok(None);
    };
    let hash = sha256(id.as_bytes());
    let client = client.clone();
    app.db.run(move |tx| touch(tx, &client, hash)).await
}

async fn start(
    app: &App,
    client: &Arc<Client>,
    id: &str,
    old: Option<String>,
    user: User,
) -> Result<Session, ApiError> {
    let hash = sha256(id.as_bytes());
    let client = client.clone();
    app.db
        .run(move |tx| {
            let now = client.now();
            if let Some(old) = old {
                remove(tx, &sha256(old.as_bytes()))?;
            }
            purge(tx, client.name(), &client.policy(), now)?;
            let csrf_nonce = tx.query_row(
                "INSERT INTO sessions (hash, client, user_id, created_at, seen_at, csrf_nonce)
                 VALUES (?1, ?2, ?3, ?4, ?4, randomblob(16)) RETURNING csrf_nonce",
                (hash, client.name(), &user.id, now),
                |row| row.get(0),
            )?;
            Ok(Session {
                hash,
                csrf_nonce,
                user,
            })
        })
        .await
}

/// The session with this hash, if it has not ended; its idle time starts anew.
fn touch(tx: &Transaction<'_>, client: &Client, hash: Hash) -> Result<Option<Session>, DbError> {
    let now = client.now();
    purge(tx, client.name(), &client.policy(), now)?;
    let session = tx
        .query_row(
            "UPDATE sessions SET seen_at = ?3 WHERE hash = ?1 AND client = ?2
             RETURNING csrf_nonce, user_id",
            (hash, client.name(), now),
            |row| Ok((row.get(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    let Some((csrf_nonce, user_id)) = session else {
        return Ok(None);
    };
    let user = tx.query_row(
        "SELECT id, email, name FROM users WHERE id = ?1",
        [user_id],
        |row| User::from_row(row, 0),
    )?;
    Ok(Some(Session {
        hash,
        csrf_nonce,
        user,
    }))
}

/// Removes the sessions of a client that have ended, idle or absolutely.
fn purge(tx: &Transaction<'_>, client: &str, policy: &Policy, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM sessions WHERE client = ?1 AND (seen_at <= ?2 OR created_at <= ?3)",
        (
            client,
            now.saturating_sub(millis(policy.idle_ttl)),
            now.saturating_sub(millis(policy.absolute_ttl)),
        ),
    )?;
    Ok(())
}

fn remove(tx: &Transaction<'_>, hash: &Hash) -> Result<(), DbError> {
    tx.execute("DELETE FROM sessions WHERE hash = ?1", [hash])?;
    Ok(())
}

/// Ends every session of a client.
pub(crate) fn revoke_all(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM sessions WHERE client = ?1", [client])?;
    Ok(())
}

/// Makes every CSRF token of a client's sessions another one.
pub(crate) fn rotate_csrf(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE sessions SET csrf_nonce = randomblob(16) WHERE client = ?1",
        [client],
    )?;
    Ok(())
}

fn id_cookie(app: &App, client: &Client, id: &str) -> Result<HeaderValue, ApiError> {
    app.cookies
        .set(Kind::Session, client, id, client.policy().absolute_ttl)
}

fn csrf_cookie(app: &App, client: &Client, token: &str) -> Result<HeaderValue, ApiError> {
    app.cookies
        .set(Kind::Csrf, client, token, client.policy().absolute_ttl)
}
