//! A request of the engine's own that is out.

use crate::core::identity::counters::{Epoch, Generation};
use crate::core::port::ids::RequestId;
use crate::core::time::clock::Mono;

#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Flight {
    pub(crate) request: RequestId,
    pub(crate) sent: Mono,
    /// Until when its answer is waited for.
    pub(crate) until: Mono,
    /// The epoch it was sent in: its answer counts in that epoch only.
    pub(crate) epoch: Epoch,
    /// Of the credentials that were held.
    pub(crate) generation: Generation,
    /// How often it was sent before, with another CSRF token. A number: what holds a flight is told apart with less code.
    pub(crate) csrf_retries: u32,
    /// Which of the CSRF endpoint's tokens it carried.
    pub(crate) csrf_version: u32,
}

/// Which request of the engine's own waits for a CSRF token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Login,
    Logout,
    Refresh,
}
