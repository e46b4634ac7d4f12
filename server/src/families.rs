//! Families of refresh tokens: each login starts one, each refresh replaces its token (RFC 9700 §4.14.2).
//!
//! A token that was replaced and comes again is stolen or lost: its family ends. One exception: within a
//! grace window the same `Idempotency-Key` is the same attempt, whose answer got lost, and is answered again.

use serde::{Deserialize, Serialize};

use crate::access;
use crate::app::App;
use crate::client::Client;
use crate::error::ApiError;
use crate::grace;
use crate::log::Note;
use crate::secret::{random_id, random_nonce, random_secret, sha256};
use crate::store::{FamilyRecord, Known, NewTokens, Rotation, Scope};
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

impl From<Known> for Family {
    fn from(known: Known) -> Self {
        Self {
            id: known.family,
            csrf_nonce: known.csrf_nonce,
        }
    }
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
    client: &Client,
    mode: Mode,
    user: User,
) -> Result<Granted, ApiError> {
    let at = client.scope();
    let family = Family {
        id: random_id()?,
        csrf_nonce: random_nonce()?,
    };
    let refresh_token = match at.policy.omit_refresh_token {
        true => None,
        false => Some(random_secret()?),
    };
    let record = FamilyRecord {
        id: family.id.clone(),
        mode,
        csrf_nonce: family.csrf_nonce.clone(),
        user: user.clone(),
    };
    let (grant, tokens) = grant(app, client, &at, mode, &family.id, user, refresh_token).await?;
    app.store.start_family(&at, record, tokens).await?;
    Ok(Granted {
        grant,
        family,
        note: None,
    })
}

/// Replaces `token` by a new one, or refuses with `invalid_grant`.
pub(crate) async fn refresh(
    app: &App,
    client: &Client,
    mode: Mode,
    token: String,
    attempt: Option<String>,
) -> Result<Granted, ApiError> {
    let hash = sha256(token.as_bytes());
    loop {
        let at = client.scope();
        let known = app.store.refresh_token(&at, Some(mode), hash).await?;
        let known = known.ok_or_else(ApiError::invalid_grant)?;
        if let Some(rotated_at) = known.rotated_at {
            let in_grace = at.now.saturating_sub(rotated_at) <= at.grace();
            let sealed = known.sealed_answer.as_deref();
            let sealed = sealed.filter(|_| in_grace && !known.revoked);
            let answer = sealed
                .zip(attempt.as_deref())
                .and_then(|(sealed, attempt)| grace::open(sealed, &token, attempt));
            let Some(grant) = answer else {
                app.store.end_family(&at, &known.family).await?;
                return Err(ApiError::invalid_grant().with_note(Note::ReuseDetected));
            };
            return Ok(Granted {
                grant,
                family: known.into(),
                note: Some(Note::GraceReplay),
            });
        }
        if known.revoked || known.expires_at <= at.now {
            return Err(ApiError::invalid_grant());
        }
        if let Some(grant) =
            replace(app, client, &at, mode, &known, &token, attempt.as_deref()).await?
        {
            return Ok(Granted {
                grant,
                family: known.into(),
                note: None,
            });
        }
        // Somebody was faster, maybe on another node; what is to be said now, the store knows.
    }
}

/// A grant in place of `token`; `None` if it is no longer there to be replaced.
async fn replace(
    app: &App,
    client: &Client,
    at: &Scope,
    mode: Mode,
    known: &Known,
    token: &str,
    attempt: Option<&str>,
) -> Result<Option<Grant>, ApiError> {
    let (id, user) = (&known.family, known.user.clone());
    if at.policy.omit_refresh_token {
        // RFC 6749 §6: no new refresh token in the answer means that the old one stays.
        let (grant, tokens) = grant(app, client, at, mode, id, user, None).await?;
        if let Some(token) = tokens.opaque {
            app.store.add_opaque(at, id, token).await?;
        }
        return Ok(Some(grant));
    }
    let next = random_secret()?;
    let (grant, new) = grant(app, client, at, mode, id, user, Some(next)).await?;
    let sealed_answer = attempt
        .map(|attempt| grace::seal(&grant, token, attempt))
        .transpose()?;
    let rotation = Rotation {
        family: id.clone(),
        old: sha256(token.as_bytes()),
        new,
        sealed_answer,
    };
    let done = app.store.rotate(at, rotation).await?;
    Ok(done.then_some(grant))
}

/// Ends the family of a refresh token, rotated ones included, or of an access token (RFC 7009 §2.1).
pub(crate) async fn revoke_by_token(
    app: &App,
    client: &Client,
    token: &str,
) -> Result<(), ApiError> {
    let at = client.scope();
    let by_access_token = access::family_of(app, client, token).await?;
    let hash = sha256(token.as_bytes());
    let by_refresh_token = app.store.refresh_token(&at, None, hash).await?;
    let by_refresh_token = by_refresh_token.map(|known| known.family);
    for family in by_access_token.into_iter().chain(by_refresh_token) {
        app.store.end_family(&at, &family).await?;
    }
    Ok(())
}

/// What is known of a refresh token in a live family. For those who need no new tokens.
pub(crate) async fn of_token(
    app: &App,
    client: &Client,
    mode: Mode,
    token: &str,
) -> Result<Option<Known>, ApiError> {
    let hash = sha256(token.as_bytes());
    let known = app
        .store
        .refresh_token(&client.scope(), Some(mode), hash)
        .await?;
    Ok(known.filter(|known| !known.revoked))
}

/// A grant, and what the store has to know of its tokens.
async fn grant(
    app: &App,
    client: &Client,
    at: &Scope,
    mode: Mode,
    family: &str,
    user: User,
    refresh_token: Option<String>,
) -> Result<(Grant, NewTokens), ApiError> {
    let access = access::issue(app, client, at, mode, family, &user).await?;
    let tokens = NewTokens {
        refresh: refresh_token.as_ref().map(|token| sha256(token.as_bytes())),
        opaque: access.opaque,
    };
    let grant = Grant {
        access_token: access.text,
        token_type: "Bearer".to_owned(),
        expires_in: access.expires_in.filter(|_| !at.policy.omit_expires_in),
        refresh_token,
        user,
    };
    Ok((grant, tokens))
}
