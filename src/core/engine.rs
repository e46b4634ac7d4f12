//! The engine: its state, and where each input goes.

use crate::json::Json;

use super::answer::{Answer, Failure};
use super::call::Calls;
use super::clock::{Clock, Mono, Now, ServerTime};
use super::config::{Config, Mode};
use super::csrf::CsrfState;
use super::effect::{Effect, HttpRequest, Outcome};
use super::error::{AuthError, Code};
use super::flight::{CallId, Flight, RequestId};
use super::input::{Input, PageEvent};
use super::journal::{Journal, JournalEntry};
use super::lock::Lock;
use super::login::Login;
use super::logout::Logout;
use super::record::{self, Stored};
use super::refresh::Refresh;
use super::restore::LoadFor;
use super::secret::Secret;
use super::session::{
    Change, Credentials, Epoch, Event, Generation, Holding, LoginTime, Reason, Snapshot, Status,
    StorageState, subject_of,
};
use super::timer::{Timer, Timers};
use super::token_answer::access_in;

/// Every decision of one client. See the [module](super) for the loop that drives it.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) config: Config,
    pub(super) clock: Clock,
    /// When the present input came.
    pub(super) now: Now,
    pub(super) timers: Timers,
    pub(super) effects: Vec<Effect>,
    pub(super) epoch: Epoch,
    pub(super) login_time: LoginTime,
    pub(super) generation: Generation,
    /// Which credentials these are, for who has to tell them from those before: another tab's may have the generation of ours.
    pub(super) holding: Holding,
    pub(super) status: Status,
    pub(super) reason: Option<Reason>,
    /// What is held while signed in, and while a stored session is being renewed.
    pub(super) held: Option<Box<Credentials>>,
    /// From when on the held access token is due to be renewed.
    pub(super) due_at: Option<ServerTime>,
    /// An API has refused the held access token.
    pub(super) is_refused: bool,
    /// The token that was weighed last, and whether it was found to be too large.
    pub(super) weighed: (Generation, bool),
    pub(super) storage: StorageState,
    pub(super) loads: Vec<(LoadFor, Epoch)>,
    pub(super) late_loads: u32,
    /// Another tab says that the store holds this, and how often it was looked for in vain.
    pub(super) expected: Option<(LoginTime, Generation)>,
    pub(super) looks: u32,
    pub(super) lock: Lock,
    pub(super) refresh: Refresh,
    pub(super) login: Option<Login>,
    pub(super) logout: Option<Logout>,
    pub(super) me: Option<Flight>,
    pub(super) csrf: CsrfState,
    pub(super) calls: Calls,
    pub(super) ready: Vec<CallId>,
    /// The server has not heard of a logout that a cookie would undo.
    pub(super) logout_pends: bool,
    pub(super) disposed: bool,
    journal: Journal,
    last_request: u32,
    random: u64,
    shown: Snapshot,
    version: u32,
}

impl Engine {
    /// An engine that has seen nothing yet. Its first input is [`Input::Start`].
    #[must_use]
    pub fn new(config: Config, now: Now) -> Engine {
        Engine {
            config,
            clock: Clock::new(now),
            now,
            timers: Timers::default(),
            effects: Vec::new(),
            epoch: Epoch(0),
            login_time: LoginTime(0),
            generation: Generation(0),
            holding: Holding(0),
            status: Status::Restoring,
            reason: None,
            held: None,
            due_at: None,
            is_refused: false,
            weighed: (Generation(0), false),
            storage: StorageState::Ok,
            loads: Vec::new(),
            late_loads: 0,
            expected: None,
            looks: 0,
            lock: Lock::Free,
            refresh: Refresh::new(now),
            login: None,
            logout: None,
            me: None,
            csrf: CsrfState::default(),
            calls: Calls::default(),
            ready: Vec::new(),
            logout_pends: false,
            disposed: false,
            journal: Journal::default(),
            last_request: 0,
            random: 1,
            shown: Snapshot {
                status: Status::Restoring,
                user: None,
                reason: None,
                expires_at: None,
                issued_at: None,
                storage: StorageState::Ok,
            },
            version: 0,
        }
    }

    /// Takes one input and returns what is to be done, in this order.
    #[must_use]
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Effect> {
        self.now = now;
        if let Some(jump) = self.clock.observe(now) {
            self.note_value("clock jumped", jump);
            self.set_due_timer();
            // By this device's clock the token ends at another time now.
            self.publish(Event::Refreshed);
        }
        if self.disposed {
            self.handle_disposed(input);
        } else {
            if self.refresh.is_cooling() && self.refresh.until <= now.mono {
                self.timers.clear(Timer::Cooldown);
                self.on_cooldown_over();
            }
            self.handle_live(input);
            self.run_timers();
            self.weigh_token();
        }
        self.release_lock();
        std::mem::take(&mut self.effects)
    }

    /// When to feed [`Input::Tick`] at the latest.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Mono> {
        self.timers.next()
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The present state.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.shown
    }

    /// Changes whenever [`Engine::snapshot`] does.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Claims of the current access token.
    #[must_use]
    pub fn claims(&self) -> Option<&Json> {
        match self.status {
            Status::SignedIn => self.held.as_ref()?.claims.as_ref(),
            Status::Restoring | Status::SignedOut => None,
        }
    }

    /// The access token in an answer that brings one, or in a stored session; and the server's time, in milliseconds since 1970.
    ///
    /// For who verifies tokens before the engine gets to see them.
    #[must_use]
    pub fn token_in(&self, text: &str, is_stored: bool, now: Now) -> (Option<Secret>, i64) {
        let access = if is_stored {
            match record::read(Some(text)) {
                Stored::Session(record) => record.credentials.access,
                _ => None,
            }
        } else {
            let body = Json::parse(text);
            body.and_then(|body| access_in(&body, &self.config.fields))
        };
        (access, self.clock.server(now).0)
    }

    /// Counts the tokens that this client has held.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation.0
    }

    /// What happened lately, oldest first.
    pub fn journal(&self) -> impl Iterator<Item = &JournalEntry> {
        self.journal.entries()
    }

    fn handle_live(&mut self, input: Input) {
        match input {
            Input::Start { seed } => {
                self.random = seed | 1;
                self.start();
            }
            Input::Ready { call } => self.on_ready(call),
            Input::Login { call, body } => self.on_login(call, body),
            Input::Logout { call } => self.on_logout(call),
            Input::Refresh { call } => self.on_refresh_call(call),
            Input::Token { call } => self.on_token_call(call),
            Input::Fetch {
                call,
                facts,
                sent_by,
            } => self.on_fetch(call, facts, sent_by),
            Input::FetchAnswered { call, answer } => self.on_fetch_answered(call, answer),
            Input::Gone { call } => self.on_gone(call),
            Input::Answered { request, outcome } => self.on_answered(request, outcome),
            Input::Loaded(result) => self.on_loaded(result),
            Input::Saved(result) => self.on_saved(result),
            Input::LockGranted { waited } => self.on_lock_granted(waited),
            Input::Message(message) => self.on_message(message),
            Input::Noise { times } => self.count("message ignored", "not understood", times.into()),
            Input::Page(event) => self.on_page(event),
            Input::Tick => {}
            Input::Dispose => self.dispose(),
        }
    }

    /// A refresh that is under way is still heard and written: the server has
    /// rotated the token by then, and the stored one would be worth nothing.
    fn handle_disposed(&mut self, input: Input) {
        match input {
            Input::Login { call, .. }
            | Input::Logout { call }
            | Input::Refresh { call }
            | Input::Token { call }
            | Input::Ready { call }
            | Input::Fetch { call, .. } => self.fail(call, AuthError::new(Code::Disposed)),
            Input::FetchAnswered { call, .. } => self.settle(call, Outcome::Answer),
            Input::Answered { request, outcome } => self.on_answered(request, outcome),
            Input::Saved(result) => self.on_saved(result),
            Input::LockGranted { waited } => self.on_lock_granted(waited),
            _ => {}
        }
        if self.timers.take_expired(self.now.mono).is_some() {
            self.on_refresh_timeout();
        }
        self.end_refresh_that_asks_for_more();
        self.timers.clear_all_but(Timer::Refresh);
        for effect in std::mem::take(&mut self.effects) {
            if matches!(
                effect,
                Effect::Save(_) | Effect::Unlock | Effect::Tell(_) | Effect::Settle { .. }
            ) {
                self.effects.push(effect);
            }
        }
    }

    fn dispose(&mut self) {
        self.note("disposed");
        self.disposed = true;
        for call in std::mem::take(&mut self.ready) {
            self.fail(call, AuthError::new(Code::Disposed));
        }
        self.cancel_login(Code::Disposed);
        self.finish_logout_calls();
        self.release_calls(&AuthError::new(Code::Disposed));
        self.abandon_refresh();
        self.timers.clear_all_but(Timer::Refresh);
    }

    fn run_timers(&mut self) {
        // Each timer fires once an input at most, so that a deadline in the past cannot spin.
        for _ in 0..16 {
            let Some(timer) = self.timers.take_expired(self.now.mono) else {
                return;
            };
            match timer {
                Timer::Due => self.on_due(),
                Timer::Load => self.on_load_timeout(),
                Timer::LockWait => self.on_lock_timeout(),
                Timer::Refresh => self.on_refresh_timeout(),
                Timer::Cooldown => self.on_cooldown_over(),
                Timer::Login => self.on_login_timeout(),
                Timer::Logout => self.on_logout_timeout(),
                Timer::Me => self.on_me_timeout(),
                Timer::Csrf => self.on_csrf_timeout(),
                Timer::Cleared => self.load(LoadFor::Cleared),
            }
        }
    }

    fn on_answered(&mut self, request: RequestId, outcome: Result<Answer, Failure>) {
        // Nobody's: of a request that was given up.
        let _ = self.take_refresh_answer(request, &outcome)
            || self.take_login_answer(request, &outcome)
            || self.take_logout_answer(request, &outcome)
            || self.take_me_answer(request, &outcome)
            || self.take_csrf_answer(request, &outcome);
    }

    fn on_page(&mut self, event: PageEvent) {
        match event {
            PageEvent::Visible => {
                self.set_due_timer();
                self.leave_cooldown();
                self.retry_pending_logout();
            }
            PageEvent::Online => {
                self.leave_cooldown();
                self.retry_pending_logout();
            }
            PageEvent::Hidden => self.on_hidden(),
            PageEvent::Restored => {
                self.set_due_timer();
                self.doubt_answers();
                if self.config.stores_tokens() && !self.is_reading_first() {
                    // No word that explains an empty store has been heard meanwhile, nor will be.
                    self.load(LoadFor::Cleared);
                } else {
                    self.look_again();
                }
                self.resume_after_hidden();
            }
            PageEvent::StoreChanged => {
                if self.config.stores_tokens() {
                    self.look_again();
                }
            }
        }
    }

    // What every part of the engine needs.

    pub(super) fn note(&mut self, event: &'static str) {
        self.note_detail(event, None);
    }

    pub(super) fn note_detail(&mut self, event: &'static str, detail: Option<&'static str>) {
        self.journal.add(self.now, event, detail, None);
    }

    pub(super) fn note_value(&mut self, event: &'static str, value: i64) {
        self.journal.add(self.now, event, None, Some(value));
    }

    pub(super) fn count(&mut self, event: &'static str, detail: &'static str, times: i64) {
        self.journal.count(self.now, event, detail, times);
    }

    pub(super) fn note_error(&mut self, event: &'static str, error: &AuthError) {
        let value = error.status.map(i64::from);
        self.journal
            .add(self.now, event, Some(error.code.as_str()), value);
    }

    pub(super) fn settle(&mut self, call: CallId, outcome: Outcome) {
        self.effects.push(Effect::Settle {
            call,
            outcome: Ok(outcome),
        });
    }

    pub(super) fn fail(&mut self, call: CallId, error: AuthError) {
        self.effects.push(Effect::Settle {
            call,
            outcome: Err(error),
        });
    }

    /// `timer` runs off in so long.
    pub(super) fn wake(&mut self, timer: Timer, ms: u64) {
        self.timers.set(timer, self.now.mono.after(ms));
    }

    /// What `timer` is for may take as long as a request of our own.
    pub(super) fn bound(&mut self, timer: Timer) {
        self.wake(timer, self.config.timeout_ms.into());
    }

    /// Sends a request of our own; `timer` bounds it.
    pub(super) fn send(&mut self, http: HttpRequest, timer: Timer, csrf_retry: bool) -> Flight {
        self.last_request = self.last_request.wrapping_add(1);
        let request = RequestId(self.last_request);
        self.bound(timer);
        self.effects.push(Effect::Send { request, http });
        Flight {
            request,
            sent: self.now.mono,
            epoch: self.epoch,
            generation: self.generation,
            csrf_retries: csrf_retry.into(),
            csrf_version: self.csrf.version,
        }
    }

    /// xorshift64*: for jitter and attempt ids, which need to differ, not to be secret.
    pub(super) fn random(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`; 0 if that is 0.
    pub(super) fn random_below(&mut self, bound: u64) -> u64 {
        self.random().checked_rem(bound).unwrap_or(0)
    }

    /// Shows the app the present state, if it differs from what it was shown last.
    pub(super) fn publish(&mut self, event: Event) {
        let held = match self.status {
            Status::SignedIn => self.held.as_ref(),
            Status::Restoring | Status::SignedOut => None,
        };
        let to_wall = |time| self.clock.to_wall(time);
        let snapshot = Snapshot {
            status: self.status,
            user: held.and_then(|held| held.user.clone()),
            reason: self.reason,
            expires_at: held.and_then(|held| held.ends_at).map(to_wall),
            issued_at: held
                .and_then(|held| held.ends_at.and(Some(held.issued_at)))
                .map(to_wall),
            storage: self.storage,
        };
        if snapshot == self.shown {
            return;
        }
        self.shown = snapshot;
        self.version = self.version.wrapping_add(1);
        self.announce(event);
    }

    /// Tells the app of an event; the state need not have changed.
    pub(super) fn announce(&mut self, event: Event) {
        self.effects.push(Effect::Notify(Change {
            event,
            snapshot: self.shown.clone(),
            #[cfg(not(feature = "js"))]
            step_up: None,
            #[cfg(not(feature = "js"))]
            heaviest: Vec::new(),
        }));
    }

    /// The part of a second sense of "signed in" that a subscriber cares for: is it still the same person?
    pub(super) fn is_same_subject(&self, user: Option<&Json>) -> bool {
        let held = self
            .held
            .as_ref()
            .and_then(|held| held.user.as_ref())
            .and_then(subject_of);
        match (held, user.and_then(subject_of)) {
            (Some(held), Some(new)) => held == new,
            // Somebody without a name cannot be told from anybody.
            _ => true,
        }
    }

    /// Takes up new credentials, in memory.
    pub(super) fn hold(&mut self, credentials: Box<Credentials>) {
        self.generation = Generation(self.generation.0.saturating_add(1));
        self.holding = Holding(self.holding.0.wrapping_add(1));
        self.held = Some(credentials);
        self.is_refused = false;
        self.reason = None;
        self.status = Status::SignedIn;
        self.plan_renewal();
    }

    /// Ends the session in this tab: memory, timers and what waits on it.
    pub(super) fn end_locally(&mut self, reason: Option<Reason>, event: Event) {
        self.epoch = Epoch(self.epoch.0.wrapping_add(1));
        self.status = Status::SignedOut;
        self.reason = reason;
        self.held = None;
        self.due_at = None;
        self.timers.clear(Timer::Due);
        self.csrf.forget();
        self.abandon_refresh();
        self.note_detail("signed out", reason.map(Reason::as_str));
        let error = AuthError::signed_out(reason);
        self.end_login_that_asks(&error);
        self.release_calls(&error);
        self.publish(event);
        self.settle_ready();
    }

    /// The server ended the session: everywhere.
    pub(super) fn end_everywhere(&mut self, reason: Reason) {
        let event = self.end_event();
        if self.config.stores_tokens() {
            self.clear_store();
        }
        self.end_locally(Some(reason), event);
        self.tell(super::tabs::Word::Ended);
    }

    /// What is not ours stays.
    pub(super) fn clear_store(&mut self) {
        if self.storage != StorageState::Occupied {
            self.effects.push(Effect::Remove);
        }
    }

    pub(super) fn end_event(&self) -> Event {
        match self.status {
            Status::Restoring => Event::Restored,
            Status::SignedIn | Status::SignedOut => Event::SignedOut,
        }
    }

    pub(super) fn is_session_mode(&self) -> bool {
        self.config.mode == Mode::Session
    }
}
