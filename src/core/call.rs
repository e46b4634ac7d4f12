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
use super::pass::Pass;
use super::secret::Secret;
use super::session::{Epoch, Event, Holding, Reason, Status};

#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Call {
    pub(super) id: CallId,
    kind: Kind,
    pub(super) stage: Stage,
    /// It belongs to whoever was signed in then.
    pub(super) epoch: Epoch,
    /// Which credentials it was sent with.
    sent_with: Option<Holding>,
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
    /// Has its outcome, and is still in the list.
    Settled,
}

/// The calls in the order in which they began, so that each is found at once among many. Those that are settled are taken out
/// together: one by one, each would move all behind it.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Calls {
    list: Vec<Call>,
    settled: usize,
}

impl Calls {
    fn find(&mut self, id: CallId) -> Option<&mut Call> {
        let place = self.list.binary_search_by_key(&id, |call| call.id).ok()?;
        let call = self.list.get_mut(place)?;
        (call.stage != Stage::Settled).then_some(call)
    }

    /// True: it was still there.
    fn settle(&mut self, id: CallId) -> bool {
        let Some(call) = self.find(id) else {
            return false;
        };
        call.stage = Stage::Settled;
        self.settled += 1;
        if self.settled * 2 > self.list.len() {
            self.list.retain(|call| call.stage != Stage::Settled);
            self.settled = 0;
        }
        true
    }

    /// As they are now. The list may change while they are gone through.
    pub(super) fn all(&self) -> Vec<Call> {
        self.list.clone()
    }

    fn any(&self, is: impl FnMut(&Call) -> bool) -> bool {
        self.list.iter().any(is)
    }
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
    pub(super) fn on_fetch(&mut self, id: CallId, facts: FetchFacts, sent_by: Option<Pass>) {
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
        match sent_by {
            Some(pass) => {
                self.is_out(id, Epoch(pass.epoch), Some(Holding(pass.holding)));
            }
            None => self.advance(id),
        }
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
        self.calls.list.push(Call {
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
        if self.calls.find(id).is_none() {
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
        let Some(&mut call) = self.calls.find(id) else {
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
        let sent_with = (self.status == Status::SignedIn).then_some(self.holding);
        let Some(call) = self.is_out(id, self.epoch, sent_with) else {
            return;
        };
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

    fn is_out(&mut self, id: CallId, epoch: Epoch, sent_with: Option<Holding>) -> Option<Call> {
        let csrf_version = self.csrf.version;
        let call = self.calls.find(id)?;
        call.stage = Stage::Out;
        call.epoch = epoch;
        call.sent_with = sent_with;
        call.csrf_version = csrf_version;
        Some(*call)
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
        let Some(&mut call) = self.calls.find(id) else {
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
        if call.sent_with != Some(self.holding) && self.status == Status::SignedIn {
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
        if let Some(call) = self.calls.find(id) {
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
        if let Some(call) = self.calls.find(id) {
            call.csrf_retried = true;
        }
        self.note("sent again with a new csrf token");
        self.dispatch(id, facts);
    }

    pub(super) fn calls_wait_for_csrf(&self) -> bool {
        self.calls
            .any(|call| matches!(call.stage, Stage::WaitingCsrf | Stage::AnsweredCsrf))
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
        for call in self.calls.all() {
            let id = call.id;
            match call.stage {
                Stage::Waiting => self.resume_unsent(id, call.kind, end),
                Stage::Answered => match (end, call.kind) {
                    (End::Renewed, Kind::Fetch(facts)) => self.replay(id, facts),
                    _ => self.finish(id, Ok(Outcome::Answer)),
                },
                Stage::WaitingCsrf | Stage::Out | Stage::AnsweredCsrf | Stage::Settled => {}
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

    /// Whether somebody waits for a renewal: one who asked for it, or whose answer said "signed out".
    pub(super) fn is_asked_to_refresh(&self) -> bool {
        self.calls.any(|call| match call.stage {
            Stage::Waiting => call.kind == Kind::Refresh,
            Stage::Answered => true,
            Stage::WaitingCsrf | Stage::Out | Stage::AnsweredCsrf | Stage::Settled => false,
        })
    }

    /// The state is known, or has changed: those who wait for a token look again.
    pub(super) fn resume_waiting(&mut self) {
        for call in self.calls.all() {
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
        for call in self.calls.all() {
            let id = call.id;
            match call.stage {
                Stage::Waiting | Stage::WaitingCsrf => self.finish(id, Err(error.clone())),
                Stage::Answered | Stage::AnsweredCsrf => self.finish(id, Ok(Outcome::Answer)),
                Stage::Out | Stage::Settled => {}
            }
        }
    }

    /// The caller is gone; what it waited for goes on for the others.
    pub(super) fn on_gone(&mut self, id: CallId) {
        self.calls.settle(id);
        self.ready.retain(|waiting| *waiting != id);
        if self.login.as_ref().is_some_and(|login| login.call == id) {
            self.login_abandoned();
        }
    }

    fn set_stage(&mut self, id: CallId, stage: Stage) {
        if let Some(call) = self.calls.find(id) {
            call.stage = stage;
        }
    }

    fn finish(&mut self, id: CallId, outcome: Result<Outcome, AuthError>) {
        if self.calls.settle(id) {
            self.effects.push(Effect::Settle { call: id, outcome });
        }
    }
}
