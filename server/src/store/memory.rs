//! A store in the memory of one process, for one node or several of a test.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;

use super::{
    Account, FamilyRecord, Keep, Known, LOGIN_WINDOW_MS, MAX_FAILED_LOGINS, MAX_LISTED, NewTokens,
    Opaque, Revoked, Rotation, Scope, SessionRecord, Store, StoreError, Stored, StoredKey, Turn,
    is_live, take_turn,
};
use crate::client::{Millis, real_now};
use crate::families::Mode;
use crate::secret::{Hash, random_nonce};
use crate::users::User;

/// A store in memory. Nodes that are started with clones of one share it.
#[derive(Clone, Default)]
pub struct Memory {
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    secrets: HashMap<String, Vec<u8>>,
    /// By mail address.
    accounts: HashMap<String, Account>,
    clients: HashMap<String, Records>,
    /// Until when, by the machine's clock.
    revoked: HashMap<Revoked, Millis>,
}

/// What is kept for one client.
#[derive(Default)]
struct Records {
    sessions: HashMap<Hash, Session>,
    families: HashMap<String, Family>,
    refresh_tokens: HashMap<Hash, RefreshToken>,
    opaque_tokens: HashMap<Hash, OpaqueToken>,
    keys: Vec<StoredKey>,
    /// When logins failed, oldest first.
    failures: HashMap<Hash, Vec<Millis>>,
}

struct Session {
    record: SessionRecord,
    created_at: Millis,
    seen_at: Millis,
}

impl Session {
    fn is_live(&self, at: &Scope) -> bool {
        self.seen_at > at.idle_since() && self.created_at > at.made_before()
    }
}

struct Family {
    mode: Mode,
    csrf_nonce: Vec<u8>,
    user: User,
    ends_at: Millis,
    revoked: bool,
}

struct RefreshToken {
    family: String,
    expires_at: Millis,
    rotated_at: Option<Millis>,
    sealed_answer: Option<Vec<u8>>,
}

struct OpaqueToken {
    family: String,
    expires_at: Option<Millis>,
}

impl Memory {
    fn with<T>(&self, at: &Scope, work: impl FnOnce(&mut Records) -> T) -> T {
        let mut state = self.state.lock();
        work(state.clients.entry(at.client.clone()).or_default())
    }
}

impl State {
    fn of(&mut self, at: &Scope) -> &mut Records {
        self.clients.entry(at.client.clone()).or_default()
    }

    fn list(&mut self, at: &Scope, ids: Vec<String>) {
        let now = real_now();
        self.revoked.retain(|_, until| *until > now);
        let until = now.saturating_add(at.access_left());
        for id in ids {
            let client = at.client.clone();
            self.revoked.insert(Revoked { client, id }, until);
        }
    }

    fn end_all_of(&mut self, at: &Scope, user: &str, keep: Option<&Keep>) {
        let records = self.of(at);
        records.sessions.retain(|hash, session| {
            session.record.user.id != user
                || matches!(keep, Some(Keep::Session(kept)) if kept == hash)
        });
        let mut ended = Vec::new();
        for (id, family) in &mut records.families {
            let kept = matches!(keep, Some(Keep::Family(kept)) if kept == id);
            if family.user.id == user && !kept && !family.revoked {
                family.revoked = true;
                ended.push(id.clone());
            }
        }
        self.list(at, ended);
    }
}

impl Records {
    fn add(&mut self, family: &str, tokens: NewTokens, end: Millis) {
        if let Some(hash) = tokens.refresh {
            let token = RefreshToken {
                family: family.to_owned(),
                expires_at: end,
                rotated_at: None,
                sealed_answer: None,
            };
            self.refresh_tokens.insert(hash, token);
        }
        if let Some(token) = tokens.opaque {
            self.add_opaque(family, token);
        }
    }

    fn add_opaque(&mut self, family: &str, token: Opaque) {
        let family = family.to_owned();
        let expires_at = token.expires_at;
        self.opaque_tokens
            .insert(token.hash, OpaqueToken { family, expires_at });
    }

    fn purge_sessions(&mut self, at: &Scope) {
        self.sessions.retain(|_, session| session.is_live(at));
    }

    fn purge_families(&mut self, at: &Scope) {
        self.families.retain(|_, family| family.ends_at >= at.now);
        let families = &self.families;
        self.refresh_tokens
            .retain(|_, token| families.contains_key(&token.family));
        self.opaque_tokens.retain(|_, token| {
            families.contains_key(&token.family) && token.expires_at.is_none_or(|end| end >= at.now)
        });
        self.forget_old_answers(at);
    }

    fn forget_old_answers(&mut self, at: &Scope) {
        let oldest = at.now.saturating_sub(at.grace());
        for token in self.refresh_tokens.values_mut() {
            if token.rotated_at.is_some_and(|rotated| rotated < oldest) {
                token.sealed_answer = None;
            }
        }
    }
}

#[async_trait]
impl Store for Memory {
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

    async fn login_attempt(&self, at: &Scope, address: Hash) -> Stored<Result<(), Millis>> {
        // A clock that was set back leaves failures of the future behind; they do not count.
        let is_recent = |failed: &Millis| (0..LOGIN_WINDOW_MS).contains(&(at.now - failed));
        Ok(self.with(at, |records| {
            records.failures.retain(|_, failures| {
                failures.retain(is_recent);
                !failures.is_empty()
            });
            let failures = records.failures.entry(address).or_default();
            match failures.first() {
                Some(oldest) if failures.len() >= MAX_FAILED_LOGINS as usize => {
                    Err(LOGIN_WINDOW_MS - (at.now - oldest))
                }
                _ => {
                    failures.push(at.now);
                    Ok(())
                }
            }
        }))
    }

    async fn login_succeeded(&self, at: &Scope, address: Hash) -> Stored<()> {
        self.with(at, |records| records.failures.remove(&address));
        Ok(())
    }

    async fn start_session(
        &self,
        at: &Scope,
        session: SessionRecord,
        replaces: Option<Hash>,
    ) -> Stored<()> {
        self.with(at, |records| {
            if let Some(old) = replaces {
                records.sessions.remove(&old);
            }
            records.purge_sessions(at);
            let session = Session {
                record: session,
                created_at: at.now,
                seen_at: at.now,
            };
            records.sessions.insert(session.record.hash, session);
        });
        Ok(())
    }

    async fn touch_session(&self, at: &Scope, hash: Hash) -> Stored<Option<SessionRecord>> {
        Ok(self.with(at, |records| {
            let Entry::Occupied(mut session) = records.sessions.entry(hash) else {
                return None;
            };
            if !session.get().is_live(at) {
                session.remove();
                return None;
            }
            session.get_mut().seen_at = at.now;
            Some(session.get().record.clone())
        }))
    }

    async fn end_session(&self, at: &Scope, hash: Hash) -> Stored<()> {
        self.with(at, |records| records.sessions.remove(&hash));
        Ok(())
    }

    async fn start_family(
        &self,
        at: &Scope,
        family: FamilyRecord,
        tokens: NewTokens,
    ) -> Stored<()> {
        self.with(at, |records| {
            records.purge_families(at);
            records.add(&family.id, tokens, at.refresh_end());
            let started = Family {
                mode: family.mode,
                csrf_nonce: family.csrf_nonce,
                user: family.user,
                ends_at: at.refresh_end(),
                revoked: false,
            };
            records.families.insert(family.id, started);
        });
        Ok(())
    }

    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>> {
        Ok(self.with(at, |records| {
            let token = records.refresh_tokens.get(&hash)?;
            let family = records.families.get(&token.family)?;
            mode.is_none_or(|mode| mode == family.mode).then(|| Known {
                family: token.family.clone(),
                csrf_nonce: family.csrf_nonce.clone(),
                user: family.user.clone(),
                revoked: family.revoked,
                expires_at: token.expires_at,
                rotated_at: token.rotated_at,
                sealed_answer: token.sealed_answer.clone(),
            })
        }))
    }

    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool> {
        Ok(self.with(at, |records| {
            let Some(family) = records.families.get_mut(&rotation.family) else {
                return false;
            };
            let Some(token) = records.refresh_tokens.get_mut(&rotation.old) else {
                return false;
            };
            if family.revoked || token.rotated_at.is_some() || token.expires_at <= at.now {
                return false;
            }
            family.ends_at = at.refresh_end();
            token.rotated_at = Some(at.now);
            token.sealed_answer = rotation.sealed_answer;
            records.add(&rotation.family, rotation.new, at.refresh_end());
            records.forget_old_answers(at);
            true
        }))
    }

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

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let mut state = self.state.lock();
        if let Some(known) = state.of(at).families.get_mut(family) {
            known.revoked = true;
            state.list(at, vec![family.to_owned()]);
        }
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

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        self.state.lock().end_all_of(at, user, keep.as_ref());
        Ok(())
    }

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

    async fn end_all(&self, at: &Scope) -> Stored<()> {
        let mut state = self.state.lock();
        let records = state.of(at);
        records.sessions.clear();
        let mut ended = Vec::new();
        for (id, family) in &mut records.families {
            family.revoked = true;
            ended.push(id.clone());
        }
        state.list(at, ended);
        Ok(())
    }

    async fn forget_opaque(&self, at: &Scope) -> Stored<()> {
        self.with(at, |records| records.opaque_tokens.clear());
        Ok(())
    }

    async fn rotate_csrf(&self, at: &Scope) -> Stored<()> {
        let fresh = || random_nonce().map_err(|error| StoreError::Broken(error.to_string()));
        let mut state = self.state.lock();
        let records = state.of(at);
        for session in records.sessions.values_mut() {
            session.record.csrf_nonce = fresh()?;
        }
        for family in records.families.values_mut() {
            family.csrf_nonce = fresh()?;
        }
        Ok(())
    }

    async fn reset(&self, at: &Scope) -> Stored<()> {
        self.state.lock().clients.remove(&at.client);
        Ok(())
    }
}
