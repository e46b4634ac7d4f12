//! Users, failed logins and sessions.

use async_trait::async_trait;

use super::connection::{Redis, hex, json, member, user};
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Accounts, Logins, Sessions};
use crate::backend::store::limits::LOGIN_WINDOW_MS;
use crate::backend::store::records::{Account, Keep, SessionRecord};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Accounts for Redis {
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>> {
        self.run(self.function("secret").arg(name).arg(&fresh[..]))
            .await
    }

    async fn has_users(&self) -> Stored<bool> {
        self.run(&self.function("has_users")).await
    }

    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()> {
        for Account { user, password } in accounts {
            let mut call = self.function("add_user");
            call.arg(&user.id).arg(&user.email).arg(json(&user)?);
            self.run::<()>(call.arg(password)).await?;
        }
        Ok(())
    }

    async fn account(&self, email: &str) -> Stored<Option<Account>> {
        let found: Option<(String, String)> = self.run(self.function("account").arg(email)).await?;
        let Some((json, password)) = found else {
            return Ok(None);
        };
        let user = user(&json)?;
        Ok(Some(Account { user, password }))
    }

    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()> {
        let mut call = self.of(at, "set_password");
        call.arg(user).arg(phc).arg(member(Some(&keep)));
        self.run(call.arg(at.access_left())).await
    }
}

#[async_trait]
impl Logins for Redis {
    async fn login_attempt(&self, at: &Scope, by: Hash, most: u32) -> Stored<Result<(), Millis>> {
        let mut call = self.of(at, "login_attempt");
        call.arg(hex(&by)).arg(at.now);
        call.arg(LOGIN_WINDOW_MS).arg(most);
        Ok(match self.run(&call).await? {
            0 => Ok(()),
            wait => Err(wait),
        })
    }

    async fn login_forgiven(&self, at: &Scope, by: Hash) -> Stored<()> {
        self.run(self.of(at, "login_forgiven").arg(hex(&by))).await
    }

    async fn login_succeeded(&self, at: &Scope, by: Hash) -> Stored<()> {
        self.run(self.of(at, "login_succeeded").arg(hex(&by))).await
    }
}

#[async_trait]
impl Sessions for Redis {
    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()> {
        let mut call = self.of(at, "start_session");
        call.arg(hex(&session.hash)).arg(&session.csrf_nonce);
        call.arg(&session.user.id).arg(json(&session.user)?);
        call.arg(at.now).arg(at.idle().min(at.absolute()));
        let replaces = replaces.as_ref().map(hex).unwrap_or_default();
        self.run(call.arg(replaces)).await
    }

    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>> {
        let mut call = self.of(at, "touch_session");
        call.arg(hex(&hash)).arg(at.now);
        call.arg(at.idle()).arg(at.absolute());
        let found: Option<(Vec<u8>, String)> = self.run(&call).await?;
        let Some((csrf_nonce, json)) = found else {
            return Ok(None);
        };
        let user = user(&json)?;
        Ok(Some(SessionRecord {
            hash,
            csrf_nonce,
            user,
        }))
    }

    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.run(self.of(at, "end_session").arg(hex(&hash))).await
    }
}
