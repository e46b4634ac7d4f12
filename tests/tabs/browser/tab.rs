//! A tab: its engine, what that has asked for, and what it is answered.

use std::collections::VecDeque;

use hallpass::core::{
    CallId, Effect, Engine, HttpRequest, Input, Mono, Now, RequestId, Secret, Snapshot, Status,
};

use super::agenda::What;
use super::network::clocks;
use super::{Browser, LoggedOut};
use crate::report::Excuse;
use crate::site::Person;
use crate::world::check;

pub type TabId = u32;

pub struct Open {
    pub request: RequestId,
    pub http: HttpRequest,
    /// What it was sent with, and when.
    pub cookie: Option<u32>,
    pub sent: u64,
}

/// What an app asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Get,
    Post,
    Token,
    Refresh,
    Ready,
    Login(Person),
    Logout,
}

/// A call that is not settled.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub call: CallId,
    pub asked: Asked,
    pub begun: u64,
    /// Who the tab was shown as then.
    pub shown: Option<Person>,
    /// It is at the API.
    pub is_out: bool,
}

pub struct Tab {
    pub engine: Engine,
    pub opened: u64,
    pub frozen_until: u64,
    /// How the clocks differed when the engine saw them last.
    pub clocks: i64,
    /// A read or write was never answered: the shell does one after the other, so nothing is any more in this tab.
    pub store_hangs: bool,
    /// In the back/forward cache, and what waits there.
    pub is_hidden: bool,
    pub kept: Vec<What>,
    /// It is back from there, and its engine is yet to be told.
    pub is_returning: bool,
    /// What waits for a frozen tab, in its order.
    pub thaws: Vec<What>,
    pub open: Vec<Open>,
    pub cancelled: Vec<RequestId>,
    pub waits: Vec<Wait>,
    pub last_call: u32,
    /// What the API said last, and who it took the caller for.
    pub last_status: Option<u16>,
    pub acted_as: Option<Person>,
    pub acted_signed_in: bool,
    /// Who was shown when its last call began.
    pub asked_as: Option<Person>,
    /// When the answer to a login of its own last set the cookie.
    pub login_cookie_at: Option<u64>,
    /// When it was told that a login of its own was good.
    pub login_answered_at: Option<u64>,
    /// When it came to hold the lock.
    pub holds_since: Option<u64>,
    /// Another tab has taken over its lease, which it has yet to see.
    pub has_lost_lease: bool,
    /// Reads and writes that a slow store has not answered, and before when it answers none that come after them.
    pub reads: (u32, u64),
    pub writes: (u32, u64),
    pub last_written: u64,
    /// What it wanted to be written last was refused: it keeps that, and goes by the clock.
    pub is_unwritten: bool,
    /// Who was shown last without a sign-out since.
    pub known: Option<Person>,
    /// Signed in since, as nobody whose name is shown.
    pub is_nameless: bool,
    /// When something told it, or had it look, that the session may be another one.
    pub could_know: Option<u64>,
    /// When a request of its own last came to nothing.
    pub trouble_at: u64,
    /// Calls of the present input that were settled with `superseded`.
    pub superseded: Vec<Wait>,
    /// How often it asked for a renewal since the rest began.
    pub refreshes: u64,
}

impl Tab {
    /// When a login of its own last began a session, as far as the browser knows.
    pub fn login_came_at(&self) -> Option<u64> {
        self.login_cookie_at.or(self.login_answered_at)
    }

    pub fn shown(&self) -> Option<Person> {
        person_of(self.engine.snapshot())
    }

    /// Somebody else is shown than when its last call began.
    pub fn has_found(&self) -> bool {
        self.asked_as != self.shown()
    }

    pub fn is_signed_in(&self) -> bool {
        self.engine.snapshot().status == Status::SignedIn
    }

    /// Its last call was made when signed in, and refused.
    pub fn is_refused(&self) -> bool {
        self.is_signed_in() && self.acted_signed_in && self.last_status != Some(200)
    }

    /// Whether something is to come that it has asked for.
    pub fn expects_anything(&self) -> bool {
        let is_open = |open: &Open| !self.cancelled.contains(&open.request);
        self.open.iter().any(is_open)
            || self.reads.0 > 0
            || self.writes.0 > 0
            || self.waits.iter().any(|wait| wait.is_out)
    }
}

pub fn person_of(snapshot: &Snapshot) -> Option<Person> {
    Person::shown(snapshot.user.as_ref()?)
}

impl Browser {
    pub(super) fn open(&mut self) {
        self.last_tab += 1;
        let id = self.last_tab;
        self.note(|| format!("tab {id} opens"));
        let now = Now {
            mono: Mono(0),
            wall: self.wall_time(),
        };
        let tab = Tab {
            engine: Engine::new(check(self.life.options()).unwrap(), now),
            opened: self.now,
            frozen_until: 0,
            clocks: 0,
            store_hangs: false,
            is_hidden: false,
            kept: Vec::new(),
            is_returning: false,
            thaws: Vec::new(),
            open: Vec::new(),
            cancelled: Vec::new(),
            waits: Vec::new(),
            last_call: 0,
            last_status: None,
            acted_as: None,
            acted_signed_in: false,
            asked_as: None,
            login_cookie_at: None,
            login_answered_at: None,
            has_lost_lease: false,
            holds_since: None,
            reads: (0, 0),
            writes: (0, 0),
            last_written: 0,
            is_unwritten: false,
            known: None,
            is_nameless: false,
            could_know: Some(self.now),
            trouble_at: self.now,
            superseded: Vec::new(),
            refreshes: 0,
        };
        self.tabs.insert(id, tab);
        let seed = self.chance.number();
        self.feed(id, Input::Start { seed });
    }

    pub(super) fn is_awake(&self, id: TabId) -> bool {
        self.tabs
            .get(&id)
            .is_some_and(|tab| !tab.is_hidden && tab.frozen_until <= self.now)
    }

    pub(super) fn any_awake(&mut self) -> Option<TabId> {
        self.any_tab().filter(|id| self.is_awake(*id))
    }

    pub(super) fn others(&self, id: TabId) -> Vec<TabId> {
        self.tabs.keys().copied().filter(|tab| *tab != id).collect()
    }

    pub(super) fn call(&mut self, asked: Asked) {
        if let Some(id) = self.any_awake() {
            self.call_in(id, asked);
        }
    }

    pub(super) fn call_in(&mut self, id: TabId, asked: Asked) {
        let is_fetch = matches!(asked, Asked::Get | Asked::Post);
        let may_pass = is_fetch && !self.life.is_old() && !self.sees_clocks(id);
        let now = self.now;
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.last_call += 1;
        let call = CallId(tab.last_call);
        tab.waits.push(Wait {
            call,
            asked,
            begun: now,
            shown: tab.shown(),
            is_out: false,
        });
        if may_pass && self.goes_by_pass(id, call, asked == Asked::Get) {
            return;
        }
        let input = match asked {
            Asked::Get | Asked::Post => super::people::fetch(call, asked == Asked::Get, None),
            Asked::Token => Input::Token { call },
            Asked::Refresh => Input::Refresh { call },
            Asked::Ready => Input::Ready { call },
            Asked::Login(person) => Input::Login {
                call,
                body: Secret::new(format!(r#"{{"user":"{}"}}"#, person.name())),
            },
            Asked::Logout => Input::Logout { call },
        };
        let before = (self.meant, self.before, self.asked_at, self.logged_out);
        let was_out = self.tabs[&id].engine.snapshot().status == Status::SignedOut;
        match asked {
            Asked::Login(person) => {
                self.note(|| format!("tab {id} logs in as {}", person.name()));
                self.asked_at = self.now;
            }
            Asked::Logout => {
                self.note(|| format!("tab {id} logs out"));
                self.asked_at = self.now;
                self.logged_out = LoggedOut {
                    at: self.now,
                    person: self.tabs[&id].shown(),
                    is_answered: false,
                };
                // In a tab that has yet to learn whose the cookie is, it may be meant for either.
                let shown = self.logged_out.person;
                let holds = self.person_of_cookie();
                let is_clear = shown.is_none() || holds.is_none() || shown == holds;
                self.is_meant(is_clear.then_some(None));
            }
            _ => {}
        }
        self.feed(id, input);
        let is_settled = !self.tabs[&id].waits.iter().any(|wait| wait.call == call);
        if asked == Asked::Logout && was_out && is_settled {
            // Nobody was signed in there: it was not meant for whoever is elsewhere.
            (self.meant, self.before, self.asked_at, self.logged_out) = before;
        }
    }

    // The engine of a tab.

    pub(super) fn feed(&mut self, id: TabId, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(tab) = self.tabs.get(&id) else {
                return;
            };
            let now = self.times(tab);
            let tab = self.tabs.get_mut(&id).unwrap();
            tab.clocks = clocks(now);
            let effects = tab.engine.handle(now, input);
            for effect in effects {
                self.carry_out(id, effect, &mut inputs);
            }
        }
        self.check_superseded(id);
        match self.tabs[&id].engine.next_deadline() {
            Some(Mono(at)) => {
                let mono = self.times(&self.tabs[&id]).mono.0;
                self.plan(at.saturating_sub(mono) + 1, What::Wake(id));
            }
            None => self.check_that_nothing_waits(id),
        }
    }

    fn carry_out(&mut self, id: TabId, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { request, http } => self.send(id, request, http),
            Effect::Cancel { request } => {
                // It may be done all the same; its answer is nobody's, nor is its cookie.
                let tab = self.tabs.get_mut(&id).unwrap();
                tab.cancelled.push(request);
                let open = &self.tabs[&id].open;
                let given_up = open.iter().find(|open| open.request == request);
                if given_up.is_some_and(|open| self.is_newer_than_unlocked_login(open)) {
                    self.excuses(Excuse::LateCookie);
                }
            }
            Effect::Dispatch {
                call,
                headers,
                watch,
                ..
            } => self.dispatch(id, call, &headers, watch),
            Effect::Settle { call, outcome } => {
                let error = outcome.as_ref().err().map(|error| error.code);
                self.settle(id, call, error);
            }
            Effect::Load => self.load(id, inputs),
            Effect::Save(text) => self.save(id, Some(text.expose().into()), inputs),
            Effect::Remove => self.save(id, None, inputs),
            Effect::Lock => self.ask_for_lock(id),
            Effect::Unlock => self.let_go(id),
            Effect::Tell(message) => {
                self.last_told = Some(message.clone());
                let now = self.now;
                for other in self.others(id) {
                    let wait = self.chance.below(40);
                    self.plan(wait, What::Tell(other, message.clone(), now));
                }
            }
            Effect::Notify(change) => self.notified(id, change.event, &change.snapshot),
        }
    }
}
