//! Base64url by the browser's own decoder.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/base64url.js")]
extern "C" {
    /// What base64url without padding (RFC 7515 §2) holds; empty if that is no UTF-8.
    #[wasm_bindgen(js_name = decoded)]
    pub(crate) fn decode(part: &str) -> Option<String>;
}
