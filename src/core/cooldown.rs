//! The pause after a refresh that failed for now, and the breaker against storms.

use super::call::End;
use super::clock::Mono;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::refresh::Phase;
use super::session::{Event, Status};
use super::tabs::Word;
use super::timer::Timer;

/// A breaker against refresh storms: so many in a burst, then one in so often.
#[derive(Clone, Debug, Hash)]
pub(super) struct Allowance {
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
pub(super) const LONGEST_SHARED_WAIT_MS: u32 = 3_600_000;

impl Allowance {
    pub(super) fn new(now: Mono) -> Allowance {
        Allowance {
            left: BURST,
            filled: now,
        }
    }

    pub(super) fn take(&mut self, now: Mono) -> Result<(), Mono> {
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

impl Engine {
    /// A failure that may pass: the session stands.
    pub(super) fn cool_off(&mut self, error: AuthError) {
        let error = self.unquoted(error);
        self.note_error("refresh failed for now", &error);
        let step = BACKOFF_MS
            .wrapping_shl(self.refresh.failures.min(16))
            .min(LONGEST_BACKOFF_MS);
        self.refresh.failures = self.refresh.failures.wrapping_add(1);
        let (delay, fixed) = match error.retry_after {
            Some(seconds) => {
                let wait = seconds.wrapping_mul(1_000);
                self.tell_more(Word::Unavailable, wait);
                (u64::from(wait), true)
            }
            None => (self.random_below(step), false),
        };
        self.cool_down(
            self.now.mono.after(delay.max(SHORTEST_BACKOFF_MS)),
            fixed,
            error,
        );
    }

    pub(super) fn cool_down(&mut self, until: Mono, fixed: bool, error: AuthError) {
        self.refresh.phase = Phase::Cooldown { fixed };
        self.refresh.until = until;
        self.timers.set(Timer::Cooldown, until);
        // A stored session whose renewal has to wait is a session all the same.
        if self.status == Status::Restoring && self.held.is_some() {
            self.status = Status::SignedIn;
            self.publish(Event::Restored);
        }
        self.refresh.error = Some(error);
        let unavailable = self.unavailable();
        self.resume_calls(&End::Unavailable(unavailable));
        self.settle_ready();
        self.resume_queued_login();
    }

    /// What a caller is told who needs a token that cannot be had just now.
    pub(super) fn unavailable(&self) -> AuthError {
        let seconds = self
            .refresh
            .until
            .0
            .saturating_sub(self.now.mono.0)
            .div_ceil(1_000);
        let mut error = AuthError::new(Code::RefreshUnavailable);
        error.retry_after = u32::try_from(seconds).ok();
        if let Some(cause) = &self.refresh.error {
            error.status = cause.status;
            error.server_code = cause.server_code.clone();
            error.server_message = cause.server_message.clone();
            error.detail = Some(cause.code.as_str().into());
        }
        error
    }

    pub(super) fn on_cooldown_over(&mut self) {
        self.refresh.phase = Phase::Idle;
        match self.status {
            // Signed out, somebody has said that there is a session again.
            Status::Restoring | Status::SignedOut => self.look_again(),
            Status::SignedIn if self.is_due() && self.config.timed_refresh => self.on_due(),
            Status::SignedIn => {}
        }
    }

    /// The network is back, or somebody looks: no need to wait for the backoff's end.
    pub(super) fn leave_cooldown(&mut self) {
        if matches!(self.refresh.phase, Phase::Cooldown { fixed: false }) {
            self.timers.clear(Timer::Cooldown);
            self.on_cooldown_over();
        }
    }
}
