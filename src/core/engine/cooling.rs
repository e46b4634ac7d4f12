//! A refresh that failed for now, and what pauses with it.

use crate::core::calls::End;
use crate::core::engine::state::Engine;
use crate::core::port::error::AuthError;
use crate::core::port::message::Word;
use crate::core::port::shown::{Event, Status};
use crate::core::refresh::pause::{backoff, wait};
use crate::core::time::clock::Mono;

impl Engine {
    /// By its answer, or as there is none.
    pub(super) fn refresh_failed(&mut self, error: AuthError) {
        let url = self.cx.config().endpoints.refresh.as_ref();
        self.cool_off(error.about(" (POST ", url));
    }

    /// A failure that may pass: the session stands.
    pub(super) fn cool_off(&mut self, error: AuthError) {
        let error = self.unquoted(error);
        self.me.renewal_failed();
        self.cx.note_error("refresh failed for now", &error);
        let failures = self.refresh.count_failure();
        let (until, fixed) = match error.retry_after {
            Some(seconds) => {
                let ms = seconds.wrapping_mul(1_000);
                self.tell_more(Word::Unavailable, ms);
                (wait(&mut self.cx, failures, ms), true)
            }
            None => (backoff(&mut self.cx, failures), false),
        };
        self.cool_down(until, fixed, error);
    }

    pub(super) fn cool_down(&mut self, until: Mono, fixed: bool, error: AuthError) {
        // A stored session whose renewal has to wait is a session all the same.
        self.refresh.cool_down(until, fixed, error);
        if self.session.status() == Status::Restoring && self.session.held().is_some() {
            self.session.is_signed_in_now();
            self.session.publish(&mut self.cx, Event::Restored);
        }
        if self.logout.is_noted() && !self.session.is_signed_in() {
            self.be_nobody_since_logout();
        }
        let unavailable = self.refresh.unavailable(&self.cx);
        self.resume_calls(&End::Unavailable(unavailable));
        self.settle_ready();
        self.resume_queued_login();
    }

    pub(super) fn on_cooldown_over(&mut self) {
        match self.session.status() {
            // Signed out, somebody has said that there is a session again.
            Status::Restoring | Status::SignedOut => self.look_again(),
            Status::SignedIn if self.session.is_due(&self.cx) && self.cx.config().timed_refresh => {
                self.on_due();
            }
            Status::SignedIn => {}
        }
    }

    /// The network is back, or somebody looks: no need to wait for the backoff's end.
    pub(super) fn leave_cooldown(&mut self) {
        if self.refresh.leave_pause() {
            self.on_cooldown_over();
        }
    }
}
