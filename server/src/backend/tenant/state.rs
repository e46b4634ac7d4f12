//! A tenant.

use parking_lot::Mutex;

use super::keys::Keys;
use super::turns::Turns;
use crate::backend::clock::{Millis, Stamp, real_now, stamp_after};
use crate::backend::policy::Policy;
use crate::backend::store::Scope;

/// The name of the tenant that is always there.
pub(crate) const DEFAULT: &str = "default";

/// What a node holds of a tenant. Its sessions, families and keys are in the store, under its name.
pub(crate) struct Tenant {
    name: String,
    /// Before every path of it: `/c/<name>`, or nothing.
    prefix: String,
    state: Mutex<State>,
    pub(in crate::backend) keys: Keys,
    pub(in crate::backend) logins: Turns,
}

struct State {
    policy: Policy,
    clock_offset: Millis,
    /// Access tokens that were made before it are refused.
    epoch: Stamp,
    last_stamp: Stamp,
}

impl Tenant {
    pub(crate) fn new(name: &str, prefix: String, policy: Policy) -> Self {
        Self {
            name: name.to_owned(),
            prefix,
            state: Mutex::new(State {
                policy,
                clock_offset: 0,
                epoch: 0,
                last_stamp: 0,
            }),
            keys: Keys::default(),
            logins: Turns::default(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The time by this tenant's clock.
    pub(crate) fn now(&self) -> Millis {
        real_now().saturating_add(self.state.lock().clock_offset)
    }

    pub(crate) fn policy(&self) -> Policy {
        self.state.lock().policy
    }

    /// What the store has to know of this tenant just now.
    pub(crate) fn scope(&self) -> Scope {
        let state = self.state.lock();
        Scope {
            client: self.name.clone(),
            now: real_now().saturating_add(state.clock_offset),
            policy: state.policy,
        }
    }

    /// Later than any stamp before it on this node; on another, as late as its clock is.
    pub(in crate::backend) fn stamp(&self) -> Stamp {
        self.state.lock().stamp()
    }

    pub(in crate::backend) fn is_of_this_epoch(&self, stamp: Stamp) -> bool {
        stamp > self.state.lock().epoch
    }

    /// Access tokens that were made before are refused from now on.
    pub(crate) fn begin_epoch(&self) {
        let mut state = self.state.lock();
        state.epoch = state.stamp();
    }

    /// Sets the clock off by so much.
    pub(crate) fn set_clock(&self, offset: Millis) {
        self.state.lock().clock_offset = offset;
    }

    pub(crate) fn change_policy(&self, change: impl FnOnce(&mut Policy)) {
        change(&mut self.state.lock().policy);
    }

    /// Everything as at the start, but for the store. Tokens of the time before stay refused.
    pub(crate) fn reset(&self, policy: Policy) {
        let mut state = self.state.lock();
        state.policy = policy;
        state.clock_offset = 0;
        state.epoch = state.stamp();
        drop(state);
        self.keys.forget();
    }
}

impl State {
    fn stamp(&mut self) -> Stamp {
        self.last_stamp = stamp_after(self.last_stamp);
        self.last_stamp
    }
}
