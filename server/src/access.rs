//! Access tokens: making them, and telling whether one is good.

use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use rusqlite::{OptionalExtension as _, Transaction};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::client::{Client, Millis, Policy, millis};
use crate::db::DbError;
use crate::error::{ApiError, internal};
use crate::families::Mode;
use crate::secret::{random_id, random_secret, sha256};
use crate::users::User;

/// Whom an access token is for: the API of this very server.
const AUDIENCE: &str = "hallpass-api";

/// The claims of an access token (RFC 7519 §4).
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// `<epoch>.<random>`: with the epoch the server can refuse all tokens of the time before.
    jti: String,
    /// The token's family, so that revoking the family ends the token too.
    sid: String,
    name: String,
    email: String,
}

/// A new access token.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    /// Seconds; `None` if it does not end.
    pub(crate) expires_in: Option<u64>,
}

/// Makes an access token for the family `family` of `user`.
pub(crate) fn issue(
    tx: &Transaction<'_>,
    client: &Client,
    issuer: &str,
    family: &str,
    user: &User,
) -> Result<AccessToken, DbError> {
    let policy = client.policy();
    let now = client.now();
    let life = lifetime(&policy);
    if policy.opaque {
        let text = random_secret()?;
        let end = life.map(|seconds| now.saturating_add(seconds.saturating_mul(1000)));
        tx.execute(
            "INSERT INTO opaque_tokens (hash, family, expires_at) VALUES (?1, ?2, ?3)",
            (sha256(text.as_bytes()), family, end),
        )?;
        return Ok(AccessToken {
            text,
            expires_in: life.map(i64::unsigned_abs),
        });
    }
    let iat = now.div_euclid(1000);
    let claims = Claims {
        iss: format!("{issuer}{}", client.prefix()),
        aud: AUDIENCE.to_owned(),
        sub: user.id.clone(),
        iat,
        exp: life.map(|seconds| iat.saturating_add(seconds)),
        jti: format!("{}.{}", client.epoch(), random_id()?),
        sid: family.to_owned(),
        name: user.name.clone(),
        email: user.email.clone(),
    };
    let key = client.keys.current(policy.algorithm)?;
    let mut header = Header::new(key.algorithm);
    header.kid = Some(key.id.clone());
    let text = encode(&header, &claims, &key.signing).map_err(internal)?;
    Ok(AccessToken {
        text,
        expires_in: life.map(i64::unsigned_abs),
    })
}

/// In whole seconds, since `exp` and `expires_in` are; `None` for no end.
fn lifetime(policy: &Policy) -> Option<i64> {
    if policy.no_expiry {
        return None;
    }
    let ms = millis(policy.access_ttl);
    Some(ms / 1000 + i64::from(ms % 1000 != 0))
}

/// Whose token this is; `invalid_token` if it is not a good one for `mode`.
pub(crate) async fn check(
    app: &App,
    client: &Client,
    mode: Mode,
    token: &str,
) -> Result<User, ApiError> {
    match family_of(app, client, token).await? {
        Some(family) => owner(app, client, mode, family).await,
        None => Err(ApiError::invalid_token()),
    }
}

/// The family that a token names, if the token itself is good.
pub(crate) async fn family_of(
    app: &App,
    client: &Client,
    token: &str,
) -> Result<Option<String>, ApiError> {
    // Only a JWS has dots; ours that are opaque have none.
    if token.contains('.') {
        return Ok(family_of_jwt(app, client, token));
    }
    let hash = sha256(token.as_bytes());
    let now = client.now();
    app.db
        .run(move |tx| {
            Ok(tx
                .query_row(
                    "SELECT family FROM opaque_tokens
                     WHERE hash = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
                    (hash, now),
                    |row| row.get(0),
                )
                .optional()?)
        })
        .await
}

fn family_of_jwt(app: &App, client: &Client, token: &str) -> Option<String> {
    let key = client.keys.with_id(&decode_header(token).ok()?.kid?)?;
    // The algorithm is the key's, whatever the token's header says (RFC 8725 §3.1).
    let mut validation = Validation::new(key.algorithm);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[format!("{}{}", app.issuer, client.prefix())]);
    validation.set_required_spec_claims(&["aud", "iss", "sub"]);
    // The end is judged by the client's clock, below.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, &key.verifying, &validation)
        .ok()?
        .claims;
    let ended = claims
        .exp
        .is_some_and(|exp| exp.saturating_mul(1000) <= client.now());
    let epoch = claims.jti.split_once('.')?.0.parse::<u64>().ok()?;
    (!ended && epoch == client.epoch()).then_some(claims.sid)
}

/// A token outlives neither its family nor the mode it was made for.
async fn owner(app: &App, client: &Client, mode: Mode, family: String) -> Result<User, ApiError> {
    let client = client.name().to_owned();
    app.db
        .run(move |tx| {
            let user = tx
                .query_row(
                    "SELECT users.id, email, users.name FROM families
                     JOIN users ON users.id = families.user_id
                     WHERE families.id = ?1 AND client = ?2 AND mode = ?3 AND NOT revoked",
                    (family, client, mode.name()),
                    |row| User::from_row(row, 0),
                )
                .optional()?;
            user.ok_or_else(|| ApiError::invalid_token().into())
        })
        .await
}

/// Refuses every opaque access token of this client from now on.
pub(crate) fn forget_opaque(tx: &Transaction<'_>, client: &str) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM opaque_tokens WHERE family IN (SELECT id FROM families WHERE client = ?1)",
        [client],
    )?;
    Ok(())
}

/// The credential of `Authorization: Bearer …` (RFC 6750 §2.1).
pub(crate) fn bearer(headers: &axum::http::HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(axum::http::header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(ApiError::invalid_request(
            "more than one Authorization header",
        ));
    }
    let value = value.to_str().map_err(|_| ApiError::invalid_token())?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    match token.trim() {
        "" => Err(ApiError::invalid_request(
            "the Authorization header carries no token",
        )),
        token => Ok(Some(token.to_owned())),
    }
}

/// Access tokens that ended long ago, by the client's clock.
pub(crate) fn purge(tx: &Transaction<'_>, client: &str, now: Millis) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM opaque_tokens WHERE expires_at < ?2
         AND family IN (SELECT id FROM families WHERE client = ?1)",
        (client, now),
    )?;
    Ok(())
}
