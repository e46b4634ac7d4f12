//! Strict on purpose: what is refused here without need is a typed error, what is taken without need is a leak.

use super::form::Form;

/// Whether tokens and codes may be sent to this URL: https, or http on this machine or at an origin that `own` lists as `insecure`
/// (RFC 9700 §2.6). Neither a user name nor a fragment is allowed, nor what URL parsers quietly repair.
#[must_use]
pub fn is_safe(url: &str, own: &Form) -> bool {
    let Some(origin) = origin(url) else {
        return false;
    };
    let Some(host) = origin.strip_prefix("http://") else {
        return true;
    };
    is_local(host) || own.has("insecure", origin)
}

/// The scheme, the host and the port as they stand there.
pub(super) fn origin(url: &str) -> Option<&str> {
    let is_plain = |byte| matches!(byte, 0x21..=0x7e) && !b"\\#\"<>^`{|}".contains(&byte);
    if !url.bytes().all(is_plain) {
        return None;
    }
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?']).next()?;
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let is_good =
        matches!(scheme, "https" | "http") && !host.is_empty() && host.bytes().all(is_host);
    is_good.then(|| url.get(..scheme.len() + 3 + host.len()))?
}

fn is_local(host: &str) -> bool {
    if host.starts_with("[::1]") {
        return true;
    }
    let name = host.split(':').next().unwrap_or_default();
    let numbers = |rest: &str| {
        rest.split('.').count() == 3 && rest.bytes().all(|b| b == b'.' || b.is_ascii_digit())
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name.strip_prefix("127.").is_some_and(numbers)
}

/// Where the app goes on: `wanted`, if it is a path of this origin, or else the start page (RFC 9700 §4.11).
#[must_use]
pub fn return_to<'a>(wanted: &'a str, origin: &str) -> &'a str {
    let path = wanted.strip_prefix(origin).unwrap_or(wanted);
    // Parsers drop control characters, and take a backslash for a slash.
    let is_plain = !path.bytes().any(|byte| byte < 0x20 || byte == b'\\');
    let is_path = path.starts_with('/') && !path.starts_with("//");
    if is_path && is_plain { path } else { "/" }
}

/// The URL with these members added to its query (RFC 6749 §3.1).
pub(super) fn with_query(url: &str, query: &Form) -> String {
    let mut url = url.to_owned();
    url.push(if url.contains('?') { '&' } else { '?' });
    url.push_str(&query.text());
    url
}
