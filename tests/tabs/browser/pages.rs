//! Pages that come and go: the backend's own, and those in the back/forward cache.

use hallpass::core::{Input, PageEvent};

use super::Browser;
use super::agenda::What;
use super::tab::TabId;
use crate::site::Person;

impl Browser {
    /// A tab goes to a page of the backend's own, which logs in or out, and from there to the app again: a fresh engine starts.
    pub(super) fn visit_page(&mut self, person: Option<Person>) {
        let Some(id) = self.any_awake() else {
            return;
        };
        self.note(|| format!("tab {id} goes to a page of the backend, which signs in {person:?}"));
        self.remove(id);
        let before = self.person_of_cookie();
        match person {
            Some(person) => self.site.log_in_by_page(person, self.seconds()),
            None => self.site.log_out_by_page(),
        }
        self.look_at_cookie(before);
        self.page_at = Some(self.now);
        self.is_page_seen = false;
        self.is_meant(Some(person));
        let wait = 300 + self.chance.below(3_000);
        self.plan(wait, What::Open);
    }

    /// A page is left, and kept with all that it has under way.
    pub(super) fn hide(&mut self) {
        let Some(id) = self.any_awake() else {
            return;
        };
        self.note(|| format!("tab {id} goes into the back/forward cache"));
        // From here on it is woken by coming back.
        self.tabs.get_mut(&id).unwrap().is_hidden = true;
        self.feed(id, Input::Page(PageEvent::Hidden));
        let has_lock = self.lock.holder == Some(id) || self.lock.queue.contains(&id);
        if has_lock && !self.life.has_lease {
            // A page with a lock is not kept.
            self.remove(id);
            return;
        }
        if has_lock {
            // A lease is given up when its page is left, whatever its engine may think.
            let is_held = self.tabs[&id].holds_since.is_some();
            self.let_go(id);
            if is_held {
                let aborted = self.give_up_cookies(id);
                self.tabs.get_mut(&id).unwrap().kept.extend(aborted);
            }
        }
        if self.chance.one_in(4) {
            // Pushed out of it, sooner or later.
            self.remove(id);
        } else {
            let wait = 100 + self.chance.below(120_000);
            self.plan(wait, What::Restore(id));
        }
    }

    pub(super) fn restore(&mut self, id: TabId) {
        let now = self.now;
        let Some(tab) = self.tabs.get_mut(&id).filter(|tab| tab.is_hidden) else {
            return;
        };
        tab.is_hidden = false;
        tab.is_returning = true;
        tab.trouble_at = now;
        tab.frozen_until = tab.frozen_until.max(now);
        let kept = std::mem::take(&mut tab.kept);
        self.note(|| format!("tab {id} comes back from the back/forward cache"));
        let is_first = self.chance.one_in(2);
        if is_first {
            self.come_back(id);
        }
        for what in kept {
            match what {
                // Its channel was closed.
                What::Tell(..) | What::StoreChanged(_) => {}
                What::Api(_, call, _) | What::ApiByPass(_, call, ..) if self.chance.one_in(3) => {
                    self.loses(id, call);
                }
                What::Answer(..) if self.chance.one_in(3) => {}
                what => self.happen(what),
            }
        }
        if !is_first {
            self.come_back(id);
        }
    }

    fn come_back(&mut self, id: TabId) {
        self.tabs.get_mut(&id).unwrap().is_returning = false;
        self.has_looked(id, true);
        self.feed(id, Input::Page(PageEvent::Restored));
    }

    /// The request of a call was given up by the browser, and so its caller by the shell.
    fn loses(&mut self, id: TabId, call: u32) {
        let call = hallpass::core::CallId(call);
        let tab = self.tabs.get_mut(&id).unwrap();
        tab.waits.retain(|wait| wait.call != call);
        self.feed(id, Input::Gone { call });
    }
}
