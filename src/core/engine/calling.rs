//! The life of one `authFetch`: first sending, and the one replay.

use crate::core::auth::me::FRESH_MS;
use crate::core::calls::{Call, End, Kind, Stage};
use crate::core::csrf::{Csrf, Need};
use crate::core::engine::state::Engine;
use crate::core::identity::counters::{Epoch, Holding};
use crate::core::port::effect::{Effect, Outcome, Watch};
use crate::core::port::error::AuthError;
use crate::core::port::ids::CallId;
use crate::core::port::input::{Body, FetchAnswer, FetchFacts};
use crate::core::port::pass::Pass;
use crate::core::port::shown::{Event, Reason, Status};

/// How often a call is sent again for its CSRF token, at most: once where nothing but a token that has changed speaks of it.
const CSRF_RETRIES: u32 = 2;
/// What `me` answered so long ago is doubted when a CSRF token is refused, and the answer can mean nothing else.
const DOUBTFUL_MS: u64 = 2_000;

impl Engine {
    pub(super) fn on_fetch(&mut self, id: CallId, facts: FetchFacts, sent_by: Option<Pass>) {
        if facts.has_own_credential && !self.cx.is_session_mode() {
            self.cx.push(Effect::Dispatch {
                call: id,
                headers: Vec::new(),
                include_credentials: false,
                refuse_redirects: false,
                watch: Watch::No,
            });
            return;
        }
        self.begin_call(id, Kind::Fetch(facts));
        match sent_by {
            Some(pass) => {
                let csrf_version = self.csrf.version();
                let sent_with = Some(Holding(pass.holding));
                self.calls
                    .sent(id, Epoch(pass.epoch), sent_with, csrf_version);
            }
            None => self.advance(id),
        }
    }

    pub(super) fn on_token_call(&mut self, id: CallId) {
        self.begin_call(id, Kind::Token);
        self.advance(id);
    }

    pub(super) fn on_refresh_call(&mut self, id: CallId) {
        // Where a cookie carries the session, somebody may have signed in by other ways than this client's.
        let may_look = self.cx.config().session_by_cookie();
        if self.session.status() == Status::SignedOut && !may_look {
            let error = AuthError::signed_out(self.session.reason());
            self.cx.fail(id, error);
            return;
        }
        self.begin_call(id, Kind::Refresh);
        if self.is_reading_first() {
            return; // the restore answers it
        }
        if self.session.status() == Status::SignedOut {
            // Whatever is under way, a logout perhaps, it is asked once that has ended.
            self.refresh.leave_pause();
            self.session.doubt(0);
        } else if self.can_refresh() {
            self.force_refresh();
            // Cooling down by the server's word: the flight did not start.
            if self.refresh.is_cooling() {
                self.finish_unavailable(id);
            }
        } else if self.cx.config().endpoints.me.is_some() {
            self.start_me();
        } else {
            let error = self
                .refresh
                .unavailable(&self.cx)
                .with_detail("there is no refresh token and no me endpoint");
            self.finish(id, Err(error));
        }
    }

    fn begin_call(&mut self, id: CallId, kind: Kind) {
        self.calls.begin(id, kind, self.session.epoch());
    }

    /// Sends a call that waits, if it need not wait any longer.
    fn advance(&mut self, id: CallId) {
        match self.session.status() {
            // The cookie goes along whatever we know.
            Status::Restoring if self.cx.is_session_mode() => self.go(id),
            // The cookie may be somebody else's by now than who is shown.
            Status::SignedIn if self.is_cookie_in_doubt() => {
                if self.refresh.is_cooling() {
                    self.finish_unavailable(id);
                }
            }
            Status::Restoring if self.refresh.is_cooling() => self.finish_unavailable(id),
            Status::Restoring => {}
            Status::SignedOut => self.go(id),
            Status::SignedIn if !self.session.is_due(&self.cx) => self.go(id),
            Status::SignedIn if self.can_refresh() => self.advance_due(id),
            Status::SignedIn => {
                self.on_due();
                self.go(id);
            }
        }
    }

    fn advance_due(&mut self, id: CallId) {
        self.start_refresh();
        if !self.refresh.is_cooling() {
            return; // the flight's end resumes it
        }
        if self.calls.get(id).is_none() {
            return; // the start failed, and that resumed it
        }
        if self.session.has_ended(&self.cx) {
            self.finish_unavailable(id);
        } else {
            self.go(id);
        }
    }

    fn go(&mut self, id: CallId) {
        let Some(call) = self.calls.get(id) else {
            return;
        };
        match call.kind {
            Kind::Fetch(facts) => self.dispatch(id, facts),
            Kind::Token => {
                let token = self.session.bearer();
                self.finish(id, Ok(Outcome::Token(token)));
            }
            // Waits for the end of a flight, not for a token.
            Kind::Refresh => {}
        }
    }

    fn dispatch(&mut self, id: CallId, facts: FetchFacts) {
        let mut headers = Vec::new();
        let mut include_credentials = false;
        let mut refuse_redirects =
            self.cx.is_session_mode() && self.cx.config().refuses_redirects();
        if self.cx.is_session_mode() {
            include_credentials = true;
            if !facts.is_safe {
                match self.csrf.header(&self.cx) {
                    Need::Satisfied(header) => headers.extend(header),
                    Need::Fetch => {
                        self.calls.set_stage(id, Stage::WaitingCsrf);
                        self.fetch_csrf();
                        return;
                    }
                }
            }
        } else if let Some(header) = self.session.bearer_header(&self.cx) {
            refuse_redirects = self.cx.config().refuses_redirects();
            headers.push(header);
        }
        let sent_with = self
            .session
            .is_signed_in()
            .then_some(self.session.holding());
        let epoch = self.session.epoch();
        let csrf_version = self.csrf.version();
        let Some(call) = self.calls.sent(id, epoch, sent_with, csrf_version) else {
            return;
        };
        let may_go_again =
            !call.replayed || (call.csrf_retries < CSRF_RETRIES && include_credentials);
        let watch = Watch::Yes {
            keep_body: may_go_again
                && facts.body == Body::Repeatable
                && (sent_with.is_some() || include_credentials),
        };
        self.cx.push(Effect::Dispatch {
            call: id,
            headers,
            include_credentials,
            refuse_redirects,
            watch,
        });
    }

    pub(super) fn on_fetch_answered(&mut self, id: CallId, answer: FetchAnswer) {
        let Some(call) = self.calls.get(id) else {
            self.cx.settle(id, Outcome::Answer);
            return;
        };
        let Kind::Fetch(facts) = call.kind else {
            return;
        };
        // A 401 from elsewhere says nothing of our session.
        let means_signed_out =
            !answer.is_foreign && answer.means_signed_out.unwrap_or(answer.status == 401);
        let is_of_this_session = call.epoch == self.session.epoch() && call.sent_with.is_some();
        let is_challenge = answer.status == 401 && answer.wants_step_up;
        let csrf = self.csrf_refusal(&call, facts, answer);
        if is_challenge && !answer.is_foreign && is_of_this_session {
            self.cx.note_value("step-up required", answer.status.into());
            self.session.announce(&mut self.cx, Event::StepUpRequired);
            self.finish(id, Ok(Outcome::Answer));
        } else if csrf.is_some_and(|most| self.may_send_again(&call, facts, answer, most)) {
            self.calls.set_stage(id, Stage::AnsweredCsrf);
            self.csrf.line_up();
        } else if means_signed_out && is_of_this_session && !call.replayed {
            self.on_signed_out_answer(id, &call, facts, answer.status);
        } else {
            self.finish(id, Ok(Outcome::Answer));
            if csrf.is_some() && is_of_this_session {
                self.ask_after_csrf(answer.status == 419 || answer.csrf_refused);
            }
        }
    }

    /// Where a login page stands before the API, a session that has ended looks like no network, or like a page. So does a 401
    /// without CORS headers, which a gateway gives.
    pub(super) fn on_fetch_doubtful(&mut self, id: CallId) {
        let epoch = self.session.epoch();
        let call = self.calls.get(id);
        let own = call.filter(|call| call.epoch == epoch && call.sent_with.is_some());
        match own {
            Some(_) if self.refresh.is_cooling() => {}
            Some(_) if self.cx.is_session_mode() => {
                self.calls.set_stage(id, Stage::Doubtful);
                self.start_me();
                return;
            }
            Some(call) if call.replayed => self.session.clear_of_doubt(),
            Some(call) => {
                if let Kind::Fetch(facts) = call.kind
                    && facts.is_safe
                    && self.can_refresh()
                    && self.session.may_have_ended()
                {
                    self.on_signed_out_answer(id, &call, facts, 0);
                    return;
                }
            }
            None => {}
        }
        self.finish(id, Ok(Outcome::Answer));
    }

    fn on_signed_out_answer(&mut self, id: CallId, call: &Call, facts: FetchFacts, status: u16) {
        if call.sent_with != Some(self.session.holding()) && self.session.is_signed_in() {
            // To an older token: the current one has not been tried.
            self.replay(id, facts);
            return;
        }
        self.cx.note_value("refused by the API", status.into());
        self.calls.set_stage(id, Stage::Answered);
        if self.can_refresh() {
            self.session.refuse();
            // During the cooldown this does nothing, and nothing will come to wait for.
            self.start_refresh();
            if self.refresh.is_cooling() {
                self.finish(id, Ok(Outcome::Answer));
            }
        } else if self.cx.is_session_mode() {
            self.start_me();
        } else if !self.ask_about_token() {
            self.end_everywhere(Reason::TokenExpired);
        }
        if facts.body == Body::Once {
            // It cannot be sent again; the next call will have the new token.
            self.finish(id, Ok(Outcome::Answer));
        }
    }

    fn replay(&mut self, id: CallId, facts: FetchFacts) {
        if facts.body == Body::Once {
            self.finish(id, Ok(Outcome::Answer));
            return;
        }
        self.calls.replayed(id);
        self.cx
            .note_value("replayed", self.session.generation_value());
        self.dispatch(id, facts);
    }

    /// How often the call may go again for it, if the answer may refuse its CSRF token.
    fn csrf_refusal(&self, call: &Call, facts: FetchFacts, answer: FetchAnswer) -> Option<u32> {
        let may_be = self.cx.is_session_mode()
            && self.cx.config().csrf.is_some()
            && !answer.is_foreign
            && !facts.is_safe
            && call.epoch == self.session.epoch();
        match answer.status {
            _ if !may_be => None,
            403 | 419 => Some(CSRF_RETRIES),
            _ if answer.csrf_refused => Some(CSRF_RETRIES),
            400 | 401 | 422 if answer.csrf_moved => Some(1),
            _ => None,
        }
    }

    /// Only if there is another token, or may be, is there any use in another attempt.
    fn may_send_again(
        &self,
        call: &Call,
        facts: FetchFacts,
        answer: FetchAnswer,
        most: u32,
    ) -> bool {
        call.csrf_retries < most
            && facts.body != Body::Once
            && (answer.csrf_moved || Csrf::is_fetched(&self.cx))
    }

    /// No new token helps: the session that it belonged to may be over.
    fn ask_after_csrf(&mut self, is_sure: bool) {
        let fresh = if is_sure { DOUBTFUL_MS } else { FRESH_MS };
        let may = self.session.is_signed_in() && !self.refresh.is_cooling();
        if may && self.me.is_older_than(&self.cx, fresh) {
            self.start_me();
        }
    }

    /// Sends the next of those again whose CSRF token was refused, unless it is somebody's turn.
    pub(super) fn next_csrf_turn(&mut self) {
        if let Some((id, until)) = self.csrf.turn() {
            let epoch = self.session.epoch();
            let is_out = |call: Call| call.stage == Stage::Out && call.epoch == epoch;
            if until > self.cx.mono() && self.calls.get(id).is_some_and(is_out) {
                return;
            }
            self.csrf.end_turn(true);
        }
        if !self.csrf.has_line() {
            return;
        }
        let Some(call) = self.calls.first_refused() else {
            self.csrf.end_turn(false);
            return;
        };
        if !self.csrf.is_fresh_for(&self.cx, call.csrf_version) {
            self.fetch_csrf();
        } else if let Kind::Fetch(facts) = call.kind {
            self.csrf.begin_turn(&self.cx, call.id);
            self.calls.csrf_retried(call.id);
            self.cx.note("sent again with a new csrf token");
            self.dispatch(call.id, facts);
        }
    }

    pub(super) fn resume_calls_after_csrf(&mut self, failed: Option<&AuthError>) {
        for call in self.calls.all() {
            let id = call.id;
            let Kind::Fetch(facts) = call.kind else {
                continue;
            };
            match (call.stage, failed) {
                (Stage::WaitingCsrf, None) => self.dispatch(id, facts),
                (Stage::WaitingCsrf, Some(error)) => self.finish(id, Err(error.clone())),
                // It waits for its turn.
                (Stage::AnsweredCsrf, None) if self.csrf.is_newer_than(call.csrf_version) => {}
                (Stage::AnsweredCsrf, _) => {
                    self.finish(id, Ok(Outcome::Answer));
                    self.ask_after_csrf(failed.is_none());
                }
                _ => {}
            }
        }
    }

    /// A flight has ended: all who wait for it go on.
    pub(super) fn resume_calls(&mut self, end: &End) {
        for call in self.calls.all() {
            let id = call.id;
            match call.stage {
                Stage::Waiting => self.resume_unsent(id, call.kind, end),
                Stage::Answered => match (end, call.kind) {
                    (End::Renewed, Kind::Fetch(facts)) => self.replay(id, facts),
                    _ => self.finish(id, Ok(Outcome::Answer)),
                },
                Stage::Doubtful => match end {
                    End::Over(reason) => self.finish(id, Err(AuthError::signed_out(*reason))),
                    _ => self.finish(id, Ok(Outcome::Answer)),
                },
                Stage::WaitingCsrf | Stage::Out | Stage::AnsweredCsrf | Stage::Settled => {}
            }
        }
    }

    fn resume_unsent(&mut self, id: CallId, kind: Kind, end: &End) {
        match (end, kind) {
            (End::Renewed | End::Unchanged, Kind::Refresh) => self.finish_with_user(id),
            (End::Renewed | End::Unchanged, _) => self.go(id),
            (End::Over(reason), _) => self.finish(id, Err(AuthError::signed_out(*reason))),
            (End::Unavailable(error), Kind::Refresh) => self.finish(id, Err(error.clone())),
            (End::Unavailable(error), _) => {
                // Within the leeway the old token still works.
                let is_good = self.session.is_signed_in() && !self.session.has_ended(&self.cx);
                if is_good && !self.is_cookie_in_doubt() {
                    self.go(id);
                } else {
                    self.finish(id, Err(error.clone()));
                }
            }
        }
    }

    /// The state is known, or has changed: those who wait for a token look again.
    pub(super) fn resume_waiting(&mut self) {
        for call in self.calls.all() {
            let id = call.id;
            match (call.stage, call.kind) {
                (Stage::Waiting, Kind::Refresh) if self.session.status() == Status::SignedOut => {
                    let error = AuthError::signed_out(self.session.reason());
                    self.finish(id, Err(error));
                }
                (Stage::Waiting, Kind::Refresh)
                    if !self.refresh.is_under_way() && !self.me.is_out() =>
                {
                    self.finish_with_user(id);
                }
                (Stage::Waiting, _) => self.advance(id),
                _ => {}
            }
        }
    }

    /// In session mode a call acts as whoever the cookie is of.
    pub(super) fn is_cookie_in_doubt(&self) -> bool {
        self.cx.is_session_mode() && self.session.doubted().is_some()
    }

    fn finish_with_user(&mut self, id: CallId) {
        let user = self.session.user().cloned();
        self.finish(id, Ok(Outcome::User(user)));
    }

    fn finish_unavailable(&mut self, id: CallId) {
        let error = self.refresh.unavailable(&self.cx);
        self.finish(id, Err(error));
    }

    fn finish(&mut self, id: CallId, outcome: Result<Outcome, AuthError>) {
        self.calls.finish(&mut self.cx, id, outcome);
    }

    /// The caller is gone; what it waited for goes on for the others.
    pub(super) fn on_gone(&mut self, id: CallId) {
        self.calls.forget(id);
        if self.login.is_of(id) {
            self.login_abandoned();
        }
    }
}
