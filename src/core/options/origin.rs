//! Origins, compared exactly (RFC 6454 §5; URL Standard §4.7).

/// What the URL Standard's parser made of a URL. The shell brings the parser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// The serialized URL.
    pub href: String,
    /// The serialized origin; `"null"` if it is opaque.
    pub origin: String,
    /// The scheme with its colon: `"https:"`.
    pub protocol: String,
    /// The host without port.
    pub hostname: String,
    /// Whether a user name or password stands in it.
    pub has_userinfo: bool,
}

/// The URL parser of the platform.
pub trait Urls {
    /// Parses `url` against `base`. `None`: the standard calls it a failure.
    fn parse(&self, url: &str, base: Option<&str>) -> Option<Url>;
    /// The page that the client runs in, if it runs in one.
    fn page(&self) -> Option<String>;
}

/// Scheme, host and port. An opaque origin equals none, itself included.
#[derive(Clone, Debug)]
pub struct Origin(String);

impl Origin {
    /// The origin of a parsed URL; `None` for an opaque one and for schemes other than http(s).
    #[must_use]
    pub fn of(url: &Url) -> Option<Origin> {
        let web = url.protocol == "https:" || url.protocol == "http:";
        (web && url.origin != "null").then(|| Origin(url.origin.clone()))
    }

    /// Whether this is the origin that serializes to `serialized`.
    #[must_use]
    pub fn is(&self, serialized: &str) -> bool {
        serialized != "null" && self.0 == serialized
    }

    /// The serialized origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Origin {
    fn eq(&self, other: &Origin) -> bool {
        self.is(&other.0)
    }
}

/// Whether a host is this machine itself (Secure Contexts §3.1), where plain http reaches no network.
pub(crate) fn is_local(hostname: &str) -> bool {
    hostname == "localhost"
        || hostname.ends_with(".localhost")
        || hostname == "[::1]"
        || is_loopback_v4(hostname)
}

/// The URL parser has already brought every spelling of an IPv4 address to four decimal parts, and lets no other
/// host end in a number. One that ends in two dots is a name to it.
fn is_loopback_v4(hostname: &str) -> bool {
    let is_part_of_it = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    hostname.starts_with("127.") && !hostname.ends_with('.') && hostname.bytes().all(is_part_of_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local() {
        for host in [
            "localhost",
            "app.localhost",
            "127.0.0.1",
            "127.8.9.255",
            "[::1]",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "127.evil.com",
            "127.0.0.1.evil.com",
            "localhost.evil.com",
            "10.0.0.1",
            "xlocalhost",
            "[::2]",
            "127.1..",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn an_opaque_origin_equals_none() {
        let null = Origin("null".into());
        assert_ne!(null, null.clone());
        assert!(!null.is("null"));
    }
}
