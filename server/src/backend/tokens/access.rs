//! Access tokens: making them, and telling whether one is good.

use std::sync::Arc;

use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};

use super::revocations::{RevocationCheck, Revocations};
use crate::backend::clock::{Millis, Stamp, millis};
use crate::backend::error::{Refusal, StoreError, internal};
use crate::backend::policy::Policy;
use crate::backend::secret::{random_id, random_secret, sha256};
use crate::backend::store::{Mode, Opaque, Scope, Store, User};
use crate::backend::tenant::Tenant;

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

/// Whose token it is, and of which family.
pub(crate) struct Bearer {
    pub(crate) user: User,
    pub(crate) family: String,
}

/// In whole seconds, since `exp` and `expires_in` are; `None` for no end.
fn lifetime(policy: &Policy) -> Option<i64> {
    if policy.no_expiry {
        return None;
    }
    let ms = millis(policy.access_ttl);
    Some(ms / 1000 + i64::from(ms % 1000 != 0))
}

/// Only a JWS has dots; ours that are opaque have none.
fn is_jwt(token: &str) -> bool {
    token.contains('.')
}

/// Makes access tokens and tells whether one is good.
pub(crate) struct AccessTokens {
    store: Arc<dyn Store>,
    /// `iss`, without a tenant's prefix.
    issuer: String,
    check: RevocationCheck,
    revocations: Revocations,
}

impl AccessTokens {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        issuer: String,
        check: RevocationCheck,
        revocations: Revocations,
    ) -> Self {
        Self {
            store,
            issuer,
            check,
            revocations,
        }
    }

    /// What this node knows of what was revoked.
    pub(crate) fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    fn issuer_of(&self, tenant: &Tenant) -> String {
        format!("{}{}", self.issuer, tenant.prefix())
    }

    /// Makes an access token for the family `family` of `user`, which it does not outlive.
    pub(crate) async fn issue(
        &self,
        tenant: &Tenant,
        at: &Scope,
        mode: Mode,
        family: &str,
        must_end_at: Millis,
        user: &User,
    ) -> Result<AccessToken, Refusal> {
        let left = must_end_at.saturating_sub(at.now).max(0) / 1000;
        let life = lifetime(&at.policy).map(|life| life.min(left));
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
            iss: self.issuer_of(tenant),
            aud: AUDIENCE.to_owned(),
            sub: user.id.clone(),
            iat,
            exp: life.map(|seconds| iat.saturating_add(seconds)),
            jti: format!("{}.{}.{}", tenant.stamp(), mode.name(), random_id()?),
            sid: family.to_owned(),
            name: user.name.clone(),
            email: user.email.clone(),
        };
        let key = tenant.keys.current(&*self.store, at).await?;
        let mut header = Header::new(key.algorithm);
        header.kid = Some(key.id().to_owned());
        let text = encode(&header, &claims, &key.signing).map_err(internal)?;
        Ok(AccessToken {
            text,
            expires_in,
            opaque: None,
        })
    }

    /// Whose token this is; a refusal if it is not a good one for `mode`.
    ///
    /// While the store is away, or where nodes ask the list, a JWT is good unless this node knows that it was revoked.
    pub(crate) async fn check(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: &str,
    ) -> Result<Bearer, Refusal> {
        let asks_list = self.check == RevocationCheck::List && self.revocations.are_whole();
        self.judge(tenant, mode, token, asks_list).await
    }

    /// The same for what changes the store, and can as well ask it.
    pub(crate) async fn check_in_store(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: &str,
    ) -> Result<Bearer, Refusal> {
        self.judge(tenant, mode, token, false).await
    }

    async fn judge(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: &str,
        asks_list: bool,
    ) -> Result<Bearer, Refusal> {
        let at = tenant.scope();
        if !is_jwt(token) {
            let family = self
                .store
                .family_of_opaque(&at, sha256(token.as_bytes()))
                .await?;
            let family = family.ok_or(Refusal::InvalidToken)?;
            let user = self.store.access(&at, mode, &family, None).await?;
            let user = user.ok_or(Refusal::InvalidToken)?;
            return Ok(Bearer { user, family });
        }
        let claims = self.claims(tenant, &at, token).await?;
        let claims = claims.ok_or(Refusal::InvalidToken)?;
        let family = claims.sid.clone();
        let revoked = |id: &str| self.revocations.contains(&at.client, id);
        let by_list = || {
            let is_good = claims.is_for(mode) && !revoked(&family) && !revoked(&claims.jti);
            is_good.then(|| claims.user())
        };
        // What was revoked stays listed for as long as tokens live today.
        let is_listed_long_enough = claims.lives_as_tokens_do(&at.policy);
        let user = if asks_list && is_listed_long_enough {
            by_list()
        } else {
            let access = self.store.access(&at, mode, &family, Some(&claims.jti));
            match access.await {
                Err(StoreError::Unavailable(_)) if is_listed_long_enough => by_list(),
                known => known?,
            }
        };
        let user = user.ok_or(Refusal::InvalidToken)?;
        Ok(Bearer { user, family })
    }

    /// The family that a token names, if the token itself is good.
    pub(crate) async fn family_of(
        &self,
        tenant: &Tenant,
        token: &str,
    ) -> Result<Option<String>, Refusal> {
        let at = tenant.scope();
        if is_jwt(token) {
            let claims = self.claims(tenant, &at, token).await?;
            return Ok(claims.map(|claims| claims.sid));
        }
        let hash = sha256(token.as_bytes());
        Ok(self.store.family_of_opaque(&at, hash).await?)
    }

    /// Ends this one token; its family lives on.
    pub(crate) async fn revoke(&self, tenant: &Tenant, token: &str) -> Result<(), Refusal> {
        let at = tenant.scope();
        if !is_jwt(token) {
            return Ok(self.store.end_opaque(&at, sha256(token.as_bytes())).await?);
        }
        if let Some(claims) = self.claims(tenant, &at, token).await? {
            let left = at.left_until(claims.end());
            self.store.revoke_jti(&at, &claims.jti, left).await?;
        }
        Ok(())
    }

    /// What a JWT says, if it is one of ours and has not ended.
    async fn claims(
        &self,
        tenant: &Tenant,
        at: &Scope,
        token: &str,
    ) -> Result<Option<Claims>, StoreError> {
        let Some(kid) = decode_header(token).ok().and_then(|header| header.kid) else {
            return Ok(None);
        };
        let Some(key) = tenant.keys.with_id(&*self.store, at, &kid).await? else {
            return Ok(None);
        };
        // The algorithm is the key's, whatever the token's header says (RFC 8725 §3.1).
        let mut validation = Validation::new(key.algorithm);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[self.issuer_of(tenant)]);
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
            .is_some_and(|stamp| tenant.is_of_this_epoch(stamp));
        Ok(Some(claims).filter(|_| current && !ended))
    }
}
