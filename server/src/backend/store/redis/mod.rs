//! A store in Redis, for nodes on several machines.
//!
//! Owns the connection, and the functions in `steps.lua`, each of which Redis runs as one step; entries end there by themselves.
//! May ask: the contract and the records of `store`, beside what `store` may ask.

mod access;
mod accounts;
mod connection;
mod families;
mod tools;

pub(crate) use connection::Redis;
