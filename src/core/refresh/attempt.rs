//! The name under which a refresh is sent, so that a repeat is told from reuse.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::refresh::Refresh;
use crate::core::refresh::request::hex;

impl Refresh {
    pub(crate) fn attempt(&self) -> Option<&str> {
        self.attempt.as_deref()
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn was_lost(&self) -> bool {
        self.lost
    }

    /// Its outcome is known. False: it had no name.
    pub(crate) fn end_attempt(&mut self) -> bool {
        self.attempt.take().is_some()
    }

    /// Names the attempt. True: the store does not hold its name.
    pub(crate) fn name_attempt(&mut self, cx: &mut Context) -> bool {
        if self.attempt.is_none() {
            self.attempt = Some(hex([cx.random(), cx.random()]));
        }
        !std::mem::take(&mut self.is_noted)
    }

    /// Its answer has not come in time. `is_heard`: it may come yet.
    pub(crate) fn lose(&mut self, flight: Flight, is_heard: bool) {
        self.late = is_heard.then_some(flight);
        self.lost = true;
    }

    /// An answer never came.
    pub(crate) fn lost_if(&mut self, is_lost: bool) {
        self.lost |= is_lost;
    }

    /// There is another refresh token now.
    pub(crate) fn forget_attempt(&mut self) {
        self.attempt = None;
        self.is_noted = false;
        self.lost = false;
        self.late = None;
    }

    /// Takes up an attempt that another tab began, or this one before a reload: its outcome is not known.
    pub(crate) fn take_attempt(&mut self, attempt: Option<String>) {
        if attempt.is_some() && self.sent().is_none() {
            self.lost |= self.attempt.is_none();
            self.attempt = attempt;
            self.is_noted = self.is_rechecking();
        }
    }

    /// The same, where it is for the refresh token that is held: the attempt that was sent from here is repeated. The other is
    /// that of a tab which is gone, whose store wrote late.
    pub(crate) fn meet_attempt(&mut self, attempt: Option<String>) {
        if !self.lost || self.attempt.is_none() || self.attempt == attempt {
            self.take_attempt(attempt);
        }
    }
}
