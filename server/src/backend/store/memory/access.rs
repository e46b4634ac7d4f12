//! Access tokens, and the keys that sign them.

use async_trait::async_trait;

use super::state::Memory;
use crate::backend::clock::{Millis, real_now};
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Access, Keys};
use crate::backend::store::limits::MAX_LISTED;
use crate::backend::store::records::{Mode, Opaque, Revoked, User};
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::{StoredKey, Turn, is_live, take_turn};

#[async_trait]
impl Access for Memory {
    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()> {
        self.with(at, |records| records.add_opaque(family, token));
        Ok(())
    }

    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>> {
        Ok(self.with(at, |records| {
            let token = records.opaque_tokens.get(&hash)?;
            let live = token.expires_at.is_none_or(|end| end > at.now);
            live.then(|| token.family.clone())
        }))
    }

    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.with(at, |records| records.opaque_tokens.remove(&hash));
        Ok(())
    }

    async fn revoke_jti(&self, at: &Scope, jti: &str, left: Millis) -> Stored<()> {
        let (client, id) = (at.client.clone(), jti.to_owned());
        let until = real_now().saturating_add(left);
        let mut state = self.state.lock();
        state.revoked.insert(Revoked { client, id }, until);
        Ok(())
    }

    async fn access(
        &self,
        at: &Scope,
        mode: Mode,
        family: &str,
        jti: Option<&str>,
    ) -> Stored<Option<User>> {
        let mut state = self.state.lock();
        if let Some(jti) = jti {
            let (client, id) = (at.client.clone(), jti.to_owned());
            if state.revoked.contains_key(&Revoked { client, id }) {
                return Ok(None);
            }
        }
        let family = state.of(at).families.get(family);
        Ok(family
            .filter(|family| family.mode == mode && !family.revoked)
            .map(|family| family.user.clone()))
    }

    async fn revoked(&self) -> Stored<Vec<Revoked>> {
        let mut state = self.state.lock();
        let now = real_now();
        state.revoked.retain(|_, until| *until > now);
        let mut all: Vec<_> = state.revoked.iter().collect();
        all.sort_by_key(|(_, until)| std::cmp::Reverse(**until));
        all.truncate(MAX_LISTED as usize);
        Ok(all
            .into_iter()
            .map(|(revoked, _)| revoked.clone())
            .collect())
    }
}

#[async_trait]
impl Keys for Memory {
    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>> {
        Ok(self.with(at, |records| {
            records.keys.retain(|key| is_live(key, at.now));
            records.keys.clone()
        }))
    }

    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>> {
        Ok(self.with(at, |records| {
            take_turn(&mut records.keys, key, turn, at.now);
            records.keys.clone()
        }))
    }
}
