//! The endpoints of `/auth`, by mode, and who a caller is.
//!
//! Owns the three modes (`session`, `jwt`, `hybrid`), what they have in common (`login`, `password`, `bearer`), and who calls by
//! the credential of a mode (`caller`).
//! May ask: `backend`; `face`, `guard`, `body`, `error` beside it.

mod bearer;
mod caller;
pub(super) mod hybrid;
pub(super) mod jwt;
mod login;
pub(super) mod password;
pub(super) mod session;

pub(super) use caller::caller;
pub(crate) use jwt::IDEMPOTENCY_KEY;
