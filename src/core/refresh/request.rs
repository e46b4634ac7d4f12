//! What a refresh sends.

use crate::core::options::config::{Config, Transport};
use crate::core::port::request::{HeaderValue, HttpRequest, RequestKind, Tokens};
use crate::core::port::secret::Secret;
use crate::json::Json;

/// The request that renews with these. None: there is no such endpoint, or no token where one is needed.
pub(crate) fn refresh_request(
    config: &Config,
    tokens: Tokens,
    attempt: Option<&str>,
) -> Option<HttpRequest> {
    let url = config.endpoints.refresh.clone()?;
    let mut http = HttpRequest::new(RequestKind::Refresh, "POST", url);
    http.body = match (&config.transport, &tokens.refresh) {
        (Transport::Cookie, _) => None,
        (_, None) => return None,
        (Transport::Json { name, params }, Some(token)) => {
            Some((json_body(name, token, params), "application/json"))
        }
        (Transport::Form { name, params }, Some(token)) => Some((
            form_body(name, token, params),
            "application/x-www-form-urlencoded",
        )),
        (Transport::Header { name }, Some(token)) => {
            let scheme = if name.eq_ignore_ascii_case("Authorization") {
                "Bearer "
            } else {
                ""
            };
            let value = Secret::new([scheme, token.expose()].concat());
            http.headers.push((name.clone(), HeaderValue::Is(value)));
            None
        }
    };
    if let Some(attempt) = attempt
        && config.idempotency_key
    {
        http.headers.push((
            "Idempotency-Key".into(),
            HeaderValue::Is(Secret::new(attempt.into())),
        ));
    }
    http.include_credentials = config.cookie_bound();
    // Where a repeat brings the same answer, a request that outlives its page does harm: its cookie, come late, would
    // take the place of a newer one. Elsewhere the cookie of a page that is left is better late than never.
    http.keepalive = !config.idempotency_key;
    http.brings_token = true;
    http.tokens = tokens;
    Some(http)
}

fn json_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut members = vec![(name, Json::from(token.expose()))];
    for (name, value) in params {
        members.push((name, value.as_str().into()));
    }
    Secret::new(Json::object(members).text())
}

fn form_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut form = String::from("grant_type=refresh_token");
    // A text that grows leaves its beginning behind.
    #[cfg(not(feature = "js"))]
    {
        let longest = |name: &str, value: &str| 3 * (name.len() + value.len()) + 2;
        let others = params.iter().map(|(name, value)| longest(name, value));
        form.reserve(longest(name, token.expose()) + others.sum::<usize>());
    }
    form_add(name, token.expose(), &mut form);
    for (name, value) in params {
        form_add(name, value, &mut form);
    }
    Secret::new(form)
}

fn form_add(name: &str, value: &str, form: &mut String) {
    form.push('&');
    form_encode(name, form);
    form.push('=');
    form_encode(value, form);
}

/// `application/x-www-form-urlencoded` (URL Standard §5.2).
fn form_encode(text: &str, form: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                form.push(char::from(byte))
            }
            b' ' => form.push('+'),
            _ => {
                form.push('%');
                form.push(hex_digit(byte >> 4).to_ascii_uppercase());
                form.push(hex_digit(byte & 15).to_ascii_uppercase());
            }
        }
    }
}

pub(crate) fn hex(words: [u64; 2]) -> String {
    let mut text = String::new();
    for mut rest in words {
        for _ in 0..16 {
            text.push(hex_digit(rest as u8 & 15));
            rest >>= 4;
        }
    }
    text
}

fn hex_digit(digit: u8) -> char {
    char::from(if digit < 10 { b'0' } else { b'a' - 10 } + digit)
}
