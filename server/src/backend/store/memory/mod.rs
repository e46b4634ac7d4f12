//! A store in the memory of one process, for one node or several of a test.
//!
//! Owns the tables (`state`) and, by kind, what is done with them.
//! May ask: the contract and the records of `store`, beside what `store` may ask.

mod access;
mod accounts;
mod families;
mod sessions;
mod state;
mod tools;

pub use state::Memory;
