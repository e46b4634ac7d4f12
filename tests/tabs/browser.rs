//! One browser: its tabs, their store, lock and channel, and the way to the backend.
//!
//! Each part of what it simulates has a module; here is its time.

mod agenda;
mod checks;
mod end;
mod lock;
mod network;
mod pages;
mod people;
mod store;
mod tab;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::panic::resume_unwind;

use hallpass::core::{Input, Message, Mono, Now, PageEvent, Wall};

use crate::chance::Chance;
use crate::life::{Kind, Life};
use crate::report::{Excuse, Report, Violation};
use crate::site::{Person, Site};
use crate::world::BEGIN;
use agenda::{Entry, What};
use tab::{Tab, TabId};

/// So long a word of one tab may take to the others, and an answer to its tab: what happens within it happens at once.
const AT_ONCE: u64 = 60_000;

/// A shell looks so often whether its lease is still its own.
const LEASE_MOVES: u64 = 1_500;

/// The last word of the visitor: who is meant to be signed in, or nobody. The outer `None`: nobody can say.
type Meant = Option<Option<Person>>;

/// The last call of `logout`.
#[derive(Clone, Copy, Debug, Default)]
struct LoggedOut {
    at: u64,
    /// Who was shown then.
    person: Option<Person>,
    /// The server has answered since, with whatever.
    is_answered: bool,
}

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
    /// When the last such thing happened, and the last stray login.
    excused_at: u64,
    /// A session that began before was excused.
    excused_before: u64,
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
    /// A tab has been told since by the server whose the cookie is.
    is_page_seen: bool,
    /// When a login last went out, or was answered, without the lock, for which it had waited in vain.
    unlocked_login_at: Option<u64>,
    /// When the cookie of a former session last took the place of such a login's.
    undone_at: Option<u64>,
    /// When such a login's answer last set the cookie.
    unlocked_cookie_at: Option<u64>,
    /// A note of a logout is written later than it is waited for.
    has_late_note: bool,
    /// When an app last called `login` or `logout`.
    asked_at: u64,
    logged_out: LoggedOut,
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
            excused_at: 0,
            excused_before: 0,
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
            is_page_seen: false,
            unlocked_login_at: None,
            undone_at: None,
            unlocked_cookie_at: None,
            has_late_note: false,
            asked_at: 0,
            logged_out: LoggedOut::default(),
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
            let from = lines.len().saturating_sub(16.max(self.lines - LINES));
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

    /// Something happened that no client can make good.
    fn excuses(&mut self, what: Excuse) {
        self.excused_at = self.now;
        if what == Excuse::StoreFull {
            self.excuse = Some(what);
        } else {
            self.excuse.get_or_insert(what);
        }
    }

    fn stray_login(&mut self) {
        self.excused_at = self.now;
        self.has_stray_login = true;
    }

    /// Somebody has logged in: what was lost before is no excuse for this session.
    fn begins_anew(&mut self) {
        let is_over = self.now > self.excused_at + AT_ONCE && self.now > self.full_until;
        // Nor is what a tab has that could not write it.
        let lasts = |tab: &Tab| tab.store_hangs || tab.is_unwritten;
        if is_over && !self.tabs.values().any(lasts) {
            if self.excuse.take().is_some() {
                self.excused_before = self.now;
            }
            self.has_stray_login = false;
            self.has_late_note = false;
        }
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

    fn thaw(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(&id) else {
            return;
        };
        if tab.frozen_until > self.now {
            let wait = tab.frozen_until - self.now;
            self.plan(wait, What::Thaw(id));
            return;
        }
        for what in std::mem::take(&mut tab.thaws) {
            self.happen(what);
        }
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
            if tab.frozen_until > self.now || !tab.thaws.is_empty() {
                let wait = tab.frozen_until.saturating_sub(self.now);
                let is_first = tab.thaws.is_empty();
                tab.thaws.push(what.strip());
                if is_first {
                    self.plan(wait, What::Thaw(id));
                }
                return;
            }
            if tab.has_lost_lease && !matches!(what, What::LeaseLost(_)) {
                // The timer that tells it may come before what else has come meanwhile, or after.
                let wait = self
                    .chance
                    .below(2 * LEASE_MOVES)
                    .saturating_sub(LEASE_MOVES);
                if wait == 0 {
                    self.lose_lease(id);
                } else {
                    self.plan(wait, What::LeaseLost(id));
                }
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
            What::ApiByPass(tab, call, status, is_safe, pass) => {
                self.pass_answered(tab, call, status, is_safe, pass);
            }
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
            What::Aborted(tab, request) => self.aborted(tab, request),
            What::LeaseLost(tab) => self.lose_lease(tab),
            What::Thaw(tab) => self.thaw(tab),
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
