//! For whom and when something is asked of a store.

use std::time::Duration;

use super::limits::{FOREVER_MS, MARGIN_MS};
use crate::backend::clock::{Millis, millis};
use crate::backend::policy::Policy;

/// Whose records, what time it is for them, and how long they live.
#[derive(Clone)]
pub(crate) struct Scope {
    /// The client's name, of ASCII letters, digits and `-`.
    pub(crate) client: String,
    pub(crate) now: Millis,
    pub(crate) policy: Policy,
}

impl Scope {
    pub(crate) fn idle(&self) -> Millis {
        millis(self.policy.idle_ttl)
    }

    pub(crate) fn absolute(&self) -> Millis {
        millis(self.policy.absolute_ttl)
    }

    /// A session that was not used since has ended.
    pub(crate) fn idle_since(&self) -> Millis {
        self.now.saturating_sub(self.idle())
    }

    /// A session that was not made later has ended.
    pub(crate) fn made_before(&self) -> Millis {
        self.now.saturating_sub(self.absolute())
    }

    pub(crate) fn grace(&self) -> Millis {
        millis(self.policy.grace)
    }

    /// When a refresh token ends that is made now for a family which has to end at `must_end_at`.
    pub(crate) fn refresh_end(&self, must_end_at: Millis) -> Millis {
        let end = self.now.saturating_add(millis(self.policy.refresh_ttl));
        end.min(must_end_at)
    }

    /// When a family has to end that starts now.
    pub(crate) fn family_end(&self) -> Millis {
        self.now.saturating_add(millis(self.policy.family_ttl))
    }

    /// How long an access token may be around that was made a moment ago, by this node or one with a slightly other clock.
    pub(crate) fn access_left(&self) -> Millis {
        match self.policy.no_expiry {
            true => FOREVER_MS,
            false => {
                let life = self.policy.access_ttl + Duration::from_secs(1);
                millis(life).saturating_add(MARGIN_MS)
            }
        }
    }

    /// How long an access token is around that ends at `end`.
    pub(crate) fn left_until(&self, end: Option<Millis>) -> Millis {
        match end {
            Some(end) => end
                .saturating_sub(self.now)
                .max(0)
                .saturating_add(MARGIN_MS),
            None => FOREVER_MS,
        }
    }
}
