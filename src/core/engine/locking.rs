//! The lock between tabs: who waits for it, and when it is let go.

use crate::core::engine::state::Engine;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::shown::Status;
use crate::core::refresh::Step;
use crate::core::store::Purpose as Read;
use crate::core::tabs::lock::Expired;

impl Engine {
    pub(super) fn on_lock_granted(&mut self, waited: bool) {
        if !self.lock.granted(&mut self.cx) {
            return;
        }
        self.resume_queued_login();
        self.check_waiting_logout();
        if !self.refresh.is_waiting() {
            return;
        }
        let config = self.cx.config();
        if waited && (config.shares_store() || config.share_across_tabs) {
            self.refresh.enter(&self.cx, Step::Waiting);
            self.lock.settle(&self.cx);
        } else {
            self.go_on_refreshing();
        }
    }

    pub(super) fn on_lock_expired(&mut self, expired: Expired) {
        if expired == Expired::Settled {
            if self.refresh.is_waiting() {
                self.go_on_refreshing();
            }
            return;
        }
        self.cx.note("lock not granted");
        self.do_without_lock();
        if self.refresh.is_waiting() {
            self.cool_off(AuthError::new(Code::Timeout));
        }
        self.resume_queued_login();
    }

    /// The page is being left. One that waits for a lock would not be kept for the way back, or its wait would not be.
    pub(super) fn wait_for_no_lock(&mut self) {
        if !self.lock.is_asked() {
            return;
        }
        self.do_without_lock();
        if !self.logout.is_under_way() {
            self.lock.forget_miss();
        }
        if self.refresh.is_waiting() {
            self.refresh.stand_down();
        }
    }

    /// What had given up waiting asks again.
    pub(super) fn resume_after_hidden(&mut self) {
        self.resume_queued_login();
        if self.is_reading_first() {
            return;
        }
        let is_restoring = self.session.status() == Status::Restoring;
        if is_restoring || self.calls.ask_to_refresh() {
            self.start_refresh();
        }
        self.resume_waiting();
    }

    /// A refresh does not go without it.
    fn do_without_lock(&mut self) {
        self.lock.miss(&mut self.cx);
        self.tell_without_lock();
    }

    /// Lets go of it as soon as nothing here needs it any more.
    pub(super) fn release_lock(&mut self) {
        let needs = self.refresh.is_under_way()
            || self.cx.writing().is_some()
            || (self.cx.config().cookie_bound()
                && (self.logout.is_under_way()
                    || self.login.needs_lock()
                    // A login takes away the note of the session before.
                    || (self.login.is_under_way() && self.logout.is_noted())
                    || self.reads.has(Read::Restore)));
        if !needs && !self.lock.is_free() {
            self.lock.release(&mut self.cx);
        }
    }
}
