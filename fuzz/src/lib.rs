//! What the targets share: a tab around one engine, every effect of which is looked at.

mod backend;
mod bytes;
mod config;
mod tab;
#[path = "../../tests/engine/urls.rs"]
mod urls;

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
