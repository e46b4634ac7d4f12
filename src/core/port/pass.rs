//! The pass: what a call may go with although the engine was not asked about it.
//!
//! Nearly every call finds a token that is good, and is answered by something else than "signed out". To ask the engine twice
//! for each of these would cost more than all the rest. So the engine says in advance what it would answer, and until when.

/// What tells it from others: which of the sessions and tokens it stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pass {
    /// Counts logins and logouts.
    pub epoch: u32,
    /// Counts the credentials that the client has held.
    pub holding: u32,
}
