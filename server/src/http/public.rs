//! Where callers find the backend, which is somewhere else than it listens if a proxy stands before it.

use std::net::IpAddr;

use axum::http::HeaderValue;

/// A year, of this host alone: what else is at its site is not known here.
const STRICT: &str = "max-age=31536000";

/// An origin: scheme, host and perhaps port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicUrl(String);

impl PublicUrl {
    /// Reads one, with or without a slash at its end.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no public URL: it has a scheme, a host and perhaps a port");
        let origin = text.trim_end_matches('/').to_ascii_lowercase();
        let (scheme, authority) = origin.split_once("://").ok_or_else(wrong)?;
        let is_host = !authority.is_empty()
            && authority
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b));
        if !matches!(scheme, "http" | "https") || !is_host {
            return Err(wrong());
        }
        let usual = if scheme == "https" { ":443" } else { ":80" };
        // As browsers write it.
        Ok(Self(origin.trim_end_matches(usual).to_owned()))
    }

    pub(crate) fn origin(&self) -> &str {
        &self.0
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Only for a name that is the backend's own: on `localhost` it would reach whatever else listens there.
    pub(super) fn strict_transport(&self) -> Option<HeaderValue> {
        let authority = self.0.strip_prefix("https://")?;
        let host = match authority.strip_prefix('[') {
            Some(_) => return None,
            None => authority.split(':').next()?,
        };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_address = host.parse::<IpAddr>().is_ok();
        (!is_local && !is_address).then(|| HeaderValue::from_static(STRICT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        for (text, origin) in [
            ("https://App.example.com/", "https://app.example.com"),
            ("https://app.example.com:443", "https://app.example.com"),
            (
                "https://app.example.com:8443",
                "https://app.example.com:8443",
            ),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            let public = PublicUrl::parse(text);
            assert_eq!(public, Ok(PublicUrl(origin.to_owned())));
        }
        for wrong in [
            "",
            "app.example.com",
            "ftp://a.example",
            "https://",
            "https://a.example/path",
            "https://u@a.example",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_name_of_its_own_is_strict() -> Result<(), String> {
        for (text, is_strict) in [
            ("https://app.example.com:8443", true),
            ("http://app.example.com", false),
            ("https://localhost:8443", false),
            ("https://app.localhost", false),
            ("https://127.0.0.1", false),
            ("https://[::1]:8443", false),
        ] {
            let strict = PublicUrl::parse(text)?.strict_transport();
            assert_eq!(strict.is_some(), is_strict, "{text}");
        }
        Ok(())
    }
}
