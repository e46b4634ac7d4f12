//! One tab, a backend that does its work when it likes, a store and a lock that take their time.
//!
//! At the end of every run the page is loaded again, and has to show what it showed before.

use std::collections::VecDeque;

use hallpass::core::{
    Answer, Body, CallId, Effect, Engine, Failure, FetchAnswer, FetchFacts, HttpRequest, Input,
    Mode, Mono, Now, Options, PageEvent, RequestId, Secret, ServerTime, Status, Wall,
};
use proptest::prelude::*;

use crate::backend::{Backend, Reply};
use crate::world::{BEGIN, cases, check, jwt_stored};

#[derive(Clone, Copy, Debug)]
enum Step {
    Login(bool),
    Logout,
    Refresh,
    Fetch,
    Api(u8, bool),
    Gone(u8),
    Process(u8),
    Deliver(u8),
    Fail(u8),
    Lose(u8),
    Store,
    Lock,
    Time(u16),
    Page(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<bool>().prop_map(Step::Login),
        2 => Just(Step::Logout),
        1 => Just(Step::Refresh),
        2 => Just(Step::Fetch),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(call, ok)| Step::Api(call, ok)),
        1 => any::<u8>().prop_map(Step::Gone),
        8 => any::<u8>().prop_map(Step::Process),
        8 => any::<u8>().prop_map(Step::Deliver),
        1 => any::<u8>().prop_map(Step::Fail),
        1 => any::<u8>().prop_map(Step::Lose),
        4 => Just(Step::Store),
        3 => Just(Step::Lock),
        3 => (0u16..20_000).prop_map(Step::Time),
        2 => (0u8..3).prop_map(Step::Page),
    ]
}

struct Request {
    id: RequestId,
    http: HttpRequest,
    cookie: Option<u32>,
    sent: u64,
    reply: Option<Reply>,
}

struct Tab {
    engine: Engine,
    backend: Backend,
    mono: u64,
    open: Vec<Request>,
    store: Option<String>,
    work: VecDeque<Effect>,
    asks_lock: bool,
    holds_lock: bool,
    calls: Vec<CallId>,
    out: Vec<CallId>,
    settled: Vec<CallId>,
    gone: Vec<CallId>,
    last_call: u32,
}

fn options(mode: Mode) -> Options {
    match mode {
        Mode::Jwt => jwt_stored(),
        _ => Options::new(mode),
    }
}

impl Tab {
    fn open(backend: Backend, store: Option<String>, mono: u64) -> Tab {
        let config = check(options(backend.mode)).unwrap();
        let mut tab = Tab {
            engine: Engine::new(config, at(mono)),
            backend,
            mono,
            open: Vec::new(),
            store,
            work: VecDeque::new(),
            asks_lock: false,
            holds_lock: false,
            calls: Vec::new(),
            out: Vec::new(),
            settled: Vec::new(),
            gone: Vec::new(),
            last_call: 0,
        };
        tab.feed(Input::Start { seed: 7 });
        tab
    }

    fn feed(&mut self, input: Input) {
        for effect in self.engine.handle(at(self.mono), input) {
            match effect {
                Effect::Send { request, http } => self.open.push(Request {
                    id: request,
                    cookie: self.backend.cookie,
                    http,
                    sent: self.mono,
                    reply: None,
                }),
                Effect::Cancel { request } => self.open.retain(|open| open.id != request),
                Effect::Dispatch { call, .. } => self.out.push(call),
                Effect::Settle { call, .. } => {
                    assert!(!self.settled.contains(&call), "{call:?} is settled twice");
                    self.settled.push(call);
                }
                Effect::Load | Effect::Save(_) | Effect::Remove => self.work.push_back(effect),
                Effect::Lock => self.asks_lock = true,
                Effect::Unlock => (self.asks_lock, self.holds_lock) = (false, false),
                Effect::Tell(_) | Effect::Notify(_) => {}
            }
        }
        self.look();
    }

    /// Requests whose answers set a cookie are never out side by side.
    fn look(&self) {
        if self.backend.mode == Mode::Jwt {
            return;
        }
        let is_out = |path: &str| self.open.iter().any(|open| open.http.url.ends_with(path));
        assert!(
            !(is_out("/login") && (is_out("/refresh") || is_out("/logout"))),
            "{:?}",
            self.open
                .iter()
                .map(|open| &open.http.url)
                .collect::<Vec<_>>()
        );
    }

    fn call(&mut self, input: impl FnOnce(CallId) -> Input) {
        self.last_call += 1;
        let call = CallId(self.last_call);
        self.calls.push(call);
        self.feed(input(call));
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Login(is_ada) => {
                let user = if is_ada { "ada" } else { "grace" };
                let body = Secret::new(format!(r#"{{"user":"{user}"}}"#));
                self.call(|call| Input::Login { call, body });
            }
            Step::Logout => self.call(|call| Input::Logout { call }),
            Step::Refresh => self.call(|call| Input::Refresh { call }),
            Step::Fetch => {
                let facts = FetchFacts {
                    is_safe: true,
                    has_own_credential: false,
                    body: Body::Empty,
                };
                self.call(|call| Input::Fetch {
                    call,
                    facts,
                    sent_by: None,
                });
            }
            Step::Api(index, is_ok) => {
                if let Some(call) = take(&mut self.out, index) {
                    let status = if is_ok { 200 } else { 401 };
                    let answer = FetchAnswer {
                        status,
                        is_foreign: false,
                        means_signed_out: None,
                        csrf_moved: false,
                        csrf_refused: false,
                        wants_step_up: false,
                    };
                    self.feed(Input::FetchAnswered { call, answer });
                }
            }
            Step::Gone(index) => {
                let waiting = |call: &&CallId| !self.settled.contains(call);
                let calls: Vec<_> = self.calls.iter().filter(waiting).copied().collect();
                if let Some(call) = take(&mut calls.clone(), index) {
                    self.out.retain(|out| *out != call);
                    self.gone.push(call);
                    self.feed(Input::Gone { call });
                }
            }
            Step::Process(index) => self.process(index),
            Step::Deliver(index) => self.deliver(index),
            Step::Fail(index) => {
                if let Some(request) = take(&mut self.open, index) {
                    self.answered(request.id, Ok((503, String::new())));
                }
            }
            Step::Lose(index) => {
                if let Some(request) = take(&mut self.open, index) {
                    self.answered(request.id, Err(Failure::Network));
                }
            }
            Step::Store => self.store_step(),
            Step::Lock => {
                if std::mem::take(&mut self.asks_lock) {
                    self.holds_lock = true;
                    self.feed(Input::LockGranted { waited: false });
                }
            }
            Step::Time(ms) => self.pass(ms.into()),
            Step::Page(event) => {
                let events = [PageEvent::Visible, PageEvent::Restored, PageEvent::Online];
                self.feed(Input::Page(events[usize::from(event)]));
            }
        }
    }

    fn process(&mut self, index: u8) {
        let count = self.open.len();
        if count == 0 {
            return;
        }
        let request = &mut self.open[usize::from(index) % count];
        if request.reply.is_none() {
            let seconds = at(self.mono).wall.0 / 1_000;
            request.reply = Some(self.backend.process(&request.http, request.cookie, seconds));
        }
    }

    fn deliver(&mut self, index: u8) {
        let count = self.open.len();
        if count == 0 || self.open[usize::from(index) % count].reply.is_none() {
            return;
        }
        let request = self.open.remove(usize::from(index) % count);
        let reply = request.reply.unwrap();
        if let Some(cookie) = reply.cookie {
            self.backend.cookie = cookie;
        }
        self.answered(request.id, Ok((reply.status, reply.body)));
    }

    fn answered(&mut self, request: RequestId, outcome: Result<(u16, String), Failure>) {
        let date = Some(ServerTime(at(self.mono).wall.0 / 1_000 * 1_000));
        let outcome = outcome.map(|(status, body)| Answer {
            status,
            is_html: false,
            date,
            retry_after: None,
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body,
            untrusted: None,
            said: None,
        });
        self.feed(Input::Answered { request, outcome });
    }

    fn store_step(&mut self) {
        match self.work.pop_front() {
            Some(Effect::Load) => {
                let text = self.store.clone().map(Secret::new);
                self.feed(Input::Loaded(Ok(text)));
            }
            Some(Effect::Save(text)) => {
                self.store = Some(text.expose().into());
                self.feed(Input::Saved(Ok(())));
            }
            Some(_) => {
                self.store = None;
                self.feed(Input::Saved(Ok(())));
            }
            None => {}
        }
    }

    /// Nothing here is so slow that it times out.
    fn pass(&mut self, ms: u64) {
        for _ in 0..ms.div_ceil(1_000) {
            while !self.work.is_empty() {
                self.store_step();
            }
            self.take(Step::Lock);
            while let Some(place) =
                (self.open.iter()).position(|open| self.mono - open.sent > 13_000)
            {
                let request = self.open.remove(place);
                self.answered(request.id, Err(Failure::Network));
            }
            self.mono += 1_000;
            self.feed(Input::Tick);
        }
    }

    /// The network is good, and everybody waits for everything.
    fn settle_down(&mut self) {
        self.feed(Input::Page(PageEvent::Online));
        for _ in 0..40 {
            self.pass(1_000);
            for _ in 0..20 {
                self.store_step();
                self.take(Step::Lock);
                self.process(0);
                self.deliver(0);
                self.take(Step::Api(0, true));
            }
        }
        for call in &self.calls {
            let is_over = self.settled.contains(call) || self.gone.contains(call);
            assert!(is_over, "{call:?} waits for ever: {:?}", self.journal());
        }
        assert!(self.open.is_empty() && !self.holds_lock && !self.asks_lock);
    }

    fn shown(&self) -> (Status, Option<String>) {
        let snapshot = self.engine.snapshot();
        let subject = (snapshot.user.as_ref()).and_then(|user| user.get("sub")?.as_string());
        (snapshot.status, subject)
    }

    fn journal(&self) -> Vec<&'static str> {
        self.engine.journal().map(|line| line.event).collect()
    }
}

fn at(mono: u64) -> Now {
    Now {
        mono: Mono(mono),
        wall: Wall(BEGIN + mono as i64),
    }
}

fn take<T>(list: &mut Vec<T>, index: u8) -> Option<T> {
    (!list.is_empty()).then(|| list.remove(usize::from(index) % list.len()))
}

fn run(mode: Mode, steps: &[Step]) -> Result<(), TestCaseError> {
    let mut tab = Tab::open(Backend::new(mode), None, 0);
    for step in steps {
        tab.take(*step);
    }
    tab.settle_down();
    let (before, journal) = (tab.shown(), tab.journal());
    let mut again = Tab::open(tab.backend, tab.store, tab.mono);
    again.settle_down();
    prop_assert_eq!(&again.shown(), &before, "after a reload; {:?}", journal);
    prop_assert_ne!(before.0, Status::Restoring);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2_000), max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn in_session_mode_a_reload_shows_the_same(steps in proptest::collection::vec(step(), 1..60)) {
        run(Mode::Session, &steps)?;
    }

    #[test]
    fn in_jwt_mode_a_reload_shows_the_same(steps in proptest::collection::vec(step(), 1..60)) {
        run(Mode::Jwt, &steps)?;
    }

    #[test]
    fn in_hybrid_mode_a_reload_shows_the_same(steps in proptest::collection::vec(step(), 1..60)) {
        run(Mode::Hybrid, &steps)?;
    }

    #[test]
    fn nobody_who_did_not_log_out_is_logged_out(
        mode in prop_oneof![Just(Mode::Session), Just(Mode::Jwt), Just(Mode::Hybrid)],
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let mut tab = Tab::open(Backend::new(mode), None, 0);
        tab.take(Step::Login(true));
        tab.settle_down();
        for step in steps {
            if !matches!(step, Step::Logout | Step::Login(_)) {
                tab.take(step);
                prop_assert_eq!(tab.shown(), (Status::SignedIn, Some("ada".into())), "{:?}", tab.journal());
            }
        }
    }
}
