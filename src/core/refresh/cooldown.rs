//! The pause after a failure that may pass.

use crate::core::context::Context;
use crate::core::port::error::{AuthError, Code};
use crate::core::refresh::{Phase, Refresh};
use crate::core::time::clock::Mono;

impl Refresh {
    pub(crate) fn is_cooling(&self) -> bool {
        matches!(self.phase, Phase::Cooldown { .. })
    }

    /// It pauses, and the server did not say for how long.
    pub(crate) fn may_be_shortened(&self) -> bool {
        matches!(self.phase, Phase::Cooldown { fixed: false, .. })
    }

    /// Failures in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// The server answers again: nothing to pause for. False: it did not pause.
    pub(crate) fn recover(&mut self) -> bool {
        let was_cooling = self.is_cooling();
        if was_cooling {
            self.phase = Phase::Idle;
            self.failures = 0;
            self.error = None;
        }
        was_cooling
    }

    /// The next failure in a row. How many there were before.
    pub(crate) fn count_failure(&mut self) -> u32 {
        let before = self.failures;
        self.failures = before.wrapping_add(1);
        before
    }

    pub(crate) fn cool_down(&mut self, until: Mono, fixed: bool, error: AuthError) {
        self.phase = Phase::Cooldown { until, fixed };
        self.error = Some(error);
    }

    /// The pause is over.
    pub(crate) fn take_cooled(&mut self, now: Mono) -> bool {
        let is_over = matches!(self.phase, Phase::Cooldown { until, .. } if until <= now);
        if is_over {
            self.phase = Phase::Idle;
        }
        is_over
    }

    /// Ends a pause whose time the server did not name.
    pub(crate) fn leave_pause(&mut self) -> bool {
        let may = self.may_be_shortened();
        if may {
            self.phase = Phase::Idle;
        }
        may
    }

    /// Ends any pause.
    pub(crate) fn leave_any_pause(&mut self) {
        if self.is_cooling() {
            self.phase = Phase::Idle;
        }
    }

    /// What a caller is told who needs a token that cannot be had just now.
    pub(crate) fn unavailable(&self, cx: &Context) -> AuthError {
        let until = match self.phase {
            Phase::Cooldown { until, .. } => until,
            Phase::Idle | Phase::Busy(..) => cx.mono(),
        };
        let seconds = until.0.saturating_sub(cx.mono().0).div_ceil(1_000);
        let mut error = match &self.error {
            Some(cause) => cause.clone().made_unavailable(),
            None => AuthError::new(Code::RefreshUnavailable),
        };
        error.retry_after = u32::try_from(seconds).ok();
        error
    }

    /// When its pause is over.
    pub(crate) fn pause_end(&self) -> Option<Mono> {
        match self.phase {
            Phase::Cooldown { until, .. } => Some(until),
            Phase::Idle | Phase::Busy(..) => None,
        }
    }
}
