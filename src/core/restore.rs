//! Finding out who is signed in: at the start, and when something may have changed it elsewhere.

use super::answer::Failure;
use super::call::End;
use super::config::Mode;
use super::effect::{Effect, Outcome};
use super::engine::Engine;
use super::flight::CallId;
use super::input::{LoadFailure, StoreFailure};
use super::record::{self, Record, Stored};
use super::refresh::Phase;
use super::secret::Secret;
use super::session::{Epoch, Event, Generation, LoginTime, Reason, Status, StorageState};
use super::timer::Timer;

/// What a read of the store is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LoadFor {
    /// The start.
    Restore,
    /// The lock has been granted: did another tab refresh meanwhile?
    Recheck,
    /// The server has answered a refresh: has another tab something newer?
    Confirm,
    /// Something may have changed.
    LookAgain,
    /// The store was empty: is it still?
    Cleared,
    /// The server has to be told of a logout: or has somebody logged in since?
    PendingLogout,
    /// The profile is to be written: or has the session gone on elsewhere?
    Profile,
}

/// So long a word of another tab may take that explains an empty store.
const CLEARED_MS: u64 = 500;
/// So often is looked for what another tab says to have written.
const MOST_LOOKS: u32 = 4;

impl Engine {
    pub(super) fn start(&mut self) {
        let stores_nothing = self.config.mode == Mode::Jwt && !self.config.stores_tokens();
        if stores_nothing {
            self.known_to_be_nobody(None);
        } else {
            self.load(LoadFor::Restore);
        }
    }

    pub(super) fn on_ready(&mut self, call: CallId) {
        self.ready.push(call);
        if self.status != Status::Restoring || self.refresh.is_cooling() {
            self.settle_ready();
        }
    }

    /// The first attempt to learn who is signed in has ended, well or badly.
    pub(super) fn settle_ready(&mut self) {
        for call in std::mem::take(&mut self.ready) {
            self.settle(call, Outcome::Done);
        }
    }

    /// Asks again who is signed in, as what is known may be out of date.
    pub(super) fn look_again(&mut self) {
        if self.is_reading_first() {
            return;
        }
        // The cookie would bring back a session that was logged out of.
        if self.logout_pends {
            self.retry_pending_logout();
            return;
        }
        match self.config.mode {
            Mode::Session => self.start_me(),
            Mode::Hybrid => self.start_refresh(),
            // The keys for what it holds were out of reach.
            Mode::Jwt if self.status == Status::Restoring => self.load(LoadFor::Restore),
            Mode::Jwt if self.config.stores_tokens() => self.load(LoadFor::LookAgain),
            Mode::Jwt => {}
        }
    }

    /// What is under way by cookie may have been answered before somebody logged in or out elsewhere.
    pub(super) fn doubt_answers(&mut self) {
        if self.config.cookie_bound() {
            self.refresh.is_stale = true;
        }
        if self.is_session_mode() && !self.login_awaits_user() {
            self.me = None;
        }
    }

    pub(super) fn load(&mut self, purpose: LoadFor) {
        self.loads.push((purpose, self.epoch));
        self.bound(Timer::Load);
        self.effects.push(Effect::Load);
    }

    /// The start's own read is under way. It may bring the note of a logout: nobody may ask for a session before.
    pub(super) fn is_reading_first(&self) -> bool {
        let is_first = |(purpose, _): &(LoadFor, Epoch)| *purpose == LoadFor::Restore;
        self.status == Status::Restoring && self.loads.iter().any(is_first)
    }

    pub(super) fn on_load_timeout(&mut self) {
        // Their answers may still come, and are nobody's then.
        let waiting = std::mem::take(&mut self.loads);
        for (purpose, epoch) in waiting {
            self.late_loads = self.late_loads.saturating_add(1);
            self.take_load(purpose, epoch, &Err(LoadFailure::Broken));
        }
    }

    pub(super) fn on_loaded(&mut self, result: Result<Option<Secret>, LoadFailure>) {
        if self.late_loads > 0 {
            self.late_loads -= 1;
            // Nobody waits for it; whose it is counts all the same.
            if result.is_ok() {
                self.read_stored(&result);
            }
            return;
        }
        if self.loads.is_empty() {
            return;
        }
        let (purpose, epoch) = self.loads.remove(0);
        if self.loads.is_empty() {
            self.timers.clear(Timer::Load);
        }
        self.take_load(purpose, epoch, &result);
    }

    fn take_load(
        &mut self,
        purpose: LoadFor,
        epoch: Epoch,
        result: &Result<Option<Secret>, LoadFailure>,
    ) {
        let waits_for_keys = purpose == LoadFor::Restore && self.status == Status::Restoring;
        if waits_for_keys && matches!(result, Err(LoadFailure::Unverified)) {
            self.cool_off(Failure::Network.into());
            return;
        }
        let mut stored = self.read_stored(result);
        match &stored {
            Stored::Damaged => self.count("stored session ignored", "damaged", 1),
            Stored::Session(record)
                if record::is_from_the_future((record.login, record.generation), self.now) =>
            {
                self.count("stored session ignored", "from the future", 1);
                stored = Stored::NotOurs;
            }
            _ => {}
        }
        match purpose {
            LoadFor::Restore => self.restore(stored),
            // Read before a login or logout, which wrote since.
            _ if epoch != self.epoch => {}
            LoadFor::Recheck => self.recheck(stored),
            LoadFor::Confirm => self.confirm(stored),
            LoadFor::LookAgain => self.compare(stored, false),
            LoadFor::Cleared => self.compare(stored, true),
            LoadFor::PendingLogout if matches!(stored, Stored::Nothing | Stored::Attempt(_)) => {
                self.drop_logout_by_cookie();
                self.look_again();
            }
            LoadFor::PendingLogout => self.send_waiting_logout(),
            LoadFor::Profile => match stored {
                Stored::Session(record) if !self.is_news(&record) => drop(self.save()),
                stored => self.compare(stored, false),
            },
        }
    }

    fn read_stored(&mut self, result: &Result<Option<Secret>, LoadFailure>) -> Stored {
        match result {
            Ok(stored) => {
                let stored = record::read(stored.as_ref().map(Secret::expose));
                if matches!(stored, Stored::NotOurs) {
                    self.storage_is(StorageState::Occupied);
                }
                stored
            }
            Err(LoadFailure::Broken) => {
                self.storage_is(StorageState::Unavailable);
                Stored::NotOurs
            }
            Err(LoadFailure::Untrusted) => Stored::Damaged,
            Err(LoadFailure::Unverified) => Stored::NotOurs,
        }
    }

    fn restore(&mut self, stored: Stored) {
        if matches!(stored, Stored::Damaged) {
            self.effects.push(Effect::Remove);
        }
        if self.status != Status::Restoring {
            // A login or logout came first. After a login the note would end that session at the next start.
            if self.status == Status::SignedIn && matches!(stored, Stored::LogoutPending) {
                self.effects.push(Effect::Remove);
            }
            return;
        }
        match (self.config.mode, stored) {
            (Mode::Jwt, Stored::Session(record)) => self.restore_tokens(*record),
            (Mode::Jwt, Stored::Damaged) => {
                self.known_to_be_nobody(Some(Reason::StoredSessionInvalid));
            }
            (Mode::Jwt, _) => self.known_to_be_nobody(None),
            (_, Stored::LogoutPending) => {
                self.logout_pends = true;
                self.known_to_be_nobody(Some(Reason::Logout));
                self.retry_pending_logout();
            }
            (Mode::Session, _) => self.start_me(),
            (Mode::Hybrid, _) => self.start_refresh(),
        }
    }

    fn restore_tokens(&mut self, record: Record) {
        self.adopt(record);
        if !self.is_due() {
            self.status = Status::SignedIn;
            self.note("restored");
            self.publish(Event::Restored);
            self.fetch_missing_user();
            self.resume_waiting();
            self.settle_ready();
        } else if self.can_refresh() {
            self.start_refresh();
        } else {
            self.end_everywhere(Reason::TokenExpired);
        }
    }

    /// Takes up what another tab, or an earlier life of this one, has stored.
    pub(super) fn adopt(&mut self, record: Record) {
        self.clock.adopt_skew(record.skew, self.now);
        self.end_cooldown();
        self.refresh.forget_attempt();
        self.refresh.take_attempt(record.attempt);
        if record.login != self.login_time && !self.login_awaits_user() {
            // It would tell of whoever was signed in before.
            self.me = None;
        }
        self.login_time = record.login;
        let (status, generation) = (self.status, record.generation);
        self.hold(record.credentials);
        self.status = status;
        self.generation = generation;
    }

    /// Another tab may have written.
    fn compare(&mut self, stored: Stored, is_second_look: bool) {
        match stored {
            Stored::Session(record) if self.is_news(&record) => {
                let same = self.is_same_subject(record.credentials.user.as_ref());
                let event = match (self.status, same) {
                    (Status::SignedIn, true) => Event::Refreshed,
                    (Status::SignedIn, false) => Event::SubjectChanged,
                    (Status::Restoring | Status::SignedOut, _) => Event::SignedIn,
                };
                if event != Event::Refreshed {
                    self.change_hands();
                }
                self.adopt(*record);
                self.status = Status::SignedIn;
                self.note_value("adopted", self.generation_value());
                self.publish(event);
                self.fetch_missing_user();
                self.resume_calls(&End::Renewed);
                if matches!(self.refresh.phase, Phase::Waiting) && !self.is_due() {
                    self.rest();
                }
            }
            Stored::Session(record) => {
                self.meet_own(*record);
            }
            Stored::Nothing
                if self.status == Status::SignedIn && self.storage == StorageState::Ok =>
            {
                if is_second_look {
                    self.end_locally(Some(Reason::StoreCleared), Event::SignedOut);
                } else {
                    self.wake(Timer::Cleared, CLEARED_MS);
                }
            }
            _ => {}
        }
        self.look_for_expected();
    }

    /// Another tab says that this is in the store. Some browsers show a tab an older state for a while (WebKit bug 225344).
    pub(super) fn expect(&mut self, told: (LoginTime, Generation)) {
        if self.config.shares_store() {
            self.expected = Some(told);
            self.looks = 0;
        }
    }

    /// Looks again, a few times, for what is not there yet.
    fn look_for_expected(&mut self) {
        let Some((login, generation)) = self.expected else {
            return;
        };
        let is_there = login == self.login_time && generation <= self.generation;
        self.looks += 1;
        if is_there || self.looks > MOST_LOOKS {
            self.expected = None;
            if !is_there {
                self.count("message ignored", "not in the store", 1);
            }
        } else {
            self.wake(Timer::Cleared, CLEARED_MS);
        }
    }

    /// The store holds what is held here, or what this tab had before and could not replace.
    pub(super) fn meet_own(&mut self, record: Record) {
        if record.login != self.login_time || record.generation < self.generation {
            self.note("older session overwritten");
            self.save();
        } else {
            // Two tabs that got the same answer count on from different numbers.
            self.generation = record.generation;
            self.refresh.take_attempt(record.attempt);
        }
    }

    /// Whether a stored session is to be taken up. Another session is: who writes one has read the store before, and is
    /// right. Of the same session, newer tokens are.
    pub(super) fn is_news(&self, record: &Record) -> bool {
        let Some(held) = &self.held else { return true };
        if record.login != self.login_time {
            return self.storage == StorageState::Ok;
        }
        let stored = &record.credentials;
        let is_same = |held: &Option<Secret>, stored: &Option<Secret>| match (held, stored) {
            (Some(held), Some(stored)) => held.is(stored),
            (None, None) => true,
            _ => false,
        };
        // Two access tokens of one second may be the same to the letter.
        let is_held =
            is_same(&held.access, &stored.access) && is_same(&held.refresh, &stored.refresh);
        !is_held && record.generation >= self.generation
    }

    pub(super) fn known_to_be_nobody(&mut self, reason: Option<Reason>) {
        let event = self.end_event();
        self.status = Status::SignedOut;
        self.reason = reason;
        self.held = None;
        self.note_detail("nobody is signed in", reason.map(Reason::as_str));
        self.publish(event);
        self.resume_waiting();
        self.settle_ready();
    }

    /// Writes the held tokens. True: `Input::Saved` will follow.
    pub(super) fn save(&mut self) -> bool {
        let Some(held) = &self.held else { return false };
        if !self.config.stores_tokens() || self.storage == StorageState::Occupied {
            return false;
        }
        let text = record::write(
            (self.login_time, self.generation),
            held,
            self.clock.skew(self.now),
            self.refresh.attempt(),
        );
        self.effects.push(Effect::Save(text));
        true
    }

    /// For what may be written late: another tab may have written since.
    pub(super) fn save_if_current(&mut self) {
        if self.config.stores_tokens() {
            self.load(LoadFor::Profile);
        }
    }

    pub(super) fn on_saved(&mut self, result: Result<(), StoreFailure>) {
        match (result, self.storage) {
            (Err(StoreFailure), StorageState::Ok) => {
                self.storage_is(StorageState::Unavailable);
            }
            (Ok(()), StorageState::Unavailable) => self.storage_is(StorageState::Ok),
            _ => {}
        }
        self.on_refresh_saved();
    }

    /// What was found to be another's stays so: one failed read later, it would be overwritten.
    pub(super) fn storage_is(&mut self, state: StorageState) {
        if self.storage == state || self.storage == StorageState::Occupied {
            return;
        }
        self.storage = state;
        self.note_detail("storage", Some(state.as_str()));
        self.publish(Event::StorageChanged);
    }

    pub(super) fn generation_value(&self) -> i64 {
        let Generation(generation) = self.generation;
        i64::try_from(generation).unwrap_or(i64::MAX)
    }
}
