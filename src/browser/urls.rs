//! The browser's own URL parser.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::delivered::Parts;
use crate::core::{Url, Urls};

#[wasm_bindgen(module = "/src/browser/urls.js")]
extern "C" {
    #[wasm_bindgen(js_name = urlParts)]
    fn url_parts(url: &str, base: Option<&str>) -> Option<Array>;
    #[wasm_bindgen(js_name = pageUrl)]
    fn page_url() -> Option<String>;
}

pub(crate) struct BrowserUrls;

impl Urls for BrowserUrls {
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url> {
        let parts = Parts::from(JsValue::from(url_parts(url, base)?));
        let text = |index| parts.text(index).unwrap_or_default();
        Some(Url {
            protocol: text(0),
            origin: text(1),
            hostname: text(2),
            has_userinfo: parts.is_truthy(3) || parts.is_truthy(4),
            href: text(5),
        })
    }

    fn page(&self) -> Option<String> {
        page_url()
    }
}
