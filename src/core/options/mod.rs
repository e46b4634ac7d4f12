//! The options of an app, and the one place that checks them.

pub(crate) mod checker;
pub(crate) mod config;
pub(crate) mod fault;
pub(crate) mod given;
pub(crate) mod list;
pub(crate) mod origin;
