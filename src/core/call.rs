//! The life of one `authFetch`: first sending, and the one replay.
//!
//! `Waiting → Out → (Answered → Out) → settled`

use super::config::CsrfSource;
use super::csrf::CsrfNeed;
use super::effect::{Effect, HeaderValue, Outcome, Watch};
use super::engine::Engine;
use super::error::AuthError;
use super::flight::CallId;
use super::input::{Body, FetchAnswer, FetchFacts};
use super::secret::Secret;
use super::session::{Epoch, Event, Generation, Reason, Status};

#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Call {
    pub(super) id: CallId,
    kind: Kind,
    pub(super) stage: Stage,
    /// It belongs to whoever was signed in then.
    pub(super) epoch: Epoch,
    /// Which credentials it was sent with.
    sent_with: Option<Generation>,
    csrf_version: u32,
    replayed: bool,
    csrf_retried: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Fetch(FetchFacts),
    Token,
    Refresh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// Not sent: waits for a token.
    Waiting,
    /// Not sent: waits for a CSRF token.
    WaitingCsrf,
    /// Sent.
    Out,
    /// Holds an answer that says "signed out", and waits whether a renewal helps.
    Answered,
    /// Holds an answer that may mean "wrong CSRF token", and waits for another.
    AnsweredCsrf,
}

/// How a wait for the renewal ends.
pub(super) enum End {
    /// There is a new credential.
    Renewed,
    /// The session stands as it was.
    Unchanged,
    /// The session is over.
    Over(Option<Reason>),
    /// Not now.
    Unavailable(AuthError),
}

impl Engine {
    pub(super) fn on_fetch(&mut self, id: CallId, facts: FetchFacts) {
        if facts.has_own_credential && !self.is_session_mode() {
            self.effects.push(Effect::Dispatch {
                call: id,
                headers: Vec::new(),
                include_credentials: false,
                refuse_redirects: false,
                watch: Watch::No,
            });
            return;
        }
        self.begin(id, Kind::Fetch(facts));
        self.advance(id);
    }

    pub(super) fn on_token_call(&mut self, id: CallId) {
        self.begin(id, Kind::Token);
        self.advance(id);
    }

    pub(super) fn on_refresh_call(&mut self, id: CallId) {
        if self.status == Status::SignedOut {
            self.fail(id, AuthError::signed_out(self.reason));
            return;
        }
        self.begin(id, Kind::Refresh);
        if self.is_reading_first() {
            return; // the restore answers it
        }
        if self.can_refresh() {
            self.force_refresh();
            // Cooling down by the server's word: the flight did not start.
            if self.refresh.is_cooling() {
                let error = self.unavailable();
                self.finish(id, Err(error));
            }
        } else if self.config.endpoints.me.is_some() {
            self.start_me();
        } else {
            let error = self
                .unavailable()
                .with_detail("there is no refresh token and no me endpoint");
            self.finish(id, Err(error));
        }
    }

    fn begin(&mut self, id: CallId, kind: Kind) {
        self.calls.push(Call {
            id,
            kind,
            stage: Stage::Waiting,
            epoch: self.epoch,
            sent_with: None,
            csrf_version: 0,
            replayed: false,
            csrf_retried: false,
        });
    }

    /// Sends a call that waits, if it need not wait any longer.
    fn advance(&mut self, id: CallId) {
        match self.status {
            // The cookie goes along whatever we know.
            Status::Restoring if self.is_session_mode() => self.go(id),
            Status::Restoring if self.refresh.is_cooling() => {
                let error = self.unavailable();
                self.finish(id, Err(error));
            }
            Status::Restoring => {}
            Status::SignedOut => self.go(id),
            Status::SignedIn if !self.is_due() => self.go(id),
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
        if self.call(id).is_none() {
            return; // the start failed, and that resumed it
        }
        if self.has_ended() {
            let error = self.unavailable();
            self.finish(id, Err(error));
        } else {
            self.go(id);
        }
    }

    fn go(&mut self, id: CallId) {
        let Some(call) = self.call(id) else {
            return;
        };
        match call.kind {
            Kind::Fetch(facts) => self.dispatch(id, facts),
            Kind::Token => {
                let token = self.bearer();
                self.finish(id, Ok(Outcome::Token(token)));
            }
            // Waits for the end of a flight, not for a token.
            Kind::Refresh => {}
        }
    }

    fn dispatch(&mut self, id: CallId, facts: FetchFacts) {
        let mut headers = Vec::new();
        let mut include_credentials = false;
        let mut refuse_redirects = false;
        if self.is_session_mode() {
            include_credentials = true;
            if !facts.is_safe {
                match self.csrf_header() {
                    CsrfNeed::Satisfied(header) => headers.extend(header),
                    CsrfNeed::Fetch => {
                        self.set_stage(id, Stage::WaitingCsrf);
                        self.fetch_csrf();
                        return;
                    }
                }
            }
        } else if let Some(header) = self.bearer_header() {
            refuse_redirects = !header.0.eq_ignore_ascii_case("Authorization");
            headers.push(header);
        }
        let sent_with = (self.status == Status::SignedIn).then_some(self.generation);
        let (epoch, csrf_version) = (self.epoch, self.csrf.version);
        let Some(call) = self.call_mut(id) else {
            return;
        };
        call.stage = Stage::Out;
        call.epoch = epoch;
        call.sent_with = sent_with;
        call.csrf_version = csrf_version;
        let may_go_again = !call.replayed || (!call.csrf_retried && include_credentials);
        let watch = Watch::Yes {
            keep_body: may_go_again
                && facts.body == Body::Repeatable
                && (sent_with.is_some() || include_credentials),
        };
        self.effects.push(Effect::Dispatch {
            call: id,
            headers,
            include_credentials,
            refuse_redirects,
            watch,
        });
    }

    pub(super) fn bearer(&self) -> Option<Secret> {
        match self.status {
            Status::SignedIn => self.held.as_ref()?.access.clone(),
            Status::Restoring | Status::SignedOut => None,
        }
    }

    /// RFC 6750 §2.1, or as the app's options have it.
    pub(super) fn bearer_header(&self) -> Option<(String, HeaderValue)> {
        let token = self.bearer()?;
        let value = if self.config.scheme.is_empty() {
            token
        } else {
            Secret::new([self.config.scheme.as_str(), " ", token.expose()].concat())
        };
        Some((self.config.header.clone(), HeaderValue::Is(value)))
    }

    pub(super) fn on_fetch_answered(&mut self, id: CallId, answer: FetchAnswer) {
        let Some(call) = self.call(id) else {
            self.settle(id, Outcome::Answer);
            return;
        };
        let Kind::Fetch(facts) = call.kind else {
            return;
        };
        // A 401 from elsewhere says nothing of our session.
        let means_signed_out =
            !answer.is_foreign && answer.means_signed_out.unwrap_or(answer.status == 401);
        let is_of_this_session = call.epoch == self.epoch && call.sent_with.is_some();
        let is_challenge = answer.status == 401 && answer.wants_step_up;
        if is_challenge && !answer.is_foreign && is_of_this_session {
            self.note_value("step-up required", answer.status.into());
            self.announce(Event::StepUpRequired);
            self.finish(id, Ok(Outcome::Answer));
        } else if means_signed_out && is_of_this_session && !call.replayed {
            self.on_signed_out_answer(id, &call, facts, answer.status);
        } else if self.may_be_csrf_refusal(&call, facts, answer) {
            self.on_csrf_refusal(id, &call, facts, answer);
        } else {
            self.finish(id, Ok(Outcome::Answer));
        }
    }

    fn on_signed_out_answer(&mut self, id: CallId, call: &Call, facts: FetchFacts, status: u16) {
        if call.sent_with != Some(self.generation) && self.status == Status::SignedIn {
            // To an older token: the current one has not been tried.
            self.replay(id, facts);
            return;
        }
        self.note_value("refused by the API", status.into());
        self.set_stage(id, Stage::Answered);
        if self.can_refresh() {
            // The next call need not learn it from another 401.
            self.is_refused = true;
            // During the cooldown this does nothing, and nothing will come to wait for.
            self.start_refresh();
            if self.refresh.is_cooling() {
                self.finish(id, Ok(Outcome::Answer));
            }
        } else if self.config.endpoints.me.is_some() && self.is_session_mode() {
            self.start_me();
        } else {
            self.end_everywhere(if self.is_session_mode() {
                Reason::SessionEnded
            } else {
                Reason::TokenExpired
            });
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
        if let Some(call) = self.call_mut(id) {
            call.replayed = true;
        }
        self.note_value("replayed", self.generation_value());
        self.dispatch(id, facts);
    }

    fn may_be_csrf_refusal(&self, call: &Call, facts: FetchFacts, answer: FetchAnswer) -> bool {
        self.is_session_mode()
            && self.config.csrf.is_some()
            && matches!(answer.status, 403 | 419)
            && !answer.is_foreign
            && !facts.is_safe
            && facts.body != Body::Once
            && !call.csrf_retried
            && call.epoch == self.epoch
    }

    /// Only if the token has changed since is there any use in a second attempt.
    fn on_csrf_refusal(&mut self, id: CallId, call: &Call, facts: FetchFacts, answer: FetchAnswer) {
        let by_endpoint = self
            .config
            .csrf
            .as_ref()
            .is_some_and(|csrf| matches!(csrf.source, CsrfSource::Endpoint { .. }));
        if answer.csrf_moved || (by_endpoint && self.csrf_token_is_new(call.csrf_version)) {
            self.retry_with_csrf(id, facts);
        } else if by_endpoint {
            self.set_stage(id, Stage::AnsweredCsrf);
            self.fetch_csrf();
        } else {
            self.finish(id, Ok(Outcome::Answer));
        }
    }

    fn retry_with_csrf(&mut self, id: CallId, facts: FetchFacts) {
        if let Some(call) = self.call_mut(id) {
            call.csrf_retried = true;
        }
        self.note("sent again with a new csrf token");
        self.dispatch(id, facts);
    }

    pub(super) fn calls_wait_for_csrf(&self) -> bool {
        self.calls
            .iter()
            .any(|call| matches!(call.stage, Stage::WaitingCsrf | Stage::AnsweredCsrf))
    }

    pub(super) fn resume_calls_after_csrf(&mut self, failed: Option<&AuthError>) {
        for call in self.calls.clone() {
            let id = call.id;
            let Kind::Fetch(facts) = call.kind else {
                continue;
            };
            match (call.stage, failed) {
                (Stage::WaitingCsrf, None) => self.dispatch(id, facts),
                (Stage::WaitingCsrf, Some(error)) => self.finish(id, Err(error.clone())),
                (Stage::AnsweredCsrf, None) if self.csrf_token_is_new(call.csrf_version) => {
                    self.retry_with_csrf(id, facts);
                }
                (Stage::AnsweredCsrf, _) => self.finish(id, Ok(Outcome::Answer)),
                _ => {}
            }
        }
    }

    /// A flight has ended: all who wait for it go on.
    pub(super) fn resume_calls(&mut self, end: &End) {
        for call in self.calls.clone() {
            let id = call.id;
            match call.stage {
                Stage::Waiting => self.resume_unsent(id, call.kind, end),
                Stage::Answered => match (end, call.kind) {
                    (End::Renewed, Kind::Fetch(facts)) => self.replay(id, facts),
                    _ => self.finish(id, Ok(Outcome::Answer)),
                },
                Stage::WaitingCsrf | Stage::Out | Stage::AnsweredCsrf => {}
            }
        }
    }

    fn resume_unsent(&mut self, id: CallId, kind: Kind, end: &End) {
        match (end, kind) {
            (End::Renewed | End::Unchanged, Kind::Refresh) => {
                let user = self.held.as_ref().and_then(|held| held.user.clone());
                self.finish(id, Ok(Outcome::User(user)));
            }
            (End::Renewed | End::Unchanged, _) => self.go(id),
            (End::Over(reason), _) => self.finish(id, Err(AuthError::signed_out(*reason))),
            (End::Unavailable(error), Kind::Refresh) => self.finish(id, Err(error.clone())),
            (End::Unavailable(error), _) => {
                // Within the leeway the old token still works.
                if self.status == Status::SignedIn && !self.has_ended() {
                    self.go(id);
                } else {
                    self.finish(id, Err(error.clone()));
                }
            }
        }
    }

    pub(super) fn is_asked_to_refresh(&self) -> bool {
        self.calls
            .iter()
            .any(|call| call.kind == Kind::Refresh && call.stage == Stage::Waiting)
    }

    /// The state is known, or has changed: those who wait for a token look again.
    pub(super) fn resume_waiting(&mut self) {
        for call in self.calls.clone() {
            let id = call.id;
            match (call.stage, call.kind) {
                (Stage::Waiting, Kind::Refresh) if self.status == Status::SignedOut => {
                    self.finish(id, Err(AuthError::signed_out(self.reason)));
                }
                (Stage::Waiting, Kind::Refresh)
                    if !self.refresh.is_under_way() && self.me.is_none() =>
                {
                    let user = self.held.as_ref().and_then(|held| held.user.clone());
                    self.finish(id, Ok(Outcome::User(user)));
                }
                (Stage::Waiting, _) => self.advance(id),
                _ => {}
            }
        }
    }

    /// The session they belong to is gone. What was not sent is not sent; what was answered keeps its answer.
    pub(super) fn release_calls(&mut self, error: &AuthError) {
        for call in self.calls.clone() {
            let id = call.id;
            match call.stage {
                Stage::Waiting | Stage::WaitingCsrf => self.finish(id, Err(error.clone())),
                Stage::Answered | Stage::AnsweredCsrf => self.finish(id, Ok(Outcome::Answer)),
                Stage::Out => {}
            }
        }
    }

    /// The caller is gone; what it waited for goes on for the others.
    pub(super) fn on_gone(&mut self, id: CallId) {
        self.take_call(id);
        self.ready.retain(|waiting| *waiting != id);
        if self.login.as_ref().is_some_and(|login| login.call == id) {
            self.login_abandoned();
        }
    }

    fn call(&self, id: CallId) -> Option<Call> {
        self.calls.iter().find(|call| call.id == id).copied()
    }

    fn call_mut(&mut self, id: CallId) -> Option<&mut Call> {
        self.calls.iter_mut().find(|call| call.id == id)
    }

    /// True: it was still there.
    fn take_call(&mut self, id: CallId) -> bool {
        let place = self.calls.iter().position(|call| call.id == id);
        place.map(|place| self.calls.remove(place)).is_some()
    }

    fn set_stage(&mut self, id: CallId, stage: Stage) {
        if let Some(call) = self.call_mut(id) {
            call.stage = stage;
        }
    }

    fn finish(&mut self, id: CallId, outcome: Result<Outcome, AuthError>) {
        if self.take_call(id) {
            self.effects.push(Effect::Settle { call: id, outcome });
        }
    }
}
