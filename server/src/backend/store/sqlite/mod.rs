//! A store in an SQLite database: one node's own, or a file that nodes on one machine share.
//!
//! Owns the thread that the database lives on (`db`), the tables (`tables.sql`) and, by kind, what is done with them.
//! May ask: the contract and the records of `store`, beside what `store` may ask.

mod access;
mod accounts;
mod db;
mod families;
mod open;
mod rows;
mod sessions;
mod tools;

pub(crate) use db::{Closed, Db};
pub(crate) use open::Sqlite;
