//! The loop that drives the engine in a browser, and the async Rust API over it.

mod driver;

pub(crate) use driver::{Inner, Setup};

#[cfg(not(feature = "js"))]
mod api;
#[cfg(not(feature = "js"))]
mod credentials;
#[cfg(not(feature = "js"))]
pub use api::{Client, FetchError, Hooks, Subscription};
