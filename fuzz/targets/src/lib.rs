//! What must hold of whatever comes from outside, one module for each way in: each begins with it. What they share is a tab around one
//! engine, every effect of which is looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "a panic is how a find is told"
)]

mod backend;
mod bytes;
mod config;
mod tab;
#[path = "../../../tests/engine/urls.rs"]
mod urls;

pub mod answers;
pub mod channel_messages;
pub mod claims;
pub mod compact_jws;
pub mod configuration;
pub mod engine;
pub mod sign_in;
pub mod stored_records;
pub mod token_answers;
pub mod www_authenticate;

pub use backend::plain;
pub use bytes::Steps;
pub use config::{BEGIN, KINDS, config, jwt_stored, kind};
pub use tab::{LOGIN_BODY, PASSWORD, Tab};
pub use urls::HostUrls;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A JWT with this payload, whatever that is.
#[must_use]
pub fn token_of(payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    [part(r#"{"alg":"ES256"}"#), part(payload), part("signature")].join(".")
}
