//! Base64url by the browser's own decoder.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/base64url.js")]
extern "C" {
    /// The text in base64url (RFC 7515 §2), padded or in the other alphabet too.
    #[wasm_bindgen(js_name = decoded)]
    pub(crate) fn decode(part: &str) -> Option<String>;
}
