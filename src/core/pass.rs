//! The pass: what a call may go with although the engine was not asked about it.
//!
//! Nearly every call finds a token that is good, and is answered by something else than "signed out". To ask the engine twice
//! for each of these would cost more than all the rest. So the engine says in advance what it would answer, and until when.

use super::clock::Mono;
use super::effect::HeaderValue;
use super::engine::Engine;
use super::secret::Secret;
use super::session::Status;

/// What tells it from others: which of the sessions and tokens it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pass {
    /// Counts logins and logouts.
    pub epoch: u32,
    /// Counts the credentials that the client has held.
    pub holding: u32,
}

impl Engine {
    /// While this stands, a call that begins now is dispatched at once, with the same header and credentials each time. It stands until
    /// the time beside it, or the next input after which there is another one or none.
    ///
    /// A shell that sees the clocks differ from when it was given does not use it, but asks: after a sleep the token may have ended.
    #[must_use]
    pub fn pass(&self) -> Option<(Pass, Mono)> {
        let is_good = !self.disposed && self.status == Status::SignedIn && !self.is_due();
        // With a header of another name redirects have to be refused, which is left to the usual way.
        let is_simple =
            self.is_session_mode() || self.config.header.eq_ignore_ascii_case("Authorization");
        let until = || self.due_at.map(|due_at| self.clock.to_mono(due_at));
        (is_good && is_simple).then(|| {
            let pass = Pass {
                epoch: self.epoch.0,
                holding: self.holding.0,
            };
            (pass, until().unwrap_or(Mono(u64::MAX)))
        })
    }

    /// The value of the header that calls go with now; none in session mode.
    #[must_use]
    pub fn credential(&self) -> Option<Secret> {
        match self.bearer_header() {
            Some((_, HeaderValue::Is(value))) if !self.is_session_mode() => Some(value),
            _ => None,
        }
    }
}
