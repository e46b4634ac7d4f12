//! The loop that drives the engine in a browser, and the async Rust API over it.

mod driver;

pub(crate) use driver::{Inner, Setup};

#[cfg(not(feature = "js"))]
mod api;
#[cfg(not(feature = "js"))]
mod changes;
#[cfg(not(feature = "js"))]
mod credentials;
#[cfg(not(feature = "js"))]
mod errors;
#[cfg(not(feature = "js"))]
mod loaded;
#[cfg(not(feature = "js"))]
mod members;
#[cfg(not(feature = "js"))]
mod options;
#[cfg(not(feature = "js"))]
mod starting;
#[cfg(not(feature = "js"))]
pub use {
    api::{Client, LoginOptions},
    changes::Subscription,
    credentials::Credentials,
    errors::FetchError,
    options::{
        AnswerPath, BodyFormat, Csrf, Endpoint, Endpoints, Fetch, Fields, Header, Headers, Means,
        Method, Options, RefreshToken, Refusal, SeenAnswer, Storage, TokenPlace, Verify,
    },
    starting::Starting,
};
