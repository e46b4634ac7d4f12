//! What has waited until now.

use crate::core::engine::state::Engine;
use crate::core::port::answer::Failure;
use crate::core::store::Purpose;

impl Engine {
    pub(super) fn run_timers(&mut self) {
        let now = self.cx.mono();
        if self.session.take_due(now) {
            self.on_due();
        }
        while let Some(read) = self.reads.take_expired(now) {
            self.on_read_overdue(read);
        }
        if let Some(expired) = self.lock.take_expired(now) {
            self.on_lock_expired(expired);
        }
        self.on_refresh_overdue();
        if self.refresh.take_cooled(now) {
            self.on_cooldown_over();
        }
        if let Some(flight) = self.login.overdue(now) {
            self.cx.cancel(flight);
            self.login_refused(Failure::Timeout.into());
        }
        if self.logout.is_overdue(now) {
            self.on_logout_overdue();
        }
        if let Some(asked) = self.me.take_overdue(now) {
            self.take_me_answer(asked, &Err(Failure::Timeout));
        }
        if self.me.take_next(now) {
            self.fetch_missing_user();
        }
        if self.calls.take_impatient(now) {
            self.settle_ready();
        }
        if self.csrf.take_overdue(now) {
            self.csrf_failed(Failure::Timeout.into());
        }
        if self.reads.take_second_look(now) {
            self.load(Purpose::Cleared);
        }
    }
}
