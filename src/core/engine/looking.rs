//! Finding out who is signed in: at the start, and when something may have changed it elsewhere.

use crate::core::calls::End;
use crate::core::engine::state::Engine;
use crate::core::options::config::Mode;
use crate::core::port::answer::Failure;
use crate::core::port::effect::Effect;
use crate::core::port::ids::CallId;
use crate::core::port::input::LoadFailure;
use crate::core::port::secret::Secret;
use crate::core::port::shown::{Event, Reason, Status, StorageState};
use crate::core::store::{Purpose, Read, Whose};
use crate::core::wire::record::{self, Record, Stored};

impl Engine {
    pub(super) fn start(&mut self) {
        if self.cx.config().starts_empty() {
            self.known_to_be_nobody(None);
        } else {
            self.load(Purpose::Restore);
        }
    }

    pub(super) fn on_ready(&mut self, call: CallId) {
        self.calls.wait_until_ready(call);
        if self.session.status() != Status::Restoring || self.refresh.is_cooling() {
            self.settle_ready();
        } else if self.refresh.is_waiting() {
            self.calls.be_patient(&self.cx);
        }
    }

    /// Asks again who is signed in, as what is known may be out of date.
    pub(super) fn look_again(&mut self) {
        if self.is_reading_first() {
            if self.cx.config().stores_tokens() {
                // What the first read brings may be older than what this is about.
                self.load(Purpose::LookAgain);
            }
            return;
        }
        // The cookie may bring back a session that was logged out of.
        if self.logout.is_noted() {
            self.ask_about_logout();
            return;
        }
        match self.cx.config().mode {
            Mode::Session => self.start_me(),
            Mode::Hybrid => self.start_refresh(),
            // The keys for what it holds were out of reach.
            Mode::Jwt
                if self.session.held().is_none() && self.session.status() == Status::Restoring =>
            {
                self.load(Purpose::Restore);
            }
            Mode::Jwt if self.cx.config().stores_tokens() => self.load(Purpose::LookAgain),
            Mode::Jwt => {}
        }
    }

    /// What is under way by cookie may have been answered before somebody logged in or out elsewhere.
    pub(super) fn doubt_answers(&mut self) {
        if self.cx.config().cookie_bound() {
            self.refresh.doubt();
        }
        self.doubt_me();
    }

    pub(super) fn doubt_me(&mut self) {
        if self.cx.is_session_mode() && !self.login.awaits_user() {
            self.me.forget();
        }
    }

    pub(super) fn load(&mut self, purpose: Purpose) {
        let epoch = self.session.epoch();
        self.reads.ask(&mut self.cx, purpose, epoch);
    }

    /// The start's own read is under way. It may bring the note of a logout: nobody may ask for a session before.
    pub(super) fn is_reading_first(&self) -> bool {
        self.session.status() == Status::Restoring && self.reads.has(Purpose::Restore)
    }

    pub(super) fn on_read_overdue(&mut self, read: Read) {
        self.take_read(read, &Err(LoadFailure::Broken));
    }

    pub(super) fn on_loaded(&mut self, result: &Result<Option<Secret>, LoadFailure>) {
        match self.reads.answered(&self.cx) {
            Whose::Of(read) => self.take_read(read, result),
            // Nobody waits for it; whose it is counts all the same. And the store answers again.
            Whose::Late => {
                self.read_stored(result);
                self.reads.look_once_more(&self.cx);
            }
            Whose::Nobodys => {}
        }
    }

    fn take_read(&mut self, read: Read, result: &Result<Option<Secret>, LoadFailure>) {
        let Read { purpose, epoch, .. } = read;
        if result.is_ok() && read.is_old(self.cx.mono()) && self.read_again(purpose) {
            return;
        }
        let waits_for_keys =
            purpose == Purpose::Restore && self.session.status() == Status::Restoring;
        if waits_for_keys && matches!(result, Err(LoadFailure::Unverified)) {
            self.cool_off(Failure::Network.into());
            return;
        }
        let mut stored = self.read_stored(result);
        match &stored {
            Stored::Damaged => self.cx.count("stored session ignored", "damaged", 1),
            Stored::Session(record)
                if record::is_from_the_future((record.login, record.generation), self.cx.now()) =>
            {
                self.cx
                    .count("stored session ignored", "from the future", 1);
                stored = Stored::NotOurs;
            }
            // It may be of a later logout than the one that is known here.
            Stored::LogoutPending { subject, .. }
                if self.logout.is_noted() && self.store_tells() =>
            {
                self.logout.note(*subject);
            }
            _ => {}
        }
        match purpose {
            Purpose::Restore => {
                self.restore(stored);
                self.look_for_expected();
            }
            Purpose::Note(subject) => self.drop_stored_note(subject, &stored),
            // Read before a login or logout, which wrote since.
            _ if epoch != self.session.epoch() => self.drop_read(purpose),
            Purpose::Recheck => self.recheck(stored),
            Purpose::Confirm => self.confirm(stored),
            Purpose::LookAgain => self.compare(stored, false),
            Purpose::Cleared => self.compare(stored, true),
            Purpose::PendingLogout => match stored {
                // A refresh that looked before the note was written has taken its place. Of a login this tab would have heard.
                Stored::Attempt(attempt) if self.logout.is_asked() && self.lock.is_held() => {
                    self.refresh.take_attempt(Some(attempt));
                    self.save_note();
                    self.send_waiting_logout();
                }
                Stored::Nothing | Stored::Attempt(_) => {
                    self.drop_logout_by_cookie();
                    self.look_again();
                }
                // Somebody may have logged in since. Nobody waits for it, and it can be told later.
                Stored::Unreadable if !self.logout.is_asked() => self.logout_untold(),
                _ => self.send_waiting_logout(),
            },
            Purpose::Profile => match stored {
                Stored::Session(record) if !self.session.is_news(&record) => {
                    // With the attempt that another tab may have noted there.
                    if !self.meet_own(*record) {
                        self.save();
                    }
                }
                stored => self.compare(stored, false),
            },
        }
    }

    /// What a page that slept has read may be out of date. False: it does no harm.
    fn read_again(&mut self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Recheck if self.refresh.is_rechecking() => self.go_on_refreshing(),
            Purpose::Confirm => match self.refresh.take_confirmed() {
                Some(answer) => self.confirm_first(answer),
                None => return false,
            },
            Purpose::LookAgain | Purpose::Cleared | Purpose::Note(_) => self.load(purpose),
            _ => return false,
        }
        true
    }

    /// It was read for another session than is held now. What waits for it does not wait on.
    fn drop_read(&mut self, purpose: Purpose) {
        self.cx.note("read for another session dropped");
        match purpose {
            Purpose::Recheck if self.refresh.is_rechecking() => self.end_superseded(),
            Purpose::Confirm if self.refresh.is_confirming() => self.end_superseded(),
            // What there was to see is still to be seen.
            Purpose::LookAgain | Purpose::Cleared => self.load(purpose),
            _ => {}
        }
    }

    /// The server knows of the logout of this subject.
    fn drop_stored_note(&mut self, told: u32, stored: &Stored) {
        let Stored::LogoutPending { subject, attempt } = stored else {
            return;
        };
        if *subject != told || self.logout.is_noted() {
            return;
        }
        match attempt {
            // Its outcome is another tab's to know.
            Some(attempt) if Some(attempt.as_str()) != self.refresh.attempt() => {
                self.cx.push(Effect::Save(record::write_attempt(attempt)));
            }
            _ => self.session.clear_store(&mut self.cx),
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
                Stored::Unreadable
            }
            Err(LoadFailure::Untrusted) => Stored::Damaged,
            Err(LoadFailure::Unverified) => Stored::Unreadable,
        }
    }

    fn restore(&mut self, stored: Stored) {
        if matches!(stored, Stored::Damaged) {
            self.cx.push(Effect::Remove);
        }
        if self.session.status() != Status::Restoring {
            // A login or logout came first. After a login the note would end that session at the next start.
            if self.session.is_signed_in() && matches!(stored, Stored::LogoutPending { .. }) {
                self.cx.push(Effect::Remove);
            }
            return;
        }
        match (self.cx.config().mode, stored) {
            (Mode::Jwt, Stored::Session(record)) if self.session.is_news(&record) => {
                self.restore_tokens(*record);
            }
            (Mode::Jwt, Stored::Damaged) => {
                self.known_to_be_nobody(Some(Reason::StoredSessionInvalid));
            }
            (Mode::Jwt, stored) => {
                self.known_to_be_nobody(None);
                if matches!(stored, Stored::Unreadable) {
                    self.reads.look_later(&self.cx);
                }
            }
            (_, Stored::LogoutPending { subject, .. }) => {
                self.logout.note(subject);
                self.ask_about_logout();
            }
            (Mode::Session, _) => self.start_me(),
            (Mode::Hybrid, _) => self.start_refresh(),
        }
    }

    fn restore_tokens(&mut self, record: Record) {
        self.adopt(record);
        if !self.session.is_due(&self.cx) {
            self.session.is_signed_in_now();
            self.cx.note("restored");
            self.session.publish(&mut self.cx, Event::Restored);
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
        self.cx.adopt_skew(record.skew);
        self.refresh.recover();
        self.refresh.forget_attempt();
        self.refresh.take_attempt(record.attempt);
        if record.login != self.session.login_time() && !self.login.awaits_user() {
            // It would tell of whoever was signed in before.
            self.me.forget();
        }
        self.session.hold_stored(
            &mut self.cx,
            record.login,
            record.generation,
            record.credentials,
        );
        if self.cx.writing().is_some() {
            // What this tab writes just now is older, and would stand there after it.
            self.save();
        }
    }

    /// Another tab may have written.
    fn compare(&mut self, stored: Stored, is_second_look: bool) {
        if matches!(stored, Stored::Unreadable) {
            self.reads.look_once_more(&self.cx);
        } else {
            self.reads.has_read();
        }
        match stored {
            // Only notes: of a logout, perhaps.
            stored if !self.cx.config().stores_tokens() => {
                self.was_ended(&stored);
            }
            // It may be what this tab wrote before it took up the one that it holds, or what its login takes the place of.
            Stored::Session(record)
                if !self.reads.is_current()
                    && (self.session.is_former(record.login) || !self.session.is_store_ok()) =>
            {
                self.reads.look_later(&self.cx);
            }
            Stored::Session(record) if self.session.is_news(&record) => {
                let event = match self.session.status() {
                    Status::SignedIn if self.is_record_of_another(&record) => Event::SubjectChanged,
                    Status::SignedIn => Event::Refreshed,
                    Status::Restoring | Status::SignedOut => Event::SignedIn,
                };
                if event != Event::Refreshed {
                    self.change_hands();
                }
                self.adopt(*record);
                self.session.is_signed_in_now();
                self.cx
                    .note_value("adopted", self.session.generation_value());
                self.session.publish(&mut self.cx, event);
                self.fetch_missing_user();
                self.resume_calls(&End::Renewed);
                self.settle_ready();
                if self.refresh.is_waiting() && !self.session.is_due(&self.cx) {
                    self.rest();
                }
            }
            Stored::Session(record) => {
                self.meet_own(*record);
            }
            Stored::Nothing if self.session.is_signed_in() => {
                // A store that has failed may be empty for another reason than that the session is over.
                let is_ok = self.store_tells();
                match self.reads.take_explanation() {
                    Some(reason) => self.end_locally(Some(reason), Event::SignedOut),
                    None if is_ok && is_second_look => {
                        self.end_locally(Some(Reason::StoreCleared), Event::SignedOut);
                    }
                    None if is_ok => self.reads.look_later(&self.cx),
                    None => {}
                }
            }
            _ => {}
        }
        self.look_for_expected();
    }

    fn look_for_expected(&mut self) {
        let held = (self.session.login_time(), self.session.generation());
        self.reads.look_for_expected(&mut self.cx, held);
    }

    /// The store holds what is held here, or what this tab had before and could not replace. True: it is being written anew.
    pub(super) fn meet_own(&mut self, record: Record) -> bool {
        if self.session.held().is_none() {
            // A session that was logged out of: another tab's write of it came after the end. A login that is told of and
            // cannot be seen yet is not to be taken away with it.
            if !self.reads.may_be_replaced(record.login) {
                self.session.clear_store(&mut self.cx);
            }
            return false;
        }
        if record.login != self.session.login_time()
            || record.generation < self.session.generation()
        {
            self.cx.note("older session overwritten");
            return self.save();
        }
        self.session.count_on_from(record.generation);
        self.refresh.meet_attempt(record.attempt);
        false
    }

    pub(super) fn known_to_be_nobody(&mut self, reason: Option<Reason>) {
        let event = self.session.end_event();
        self.session.empty(reason);
        self.cx
            .note_detail("nobody is signed in", reason.map(Reason::as_str));
        self.session.publish(&mut self.cx, event);
        self.resume_waiting();
        self.settle_ready();
    }

    /// What was begun belongs to somebody else than who is signed in now.
    pub(super) fn change_hands(&mut self) {
        self.session.next_epoch();
        self.release_superseded();
    }
}
