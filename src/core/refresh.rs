//! The refresh protocol:
//! `Idle → Waiting → Recheck → Sent → Commit → Idle | Cooldown`, or the end of the session.

use crate::json::Json;

use super::answer::{Answer, Failure, Reading};
use super::call::End;
use super::clock::{Mono, Now};
use super::config::{Mode, Transport};
use super::csrf::CsrfNeed;
use super::effect::{Effect, HeaderValue, HttpRequest};
use super::engine::Engine;
use super::error::{AuthError, Code};
use super::flight::{Flight, Purpose};
use super::record::{self, Stored};
use super::restore::LoadFor;
use super::secret::Secret;
use super::session::{
    Credentials, Epoch, Event, Generation, Reason, Status, StorageState, subject_of, user_of_claims,
};
use super::tabs::Word;
use super::text::mentions;
use super::timer::Timer;
use super::token_answer::{end, read_tokens, read_user};

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
    phase: Phase,
    /// What is to be renewed: held when it began.
    renews: Generation,
    /// Failures in a row.
    failures: u32,
    /// The last one, for those who ask during the cooldown.
    error: Option<AuthError>,
    /// Names the attempt to the server until its outcome is known, so that a repeat is told from reuse.
    attempt: Option<String>,
    /// An attempt was sent whose answer never came.
    lost: bool,
    /// What the answer brought, until the store has been read again.
    answer: Option<Credentials>,
    /// Sent, timed out, and perhaps answered yet.
    late: Option<Flight>,
    allowance: Allowance,
    /// End of the cooldown.
    until: Mono,
}

/// A breaker against refresh storms: so many in a burst, then one in so often.
#[derive(Clone, Debug, Hash)]
struct Allowance {
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
/// Spreads the renewals of many tabs.
const LONGEST_JITTER_MS: u64 = 5_000;

impl Allowance {
    fn take(&mut self, now: Mono) -> Result<(), Mono> {
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
            allowance: Allowance {
                left: BURST,
                filled: now.mono,
            },
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
    pub(super) fn is_due(&self, now: Now) -> bool {
        self.is_refused
            || self
                .due_at
                .is_some_and(|due_at| self.clock.server(now) >= due_at)
    }

    pub(super) fn has_ended(&self, now: Now) -> bool {
        let ends_at = self.held.as_ref().and_then(|held| held.ends_at);
        ends_at.is_some_and(|ends_at| self.clock.server(now) >= ends_at)
    }

    /// Fixes from when on the held token is due.
    pub(super) fn plan_renewal(&mut self, now: Now) {
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
        self.set_due_timer(now);
    }

    pub(super) fn set_due_timer(&mut self, now: Now) {
        let waits_for_call = self.can_refresh() && !self.config.timed_refresh;
        match self.due_at {
            Some(due_at) if !waits_for_call && self.status != Status::SignedOut => {
                let at = self.clock.to_mono(due_at).max(now.mono);
                self.timers.set(Timer::Due, at);
            }
            _ => self.timers.clear(Timer::Due),
        }
    }

    pub(super) fn on_due(&mut self, now: Now) {
        if self.status != Status::SignedIn {
            return;
        }
        if !self.is_due(now) {
            self.set_due_timer(now);
        } else if self.can_refresh() {
            self.start_refresh(now);
        } else if self.is_session_mode() {
            // Its end was foretold, but activity may have moved it.
            if let Some(held) = &mut self.held {
                held.ends_at = None;
            }
            self.due_at = None;
            self.start_me(now);
        } else {
            self.end_everywhere(Reason::TokenExpired, now);
        }
    }

    /// Starts the one flight, unless it is under way or cooling down.
    pub(super) fn start_refresh(&mut self, now: Now) {
        let is_idle = matches!(self.refresh.phase, Phase::Idle);
        if !is_idle || !self.can_refresh() || self.login_may_set_cookie() {
            return;
        }
        if let Err(until) = self.refresh.allowance.take(now.mono) {
            self.note(now, "refresh storm held back", None, None);
            self.cool_down(until, true, AuthError::new(Code::RefreshUnavailable), now);
            return;
        }
        self.refresh.phase = Phase::Waiting;
        self.refresh.renews = self.generation;
        let wait = self.config.longest_hold_ms();
        self.timers
            .set(Timer::LockWait, now.mono.after(wait.into()));
        self.effects.push(Effect::Lock);
    }

    /// As the app asks for it: shortens a backoff, but not the time that the server named.
    pub(super) fn force_refresh(&mut self, now: Now) {
        if matches!(self.refresh.phase, Phase::Cooldown { fixed: false }) {
            self.refresh.phase = Phase::Idle;
            self.timers.clear(Timer::Cooldown);
        }
        self.start_refresh(now);
    }

    pub(super) fn on_lock_granted(&mut self, now: Now) {
        if !matches!(self.refresh.phase, Phase::Waiting) {
            if !self.refresh.is_under_way() {
                self.effects.push(Effect::Unlock);
            }
            return;
        }
        self.timers.clear(Timer::LockWait);
        if self.may_use_store() {
            self.refresh.phase = Phase::Recheck;
            self.load(LoadFor::Recheck, now);
        } else {
            self.begin_attempt(now);
        }
    }

    fn may_use_store(&self) -> bool {
        self.config.notes_attempts() && self.storage == StorageState::Ok
    }

    pub(super) fn on_lock_timeout(&mut self, now: Now) {
        self.note(now, "lock not granted", None, None);
        self.cool_off(AuthError::new(Code::Timeout), now);
    }

    pub(super) fn recheck(&mut self, stored: Stored, now: Now) {
        if !matches!(self.refresh.phase, Phase::Recheck) {
            return;
        }
        match stored {
            Stored::Session(record) if self.is_news(&record) => {
                let old = self.held.as_ref().and_then(|held| held.user.clone());
                let same = self.is_same_subject(record.credentials.user.as_ref());
                self.adopt(record, now);
                if self.is_due(now) {
                    if self.status == Status::SignedIn && !same {
                        self.change_hands();
                        self.publish(Event::SubjectChanged);
                    }
                    self.begin_attempt(now);
                } else {
                    self.note(now, "adopted", None, Some(self.generation_value()));
                    self.renewed(old.as_ref(), now);
                    self.rest(now);
                }
            }
            Stored::Session(record) => {
                self.meet_own(record, now);
                if self.refresh.renews == self.generation || self.is_due(now) {
                    self.begin_attempt(now);
                } else {
                    // What another tab brought has been adopted while this one waited.
                    self.renewed(None, now);
                    self.rest(now);
                }
            }
            Stored::Attempt(attempt) => {
                self.refresh.take_attempt(Some(attempt));
                self.begin_attempt(now);
            }
            stored => {
                if !self.was_ended(&stored, now) {
                    // By cookie: without a note the outcome of each earlier attempt is known to some tab.
                    self.refresh.forget_attempt();
                    self.begin_attempt(now);
                }
            }
        }
    }

    /// Another tab has ended the session, and its word may still be on the way.
    fn was_ended(&mut self, stored: &Stored, now: Now) -> bool {
        let reason = match stored {
            Stored::LogoutPending => Reason::LogoutElsewhere,
            Stored::Nothing if self.config.stores_tokens() => Reason::StoreCleared,
            _ => return false,
        };
        if self.status != Status::SignedOut {
            self.logout_pends |= matches!(stored, Stored::LogoutPending);
            let event = self.end_event();
            self.end_locally(Some(reason), event, now);
        }
        if self.refresh.is_under_way() {
            self.rest(now);
        }
        true
    }

    /// Writes down what is about to be sent: whoever finds the note without an outcome repeats the same attempt.
    fn begin_attempt(&mut self, now: Now) {
        if self.config.mode == Mode::Session {
            self.send_refresh(false, now);
            return;
        }
        let is_new = self.refresh.attempt.is_none();
        if is_new {
            self.refresh.attempt = Some(hex([self.random(), self.random()]));
        }
        if !is_new || !self.may_use_store() || !self.save_attempt(now) {
            self.send_refresh(false, now);
            return;
        }
        self.refresh.phase = Phase::Noting;
        self.timers.set(
            Timer::Refresh,
            now.mono.after(self.config.timeout_ms.into()),
        );
    }

    fn save_attempt(&mut self, now: Now) -> bool {
        if self.config.stores_tokens() {
            return self.save(now);
        }
        let Some(attempt) = self.refresh.attempt() else {
            return false;
        };
        self.effects
            .push(Effect::Save(record::write_attempt(attempt)));
        true
    }

    /// By cookie, nothing else stands in the store.
    fn clear_attempt(&mut self) {
        if self.refresh.attempt.is_some() && !self.config.stores_tokens() && self.may_use_store() {
            self.effects.push(Effect::Remove);
        }
    }

    pub(super) fn send_refresh(&mut self, csrf_retry: bool, now: Now) {
        if self.login_may_set_cookie() {
            // It began meanwhile. Its end starts this again.
            self.stand_down();
            return;
        }
        let Some(http) = self.refresh_request() else {
            self.rest(now);
            return;
        };
        let http = match self.csrf_need(http) {
            CsrfNeed::Satisfied(http) => http,
            CsrfNeed::Fetch => {
                self.refresh.phase = Phase::Csrf;
                self.park(Purpose::Refresh, csrf_retry, now);
                return;
            }
        };
        let flight = self.send(http, Timer::Refresh, csrf_retry, now);
        self.refresh.phase = Phase::Sent(flight);
        self.note(now, "refresh sent", None, Some(self.generation_value()));
    }

    /// Only if it still waits: the session may have changed hands since.
    pub(super) fn resume_refresh_after_csrf(&mut self, csrf_retry: bool, now: Now) {
        if matches!(self.refresh.phase, Phase::Csrf) {
            self.send_refresh(csrf_retry, now);
        }
    }

    pub(super) fn fail_refresh_without_csrf(&mut self, error: &AuthError, now: Now) {
        if matches!(self.refresh.phase, Phase::Csrf) {
            self.cool_off(error.clone(), now);
        }
    }

    fn refresh_request(&mut self) -> Option<HttpRequest> {
        let url = self.config.endpoints.refresh.clone()?;
        let token = self.held.as_ref().and_then(|held| held.refresh.clone());
        let mut headers = Vec::new();
        let body = match (&self.config.transport, token) {
            (Transport::Cookie, _) => None,
            (_, None) => return None,
            (Transport::Json { name, params }, Some(token)) => {
                Some((json_body(name, &token, params), "application/json"))
            }
            (Transport::Form { name, params }, Some(token)) => Some((
                form_body(name, &token, params),
                "application/x-www-form-urlencoded",
            )),
            (Transport::Header { name }, Some(token)) => {
                headers.push((name.clone(), HeaderValue::Is(token)));
                None
            }
        };
        if let Some(attempt) = self.refresh.attempt()
            && self.config.idempotency_key
        {
            headers.push((
                "Idempotency-Key".into(),
                HeaderValue::Is(Secret::new(attempt.into())),
            ));
        }
        Some(HttpRequest {
            method: "POST",
            url,
            headers,
            body,
            include_credentials: self.config.cookie_bound(),
            // A page that is left meanwhile must not lose the rotated token's first half of the way.
            keepalive: true,
            follow: false,
        })
    }

    pub(super) fn on_refresh_timeout(&mut self, now: Now) {
        match self.refresh.phase {
            Phase::Sent(flight) if flight.epoch != self.epoch => self.rest(now),
            Phase::Sent(flight) => {
                if self.config.cookie_bound() {
                    // An answer that comes after that of the next attempt would put the older cookie back.
                    self.effects.push(Effect::Cancel {
                        request: flight.request,
                    });
                } else {
                    self.refresh.late = Some(flight);
                }
                self.refresh.lost = true;
                self.cool_off(Failure::Timeout.into(), now);
            }
            Phase::Commit => {
                self.storage_is(StorageState::Unavailable, now);
                self.rest(now);
            }
            Phase::Noting => {
                self.storage_is(StorageState::Unavailable, now);
                self.send_refresh(false, now);
            }
            _ => {}
        }
    }

    /// True: it was the refresh's.
    pub(super) fn take_refresh_answer(
        &mut self,
        request: super::flight::RequestId,
        outcome: &Result<Answer, Failure>,
        now: Now,
    ) -> bool {
        if self
            .refresh
            .late
            .is_some_and(|late| late.request == request)
        {
            self.take_late_answer(outcome, now);
            return true;
        }
        match self.refresh.phase {
            Phase::Sent(flight) if flight.request == request => {
                self.timers.clear(Timer::Refresh);
                self.take_answer(flight, outcome, now);
                true
            }
            _ => false,
        }
    }

    /// Given up on, and there it is. What it brings is still the newest, if nothing came since.
    fn take_late_answer(&mut self, outcome: &Result<Answer, Failure>, now: Now) {
        let Some(flight) = self.refresh.late.take() else {
            return;
        };
        let Ok(answer) = outcome else { return };
        if self.is_of_now(&flight)
            && let Reading::Json(body) = answer.read(now)
            && let Ok(credentials) = self.read_renewal(&body, answer, &flight, now)
        {
            self.note(now, "late refresh answer taken", None, None);
            self.timers.clear(Timer::Cooldown);
            self.commit(credentials, now);
        }
    }

    /// Neither has the session changed hands since, nor have newer credentials been adopted, which its answer is older than.
    fn is_of_now(&self, flight: &Flight) -> bool {
        (flight.epoch, flight.generation) == (self.epoch, self.generation)
    }

    fn take_answer(&mut self, flight: Flight, outcome: &Result<Answer, Failure>, now: Now) {
        if !self.is_of_now(&flight) {
            self.note(now, "refresh superseded", None, None);
            self.rest(now);
            return;
        }
        let answer = match outcome {
            Ok(answer) => answer,
            Err(failure) => {
                self.refresh.lost = true;
                self.cool_off((*failure).into(), now);
                return;
            }
        };
        let error = match answer.read(now) {
            Reading::Json(body) => match self.read_renewal(&body, answer, &flight, now) {
                Ok(credentials) => {
                    self.take_renewal(credentials, now);
                    return;
                }
                Err(error) => error,
            },
            Reading::Nothing if self.is_session_mode() => {
                let credentials = self.session_credentials(None, &Json::null(), now);
                self.commit(credentials, now);
                return;
            }
            Reading::Nothing => AuthError::new(Code::ResponseInvalid),
            Reading::Failed(error) => error,
        };
        if error.may_be_csrf() && self.renew_csrf(&flight, answer.csrf_moved) {
            self.send_refresh(true, now);
        } else if error.is_definite_refusal() {
            self.note_error(now, "refresh refused", &error);
            if self.config.stores_tokens() && self.storage == StorageState::Ok {
                self.refresh.phase = Phase::Confirm;
                self.load(LoadFor::Confirm, now);
            } else {
                self.refused(now);
            }
        } else {
            self.cool_off(error, now);
        }
    }

    fn read_renewal(
        &mut self,
        body: &Json,
        answer: &Answer,
        flight: &Flight,
        now: Now,
    ) -> Result<Credentials, AuthError> {
        if self.is_session_mode() {
            let user =
                read_user(body, &self.config.fields).filter(|user| subject_of(user).is_some());
            return Ok(self.session_credentials(user, body, now));
        }
        read_tokens(
            body,
            answer.date,
            flight,
            &self.config.fields,
            &mut self.clock,
            now,
        )
    }

    /// What session mode holds: no token, but perhaps the end of the session.
    pub(super) fn session_credentials(
        &self,
        user: Option<Json>,
        body: &Json,
        now: Now,
    ) -> Credentials {
        let server_now = self.clock.server(now);
        Credentials {
            access: None,
            refresh: None,
            ends_at: end(body, None, &self.config.fields, server_now),
            issued_at: server_now,
            claims: None,
            user,
        }
    }

    fn commit(&mut self, mut credentials: Credentials, now: Now) {
        let old = self.held.take();
        let old_user = old.as_ref().and_then(|old| old.user.clone());
        if let Some(old) = old {
            // RFC 6749 §6: without a new refresh token, the old one stays good.
            credentials.user = lasting_user(&credentials, &old)
                .or(credentials.user)
                .or(old.user);
            credentials.refresh = credentials.refresh.or(old.refresh);
        }
        self.clear_attempt();
        self.refresh.forget_attempt();
        self.refresh.failures = 0;
        self.refresh.error = None;
        self.hold(credentials, now);
        self.refresh.phase = Phase::Commit;
        self.note(now, "refreshed", None, Some(self.generation_value()));
        let writes = self.save(now);
        if writes {
            self.timers.set(
                Timer::Refresh,
                now.mono.after(self.config.timeout_ms.into()),
            );
        }
        self.renewed(old_user.as_ref(), now);
        self.tell(Word::Refreshed);
        // `renewed` may have ended the session again, or the client may be gone.
        if !writes && matches!(self.refresh.phase, Phase::Commit) {
            self.rest(now);
        }
    }

    /// The held credentials are newer than those the callers know.
    fn renewed(&mut self, old_user: Option<&Json>, now: Now) {
        let event = match self.snapshot().status {
            Status::Restoring => Event::Restored,
            Status::SignedOut => Event::SignedIn,
            Status::SignedIn => {
                let same = old_user.is_none() || self.is_same_subject(old_user);
                if same {
                    Event::Refreshed
                } else {
                    Event::SubjectChanged
                }
            }
        };
        self.status = Status::SignedIn;
        self.reason = None;
        if event == Event::SubjectChanged {
            self.change_hands();
        }
        self.set_due_timer(now);
        self.publish(event);
        self.fetch_missing_user(now);
        self.resume_calls(&End::Renewed, now);
        self.settle_ready();
    }

    /// What was begun belongs to somebody else than who is signed in now.
    fn change_hands(&mut self) {
        self.epoch = Epoch(self.epoch.0.wrapping_add(1));
        self.release_calls(&AuthError::new(Code::Superseded));
    }

    pub(super) fn on_refresh_saved(&mut self, now: Now) {
        match self.refresh.phase {
            Phase::Commit => self.rest(now),
            Phase::Noting => {
                self.timers.clear(Timer::Refresh);
                self.send_refresh(false, now);
            }
            _ => {}
        }
    }

    /// A login or logout of another tab may have come between, and wins.
    fn take_renewal(&mut self, credentials: Credentials, now: Now) {
        if self.disposed || !self.may_use_store() {
            self.commit(credentials, now);
            return;
        }
        self.refresh.answer = Some(credentials);
        self.refresh.phase = Phase::Confirm;
        self.load(LoadFor::Confirm, now);
    }

    pub(super) fn confirm(&mut self, stored: Stored, now: Now) {
        if !matches!(self.refresh.phase, Phase::Confirm) {
            return;
        }
        let answer = self.refresh.answer.take();
        match stored {
            Stored::Session(record) if self.is_news(&record) => {
                let old = self.held.as_ref().and_then(|held| held.user.clone());
                self.adopt(record, now);
                self.note(now, "adopted", None, Some(self.generation_value()));
                self.renewed(old.as_ref(), now);
                self.rest(now);
            }
            stored => match answer {
                Some(_) if self.was_ended(&stored, now) => {}
                Some(credentials) => self.commit(credentials, now),
                None => self.refused(now),
            },
        }
    }

    fn refused(&mut self, now: Now) {
        let lost = std::mem::take(&mut self.refresh.lost);
        self.clear_attempt();
        self.refresh.attempt = None;
        self.refresh.failures = 0;
        // So that `end_locally` finds nothing under way, and the lock is free.
        self.refresh.phase = Phase::Idle;
        self.effects.push(Effect::Unlock);
        match self.status {
            // Hybrid: there was no session to restore.
            Status::Restoring if self.held.is_none() => {
                self.known_to_be_nobody(None, now);
                self.resume_queued_login(now);
            }
            Status::SignedOut => self.resume_queued_login(now),
            Status::Restoring | Status::SignedIn => {
                let reason = match (self.config.mode, lost) {
                    (_, true) => Reason::RefreshOutcomeUnknown,
                    (Mode::Session, _) => Reason::SessionEnded,
                    _ => Reason::RefreshRefused,
                };
                self.end_everywhere(reason, now);
                self.resume_queued_login(now);
            }
        }
    }

    /// A failure that may pass: the session stands.
    pub(super) fn cool_off(&mut self, mut error: AuthError, now: Now) {
        if self.quotes_a_token(error.server_message.as_deref()) {
            error.server_message = None;
        }
        self.note_error(now, "refresh failed for now", &error);
        let step = BACKOFF_MS
            .wrapping_shl(self.refresh.failures.min(16))
            .min(LONGEST_BACKOFF_MS);
        self.refresh.failures = self.refresh.failures.wrapping_add(1);
        let (delay, fixed) = match error.retry_after {
            Some(seconds) => (u64::from(seconds) * 1_000, true),
            None => (self.random_below(step), false),
        };
        self.cool_down(
            now.mono.after(delay.max(SHORTEST_BACKOFF_MS)),
            fixed,
            error,
            now,
        );
    }

    fn quotes_a_token(&self, message: Option<&str>) -> bool {
        let (Some(message), Some(held)) = (message, &self.held) else {
            return false;
        };
        [&held.access, &held.refresh]
            .into_iter()
            .flatten()
            .any(|token| mentions(message, token.expose()))
    }

    fn cool_down(&mut self, until: Mono, fixed: bool, error: AuthError, now: Now) {
        if self.refresh.is_under_way() {
            self.effects.push(Effect::Unlock);
        }
        self.timers.clear(Timer::LockWait);
        self.refresh.phase = Phase::Cooldown { fixed };
        self.refresh.until = until;
        self.timers.set(Timer::Cooldown, until);
        // A stored session whose renewal has to wait is a session all the same.
        if self.status == Status::Restoring && self.held.is_some() {
            self.status = Status::SignedIn;
            self.publish(Event::Restored);
        }
        self.refresh.error = Some(error);
        let unavailable = self.unavailable(now);
        self.resume_calls(&End::Unavailable(unavailable), now);
        self.settle_ready();
        self.resume_queued_login(now);
    }

    /// What a caller is told who needs a token that cannot be had just now.
    pub(super) fn unavailable(&self, now: Now) -> AuthError {
        let seconds = self
            .refresh
            .until
            .0
            .saturating_sub(now.mono.0)
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

    pub(super) fn on_cooldown_over(&mut self, now: Now) {
        self.refresh.phase = Phase::Idle;
        match self.status {
            Status::Restoring => self.look_again(now),
            Status::SignedIn if self.is_due(now) && self.config.timed_refresh => self.on_due(now),
            Status::SignedIn | Status::SignedOut => {}
        }
    }

    /// The network is back, or somebody looks: no need to wait for the backoff's end.
    pub(super) fn leave_cooldown(&mut self, now: Now) {
        if matches!(self.refresh.phase, Phase::Cooldown { fixed: false }) {
            self.timers.clear(Timer::Cooldown);
            self.on_cooldown_over(now);
        }
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
                self.timers.clear(Timer::LockWait);
                self.timers.clear(Timer::Refresh);
                self.effects.push(Effect::Unlock);
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

    /// Back to `Idle`, letting go of the lock.
    fn stand_down(&mut self) {
        self.refresh.phase = Phase::Idle;
        self.timers.clear(Timer::LockWait);
        self.timers.clear(Timer::Refresh);
        self.effects.push(Effect::Unlock);
    }

    /// The same, with what had to wait for it.
    fn rest(&mut self, now: Now) {
        self.stand_down();
        self.resume_queued_login(now);
        self.resume_waiting(now);
        // It may have become due in the meantime.
        self.set_due_timer(now);
    }
}

/// The user as it was, where the answer tells nothing of its own but a token of the same subject:
/// many backends give the profile at login only.
fn lasting_user(new: &Credentials, old: &Credentials) -> Option<Json> {
    let of_claims = |held: &Credentials| held.claims.as_ref().map(user_of_claims);
    let told_anew = new.user.is_some() && new.user != of_claims(new);
    if told_anew || old.user == of_claims(old) {
        return None;
    }
    let subject = |held: &Credentials| held.claims.as_ref().and_then(subject_of);
    match (subject(old), subject(new)) {
        (Some(old), Some(new)) if old != new => None,
        _ => old.user.clone(),
    }
}

fn json_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut members = vec![(name, Json::from(token.expose()))];
    members.extend(
        params
            .iter()
            .map(|(name, value)| (name.as_str(), Json::from(value.as_str()))),
    );
    Secret::new(Json::object(members).text())
}

fn form_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut form = String::from("grant_type=refresh_token");
    let token = (name, token.expose());
    let params = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in std::iter::once(token).chain(params) {
        form.push('&');
        form_encode(name, &mut form);
        form.push('=');
        form_encode(value, &mut form);
    }
    Secret::new(form)
}

/// `application/x-www-form-urlencoded` (URL Standard §5.2).
fn form_encode(text: &str, form: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                form.push(char::from(byte))
            }
            b' ' => form.push('+'),
            _ => {
                form.push('%');
                for digit in [byte >> 4, byte & 15] {
                    form.push(hex_digit(digit).to_ascii_uppercase());
                }
            }
        }
    }
}

fn hex(words: [u64; 2]) -> String {
    let mut text = String::new();
    for mut rest in words {
        for _ in 0..16 {
            text.push(hex_digit(rest as u8 & 15));
            rest >>= 4;
        }
    }
    text
}

fn hex_digit(digit: u8) -> char {
    char::from(if digit < 10 { b'0' } else { b'a' - 10 } + digit)
}
