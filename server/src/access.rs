//! Access tokens: making them, and telling whether one is good.

use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::client::{Client, Millis, Policy, Stamp, millis};
use crate::config::RevocationCheck;
use crate::error::{ApiError, internal};
use crate::families::Mode;
use crate::secret::{random_id, random_secret, sha256};
use crate::store::{Opaque, Scope, StoreError};
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
    /// `<stamp>.<mode>.<random>`: with the stamp a node can refuse all tokens of the time before, with the mode it can tell what
    /// the token is good for while the store is away.
    jti: String,
    /// The token's family, so that revoking the family ends the token too.
    sid: String,
    name: String,
    email: String,
}

impl Claims {
    fn stamp(&self) -> Option<Stamp> {
        self.jti.split('.').next()?.parse().ok()
    }

    fn is_for(&self, mode: Mode) -> bool {
        self.jti.split('.').nth(1) == Some(mode.name())
    }

    fn end(&self) -> Option<Millis> {
        self.exp.map(|exp| exp.saturating_mul(1000))
    }

    /// Whether it ends as soon as a token would that is made now, or sooner.
    fn lives_as_tokens_do(&self, policy: &Policy) -> bool {
        match (self.exp, lifetime(policy)) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(exp), Some(life)) => exp.saturating_sub(self.iat) <= life,
        }
    }

    fn user(&self) -> User {
        User {
            id: self.sub.clone(),
            email: self.email.clone(),
            name: self.name.clone(),
        }
    }
}

/// A new access token.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    /// Seconds; `None` if it does not end.
    pub(crate) expires_in: Option<u64>,
    /// What the store has to know of it, if it is no JWT.
    pub(crate) opaque: Option<Opaque>,
}

/// Makes an access token for the family `family` of `user`.
pub(crate) async fn issue(
    app: &App,
    client: &Client,
    at: &Scope,
    mode: Mode,
    family: &str,
    user: &User,
) -> Result<AccessToken, ApiError> {
    let life = lifetime(&at.policy);
    let expires_in = life.map(i64::unsigned_abs);
    if at.policy.opaque {
        let text = random_secret()?;
        let opaque = Opaque {
            hash: sha256(text.as_bytes()),
            expires_at: life.map(|seconds| at.now.saturating_add(seconds.saturating_mul(1000))),
        };
        return Ok(AccessToken {
            text,
            expires_in,
            opaque: Some(opaque),
        });
    }
    let iat = at.now.div_euclid(1000);
    let claims = Claims {
        iss: format!("{}{}", app.issuer, client.prefix()),
        aud: AUDIENCE.to_owned(),
        sub: user.id.clone(),
        iat,
        exp: life.map(|seconds| iat.saturating_add(seconds)),
        jti: format!("{}.{}.{}", client.stamp(), mode.name(), random_id()?),
        sid: family.to_owned(),
        name: user.name.clone(),
        email: user.email.clone(),
    };
    let key = client.keys.current(&*app.store, at).await?;
    let mut header = Header::new(key.algorithm);
    header.kid = Some(key.id().to_owned());
    let text = encode(&header, &claims, &key.signing).map_err(internal)?;
    Ok(AccessToken {
        text,
        expires_in,
        opaque: None,
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

/// Whose token it is, and of which family.
pub(crate) struct Bearer {
    pub(crate) user: User,
    pub(crate) family: String,
}

/// Whose token this is; `invalid_token` if it is not a good one for `mode`.
///
/// While the store is away, or where nodes ask the list, a JWT is good unless this node knows that it was revoked.
pub(crate) async fn check(
    app: &App,
    client: &Client,
    mode: Mode,
    token: &str,
) -> Result<Bearer, ApiError> {
    let asks_list = app.revocation_check == RevocationCheck::List && app.revocations.are_whole();
    judge(app, client, mode, token, asks_list).await
}

/// The same for what changes the store, and can as well ask it.
pub(crate) async fn check_in_store(
    app: &App,
    client: &Client,
    mode: Mode,
    token: &str,
) -> Result<Bearer, ApiError> {
    judge(app, client, mode, token, false).await
}

async fn judge(
    app: &App,
    client: &Client,
    mode: Mode,
    token: &str,
    asks_list: bool,
) -> Result<Bearer, ApiError> {
    let at = client.scope();
    if !is_jwt(token) {
        let family = app
            .store
            .family_of_opaque(&at, sha256(token.as_bytes()))
            .await?;
        let family = family.ok_or_else(ApiError::invalid_token)?;
        let user = app.store.access(&at, mode, &family, None).await?;
        let user = user.ok_or_else(ApiError::invalid_token)?;
        return Ok(Bearer { user, family });
    }
    let claims = claims(app, client, &at, token).await?;
    let claims = claims.ok_or_else(ApiError::invalid_token)?;
    let family = claims.sid.clone();
    let revoked = |id: &str| app.revocations.contains(&at.client, id);
    let by_list = || {
        let is_good = claims.is_for(mode) && !revoked(&family) && !revoked(&claims.jti);
        is_good.then(|| claims.user())
    };
    // What was revoked stays listed for as long as tokens live today.
    let is_listed_long_enough = claims.lives_as_tokens_do(&at.policy);
    let user = if asks_list && is_listed_long_enough {
        by_list()
    } else {
        let access = app.store.access(&at, mode, &family, Some(&claims.jti));
        match access.await {
            Err(StoreError::Unavailable(_)) if is_listed_long_enough => by_list(),
            known => known?,
        }
    };
    let user = user.ok_or_else(ApiError::invalid_token)?;
    Ok(Bearer { user, family })
}

/// The family that a token names, if the token itself is good.
pub(crate) async fn family_of(
    app: &App,
    client: &Client,
    token: &str,
) -> Result<Option<String>, ApiError> {
    let at = client.scope();
    if is_jwt(token) {
        let claims = claims(app, client, &at, token).await?;
        return Ok(claims.map(|claims| claims.sid));
    }
    let hash = sha256(token.as_bytes());
    Ok(app.store.family_of_opaque(&at, hash).await?)
}

/// Ends this one token; its family lives on.
pub(crate) async fn revoke(app: &App, client: &Client, token: &str) -> Result<(), ApiError> {
    let at = client.scope();
    if !is_jwt(token) {
        return Ok(app.store.end_opaque(&at, sha256(token.as_bytes())).await?);
    }
    if let Some(claims) = claims(app, client, &at, token).await? {
        let left = at.left_until(claims.end());
        app.store.revoke_jti(&at, &claims.jti, left).await?;
    }
    Ok(())
}

/// Only a JWS has dots; ours that are opaque have none.
fn is_jwt(token: &str) -> bool {
    token.contains('.')
}

/// What a JWT says, if it is one of ours and has not ended.
async fn claims(
    app: &App,
    client: &Client,
    at: &Scope,
    token: &str,
) -> Result<Option<Claims>, StoreError> {
    let Some(kid) = decode_header(token).ok().and_then(|header| header.kid) else {
        return Ok(None);
    };
    let Some(key) = client.keys.with_id(&*app.store, at, &kid).await? else {
        return Ok(None);
    };
    // The algorithm is the key's, whatever the token's header says (RFC 8725 §3.1).
    let mut validation = Validation::new(key.algorithm);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[format!("{}{}", app.issuer, client.prefix())]);
    validation.set_required_spec_claims(&["aud", "iss", "sub"]);
    // The end is judged by the client's clock, below.
    validation.validate_exp = false;
    let Ok(decoded) = decode::<Claims>(token, &key.verifying, &validation) else {
        return Ok(None);
    };
    let claims = decoded.claims;
    let ended = claims.end().is_some_and(|end| end <= at.now);
    let current = claims
        .stamp()
        .is_some_and(|stamp| client.is_of_this_epoch(stamp));
    Ok(Some(claims).filter(|_| current && !ended))
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
