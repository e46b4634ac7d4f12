//! The test rig: a layer before the HTTP face that breaks it to order. It is there with [`Config::faults`](crate::Config::faults)
//! only; without it no path, header or prefix of it exists.
//!
//! Owns the clients that tests make (`clients`), rules and settings (`rules`, `settings`), answers and gates to order (`answers`,
//! `gates`), the log of requests (`log`), and the controls of all that (`controls`), by HTTP through the `doors`. A request comes
//! in by the `layer`.
//! May ask: `http` and `backend`. Neither of them knows of it.

mod answers;
mod clients;
mod controls;
mod doors;
mod gates;
mod layer;
mod log;
mod rules;
mod settings;

pub(crate) use controls::Controls;
pub(crate) use layer::Rig;
pub use log::LogEntry;
pub use rules::{DropAt, Rule};
pub use settings::Settings;
