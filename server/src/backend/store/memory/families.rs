//! Families of refresh tokens.

use async_trait::async_trait;

use super::state::{Family, Memory};
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::Families;
use crate::backend::store::limits::MAX_PER_USER;
use crate::backend::store::records::{FamilyRecord, Keep, Known, Mode, NewTokens, Rotation};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Families for Memory {
    async fn start_family(
        &self,
        at: &Scope,
        family: FamilyRecord,
        tokens: NewTokens,
    ) -> Stored<()> {
        let mut state = self.state.lock();
        let records = state.of(at);
        records.purge_families(at);
        let of_user = records.families.iter();
        let of_user = of_user.filter(|(_, known)| known.user.id == family.user.id);
        let mut ends: Vec<_> = of_user
            .map(|(id, known)| (known.ends_at, id.clone()))
            .collect();
        ends.sort_unstable();
        ends.reverse();
        let ended = ends.split_off(ends.len().min(MAX_PER_USER as usize - 1));
        let ended: Vec<String> = ended.into_iter().map(|(_, id)| id).collect();
        for id in &ended {
            records.families.remove(id);
        }
        records.add(&family.id, tokens, family.expires_at);
        let started = Family {
            mode: family.mode,
            csrf_nonce: family.csrf_nonce,
            user: family.user,
            ends_at: family.expires_at,
            must_end_at: family.must_end_at,
            revoked: false,
        };
        records.families.insert(family.id, started);
        state.list(at, ended);
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
                must_end_at: family.must_end_at,
                expires_at: token.expires_at,
                rotated_at: token.rotated_at,
                sealed_answer: token.sealed_answer.clone(),
            })
        }))
    }

    async fn family(&self, at: &Scope, mode: Mode, family: &str) -> Stored<Option<Known>> {
        Ok(self.with(at, |records| {
            let known = records.families.get(family)?;
            (known.mode == mode).then(|| Known {
                family: family.to_owned(),
                csrf_nonce: known.csrf_nonce.clone(),
                user: known.user.clone(),
                revoked: known.revoked,
                must_end_at: known.must_end_at,
                expires_at: Millis::MIN,
                rotated_at: Some(Millis::MIN),
                sealed_answer: None,
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
            family.ends_at = rotation.expires_at;
            token.rotated_at = Some(at.now);
            token.sealed_answer = rotation.sealed_answer;
            records
                .refresh_tokens
                .retain(|hash, token| token.family != rotation.family || *hash == rotation.old);
            records.add(&rotation.family, rotation.new, rotation.expires_at);
            records.forget_old_answers(at);
            true
        }))
    }

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let mut state = self.state.lock();
        if let Some(known) = state.of(at).families.get_mut(family) {
            known.revoked = true;
            state.list(at, vec![family.to_owned()]);
        }
        Ok(())
    }

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        self.state.lock().end_all_of(at, user, keep.as_ref());
        Ok(())
    }
}
