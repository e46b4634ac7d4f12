//! The lock between tabs: Web Locks, or a lease in their place.

use std::collections::VecDeque;

use hallpass::core::Input;

use super::Browser;
use super::agenda::What;
use super::tab::{Tab, TabId};
use crate::life::LEASE;

#[derive(Debug, Default)]
pub struct Lock {
    pub holder: Option<TabId>,
    pub queue: VecDeque<TabId>,
    /// Of a lease whose owner does not renew it any more.
    runs_out: u64,
    is_polled: bool,
}

/// So often those who wait for a lease look at it.
const POLL: u64 = 100;

impl Browser {
    pub(super) fn ask_for_lock(&mut self, id: TabId) {
        self.lock.queue.push_back(id);
        if self.life.has_lease {
            self.poll_later();
        } else {
            // Whether it has to wait is told by newer browsers only.
            let waits = !self.life.is_old() && self.lock.holder.is_some();
            self.pass_lock(waits);
        }
    }

    fn pass_lock(&mut self, waited: bool) {
        if self.lock.holder.is_none()
            && let Some(next) = self.lock.queue.pop_front()
        {
            self.lock.holder = Some(next);
            let wait = self.chance.below(5);
            self.plan(wait, What::Grant(next, waited));
        }
    }

    pub(super) fn granted(&mut self, id: TabId, waited: bool) {
        if self.lock.holder == Some(id) {
            let now = self.now;
            self.note(|| format!("tab {id} has the lock"));
            self.tabs.get_mut(&id).unwrap().holds_since = Some(now);
            self.feed(id, Input::LockGranted { waited });
        }
    }

    /// Also of what it only waited for.
    pub(super) fn let_go(&mut self, id: TabId) {
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.holds_since = None;
            tab.has_lost_lease = false;
        }
        self.lock.queue.retain(|tab| *tab != id);
        if self.lock.holder == Some(id) {
            self.note(|| format!("tab {id} lets the lock go"));
            self.lock.holder = None;
        }
        if self.life.has_lease {
            self.poll_later();
        } else {
            self.pass_lock(!self.life.is_old());
        }
    }

    /// A tab is gone without a word. Web Locks see that; a lease runs on.
    pub(super) fn leave_lock(&mut self, id: TabId) {
        if self.life.has_lease && self.lock.holder == Some(id) {
            self.lock.queue.retain(|tab| *tab != id);
            self.lease_runs_out();
        } else {
            self.let_go(id);
        }
    }

    /// Its owner does not renew it from now on.
    pub(super) fn lease_runs_out(&mut self) {
        let (least, most) = LEASE;
        self.lock.runs_out = self.now + least + self.chance.below(most - least);
    }

    /// Its shell sees that another tab has it.
    pub(super) fn lose_lease(&mut self, id: TabId) {
        if self.tabs[&id].has_lost_lease {
            for aborted in self.give_up_cookies(id) {
                self.happen(aborted);
            }
        }
    }

    fn poll_later(&mut self) {
        if !self.lock.queue.is_empty() && !self.lock.is_polled {
            self.lock.is_polled = true;
            self.plan(POLL, What::Poll);
        }
    }

    pub(super) fn poll_lease(&mut self) {
        self.lock.is_polled = false;
        let is_held = self
            .lock
            .holder
            .is_some_and(|holder| self.is_awake(holder) || self.lock.runs_out > self.now);
        let awake = self.lock.queue.iter().copied();
        let awake: Vec<TabId> = awake.filter(|tab| self.is_awake(*tab)).collect();
        if !is_held && !awake.is_empty() {
            let next = self.chance.pick(&awake);
            self.lock.queue.retain(|tab| *tab != next);
            if let Some(sleeper) = self.lock.holder.take() {
                self.note(|| format!("tab {next} takes over the lease of tab {sleeper}"));
                // One that had not yet heard that it was its turn looks again when it wakes.
                let had_begun = |tab: &Tab| tab.holds_since.is_some();
                if self.tabs.get(&sleeper).is_some_and(|tab| !had_begun(tab)) {
                    self.lock.queue.push_back(sleeper);
                } else if let Some(tab) = self.tabs.get_mut(&sleeper) {
                    tab.has_lost_lease = true;
                }
            }
            self.lock.holder = Some(next);
            // Of two that write at once the last one has it, which both see a little later.
            self.plan(POLL, What::Grant(next, false));
        }
        self.poll_later();
    }
}
