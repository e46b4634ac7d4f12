//! The endpoints of `/auth`, by mode, and who a caller is.
//!
//! Owns the three modes (`session`, `jwt`, `hybrid`), the endpoints for a client of any (`any`), what they have in common (`login`,
//! `password`, `bearer`, `signed_in`), and who calls by the credential of a mode (`caller`).
//! May ask: `backend`; `face`, `guard`, `body`, `error` beside it.

pub(super) mod any;
mod bearer;
mod caller;
pub(super) mod hybrid;
pub(super) mod jwt;
mod login;
pub(super) mod password;
pub(super) mod session;
mod signed_in;

pub(super) use caller::{Credential, caller};
pub(crate) use jwt::IDEMPOTENCY_KEY;
