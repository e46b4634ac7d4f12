//! Names for what is under way.

use super::clock::Mono;
use super::session::{Epoch, Generation};

/// A caller of the client's API who waits for an outcome. Chosen by the shell, never reused.
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
    /// It is the second attempt, with a newly read CSRF token.
    pub(super) csrf_retry: bool,
    /// Which of the CSRF endpoint's tokens it carried.
    pub(super) csrf_version: u32,
}

/// Which request of the engine's own waits for a CSRF token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    Login,
    Logout,
    Refresh,
}
