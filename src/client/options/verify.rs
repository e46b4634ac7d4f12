//! Which tokens are believed.

use wasm_bindgen::JsValue;

use crate::client::members::{Members, texts};
use crate::json::Json;

/// Verifies access tokens before they are believed (RFC 8725). What checks them is loaded only then.
#[derive(Clone, Debug)]
pub struct Verify(Members);

impl Verify {
    /// With the keys of this JWK Set (RFC 7517 §5), an https URL.
    #[must_use]
    pub fn jwks(url: &str) -> Verify {
        Verify::by(url.into())
    }

    /// With the keys of a JWK Set that the app has.
    #[must_use]
    pub fn jwk_set(set: &Json) -> Verify {
        Verify::by(set.as_js().clone())
    }

    /// Who may issue them: `iss` is one of these.
    #[must_use]
    pub fn issuer<const N: usize>(self, issuers: [&str; N]) -> Verify {
        self.with("issuer", texts(&issuers.map(String::from)))
    }

    /// For whom they may be: one of `aud` is one of these.
    #[must_use]
    pub fn audience<const N: usize>(self, audiences: [&str; N]) -> Verify {
        self.with("audience", texts(&audiences.map(String::from)))
    }

    /// The algorithms that are allowed (RFC 8725 §3.1). Default: all with a key pair.
    #[must_use]
    pub fn algorithms<const N: usize>(self, algorithms: [&str; N]) -> Verify {
        self.with("algorithms", texts(&algorithms.map(String::from)))
    }

    /// Their `typ`, as `at+jwt` (RFC 9068).
    #[must_use]
    pub fn typ(self, typ: &str) -> Verify {
        self.with("typ", typ)
    }

    /// Seconds since `iat` after which one is refused.
    #[must_use]
    pub fn max_age(self, seconds: f64) -> Verify {
        self.with("maxAge", seconds)
    }

    /// Seconds by which the clocks of the server and of its keys' owner may differ. Default 30.
    #[must_use]
    pub fn clock_tolerance(self, seconds: f64) -> Verify {
        self.with("clockTolerance", seconds)
    }

    fn by(jwks: JsValue) -> Verify {
        Verify(Members::default()).with("jwks", jwks)
    }

    fn with(mut self, name: &'static str, value: impl Into<JsValue>) -> Verify {
        self.0.set(name, value);
        self
    }

    pub(super) fn object(&self) -> JsValue {
        self.0.object()
    }
}
