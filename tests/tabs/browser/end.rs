//! What holds in the end, when all is well again.

use hallpass::core::{Input, Mode, PageEvent, Status};

use super::agenda::What;
use super::tab::{Asked, Tab, TabId};
use super::{AT_ONCE, Browser};
use crate::report::Excuse;
use crate::site::Person;

/// So long all is well before anything is looked at.
const REST: u64 = 4 * 60_000;
/// … and after all tabs were brought to the front.
const LOOK: u64 = 2 * 60_000;
/// So often a tab may find somebody else after that.
const MOST_FINDS: u32 = 3;

impl Browser {
    /// Everything is well from now on; every tab has to come to the same end.
    pub(super) fn rest(&mut self) {
        self.rests = true;
        self.note(|| "rest".into());
        let was_offline = self.offline_until > self.now;
        self.has_faults = false;
        self.next_fails = (false, false);
        self.offline_until = 0;
        self.agenda
            .retain(|entry| !matches!(entry.0.what, What::Act));
        for id in self.ids() {
            if self.tabs[&id].store_hangs {
                // What it had, and could not write, goes with it.
                self.excuses(Excuse::StoreFailed);
                self.remove(id);
            }
        }
        for id in self.ids() {
            if (was_offline || self.life.is_old()) && self.is_awake(id) {
                self.feed(id, Input::Page(PageEvent::Online));
            }
        }
        for tab in self.tabs.values_mut() {
            tab.refreshes = 0;
        }
        self.run_until(self.now + REST);
        self.check_refreshes();
        if !self.life.is_old() {
            self.check_told();
            for id in self.ids() {
                self.come_to_front(id);
            }
            self.run_until(self.now + LOOK);
        }
        // What a server refuses, it tells to who asks.
        for id in self.ids() {
            self.call_in(id, Asked::Get);
        }
        self.run_until(self.now + 60_000);
        // A call that finds somebody else is not sent again for them; the next one is theirs. Who it finds may have been told
        // by a tab that could not write before.
        for _ in 0..MOST_FINDS {
            for id in self.ids() {
                if self.tabs[&id].has_found() {
                    self.call_in(id, Asked::Get);
                }
            }
            self.run_until(self.now + 60_000);
        }
        // What another tab could not write down is waited for, a few times.
        if self.excuse.is_some() && self.tabs.values().any(Tab::is_refused) {
            for id in self.ids() {
                self.call_in(id, Asked::Get);
            }
            self.run_until(self.now + 60_000);
        }

        self.check_calls();
        self.check_persons();
        self.check_agreement();
        self.check_meant();
    }

    fn ids(&self) -> Vec<TabId> {
        self.tabs.keys().copied().collect()
    }

    /// Tabs that have nothing new to tell each other do not renew what is good.
    fn check_refreshes(&self) {
        let lives = REST.div_ceil(self.life.token_life as u64 * 1_000);
        let most = 4 + 3 * lives;
        if let Some((id, tab)) = self.tabs.iter().find(|(_, tab)| tab.refreshes > most) {
            self.fail(
                "too many refreshes",
                &format!(
                    "{} by tab {id} in {} s of rest",
                    tab.refreshes,
                    REST / 1_000
                ),
            );
        }
    }

    /// Whoever finds another person by the cookie lets the other tabs know.
    fn check_told(&self) {
        let truth = self.person_of_cookie();
        if truth.is_none() || self.life.mode == Mode::Jwt {
            return;
        }
        let has_found = |tab: &Tab| tab.opened >= self.changed_at && tab.shown() == truth;
        let Some(finder) = self.tabs.iter().find(|(_, tab)| has_found(tab)) else {
            return;
        };
        // Somebody without a name is looked at later.
        let is_wrong = |tab: &Tab| match tab.shown() {
            Some(_) => tab.shown() != truth,
            None => !tab.is_signed_in(),
        };
        if let Some((id, tab)) = self.tabs.iter().find(|(_, tab)| is_wrong(tab)) {
            let what = if tab.could_know.is_some() {
                "a tab was told who has come, and shows another"
            } else {
                "a tab was not told who has come"
            };
            self.fail(
                what,
                &format!(
                    "tab {} has found {truth:?}, and tab {id} shows {:?}",
                    finder.0,
                    tab.shown()
                ),
            );
        }
    }

    fn check_calls(&self) {
        for (id, tab) in &self.tabs {
            if !tab.waits.is_empty() {
                self.fail(
                    "a call waits for ever",
                    &format!("tab {id}: {:?}", tab.waits),
                );
            }
        }
        for (id, tab) in &self.tabs {
            if tab.is_refused() {
                self.fail("signed in, and refused", &format!("tab {id}"));
            }
        }
    }

    /// The user that is shown is the one that a call acts as.
    fn check_persons(&self) {
        // Where a cookie is the credential, a call of somebody who is signed out may act as somebody, too.
        // Elsewhere, one that was made before the tab was signed in says nothing.
        let is_shown = |tab: &Tab| {
            let is_signed_in = tab.is_signed_in() && tab.acted_signed_in;
            (self.life.mode == Mode::Session || is_signed_in) && !tab.has_found()
        };
        for (id, tab) in self.tabs.iter().filter(|(_, tab)| is_shown(tab)) {
            let shown = tab.shown();
            // Where nothing tells the engine, it cannot know.
            let is_unknown = self.life.names.is_opaque && self.has_stray_login;
            let is_nameless = shown.is_none() && !self.life.asks_me;
            if shown != tab.acted_as && !is_unknown && !is_nameless {
                let what = match shown {
                    _ if !tab.is_signed_in() => "signed out, and a call acts as somebody",
                    None => "signed in, and nobody is shown",
                    Some(_) => "a tab shows another than its calls act as",
                };
                let acted = tab.acted_as;
                self.fail(
                    what,
                    &format!("tab {id} shows {shown:?}, and acts as {acted:?}"),
                );
            }
        }
    }

    fn ends(&self) -> Vec<(TabId, Status, Option<Person>)> {
        let ends = self.tabs.iter();
        ends.map(|(id, tab)| (*id, tab.engine.snapshot().status, tab.shown()))
            .collect()
    }

    /// Nobody is to blame for the loss of the session. After a logout it is one whose note could not be written.
    fn may_be_lost(&self) -> bool {
        let is_unwritten = self.excuse == Some(Excuse::StoreFull);
        is_unwritten || (self.excuse.is_some() && self.meant.1 != Some(None))
    }

    /// The session that is meant began without the lock, and a refresh that was out brought the cookie of the former one. No word
    /// tells the tab that has logged in.
    fn is_undone(&self) -> bool {
        self.undone_at.is_some_and(|at| at >= self.meant.0)
    }

    /// A page of the backend has begun the session that is meant, and no tab that has asked since was answered before it was gone.
    /// One that shows nobody, and has no token to renew, has no reason to ask.
    fn is_unseen(&self) -> bool {
        self.life.mode == Mode::Hybrid && self.page_at >= Some(self.meant.0) && !self.is_page_seen
    }

    fn check_agreement(&self) {
        let ends = self.ends();
        let is_one = ends
            .windows(2)
            .all(|pair| (pair[0].1, pair[0].2) == (pair[1].1, pair[1].2));
        // A token that still is good is as good as a session, and nothing tells of another one that nobody was told of, or
        // that could not be written down.
        let is_unknown = match self.life.mode {
            Mode::Hybrid if self.is_undone() => true,
            // A logout in a tab that showed another than whose the cookie was may have ended the session of either, and tells the
            // tabs of who was shown.
            Mode::Hybrid if self.meant == (self.logged_out.at, None) => {
                self.person_of_cookie().is_none()
            }
            Mode::Jwt => self.life.store_is_slow && self.excuse == Some(Excuse::StoreFull),
            // A session that was lost may be found to be so by a tab that has no token of it.
            // And what was logged out of may be taken up by a tab that finds no note yet.
            Mode::Hybrid if self.may_be_lost() || self.has_late_note => {
                self.has_stray_login || self.person_of_cookie().is_none()
            }
            _ => self.has_stray_login,
        };
        let may_differ = is_unknown && self.life.token_life > REST as i64 / 1_000;
        if !is_one && !may_differ {
            self.fail("the tabs disagree", &format!("{ends:?}"));
        }
    }

    fn check_meant(&self) {
        let ends = self.ends();
        let (since, meant) = self.meant;
        let Some((_, status, shown)) = ends.first() else {
            return;
        };
        let is_clear = since.saturating_sub(self.before) > AT_ONCE
            && self.life.ms.saturating_sub(since) > AT_ONCE;
        let (true, Some(meant)) = (is_clear, meant) else {
            return;
        };
        let is_in = *status == Status::SignedIn;
        let is_unseen = meant.is_some() && self.is_unseen();
        if self.excuse.is_none() && !is_unseen && meant.is_some() != is_in {
            self.fail(
                "not what was meant",
                &format!("meant to be signed in: {meant:?} since {since}, but {ends:?}"),
            );
        }
        // That a session is lost can be excused; that a former one comes back cannot.
        let is_excused =
            !matches!(self.excuse, None | Some(Excuse::StoreFailed)) || self.is_undone();
        if !is_excused && is_in && shown.is_some() && meant.is_some() && *shown != meant {
            self.fail(
                "a former session has come back",
                &format!("meant to be signed in: {meant:?} since {since}, but {ends:?}"),
            );
        }
    }
}
