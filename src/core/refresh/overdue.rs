//! Steps whose time is over.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::refresh::{Phase, Refresh, Step};
use crate::core::time::clock::Mono;

/// A timer that comes so late comes to a page that was frozen.
const LATE_MS: u64 = 50;
/// So long such a page waits for what came meanwhile, once.
const THAWS_MS: u64 = 2_000;

/// What is to be done about a step whose time is over.
pub(crate) enum Overdue {
    /// The answer has not come.
    Unanswered(Flight),
    /// The store has not written the note: the request goes without.
    Unnoted,
    /// The store has not written what came.
    Unwritten,
    /// What it waited for has ended without a word.
    Stuck,
}

impl Refresh {
    /// When to look whether its step is overdue.
    pub(crate) fn deadline(&self) -> Option<Mono> {
        match self.phase {
            Phase::Busy(_, until) => Some(until),
            Phase::Idle | Phase::Cooldown { .. } => None,
        }
    }

    pub(crate) fn overdue(&mut self, cx: &Context) -> Option<Overdue> {
        let Phase::Busy(step, until) = &mut self.phase else {
            return None;
        };
        let now = cx.mono();
        if !self.is_thawing && now > until.after(LATE_MS) {
            // The page was asleep: what it waits for may wait behind this, and nobody else may use the same token.
            *until = now.after(THAWS_MS);
            self.is_thawing = true;
        }
        if *until > now {
            return None;
        }
        match step {
            Step::Sent(flight) => Some(Overdue::Unanswered(*flight)),
            Step::Noting => Some(Overdue::Unnoted),
            Step::Commit => Some(Overdue::Unwritten),
            Step::Waiting | Step::Recheck | Step::Csrf | Step::Confirm(_) => Some(Overdue::Stuck),
        }
    }
}
