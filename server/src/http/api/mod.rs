//! The API that the credentials are for.
//!
//! Owns the app's own part of it (`orders`), and what tells of a request how it arrived (`echo`).
//! May ask: `backend` for orders; `auth` for who calls; `face`, `guard`, `body`, `error` beside it.

pub(super) mod echo;
pub(super) mod orders;
