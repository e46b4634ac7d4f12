//! Sessions.

use std::collections::hash_map::Entry;

use async_trait::async_trait;

use super::state::{Memory, Session};
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::Sessions;
use crate::backend::store::limits::MAX_PER_USER;
use crate::backend::store::records::SessionRecord;
use crate::backend::store::scope::Scope;

#[async_trait]
impl Sessions for Memory {
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
            let user = &session.user.id;
            let of_user = records.sessions.iter();
            let of_user = of_user.filter(|(_, known)| known.record.user.id == *user);
            let mut seen: Vec<_> = of_user
                .map(|(hash, known)| (known.seen_at, *hash))
                .collect();
            seen.sort_unstable();
            for (_, hash) in seen.iter().rev().skip(MAX_PER_USER as usize - 1) {
                records.sessions.remove(hash);
            }
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
}
