//! Names for what is under way.

use super::clock::Mono;
use super::session::{Epoch, Generation};

/// A caller of the client's API who waits for an outcome. Chosen by the shell, each above those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

/// A request of the engine's own. Chosen by the engine, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// A request of the engine's own that has been sent.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Flight {
    pub(super) request: RequestId,
    pub(super) sent: Mono,
    /// The epoch it was sent in: its answer counts in that epoch only.
    pub(super) epoch: Epoch,
    /// Of the credentials that were held.
    pub(super) generation: Generation,
    /// How often it was sent before, with another CSRF token. A number: what holds a flight is told apart with less code.
    pub(super) csrf_retries: u32,
    /// Which of the CSRF endpoint's tokens it carried.
    pub(super) csrf_version: u32,
}

impl Flight {
    /// The epoch of the flight that `request` belongs to, if it is this one.
    pub(super) fn epoch_of(flight: Option<&Flight>, request: RequestId) -> Option<Epoch> {
        flight
            .filter(|flight| flight.request == request)
            .map(|flight| flight.epoch)
    }
}

/// Which request of the engine's own waits for a CSRF token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    Login,
    Logout,
    Refresh,
}
