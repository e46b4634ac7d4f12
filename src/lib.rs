//! hallpass: the auth client for browser apps.
//!
//! One client for the three ways in which web apps authenticate: a cookie
//! session, JWT bearer tokens, or both at once. [`core`] holds every decision
//! and builds on any target; on `wasm32` the `Client` type drives it in the browser.
//!
//! ```ignore
//! use hallpass::{Client, Mode, Options};
//! use serde_json::json;
//!
//! let auth = Client::create(Options::new(Mode::Jwt)).await?;
//! auth.login(&json!({ "email": "ada@example.com", "password": "…" })).await?;
//! let response = auth.fetch("/orders").await?;
//! ```

#[doc(hidden)]
pub mod core;
mod json;
#[doc(hidden)]
pub mod jwt;
pub mod sso;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod client;
#[cfg(all(target_arch = "wasm32", feature = "js"))]
mod npm;

pub use crate::json::Json;

pub use crate::core::{
    AuthError, Change, Code, Event, JournalEntry, Known, Mode, Reason, RequestKind,
    Said as Meaning, Snapshot, Status, StorageState, UserSource, Wall,
};

#[cfg(not(feature = "js"))]
pub use crate::core::StepUp;

#[cfg(all(target_arch = "wasm32", not(feature = "js")))]
pub use crate::client::{
    AnswerPath, BodyFormat, Client, Credentials, Csrf, Endpoint, Endpoints, Fetch, FetchError,
    Fields, Header, Headers, LoginOptions, Means, Method, Options, RefreshToken, Refusal,
    SeenAnswer, Starting, Storage, Subscription, TokenPlace, Verify,
};
