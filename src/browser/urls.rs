//! The browser's own URL parser.

use crate::browser::scope::{global, member};
use crate::core::{Url, Urls};

pub(crate) struct BrowserUrls;

impl Urls for BrowserUrls {
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url> {
        let parsed = match base {
            Some(base) => web_sys::Url::new_with_base(url, base),
            None => web_sys::Url::new(url),
        }
        .ok()?;
        Some(Url {
            href: parsed.href(),
            origin: parsed.origin(),
            protocol: parsed.protocol(),
            hostname: parsed.hostname(),
            has_userinfo: !parsed.username().is_empty() || !parsed.password().is_empty(),
        })
    }

    fn page(&self) -> Option<String> {
        let location = global("location");
        if location.is_undefined() {
            None
        } else {
            member(&location, "href").as_string()
        }
    }
}
