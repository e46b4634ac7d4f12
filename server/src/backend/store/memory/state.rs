//! What is kept in memory.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::backend::clock::{Millis, real_now};
use crate::backend::secret::Hash;
use crate::backend::store::records::{
    Account, Keep, Mode, NewTokens, Opaque, Revoked, SessionRecord, User,
};
use crate::backend::store::scope::Scope;
use crate::backend::store::signing_keys::StoredKey;

/// A store in memory. Nodes that are started with clones of one share it.
#[derive(Clone, Default)]
pub struct Memory {
    pub(super) state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) secrets: HashMap<String, Vec<u8>>,
    /// By mail address.
    pub(super) accounts: HashMap<String, Account>,
    pub(super) clients: HashMap<String, Records>,
    /// Until when, by the machine's clock.
    pub(super) revoked: HashMap<Revoked, Millis>,
}

/// What is kept for one client.
#[derive(Default)]
pub(super) struct Records {
    pub(super) sessions: HashMap<Hash, Session>,
    pub(super) families: HashMap<String, Family>,
    pub(super) refresh_tokens: HashMap<Hash, RefreshToken>,
    pub(super) opaque_tokens: HashMap<Hash, OpaqueToken>,
    pub(super) keys: Vec<StoredKey>,
    /// When logins failed, oldest first.
    pub(super) failures: HashMap<Hash, Vec<Millis>>,
}

pub(super) struct Session {
    pub(super) record: SessionRecord,
    pub(super) created_at: Millis,
    pub(super) seen_at: Millis,
}

impl Session {
    pub(super) fn is_live(&self, at: &Scope) -> bool {
        self.seen_at > at.idle_since() && self.created_at > at.made_before()
    }
}

pub(super) struct Family {
    pub(super) mode: Mode,
    pub(super) csrf_nonce: Vec<u8>,
    pub(super) user: User,
    pub(super) ends_at: Millis,
    pub(super) must_end_at: Millis,
    pub(super) revoked: bool,
}

pub(super) struct RefreshToken {
    pub(super) family: String,
    pub(super) expires_at: Millis,
    pub(super) rotated_at: Option<Millis>,
    pub(super) sealed_answer: Option<Vec<u8>>,
}

pub(super) struct OpaqueToken {
    pub(super) family: String,
    pub(super) expires_at: Option<Millis>,
}

impl Memory {
    pub(super) fn with<T>(&self, at: &Scope, work: impl FnOnce(&mut Records) -> T) -> T {
        let mut state = self.state.lock();
        work(state.clients.entry(at.client.clone()).or_default())
    }
}

impl State {
    pub(super) fn of(&mut self, at: &Scope) -> &mut Records {
        self.clients.entry(at.client.clone()).or_default()
    }

    pub(super) fn list(&mut self, at: &Scope, ids: Vec<String>) {
        let now = real_now();
        self.revoked.retain(|_, until| *until > now);
        let until = now.saturating_add(at.access_left());
        for id in ids {
            let client = at.client.clone();
            self.revoked.insert(Revoked { client, id }, until);
        }
    }

    pub(super) fn end_all_of(&mut self, at: &Scope, user: &str, keep: Option<&Keep>) {
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
    pub(super) fn add(&mut self, family: &str, tokens: NewTokens, end: Millis) {
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

    pub(super) fn add_opaque(&mut self, family: &str, token: Opaque) {
        let family = family.to_owned();
        let expires_at = token.expires_at;
        self.opaque_tokens
            .insert(token.hash, OpaqueToken { family, expires_at });
    }

    pub(super) fn purge_sessions(&mut self, at: &Scope) {
        self.sessions.retain(|_, session| session.is_live(at));
    }

    pub(super) fn purge_families(&mut self, at: &Scope) {
        self.families
            .retain(|_, family| family.ends_at >= at.now && !family.revoked);
        let families = &self.families;
        self.refresh_tokens
            .retain(|_, token| families.contains_key(&token.family));
        self.opaque_tokens.retain(|_, token| {
            families.contains_key(&token.family) && token.expires_at.is_none_or(|end| end >= at.now)
        });
        self.forget_old_answers(at);
    }

    pub(super) fn forget_old_answers(&mut self, at: &Scope) {
        let oldest = at.now.saturating_sub(at.grace());
        for token in self.refresh_tokens.values_mut() {
            if token.rotated_at.is_some_and(|rotated| rotated < oldest) {
                token.sealed_answer = None;
            }
        }
    }
}
