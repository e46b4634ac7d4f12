//! Families of refresh tokens: each login starts one, each refresh replaces its token (RFC 9700 §4.14.2).
//!
//! A token that was replaced and comes again is stolen or lost: its family ends. One exception: within a
//! grace window the same `Idempotency-Key` is the same attempt, whose answer got lost, and is answered again.

use std::sync::Arc;

use super::access::AccessTokens;
use super::grace;
use super::grant::Grant;
use crate::backend::error::Refusal;
use crate::backend::secret::{random_id, random_nonce, random_secret, sha256};
use crate::backend::store::{FamilyRecord, Known, Mode, NewTokens, Rotation, Scope, Store, User};
use crate::backend::tenant::Tenant;

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
    /// Asked for again within the grace window.
    pub(crate) is_replay: bool,
}

/// Starts, renews and ends families.
pub(crate) struct Families {
    store: Arc<dyn Store>,
    access: Arc<AccessTokens>,
}

impl Families {
    pub(crate) fn new(store: Arc<dyn Store>, access: Arc<AccessTokens>) -> Self {
        Self { store, access }
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
        let (grant, tokens) = self
            .grant(tenant, &at, mode, &family.id, user, refresh_token)
            .await?;
        self.store.start_family(&at, record, tokens).await?;
        Ok(Granted {
            grant,
            family,
            is_replay: false,
        })
    }

    /// Replaces `token` by a new one, or refuses .
    pub(crate) async fn refresh(
        &self,
        tenant: &Tenant,
        mode: Mode,
        token: String,
        attempt: Option<String>,
    ) -> Result<Granted, Refusal> {
        let hash = sha256(token.as_bytes());
        loop {
            let at = tenant.scope();
            let known = self.store.refresh_token(&at, Some(mode), hash).await?;
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
        let (id, user) = (&known.family, known.user.clone());
        if at.policy.omit_refresh_token {
            // RFC 6749 §6: no new refresh token in the answer means that the old one stays.
            let (grant, tokens) = self.grant(tenant, at, mode, id, user, None).await?;
            if let Some(token) = tokens.opaque {
                self.store.add_opaque(at, id, token).await?;
            }
            return Ok(Some(grant));
        }
        let next = random_secret()?;
        let (grant, new) = self.grant(tenant, at, mode, id, user, Some(next)).await?;
        let sealed_answer = attempt
            .map(|attempt| grace::seal(&grant, token, attempt))
            .transpose()?;
        let rotation = Rotation {
            family: id.clone(),
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
        let hash = sha256(token.as_bytes());
        let by_refresh_token = self.store.refresh_token(&at, None, hash).await?;
        let by_refresh_token = by_refresh_token.map(|known| known.family);
        for family in by_access_token.into_iter().chain(by_refresh_token) {
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
        let hash = sha256(token.as_bytes());
        let known = self
            .store
            .refresh_token(&tenant.scope(), Some(mode), hash)
            .await?;
        Ok(known.filter(|known| !known.revoked))
    }

    /// A grant, and what the store has to know of its tokens.
    async fn grant(
        &self,
        tenant: &Tenant,
        at: &Scope,
        mode: Mode,
        family: &str,
        user: User,
        refresh_token: Option<String>,
    ) -> Result<(Grant, NewTokens), Refusal> {
        let access = self.access.issue(tenant, at, mode, family, &user).await?;
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
