//! The way of a refresh: the lock, the store, the note, the request.

use crate::core::context::flight::{Flight, Purpose};
use crate::core::engine::state::Engine;
use crate::core::options::config::Mode;
use crate::core::port::answer::Failure;
use crate::core::port::effect::Effect;
use crate::core::port::error::{AuthError, Code};
use crate::core::port::message::Word;
use crate::core::port::shown::{Event, Reason, Status, StorageState};
use crate::core::refresh::Step;
use crate::core::refresh::overdue::Overdue;
use crate::core::refresh::request::refresh_request;
use crate::core::store::Purpose as Read;
use crate::core::wire::record::{self, Stored};

/// So often other tabs are asked for a newer token than this one has. Then they are gone, and the server is asked.
const MOST_ASKED: u32 = 4;

impl Engine {
    pub(super) fn on_due(&mut self) {
        if !self.session.is_signed_in() {
            return;
        }
        if !self.session.is_due(&self.cx) {
            self.session.set_due_timer(&self.cx);
        } else if self.can_refresh() {
            self.start_refresh();
        } else if self.cx.is_session_mode() {
            self.session.forget_end();
            self.start_me();
        } else {
            self.end_everywhere(Reason::TokenExpired);
        }
    }

    /// Starts the one flight, unless it is under way or cooling down.
    pub(super) fn start_refresh(&mut self) {
        if !self.refresh.is_idle() || !self.can_refresh() || self.login_may_set_cookie() {
            return;
        }
        let wait_ms = self.cx.config().longest_hold_ms();
        let renews = self.session.holding();
        if let Err(until) = self.refresh.begin(&self.cx, renews, wait_ms) {
            self.cx.note("refresh storm held back");
            self.cool_down(until, true, AuthError::new(Code::RefreshUnavailable));
            return;
        }
        self.lock.forget_miss();
        if self.lock.take(&mut self.cx, wait_ms) {
            self.go_on_refreshing();
        } else if self.session.status() == Status::Restoring {
            self.calls.be_patient(&self.cx);
        }
    }

    /// As the app asks for it: shortens a backoff, but not the time that the server named.
    pub(super) fn force_refresh(&mut self) {
        self.refresh.leave_pause();
        self.start_refresh();
    }

    // The store.

    /// With the lock.
    pub(super) fn go_on_refreshing(&mut self) {
        if self.may_use_store() {
            self.refresh.enter(&self.cx, Step::Recheck);
            self.load(Read::Recheck);
        } else {
            self.begin_attempt();
        }
    }

    pub(super) fn recheck(&mut self, stored: Stored) {
        if !self.refresh.is_rechecking() {
            return;
        }
        if matches!(stored, Stored::Nothing | Stored::Attempt(_)) && self.store_tells() {
            // Somebody has logged in since, or the server was told: in whichever tab.
            self.logout.forget_note();
        }
        match stored {
            Stored::Session(record) if self.session.is_news(&record) => {
                let is_other = self.is_record_of_another(&record);
                self.adopt(*record);
                if self.session.is_due(&self.cx) {
                    if self.session.is_signed_in() && is_other {
                        self.change_hands();
                        self.session.publish(&mut self.cx, Event::SubjectChanged);
                    }
                    self.begin_attempt();
                } else {
                    self.rest_with_news(is_other);
                }
            }
            Stored::Session(record) => {
                self.meet_own(*record);
                if self.refresh.renews() == self.session.holding() || self.session.is_due(&self.cx)
                {
                    self.begin_attempt();
                } else {
                    // What another tab brought has been adopted while this one waited.
                    self.renewed(false);
                    self.rest();
                }
            }
            stored => {
                if self.was_ended(&stored) {
                    return;
                }
                match stored {
                    Stored::Attempt(attempt) => self.refresh.take_attempt(Some(attempt)),
                    // It asks whose session that was to end.
                    Stored::LogoutPending { attempt, .. } => self.refresh.take_attempt(attempt),
                    Stored::Unreadable => {}
                    // By cookie: without a note the outcome of each earlier attempt is known to some tab.
                    _ if self.store_tells() => self.refresh.forget_attempt(),
                    _ => {}
                }
                self.begin_attempt();
            }
        }
    }

    /// Another tab has ended the session, and its word may still be on the way.
    pub(super) fn was_ended(&mut self, stored: &Stored) -> bool {
        let reason = match stored {
            Stored::LogoutPending { .. } if !self.reads.is_current() || self.logout.is_noted() => {
                // It was read before what this tab writes: that it takes the note away, perhaps. Or it is known here.
                return false;
            }
            Stored::LogoutPending { subject, .. } => {
                self.logout.note(*subject);
                if self.is_of_another(*subject) {
                    return false;
                }
                Reason::LogoutElsewhere
            }
            Stored::Nothing if self.cx.config().stores_tokens() && self.store_tells() => {
                Reason::StoreCleared
            }
            _ => return false,
        };
        if self.session.status() != Status::SignedOut {
            let event = self.session.end_event();
            self.end_locally(Some(reason), event);
        }
        self.rest();
        true
    }

    /// Somebody is signed in here, and what was told is of another person: whose the cookie is, the server knows.
    fn is_of_another(&self, subject: u32) -> bool {
        let own = self.session.subject(&self.cx).hash();
        own != 0 && subject != 0 && own != subject
    }

    // The request.

    /// Writes down what is about to be sent: whoever finds the note without an outcome repeats the same attempt.
    fn begin_attempt(&mut self) {
        self.refresh.renew(self.session.holding());
        if self.cx.config().mode == Mode::Session {
            self.send_refresh(false);
            return;
        }
        let held = (self.session.login_time(), self.session.generation());
        let is_lent = self.session.held().is_some_and(|held| held.is_lent);
        let is_used_up =
            !self.cx.config().cookie_bound() && (is_lent || self.reads.is_behind(held));
        // What another tab has written may show a moment later (WebKit bug 225344): callers wait for that.
        let is_readable = self.session.storage() == StorageState::Ok;
        if is_used_up && is_readable && self.reads.is_yet_to_show() {
            self.refresh.enter(&self.cx, Step::Waiting);
            self.lock.settle(&self.cx);
            return;
        }
        // To send it would end the session in all tabs, if any is there that has a newer one.
        if is_used_up && (self.reads.ask_for_newer() || self.refresh.failures() < MOST_ASKED) {
            self.cx.note("refresh token used by another tab");
            self.tell(Word::Wanted);
            self.cool_off(AuthError::new(Code::RefreshUnavailable));
            return;
        }
        // A note that was read while this tab wrote may be gone.
        let is_unnoted = self.refresh.name_attempt(&mut self.cx) || !self.reads.is_current();
        if !is_unnoted || !self.may_use_store() || !self.save_attempt() {
            if is_unnoted {
                self.session.wrote(false);
            }
            self.send_refresh(false);
            return;
        }
        self.refresh.enter(&self.cx, Step::Noting);
    }

    fn save_attempt(&mut self) -> bool {
        if self.cx.config().stores_tokens() {
            return self.save();
        }
        self.save_note();
        true
    }

    /// Where the store holds notes only: of the logout that the server has not heard of, and of the attempt whose outcome is not known.
    pub(super) fn save_note(&mut self) {
        let note = match (self.logout.noted(), self.refresh.attempt()) {
            (Some(subject), attempt) => record::write_logout_pending(subject, attempt),
            (None, Some(attempt)) => record::write_attempt(attempt),
            (None, None) => {
                self.cx.push(Effect::Remove);
                return;
            }
        };
        self.cx.push(Effect::Save(note));
    }

    /// By cookie, nothing else stands in the store.
    pub(super) fn clear_attempt(&mut self) {
        if self.refresh.end_attempt() && !self.cx.config().stores_tokens() && self.may_use_store() {
            self.save_note();
        }
    }

    pub(super) fn send_refresh(&mut self, is_csrf_retry: bool) {
        if self.login_may_set_cookie() {
            // It began meanwhile. Its end starts this again.
            self.refresh.stand_down();
            return;
        }
        if self.refresh.renews() != self.session.holding() {
            // Newer ones were adopted since the attempt was named: they need one of their own.
            self.rest();
            return;
        }
        let request = refresh_request(
            self.cx.config(),
            self.session.tokens(),
            self.refresh.attempt(),
        );
        let Some(mut http) = request else {
            self.rest();
            return;
        };
        if !self.csrf.add_header(&self.cx, &mut http) {
            self.refresh.enter(&self.cx, Step::Csrf);
            self.park(Purpose::Refresh, is_csrf_retry);
            return;
        }
        let flight = self.send(http, is_csrf_retry);
        self.refresh.enter(&self.cx, Step::Sent(flight));
        self.cx
            .note_value("refresh sent", self.session.generation_value());
    }

    /// Only if it still waits: the session may have changed hands since.
    pub(super) fn resume_refresh_after_csrf(&mut self, is_csrf_retry: bool) {
        if self.refresh.is_at_csrf() {
            self.send_refresh(is_csrf_retry);
        }
    }

    pub(super) fn fail_refresh_without_csrf(&mut self, error: &AuthError) {
        if self.refresh.is_at_csrf() {
            self.cool_off(error.clone());
        }
    }

    pub(super) fn on_refresh_overdue(&mut self) {
        match self.refresh.overdue(&self.cx) {
            None => {}
            Some(Overdue::Unanswered(flight)) => self.refresh_unanswered(flight),
            Some(Overdue::Unwritten) => {
                self.not_written();
                self.rest();
            }
            Some(Overdue::Unnoted) => {
                self.not_written();
                self.send_refresh(false);
            }
            Some(Overdue::Stuck) => self.end_superseded(),
        }
    }

    fn not_written(&mut self) {
        self.session.wrote(false);
        self.storage_is(StorageState::Unavailable);
    }

    fn refresh_unanswered(&mut self, flight: Flight) {
        let is_late = !self.cx.cancel_cookie(flight);
        if flight.epoch != self.session.epoch() || self.refresh.is_stale() {
            self.end_superseded();
            return;
        }
        self.refresh.lose(flight, is_late);
        self.refresh_failed(Failure::Timeout.into());
    }

    // How it ends.

    /// Its answer counts no more. Who is signed in may have to be asked anew.
    pub(super) fn end_superseded(&mut self) {
        self.cx.note("refresh superseded");
        let is_stale = self.refresh.take_doubt();
        self.refresh.stand_down();
        // What follows asks for it anew: where it is a lease, it may have been lost meanwhile.
        self.release_lock();
        self.resume_queued_login();
        if is_stale {
            self.look_again();
        }
        self.resume_waiting();
        self.session.set_due_timer(&self.cx);
    }

    /// Back to `Idle`, with what had to wait for it.
    pub(super) fn rest(&mut self) {
        self.refresh.stand_down();
        self.resume_queued_login();
        self.resume_waiting();
        // It may have become due in the meantime.
        self.session.set_due_timer(&self.cx);
    }

    /// For a client that is disposed of: no further request or read will be made, and other tabs wait for the lock.
    pub(super) fn end_refresh_that_asks_for_more(&mut self) {
        let asks = match self.refresh.sent() {
            Some(flight) => self.cx.effects().iter().any(|effect| {
                matches!(effect, Effect::Send { request, .. } if *request == flight.request)
            }),
            None => self.refresh.is_under_way(),
        };
        if asks {
            self.refresh.stand_down();
        }
    }
}
