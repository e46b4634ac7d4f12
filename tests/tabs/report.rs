//! What comes of a life.

use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Report {
    pub ms: u64,
    pub logins: u64,
    pub refreshes: u64,
    pub repeats: u64,
    pub crashes: u64,
    /// Sign-outs.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The same after something that no client can make good.
    pub excused: BTreeMap<(Excuse, &'static str), u64>,
}

/// After which a session may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// The store was full once: what was to be written down may be missing.
    StoreFull,
    /// The store did not answer, or failed, or wrote late for a tab that was gone, or that did without the lock: what stood in it was
    /// not known when a token was used.
    StoreFailed,
    /// A tab was frozen and could not give up its request, whose cookie came in after its time, in place of a newer one. Or it had
    /// no word yet of a login that went without the lock.
    LateCookie,
    /// A tab was asleep for longer than its lease, and sent a refresh or took its answer before it saw that.
    LeaseLost,
}

/// What did not hold.
#[derive(Debug)]
pub struct Violation {
    /// The same for all lives in which the same thing went wrong.
    pub what: &'static str,
    pub text: String,
}

impl Report {
    pub fn add(&mut self, other: &Report) {
        self.ms += other.ms;
        self.logins += other.logins;
        self.refreshes += other.refreshes;
        self.repeats += other.repeats;
        self.crashes += other.crashes;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        for (what, count) in &other.excused {
            *self.excused.entry(*what).or_default() += count;
        }
    }
}
