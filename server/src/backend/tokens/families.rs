//! Families of refresh tokens: each login starts one, each refresh replaces its token (RFC 9700 §4.14.2).
//!
//! A token that was replaced and comes again is stolen or lost: its family ends. One exception: within a
//! grace window the same `Idempotency-Key` is the same attempt, whose answer got lost, and is answered again; unless
//! what it was answered has been spent since, for then the answer did not get lost.

use std::sync::Arc;
use std::time::Duration;

use super::access::AccessTokens;
use super::grace;
use super::grant::Grant;
use super::refresh::RefreshTokens;
use crate::backend::clock::Millis;
use crate::backend::error::Refusal;
use crate::backend::secret::{random_id, random_nonce, sha256};
use crate::backend::store::{FamilyRecord, Known, Mode, NewTokens, Rotation, Scope, Store, User};
use crate::backend::tenant::Tenant;

/// A family as its CSRF token needs it.
#[derive(Clone)]
pub(crate) struct Family {
    pub(crate) id: String,
    pub(crate) csrf_nonce: Vec<u8>,
    must_end_at: Millis,
}

impl Family {
    /// How long a cookie of it is good for that is set now.
    pub(crate) fn cookie_life(&self, tenant: &Tenant) -> Duration {
        let at = tenant.scope();
        let left = at.refresh_end(self.must_end_at).saturating_sub(at.now);
        Duration::from_millis(left.max(0).unsigned_abs())
    }
}

impl From<Known> for Family {
    fn from(known: Known) -> Self {
        Self {
            id: known.family,
            csrf_nonce: known.csrf_nonce,
            must_end_at: known.must_end_at,
        }
    }
}

/// A grant and where it came from.
pub(crate) struct Granted {
    pub(crate) grant: Grant,
    pub(crate) family: Family,
    /// Asked for again within the grace window.
    pub(crate) is_replay: bool,
}

/// Starts, renews and ends families.
pub(crate) struct Families {
    store: Arc<dyn Store>,
    access: Arc<AccessTokens>,
    tokens: RefreshTokens,
}

impl Families {
    /// `secret` marks refresh tokens as made here; all nodes of a store need the same.
    pub(crate) fn new(store: Arc<dyn Store>, access: Arc<AccessTokens>, secret: &[u8]) -> Self {
        Self {
            store,
            access,
            tokens: RefreshTokens::new(secret),
        }
    }

    /// Starts a family for `user`, who has just proved who they are.
    pub(crate) async fn start(
        &self,
        tenant: &Tenant,
        mode: Mode,
        user: User,
    ) -> Result<Granted, Refusal> {
        let at = tenant.scope();
        let family = Family {
            id: random_id()?,
            csrf_nonce: random_nonce()?,
            must_end_at: at.family_end(),
        };
        let refresh_token = match at.policy.omit_refresh_token {
            true => None,
            false => Some(self.tokens.make(tenant, mode, &family.id)?),
        };
        let record = FamilyRecord {
            id: family.id.clone(),
            mode,
            csrf_nonce: family.csrf_nonce.clone(),
            user: user.clone(),
            expires_at: at.refresh_end(family.must_end_at),
            must_end_at: family.must_end_at,
        };
        let (grant, tokens) = self
            .grant(tenant, &at, mode, &family, user, refresh_token)
            .await?;
        self.store.start_family(&at, record, tokens).await?;
        Ok(Granted {
            grant,
            family,
            is_replay: false,
        })
    }

    /// Replaces `token` by a new one, or refuses.
    pub(crate) async fn refresh(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: String,
        attempt: Option<String>,
    ) -> Result<Granted, Refusal> {
        loop {
            let at = tenant.scope();
            let known = self.find(tenant, &at, mode, &token).await?;
            let known = known.ok_or(Refusal::InvalidGrant)?;
            if let Some(rotated_at) = known.rotated_at {
                let in_grace = at.now.saturating_sub(rotated_at) <= at.grace();
                let sealed = known.sealed_answer.as_deref();
                let sealed = sealed.filter(|_| in_grace && !known.revoked);
                let answer = sealed
                    .zip(attempt.as_deref())
                    .and_then(|(sealed, attempt)| grace::open(sealed, &token, attempt));
                let Some(grant) = answer else {
                    self.store.end_family(&at, &known.family).await?;
                    return Err(Refusal::Reused);
                };
                return Ok(Granted {
                    grant,
                    family: known.into(),
                    is_replay: true,
                });
            }
            if known.revoked || known.expires_at <= at.now {
                return Err(Refusal::InvalidGrant);
            }
            if let Some(grant) = self
                .replace(tenant, &at, mode, &known, &token, attempt.as_deref())
                .await?
            {
                return Ok(Granted {
                    grant,
                    family: known.into(),
                    is_replay: false,
                });
            }
            // Somebody was faster, maybe on another node; what is to be said now, the store knows.
        }
    }

    /// A grant in place of `token`; `None` if it is no longer there to be replaced.
    async fn replace(
        &self,
        tenant: &Tenant,
        at: &Scope,
        mode: Mode,
        known: &Known,
        token: &str,
        attempt: Option<&str>,
    ) -> Result<Option<Grant>, Refusal> {
        let (family, user) = (Family::from(known.clone()), known.user.clone());
        if at.policy.omit_refresh_token {
            // RFC 6749 §6: no new refresh token in the answer means that the old one stays.
            let (grant, tokens) = self.grant(tenant, at, mode, &family, user, None).await?;
            if let Some(token) = tokens.opaque {
                self.store.add_opaque(at, &family.id, token).await?;
            }
            return Ok(Some(grant));
        }
        let next = self.tokens.make(tenant, mode, &family.id)?;
        let (grant, new) = self
            .grant(tenant, at, mode, &family, user, Some(next))
            .await?;
        let sealed_answer = attempt
            .map(|attempt| grace::seal(&grant, token, attempt))
            .transpose()?;
        let rotation = Rotation {
            expires_at: at.refresh_end(family.must_end_at),
            family: family.id,
            old: sha256(token.as_bytes()),
            new,
            sealed_answer,
        };
        let done = self.store.rotate(at, rotation).await?;
        Ok(done.then_some(grant))
    }

    /// Ends the family of a refresh token, rotated ones included, or of an access token (RFC 7009 §2.1).
    pub(crate) async fn revoke_by_token(
        &self,
        tenant: &Tenant,
        token: &str,
    ) -> Result<(), Refusal> {
        let at = tenant.scope();
        let by_access_token = self.access.family_of(tenant, token).await?;
        let mut families = Vec::from_iter(by_access_token);
        for mode in [Mode::Jwt, Mode::Hybrid] {
            let known = self.find(tenant, &at, mode, token).await?;
            families.extend(known.map(|known| known.family));
        }
        for family in families {
            self.store.end_family(&at, &family).await?;
        }
        Ok(())
    }

    /// What is known of a refresh token in a live family. For those who need no new tokens.
    pub(crate) async fn of_token(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: &str,
    ) -> Result<Option<Known>, Refusal> {
        let known = self.find(tenant, &tenant.scope(), mode, token).await?;
        Ok(known.filter(|known| !known.revoked))
    }

    /// What is known of a refresh token, or of its family if it was spent long ago.
    async fn find(
        &self,
        tenant: &Tenant,
        at: &Scope,
        mode: Mode,
        token: &str,
    ) -> Result<Option<Known>, Refusal> {
        let hash = sha256(token.as_bytes());
        let known = self.store.refresh_token(at, Some(mode), hash).await?;
        if known.is_some() {
            return Ok(known);
        }
        match self.tokens.family(tenant, mode, token) {
            Some(family) => Ok(self.store.family(at, mode, &family).await?),
            None => Ok(None),
        }
    }

    /// A grant, and what the store has to know of its tokens.
    async fn grant(
        &self,
        tenant: &Tenant,
        at: &Scope,
        mode: Mode,
        family: &Family,
        user: User,
        refresh_token: Option<String>,
    ) -> Result<(Grant, NewTokens), Refusal> {
        let access = self
            .access
            .issue(tenant, at, mode, &family.id, family.must_end_at, &user)
            .await?;
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

    pub(crate) async fn end(&self, tenant: &Tenant, family: &Family) -> Result<(), Refusal> {
        Ok(self.store.end_family(&tenant.scope(), &family.id).await?)
    }
}
