//! Families of refresh tokens: each login starts one, each refresh replaces its token (RFC 9700 §4.14.2).
//!
//! A token that was replaced and comes again is stolen or lost: its family ends. One exception: within a
//! grace window the same `Idempotency-Key` is the same attempt, whose answer got lost, and is answered again.

use rusqlite::{OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};

use crate::access;
use crate::app::App;
use crate::client::{Client, Millis, millis};
use crate::db::DbError;
use crate::error::ApiError;
use crate::grace;
use crate::log::Note;
use crate::secret::{random_id, random_secret, sha256};
use crate::users::User;

/// The request header that names an attempt.
pub(crate) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// How the tokens of a family travel. A token of one mode is no good in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Jwt,
    Hybrid,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Hybrid => "hybrid",
        }
    }
}

/// The answer to a login or refresh (RFC 6749 §5.1).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) access_token: String,
    pub(crate) token_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    pub(crate) user: User,
}

/// A family as its CSRF token needs it.
#[derive(Clone)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) csrf_nonce: Vec<u8>,
}

/// A grant and where it came from.
pub(crate) struct Granted {
    pub(crate) grant: Grant,
    pub(crate) family: Family,
    pub(crate) note: Option<Note>,
}

/// Starts a family for `user`, who has just proved who they are.
pub(crate) async fn start(
    app: &App,
    client: &std::sync::Arc<Client>,
    mode: Mode,
    user: User,
) -> Result<Granted, ApiError> {
    let (client, issuer) = (client.clone(), app.issuer.clone());
    app.db
        .run(move |tx| {
            purge(tx, &client)?;
            let policy = client.policy();
            let end = client.now().saturating_add(millis(policy.refresh_ttl));
            let id = random_id()?;
            let csrf_nonce = tx.query_row(
                "INSERT INTO families (id, client, mode, user_id, csrf_nonce, ends_at)
                 VALUES (?1, ?2, ?3, ?4, randomblob(16), ?5) RETURNING csrf_nonce",
                (&id, client.name(), mode.name(), &user.id, end),
                |row| row.get(0),
            )?;
            let family = Family { id, csrf_nonce };
            let refresh_token = match policy.omit_refresh_token {
                true => None,
                false => Some(new_refresh_token(tx, &family.id, end)?),
            };
            let grant = grant(tx, &client, &issuer, &family.id, user, refresh_token)?;
            Ok(Granted {
                grant,
                family,
                note: None,
            })
        })
        .await
}

/// What became of a refresh. Reuse is no error of the transaction: the revocation has to be kept.
enum Refreshed {
    Granted(Box<Granted>),
    Refused(ApiError),
}

/// Replaces `token` by a new one, or refuses with `invalid_grant`.
pub(crate) async fn refresh(
    app: &App,
    client: &std::sync::Arc<Client>,
    mode: Mode,
    token: String,
    attempt: Option<String>,
) -> Result<Granted, ApiError> {
    let (client, issuer) = (client.clone(), app.issuer.clone());
    let refreshed = app
        .db
        .run(move |tx| {
            let now = client.now();
            let Some(known) = find(tx, &client, mode, &token)? else {
                return Ok(Refreshed::Refused(ApiError::invalid_grant()));
            };
            if let Some(rotated_at) = known.rotated_at {
                let in_grace = now.saturating_sub(rotated_at) <= millis(client.policy().grace);
                let answer = known.sealed_answer.filter(|_| in_grace && !known.revoked);
                if let Some(grant) =
                    answer.and_then(|sealed| grace::open(&sealed, &token, &attempt?))
                {
                    let (family, note) = (known.family, Some(Note::GraceReplay));
                    return Ok(Refreshed::Granted(Box::new(Granted {
                        grant,
                        family,
                        note,
                    })));
                }
                revoke(tx, client.name(), &known.family.id)?;
                let refusal = ApiError::invalid_grant().with_note(Note::ReuseDetected);
                return Ok(Refreshed::Refused(refusal));
            }
            if known.revoked || known.expires_at <= now {
                return Ok(Refreshed::Refused(ApiError::invalid_grant()));
            }
            let id = &known.family.id;
            let grant = if client.policy().omit_refresh_token {
                // RFC 6749 §6: no new refresh token in the answer means that the old one stays.
                grant(tx, &client, &issuer, id, known.user, None)?
            } else {
                let end = now.saturating_add(millis(client.policy().refresh_ttl));
                let next = new_refresh_token(tx, id, end)?;
                tx.execute("UPDATE families SET ends_at = ?2 WHERE id = ?1", (id, end))?;
                let grant = grant(tx, &client, &issuer, id, known.user, Some(next))?;
                retire(tx, &client, &token, attempt.as_deref(), &grant)?;
                grant
            };
            Ok(Refreshed::Granted(Box::new(Granted {
                grant,
                family: known.family,
                note: None,
            })))
        })
        .await?;
    match refreshed {
        Refreshed::Granted(granted) => Ok(*granted),
        Refreshed::Refused(refusal) => Err(refusal),
    }
}

/// Ends the family of a refresh token, rotated ones included, or of an access token (RFC 7009 §2.1).
pub(crate) async fn revoke_by_token(
    app: &App,
    client: &Client,
    token: String,
) -> Result<(), ApiError> {
    let by_access_token = access::family_of(app, client, &token).await?;
    let client = client.name().to_owned();
    app.db
        .run(move |tx| {
            let by_refresh_token = tx
                .query_row(
                    "SELECT family FROM refresh_tokens WHERE hash = ?1",
                    [sha256(token.as_bytes())],
                    |row| row.get::<_, String>(0),
                )
                .optional()?;
            for family in by_access_token.into_iter().chain(by_refresh_token) {
                revoke(tx, &client, &family)?;
            }
            Ok(())
        })
        .await
}

/// Ends one family.
pub(crate) async fn revoke_by_id(
    app: &App,
    client: &Client,
    family: Family,
) -> Result<(), ApiError> {
    let client = client.name().to_owned();
    app.db.run(move |tx| revoke(tx, &client, &family.id)).await
}

/// The live family that a refresh token belongs to. For those who need no new tokens.
pub(crate) async fn of_token(
    app: &App,
    client: &std::sync::Arc<Client>,
    mode: Mode,
    token: String,
) -> Result<Option<Family>, ApiError> {
    let client = client.clone();
    app.db
        .run(move |tx| {
            let known = find(tx, &client, mode, &token)?;
            Ok(known
                .filter(|known| !known.revoked)
                .map(|known| known.family))
        })
        .await
}

/// Ends every family of a client.
pub(crate) fn revoke_all(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE families SET revoked = 1 WHERE client = ?1",
        [client],
    )?;
    Ok(())
}

/// Removes every family of a client, with all its tokens.
pub(crate) fn remove_all(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute("DELETE FROM families WHERE client = ?1", [client])?;
    Ok(())
}

/// Makes every CSRF token of a client's families another one.
pub(crate) fn rotate_csrf(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE families SET csrf_nonce = randomblob(16) WHERE client = ?1",
        [client],
    )?;
    Ok(())
}

fn revoke(tx: &Transaction<'_>, client: &str, family: &str) -> Result<(), DbError> {
    let this = (family, client);
    tx.execute(
        "UPDATE families SET revoked = 1 WHERE id = ?1 AND client = ?2",
        this,
    )?;
    Ok(())
}

/// A refresh token that was issued here, and its family.
struct Known {
    family: Family,
    user: User,
    revoked: bool,
    expires_at: Millis,
    rotated_at: Option<Millis>,
    sealed_answer: Option<Vec<u8>>,
}

fn find(
    tx: &Transaction<'_>,
    client: &Client,
    mode: Mode,
    token: &str,
) -> Result<Option<Known>, DbError> {
    let known = tx
        .query_row(
            "SELECT families.id, csrf_nonce, revoked, expires_at, rotated_at, sealed_answer,
                    users.id, email, users.name
             FROM refresh_tokens
             JOIN families ON families.id = refresh_tokens.family
             JOIN users ON users.id = families.user_id
             WHERE hash = ?1 AND client = ?2 AND mode = ?3",
            (sha256(token.as_bytes()), client.name(), mode.name()),
            |row| {
                Ok(Known {
                    family: Family {
                        id: row.get(0)?,
                        csrf_nonce: row.get(1)?,
                    },
                    revoked: row.get(2)?,
                    expires_at: row.get(3)?,
                    rotated_at: row.get(4)?,
                    sealed_answer: row.get(5)?,
                    user: User::from_row(row, 6)?,
                })
            },
        )
        .optional()?;
    Ok(known)
}

fn new_refresh_token(tx: &Transaction<'_>, family: &str, end: Millis) -> Result<String, DbError> {
    let token = random_secret()?;
    tx.execute(
        "INSERT INTO refresh_tokens (hash, family, expires_at) VALUES (?1, ?2, ?3)",
        (sha256(token.as_bytes()), family, end),
    )?;
    Ok(token)
}

fn grant(
    tx: &Transaction<'_>,
    client: &Client,
    issuer: &str,
    family: &str,
    user: User,
    refresh_token: Option<String>,
) -> Result<Grant, DbError> {
    let access = access::issue(tx, client, issuer, family, &user)?;
    Ok(Grant {
        access_token: access.text,
        token_type: "Bearer".to_owned(),
        expires_in: access
            .expires_in
            .filter(|_| !client.policy().omit_expires_in),
        refresh_token,
        user,
    })
}

/// Marks `token` as replaced, and keeps its answer for the grace window if the attempt had a name.
fn retire(
    tx: &Transaction<'_>,
    client: &Client,
    token: &str,
    attempt: Option<&str>,
    answer: &Grant,
) -> Result<(), DbError> {
    let sealed = attempt
        .map(|attempt| grace::seal(answer, token, attempt))
        .transpose()?;
    tx.execute(
        "UPDATE refresh_tokens SET rotated_at = ?2, sealed_answer = ?3 WHERE hash = ?1",
        (sha256(token.as_bytes()), client.now(), sealed),
    )?;
    forget_old_answers(tx, client)
}

fn forget_old_answers(tx: &Transaction<'_>, client: &Client) -> Result<(), DbError> {
    let oldest = client.now().saturating_sub(millis(client.policy().grace));
    tx.execute(
        "UPDATE refresh_tokens SET sealed_answer = NULL
         WHERE sealed_answer IS NOT NULL AND rotated_at < ?2
         AND family IN (SELECT id FROM families WHERE client = ?1)",
        (client.name(), oldest),
    )?;
    Ok(())
}

/// Removes what ended by the client's clock.
fn purge(tx: &Transaction<'_>, client: &Client) -> Result<(), DbError> {
    let now = client.now();
    tx.execute(
        "DELETE FROM families WHERE client = ?1 AND ends_at < ?2",
        (client.name(), now),
    )?;
    access::purge(tx, client.name(), now)?;
    forget_old_answers(tx, client)
}
