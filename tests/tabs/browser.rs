//! One browser: its tabs, their store, lock and channel, and the way to the backend.
//!
//! Each part of what it simulates has a module; here is its time.

mod checks;
mod end;
mod lock;
mod network;
mod pages;
mod people;
mod store;
mod tab;

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::panic::resume_unwind;

use hallpass::core::{FetchAnswer, Input, Message, Mono, Now, PageEvent, Wall};

use crate::chance::Chance;
use crate::life::{Kind, Life};
use crate::site::{Person, Reply, Site};
use crate::world::BEGIN;
use network::Fate;
use tab::{Tab, TabId};

/// So long a word of one tab may take to the others, and an answer to its tab: what happens within it happens at once.
const AT_ONCE: u64 = 60_000;

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
    /// The store did not answer, or failed: what stood in it was not known when a token was used.
    StoreFailed,
    /// A tab was frozen and could not give up its request, whose cookie came in after its time, in place of a newer one.
    LateCookie,
}

/// What did not hold.
#[derive(Debug)]
pub struct Violation {
    /// The same for all lives in which the same thing went wrong.
    pub what: &'static str,
    pub text: String,
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
    /// And when it was said.
    Tell(TabId, Message, u64),
    StoreChanged(TabId),
    /// A slow store reads for a tab, and what it read comes.
    Read(TabId, Option<String>),
    ReadFails(TabId),
    /// A slow store does what a tab, which may be gone by now, wanted written.
    Write(TabId, Option<String>),
    Wrote(TabId, bool),
    /// A slow store looks.
    Look(TabId, u64),
    Grant(TabId, bool),
    /// Those who wait for a lease look at it.
    Poll,
    Wake(TabId),
    /// It comes back from the back/forward cache.
    Restore(TabId),
    /// A navigation has come to an end.
    Open,
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

/// The last word of the visitor: who is meant to be signed in, or nobody. The outer `None`: nobody can say.
type Meant = Option<Option<Person>>;

pub struct Browser {
    life: Life,
    chance: Chance,
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
    /// The next read and the next write fail.
    next_fails: (bool, bool),
    /// Something happened that no client can make good.
    excuse: Option<Excuse>,
    lock: lock::Lock,
    site: Site,
    agenda: BinaryHeap<Reverse<Entry>>,
    planned: u64,
    has_faults: bool,
    offline_until: u64,
    /// Since when, and what.
    meant: (u64, Meant),
    before: u64,
    /// When the cookie came to be another person's, or nobody's, for the last time.
    changed_at: u64,
    /// When a page of the backend's own last set or took the cookie.
    page_at: Option<u64>,
    /// When an app last called `logout`.
    logged_out_at: u64,
    /// A login whose caller was never told of it may have left its cookie.
    has_stray_login: bool,
    last_told: Option<Message>,
    report: Report,
    /// Nobody reads what happened, unless it is lived a second time.
    is_quiet: bool,
    /// Before the rest, and since.
    history: [VecDeque<String>; 2],
    lines: usize,
    rests: bool,
}

/// So much of what happened is told of a life that failed, before its rest and in it. `HALLPASS_LINES` is for when that is not
/// enough.
const LINES: usize = 50;

fn lines() -> usize {
    let wanted = std::env::var("HALLPASS_LINES").ok();
    wanted.and_then(|lines| lines.parse().ok()).unwrap_or(LINES)
}

impl Browser {
    /// Lives for a while, comes to rest, and looks at what has become of it. Unwinds with a [`Violation`].
    pub fn live(kind: Kind, seed: u64, is_quiet: bool) -> Report {
        let life = Life::new(kind, seed);
        let site = Site::new(
            life.mode,
            life.names.clone(),
            life.token_life,
            life.logout_redirects,
        );
        let mut browser = Browser {
            chance: Chance::new(seed),
            now: 0,
            wall: 0,
            drift: 0,
            tabs: BTreeMap::new(),
            last_tab: 0,
            store: None,
            full_until: 0,
            next_fails: (false, false),
            excuse: None,
            lock: lock::Lock::default(),
            site,
            agenda: BinaryHeap::new(),
            planned: 0,
            has_faults: true,
            offline_until: 0,
            meant: (0, None),
            before: 0,
            changed_at: 0,
            page_at: None,
            logged_out_at: 0,
            has_stray_login: false,
            last_told: None,
            report: Report::default(),
            is_quiet,
            history: Default::default(),
            lines: lines(),
            rests: false,
            life,
        };
        if browser.chance.one_in(4) {
            browser.wall = browser.chance.below(7_200_000) as i64 - 3_600_000;
            browser.drift = browser.chance.below(400) as i64 - 200;
        }
        browser.open();
        browser.plan(1_000, What::Act);
        browser.run_until(browser.life.ms);
        browser.rest();
        browser.report.ms = browser.now;
        browser.report.repeats = browser.site.repeats;
        browser.report
    }

    /// `what` is the same wherever the same thing goes wrong; `details` tell it of this life.
    fn fail(&self, what: &'static str, details: &str) -> ! {
        if !self.is_quiet {
            self.tell_all();
        }
        let (kind, seed) = (self.life.kind, self.life.seed);
        let text = format!("{kind:?}, seed {seed}, {} ms: {what}: {details}", self.now);
        resume_unwind(Box::new(Violation { what, text }));
    }

    fn tell_all(&self) {
        println!("{:#?}", self.life);
        for line in self.history.iter().flatten() {
            println!("{line}");
        }
        for (id, tab) in &self.tabs {
            let lines = tab.engine.journal().map(|line| {
                let at = line.time.0 - BEGIN - self.wall;
                let value = line.value.map(|value| format!(" {value}"));
                let detail = line.detail.map(|detail| format!(", {detail}"));
                let parts = [detail, value].map(Option::unwrap_or_default).concat();
                format!("{at:>9} {}{parts}", line.event)
            });
            let lines: Vec<_> = lines.collect();
            let from = lines.len().saturating_sub(16);
            let shown = tab.shown();
            println!(
                "tab {id}, opened at {}, shows {shown:?}: {:#?}",
                tab.opened,
                &lines[from..]
            );
        }
        println!("store: {:?}", self.store);
        println!("cookie: {:?}", self.site.person_of(self.site.cookie));
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if self.is_quiet {
            return;
        }
        let (line, most) = (format!("{:>9} {}", self.now, line()), self.lines);
        let lines = &mut self.history[usize::from(self.rests)];
        if lines.len() >= most {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn any_tab(&mut self) -> Option<TabId> {
        let count = self.tabs.len() as u64;
        let place = (count > 0).then(|| self.chance.below(count))?;
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

    fn ms_of(&self, seconds: i64) -> u64 {
        (seconds * 1_000 - BEGIN).max(0) as u64
    }

    fn wall_time(&self) -> Wall {
        let now = self.now as i64;
        Wall(BEGIN + now + self.wall + now * self.drift / 1_000_000)
    }

    fn happen(&mut self, what: What) {
        if let Some(id) = what.waits_with() {
            // The browser takes a cookie whether or not the tab is still there.
            if let What::Answer(_, request, Some(reply)) = &what
                && let Some(cookie) = reply.cookie
            {
                self.take_cookie(id, *request, cookie);
            }
            let Some(tab) = self.tabs.get_mut(&id) else {
                return;
            };
            if tab.is_hidden {
                tab.kept.push(what.strip());
                return;
            }
            if tab.frozen_until > self.now {
                let wait = tab.frozen_until - self.now;
                self.plan(wait, what.strip());
                return;
            }
        }
        match what {
            What::Act => {
                self.check_waits();
                self.act();
            }
            What::Arrive(tab, request, fate) => self.arrive(tab, request, fate),
            What::Answer(tab, request, reply) => self.answer(tab, request, reply),
            What::Api(tab, call, status) => self.api_answers(tab, call, status),
            What::Tell(tab, message, said) => {
                self.hears(tab, &message, said);
                self.feed(tab, Input::Message(message));
            }
            What::StoreChanged(tab) => self.feed(tab, Input::Page(PageEvent::StoreChanged)),
            What::Look(tab, ready) => self.look(tab, ready),
            What::Read(tab, text) => self.has_read(tab, Some(text)),
            What::ReadFails(tab) => self.has_read(tab, None),
            What::Write(tab, text) => self.do_write(tab, text),
            What::Wrote(tab, is_ok) => self.has_written(tab, is_ok),
            What::Grant(tab, waited) => self.granted(tab, waited),
            What::Poll => self.poll_lease(),
            What::Wake(tab) => {
                let due = self.tabs[&tab].engine.next_deadline();
                let mono = self.times(&self.tabs[&tab]).mono;
                if due.is_some_and(|at| at <= mono) {
                    self.feed(tab, Input::Tick);
                }
            }
            What::Restore(tab) => self.restore(tab),
            What::Open => self.open(),
        }
    }
}

impl What {
    /// The tab that has to be awake for it.
    fn waits_with(&self) -> Option<TabId> {
        match self {
            What::Answer(tab, ..)
            | What::Api(tab, ..)
            | What::Tell(tab, ..)
            | What::StoreChanged(tab)
            | What::Read(tab, _)
            | What::ReadFails(tab)
            | What::Wrote(tab, _)
            | What::Grant(tab, _)
            | What::Wake(tab) => Some(*tab),
            What::Arrive(..)
            | What::Write(..)
            | What::Look(..)
            | What::Poll
            | What::Restore(_)
            | What::Open
            | What::Act => None,
        }
    }

    /// What waits for a frozen tab; its cookie has been taken already.
    fn strip(self) -> What {
        match self {
            What::Answer(tab, request, Some(mut reply)) => {
                reply.cookie = None;
                What::Answer(tab, request, Some(reply))
            }
            other => other,
        }
    }
}

fn api_answer(status: u16) -> FetchAnswer {
    FetchAnswer {
        status,
        is_foreign: false,
        means_signed_out: None,
        csrf_moved: false,
        wants_step_up: false,
    }
}
