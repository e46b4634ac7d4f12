//! Who may sign in.
//!
//! Owns the users with their passwords (`users`, `cost`), the guessing of passwords and its limits (`logins`).
//! May ask: `store`, `tenant`, `secret`, `error`. It alone sees passwords.

mod cost;
mod logins;
mod users;

pub use cost::PasswordCost;
pub(crate) use logins::Logins;
pub(crate) use users::{MAX_PASSWORD_BYTES, Users};
