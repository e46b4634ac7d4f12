//! When the held access token is due to be renewed.

use crate::core::context::Context;
use crate::core::identity::credentials::Credentials;
use crate::core::port::shown::Status;
use crate::core::session::Session;
use crate::core::time::clock::{Mono, ServerTime};

/// Spreads the renewals of many tabs.
const LONGEST_JITTER_MS: u64 = 5_000;

impl Session {
    pub(crate) fn due_at(&self) -> Option<ServerTime> {
        self.due_at
    }

    /// Whether the held access token counts as expired.
    pub(crate) fn is_due(&self, cx: &Context) -> bool {
        self.is_refused || self.due_at.is_some_and(|due_at| cx.server_now() >= due_at)
    }

    pub(crate) fn has_ended(&self, cx: &Context) -> bool {
        let ends_at = self.held().and_then(|held| held.ends_at);
        ends_at.is_some_and(|ends_at| cx.server_now() >= ends_at)
    }

    /// Its end was foretold, but activity may have moved it.
    pub(crate) fn forget_end(&mut self) {
        if let Some(held) = &mut self.held {
            held.ends_at = None;
        }
        self.due_at = None;
    }

    /// Fixes from when on the held token is due.
    pub(crate) fn plan_renewal(&mut self, cx: &mut Context) {
        let leeway = u64::from(cx.config().leeway_ms);
        let leeway = leeway + cx.random_below(LONGEST_JITTER_MS.min(leeway / 4));
        self.due_at = self
            .held()
            .and_then(|held| Some(self.due_before(cx, held, held.ends_at?, leeway)));
        self.set_due_timer(cx);
    }

    /// The earliest moment that any tab takes for the time to renew it.
    pub(super) fn first_due(
        &self,
        cx: &Context,
        held: &Credentials,
        ends_at: ServerTime,
    ) -> ServerTime {
        let leeway = u64::from(cx.config().leeway_ms);
        self.due_before(
            cx,
            held,
            ends_at,
            leeway + LONGEST_JITTER_MS.min(leeway / 4),
        )
    }

    /// So many milliseconds before its end a token is renewed; one that lives shortly not before half of its life is over.
    fn due_before(
        &self,
        cx: &Context,
        held: &Credentials,
        ends_at: ServerTime,
        leeway: u64,
    ) -> ServerTime {
        if !self.can_refresh(cx) {
            return ends_at;
        }
        let lifetime = ends_at.since(held.issued_at).max(0);
        ends_at.after(-leeway.cast_signed().min(lifetime / 2))
    }

    pub(crate) fn set_due_timer(&mut self, cx: &Context) {
        let waits_for_call = self.can_refresh(cx) && !cx.config().timed_refresh;
        let is_timed = !waits_for_call && self.status != Status::SignedOut;
        self.due = self
            .due_at
            .filter(|_| is_timed)
            .map(|due_at| cx.clock().to_mono(due_at).max(cx.mono()));
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.due
    }

    pub(crate) fn take_due(&mut self, now: Mono) -> bool {
        self.due.take_if(|at| *at <= now).is_some()
    }

    pub(crate) fn stop_timer(&mut self) {
        self.due = None;
    }
}
