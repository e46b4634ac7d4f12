//! Families of refresh tokens.

use async_trait::async_trait;

use super::connection::{Redis, broken, family_life, hex, json, member, user, with_opaque};
use crate::backend::clock::Millis;
use crate::backend::error::Stored;
use crate::backend::secret::Hash;
use crate::backend::store::contract::Families;
use crate::backend::store::records::{FamilyRecord, Keep, Known, Mode, NewTokens, Rotation};
use crate::backend::store::scope::Scope;

#[async_trait]
impl Families for Redis {
    async fn start_family(
        &self,
        at: &Scope,
        family: FamilyRecord,
        tokens: NewTokens,
    ) -> Stored<()> {
        let mut call = self.of(at, "start_family");
        call.arg(&family.id).arg(family.mode.name());
        call.arg(&family.csrf_nonce);
        call.arg(&family.user.id).arg(json(&family.user)?);
        let (end, must_end) = (family.expires_at, family.must_end_at);
        call.arg(at.now)
            .arg(end)
            .arg(family_life(at, end))
            .arg(must_end);
        call.arg(at.access_left());
        call.arg(tokens.refresh.as_ref().map(hex).unwrap_or_default());
        with_opaque(&mut call, at, tokens.opaque);
        self.run(&call).await
    }

    async fn refresh_token(
        &self,
        at: &Scope,
        mode: Option<Mode>,
        hash: Hash,
    ) -> Stored<Option<Known>> {
        type Found = (
            String,
            Vec<u8>,
            String,
            bool,
            Millis,
            Millis,
            String,
            Vec<u8>,
        );
        let mut call = self.of(at, "refresh_token");
        call.arg(mode.map_or("", Mode::name)).arg(hex(&hash));
        let found: Option<Found> = self.run(&call).await?;
        let Some((family, csrf_nonce, json, revoked, must_end_at, expires_at, rotated_at, answer)) =
            found
        else {
            return Ok(None);
        };
        let rotated_at = match rotated_at.as_str() {
            "" => None,
            time => Some(time.parse().map_err(broken)?),
        };
        Ok(Some(Known {
            family,
            csrf_nonce,
            user: user(&json)?,
            revoked,
            must_end_at,
            expires_at,
            rotated_at,
            sealed_answer: Some(answer).filter(|answer| !answer.is_empty()),
        }))
    }

    async fn family(&self, at: &Scope, mode: Mode, family: &str) -> Stored<Option<Known>> {
        type Found = (Vec<u8>, String, bool, Millis);
        let mut call = self.of(at, "family");
        let found: Option<Found> = self.run(call.arg(mode.name()).arg(family)).await?;
        let Some((csrf_nonce, json, revoked, must_end_at)) = found else {
            return Ok(None);
        };
        Ok(Some(Known {
            family: family.to_owned(),
            csrf_nonce,
            user: user(&json)?,
            revoked,
            must_end_at,
            expires_at: Millis::MIN,
            rotated_at: Some(Millis::MIN),
            sealed_answer: None,
        }))
    }

    async fn rotate(&self, at: &Scope, rotation: Rotation) -> Stored<bool> {
        let Some(new) = rotation.new.refresh else {
            return Err(broken("a rotation without a new token"));
        };
        let mut call = self.of(at, "rotate");
        call.arg(&rotation.family).arg(hex(&rotation.old));
        call.arg(hex(&new));
        let end = rotation.expires_at;
        call.arg(at.now).arg(end).arg(family_life(at, end));
        call.arg(rotation.sealed_answer.unwrap_or_default());
        // The window's last millisecond counts.
        call.arg(at.grace().saturating_add(1));
        with_opaque(&mut call, at, rotation.new.opaque);
        self.run(&call).await
    }

    async fn end_family(&self, at: &Scope, family: &str) -> Stored<()> {
        let mut call = self.of(at, "end_family");
        self.run(call.arg(family).arg(at.access_left())).await
    }

    async fn end_all_of(&self, at: &Scope, user: &str, keep: Option<Keep>) -> Stored<()> {
        let mut call = self.of(at, "end_all_of");
        call.arg(user).arg(member(keep.as_ref()));
        self.run(call.arg(at.access_left())).await
    }
}
