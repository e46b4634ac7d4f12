//! What holds all the time.

use hallpass::core::{CallId, Code, Event, Message, Mode, Snapshot, Status, Word};

use super::tab::{Asked, Tab, TabId, person_of};
use super::{AT_ONCE, Browser};
use crate::report::Excuse;
use crate::site::Person;

/// Whatever the weather, no call takes longer in a tab that is awake: the lock is waited for for 60 s, and each of the few
/// requests, reads and writes of a renewal for 15 s.
const LONGEST_CALL: u64 = 5 * 60_000;
/// The same for one who holds the lock.
const LONGEST_HOLD: u64 = 3 * 60_000;
/// So long a logout may wait for the lock, and for its answer. What begins later it is not meant for.
const LONGEST_LOGOUT: u64 = 30_000;
/// So long after it was told, or was brought to the front, a tab with a good network may show somebody whom its calls do not
/// act as, where only the backend knows whose the session is. A pause after failures lasts a minute at most, and a request 40 s.
const UNSEEN: u64 = 2 * 60_000;
/// A tab that is brought to the front looks who is signed in if it has not for so long.
const MINUTES: u64 = 3 * 60_000;

impl Browser {
    /// Nothing will wake it.
    pub(super) fn check_that_nothing_waits(&self, id: TabId) {
        let tab = &self.tabs[&id];
        // A page that comes back is always told so, though perhaps after what waited for it.
        if tab.is_hidden || tab.is_returning || tab.expects_anything() {
            return;
        }
        if self.lock.holder == Some(id) && tab.holds_since.is_some() {
            self.fail(
                "the lock is held for nothing",
                &format!("tab {id} has no request, read, write or timer"),
            );
        }
        let is_queued = self.lock.holder == Some(id) || self.lock.queue.contains(&id);
        if !tab.waits.is_empty() && !is_queued {
            self.fail(
                "calls wait for nothing",
                &format!(
                    "tab {id} has no request, read, write or timer for {:?}",
                    tab.waits
                ),
            );
        }
    }

    pub(super) fn check_waits(&self) {
        for (id, tab) in self.tabs.iter().filter(|(id, _)| self.is_awake(**id)) {
            let since = |at: u64| self.now.saturating_sub(at.max(tab.frozen_until));
            let is_long = |at: &u64| since(*at) > LONGEST_HOLD;
            if self.lock.holder == Some(*id) && tab.holds_since.as_ref().is_some_and(is_long) {
                self.fail(
                    "the lock is held too long",
                    &format!("by tab {id} since {:?}", tab.holds_since),
                );
            }
            let late = tab
                .waits
                .iter()
                .find(|wait| since(wait.begun) > LONGEST_CALL);
            if let Some(wait) = late {
                self.fail("a call waits too long", &format!("tab {id}: {wait:?}"));
            }
        }
    }

    // Who is who.

    /// A word of another tab has come.
    pub(super) fn hears(&mut self, id: TabId, message: &Message, said: u64) {
        let tells = matches!(message.word, Word::SignedIn | Word::Refreshed);
        if tells && said >= self.changed_at {
            self.could_know_now(id);
        }
    }

    /// It was brought to the front, or comes back from the cache, where no word has reached it.
    pub(super) fn has_looked(&mut self, id: TabId, was_away: bool) {
        if was_away || self.now > self.changed_at + MINUTES {
            self.could_know_now(id);
        }
    }

    fn could_know_now(&mut self, id: TabId) {
        let now = self.now;
        self.tabs
            .get_mut(&id)
            .unwrap()
            .could_know
            .get_or_insert(now);
    }

    /// Whether only the backend can say whose the credential is.
    fn is_anonymous(&self) -> bool {
        self.life.mode == Mode::Session || self.life.names.is_opaque
    }

    /// A call goes out, and the API takes its caller for `person`.
    pub(super) fn check_landing(&self, id: TabId, call: CallId, person: Option<Person>) {
        let tab = &self.tabs[&id];
        let Some(person) = person else {
            return;
        };
        let now = self.now;
        let is_new = |at: u64| at + UNSEEN > now;
        let is_excused = self.is_anonymous()
            && (tab.could_know.is_none_or(is_new)
                || is_new(tab.trouble_at)
                || is_new(tab.frozen_until)
                || is_new(self.offline_until));
        // Where nothing tells the engine, it cannot know.
        let is_unknown = self.life.names.is_opaque && self.has_stray_login;
        if is_excused || is_unknown {
            return;
        }
        let wait = tab.waits.iter().find(|wait| wait.call == call);
        if let Some(wait) = wait
            && wait.asked == Asked::Post
            && wait.shown.is_some_and(|shown| shown != person)
        {
            self.fail(
                "what one wrote lands with another",
                &format!(
                    "tab {id} was shown as {:?} at {}, and the API takes it for {person:?}",
                    wait.shown, wait.begun
                ),
            );
        }
        if tab.shown().is_some_and(|shown| shown != person) {
            self.fail(
                "a call acts as another than is shown",
                &format!(
                    "tab {id} is shown as {:?}, and acts as {person:?}",
                    tab.shown()
                ),
            );
        }
    }

    pub(super) fn notified(&mut self, id: TabId, event: Event, snapshot: &Snapshot) {
        // A start that finds nobody loses a session too, if a tab has it; where it knows of a logout, that was for one of before.
        let finds_nobody = event == Event::Restored
            && snapshot.status == Status::SignedOut
            && self.tabs.values().any(Tab::is_signed_in);
        if event == Event::SignedOut || (finds_nobody && snapshot.reason.is_none()) {
            self.signed_out(id, snapshot);
        }
        let known = self.tabs[&id].known;
        let is_in = snapshot.status == Status::SignedIn;
        let person = person_of(snapshot).filter(|_| is_in);
        let changed = matches!((known, person), (Some(known), Some(person)) if known != person);
        let is_told = event == Event::SubjectChanged;
        if is_told || changed {
            self.note(|| format!("tab {id}: {known:?} to {person:?}, {}", event.as_str()));
        }
        if is_told && !changed && known.is_some() && person.is_some() {
            self.fail(
                "subject-changed without a change",
                &format!(
                    "tab {id} shows {person:?} as before; {} calls were superseded",
                    self.tabs[&id].superseded.len()
                ),
            );
        }
        if changed && !is_told {
            let what = if self.tabs[&id].is_nameless {
                "a change without subject-changed, by way of nobody"
            } else {
                "a change without subject-changed"
            };
            self.fail(
                what,
                &format!("tab {id}: {known:?} to {person:?} by {}", event.as_str()),
            );
        }
        let tab = self.tabs.get_mut(&id).unwrap();
        // Signed in without a name, it may still be the same person, unless it is said not to be.
        let is_still = is_in && !is_told;
        tab.known = person.or(known.filter(|_| is_still));
        tab.is_nameless = is_in && person.is_none();
    }

    // What came of it.

    pub(super) fn settle(&mut self, id: TabId, call: CallId, error: Option<Code>) {
        let tab = self.tabs.get_mut(&id).unwrap();
        let Some(place) = tab.waits.iter().position(|wait| wait.call == call) else {
            self.fail(
                "a call is settled twice",
                &format!("tab {id} settled {call:?}, which does not wait"),
            );
        };
        let wait = tab.waits.remove(place);
        tab.asked_as = wait.shown;
        match (wait.asked, error) {
            (Asked::Login(person), None) => {
                self.note(|| format!("tab {id} has logged in as {}", person.name()));
                self.report.logins += 1;
                self.begins_anew();
                // Its session may be over by the time that it is known.
                let is_there =
                    self.life.mode == Mode::Jwt || self.person_of_cookie() == Some(person);
                // Or logged out of, in a tab that knew whose the cookie was sooner than this one, and the server is told yet.
                // So too, if the page slept between the answer and the word that its tokens are written.
                let came_at = self.tabs[&id].login_came_at();
                let is_ending = came_at.is_some_and(|at| at < self.logged_out.at);
                self.is_meant((is_there && !is_ending).then_some(Some(person)));
            }
            (Asked::Login(_), Some(code)) => {
                self.note(|| format!("tab {id} has not logged in: {}", code.as_str()));
                // Its session counts all the same.
                if self.tabs[&id].login_came_at() >= Some(wait.begun) {
                    self.is_meant(None);
                }
            }
            (Asked::Logout, _) => {}
            (_, Some(Code::Superseded)) => self.tabs.get_mut(&id).unwrap().superseded.push(wait),
            _ => {}
        }
    }

    /// A session that began then, in seconds, was logged out of, whoever was shown: it may end.
    pub(super) fn is_logged_out(&self, began: i64) -> bool {
        self.meant.1 == Some(None) || self.ms_of(began) <= self.logged_out.at
    }

    /// A logout reaches the server, and ends what began then, in seconds.
    pub(super) fn check_logout(
        &mut self,
        id: TabId,
        began: Option<i64>,
        person: Option<Person>,
        sent: u64,
    ) {
        let Some(began) = began else {
            return;
        };
        // The server counts in seconds.
        let after = (self.ms_of(began) + 999).saturating_sub(self.logged_out.at);
        // Of a login that nobody was told of, no engine can know; and if the server has not answered the logout, a new session of
        // the same person looks like the former one.
        let is_known = self.logged_out.is_answered
            || (self.logged_out.person.is_some() && person != self.logged_out.person);
        // A page of the backend that came between the server's answer to whose session stands and this knows of no lock, nor
        // does a login that has waited for it in vain.
        let begun = self.page_at.max(self.unlocked_login_at);
        let is_crossed = begun.is_some_and(|at| sent < at + LONGEST_LOGOUT);
        // The note of the logout was to be taken away, and could not be.
        let is_left = self.excuse == Some(Excuse::StoreFull);
        let is_excused = self.has_stray_login || is_crossed || is_left;
        if after > LONGEST_LOGOUT && is_known && !is_excused {
            self.fail(
                "a logout ends a session that began after it",
                &format!("tab {id}; {person:?} logged in {} s later", after / 1_000),
            );
        }
        if after > 0 {
            self.is_meant(None);
        }
    }

    /// A call that failed with `superseded` belonged to somebody else than who is shown after it, or somebody has logged in or
    /// out of late.
    pub(super) fn check_superseded(&mut self, id: TabId) {
        let tab = self.tabs.get_mut(&id).unwrap();
        let (known, waits) = (tab.known, std::mem::take(&mut tab.superseded));
        let last = self.changed_at.max(self.meant.0).max(self.asked_at);
        let is_of = |shown: Option<Person>| shown.is_some() && shown == known;
        let by_itself = |begun: u64| begun > last + AT_ONCE && self.excuse.is_none();
        if let Some(wait) = waits
            .iter()
            .find(|wait| is_of(wait.shown) && by_itself(wait.begun))
        {
            self.fail(
                "superseded by oneself",
                &format!("tab {id}: {wait:?}, and shows {known:?} still"),
            );
        }
    }

    fn signed_out(&mut self, id: TabId, snapshot: &Snapshot) {
        let reason = snapshot.reason.map_or("none", |reason| reason.as_str());
        self.note(|| format!("tab {id} is signed out: {reason}"));
        let count = match self.excuse {
            Some(excuse) => self.report.excused.entry((excuse, reason)).or_default(),
            None => self.report.reasons.entry(reason).or_default(),
        };
        *count += 1;
        let since = self.now - self.meant.0;
        let tab = &self.tabs[&id];
        // Who was shown until now may be somebody else, whose session is over.
        let is_meant = |meant| tab.known.is_none_or(|known| known == meant);
        if matches!(self.meant.1, Some(Some(meant)) if is_meant(meant))
            && self.excuse.is_none()
            && since > AT_ONCE
            && tab.frozen_until + AT_ONCE < self.now
        {
            self.fail("a session is lost", &format!("by tab {id}: {reason}"));
        }
    }
}
