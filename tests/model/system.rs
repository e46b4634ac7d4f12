//! One browser: tabs with the engine that ships, store, lock, channel, network, and the server.

use std::collections::{BTreeMap, VecDeque};

use hallpass::core::{
    CallId, Code, Config, Effect, Endpoint, Engine, Failure, HttpRequest, Input, Message, Mode,
    Mono, Now, Options, Outline, PageEvent, RequestId, Secret, Status, StoreFailure, Wall,
};
use stateright::{Model, Property};

use crate::backend::{Backend, Reply};
use crate::bounds::{Bounds, Kind};
use crate::print::Seen;
use crate::properties;
use crate::store::{Job, Slow};
use crate::world::{BEGIN, body_of, check, header, headers_of, jwt_stored};

/// Of access tokens. Every wait is shorter, so that time goes on by ends of tokens only.
const LIFETIME: i64 = 1_000;
/// Longer than any deadline but that of a token.
const LONGEST_WAIT: u64 = 100_000;

const TOKEN: CallId = CallId(1);
const LOGIN: CallId = CallId(2);
const LOGOUT: CallId = CallId(3);

#[derive(Clone)]
pub struct Tab {
    pub engine: Engine,
    pub outline: Outline,
    pub seen: Seen,
    /// What other tabs have told, in that order.
    pub heard: VecDeque<Message>,
    /// Another tab has written to the store.
    pub noticed: bool,
    pub waits: Vec<CallId>,
    /// Whom it showed when the call for a token began.
    asked_as: Option<String>,
    pub slow: Slow,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub tab: usize,
    /// Which life of that place: a request may outlive its tab.
    life: u32,
    pub id: RequestId,
    pub http: HttpRequest,
    /// What it says, and what names it to the server.
    pub words: (String, String),
    /// The cookie it was sent with.
    pub cookie: Option<u32>,
    pub given_up: bool,
    /// The server has done it; its answer is on the way.
    pub reply: Option<Reply>,
}

/// The last word of the visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Meant {
    SignedIn,
    SignedOut,
    /// Words of two tabs crossed, or a tab was gone before its word was answered.
    Either,
}

#[derive(Clone)]
pub struct State {
    pub tabs: Vec<Option<Tab>>,
    lives: Vec<u32>,
    pub store: Option<String>,
    pub is_slow: bool,
    pub lands_at_once: bool,
    pub holder: Option<usize>,
    pub granted: bool,
    /// Who holds it had to wait for it.
    pub waited: bool,
    pub queue: VecDeque<usize>,
    pub net: Vec<Request>,
    pub server: Backend,
    /// Which attempts have sent each refresh token.
    pub attempts: BTreeMap<u32, Vec<String>>,
    pub meant: Meant,
    /// The server ended a session of its own accord.
    pub was_revoked: bool,
    /// The store refused a write: what was to be noted may be missing.
    pub was_full: bool,
    pub is_full: bool,
    /// Somebody signed in or out past every engine.
    pub was_past_engines: bool,
    /// A call was ended as another's while its tab went on showing the same person.
    pub was_wronged: bool,
    pub now: u64,
    pub used: Bounds,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The access token comes to its end.
    Expire,
    Hear(usize),
    Notice(usize),
    /// The store answers the oldest read of this tab, or does the oldest write.
    Read(usize),
    Write(usize),
    /// The same, before what was asked earlier.
    Overtake(usize),
    /// It looks, and answers later.
    Look(usize),
    /// It answers nothing any more.
    Hang(usize),
    Grant(usize),
    Wake(usize),
    /// A request reaches the server.
    Arrive(usize),
    /// An answer reaches its tab.
    Answer(usize),
    Lose(usize),
    Drop(usize),
    Busy(usize),
    Crash(usize),
    Open(usize),
    Revoke,
    Fill,
    Call(usize),
    Login(usize),
    Relogin(usize),
    Logout(usize),
    /// The tab goes to a page of the backend, which signs somebody else in.
    PageLogin(usize),
    PageLogout(usize),
}

pub struct System {
    pub kind: Kind,
    bounds: Bounds,
    config: Config,
}

impl System {
    pub fn new(kind: Kind, bounds: Bounds) -> System {
        let options = match kind {
            Kind::Jwt => jwt_stored(),
            Kind::Slow => Options {
                timed_refresh: !bounds.is_lazy,
                ..jwt_stored()
            },
            Kind::Hybrid => Options::new(Mode::Hybrid),
            Kind::Session => Options {
                me: Endpoint::At("/auth/me".into()),
                ..Options::new(Mode::Session)
            },
        };
        System {
            kind,
            bounds,
            config: check(options).unwrap(),
        }
    }

    fn mode(&self) -> Mode {
        match self.kind {
            Kind::Jwt | Kind::Slow => Mode::Jwt,
            Kind::Hybrid => Mode::Hybrid,
            Kind::Session => Mode::Session,
        }
    }

    /// Everybody is there, and Ada is signed in.
    fn begin(&self) -> State {
        let mut server = Backend::new(self.mode());
        server.lifetime = LIFETIME;
        let mut state = State {
            tabs: vec![None; self.bounds.tabs],
            lives: vec![0; self.bounds.tabs],
            store: None,
            is_slow: self.kind == Kind::Slow,
            lands_at_once: self.bounds.lands_at_once,
            holder: None,
            granted: false,
            waited: false,
            queue: VecDeque::new(),
            net: Vec::new(),
            server,
            attempts: BTreeMap::new(),
            meant: Meant::SignedIn,
            was_revoked: false,
            was_full: false,
            is_full: false,
            was_past_engines: false,
            was_wronged: false,
            now: 0,
            used: Bounds::default(),
        };
        for place in 0..self.bounds.tabs {
            self.open(&mut state, place);
            self.come_to_rest(&mut state);
        }
        let body = Secret::new(r#"{"user":"ada"}"#.into());
        state.call(0, LOGIN, Input::Login { call: LOGIN, body });
        self.come_to_rest(&mut state);
        // All alike: which of them logged in makes no difference any more.
        let all = (0..self.bounds.tabs).filter(|_| self.kind != Kind::Hybrid);
        for place in all.clone() {
            state.leave(place);
        }
        for place in all {
            self.open(&mut state, place);
            self.come_to_rest(&mut state);
        }
        state.attempts.clear();
        state
    }

    pub fn come_to_rest(&self, state: &mut State) {
        for _ in 0..1_000 {
            let mut actions = Vec::new();
            self.by_itself(state, &mut actions);
            let Some(action) = actions.into_iter().next() else {
                return;
            };
            self.perform(state, &action);
        }
        panic!("it does not come to rest");
    }

    fn open(&self, state: &mut State, place: usize) {
        state.lives[place] += 1;
        state.tabs[place] = Some(Tab {
            engine: Engine::new(self.config.clone(), state.time()),
            outline: Outline::default(),
            seen: Seen::default(),
            heard: VecDeque::new(),
            noticed: false,
            waits: Vec::new(),
            asked_as: None,
            slow: Slow::default(),
        });
        let seed = 42 + 2 * place as u64 + 100 * u64::from(state.lives[place]);
        state.feed(place, Input::Start { seed });
    }

    /// What goes on without anybody's doing.
    pub fn by_itself(&self, state: &State, actions: &mut Vec<Action>) {
        for (place, tab) in state.living() {
            if !tab.heard.is_empty() {
                actions.push(Action::Hear(place));
            }
            if tab.noticed {
                actions.push(Action::Notice(place));
            }
            if tab.slow.read() == Some(0) {
                actions.push(Action::Read(place));
            }
            if tab.slow.write() == Some(0) {
                actions.push(Action::Write(place));
            }
            if state.holder == Some(place) && !state.granted {
                actions.push(Action::Grant(place));
            }
            if state.wakes(place).is_some_and(|is_late| !is_late) {
                actions.push(Action::Wake(place));
            }
        }
        for (number, request) in state.net.iter().enumerate() {
            actions.push(match request.reply {
                None => Action::Arrive(number),
                Some(_) => Action::Answer(number),
            });
        }
    }

    fn by_chance(&self, state: &State, actions: &mut Vec<Action>) {
        let (used, most) = (&state.used, &self.bounds);
        for (number, request) in state.net.iter().enumerate() {
            match request.reply {
                None if used.dropped < most.dropped => actions.push(Action::Drop(number)),
                Some(_) if used.lost < most.lost => actions.push(Action::Lose(number)),
                _ => {}
            }
            if request.reply.is_none() && used.busy < most.busy {
                actions.push(Action::Busy(number));
            }
        }
        // No answer takes as long as a token lives.
        let is_awaited = !state.net.is_empty() || state.living().any(|(_, tab)| tab.slow.is_busy());
        if used.expiries < most.expiries && !is_awaited {
            actions.push(Action::Expire);
        }
        if used.revoked < most.revoked {
            actions.push(Action::Revoke);
        }
        if used.full < most.full && !state.is_full {
            actions.push(Action::Fill);
        }
        for (place, tab) in state.tabs.iter().enumerate() {
            let Some(tab) = tab else {
                actions.push(Action::Open(place));
                continue;
            };
            if used.late < most.late && state.wakes(place) == Some(true) {
                actions.push(Action::Wake(place));
            }
            if used.crashes < most.crashes {
                actions.push(Action::Crash(place));
            }
            if used.calls < most.calls && !tab.waits.contains(&TOKEN) {
                actions.push(Action::Call(place));
            }
            if used.logins < most.logins && !tab.waits.contains(&LOGIN) {
                actions.push(Action::Login(place));
            }
            if used.relogins < most.relogins && !tab.waits.contains(&LOGIN) {
                actions.push(Action::Relogin(place));
            }
            if used.hangs < most.hangs && tab.slow.read() == Some(0) {
                actions.push(Action::Hang(place));
            }
            if used.overtakes < most.overtakes && tab.slow.overtaker().is_some() {
                actions.push(Action::Overtake(place));
            }
            if used.looks < most.looks && tab.slow.may_look() {
                actions.push(Action::Look(place));
            }
            if used.page_logins < most.page_logins {
                actions.push(Action::PageLogin(place));
            }
            if used.page_logouts < most.page_logouts {
                actions.push(Action::PageLogout(place));
            }
            if used.logouts < most.logouts && !tab.waits.contains(&LOGOUT) {
                actions.push(Action::Logout(place));
            }
        }
    }

    fn perform(&self, state: &mut State, action: &Action) {
        match *action {
            Action::Expire => {
                state.used.expiries += 1;
                state.now += 1_000 * LIFETIME.unsigned_abs();
            }
            Action::Hear(place) => {
                let message = state.tab(place).heard.pop_front().unwrap();
                state.feed(place, Input::Message(message));
            }
            Action::Notice(place) => {
                state.tab(place).noticed = false;
                state.feed(place, Input::Page(PageEvent::StoreChanged));
            }
            Action::Read(place) | Action::Write(place) => state.do_job(place, 0),
            Action::Overtake(place) => {
                state.used.overtakes += 1;
                let number = state.tab(place).slow.overtaker().unwrap();
                state.do_job(place, number);
            }
            Action::Look(place) => {
                state.used.looks += 1;
                state.look(place);
            }
            Action::Hang(place) => {
                state.used.hangs += 1;
                state.hang(place);
            }
            Action::Grant(place) => {
                state.granted = true;
                // Present at once, words may come later than it: the more orders.
                let waited = state.is_slow && state.waited;
                state.feed(place, Input::LockGranted { waited });
            }
            Action::Wake(place) => {
                state.used.late += u8::from(state.wakes(place) == Some(true));
                let due = state.tab(place).engine.next_deadline().unwrap();
                let at = due.max(Mono(state.now));
                state.feed_at(place, Input::Tick, at);
            }
            Action::Arrive(number) => self.arrive(state, number),
            Action::Answer(number) => state.answer(number),
            Action::Lose(number) => {
                state.used.lost += 1;
                let request = state.net.remove(number);
                state.lost(request);
            }
            Action::Drop(number) => {
                state.used.dropped += 1;
                let request = state.net.remove(number);
                state.lost(request);
            }
            Action::Busy(number) => {
                state.used.busy += 1;
                state.net[number].reply = Some(Reply::busy());
            }
            Action::Crash(place) => {
                state.used.crashes += 1;
                state.leave(place);
            }
            Action::Open(place) => self.open(state, place),
            Action::Revoke => {
                state.used.revoked += 1;
                state.was_revoked = true;
                state.server.revoke_all();
            }
            Action::Fill => {
                state.used.full += 1;
                state.was_full = true;
                state.is_full = true;
            }
            Action::Call(place) => {
                state.used.calls += 1;
                state.call(place, TOKEN, Input::Token { call: TOKEN });
            }
            Action::Login(place) => {
                state.used.logins += 1;
                state.log_in(place, "grace");
            }
            Action::Relogin(place) => {
                state.used.relogins += 1;
                state.log_in(place, "ada");
            }
            Action::PageLogin(place) => {
                state.used.page_logins += 1;
                state.visit_page(place, Some("grace"));
            }
            Action::PageLogout(place) => {
                state.used.page_logouts += 1;
                state.visit_page(place, None);
            }
            Action::Logout(place) => {
                state.used.logouts += 1;
                state.intend(Meant::SignedOut);
                state.call(place, LOGOUT, Input::Logout { call: LOGOUT });
            }
        }
    }

    fn arrive(&self, state: &mut State, number: usize) {
        let seconds = state.seconds();
        let request = &mut state.net[number];
        if request.http.url.ends_with("/refresh") {
            let token = state.server.credential(&request.http, request.cookie);
            let key = request.words.1.clone();
            if let Some(token) = token.filter(|token| !state.server.is_revoked(*token)) {
                let keys = state.attempts.entry(token).or_default();
                // Blind, it has asked the other tabs some times, and tries what it has in the end.
                let is_blind = state.tabs[request.tab]
                    .as_ref()
                    .is_some_and(|tab| tab.slow.hangs);
                if !keys.contains(&key) && !keys.is_empty() && is_blind {
                    state.was_full = true;
                }
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        let reply = state.server.process(&request.http, request.cookie, seconds);
        request.reply = Some(reply);
    }
}

impl State {
    pub fn living(&self) -> impl Iterator<Item = (usize, &Tab)> {
        let tabs = self.tabs.iter().enumerate();
        tabs.filter_map(|(place, tab)| Some((place, tab.as_ref()?)))
    }

    pub fn tab(&mut self, place: usize) -> &mut Tab {
        self.tabs[place].as_mut().unwrap()
    }

    fn time(&self) -> Now {
        Now {
            mono: Mono(self.now),
            wall: Wall(BEGIN + self.now as i64),
        }
    }

    fn seconds(&self) -> i64 {
        (BEGIN + self.now as i64) / 1_000
    }

    /// Whether a deadline may pass; true: what it waits for could still come.
    pub fn wakes(&self, place: usize) -> Option<bool> {
        let tab = self.tabs[place].as_ref()?;
        let Mono(at) = tab.engine.next_deadline()?;
        let expects = !tab.slow.hangs || self.is_answered_yet(place);
        // No word takes as long as a store is waited for.
        let hears = self
            .living()
            .any(|(_, tab)| !tab.heard.is_empty() || tab.noticed);
        let is_late = match *tab.outline.timers.first()? {
            // It settles: words of who had it come meanwhile.
            "lock" if self.holder == Some(place) && self.granted => hears,
            "lock" => true,
            "refresh" | "login" | "logout" | "me" => expects,
            "load" | "write" => !tab.slow.hangs || hears,
            "cooldown" => self.is_slow && hears,
            _ => false,
        };
        (at <= self.now + LONGEST_WAIT).then_some(is_late)
    }

    /// A request is out, or the lock was asked for: something will come.
    pub fn is_answered_yet(&self, place: usize) -> bool {
        let is_its = |request: &Request| request.tab == place && self.is_here(request);
        self.net
            .iter()
            .any(|request| is_its(request) && !request.given_up)
            || self.queue.contains(&place)
            || (self.holder == Some(place) && !self.granted)
    }

    /// Of two words that cross, nobody can tell which is the last: either is right, if all tabs take the same.
    pub fn intend(&mut self, meant: Meant) {
        let used = &self.used;
        let by_engines = used.logins + used.relogins + used.logouts;
        let is_second = by_engines + used.page_logins + used.page_logouts > 1;
        let is_crossing = !self.net.is_empty()
            || self
                .living()
                .any(|(_, tab)| !(tab.waits.is_empty() && tab.heard.is_empty()));
        // Who does not know what happened on a page means something else.
        self.meant = if is_second && (is_crossing || self.was_past_engines) {
            Meant::Either
        } else {
            meant
        };
    }

    fn log_in(&mut self, place: usize, person: &str) {
        self.intend(Meant::SignedIn);
        let body = Secret::new(format!(r#"{{"user":"{person}"}}"#));
        self.call(place, LOGIN, Input::Login { call: LOGIN, body });
    }

    fn call(&mut self, place: usize, call: CallId, input: Input) {
        if call == TOKEN {
            let shown = self.subject_of(self.tabs[place].as_ref().unwrap());
            self.tab(place).asked_as = shown;
        }
        self.tab(place).waits.push(call);
        self.feed(place, input);
    }

    /// The tab is gone, and whatever it wanted.
    pub fn leave(&mut self, place: usize) {
        let tab = self.tabs[place].take().unwrap();
        if !tab.waits.is_empty() {
            self.meant = Meant::Either;
        }
        self.let_go(place);
    }

    pub fn feed(&mut self, place: usize, input: Input) {
        self.feed_at(place, input, Mono(self.now));
    }

    fn feed_at(&mut self, place: usize, input: Input, at: Mono) {
        let now = Now {
            mono: at,
            wall: Wall(BEGIN + at.0 as i64),
        };
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let effects = self.tab(place).engine.handle(now, input);
            let is_superseded = effects.iter().any(is_superseded);
            for effect in effects {
                self.carry_out(place, effect, &mut inputs);
            }
            let tab = self.tabs[place].as_ref().unwrap();
            let shown = self.subject_of(tab);
            self.was_wronged |= is_superseded && shown.is_some() && shown == tab.asked_as;
        }
        let tab = self.tab(place);
        tab.outline = tab.engine.outline();
        tab.seen = Seen::of(&tab.engine);
    }

    fn carry_out(&mut self, place: usize, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { request, http } => self.net.push(Request {
                tab: place,
                life: self.lives[place],
                id: request,
                words: (
                    body_of(&http),
                    header(&headers_of(&http), "Idempotency-Key").unwrap_or_default(),
                ),
                http,
                cookie: self.server.cookie,
                given_up: false,
                reply: None,
            }),
            Effect::Cancel { request } => {
                for sent in &mut self.net {
                    if (sent.tab, sent.id) == (place, request) {
                        sent.given_up = true;
                    }
                }
            }
            Effect::Settle { call, outcome } => {
                if call == LOGIN && outcome.is_err() {
                    // The server may have done it, or not.
                    self.meant = Meant::Either;
                }
                let tab = self.tab(place);
                assert!(tab.waits.contains(&call), "{call:?} does not wait");
                tab.waits.retain(|waiting| *waiting != call);
            }
            Effect::Load if self.is_slow => self.ask_store(place, Job::Read(None)),
            Effect::Save(text) if self.is_slow => {
                self.ask_store(place, Job::Write(Some(text.expose().into())));
            }
            Effect::Remove if self.is_slow => self.ask_store(place, Job::Write(None)),
            Effect::Load => {
                inputs.push_back(Input::Loaded(Ok(self.store.clone().map(Secret::new))))
            }
            Effect::Save(_) if self.is_full => {
                self.is_full = false;
                inputs.push_back(Input::Saved(Err(StoreFailure)));
            }
            Effect::Save(text) => {
                self.write(place, Some(text.expose().into()));
                inputs.push_back(Input::Saved(Ok(())));
            }
            Effect::Remove => {
                self.write(place, None);
                inputs.push_back(Input::Saved(Ok(())));
            }
            Effect::Lock => {
                self.queue.push_back(place);
                self.pass_lock(false);
            }
            Effect::Unlock => self.let_go(place),
            Effect::Tell(message) => {
                for (other, tab) in self.tabs.iter_mut().enumerate() {
                    if let (true, Some(tab)) = (other != place, tab) {
                        tab.heard.push_back(message.clone());
                    }
                }
            }
            Effect::Notify(_) | Effect::Dispatch { .. } => {}
        }
    }

    pub fn write(&mut self, place: usize, value: Option<String>) {
        if self.store == value {
            return;
        }
        self.store = value;
        for (other, tab) in self.tabs.iter_mut().enumerate() {
            if let (true, Some(tab)) = (other != place, tab) {
                tab.noticed = true;
            }
        }
    }

    fn pass_lock(&mut self, waited: bool) {
        if self.holder.is_none() {
            self.holder = self.queue.pop_front();
            self.granted = false;
            self.waited = waited;
        }
    }

    fn let_go(&mut self, place: usize) {
        self.queue.retain(|waiting| *waiting != place);
        if self.holder == Some(place) {
            self.holder = None;
        }
        self.pass_lock(true);
    }

    pub fn is_here(&self, request: &Request) -> bool {
        self.tabs[request.tab].is_some() && self.lives[request.tab] == request.life
    }

    fn answer(&mut self, number: usize) {
        let request = self.net.remove(number);
        let is_gone = !self.is_here(&request) && !request.http.keepalive;
        if request.given_up || is_gone {
            return;
        }
        let reply = request.reply.clone().unwrap();
        if let Some(cookie) = reply.cookie {
            self.server.cookie = cookie;
        }
        if !self.is_here(&request) {
            return;
        }
        let input = Input::Answered {
            request: request.id,
            outcome: Ok(reply.into_answer(self.seconds())),
        };
        self.feed(request.tab, input);
    }

    fn lost(&mut self, request: Request) {
        if self.is_here(&request) && !request.given_up {
            let input = Input::Answered {
                request: request.id,
                outcome: Err(Failure::Network),
            };
            self.feed(request.tab, input);
        }
    }

    /// Nothing happens any more unless somebody does something.
    pub fn is_quiet(&self, system: &System) -> bool {
        let mut actions = Vec::new();
        system.by_itself(self, &mut actions);
        actions.is_empty()
    }

    /// All that may happen has happened.
    pub fn is_spent(&self, system: &System) -> bool {
        let mut actions = Vec::new();
        system.by_chance(self, &mut actions);
        actions.is_empty()
    }

    pub fn subject_of(&self, tab: &Tab) -> Option<String> {
        let snapshot = tab.engine.snapshot();
        if snapshot.status != Status::SignedIn {
            return None;
        }
        snapshot.user.as_ref()?.get("sub")?.as_string()
    }
}

/// A call for a token ends as somebody else's.
fn is_superseded(effect: &Effect) -> bool {
    match effect {
        Effect::Settle { call, outcome } => {
            *call == TOKEN
                && outcome
                    .as_ref()
                    .is_err_and(|error| error.code == Code::Superseded)
        }
        _ => false,
    }
}

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.begin()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.by_itself(state, actions);
        self.by_chance(state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        self.perform(&mut next, &action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}
