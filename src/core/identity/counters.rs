//! What tells sessions and tokens apart.

/// Counts logins and logouts: what was begun in another epoch does not count any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Epoch(pub(crate) u32);

/// Counts the credentials that this client has held: tells the token that was sent from the current one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Generation(pub(crate) u64);

/// Counts the credentials that this client has held, whoever brought them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Holding(pub(crate) u32);

/// When the session began, by the wall clock of the tab that logged in. Tells sessions apart; as that clock may be set
/// back, it does not order them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct LoginTime(pub(crate) i64);
