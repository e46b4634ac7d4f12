//! Base64url by the browser's own decoder.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/base64url.js")]
extern "C" {
    fn decoded(part: &str) -> Option<String>;
}

/// Base64url without padding (RFC 7515 §2) that holds text; what it holds is empty if that is no UTF-8.
pub(crate) fn decode(part: &[u8]) -> Option<Vec<u8>> {
    decoded(std::str::from_utf8(part).ok()?).map(String::into_bytes)
}
