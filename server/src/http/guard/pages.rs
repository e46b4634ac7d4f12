//! Whether a request comes from a page of ours.

use axum::http::{HeaderMap, header};

/// Pages that may have cookies set and cleared.
pub(crate) struct Pages {
    /// Where the backend is found, if it was told.
    own: Option<String>,
    /// Other origins, whose pages may call.
    listed: Vec<String>,
}

impl Pages {
    pub(crate) fn new(own: Option<String>, listed: Vec<String>) -> Self {
        Self { own, listed }
    }

    /// Whether no page of a foreign site has sent this. A browser says where a request comes from in `Sec-Fetch-Site`, which no page
    /// can set, and in `Origin`; what says neither is no browser, or what its user has typed.
    pub(crate) fn sent(&self, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if let Some("same-origin" | "none") = text("sec-fetch-site") {
            return true;
        }
        let Some(origin) = text(header::ORIGIN.as_str()) else {
            return text("sec-fetch-site").is_none();
        };
        if self.listed.iter().any(|listed| listed == origin) {
            return true;
        }
        match &self.own {
            Some(own) => own == origin,
            None => {
                let host = text(header::HOST.as_str());
                let at = origin.split_once("://").map(|(_, host)| host);
                at.is_some() && at == host
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn sent(own: Option<&str>, headers: &[(&'static str, &'static str)]) -> bool {
        let listed = vec!["https://listed.example.com".to_owned()];
        let named = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        Pages::new(own.map(str::to_owned), listed).sent(&headers.iter().map(named).collect())
    }

    #[test]
    fn a_browser_says_where_a_request_comes_from() {
        assert!(sent(None, &[]), "no browser");
        for site in ["same-origin", "none"] {
            assert!(sent(None, &[("sec-fetch-site", site)]));
        }
        for site in ["cross-site", "same-site"] {
            assert!(!sent(None, &[("sec-fetch-site", site)]));
            let listed = ("origin", "https://listed.example.com");
            assert!(sent(None, &[("sec-fetch-site", site), listed]));
            let foreign = ("origin", "https://evil.example.com");
            assert!(!sent(None, &[("sec-fetch-site", site), foreign]));
        }
    }

    #[test]
    fn an_origin_alone_has_to_be_ours() {
        let host = ("host", "app.example.com");
        for (origin, is_ours) in [
            ("https://app.example.com", true),
            ("https://listed.example.com", true),
            ("https://app.example.com:444", false),
            ("https://evil.example.com", false),
            ("app.example.com", false),
            ("null", false),
        ] {
            assert_eq!(sent(None, &[host, ("origin", origin)]), is_ours, "{origin}");
        }
        // A proxy may put another name into Host.
        let inside = ("host", "127.0.0.1:8787");
        let own = Some("https://app.example.com");
        assert!(sent(own, &[inside, ("origin", "https://app.example.com")]));
        assert!(!sent(own, &[inside, ("origin", "http://127.0.0.1:8787")]));
    }
}
