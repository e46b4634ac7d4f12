//! Refresh tokens: random, and with a mark by which a token that is forgotten is still known to have been one of ours.
//!
//! So a store keeps of each family the token in force and the one before it, and a token that was spent long ago still ends its
//! family when it comes again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::backend::error::{Refusal, internal};
use crate::backend::secret::{equal, random_bytes};
use crate::backend::store::Mode;
use crate::backend::tenant::Tenant;

/// A family's id, which is so many random bytes.
const FAMILY: usize = 12;
const SECRET: usize = 32;
const MARK: usize = 16;

/// Makes refresh tokens, and tells whose they are.
pub(super) struct RefreshTokens {
    key: hmac::Key,
}

impl RefreshTokens {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// A new token of `family`.
    pub(super) fn make(
        &self,
        tenant: &Tenant,
        mode: Mode,
        family: &str,
    ) -> Result<String, Refusal> {
        let mut token = URL_SAFE_NO_PAD.decode(family).map_err(internal)?;
        token.extend(random_bytes()?);
        let mark = self.mark(tenant, mode, &token);
        token.extend(mark.as_ref().iter().take(MARK));
        Ok(URL_SAFE_NO_PAD.encode(token))
    }

    /// The family that a token was made for, if it was made here. Whether it is still good the store alone knows.
    pub(super) fn family(&self, tenant: &Tenant, mode: Mode, token: &str) -> Option<String> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (made, mark) = token.split_at_checked(FAMILY + SECRET)?;
        let expected = self.mark(tenant, mode, made);
        if mark.len() != MARK || !equal(mark, expected.as_ref().get(..MARK)?) {
            return None;
        }
        Some(URL_SAFE_NO_PAD.encode(made.get(..FAMILY)?))
    }

    fn mark(&self, tenant: &Tenant, mode: Mode, made: &[u8]) -> hmac::Tag {
        let mut mac = hmac::Context::with_key(&self.key);
        // Neither a tenant's name nor a mode's has a zero byte.
        for part in [tenant.name(), mode.name()] {
            mac.update(part.as_bytes());
            mac.update(b"\0");
        }
        mac.update(made);
        mac.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::policy::Policy;
    use crate::backend::secret::random_id;

    #[test]
    fn a_token_names_its_family_to_who_made_it_alone() -> Result<(), Refusal> {
        let tokens = RefreshTokens::new(&[1; 32]);
        let tenant = Tenant::new("one", String::new(), Policy::default());
        let other = Tenant::new("two", String::new(), Policy::default());
        let family = random_id()?;
        let token = tokens.make(&tenant, Mode::Jwt, &family)?;
        assert_eq!(tokens.family(&tenant, Mode::Jwt, &token), Some(family));
        assert_eq!(tokens.family(&tenant, Mode::Hybrid, &token), None);
        assert_eq!(tokens.family(&other, Mode::Jwt, &token), None);
        let elsewhere = RefreshTokens::new(&[2; 32]);
        assert_eq!(elsewhere.family(&tenant, Mode::Jwt, &token), None);
        for wrong in ["", "x", &format!("A{token}"), &format!("{token}AAAA")] {
            assert_eq!(tokens.family(&tenant, Mode::Jwt, wrong), None, "{wrong}");
        }
        Ok(())
    }
}
