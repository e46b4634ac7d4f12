//! The refresh protocol:
//! `Idle → Waiting → Recheck → Noting → Sent → Confirm → Commit → Idle | Cooldown`, or the end of the session.
//!
//! It owns the phase, the attempt that names a refresh to the server, and what became of the last one. Each phase that waits has
//! a deadline of its own: whatever becomes of the read, the lock or the request that it waits for, it ends.

mod attempt;
mod cooldown;
pub(crate) mod overdue;
pub(crate) mod pause;
pub(crate) mod request;

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::identity::counters::{Epoch, Holding};
use crate::core::identity::credentials::Credentials;
use crate::core::port::error::AuthError;
use crate::core::port::ids::RequestId;
use crate::core::refresh::pause::Allowance;
use crate::core::time::clock::Mono;

#[derive(Clone, Debug)]
enum Phase {
    /// Nothing is under way.
    Idle,
    /// It takes this step, until then at the latest.
    Busy(Step, Mono),
    /// Failed for now.
    Cooldown {
        until: Mono,
        /// The server named the time: not to be shortened.
        fixed: bool,
    },
}

/// What a refresh does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Waits for the lock between tabs.
    Waiting,
    /// Has the lock and reads the store.
    Recheck,
    /// Writes down that it begins.
    Noting,
    /// Waits for a CSRF token.
    Csrf,
    /// The request is out. From here on it is never aborted: the server may have rotated the token.
    Sent(Flight),
    /// Answered; reads the store once more before it acts on that. The answer is taken out when the read has ended.
    Confirm(Option<Answered>),
    /// Renewed in memory, being written.
    Commit,
}

/// What the server has answered.
#[derive(Clone, Debug)]
pub(crate) enum Answered {
    /// These.
    Brought(Box<Credentials>),
    /// What renews the session is worth nothing.
    Refused,
}

#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    phase: Phase,
    /// What is to be renewed: held when it began.
    renews: Holding,
    /// Failures in a row.
    failures: u32,
    /// The last one, for those who ask during the cooldown.
    error: Option<AuthError>,
    /// Names the attempt to the server until its outcome is known, so that a repeat is told from reuse.
    attempt: Option<String>,
    /// The store holds its name: so it was read under the lock.
    is_noted: bool,
    /// An attempt was sent whose answer never came.
    lost: bool,
    /// Sent, timed out, and perhaps answered yet.
    late: Option<Flight>,
    /// Since it was sent, somebody may have logged in or out elsewhere: its answer does not tell who is signed in.
    is_stale: bool,
    /// The time of its step ran out while the page was frozen.
    is_thawing: bool,
    /// Refusals in a row that say so by the status alone.
    likely_refusals: u32,
    /// The visitor has logged out since it was sent: what its answer brings has to be ended too.
    is_to_be_ended: bool,
    allowance: Allowance,
}

/// A step that waits for something with a deadline of its own outlives that by so much.
const GRACE_MS: u64 = 1_000;

/// So often in a row a refusal by the status alone has to come.
const BELIEVED_REFUSALS: u32 = 2;

impl Refresh {
    pub(crate) fn new(now: Mono) -> Refresh {
        Refresh {
            phase: Phase::Idle,
            renews: Holding(0),
            failures: 0,
            error: None,
            attempt: None,
            is_noted: false,
            lost: false,
            late: None,
            is_stale: false,
            is_thawing: false,
            likely_refusals: 0,
            is_to_be_ended: false,
            allowance: Allowance::new(now),
        }
    }

    // What is known.

    fn step(&self) -> Option<&Step> {
        match &self.phase {
            Phase::Busy(step, _) => Some(step),
            Phase::Idle | Phase::Cooldown { .. } => None,
        }
    }

    pub(crate) fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    pub(crate) fn is_under_way(&self) -> bool {
        self.step().is_some()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.step(), Some(Step::Waiting))
    }

    pub(crate) fn is_rechecking(&self) -> bool {
        matches!(self.step(), Some(Step::Recheck))
    }

    pub(crate) fn is_at_csrf(&self) -> bool {
        matches!(self.step(), Some(Step::Csrf))
    }

    pub(crate) fn is_noting(&self) -> bool {
        matches!(self.step(), Some(Step::Noting))
    }

    pub(crate) fn is_confirming(&self) -> bool {
        matches!(self.step(), Some(Step::Confirm(_)))
    }

    pub(crate) fn is_committing(&self) -> bool {
        matches!(self.step(), Some(Step::Commit))
    }

    pub(crate) fn sent(&self) -> Option<Flight> {
        match self.step() {
            Some(Step::Sent(flight)) => Some(*flight),
            _ => None,
        }
    }

    /// Nothing has been sent or read yet: what another tab brings may take its place.
    pub(crate) fn can_give_way(&self) -> bool {
        self.is_idle() || self.is_waiting() || self.may_be_shortened()
    }

    /// Whether it may yet tell who is signed in.
    pub(crate) fn asks_in(&self, epoch: Epoch) -> bool {
        match self.sent() {
            Some(flight) => flight.epoch == epoch,
            None => self.is_under_way(),
        }
    }

    pub(crate) fn renews(&self) -> Holding {
        self.renews
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.is_stale
    }

    // Its way.

    /// One refresh begins. Error: there have been so many that it has to wait until then.
    pub(crate) fn begin(
        &mut self,
        cx: &Context,
        renews: Holding,
        lock_wait_ms: u32,
    ) -> Result<(), Mono> {
        self.allowance.take(cx.mono())?;
        self.renews = renews;
        let until = cx.after(GRACE_MS.wrapping_add(lock_wait_ms.into()));
        self.phase = Phase::Busy(Step::Waiting, until);
        self.is_thawing = false;
        Ok(())
    }

    /// The store held newer ones: those are to be renewed.
    pub(crate) fn renew(&mut self, renews: Holding) {
        self.renews = renews;
    }

    /// Takes the next step.
    pub(crate) fn enter(&mut self, cx: &Context, step: Step) {
        let until = match &step {
            Step::Sent(flight) => {
                self.is_stale = false;
                self.is_to_be_ended = false;
                flight.until
            }
            Step::Noting | Step::Commit => cx.timeout(),
            // What ends these has a deadline of its own.
            Step::Waiting | Step::Recheck | Step::Confirm(_) => cx.timeout().after(GRACE_MS),
            // It may be fetched a second time.
            Step::Csrf => cx
                .timeout()
                .after(cx.config().timeout_ms.into())
                .after(GRACE_MS),
        };
        self.phase = Phase::Busy(step, until);
        self.is_thawing = false;
    }

    /// Takes the answer out that the store was read for. None: it is not at that step.
    pub(crate) fn take_confirmed(&mut self) -> Option<Answered> {
        match &mut self.phase {
            Phase::Busy(Step::Confirm(answer), _) => answer.take(),
            _ => None,
        }
    }

    /// `request` is the one that is out.
    pub(crate) fn flight_of(&self, request: RequestId) -> Option<Flight> {
        self.sent().filter(|flight| flight.request == request)
    }

    /// `request` was given up, and here is its answer.
    pub(crate) fn take_late(&mut self, request: RequestId) -> Option<Flight> {
        self.late.take_if(|late| late.request == request)
    }

    /// Somebody may have logged in or out elsewhere.
    pub(crate) fn doubt(&mut self) {
        self.is_stale = true;
    }

    pub(crate) fn take_doubt(&mut self) -> bool {
        std::mem::take(&mut self.is_stale)
    }

    /// Back to `Idle`.
    pub(crate) fn stand_down(&mut self) {
        self.phase = Phase::Idle;
    }

    /// It has renewed, or found renewed what it was to renew.
    pub(crate) fn succeeded(&mut self) {
        self.forget_attempt();
        self.failures = 0;
        self.likely_refusals = 0;
        self.error = None;
    }

    /// It was refused by the status alone. True: so often that it is believed.
    pub(crate) fn is_refused_again(&mut self) -> bool {
        self.likely_refusals += 1;
        self.likely_refusals >= BELIEVED_REFUSALS
    }

    /// The visitor logs out.
    pub(crate) fn end_what_comes(&mut self) {
        self.is_to_be_ended = self.sent().is_some();
    }

    pub(crate) fn take_end_of_what_comes(&mut self) -> bool {
        std::mem::take(&mut self.is_to_be_ended)
    }

    /// The server has refused for good. True: an earlier attempt's answer had been lost.
    pub(crate) fn refused(&mut self) -> bool {
        self.failures = 0;
        self.likely_refusals = 0;
        self.phase = Phase::Idle;
        std::mem::take(&mut self.lost)
    }

    /// The session has changed hands: what has not been sent yet is not needed any more.
    pub(crate) fn abandon(&mut self) {
        self.failures = 0;
        // Its answer will be heard, so that the lock is held until the server is done.
        if self.sent().is_none() {
            self.phase = Phase::Idle;
        }
    }

    // For the outline.

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn number(&self) -> u8 {
        match &self.phase {
            Phase::Idle => 0,
            Phase::Busy(step, _) => match step {
                Step::Waiting => 1,
                Step::Recheck => 2,
                Step::Noting => 3,
                Step::Csrf => 4,
                Step::Sent(_) => 5,
                Step::Confirm(_) => 6,
                Step::Commit => 7,
            },
            Phase::Cooldown { fixed, .. } => 8 + u8::from(*fixed),
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn has_answer(&self) -> bool {
        matches!(self.step(), Some(Step::Confirm(Some(Answered::Brought(_)))))
    }

    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn late(&self) -> Option<RequestId> {
        self.late.map(|late| late.request)
    }
}
