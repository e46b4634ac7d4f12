//! What people and devices do.

use std::cmp::Reverse;

use hallpass::core::{Body, CallId, FetchFacts, Input, PageEvent, Pass, Word};

use super::agenda::What;
use super::network::path;
use super::tab::{Asked, TabId};
use super::{Browser, Meant};
use crate::site::Person;

impl Browser {
    pub(super) fn act(&mut self) {
        let wait = 1 + self.chance.below(8_000);
        self.plan(wait, What::Act);
        self.act_in_new_ways();
        // In the old lives people change hands rarely.
        let times = if self.life.is_old() { 8 } else { 4 };
        match self.chance.below(40) {
            0..=9 => self.fetch(),
            10..=13 => self.call(Asked::Token),
            14..=15 => self.call(Asked::Refresh),
            16..=19 if !matches!(self.meant.1, Some(Some(_))) || self.chance.one_in(times) => {
                self.login();
            }
            20 if self.chance.one_in(3) => self.call(Asked::Logout),
            21..=25 if self.tabs.len() < self.life.most_tabs => self.open(),
            26..=28 => self.crash(),
            29..=30 => self.freeze(),
            31 => self.offline_until = self.now + self.chance.below(60_000),
            32 => {
                // Forward is a sleep for all it can tell; back, somebody set the clock.
                let jump = self.chance.below(7_200_000) as i64 - 3_600_000;
                self.note(|| format!("the clock jumps by {jump}"));
                self.wall += jump;
            }
            33..=35 => {
                if let Some(id) = self.any_awake() {
                    self.come_to_front(id);
                }
            }
            36 => self.noise(),
            37 if self.life.store_fills => {
                self.note(|| "the store is full".into());
                self.full_until = self.now + self.chance.below(60_000);
            }
            _ => {}
        }
    }

    fn act_in_new_ways(&mut self) {
        if self.life.is_old() {
            return;
        }
        match self.chance.below(60) {
            0..=2 if self.life.has_own_pages => {
                let person = self.chance.pick(&Person::ALL);
                self.visit_page(Some(person));
            }
            3 if self.life.has_own_pages => self.visit_page(None),
            4..=7 if self.life.has_bfcache => self.hide(),
            8..=9 if self.life.addresses_change => {
                self.note(|| "addresses change".into());
                self.site.change_addresses();
            }
            10 if self.life.server_ends_sessions => {
                self.note(|| "the server ends all sessions".into());
                let before = self.person_of_cookie();
                self.site.end_all();
                self.look_at_cookie(before);
                self.is_meant(Some(None));
            }
            11..=12 if self.life.store_fails => {
                let is_read = !self.chance.one_in(4);
                self.next_fails = (is_read, !is_read);
            }
            13 => self.call(Asked::Ready),
            14 if self.life.has_own_pages => self.call(Asked::Logout),
            _ => {}
        }
    }

    /// Somebody has said who is to be signed in.
    pub(super) fn is_meant(&mut self, meant: Meant) {
        self.before = self.meant.0;
        self.meant = (self.now, meant);
    }

    /// Something on the channel that no tab of ours has said.
    fn noise(&mut self) {
        let Some(id) = self.any_awake() else {
            return;
        };
        let word = Word::ALL[self.chance.below(5) as usize];
        self.feed(id, Input::Noise { times: 1 });
        let login = self.wall_time().0 + 100_000_000;
        if let Some(mut message) = self.last_told.clone() {
            message.word = word;
            message.login = login;
            message.generation = 1;
            message.subject = 0;
            message.access = None;
            self.feed(id, Input::Message(message));
        }
    }

    pub(super) fn come_to_front(&mut self, id: TabId) {
        self.has_looked(id, false);
        self.feed(id, Input::Page(PageEvent::Visible));
    }

    fn freeze(&mut self) {
        if let Some(id) = self.any_tab() {
            let until = self.now + 1 + self.chance.below(90_000);
            self.note(|| format!("tab {id} freezes"));
            if self.life.has_lease && self.lock.holder == Some(id) && self.is_awake(id) {
                self.lease_runs_out();
            }
            // What waits for the first end must not come after the second.
            let tab = self.tabs.get_mut(&id).unwrap();
            tab.frozen_until = tab.frozen_until.max(until);
        }
    }

    fn crash(&mut self) {
        if let Some(id) = self.any_tab() {
            self.note(|| format!("tab {id} crashes"));
            self.report.crashes += 1;
            self.remove(id);
        }
    }

    /// A tab is gone. What is on its way comes in just now, or never.
    pub(super) fn remove(&mut self, id: TabId) {
        let comes = self.chance.one_in(2);
        let mut cookies = Vec::new();
        for Reverse(entry) in &self.agenda {
            if let What::Answer(tab, request, Some(reply)) = &entry.what
                && *tab == id
                && let Some(open) = self.open_request(id, *request)
            {
                let is_login = path(&open.http) == "login";
                cookies.extend(reply.cookie.map(|cookie| (*request, cookie, is_login)));
            }
        }
        if let (true, Some((request, cookie, is_login))) = (comes, cookies.first().copied()) {
            self.note(|| format!("tab {id} leaves {cookie:?}"));
            if is_login {
                self.stray_login();
            }
            self.take_cookie(id, request, cookie);
        }
        let tab = self.tabs.remove(&id).unwrap();
        let is_login = |asked| matches!(asked, Asked::Login(_));
        if let Some(wait) = tab.waits.iter().find(|wait| is_login(wait.asked)) {
            // Whether that login came to anything, nobody knows.
            self.meant = (self.now, None);
            if tab.login_cookie_at >= Some(wait.begun) {
                self.stray_login();
            }
        }
        self.leave_lock(id);
    }

    fn login(&mut self) {
        let person = self.chance.pick(&Person::ALL);
        self.call(Asked::Login(person));
    }

    fn fetch(&mut self) {
        let is_post = !self.life.is_old() && self.chance.one_in(2);
        self.call(if is_post { Asked::Post } else { Asked::Get });
    }
}

pub fn fetch(call: CallId, is_safe: bool, sent_by: Option<Pass>) -> Input {
    let facts = FetchFacts {
        is_safe,
        has_own_credential: false,
        body: if is_safe {
            Body::Empty
        } else {
            Body::Repeatable
        },
    };
    Input::Fetch {
        call,
        facts,
        sent_by,
    }
}
