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
    let start = if url.starts_with("https://") {
        8
    } else if url.starts_with("http://") {
        7
    } else {
        return None;
    };
    let mut end = url.len();
    for (at, byte) in url.bytes().enumerate().skip(start) {
        if !(0x21..=0x7e).contains(&byte) || b"\\#\"<>^`{|}".contains(&byte) {
            return None;
        }
        if at < end {
            if matches!(byte, b'/' | b'?') {
                end = at;
            } else if !byte.is_ascii_alphanumeric() && !b".-_:[]".contains(&byte) {
                return None;
            }
        }
    }
    let first = url.as_bytes().get(start).copied().unwrap_or_default();
    let is_host = end > start && (first.is_ascii_alphanumeric() || first == b'[');
    if is_host { url.get(..end) } else { None }
}

/// Of a host with its port.
fn is_local(host: &str) -> bool {
    let end = host.bytes().position(|byte| byte == b':');
    let name = host.get(..end.unwrap_or(host.len())).unwrap_or_default();
    let is_loopback =
        name.starts_with("127.") && name.bytes().all(|b| b == b'.' || b.is_ascii_digit());
    is_loopback || name == "localhost" || name.ends_with(".localhost") || host.starts_with("[::1]")
}

/// Whether cookies of one are no third-party cookies in the other. Of domains under which anybody may have a name it says yes as
/// well: then the browser says no.
#[must_use]
pub fn is_same_site(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (site(one), site(other)) else {
        return false;
    };
    one == other
}

/// The scheme, and the last two parts of the host; of an address in numbers all of it.
fn site(url: &str) -> Option<(&str, &str)> {
    let origin = origin(url)?;
    let (scheme, rest) =
        origin.split_at_checked(if origin.starts_with("https") { 8 } else { 7 })?;
    let port = rest.bytes().rposition(|byte| byte == b':');
    let host = match port {
        Some(at) if !rest.ends_with(']') => rest.get(..at)?,
        _ => rest,
    };
    if host
        .bytes()
        .all(|byte| !byte.is_ascii_alphabetic() || host.starts_with('['))
    {
        return Some((scheme, host));
    }
    let mut dots = 0;
    let start = host.bytes().rposition(|byte| {
        dots += usize::from(byte == b'.');
        dots == 2
    });
    Some((scheme, host.get(start.map_or(0, |at| at + 1)..)?))
}

/// Where the app goes on: `wanted`, if it is a path of this origin, or else the start page (RFC 9700 §4.11).
#[must_use]
pub fn return_to<'a>(wanted: &'a str, origin: &str) -> &'a str {
    let path = wanted.strip_prefix(origin).unwrap_or(wanted);
    // Parsers drop control characters, and take a backslash for a slash.
    let is_plain = !path.bytes().any(|byte| byte < 0x20 || byte == b'\\');
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let own = path.get(..end).unwrap_or_default();
    // Two slashes in front are a host, also where segments before them go away: `/.//host`, `/a/%2e.//host`.
    let may_go_away = own.contains("/.") || own.contains("/%2");
    let is_host = own.starts_with("//") || may_go_away && own.contains("//");
    let is_path = own.starts_with('/') && !is_host;
    if is_path && is_plain { path } else { "/" }
}
