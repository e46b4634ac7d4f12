//! Reads the page's CSRF token.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use crate::browser::scope::{global, member};
use crate::core::PageCsrf;

pub(crate) fn read(source: &PageCsrf) -> Option<String> {
    let document = global("document");
    match source {
        PageCsrf::Cookie(name) => cookie(&member(&document, "cookie").as_string()?, name),
        PageCsrf::Meta(name) => {
            let query = member(&document, "querySelector");
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            let selector = ["meta[name=\"", &name, "\"]"].concat();
            let element = query
                .dyn_ref::<Function>()?
                .call1(&document, &selector.into())
                .ok()?;
            member(&element, "content").as_string()
        }
    }
    .filter(|token| !token.is_empty())
}

/// Cookie values are often percent-encoded, as `encodeURIComponent` does it; servers expect the header decoded.
fn cookie(cookies: &str, name: &str) -> Option<String> {
    let value = cookies
        .split(';')
        .find_map(|cookie| cookie.trim_start().strip_prefix(name)?.strip_prefix('='))?;
    let decoded = js_sys::decode_uri_component(value).ok().map(String::from);
    Some(decoded.unwrap_or_else(|| value.into()))
}
