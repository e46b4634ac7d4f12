//! The lock between tabs, one for all that this tab does under it: it renews the session, and, where a cookie carries
//! that, logs in and out. Of two answers that set or clear one cookie the later wins, whichever was meant to.

use super::effect::Effect;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::login::Login;
use super::refresh::Phase;
use super::timer::Timer;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lock {
    Free,
    Asked,
    Held,
    /// It did not come in time: a login or logout goes on without it.
    Missed,
}

/// The lock changes hands sooner than `localStorage` shows what the tab before has written (seen in WebKitGTK and Chromium),
/// or its word comes.
const SETTLES_MS: u64 = 100;

impl Engine {
    /// Asks for the lock. True: what is to be done under it can be done now.
    pub(super) fn take_lock(&mut self, wait_ms: u32) -> bool {
        if self.lock == Lock::Free {
            self.lock = Lock::Asked;
            self.effects.push(Effect::Lock);
        }
        let waits = self.lock == Lock::Asked;
        if waits {
            self.wake(Timer::LockWait, wait_ms.into());
        }
        !waits
    }

    /// For a login or logout, which somebody waits for. Where no cookie is at stake, there is nothing to wait for.
    pub(super) fn take_lock_for_cookie(&mut self) -> bool {
        !self.config.cookie_bound() || self.take_lock(self.config.timeout_ms)
    }

    pub(super) fn on_lock_granted(&mut self, waited: bool) {
        match self.lock {
            Lock::Asked => self.lock = Lock::Held,
            Lock::Held => return,
            Lock::Free | Lock::Missed => {
                self.effects.push(Effect::Unlock);
                return;
            }
        }
        self.timers.clear(Timer::LockWait);
        self.resume_queued_login();
        self.check_waiting_logout();
        if !matches!(self.refresh.phase, Phase::Waiting) {
            return;
        }
        if waited && (self.config.shares_store() || self.config.share_across_tabs) {
            self.wake(Timer::LockWait, SETTLES_MS);
        } else {
            self.go_on_refreshing();
        }
    }

    pub(super) fn on_lock_timeout(&mut self) {
        if self.lock == Lock::Held {
            if matches!(self.refresh.phase, Phase::Waiting) {
                self.go_on_refreshing();
            }
            return;
        }
        self.note("lock not granted");
        self.do_without_lock();
        if matches!(self.refresh.phase, Phase::Waiting) {
            self.cool_off(AuthError::new(Code::Timeout));
        }
        self.resume_queued_login();
    }

    /// The page is being left. One that waits for a lock would not be kept for the way back.
    pub(super) fn on_hidden(&mut self) {
        if self.lock != Lock::Asked {
            return;
        }
        self.do_without_lock();
        if self.logout.is_none() {
            self.lock = Lock::Free;
        }
        if matches!(self.refresh.phase, Phase::Waiting) {
            self.refresh.phase = Phase::Idle;
        }
    }

    /// What had given up waiting asks again.
    pub(super) fn resume_after_hidden(&mut self) {
        self.resume_queued_login();
        if self.is_reading_first() {
            return;
        }
        if self.is_asked_to_refresh() {
            self.start_refresh();
        }
        self.resume_waiting();
    }

    /// A refresh does not go without it.
    fn do_without_lock(&mut self) {
        self.timers.clear(Timer::LockWait);
        self.effects.push(Effect::Unlock);
        self.lock = Lock::Missed;
        self.tell_without_lock();
    }

    /// Lets go of it as soon as nothing here needs it any more.
    pub(super) fn release_lock(&mut self) {
        let login_needs = || self.login.as_ref().is_some_and(Login::needs_lock);
        let needs = self.refresh.is_under_way()
            || (self.config.cookie_bound() && (self.logout.is_some() || login_needs()));
        if needs || self.lock == Lock::Free {
            return;
        }
        self.timers.clear(Timer::LockWait);
        if self.lock != Lock::Missed {
            self.effects.push(Effect::Unlock);
        }
        self.lock = Lock::Free;
    }
}
