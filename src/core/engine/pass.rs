//! What a call may go with although the engine was not asked about it.

use crate::core::engine::state::Engine;
use crate::core::port::pass::Pass;
use crate::core::port::request::HeaderValue;
use crate::core::port::secret::Secret;
use crate::core::time::clock::Mono;

impl Engine {
    /// While this stands, a call that begins now is dispatched at once, with the same header and credentials each time. It stands until
    /// the time beside it, or the next input after which there is another one or none.
    ///
    /// A shell that sees the clocks differ from when it was given does not use it, but asks: after a sleep the token may have ended.
    #[must_use]
    pub fn pass(&self) -> Option<(Pass, Mono)> {
        let is_good =
            !self.is_disposed() && self.session.is_signed_in() && !self.session.is_due(&self.cx);
        let is_good = is_good && !self.is_cookie_in_doubt();
        // Where redirects have to be refused, it is left to the usual way.
        let is_simple = !self.cx.config().refuses_redirects();
        let to_mono = |due_at| self.cx.clock().to_mono(due_at);
        let until = || self.session.due_at().map(to_mono);
        (is_good && is_simple).then(|| {
            let pass = Pass {
                epoch: self.session.epoch().0,
                holding: self.session.holding().0,
            };
            (pass, until().unwrap_or(Mono(u64::MAX)))
        })
    }

    /// The value of the header that calls go with now; none in session mode.
    #[must_use]
    pub fn credential(&self) -> Option<Secret> {
        match self.session.bearer_header(&self.cx) {
            Some((_, HeaderValue::Is(value))) => Some(value),
            _ => None,
        }
    }
}
