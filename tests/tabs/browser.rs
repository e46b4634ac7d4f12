//! One browser: its tabs, their store, lock and channel, and the way to the backend.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use hallpass::core::{
    Body, CallId, Effect, Engine, Event, Failure, FetchAnswer, FetchFacts, HeaderValue,
    HttpRequest, Input, Message, Mode, Mono, Now, Options, PageEvent, Reason, RequestId, Secret,
    Status, StoreFailure, Wall, Watch, Word,
};

use crate::backend::{Backend, Reply};
use crate::world::{BEGIN, check, jwt_stored};

/// What a run is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tokens in `localStorage`.
    Jwt,
    /// The refresh token in a cookie.
    Hybrid,
    /// The same, and each new access token is told to the other tabs.
    Shared,
}

impl Kind {
    fn mode(self) -> Mode {
        match self {
            Kind::Jwt => Mode::Jwt,
            Kind::Hybrid | Kind::Shared => Mode::Hybrid,
        }
    }
}

/// How many tabs, and for how long: most lives are short, so that many are lived, and some are long and crowded.
fn extent(seed: u64) -> (usize, u64) {
    match seed % 5_000 {
        4_999 => (50, 2 * 3_600_000),
        number if number % 50 == 49 => (12, 30 * 60_000),
        _ => (6, 6 * 60_000),
    }
}
/// So long a word of one tab may take to the others, and an answer to its tab: what happens within it happens at once.
const AT_ONCE: u64 = 60_000;
/// The option `timeout`, which ends a request of a tab that is awake.
const LONGEST_REQUEST: u64 = 15_000;

#[derive(Debug, Default)]
pub struct Report {
    pub ms: u64,
    pub logins: u64,
    pub refreshes: u64,
    pub repeats: u64,
    pub crashes: u64,
    /// Sign-outs.
    pub reasons: BTreeMap<&'static str, u64>,
    /// The same after something that no client can make good.
    pub excused: BTreeMap<(Excuse, &'static str), u64>,
}

/// After which a session may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// The store was full once: what was to be written down may be missing.
    StoreFull,
    /// A tab was frozen and could not give up its request, whose cookie came in after its time, in place of a newer one.
    LateCookie,
}

impl Report {
    pub fn add(&mut self, other: &Report) {
        self.ms += other.ms;
        self.logins += other.logins;
        self.refreshes += other.refreshes;
        self.repeats += other.repeats;
        self.crashes += other.crashes;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
        for (what, count) in &other.excused {
            *self.excused.entry(*what).or_default() += count;
        }
    }
}

#[derive(Debug)]
enum What {
    /// A request reaches the server, and its answer is lost or not.
    Arrive(TabId, u32, Fate),
    Answer(TabId, u32, Option<Box<Reply>>),
    Api(TabId, u32, u16),
    Tell(TabId, Message),
    StoreChanged(TabId),
    Grant(TabId),
    Wake(TabId),
    Act,
}

/// What happens at a time; of one time, in the order that it was planned.
#[derive(Debug)]
struct Entry {
    at: u64,
    place: u64,
    what: What,
}

impl Ord for Entry {
    fn cmp(&self, other: &Entry) -> Ordering {
        (self.at, self.place).cmp(&(other.at, other.place))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Entry) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Entry) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Good,
    /// Done, but the answer never comes.
    LostAfter,
    /// Never done.
    LostBefore,
    /// The server is too busy.
    Busy,
}

type TabId = u32;

struct Open {
    request: RequestId,
    http: HttpRequest,
    /// What it was sent with, and when.
    cookie: Option<u32>,
    sent: u64,
}

struct Tab {
    engine: Engine,
    opened: u64,
    frozen_until: u64,
    open: Vec<Open>,
    cancelled: Vec<RequestId>,
    waits: Vec<CallId>,
    /// Calls of `login`, and whose.
    logins: Vec<(CallId, bool)>,
    last_call: u32,
    /// What the API said last.
    last_status: Option<u16>,
}

pub struct Browser {
    kind: Kind,
    most_tabs: usize,
    life: u64,
    seed: u64,
    random: u64,
    now: u64,
    /// What somebody did to the clock.
    wall: i64,
    /// How much too fast it is, in millionths.
    drift: i64,
    tabs: BTreeMap<TabId, Tab>,
    last_tab: TabId,
    store: Option<String>,
    /// Until then nothing can be written.
    full_until: u64,
    /// Something happened that no client can make good.
    excuse: Option<Excuse>,
    holder: Option<TabId>,
    queue: VecDeque<TabId>,
    backend: Backend,
    agenda: BinaryHeap<Reverse<Entry>>,
    planned: u64,
    has_faults: bool,
    offline_until: u64,
    /// The last word of the visitor: since when somebody is meant to be signed in, or nobody.
    meant: (u64, Option<bool>),
    before: u64,
    report: Report,
    history: Vec<String>,
}

impl Browser {
    /// Lives for a while, comes to rest, and looks at what has become of it.
    pub fn live(kind: Kind, seed: u64) -> Report {
        let (most_tabs, life) = extent(seed);
        let mut browser = Browser {
            kind,
            most_tabs,
            life,
            seed,
            random: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            now: 0,
            wall: 0,
            drift: 0,
            tabs: BTreeMap::new(),
            last_tab: 0,
            store: None,
            full_until: 0,
            excuse: None,
            holder: None,
            queue: VecDeque::new(),
            backend: Backend::new(kind.mode()),
            agenda: BinaryHeap::new(),
            planned: 0,
            has_faults: true,
            offline_until: 0,
            meant: (0, None),
            before: 0,
            report: Report::default(),
            history: Vec::new(),
        };
        if browser.one_in(4) {
            browser.wall = browser.below(7_200_000) as i64 - 3_600_000;
            browser.drift = browser.below(400) as i64 - 200;
        }
        browser.open();
        browser.plan(1_000, What::Act);
        browser.run_until(life);
        browser.rest();
        browser.report.ms = browser.now;
        browser.report.repeats = browser.backend.repeats;
        browser.report
    }

    fn fail(&self, what: &str) -> ! {
        let from = self.history.len().saturating_sub(60);
        for line in &self.history[from..] {
            println!("{line}");
        }
        for (id, tab) in &self.tabs {
            let lines = tab.engine.journal().map(|line| {
                let at = line.time.0 - BEGIN - self.wall;
                format!("{at} {} {}", line.event, line.detail.unwrap_or_default())
            });
            let lines: Vec<_> = lines.collect();
            let from = lines.len().saturating_sub(20);
            println!("tab {id}, opened at {}: {:#?}", tab.opened, &lines[from..]);
        }
        println!("store: {:?}", self.store);
        panic!(
            "seed {}, {:?}, {} ms: {what}",
            self.seed, self.kind, self.now
        );
    }

    fn note(&mut self, line: String) {
        self.history.push(format!("{:>9} {line}", self.now));
    }

    // Chance.

    fn random(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random() % bound
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn any_tab(&mut self) -> Option<TabId> {
        let count = self.tabs.len() as u64;
        let place = (count > 0).then(|| self.below(count))?;
        self.tabs.keys().nth(place as usize).copied()
    }

    // Time.

    fn plan(&mut self, after: u64, what: What) {
        self.planned += 1;
        self.agenda.push(Reverse(Entry {
            at: self.now + after,
            place: self.planned,
            what,
        }));
    }

    fn run_until(&mut self, end: u64) {
        while self
            .agenda
            .peek()
            .is_some_and(|Reverse(entry)| entry.at <= end)
        {
            let Reverse(entry) = self.agenda.pop().unwrap();
            self.now = self.now.max(entry.at);
            self.happen(entry.what);
        }
        self.now = end;
    }

    fn times(&self, tab: &Tab) -> Now {
        Now {
            mono: Mono(self.now - tab.opened),
            wall: self.wall_time(),
        }
    }

    /// By the server's clock.
    fn seconds(&self) -> i64 {
        (BEGIN + self.now as i64) / 1_000
    }

    fn wall_time(&self) -> Wall {
        let now = self.now as i64;
        Wall(BEGIN + now + self.wall + now * self.drift / 1_000_000)
    }

    fn happen(&mut self, what: What) {
        let whose = match &what {
            What::Act | What::Arrive(..) => None,
            What::Answer(tab, ..)
            | What::Api(tab, ..)
            | What::Tell(tab, _)
            | What::StoreChanged(tab)
            | What::Grant(tab)
            | What::Wake(tab) => Some(*tab),
        };
        if let Some(id) = whose {
            // The browser takes a cookie whether or not the tab is still there.
            if let What::Answer(_, request, Some(reply)) = &what
                && let Some(cookie) = reply.cookie
                && let Some(open) = self.open_request(id, *request)
            {
                let is_late = self.now - open.sent > LONGEST_REQUEST;
                if is_late && open.cookie != self.backend.cookie {
                    self.excuse.get_or_insert(Excuse::LateCookie);
                }
                self.note(format!("tab {id} gets {cookie:?}"));
                self.backend.cookie = cookie;
            }
            let Some(tab) = self.tabs.get(&id) else {
                return;
            };
            if tab.frozen_until > self.now {
                let wait = tab.frozen_until - self.now;
                self.plan(wait, strip(what));
                return;
            }
        }
        match what {
            What::Act => self.act(),
            What::Arrive(tab, request, fate) => self.arrive(tab, request, fate),
            What::Answer(tab, request, reply) => self.answer(tab, request, reply),
            What::Api(tab, call, status) => {
                let answer = FetchAnswer {
                    status,
                    is_foreign: false,
                    means_signed_out: None,
                    csrf_moved: false,
                    wants_step_up: false,
                };
                let call = CallId(call);
                self.tabs.get_mut(&tab).unwrap().last_status = Some(status);
                self.feed(tab, Input::FetchAnswered { call, answer });
            }
            What::Tell(tab, message) => self.feed(tab, Input::Message(message)),
            What::StoreChanged(tab) => self.feed(tab, Input::Page(PageEvent::StoreChanged)),
            What::Grant(tab) => {
                if self.holder == Some(tab) {
                    self.feed(tab, Input::LockGranted { waited: false });
                }
            }
            What::Wake(tab) => {
                let due = self.tabs[&tab].engine.next_deadline();
                let mono = self.times(&self.tabs[&tab]).mono;
                if due.is_some_and(|at| at <= mono) {
                    self.feed(tab, Input::Tick);
                }
            }
        }
    }

    // What people and devices do.

    fn act(&mut self) {
        let wait = 1 + self.below(8_000);
        self.plan(wait, What::Act);
        match self.below(40) {
            0..=9 => self.fetch(),
            10..=13 => self.call(|call| Input::Token { call }),
            14..=15 => self.call(|call| Input::Refresh { call }),
            16..=19 if self.meant.1 != Some(true) || self.one_in(8) => self.login(),
            20 if self.one_in(3) => self.logout(),
            21..=25 if self.tabs.len() < self.most_tabs => self.open(),
            26..=28 => self.crash(),
            29..=30 => {
                if let Some(id) = self.any_tab() {
                    let until = self.now + 1 + self.below(90_000);
                    self.note(format!("tab {id} freezes"));
                    // What waits for the first end must not come after the second.
                    let tab = self.tabs.get_mut(&id).unwrap();
                    tab.frozen_until = tab.frozen_until.max(until);
                }
            }
            31 => self.offline_until = self.now + self.below(60_000),
            32 => {
                // Forward is a sleep for all it can tell; back, somebody set the clock.
                let jump = self.below(7_200_000) as i64 - 3_600_000;
                self.note(format!("the clock jumps by {jump}"));
                self.wall += jump;
            }
            36 => self.noise(),
            37 if self.seed % 10 == 3 => {
                self.note("the store is full".into());
                self.full_until = self.now + self.below(60_000);
                self.excuse = Some(Excuse::StoreFull);
            }
            33..=35 => {
                if let Some(id) = self.any_tab().filter(|id| self.is_awake(*id)) {
                    self.feed(id, Input::Page(PageEvent::Visible));
                }
            }
            _ => {}
        }
    }

    /// Something on the channel that no tab of ours has said.
    fn noise(&mut self) {
        let Some(id) = self.any_tab().filter(|id| self.is_awake(*id)) else {
            return;
        };
        let word = Word::ALL[self.below(5) as usize];
        let login = self.wall_time().0 + 100_000_000;
        let message = Message {
            word,
            login,
            generation: 1,
            subject: 0,
            wait_ms: 0,
            access: None,
        };
        self.feed(id, Input::Noise { times: 1 });
        self.feed(id, Input::Message(message));
    }

    fn open_request(&self, id: TabId, request: u32) -> Option<&Open> {
        let tab = self.tabs.get(&id)?;
        let request = RequestId(request);
        let open = tab.open.iter().find(|open| open.request == request)?;
        (!tab.cancelled.contains(&request)).then_some(open)
    }

    fn is_awake(&self, id: TabId) -> bool {
        self.tabs
            .get(&id)
            .is_some_and(|tab| tab.frozen_until <= self.now)
    }

    fn open(&mut self) {
        self.last_tab += 1;
        let id = self.last_tab;
        self.note(format!("tab {id} opens"));
        let options = match self.kind {
            Kind::Jwt => jwt_stored(),
            Kind::Hybrid => Options::new(Mode::Hybrid),
            Kind::Shared => Options {
                share_across_tabs: true,
                ..Options::new(Mode::Hybrid)
            },
        };
        let now = Now {
            mono: Mono(0),
            wall: self.wall_time(),
        };
        let tab = Tab {
            engine: Engine::new(check(options).unwrap(), now),
            opened: self.now,
            frozen_until: 0,
            open: Vec::new(),
            cancelled: Vec::new(),
            waits: Vec::new(),
            logins: Vec::new(),
            last_call: 0,
            last_status: None,
        };
        self.tabs.insert(id, tab);
        let seed = self.random();
        self.feed(id, Input::Start { seed });
    }

    fn crash(&mut self) {
        if let Some(id) = self.any_tab() {
            self.note(format!("tab {id} crashes"));
            self.report.crashes += 1;
            // What is on its way comes in just now, or never.
            let comes = self.one_in(2);
            let mut cookies = Vec::new();
            for Reverse(entry) in &self.agenda {
                if let What::Answer(tab, request, Some(reply)) = &entry.what
                    && *tab == id
                    && self.open_request(id, *request).is_some()
                {
                    cookies.extend(reply.cookie);
                }
            }
            if let (true, Some(cookie)) = (comes, cookies.first()) {
                self.note(format!("tab {id} leaves {cookie:?}"));
                self.backend.cookie = *cookie;
            }
            let tab = self.tabs.remove(&id).unwrap();
            if tab.logins.iter().any(|(call, _)| tab.waits.contains(call)) {
                // Whether that login came to anything, nobody knows.
                self.meant = (self.now, None);
            }
            self.let_go(id);
        }
    }

    fn call(&mut self, input: impl FnOnce(CallId) -> Input) {
        if let Some(id) = self.any_tab().filter(|id| self.is_awake(*id)) {
            self.call_in(id, input);
        }
    }

    fn call_in(&mut self, id: TabId, input: impl FnOnce(CallId) -> Input) {
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.last_call += 1;
        let call = CallId(tab.last_call);
        tab.waits.push(call);
        let input = input(call);
        match &input {
            Input::Login { body, .. } => {
                let is_ada = body.expose().contains("ada");
                tab.logins.push((call, is_ada));
                self.note(format!("tab {id} logs in, ada: {is_ada}"));
            }
            Input::Logout { .. } => {
                self.note(format!("tab {id} logs out"));
                self.before = self.now;
                self.meant = (self.now, Some(false));
            }
            _ => {}
        }
        self.feed(id, input);
    }

    fn login(&mut self) {
        let user = if self.one_in(2) { "ada" } else { "grace" };
        let body = Secret::new(format!(r#"{{"user":"{user}"}}"#));
        self.call(|call| Input::Login { call, body });
    }

    fn logout(&mut self) {
        self.call(|call| Input::Logout { call });
    }

    fn fetch(&mut self) {
        self.call(fetch);
    }

    // The engine of a tab.

    fn feed(&mut self, id: TabId, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(tab) = self.tabs.get(&id) else {
                return;
            };
            let now = self.times(tab);
            let effects = self.tabs.get_mut(&id).unwrap().engine.handle(now, input);
            for effect in effects {
                self.carry_out(id, effect, &mut inputs);
            }
        }
        if let Some(Mono(at)) = self.tabs[&id].engine.next_deadline() {
            let mono = self.times(&self.tabs[&id]).mono.0;
            self.plan(at.saturating_sub(mono) + 1, What::Wake(id));
        }
    }

    fn carry_out(&mut self, id: TabId, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { request, http } => self.send(id, request, http),
            Effect::Cancel { request } => {
                // It may be done all the same; its answer is nobody's, nor is its cookie.
                let tab = self.tabs.get_mut(&id).unwrap();
                tab.cancelled.push(request);
            }
            Effect::Dispatch {
                call,
                headers,
                watch,
                ..
            } => self.dispatch(id, call, &headers, watch),
            Effect::Settle { call, outcome } => self.settle(id, call, outcome.is_ok()),
            Effect::Load => {
                let text = self.store.clone().map(Secret::new);
                inputs.push_back(Input::Loaded(Ok(text)));
            }
            Effect::Save(_) if self.full_until > self.now => {
                inputs.push_back(Input::Saved(Err(StoreFailure)));
            }
            Effect::Save(text) => {
                self.write(id, Some(text.expose().into()));
                inputs.push_back(Input::Saved(Ok(())));
            }
            Effect::Remove => {
                self.write(id, None);
                inputs.push_back(Input::Saved(Ok(())));
            }
            Effect::Lock => {
                self.queue.push_back(id);
                self.pass_lock();
            }
            Effect::Unlock => self.let_go(id),
            Effect::Tell(message) => {
                for other in self.others(id) {
                    let wait = self.below(40);
                    self.plan(wait, What::Tell(other, message.clone()));
                }
            }
            Effect::Notify(change) => {
                let reason = change.snapshot.reason;
                if change.event == Event::SignedOut {
                    self.signed_out(id, reason);
                }
            }
        }
    }

    fn others(&self, id: TabId) -> Vec<TabId> {
        self.tabs.keys().copied().filter(|tab| *tab != id).collect()
    }

    fn write(&mut self, id: TabId, value: Option<String>) {
        if self.store != value {
            self.store = value;
            for other in self.others(id) {
                let wait = self.below(200);
                self.plan(wait, What::StoreChanged(other));
            }
        }
    }

    fn pass_lock(&mut self) {
        if self.holder.is_none()
            && let Some(next) = self.queue.pop_front()
        {
            self.holder = Some(next);
            let wait = self.below(5);
            self.plan(wait, What::Grant(next));
        }
    }

    fn let_go(&mut self, id: TabId) {
        self.queue.retain(|tab| *tab != id);
        if self.holder == Some(id) {
            self.holder = None;
        }
        self.pass_lock();
    }

    // The way to the backend and back.

    fn send(&mut self, id: TabId, request: RequestId, http: HttpRequest) {
        let cookie = self.backend.cookie;
        if http.url.ends_with("/refresh") {
            self.report.refreshes += 1;
        }
        let path = http.url.rsplit('/').next().unwrap_or_default().to_owned();
        self.note(format!("tab {id} sends {path} with {cookie:?}"));
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.open.push(Open {
            request,
            http,
            cookie,
            sent: self.now,
        });
        let is_offline = self.offline_until > self.now;
        let fate = if is_offline {
            Fate::LostBefore
        } else if !self.has_faults {
            Fate::Good
        } else {
            match self.below(40) {
                0..=2 => Fate::LostAfter,
                3 => Fate::LostBefore,
                4..=5 => Fate::Busy,
                _ => Fate::Good,
            }
        };
        let wait = self.latency();
        self.plan(wait, What::Arrive(id, request.0, fate));
    }

    fn latency(&mut self) -> u64 {
        if self.has_faults && self.one_in(20) {
            self.below(20_000)
        } else {
            1 + self.below(300)
        }
    }

    fn arrive(&mut self, id: TabId, request: u32, fate: Fate) {
        // A request outlives its tab (`keepalive`), but here it is forgotten with it where it had not arrived.
        let Some(tab) = self.tabs.get(&id) else {
            return;
        };
        let found = tab.open.iter().find(|open| open.request.0 == request);
        let Some((http, cookie)) = found.map(|open| (open.http.clone(), open.cookie)) else {
            return;
        };
        let seconds = self.seconds();
        let reply = match fate {
            Fate::LostBefore => None,
            Fate::Busy => Some(Reply::busy()),
            Fate::Good | Fate::LostAfter => {
                let reply = self.backend.process(&http, cookie, seconds);
                if self.meant.1 == Some(false) {
                    // Of a session that was logged out of: it ends, as it was meant to.
                    self.backend.reuses = 0;
                }
                if self.backend.reuses > 0 && self.excuse.is_none() {
                    self.fail(&format!("tab {id} used a refresh token twice"));
                }
                (matches!(fate, Fate::Good)).then_some(reply)
            }
        };
        let path = http.url.rsplit('/').next().unwrap_or_default().to_owned();
        self.note(format!("tab {id}: {path} {fate:?}"));
        let wait = self.latency();
        self.plan(wait, What::Answer(id, request, reply.map(Box::new)));
    }

    fn answer(&mut self, id: TabId, request: u32, reply: Option<Box<Reply>>) {
        if self.open_request(id, request).is_none() {
            return;
        }
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.open.retain(|open| open.request.0 != request);
        let seconds = self.seconds();
        let outcome = reply.map_or(
            Err(Failure::Network),
            |reply| Ok(reply.into_answer(seconds)),
        );
        let request = RequestId(request);
        self.feed(id, Input::Answered { request, outcome });
    }

    /// The API takes a token until its end.
    fn dispatch(
        &mut self,
        id: TabId,
        call: CallId,
        headers: &[(String, HeaderValue)],
        watch: Watch,
    ) {
        let token = headers.iter().find_map(|(name, value)| match value {
            HeaderValue::Is(secret) if name == "Authorization" => {
                Some(secret.expose().trim_start_matches("Bearer ").to_owned())
            }
            _ => None,
        });
        let seconds = self.seconds();
        let is_good = token.is_some_and(|token| self.backend.takes(&token, seconds));
        if watch == Watch::No {
            self.settle(id, call, true);
            return;
        }
        let wait = self.latency();
        let status = if is_good { 200 } else { 401 };
        self.plan(wait, What::Api(id, call.0, status));
    }

    // What came of it.

    fn settle(&mut self, id: TabId, call: CallId, is_ok: bool) {
        let tab = self.tabs.get_mut(&id).unwrap();
        if !tab.waits.contains(&call) {
            self.fail(&format!("tab {id} settled {call:?}, which does not wait"));
        }
        tab.waits.retain(|waiting| *waiting != call);
        if let Some((_, is_ada)) = tab.logins.iter().find(|(login, _)| *login == call).copied()
            && is_ok
        {
            self.note(format!("tab {id} has logged in, ada: {is_ada}"));
            self.report.logins += 1;
            self.before = self.meant.0;
            self.meant = (self.now, Some(true));
        }
    }

    fn signed_out(&mut self, id: TabId, reason: Option<Reason>) {
        let reason = reason.map_or("none", Reason::as_str);
        self.note(format!("tab {id} is signed out: {reason}"));
        let count = match self.excuse {
            Some(excuse) => self.report.excused.entry((excuse, reason)).or_default(),
            None => self.report.reasons.entry(reason).or_default(),
        };
        *count += 1;
        let since = self.now - self.meant.0;
        if self.meant.1 == Some(true)
            && self.excuse.is_none()
            && since > AT_ONCE
            && self.tabs[&id].frozen_until + AT_ONCE < self.now
        {
            let journal: Vec<_> = self.tabs[&id]
                .engine
                .journal()
                .map(|line| line.event)
                .collect();
            self.fail(&format!("tab {id} lost its session: {reason}; {journal:?}"));
        }
    }

    /// Everything is well from now on; every tab has to come to the same end.
    fn rest(&mut self) {
        self.note("rest".into());
        self.has_faults = false;
        self.offline_until = 0;
        self.agenda
            .retain(|Reverse(entry)| !matches!(entry.what, What::Act));
        let ids: Vec<TabId> = self.tabs.keys().copied().collect();
        for id in ids
            .into_iter()
            .filter(|id| self.is_awake(*id))
            .collect::<Vec<_>>()
        {
            self.feed(id, Input::Page(PageEvent::Online));
        }
        self.run_until(self.now + 4 * 60_000);
        // What a server refuses, it tells to who asks.
        let ids: Vec<TabId> = self.tabs.keys().copied().collect();
        for id in ids {
            self.call_in(id, fetch);
        }
        self.run_until(self.now + 60_000);

        for (id, tab) in &self.tabs {
            if !tab.waits.is_empty() {
                let journal: Vec<_> = tab.engine.journal().map(|line| line.event).collect();
                self.fail(&format!(
                    "tab {id}: {:?} wait for ever; {journal:?}",
                    tab.waits
                ));
            }
        }
        for (id, tab) in &self.tabs {
            let is_refused = tab.last_status != Some(200);
            if tab.engine.snapshot().status == Status::SignedIn && is_refused {
                self.fail(&format!("tab {id} is signed in, and refused"));
            }
        }
        let mut ends: Vec<(TabId, Status, Option<String>)> = Vec::new();
        for (id, tab) in &self.tabs {
            let snapshot = tab.engine.snapshot();
            let subject = snapshot
                .user
                .as_ref()
                .and_then(|user| user.get("sub")?.as_string());
            ends.push((*id, snapshot.status, subject));
        }
        let is_one = ends
            .windows(2)
            .all(|pair| (pair[0].1, &pair[0].2) == (pair[1].1, &pair[1].2));
        if !is_one {
            self.fail(&format!("the tabs disagree: {ends:?}"));
        }
        let (since, meant) = self.meant;
        let Some((_, status, _)) = ends.first() else {
            return;
        };
        let is_clear = self.excuse.is_none()
            && since.saturating_sub(self.before) > AT_ONCE
            && self.life.saturating_sub(since) > AT_ONCE;
        if let (true, Some(meant)) = (is_clear, meant)
            && meant != (*status == Status::SignedIn)
        {
            self.fail(&format!("meant to be signed in: {meant}, but {ends:?}"));
        }
    }
}

fn fetch(call: CallId) -> Input {
    let facts = FetchFacts {
        is_safe: true,
        has_own_credential: false,
        body: Body::Empty,
    };
    Input::Fetch {
        call,
        facts,
        sent_by: None,
    }
}

/// What waits for a frozen tab; its cookie has been taken already.
fn strip(what: What) -> What {
    match what {
        What::Answer(tab, request, Some(mut reply)) => {
            reply.cookie = None;
            What::Answer(tab, request, Some(reply))
        }
        other => other,
    }
}
