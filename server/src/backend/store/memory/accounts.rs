//! Users and failed logins.

use async_trait::async_trait;

use super::state::Memory;
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::{Accounts, Logins};
use crate::backend::store::limits::LOGIN_WINDOW_MS;
use crate::backend::store::records::{Account, Keep};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Accounts for Memory {
    async fn secret(&self, name: &str, fresh: [u8; 32]) -> Stored<Vec<u8>> {
        let mut state = self.state.lock();
        let secret = state.secrets.entry(name.to_owned());
        Ok(secret.or_insert_with(|| fresh.to_vec()).clone())
    }

    async fn has_users(&self) -> Stored<bool> {
        Ok(!self.state.lock().accounts.is_empty())
    }

    async fn add_users(&self, accounts: Vec<Account>) -> Stored<()> {
        let mut state = self.state.lock();
        for account in accounts {
            let email = account.user.email.clone();
            state.accounts.entry(email).or_insert(account);
        }
        Ok(())
    }

    async fn account(&self, email: &str) -> Stored<Option<Account>> {
        Ok(self.state.lock().accounts.get(email).cloned())
    }

    async fn set_password(&self, at: &Scope, user: &str, phc: &str, keep: Keep) -> Stored<()> {
        let mut state = self.state.lock();
        for account in state.accounts.values_mut() {
            if account.user.id == user {
                account.password = phc.to_owned();
            }
        }
        state.end_all_of(at, user, Some(&keep));
        Ok(())
    }
}

#[async_trait]
impl Logins for Memory {
    async fn login_attempt(&self, at: &Scope, by: Hash, most: u32) -> Stored<Result<(), Millis>> {
        // A clock that was set back leaves failures of the future behind; they do not count.
        let is_recent = |failed: &Millis| (0..LOGIN_WINDOW_MS).contains(&(at.now - failed));
        Ok(self.with(at, |records| {
            records.failures.retain(|_, failures| {
                failures.retain(is_recent);
                !failures.is_empty()
            });
            let failures = records.failures.entry(by).or_default();
            match failures.first() {
                Some(oldest) if failures.len() >= most as usize => {
                    Err(LOGIN_WINDOW_MS - (at.now - oldest))
                }
                _ => {
                    failures.push(at.now);
                    Ok(())
                }
            }
        }))
    }

    async fn login_forgiven(&self, at: &Scope, by: Hash) -> Stored<()> {
        self.with(at, |records| {
            records
                .failures
                .get_mut(&by)
                .and_then(|failures| failures.pop())
        });
        Ok(())
    }

    async fn login_succeeded(&self, at: &Scope, by: Hash) -> Stored<()> {
        self.with(at, |records| records.failures.remove(&by));
        Ok(())
    }
}
