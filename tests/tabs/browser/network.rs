//! The way to the backend and back.

use hallpass::core::{
    CallId, Failure, HeaderValue, HttpRequest, Input, Mode, Now, Pass, Redirects, RequestId, Watch,
};

use super::agenda::What;
use super::tab::{Open, TabId};
use super::{Browser, people};
use crate::report::Excuse;
use crate::site::{Person, Reply};
use crate::world::{api_answer, header, headers_of};

/// The option `timeout`, which ends a request of a tab that is awake.
const LONGEST_REQUEST: u64 = 15_000;
/// So far the clocks may have drifted since the engine saw them, for a call to go by a pass.
const DRIFT: i64 = 1_000;

#[derive(Clone, Copy, Debug)]
pub enum Fate {
    Good,
    /// Done, but the answer never comes.
    LostAfter,
    /// Never done.
    LostBefore,
    /// The server is too busy.
    Busy,
    /// … and says for how long.
    TooOften,
    /// The answer takes its time.
    Slow,
}

impl Browser {
    pub(super) fn send(&mut self, id: TabId, request: RequestId, http: HttpRequest) {
        let cookie = self.site.cookie;
        let path = path(&http);
        let now = self.now;
        let named = header(&headers_of(&http), "Idempotency-Key")
            .map_or_else(String::new, |name| format!(", named {:.4}", name));
        if path == "login" && self.lock.holder != Some(id) {
            self.unlocked_login_at = Some(now);
        }
        if path == "refresh" {
            if self.life.has_lease && self.lock.holder != Some(id) {
                // Its lease went to another tab while it was asleep, which it has no way to know.
                self.excuses(Excuse::LeaseLost);
            }
            self.report.refreshes += 1;
            self.tabs.get_mut(&id).unwrap().refreshes += 1;
        }
        self.tabs.get_mut(&id).unwrap().open.push(Open {
            request,
            http,
            cookie,
            sent: now,
        });
        self.note(|| format!("tab {id} sends {path} with {cookie:?}{named}"));
        let fate = self.fate(&path);
        if !matches!(fate, Fate::Good) {
            self.tabs.get_mut(&id).unwrap().trouble_at = now;
        }
        let wait = self.latency();
        self.plan(wait, What::Arrive(id, request.0, fate));
    }

    fn fate(&mut self, path: &str) -> Fate {
        if self.offline_until > self.now {
            return Fate::LostBefore;
        }
        if !self.has_faults {
            return Fate::Good;
        }
        if self.life.me_fails && path == "me" {
            match self.chance.below(12) {
                0 => return Fate::Busy,
                1 => return Fate::TooOften,
                2 => return Fate::LostBefore,
                3 => return Fate::Slow,
                _ => {}
            }
        }
        match self.chance.below(40) {
            0..=2 => Fate::LostAfter,
            3 => Fate::LostBefore,
            4..=5 => Fate::Busy,
            _ => Fate::Good,
        }
    }

    fn latency(&mut self) -> u64 {
        if self.has_faults && self.chance.one_in(20) {
            self.chance.below(20_000)
        } else {
            1 + self.chance.below(300)
        }
    }

    pub(super) fn arrive(&mut self, id: TabId, request: u32, fate: Fate) {
        // A request outlives its tab (`keepalive`), but here it is forgotten with it where it had not arrived.
        let Some(tab) = self.tabs.get(&id) else {
            return;
        };
        let found = tab.open.iter().find(|open| open.request.0 == request);
        let found = found.map(|open| (open.http.clone(), open.cookie, open.sent));
        let Some((http, cookie, sent)) = found else {
            return;
        };
        let seconds = self.seconds();
        let reply = match fate {
            Fate::LostBefore => None,
            Fate::Busy => Some(Reply::busy()),
            Fate::TooOften => Some(Reply::too_often(1 + self.chance.below(10) as u32)),
            Fate::Good | Fate::LostAfter | Fate::Slow => {
                if path(&http) == "logout" {
                    let person = self.site.person_of(cookie);
                    let began = self.site.began(&http, cookie);
                    self.check_logout(id, began, person, sent);
                }
                let before = self.person_of_cookie();
                let began = self.site.began(&http, cookie);
                let reply = self.site.process(&http, cookie, seconds);
                self.look_at_cookie(before);
                let was_excused = |began| self.ms_of(began) + 1_000 < self.excused_before;
                if began.is_some_and(|began| self.is_logged_out(began) || was_excused(began)) {
                    // Of a session that was logged out of: it ends, as it was meant to. Or of one before the present one.
                    self.site.reuses = 0;
                }
                if std::mem::take(&mut self.site.reuses) > 0 && self.excuse.is_none() {
                    self.fail("a refresh token is used twice", &format!("by tab {id}"));
                }
                (!matches!(fate, Fate::LostAfter)).then_some(reply)
            }
        };
        let status = reply.as_ref().map(|reply| reply.status);
        self.note(|| format!("tab {id}: {} {fate:?} {status:?}", path(&http)));
        let more = if matches!(fate, Fate::Slow) { 8_000 } else { 0 };
        let wait = more + self.latency();
        let reply = reply.map(|reply| Box::new(reply.dated(seconds)));
        self.plan(wait, What::Answer(id, request, reply));
    }

    pub(super) fn answer(&mut self, id: TabId, request: u32, reply: Option<Box<Reply>>) {
        if self.open_request(id, request).is_none() {
            return;
        }
        if self.tabs[&id].has_lost_lease && self.life.mode != Mode::Jwt {
            // It takes an answer whose attempt another tab may be repeating by now, under its name.
            self.excuses(Excuse::LeaseLost);
        }
        let now = self.now;
        let tab = self.tabs.get_mut(&id).unwrap();
        let place = tab.open.iter().position(|open| open.request.0 == request);
        let Open { http, sent, .. } = tab.open.remove(place.unwrap());
        let is_told = reply.as_ref().is_some_and(|reply| reply.status < 429);
        self.is_page_seen |= is_told && path(&http) == "refresh" && self.page_at <= Some(sent);
        if reply.as_ref().is_none_or(|reply| reply.status >= 429) {
            tab.trouble_at = now;
        }
        if reply.as_ref().is_some_and(|reply| reply.status < 300) && path(&http) == "login" {
            tab.login_answered_at = Some(now);
        }
        // One that the server was too busy for it has not done.
        if reply.as_ref().is_some_and(|reply| reply.status < 429) && path(&http) == "logout" {
            self.logged_out.is_answered = true;
        }
        let outcome = match reply {
            Some(reply) if reply.status / 100 != 3 => Ok(reply.into_answer()),
            Some(reply) if http.redirects == Redirects::Answer => Ok(reply.into_answer()),
            // The page that it leads to.
            Some(reply) if http.redirects == Redirects::Follow => {
                Ok(Reply::page().dated(reply.date).into_answer())
            }
            _ => Err(Failure::Network),
        };
        let request = RequestId(request);
        self.feed(id, Input::Answered { request, outcome });
    }

    pub(super) fn aborted(&mut self, id: TabId, request: u32) {
        let request = RequestId(request);
        let outcome = Err(Failure::Network);
        self.feed(id, Input::Answered { request, outcome });
    }

    /// What comes by cookie is given up by a shell that has lost its lease: late, it would take the place of a newer one.
    pub(super) fn give_up_cookies(&mut self, id: TabId) -> Vec<What> {
        let Some(tab) = self.tabs.get_mut(&id) else {
            return Vec::new();
        };
        tab.has_lost_lease = false;
        let comes_late = |open: &&Open| open.http.include_credentials && !open.http.keepalive;
        let late = tab.open.iter().filter(comes_late);
        let late = late.map(|open| open.request);
        let late: Vec<RequestId> = late.filter(|late| !tab.cancelled.contains(late)).collect();
        tab.cancelled.extend(&late);
        late.iter().map(|late| What::Aborted(id, late.0)).collect()
    }

    /// `None`: it is no more, or was given up.
    pub(super) fn open_request(&self, id: TabId, request: u32) -> Option<&Open> {
        let tab = self.tabs.get(&id)?;
        let request = RequestId(request);
        let open = tab.open.iter().find(|open| open.request == request)?;
        (!tab.cancelled.contains(&request)).then_some(open)
    }

    // The cookie.

    /// A refresh was sent after the cookie of a login without the lock had come, and is given up for the word of it, which comes
    /// later and looks newer.
    pub(super) fn is_newer_than_unlocked_login(&self, open: &Open) -> bool {
        let is_in_time = self.now < open.sent + LONGEST_REQUEST;
        let is_newer = self.unlocked_cookie_at.is_some_and(|at| at <= open.sent);
        path(&open.http) == "refresh" && is_in_time && is_newer
    }

    pub(super) fn person_of_cookie(&self) -> Option<Person> {
        self.site.person_of(self.site.cookie)
    }

    /// It was `before`'s.
    pub(super) fn look_at_cookie(&mut self, before: Option<Person>) {
        let person = self.person_of_cookie();
        if person != before {
            self.note(|| format!("the cookie is {person:?}'s"));
            self.changed_at = self.now;
            for tab in self.tabs.values_mut() {
                tab.could_know = None;
            }
        }
    }

    /// The browser gets an answer that sets one.
    pub(super) fn take_cookie(&mut self, id: TabId, request: u32, cookie: Option<u32>) {
        let Some(open) = self.open_request(id, request) else {
            return;
        };
        let (sent, with) = (open.sent, open.cookie);
        let is_login = path(&open.http) == "login";
        let is_late = self.now - sent > LONGEST_REQUEST;
        let is_asleep = !self.is_awake(id);
        // One that was rotated in the meantime comes back. The same one once more does no harm.
        let is_old = with != self.site.cookie && (cookie != self.site.cookie || self.life.is_old());
        // Of a login that went without the lock no word may have come yet.
        let is_crossed = !is_login && self.unlocked_login_at.is_some_and(|at| at >= sent);
        if is_old && (is_late || is_crossed || (is_asleep && !self.life.is_old())) {
            self.excuses(Excuse::LateCookie);
        }
        if is_old && is_crossed {
            self.undone_at = Some(self.now);
        }
        if is_login && (is_late || is_asleep) {
            // Its caller may have given it up by the time that it hears of it.
            self.stray_login();
            self.is_meant(None);
        }
        if self.page_at.is_some_and(|at| at > sent) {
            // A page came between, which knows of no lock.
            self.is_meant(None);
        }
        self.note(|| format!("tab {id} gets {cookie:?}"));
        let now = self.now;
        if let Some(tab) = self.tabs.get_mut(&id).filter(|_| is_login) {
            tab.login_cookie_at = Some(now);
            if self.lock.holder != Some(id) {
                self.unlocked_login_at = Some(now);
                self.unlocked_cookie_at = Some(now);
            }
        }
        let before = self.person_of_cookie();
        self.site.cookie = cookie;
        self.look_at_cookie(before);
    }

    // Calls of the app.

    /// The API takes a token until its end, and a session as long as it stands.
    pub(super) fn dispatch(
        &mut self,
        id: TabId,
        call: CallId,
        headers: &[(String, HeaderValue)],
        watch: Watch,
    ) {
        let token = headers.iter().find_map(|(name, value)| match value {
            HeaderValue::Is(secret) if name == "Authorization" => Some(bearer_in(secret.expose())),
            _ => None,
        });
        let person = self.lands(id, call, token);
        if watch == Watch::No {
            self.settle(id, call, None);
            return;
        }
        let wait = self.latency();
        self.plan(wait, What::Api(id, call.0, status_for(person)));
    }

    /// Who the API takes the caller for.
    fn lands(&mut self, id: TabId, call: CallId, token: Option<String>) -> Option<Person> {
        let seconds = self.seconds();
        let person = if self.life.mode == Mode::Session {
            self.person_of_cookie()
        } else {
            token.and_then(|token| self.site.bearer(&token, seconds))
        };
        self.check_landing(id, call, person);
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.acted_as = person;
        tab.acted_signed_in = tab.is_signed_in();
        if let Some(wait) = tab.waits.iter_mut().find(|wait| wait.call == call) {
            wait.is_out = true;
        }
        person
    }

    /// A shell that sees the clocks differ does not go by a pass, but lets the engine see them. True: they differ.
    pub(super) fn sees_clocks(&mut self, id: TabId) -> bool {
        let tab = &self.tabs[&id];
        let differ = (clocks(self.times(tab)) - tab.clocks).abs() > DRIFT;
        if differ {
            self.feed(id, Input::Tick);
        }
        differ
    }

    /// A call that need not ask the engine. False: there is no pass, or it does not do.
    pub(super) fn goes_by_pass(&mut self, id: TabId, call: CallId, is_safe: bool) -> bool {
        // By cookie, other methods may need a CSRF token.
        if self.life.mode == Mode::Session && !is_safe {
            return false;
        }
        let tab = &self.tabs[&id];
        let now = self.times(tab);
        let Some((pass, _)) = tab.engine.pass().filter(|(_, until)| now.mono < *until) else {
            return false;
        };
        let token = tab
            .engine
            .credential()
            .map(|value| bearer_in(value.expose()));
        let person = self.lands(id, call, token);
        let wait = self.latency();
        let status = status_for(person);
        self.plan(wait, What::ApiByPass(id, call.0, status, is_safe, pass));
        true
    }

    /// Only what says that nobody is signed in comes back to the engine.
    pub(super) fn pass_answered(
        &mut self,
        id: TabId,
        call: u32,
        status: u16,
        is_safe: bool,
        pass: Pass,
    ) {
        if status == 401 {
            // To the engine, it begins now.
            let tab = self.tabs.get_mut(&id).unwrap();
            tab.last_call += 1;
            let new = CallId(tab.last_call);
            for wait in tab.waits.iter_mut().filter(|wait| wait.call.0 == call) {
                wait.call = new;
            }
            self.feed(id, people::fetch(new, is_safe, Some(pass)));
            self.api_answers(id, new.0, status);
            return;
        }
        self.tabs.get_mut(&id).unwrap().last_status = Some(status);
        self.settle(id, CallId(call), None);
    }

    pub(super) fn api_answers(&mut self, id: TabId, call: u32, status: u16) {
        let call = CallId(call);
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.last_status = Some(status);
        if let Some(wait) = tab.waits.iter_mut().find(|wait| wait.call == call) {
            wait.is_out = false;
        }
        let answer = api_answer(status);
        self.feed(id, Input::FetchAnswered { call, answer });
    }
}

/// How the device's two clocks differ.
pub fn clocks(now: Now) -> i64 {
    now.wall.0 - now.mono.0 as i64
}

fn bearer_in(value: &str) -> String {
    value.trim_start_matches("Bearer ").to_owned()
}

fn status_for(person: Option<Person>) -> u16 {
    if person.is_some() { 200 } else { 401 }
}

pub fn path(http: &HttpRequest) -> String {
    http.url.rsplit('/').next().unwrap_or_default().to_owned()
}
