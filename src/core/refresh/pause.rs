//! How long a refresh that failed for now pauses, and the breaker against storms.

use crate::core::context::Context;
use crate::core::time::clock::Mono;

/// A breaker against refresh storms: so many in a burst, then one in so often.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Allowance {
    left: u64,
    filled: Mono,
}

const BURST: u64 = 10;
const REFILL_MS: u64 = 2_000;

/// The first step and the ceiling of the backoff.
const BACKOFF_MS: u64 = 1_000;
const LONGEST_BACKOFF_MS: u64 = 60_000;
/// No attempt follows a failed one sooner.
const SHORTEST_BACKOFF_MS: u64 = 500;
/// No tab keeps another waiting longer.
pub(crate) const LONGEST_SHARED_WAIT_MS: u32 = 3_600_000;

impl Allowance {
    pub(crate) fn new(now: Mono) -> Allowance {
        Allowance {
            left: BURST,
            filled: now,
        }
    }

    /// One refresh. Error: when there is one again.
    pub(crate) fn take(&mut self, now: Mono) -> Result<(), Mono> {
        let refilled = now.0.saturating_sub(self.filled.0) / REFILL_MS;
        self.left = refilled.min(BURST).wrapping_add(self.left).min(BURST);
        self.filled = self.filled.after(refilled.wrapping_mul(REFILL_MS));
        if self.left == 0 {
            return Err(self.filled.after(REFILL_MS));
        }
        self.left -= 1;
        Ok(())
    }
}

/// Until when to pause after so many failures in a row, where the server names no time.
pub(crate) fn backoff(cx: &mut Context, failures: u32) -> Mono {
    let step = BACKOFF_MS
        .wrapping_shl(failures.min(16))
        .min(LONGEST_BACKOFF_MS);
    let delay = cx.random_below(step);
    cx.after(delay.max(SHORTEST_BACKOFF_MS))
}

/// The same where the server names the time, in milliseconds: no sooner than that. One that names none to speak of, again and again,
/// would be asked all the time.
pub(crate) fn wait(cx: &mut Context, failures: u32, ms: u32) -> Mono {
    backoff(cx, failures).max(cx.after(ms.into()))
}
