//! One engine and the browser around it. Every effect is looked at for what must hold always.

use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};

use hallpass::core::{
    AuthError, CallId, Effect, Engine, HeaderValue, HttpRequest, Input, LoadFailure, Message, Mono,
    Now, Options, Outcome, RequestId, Secret, Snapshot, Status, StorageKind, StoreFailure, Wall,
    Watch,
};

use crate::config::{BEGIN, KINDS, config, kind};

/// What the visitor types in.
pub const PASSWORD: &str = "correct horse battery";
/// What the app sends to log in.
pub const LOGIN_BODY: &str =
    r#"{"email":"ada@example.com","password":"correct horse battery","otp":"424242-otp"}"#;

/// Tabs that have been made once: to make one takes longer than to fuzz it.
#[derive(Default)]
struct Known(RefCell<[Option<Tab>; KINDS as usize]>);

impl Known {
    fn get(&self, digit: u8, make: impl FnOnce() -> Tab) -> Tab {
        let place = usize::from(digit % KINDS);
        if let Some(tab) = &self.0.borrow()[place] {
            return tab.clone();
        }
        let tab = make();
        self.0.borrow_mut()[place] = Some(tab.clone());
        tab
    }
}

/// A tab.
#[derive(Clone)]
pub struct Tab {
    /// What is tested.
    pub engine: Engine,
    /// Monotonic time.
    pub mono: u64,
    /// Wall time minus monotonic time.
    pub wall: i64,
    /// Requests of the engine's own that wait for an answer.
    pub open: Vec<(RequestId, HttpRequest)>,
    /// Calls whose request is out and watched.
    pub out: Vec<CallId>,
    /// Calls that wait for an outcome.
    pub waiting: BTreeSet<CallId>,
    /// Calls that were given up. They may yet be settled, which the shell does not hear.
    gone: BTreeSet<CallId>,
    /// What became of calls, the last one last.
    pub settled: Vec<(CallId, Result<Outcome, AuthError>)>,
    /// What was said to other tabs.
    pub told: Vec<Message>,
    /// Requests of the engine's own so far.
    pub sent: usize,
    /// What stands under the client's key.
    pub store: Option<String>,
    /// Reading and writing fail.
    pub store_fails: bool,
    /// Writing fails.
    pub saves_fail: bool,
    store_hangs: bool,
    /// What the store has yet to do.
    hung: VecDeque<Effect>,
    /// Another tab has the lock.
    pub lock_waits: bool,
    /// The store held another's data when it was last read.
    has_seen_foreign: bool,
    /// It was told what no store said, and cannot know what it has read.
    pub is_lied_to: bool,
    shares_access: bool,
    /// What no error text may hold.
    pub secrets: Vec<String>,
    /// Nor the server's own code. What the visitor types in may be a part of that: `otp` and `otp_required`.
    pub secrets_in_codes: bool,
    last_call: u32,
}

impl Tab {
    /// Before its first input.
    #[must_use]
    pub fn idle(options: Options) -> Tab {
        // A store of the tab's own is copied with the tab, and copies share one session.
        let shares_access =
            options.share_across_tabs || options.storage == Some(StorageKind::Session);
        let now = Now {
            mono: Mono(0),
            wall: Wall(BEGIN),
        };
        Tab {
            engine: Engine::new(config(options), now),
            mono: 0,
            wall: BEGIN,
            open: Vec::new(),
            out: Vec::new(),
            waiting: BTreeSet::new(),
            gone: BTreeSet::new(),
            settled: Vec::new(),
            told: Vec::new(),
            sent: 0,
            store: None,
            store_fails: false,
            saves_fail: false,
            store_hangs: false,
            hung: VecDeque::new(),
            lock_waits: false,
            has_seen_foreign: false,
            is_lied_to: false,
            shares_access,
            secrets: Vec::new(),
            secrets_in_codes: false,
            last_call: 0,
        }
    }

    /// After it.
    #[must_use]
    pub fn new(options: Options) -> Tab {
        let mut tab = Tab::idle(options);
        tab.feed(Input::Start { seed: 42 });
        tab
    }

    /// After it, in one of the usual configurations.
    #[must_use]
    pub fn of_kind(digit: u8) -> Tab {
        thread_local!(static KNOWN: Known = Known::default());
        KNOWN.with(|known| known.get(digit, || Tab::new(kind(digit))))
    }

    /// Ada has signed in, in one of the usual configurations.
    #[must_use]
    pub fn signed_in(digit: u8) -> Tab {
        thread_local!(static KNOWN: Known = Known::default());
        KNOWN.with(|known| known.get(digit, || Tab::of_kind(digit).with_ada()))
    }

    /// # Panics
    /// If she cannot sign in.
    fn with_ada(mut self) -> Tab {
        let tab = &mut self;
        for _ in 0..4 {
            tab.answer_all(401);
        }
        tab.login();
        for _ in 0..4 {
            tab.answer_all(200);
        }
        assert_eq!(tab.status(), Status::SignedIn);
        self
    }

    /// Both clocks.
    #[must_use]
    pub fn now(&self) -> Now {
        Now {
            mono: Mono(self.mono),
            wall: Wall(self.wall + self.mono.cast_signed()),
        }
    }

    /// What the app sees.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        self.engine.snapshot()
    }

    /// Who is signed in, if anybody is.
    #[must_use]
    pub fn status(&self) -> Status {
        self.snapshot().status
    }

    /// One input and what the browser answers to its effects at once.
    pub fn feed(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        for round in 0.. {
            let Some(input) = inputs.pop_front() else {
                return;
            };
            assert!(round < 64, "inputs and effects go round in a circle");
            if let Input::Loaded(Ok(text)) = &input {
                self.has_seen_foreign = text.as_ref().is_some_and(|text| is_foreign(text.expose()));
            }
            let effects = self.engine.handle(self.now(), input);
            assert!(effects.len() <= 24 + 4 * self.waiting.len(), "{effects:?}");
            for effect in effects {
                self.look_at(&effect);
                self.carry_out(effect, &mut inputs);
            }
            self.look();
        }
    }

    fn look_at(&self, effect: &Effect) {
        match effect {
            Effect::Send { http, .. } => self.look_at_request(http),
            Effect::Settle {
                outcome: Err(error),
                ..
            } => self.look_at_error(error),
            Effect::Tell(message) => {
                assert!(
                    message.access.is_none() || self.shares_access,
                    "{message:?}"
                );
            }
            Effect::Save(_) | Effect::Remove => {
                let may = !self.has_seen_foreign || self.is_lied_to;
                assert!(may, "another's data is overwritten");
            }
            Effect::Dispatch { .. }
            | Effect::Settle { .. }
            | Effect::Cancel { .. }
            | Effect::Load
            | Effect::Lock
            | Effect::Unlock
            | Effect::Notify(_) => {}
        }
    }

    fn look_at_request(&self, http: &HttpRequest) {
        assert!(http.url.starts_with("https://app.test/"), "{}", http.url);
        let body = http.body.as_ref().map_or("", |(body, _)| body.expose());
        if !http.url.ends_with("/auth/login") {
            // As it stands in what logs in. A server may answer a token in which the same words are.
            let member = format!(r#""password":"{PASSWORD}""#);
            assert!(!body.contains(&member), "the password goes to {}", http.url);
        }
        if http.method == "GET" {
            assert!(body.is_empty());
        }
        if http.url.ends_with("/csrf") {
            assert!(http.headers.is_empty());
        }
        for (_, value) in &http.headers {
            if let HeaderValue::Is(value) = value {
                let fits = |byte: u8| (0x20..=0x7e).contains(&byte);
                assert!(value.expose().bytes().all(fits) || http.url.ends_with("/auth/refresh"));
            }
        }
    }

    fn look_at_error(&self, error: &AuthError) {
        assert!(error.retry_after.is_none_or(|seconds| seconds <= 86_400));
        let mut error = error.clone();
        if !self.secrets_in_codes {
            error.server_code = None;
        }
        let text = format!("{error} {error:?}").to_ascii_lowercase();
        for secret in &self.secrets {
            let is_told = text.contains(&secret.to_ascii_lowercase());
            assert!(!is_told, "{error:?} tells {secret}");
        }
    }

    fn carry_out(&mut self, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { request, http } => {
                self.sent += 1;
                self.open.push((request, http));
            }
            Effect::Cancel { request } => self.open.retain(|(open, _)| *open != request),
            Effect::Dispatch { call, watch, .. } => {
                assert!(
                    !self.out.contains(&call),
                    "{call:?} is sent while it is out"
                );
                match watch {
                    Watch::No => drop(self.waiting.remove(&call)),
                    Watch::Yes { .. } => self.out.push(call),
                }
            }
            Effect::Settle { call, outcome } => {
                let is_expected = self.waiting.remove(&call) || self.gone.remove(&call);
                assert!(is_expected, "{call:?} is settled twice");
                self.out.retain(|out| *out != call);
                self.settled.push((call, outcome));
            }
            Effect::Load | Effect::Save(_) | Effect::Remove => {
                self.hung.push_back(effect);
                if !self.store_hangs {
                    inputs.extend(self.hung.pop_front().and_then(|effect| self.stored(effect)));
                }
            }
            Effect::Lock if self.lock_waits => {}
            Effect::Lock => inputs.push_back(Input::LockGranted { waited: false }),
            Effect::Unlock | Effect::Notify(_) => {}
            Effect::Tell(message) => self.told.push(message),
        }
    }

    /// The store does one thing after the other.
    fn stored(&mut self, effect: Effect) -> Option<Input> {
        let fails = self.store_fails || (self.saves_fail && !matches!(effect, Effect::Load));
        let written = if fails { Err(StoreFailure) } else { Ok(()) };
        Some(match effect {
            Effect::Load => {
                let stored = written.map(|()| self.store.clone().map(Secret::new));
                Input::Loaded(stored.map_err(LoadFailure::from))
            }
            Effect::Save(value) if !fails => {
                self.store = Some(value.expose().into());
                Input::Saved(written)
            }
            Effect::Remove if !fails => {
                self.store = None;
                Input::Saved(written)
            }
            Effect::Save(_) | Effect::Remove => Input::Saved(written),
            _ => return None,
        })
    }

    /// The store does not answer from now on, or answers all that it was asked.
    pub fn store_hangs(&mut self, hangs: bool) {
        self.store_hangs = hangs;
        while !self.store_hangs
            && let Some(effect) = self.hung.pop_front()
        {
            if let Some(input) = self.stored(effect) {
                self.feed(input);
            }
        }
    }

    fn look(&self) {
        let snapshot = self.snapshot();
        if snapshot.status != Status::SignedIn {
            assert!(snapshot.user.is_none() && snapshot.expires_at.is_none());
            assert!(self.engine.claims().is_none());
        }
        assert!(self.engine.journal().count() <= 256);
    }

    /// Lets `ms` pass, waking the engine when it asks for it.
    ///
    /// # Panics
    /// If it asks for moments that have passed, again and again.
    pub fn advance(&mut self, ms: u64) {
        let end = self.mono.saturating_add(ms);
        let mut in_vain = 0;
        while let Some(Mono(at)) = self.engine.next_deadline().filter(|at| at.0 <= end) {
            in_vain = if at <= self.mono { in_vain + 1 } else { 0 };
            assert!(in_vain <= 16, "it spins: {:?}", self.events());
            self.mono = self.mono.max(at);
            self.feed(Input::Tick);
        }
        self.mono = end;
        self.feed(Input::Tick);
    }

    /// The app calls; `input` says what.
    pub fn calls(&mut self, input: impl FnOnce(CallId) -> Input) -> CallId {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.waiting.insert(call);
        self.feed(input(call));
        call
    }

    /// The app calls `login`.
    pub fn login(&mut self) -> CallId {
        let body = Secret::new(LOGIN_BODY.into());
        self.calls(|call| Input::Login { call, body })
    }

    /// The caller gives up.
    pub fn gone(&mut self, call: CallId) {
        if self.waiting.remove(&call) {
            self.out.retain(|out| *out != call);
            self.gone.insert(call);
            self.feed(Input::Gone { call });
        }
    }

    /// The journal's events.
    #[must_use]
    pub fn events(&self) -> Vec<&'static str> {
        self.engine.journal().map(|line| line.event).collect()
    }
}

/// Whether this version of hallpass never wrote it, nor a part of what it wrote.
fn is_foreign(text: &str) -> bool {
    const THIS: &str = "hallpass/1 ";
    let is_cut_short = text.len() >= "hallpass/".len() && THIS.starts_with(text);
    !text.starts_with(THIS) && !is_cut_short
}
