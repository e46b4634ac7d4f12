//! The store that the tabs share: at once, or slow.

use std::collections::VecDeque;

use hallpass::Json;
use hallpass::core::{Input, LoadFailure, Secret, StoreFailure};

use super::Browser;
use super::agenda::What;
use super::tab::TabId;
use crate::report::Excuse;

/// How late another tab hears of a write, at most.
const EVENT: u64 = 200;
const SLOW_EVENT: u64 = 3_000;
/// The option `timeout`: so long an engine waits for a read or write.
const LONGEST: u64 = 15_000;

impl Browser {
    pub(super) fn load(&mut self, id: TabId, inputs: &mut VecDeque<Input>) {
        if !self.life.store_is_slow {
            let text = self.store.clone().map(Secret::new);
            inputs.push_back(Input::Loaded(Ok(text)));
            return;
        }
        if self.has_faults && self.life.store_hangs && self.chance.one_in(60) {
            self.note(|| format!("the store answers no read of tab {id} any more"));
            self.excuses(Excuse::StoreFailed);
            self.tabs.get_mut(&id).unwrap().store_hangs = true;
        }
        if self.tabs[&id].store_hangs {
            return;
        }
        let fails = std::mem::take(&mut self.next_fails.0);
        let wait = self.store_wait();
        let now = self.now;
        let tab = self.tabs.get_mut(&id).unwrap();
        // Reads are answered in their order.
        let ready = (now + wait).max(tab.reads.1 + 1);
        tab.reads = (tab.reads.0 + 1, ready);
        self.is_waited_for(ready);
        if fails {
            self.note(|| format!("the store fails a read of tab {id}"));
            self.excuses(Excuse::StoreFailed);
            self.plan(ready - now, What::ReadFails(id));
        } else {
            // What is read is what stands there at some time until then, whatever is being written meanwhile.
            let look = self.chance.below(ready - now + 1);
            self.plan(look, What::Look(id, ready));
        }
    }

    pub(super) fn look(&mut self, id: TabId, ready: u64) {
        let text = self.store.clone();
        self.note(|| format!("tab {id} reads, for {ready}: {}", brief(&text)));
        self.plan(ready - self.now, What::Read(id, text));
    }

    /// `None`: it failed.
    pub(super) fn has_read(&mut self, id: TabId, text: Option<Option<String>>) {
        let Some(tab) = self.tabs.get_mut(&id) else {
            return;
        };
        tab.reads.0 -= 1;
        let result = match text {
            Some(text) => Ok(text.map(Secret::new)),
            None => Err(LoadFailure::Broken),
        };
        self.feed(id, Input::Loaded(result));
    }

    pub(super) fn save(&mut self, id: TabId, text: Option<String>, inputs: &mut VecDeque<Input>) {
        if !self.life.store_is_slow {
            let is_full = text.is_some() && self.full_until > self.now;
            if is_full {
                self.tabs.get_mut(&id).unwrap().is_unwritten = true;
                self.excuses(Excuse::StoreFull);
            } else {
                self.write(id, text);
            }
            inputs.push_back(Input::Saved(if is_full {
                Err(StoreFailure)
            } else {
                Ok(())
            }));
            return;
        }
        let fails = !self.tabs[&id].store_hangs && std::mem::take(&mut self.next_fails.1);
        let may_hang = self.has_faults && self.life.store_hangs && !fails;
        let hangs = self.tabs[&id].store_hangs || (may_hang && self.chance.one_in(60));
        let wait = self.store_wait();
        let now = self.now;
        let tab = self.tabs.get_mut(&id).unwrap();
        // What is written last stands there in the end.
        let ready = (now + wait).max(tab.writes.1 + 1);
        tab.writes.1 = ready;
        let is_note = text
            .as_ref()
            .is_some_and(|text| text.contains("logoutPending"));
        tab.store_hangs |= hangs;
        if !hangs {
            tab.writes.0 += 1;
        }
        self.has_late_note |= is_note && ready > now + LONGEST;
        if fails {
            let answered = ready.max(tab.last_written + 1);
            tab.last_written = answered;
            self.plan(answered - now, What::Wrote(id, false));
        } else if !hangs {
            self.plan(ready - now, What::Write(id, text));
        }
        self.is_waited_for(ready);
        if fails || hangs {
            self.tabs.get_mut(&id).unwrap().is_unwritten = true;
            self.note(|| format!("the store does not write for tab {id}, hangs: {hangs}"));
            // What was to be written down is missing.
            self.excuses(Excuse::StoreFull);
        }
    }

    /// Whoever wanted it may be gone or asleep by now.
    pub(super) fn do_write(&mut self, id: TabId, text: Option<String>) {
        // A login that has waited for the lock in vain takes the note of a logout away.
        let is_unlocked = text.is_none()
            && self.unlocked_login_at.is_some()
            && self.lock.holder.is_some_and(|holder| holder != id);
        // A profile is written without the lock, which another tab may have had its note written under since it was read.
        let is_unnoted = self.lock.holder != Some(id) && drops_note(&self.store, &text);
        if self.store != text && (is_unlocked || is_unnoted || !self.tabs.contains_key(&id)) {
            // The lock is another's by now, who may have read and noted something else.
            self.note(|| {
                format!("the store writes late for tab {id}, which does not hold the lock")
            });
            self.excuses(Excuse::StoreFailed);
        }
        self.write(id, text);
        let wait = self.chance.below(20);
        let Some(tab) = self.tabs.get_mut(&id) else {
            return;
        };
        // Its answers keep their order, too.
        let answered = (self.now + wait).max(tab.last_written + 1);
        tab.last_written = answered;
        self.plan(answered - self.now, What::Wrote(id, true));
    }

    pub(super) fn has_written(&mut self, id: TabId, is_ok: bool) {
        let Some(tab) = self.tabs.get_mut(&id) else {
            return;
        };
        tab.writes.0 -= 1;
        let result = if is_ok { Ok(()) } else { Err(StoreFailure) };
        self.feed(id, Input::Saved(result));
    }

    fn write(&mut self, id: TabId, text: Option<String>) {
        if self.store == text {
            return;
        }
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.is_unwritten = false;
        }
        self.note(|| format!("the store holds what tab {id} wrote: {}", brief(&text)));
        self.store = text;
        let longest = if self.life.store_is_slow {
            SLOW_EVENT
        } else {
            EVENT
        };
        for other in self.others(id) {
            let wait = self.chance.below(longest);
            self.plan(wait, What::StoreChanged(other));
        }
    }

    /// If the store is ready later than an engine waits for it, it has failed for that.
    fn is_waited_for(&mut self, ready: u64) {
        if ready > self.now + LONGEST {
            self.excuses(Excuse::StoreFailed);
        }
    }

    fn store_wait(&mut self) -> u64 {
        if !self.has_faults {
            return 1 + self.chance.below(30);
        }
        match self.chance.below(200) {
            0 => 10_000 + self.chance.below(10_000),
            1..=30 => self.chance.below(4_000),
            _ => 1 + self.chance.below(50),
        }
    }
}

fn record(text: &str) -> Json {
    text.split_once(' ')
        .and_then(|(_, json)| Json::parse(json))
        .unwrap_or_else(Json::null)
}

/// Whether `text` is of the same tokens as what it replaces, without the note of their renewal, or with another.
fn drops_note(store: &Option<String>, text: &Option<String>) -> bool {
    let (Some(store), Some(text)) = (store, text) else {
        return false;
    };
    let (store, text) = (record(store), record(text));
    let word = |json: &Json, name: &str| json.get(name)?.as_string();
    let is_same = word(&store, "refresh") == word(&text, "refresh");
    let attempt = word(&store, "attempt");
    is_same && attempt.is_some() && attempt != word(&text, "attempt")
}

/// Without the tokens.
fn brief(text: &Option<String>) -> String {
    let Some(text) = text else {
        return "nothing".into();
    };
    let json = record(text);
    let number = |name: &str| json.get(name)?.as_i64();
    let word = |name: &str| json.get(name)?.as_string();
    let attempt = word("attempt").map(|name| format!("{name:.4}"));
    format!(
        "session {:?}.{:?}, {:?}, attempt {attempt:?}{}",
        number("login"),
        number("generation"),
        word("refresh"),
        if text.contains("logoutPending") {
            ", logout pending"
        } else {
            ""
        }
    )
}
