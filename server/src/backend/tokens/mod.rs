//! Tokens: what is given for a login, renewed, checked and revoked.
//!
//! Owns access tokens (`access`), families of refresh tokens (`families`; `refresh` is one such token, `grace` an answer that got lost), what both
//! give (`grant`), and what a node knows by heart of what was revoked (`revocations`).
//! May ask: `tenant`, `store`, `policy`, `clock`, `secret`, `error`.

mod access;
mod families;
mod grace;
mod grant;
mod refresh;
mod revocations;

pub(crate) use access::{AccessTokens, Bearer};
pub(crate) use families::{Families, Family, Granted};
pub use revocations::RevocationCheck;
pub(crate) use revocations::Revocations;
