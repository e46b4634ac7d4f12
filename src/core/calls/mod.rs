//! The calls of the app that are under way: `authFetch`, `accessToken()`, `refresh()`.
//!
//! It owns how far each is, and to whose session it belongs: `Waiting → Out → (Answered → Out) → settled`.

use std::cmp::Reverse;

use crate::core::context::Context;
use crate::core::identity::counters::{Epoch, Holding};
use crate::core::port::effect::{Effect, Outcome};
use crate::core::port::error::AuthError;
use crate::core::port::ids::CallId;
use crate::core::port::input::FetchFacts;
use crate::core::port::shown::Reason;
use crate::core::time::clock::Mono;

/// One of them, as it is now.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) kind: Kind,
    pub(crate) stage: Stage,
    /// It belongs to whoever was signed in then.
    pub(crate) epoch: Epoch,
    /// Which credentials it was sent with.
    pub(crate) sent_with: Option<Holding>,
    pub(crate) csrf_version: u32,
    pub(crate) replayed: bool,
    /// How often it was sent again for its CSRF token.
    pub(crate) csrf_retries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Fetch(FetchFacts),
    Token,
    Refresh,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// Not sent: waits for a token.
    Waiting,
    /// Not sent: waits for a CSRF token.
    WaitingCsrf,
    /// Sent.
    Out,
    /// Holds an answer that says "signed out", and waits whether a renewal helps.
    Answered,
    /// Holds an answer that may mean "wrong CSRF token", and waits for another, and for its turn.
    AnsweredCsrf,
    /// Has failed, or holds a page in place of an answer, and waits whether the session is over.
    Doubtful,
    /// Has its outcome, and is still in the list.
    Settled,
}

/// How a wait for the renewal ends.
pub(crate) enum End {
    /// There is a new credential.
    Renewed,
    /// The session stands as it was.
    Unchanged,
    /// The session is over.
    Over(Option<Reason>),
    /// Not now.
    Unavailable(AuthError),
}

/// The calls in the order in which they began, so that each is found at once among many. Those that are settled are taken out
/// together: one by one, each would move all behind it.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Calls {
    list: Vec<Call>,
    settled: usize,
    /// Who waits until the state is known.
    ready: Vec<CallId>,
    /// So long they wait although another tab holds the lock.
    patience: Option<Mono>,
}

/// So long a start waits for another tab.
const PATIENCE_MS: u64 = 2_000;

impl Calls {
    pub(crate) fn begin(&mut self, id: CallId, kind: Kind, epoch: Epoch) {
        self.list.push(Call {
            id,
            kind,
            stage: Stage::Waiting,
            epoch,
            sent_with: None,
            csrf_version: 0,
            replayed: false,
            csrf_retries: 0,
        });
    }

    fn find(&mut self, id: CallId) -> Option<&mut Call> {
        let place = self.list.binary_search_by_key(&id, |call| call.id).ok()?;
        let call = self.list.get_mut(place)?;
        (call.stage != Stage::Settled).then_some(call)
    }

    /// As it is now. None: it is not under way any more.
    pub(crate) fn get(&mut self, id: CallId) -> Option<Call> {
        self.find(id).copied()
    }

    /// As they are now. The list may change while they are gone through.
    pub(crate) fn all(&self) -> Vec<Call> {
        self.list.clone()
    }

    /// Whether somebody waits for a renewal: one who asked for it, or whose answer said "signed out".
    pub(crate) fn ask_to_refresh(&self) -> bool {
        self.list.iter().any(|call| match call.stage {
            Stage::Waiting => call.kind == Kind::Refresh,
            Stage::Answered => true,
            Stage::WaitingCsrf
            | Stage::Out
            | Stage::AnsweredCsrf
            | Stage::Doubtful
            | Stage::Settled => false,
        })
    }

    pub(crate) fn wait_for_csrf(&self) -> bool {
        let waits = |call: &Call| matches!(call.stage, Stage::WaitingCsrf | Stage::AnsweredCsrf);
        self.list.iter().any(waits)
    }

    pub(crate) fn wait_until_ready(&mut self, id: CallId) {
        self.ready.push(id);
    }

    /// The start waits for another tab: who waits is told soon that it is not known yet.
    pub(crate) fn be_patient(&mut self, cx: &Context) {
        self.patience.get_or_insert(cx.after(PATIENCE_MS));
    }

    pub(crate) fn patience(&self) -> Option<Mono> {
        self.patience
    }

    pub(crate) fn take_impatient(&mut self, now: Mono) -> bool {
        self.patience.take_if(|at| *at <= now).is_some()
    }

    /// The first attempt to learn who is signed in has ended, well or badly.
    pub(crate) fn settle_ready(&mut self, cx: &mut Context) {
        self.patience = None;
        for call in std::mem::take(&mut self.ready) {
            cx.settle(call, Outcome::Done);
        }
    }

    /// It will never be known.
    pub(crate) fn fail_ready(&mut self, cx: &mut Context, error: &AuthError) {
        self.patience = None;
        for call in std::mem::take(&mut self.ready) {
            cx.fail(call, error.clone());
        }
    }

    // Its way.

    pub(crate) fn set_stage(&mut self, id: CallId, stage: Stage) {
        if let Some(call) = self.find(id) {
            call.stage = stage;
        }
    }

    /// It is sent.
    pub(crate) fn sent(
        &mut self,
        id: CallId,
        epoch: Epoch,
        sent_with: Option<Holding>,
        csrf_version: u32,
    ) -> Option<Call> {
        let call = self.find(id)?;
        call.stage = Stage::Out;
        call.epoch = epoch;
        call.sent_with = sent_with;
        call.csrf_version = csrf_version;
        Some(*call)
    }

    pub(crate) fn replayed(&mut self, id: CallId) {
        if let Some(call) = self.find(id) {
            call.replayed = true;
        }
    }

    pub(crate) fn csrf_retried(&mut self, id: CallId) {
        if let Some(call) = self.find(id) {
            call.csrf_retries += 1;
        }
    }

    /// The first of those whose CSRF token was refused. One that was sent again before comes first: of a token that is good for one
    /// request, it may have had one that was spent, and the next is for it.
    pub(crate) fn first_refused(&self) -> Option<Call> {
        let is_refused = |call: &&Call| call.stage == Stage::AnsweredCsrf;
        let refused = self.list.iter().filter(is_refused);
        refused
            .min_by_key(|call| Reverse(call.csrf_retries))
            .copied()
    }

    /// Its wait is over, unless it was before.
    pub(crate) fn finish(
        &mut self,
        cx: &mut Context,
        id: CallId,
        outcome: Result<Outcome, AuthError>,
    ) {
        if self.forget(id) {
            cx.push(Effect::Settle { call: id, outcome });
        }
    }

    /// The caller is gone. True: it was still there.
    pub(crate) fn forget(&mut self, id: CallId) -> bool {
        self.ready.retain(|waiting| *waiting != id);
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

    /// The session they belong to is gone. What was not sent is not sent; what was answered keeps its answer.
    pub(crate) fn release(&mut self, cx: &mut Context, error: &AuthError) {
        for call in self.all() {
            let id = call.id;
            match call.stage {
                Stage::Waiting | Stage::WaitingCsrf => self.finish(cx, id, Err(error.clone())),
                Stage::Answered | Stage::AnsweredCsrf | Stage::Doubtful => {
                    self.finish(cx, id, Ok(Outcome::Answer));
                }
                Stage::Out | Stage::Settled => {}
            }
        }
    }
}
