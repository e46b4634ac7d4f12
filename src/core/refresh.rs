//! The refresh protocol:
//! `Idle → Waiting → Recheck → Noting → Sent → Confirm → Commit → Idle | Cooldown`, or the end of the session.

use super::answer::Failure;
use super::clock::{Mono, Now};
use super::config::Mode;
use super::cooldown::Allowance;
use super::effect::Effect;
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{Flight, Purpose};
use super::lock::Lock;
use super::record::{self, Stored};
use super::refresh_request::hex;
use super::restore::LoadFor;
use super::session::{Credentials, Epoch, Event, Generation, Reason, Status, StorageState};
use super::timer::Timer;

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Phase {
    /// Nothing is under way.
    Idle,
    /// Waits for the lock between tabs.
    Waiting,
    /// Has the lock and reads the store.
    Recheck,
    /// Writes down that it begins.
    Noting,
    /// Waits for a CSRF token.
    Csrf,
    /// The request is out. From here on it is never aborted: the server may have rotated the token.
    Sent(Flight),
    /// Answered; reads the store once more before it acts on that.
    Confirm,
    /// Renewed in memory, being written. The timer `Refresh` runs.
    Commit,
    /// Failed for now. The timer `Cooldown` runs.
    Cooldown {
        /// The server named the time: not to be shortened.
        fixed: bool,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Refresh {
    pub(super) phase: Phase,
    /// What is to be renewed: held when it began.
    pub(super) renews: Generation,
    /// Failures in a row.
    pub(super) failures: u32,
    /// The last one, for those who ask during the cooldown.
    pub(super) error: Option<AuthError>,
    /// Names the attempt to the server until its outcome is known, so that a repeat is told from reuse.
    pub(super) attempt: Option<String>,
    /// An attempt was sent whose answer never came.
    pub(super) lost: bool,
    /// What the answer brought, until the store has been read again.
    pub(super) answer: Option<Box<Credentials>>,
    /// Sent, timed out, and perhaps answered yet.
    pub(super) late: Option<Flight>,
    /// Since it was sent, somebody may have logged in or out elsewhere: its answer does not tell who is signed in.
    pub(super) is_stale: bool,
    /// Its time ran out while the page was frozen, and the answer may be there.
    pub(super) is_thawing: bool,
    pub(super) allowance: Allowance,
    /// End of the cooldown.
    pub(super) until: Mono,
}

/// So long a page that was frozen waits for an answer that came meanwhile.
const THAWS_MS: u64 = 2_000;

/// Spreads the renewals of many tabs.
const LONGEST_JITTER_MS: u64 = 5_000;

impl Refresh {
    pub(super) fn new(now: Now) -> Refresh {
        Refresh {
            phase: Phase::Idle,
            renews: Generation(0),
            failures: 0,
            error: None,
            attempt: None,
            lost: false,
            answer: None,
            late: None,
            is_stale: false,
            is_thawing: false,
            allowance: Allowance::new(now.mono),
            until: now.mono,
        }
    }

    /// An answer came after all.
    pub(super) fn recovered(&mut self) {
        self.phase = Phase::Idle;
        self.failures = 0;
        self.error = None;
    }

    /// There is another refresh token now.
    pub(super) fn forget_attempt(&mut self) {
        self.attempt = None;
        self.lost = false;
        self.late = None;
        self.answer = None;
    }

    /// Takes up an attempt that another tab began, or this one before a reload: its outcome is not known.
    pub(super) fn take_attempt(&mut self, attempt: Option<String>) {
        if attempt.is_some() && !self.is_sent() {
            self.lost |= self.attempt.is_none();
            self.attempt = attempt;
        }
    }

    pub(super) fn attempt(&self) -> Option<&str> {
        self.attempt.as_deref()
    }

    pub(super) fn is_cooling(&self) -> bool {
        matches!(self.phase, Phase::Cooldown { .. })
    }

    pub(super) fn is_sent(&self) -> bool {
        matches!(self.phase, Phase::Sent(_))
    }

    /// Whether it may yet tell who is signed in.
    pub(super) fn asks_in(&self, epoch: Epoch) -> bool {
        match self.phase {
            Phase::Sent(flight) => flight.epoch == epoch,
            _ => self.is_under_way(),
        }
    }

    pub(super) fn is_under_way(&self) -> bool {
        !matches!(self.phase, Phase::Idle | Phase::Cooldown { .. })
    }
}

impl Engine {
    /// Whether there is anything to renew the session with.
    pub(super) fn can_refresh(&self) -> bool {
        self.config.endpoints.refresh.is_some()
            && (self.config.cookie_bound()
                || self
                    .held
                    .as_ref()
                    .is_some_and(|held| held.refresh.is_some()))
    }

    /// Whether the held access token counts as expired.
    pub(super) fn is_due(&self) -> bool {
        self.is_refused
            || self
                .due_at
                .is_some_and(|due_at| self.clock.server(self.now) >= due_at)
    }

    pub(super) fn has_ended(&self) -> bool {
        let ends_at = self.held.as_ref().and_then(|held| held.ends_at);
        ends_at.is_some_and(|ends_at| self.clock.server(self.now) >= ends_at)
    }

    /// Fixes from when on the held token is due.
    pub(super) fn plan_renewal(&mut self) {
        let leeway = u64::from(self.config.leeway_ms);
        let leeway = leeway + self.random_below(LONGEST_JITTER_MS.min(leeway / 4));
        self.due_at = self.held.as_ref().and_then(|held| {
            let ends_at = held.ends_at?;
            let lifetime = ends_at.since(held.issued_at).max(0);
            let lead = if self.can_refresh() {
                leeway.cast_signed().min(lifetime / 2)
            } else {
                0
            };
            Some(ends_at.after(-lead))
        });
        self.set_due_timer();
    }

    pub(super) fn set_due_timer(&mut self) {
        let waits_for_call = self.can_refresh() && !self.config.timed_refresh;
        match self.due_at {
            Some(due_at) if !waits_for_call && self.status != Status::SignedOut => {
                let at = self.clock.to_mono(due_at).max(self.now.mono);
                self.timers.set(Timer::Due, at);
            }
            _ => self.timers.clear(Timer::Due),
        }
    }

    pub(super) fn on_due(&mut self) {
        if self.status != Status::SignedIn {
            return;
        }
        if !self.is_due() {
            self.set_due_timer();
        } else if self.can_refresh() {
            self.start_refresh();
        } else if self.is_session_mode() {
            // Its end was foretold, but activity may have moved it.
            if let Some(held) = &mut self.held {
                held.ends_at = None;
            }
            self.due_at = None;
            self.start_me();
        } else {
            self.end_everywhere(Reason::TokenExpired);
        }
    }

    /// Starts the one flight, unless it is under way or cooling down.
    pub(super) fn start_refresh(&mut self) {
        let is_idle = matches!(self.refresh.phase, Phase::Idle);
        if !is_idle || !self.can_refresh() || self.login_may_set_cookie() {
            return;
        }
        if let Err(until) = self.refresh.allowance.take(self.now.mono) {
            self.note("refresh storm held back");
            self.cool_down(until, true, AuthError::new(Code::RefreshUnavailable));
            return;
        }
        self.refresh.phase = Phase::Waiting;
        self.refresh.renews = self.generation;
        if self.lock == Lock::Missed {
            self.lock = Lock::Free;
        }
        if self.take_lock(self.config.longest_hold_ms()) {
            self.go_on_refreshing();
        }
    }

    /// As the app asks for it: shortens a backoff, but not the time that the server named.
    pub(super) fn force_refresh(&mut self) {
        if matches!(self.refresh.phase, Phase::Cooldown { fixed: false }) {
            self.refresh.phase = Phase::Idle;
            self.timers.clear(Timer::Cooldown);
        }
        self.start_refresh();
    }

    /// With the lock.
    pub(super) fn go_on_refreshing(&mut self) {
        if self.may_use_store() {
            self.refresh.phase = Phase::Recheck;
            self.load(LoadFor::Recheck);
        } else {
            self.begin_attempt();
        }
    }

    /// One that cannot be written can perhaps be read, and written the next time.
    pub(super) fn may_use_store(&self) -> bool {
        self.config.notes_attempts() && self.storage != StorageState::Occupied
    }

    pub(super) fn recheck(&mut self, stored: Stored) {
        if !matches!(self.refresh.phase, Phase::Recheck) {
            return;
        }
        match stored {
            Stored::Session(record) if self.is_news(&record) => {
                let old = self.held.as_ref().and_then(|held| held.user.clone());
                let same = self.is_same_subject(record.credentials.user.as_ref());
                self.adopt(*record);
                if self.is_due() {
                    if self.status == Status::SignedIn && !same {
                        self.change_hands();
                        self.publish(Event::SubjectChanged);
                    }
                    self.begin_attempt();
                } else {
                    self.rest_with_news(old.as_ref());
                }
            }
            Stored::Session(record) => {
                self.meet_own(*record);
                if self.refresh.renews == self.generation || self.is_due() {
                    self.begin_attempt();
                } else {
                    // What another tab brought has been adopted while this one waited.
                    self.renewed(None);
                    self.rest();
                }
            }
            Stored::Attempt(attempt) => {
                self.refresh.take_attempt(Some(attempt));
                self.begin_attempt();
            }
            stored => {
                if !self.was_ended(&stored) {
                    // By cookie: without a note the outcome of each earlier attempt is known to some tab.
                    if self.storage == StorageState::Ok {
                        self.refresh.forget_attempt();
                    }
                    self.begin_attempt();
                }
            }
        }
    }

    /// Another tab has ended the session, and its word may still be on the way.
    pub(super) fn was_ended(&mut self, stored: &Stored) -> bool {
        let reason = match stored {
            Stored::LogoutPending => Reason::LogoutElsewhere,
            Stored::Nothing if self.config.stores_tokens() && self.storage == StorageState::Ok => {
                Reason::StoreCleared
            }
            _ => return false,
        };
        if self.status != Status::SignedOut {
            self.logout_pends |= matches!(stored, Stored::LogoutPending);
            let event = self.end_event();
            self.end_locally(Some(reason), event);
        }
        self.rest();
        true
    }

    /// Writes down what is about to be sent: whoever finds the note without an outcome repeats the same attempt.
    pub(super) fn begin_attempt(&mut self) {
        if self.config.mode == Mode::Session {
            self.send_refresh(false);
            return;
        }
        let is_new = self.refresh.attempt.is_none();
        if is_new {
            self.refresh.attempt = Some(hex([self.random(), self.random()]));
        }
        if !is_new || !self.may_use_store() || !self.save_attempt() {
            self.send_refresh(false);
            return;
        }
        self.refresh.phase = Phase::Noting;
        self.bound(Timer::Refresh);
    }

    pub(super) fn save_attempt(&mut self) -> bool {
        if self.config.stores_tokens() {
            return self.save();
        }
        let Some(attempt) = self.refresh.attempt() else {
            return false;
        };
        self.effects
            .push(Effect::Save(record::write_attempt(attempt)));
        true
    }

    /// By cookie, nothing else stands in the store.
    pub(super) fn clear_attempt(&mut self) {
        if self.refresh.attempt.is_some() && !self.config.stores_tokens() && self.may_use_store() {
            self.effects.push(Effect::Remove);
        }
    }

    pub(super) fn send_refresh(&mut self, csrf_retry: bool) {
        if self.login_may_set_cookie() {
            // It began meanwhile. Its end starts this again.
            self.stand_down();
            return;
        }
        let Some(mut http) = self.refresh_request() else {
            self.rest();
            return;
        };
        if !self.add_csrf_header(&mut http) {
            self.refresh.phase = Phase::Csrf;
            self.park(Purpose::Refresh, csrf_retry);
            return;
        }
        let flight = self.send(http, Timer::Refresh, csrf_retry);
        self.refresh.is_stale = false;
        self.refresh.is_thawing = false;
        self.refresh.phase = Phase::Sent(flight);
        self.note_value("refresh sent", self.generation_value());
    }

    /// Only if it still waits: the session may have changed hands since.
    pub(super) fn resume_refresh_after_csrf(&mut self, csrf_retry: bool) {
        if matches!(self.refresh.phase, Phase::Csrf) {
            self.send_refresh(csrf_retry);
        }
    }

    pub(super) fn fail_refresh_without_csrf(&mut self, error: &AuthError) {
        if matches!(self.refresh.phase, Phase::Csrf) {
            self.cool_off(error.clone());
        }
    }

    pub(super) fn on_refresh_timeout(&mut self) {
        match self.refresh.phase {
            Phase::Sent(flight) if self.was_frozen_since(flight) => {
                self.refresh.is_thawing = true;
                self.wake(Timer::Refresh, THAWS_MS);
            }
            Phase::Sent(flight) => {
                let is_late = !self.drop_cookie_of(flight);
                if flight.epoch != self.epoch || self.refresh.is_stale {
                    self.end_superseded();
                    return;
                }
                self.refresh.late = is_late.then_some(flight);
                self.refresh.lost = true;
                self.cool_off(Failure::Timeout.into());
            }
            Phase::Commit => {
                self.storage_is(StorageState::Unavailable);
                self.rest();
            }
            Phase::Noting => {
                self.storage_is(StorageState::Unavailable);
                self.send_refresh(false);
            }
            _ => {}
        }
    }

    /// Its timer is far too late: then the answer may be waiting behind it, and nobody else may use the same token.
    fn was_frozen_since(&self, flight: Flight) -> bool {
        let deadline = flight.sent.after(self.config.timeout_ms.into());
        !self.refresh.is_thawing && self.now.mono > deadline.after(THAWS_MS)
    }

    /// Its answer counts no more. Who is signed in may have to be asked anew.
    pub(super) fn end_superseded(&mut self) {
        self.note("refresh superseded");
        let is_stale = std::mem::take(&mut self.refresh.is_stale);
        self.stand_down();
        self.resume_queued_login();
        if is_stale {
            self.look_again();
        }
        self.resume_waiting();
        self.set_due_timer();
    }

    /// Gives up on a request whose answer may bring a cookie: late, it would put that in the place of a newer one.
    /// False: none travels by it.
    pub(super) fn drop_cookie_of(&mut self, flight: Flight) -> bool {
        let has_cookie = self.config.cookie_bound();
        if has_cookie {
            self.effects.push(Effect::Cancel {
                request: flight.request,
            });
        }
        has_cookie
    }

    /// The session has changed hands: what has not been sent yet is not needed any more.
    pub(super) fn abandon_refresh(&mut self) {
        self.refresh.forget_attempt();
        self.refresh.failures = 0;
        match self.refresh.phase {
            // Its answer will be heard, so that the lock is held until the server is done.
            Phase::Sent(_) => return,
            Phase::Idle => return,
            Phase::Cooldown { .. } => self.timers.clear(Timer::Cooldown),
            Phase::Waiting
            | Phase::Recheck
            | Phase::Noting
            | Phase::Csrf
            | Phase::Confirm
            | Phase::Commit => {
                self.timers.clear(Timer::Refresh);
            }
        }
        self.refresh.phase = Phase::Idle;
    }

    /// For a client that is disposed of: no further request or read will be made, and other tabs wait for the lock.
    pub(super) fn end_refresh_that_asks_for_more(&mut self) {
        let asks = match self.refresh.phase {
            Phase::Idle | Phase::Cooldown { .. } | Phase::Commit => false,
            Phase::Waiting | Phase::Recheck | Phase::Noting | Phase::Csrf | Phase::Confirm => true,
            Phase::Sent(flight) => self.effects.iter().any(|effect| {
                matches!(effect, Effect::Send { request, .. } if *request == flight.request)
            }),
        };
        if asks {
            self.stand_down();
        }
    }

    /// Back to `Idle`.
    pub(super) fn stand_down(&mut self) {
        self.refresh.phase = Phase::Idle;
        self.timers.clear(Timer::Refresh);
    }

    /// The same, with what had to wait for it.
    pub(super) fn rest(&mut self) {
        self.stand_down();
        self.resume_queued_login();
        self.resume_waiting();
        // It may have become due in the meantime.
        self.set_due_timer();
    }
}
