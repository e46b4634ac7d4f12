//! The question who is signed in, put to the `me` endpoint.
//!
//! It owns the one request that is out, when it was answered last, and when to ask again: a question that failed is not forgotten.

use crate::core::context::Context;
use crate::core::context::flight::Flight;
use crate::core::identity::counters::Epoch;
use crate::core::port::ids::RequestId;
use crate::core::refresh::pause::wait;
use crate::core::time::clock::Mono;

#[derive(Clone, Debug, Default)]
pub(crate) struct Me {
    flight: Option<Asked>,
    /// The profile could not be had: when to ask for it again.
    again: Option<Mono>,
    /// Failures in a row.
    failures: u32,
    answered: Option<Mono>,
    /// Its answer was nobody, and the session is being renewed before that is believed.
    renews: bool,
}

/// A question that is out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) flight: Flight,
    /// A redirect counts as an answer: the one before it may have been refused for where it led.
    pub(crate) takes_redirects: bool,
    /// An API has refused a token that nothing renews: is it of no use any more?
    pub(crate) is_about_token: bool,
}

/// Who comes back to a page after so long sees what the server says by now.
pub(crate) const FRESH_MS: u64 = 30_000;

impl Me {
    pub(crate) fn asked(&mut self, asked: Asked) {
        self.flight = Some(asked);
        self.again = None;
    }

    /// True at the first of two answers in a row.
    pub(crate) fn renews_once(&mut self) -> bool {
        self.renews = !self.renews;
        self.renews
    }

    /// Whether it is asked again once the session has been renewed.
    pub(crate) fn waits_for_renewal(&self) -> bool {
        self.renews
    }

    /// The renewal has failed: the next answer begins anew.
    pub(crate) fn renewal_failed(&mut self) {
        self.renews = false;
    }

    pub(crate) fn is_out(&self) -> bool {
        self.flight.is_some()
    }

    pub(crate) fn asks_in(&self, epoch: Epoch) -> bool {
        self.flight.is_some_and(|asked| asked.flight.epoch == epoch)
    }

    /// Its answer may be from before somebody logged in or out: it is nobody's.
    pub(crate) fn forget(&mut self) {
        self.flight = None;
        self.again = None;
    }

    /// `request` is the one that is out: it is not any more.
    pub(crate) fn take(&mut self, request: RequestId) -> Option<Asked> {
        self.flight.take_if(|asked| asked.flight.request == request)
    }

    /// The server has said who it is.
    pub(crate) fn answered(&mut self, cx: &Context) {
        self.answered = Some(cx.mono());
        self.renews = false;
        self.again = None;
        self.failures = 0;
    }

    /// It was asked long ago, or never.
    pub(crate) fn is_old(&self, cx: &Context) -> bool {
        self.is_older_than(cx, FRESH_MS)
    }

    pub(crate) fn is_older_than(&self, cx: &Context, ms: u64) -> bool {
        self.answered
            .is_none_or(|answered| cx.mono() >= answered.after(ms))
    }

    /// It has failed: it is asked again after a pause.
    pub(crate) fn ask_later(&mut self, cx: &mut Context, retry_after: Option<u32>) {
        let told_ms = retry_after.unwrap_or(0).wrapping_mul(1_000);
        self.again = Some(wait(cx, self.failures.saturating_add(2), told_ms));
        self.failures = self.failures.saturating_add(1);
    }

    /// Whether it will be asked again.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn is_owed(&self) -> bool {
        self.again.is_some()
    }

    /// When to ask again.
    pub(crate) fn next(&self) -> Option<Mono> {
        self.again
    }

    pub(crate) fn take_next(&mut self, now: Mono) -> bool {
        self.again.take_if(|at| *at <= now).is_some()
    }

    pub(crate) fn deadline(&self) -> Option<Mono> {
        self.flight.map(|asked| asked.flight.until)
    }

    pub(crate) fn take_overdue(&mut self, now: Mono) -> Option<Asked> {
        self.flight.take_if(|asked| asked.flight.until <= now)
    }
}
