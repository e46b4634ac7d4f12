//! The engine: where each input goes, and what follows for one part from what another has learnt.

mod asking;
mod calling;
mod cooling;
mod incoming;
mod locking;
mod looking;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod outline;
mod pass;
mod refreshing;
mod renewal;
mod saving;
mod signing_in;
mod signing_out;
pub(crate) mod state;
mod telling;
mod timers;

use crate::core::auth::login::Login;
use crate::core::auth::logout::Logout;
use crate::core::auth::me::Me;
use crate::core::calls::Calls;
use crate::core::context::Context;
use crate::core::context::journal::JournalEntry;
use crate::core::csrf::Csrf;
use crate::core::engine::state::{Engine, Life};
use crate::core::options::config::Config;
use crate::core::port::effect::{Effect, Outcome};
use crate::core::port::error::{AuthError, Code};
use crate::core::port::input::{Input, PageEvent};
use crate::core::port::message::Word;
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Event, Reason, Snapshot, Status};
use crate::core::refresh::Refresh;
use crate::core::session::Session;
use crate::core::store::{Purpose, Reads};
use crate::core::tabs::lock::Lock;
use crate::core::time::clock::{Mono, Now};
use crate::core::wire::record::{self, Stored};
use crate::core::wire::tokens::access_in;
use crate::json::Json;

/// How many there are.
const DEADLINES: usize = 13;

impl Engine {
    /// An engine that has seen nothing yet. Its first input is [`Input::Start`].
    #[inline(never)]
    #[must_use]
    pub fn new(config: Config, now: Now) -> Engine {
        Engine {
            cx: Context::new(config, now),
            session: Session::new(),
            reads: Reads::default(),
            lock: Lock::Free,
            refresh: Refresh::new(now.mono),
            login: Login::default(),
            logout: Logout::default(),
            me: Me::default(),
            csrf: Csrf::default(),
            calls: Calls::default(),
            life: Life::New,
        }
    }

    /// Takes one input and returns what is to be done, in this order.
    #[inline(never)]
    #[must_use]
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Effect> {
        if let Some(jump) = self.cx.begin(now) {
            self.cx.note_value("clock jumped", jump);
            self.session.set_due_timer(&self.cx);
            // By this device's clock the token ends at another time now.
            self.session.publish(&mut self.cx, Event::Refreshed);
        }
        self.cx.give_up_writes();
        if self.is_disposed() {
            self.handle_disposed(input);
        } else {
            if self.refresh.take_cooled(now.mono) {
                self.on_cooldown_over();
            }
            self.handle_live(input);
            self.run_timers();
            self.next_csrf_turn();
            self.ask_what_is_owed();
            self.session.weigh_token(&mut self.cx);
        }
        self.release_lock();
        self.cx.take_effects()
    }

    /// When to feed [`Input::Tick`] at the latest.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Mono> {
        self.deadlines().into_iter().flatten().min()
    }

    /// Every point in time that a part waits for. A part that waits for something has one.
    fn deadlines(&self) -> [Option<Mono>; DEADLINES] {
        [
            self.session.deadline(),
            self.reads.deadline(),
            self.lock.deadline(),
            self.refresh.deadline(),
            self.refresh.pause_end(),
            self.login.deadline(),
            self.logout.deadline(),
            self.me.deadline(),
            self.me.next(),
            self.csrf.deadline(),
            self.calls.patience(),
            self.cx.writing().filter(|_| !self.lock.is_free()),
            self.reads.second_look(),
        ]
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        self.cx.config()
    }

    /// The present state.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        self.session.snapshot()
    }

    /// Changes whenever [`Engine::snapshot`] does.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.session.version()
    }

    /// Claims of the current access token.
    #[must_use]
    pub fn claims(&self) -> Option<&Json> {
        self.session.claims()
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
            body.and_then(|body| access_in(&body, &self.cx.config().fields))
        };
        (access, self.cx.clock().server(now).0)
    }

    /// Counts the tokens that this client has held.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.session.generation().0
    }

    /// What happened lately, oldest first.
    pub fn journal(&self) -> impl Iterator<Item = &JournalEntry> {
        self.cx.journal()
    }

    fn handle_live(&mut self, input: Input) {
        match input {
            Input::Start { seed } => {
                self.cx.seed(seed);
                self.life = Life::Running;
                self.start();
            }
            Input::Ready { call } => self.on_ready(call),
            Input::Login { call, body } => self.on_login(call, body, None),
            Input::LoginAt { call, body, url } => self.on_login(call, body, Some(url)),
            Input::Adopt { call, answer } => self.on_adopt(call, &answer),
            Input::Logout { call } => self.on_logout(call),
            Input::Refresh { call } => self.on_refresh_call(call),
            Input::Token { call } => self.on_token_call(call),
            Input::Fetch {
                call,
                facts,
                sent_by,
            } => self.on_fetch(call, facts, sent_by),
            Input::FetchAnswered { call, answer } => self.on_fetch_answered(call, answer),
            Input::FetchDoubtful { call } => self.on_fetch_doubtful(call),
            Input::Gone { call } => self.on_gone(call),
            Input::Answered { request, outcome } => self.on_answered(request, &outcome),
            Input::Loaded(result) => self.on_loaded(&result),
            Input::Saved(result) => self.on_saved(result),
            Input::LockGranted { waited } => self.on_lock_granted(waited),
            Input::Message(message) => self.on_message(message),
            Input::Noise { times } => {
                self.cx
                    .count("message ignored", "not understood", times.into());
            }
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
            | Input::LoginAt { call, .. }
            | Input::Adopt { call, .. }
            | Input::Logout { call }
            | Input::Refresh { call }
            | Input::Token { call }
            | Input::Ready { call }
            | Input::Fetch { call, .. } => self.cx.fail(call, AuthError::new(Code::Disposed)),
            Input::FetchAnswered { call, .. } | Input::FetchDoubtful { call } => {
                self.cx.settle(call, Outcome::Answer);
            }
            Input::Answered { request, outcome } => self.on_answered(request, &outcome),
            Input::Saved(result) => self.on_saved(result),
            Input::LockGranted { waited } => self.on_lock_granted(waited),
            _ => {}
        }
        self.on_refresh_overdue();
        self.end_refresh_that_asks_for_more();
        self.close_timers();
        self.cx.keep_effects(|effect| {
            matches!(
                effect,
                Effect::Save(_)
                    | Effect::Unlock
                    | Effect::Tell(_)
                    | Effect::Settle { .. }
                    | Effect::Cancel { .. }
            )
        });
    }

    fn dispose(&mut self) {
        self.cx.note("disposed");
        self.life = Life::Disposed;
        let error = AuthError::new(Code::Disposed);
        self.calls.fail_ready(&mut self.cx, &error);
        self.cancel_login(Code::Disposed);
        self.logout.settle(&mut self.cx);
        self.calls.release(&mut self.cx, &error);
        self.refresh.abandon();
        self.close_timers();
    }

    /// All but the refresh's.
    fn close_timers(&mut self) {
        self.session.stop_timer();
        self.reads.close();
        self.me.forget();
        self.csrf.close();
        self.refresh.leave_any_pause();
    }

    fn on_page(&mut self, event: PageEvent) {
        match event {
            PageEvent::Visible => {
                self.session.set_due_timer(&self.cx);
                self.leave_cooldown();
                self.ask_about_logout();
                // Somebody may have signed in or out by other ways than this client's.
                let is_known = self.session.status() != Status::Restoring;
                if self.cx.is_session_mode() && is_known && self.me.is_old(&self.cx) {
                    self.look_again();
                }
            }
            PageEvent::Online => {
                self.leave_cooldown();
                self.ask_about_logout();
            }
            PageEvent::Reloaded => self.logout.page_was_reloaded(),
            PageEvent::Hidden => self.wait_for_no_lock(),
            PageEvent::Restored => {
                // It may have become due as the page was left.
                self.wait_for_no_lock();
                self.session.set_due_timer(&self.cx);
                // What failed as the page was left says nothing of now.
                self.leave_cooldown();
                if self.cx.config().session_by_cookie() {
                    // No word of who has signed in meanwhile has been heard.
                    self.session.doubt(0);
                }
                self.doubt_answers();
                if self.cx.config().stores_tokens() {
                    // No word that explains an empty store has been heard meanwhile, nor will be.
                    self.load(Purpose::Cleared);
                } else {
                    self.look_again();
                    if self.cx.is_session_mode() {
                        // Nor has that of a logout, which the server may have missed.
                        self.load(Purpose::LookAgain);
                    }
                }
                self.resume_after_hidden();
            }
            PageEvent::StoreChanged => {
                if self.cx.config().stores_tokens() {
                    self.look_again();
                }
            }
        }
    }

    fn can_refresh(&self) -> bool {
        self.session.can_refresh(&self.cx)
    }

    /// Ends the session in this tab: memory, timers and what waits on it.
    fn end_locally(&mut self, reason: Option<Reason>, event: Event) {
        self.session.next_epoch();
        self.session.empty(reason);
        self.csrf.forget();
        if !self.cx.config().cookie_bound() {
            // A cookie stays, and what was sent with it.
            self.refresh.forget_attempt();
        }
        self.refresh.abandon();
        self.cx
            .note_detail("signed out", reason.map(Reason::as_str));
        let error = AuthError::signed_out(reason);
        self.end_login_that_asks(&error);
        self.calls.release(&mut self.cx, &error);
        self.session.publish(&mut self.cx, event);
        self.settle_ready();
        // It may have waited for the refresh.
        self.resume_queued_login();
    }

    fn is_disposed(&self) -> bool {
        self.life == Life::Disposed
    }

    /// What has to be asked is not forgotten, whatever became of the question.
    fn ask_what_is_owed(&mut self) {
        if !self.me.is_out() && self.logout.is_refused() {
            self.logout_ended();
        }
        let is_restoring = self.life == Life::Running && self.session.status() == Status::Restoring;
        let is_busy = self.is_reading_first()
            || self.refresh.is_under_way()
            || self.refresh.is_cooling()
            || self.me.is_out()
            || self.login.is_under_way()
            || self.logout.is_under_way();
        if is_busy {
            return;
        }
        if is_restoring && self.session.held().is_some() {
            self.start_refresh();
        } else if is_restoring || self.session.doubted().is_some() {
            self.look_again();
        } else if self.session.is_refused() && self.calls.ask_to_refresh() {
            // It was refused while the one before was still being written.
            self.start_refresh();
        }
    }

    /// The server ended the session: everywhere.
    fn end_everywhere(&mut self, reason: Reason) {
        let event = self.session.end_event();
        if self.cx.config().stores_tokens() {
            self.session.clear_store(&mut self.cx);
        }
        self.end_locally(Some(reason), event);
        self.login.outlives(self.session.epoch());
        self.tell(Word::of(reason));
    }

    fn settle_ready(&mut self) {
        self.calls.settle_ready(&mut self.cx);
    }
}
