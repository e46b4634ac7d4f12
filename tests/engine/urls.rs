//! The URL parser of the `url` crate, in place of the browser's.

use hallpass::core::{Url, Urls};

/// On a page of this URL, or on none.
pub struct HostUrls<'a>(pub Option<&'a str>);

impl Urls for HostUrls<'_> {
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url> {
        let parsed = match base {
            Some(base) => url::Url::parse(base).ok()?.join(url).ok()?,
            None => url::Url::parse(url).ok()?,
        };
        Some(Url {
            href: parsed.to_string(),
            origin: parsed.origin().ascii_serialization(),
            protocol: format!("{}:", parsed.scheme()),
            hostname: parsed.host_str().unwrap_or_default().into(),
            has_userinfo: !parsed.username().is_empty() || parsed.password().is_some(),
        })
    }

    fn page(&self) -> Option<String> {
        self.0.map(String::from)
    }
}
