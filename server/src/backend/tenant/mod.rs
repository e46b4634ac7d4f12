//! Whose the sessions, families and keys are, and what a node holds of them. A backend has one tenant; tests make more, so that
//! they do not meet.
//!
//! Owns the tenant with its clock and policy (`state`), what is known of its signing keys (`keys`, which sign by `jws`), and the
//! turns of its logins (`turns`).
//! May ask: `store`, `policy`, `clock`, `secret`, `error`.

mod jws;
mod keys;
mod state;
mod turns;

pub(crate) use jws::install as install_signatures;
pub(crate) use state::{DEFAULT, Tenant};
