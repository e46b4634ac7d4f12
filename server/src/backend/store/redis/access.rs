//! Access tokens, and the keys that sign them.

use async_trait::async_trait;

use super::connection::{MAX_TRIES, Redis, broken, hex, user, with_opaque};
use crate::backend::clock::Millis;
use crate::backend::error::{StoreError, Stored};
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Access, Keys};
use crate::backend::store::records::{Mode, Opaque, Revoked, User};
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::{StoredKey, Turn, is_live, take_turn};

#[async_trait]
impl Access for Redis {
    async fn add_opaque(&self, at: &Scope, family: &str, token: Opaque) -> Stored<()> {
        let mut call = self.of(at, "add_opaque");
        call.arg(family);
        with_opaque(&mut call, at, Some(token));
        self.run(&call).await
    }

    async fn family_of_opaque(&self, at: &Scope, hash: Hash) -> Stored<Option<String>> {
        let mut call = self.of(at, "family_of_opaque");
        self.run(call.arg(hex(&hash)).arg(at.now)).await
    }

    async fn end_opaque(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.run(self.of(at, "end_opaque").arg(hex(&hash))).await
    }

    async fn revoke_jti(&self, at: &Scope, jti: &str, left: Millis) -> Stored<()> {
        self.run(self.of(at, "revoke_jti").arg(jti).arg(left)).await
    }

    async fn access(
        &self,
        at: &Scope,
        mode: Mode,
        family: &str,
        jti: Option<&str>,
    ) -> Stored<Option<User>> {
        let mut call = self.of(at, "access");
        call.arg(mode.name()).arg(family);
        let found: Option<String> = self.run(call.arg(jti.unwrap_or_default())).await?;
        found.map(|json| user(&json)).transpose()
    }

    async fn revoked(&self) -> Stored<Vec<Revoked>> {
        let members: Vec<String> = self.run(&self.function("revoked")).await?;
        let revoked = members.iter().filter_map(|member| {
            let (client, id) = member.split_once('/')?;
            let (client, id) = (client.to_owned(), id.to_owned());
            Some(Revoked { client, id })
        });
        Ok(revoked.collect())
    }
}

#[async_trait]
impl Keys for Redis {
    async fn keys(&self, at: &Scope) -> Stored<Vec<StoredKey>> {
        let (_, mut keys) = self.read_keys(at).await?;
        keys.retain(|key| is_live(key, at.now));
        Ok(keys)
    }

    async fn add_key(&self, at: &Scope, key: StoredKey, turn: Turn) -> Stored<Vec<StoredKey>> {
        for _ in 0..MAX_TRIES {
            let (old, mut keys) = self.read_keys(at).await?;
            take_turn(&mut keys, key.clone(), turn, at.now);
            let new = serde_json::to_string(&keys).map_err(broken)?;
            if self.run(self.of(at, "set_keys").arg(old).arg(new)).await? {
                return Ok(keys);
            }
        }
        Err(StoreError::Unavailable("its keys keep changing".to_owned()))
    }
}
