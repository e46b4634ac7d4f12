//! What a refresh sends.

use crate::json::Json;

use super::config::Transport;
use super::effect::{HeaderValue, HttpRequest};
use super::engine::Engine;
use super::secret::Secret;

impl Engine {
    pub(super) fn refresh_request(&mut self) -> Option<HttpRequest> {
        let url = self.config.endpoints.refresh.clone()?;
        let token = self.held.as_ref().and_then(|held| held.refresh.clone());
        let mut headers = Vec::new();
        let body = match (&self.config.transport, token) {
            (Transport::Cookie, _) => None,
            (_, None) => return None,
            (Transport::Json { name, params }, Some(token)) => {
                Some((json_body(name, &token, params), "application/json"))
            }
            (Transport::Form { name, params }, Some(token)) => Some((
                form_body(name, &token, params),
                "application/x-www-form-urlencoded",
            )),
            (Transport::Header { name }, Some(token)) => {
                headers.push((name.clone(), HeaderValue::Is(token)));
                None
            }
        };
        if let Some(attempt) = self.refresh.attempt()
            && self.config.idempotency_key
        {
            headers.push((
                "Idempotency-Key".into(),
                HeaderValue::Is(Secret::new(attempt.into())),
            ));
        }
        Some(HttpRequest {
            method: "POST",
            url,
            headers,
            body,
            include_credentials: self.config.cookie_bound(),
            // Where a repeat brings the same answer, a request that outlives its page does harm: its cookie, come late, would
            // take the place of a newer one. Elsewhere the cookie of a page that is left is better late than never.
            keepalive: !self.config.idempotency_key,
            follow: false,
        })
    }
}

fn json_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut members = vec![(name, Json::from(token.expose()))];
    members.extend(
        params
            .iter()
            .map(|(name, value)| (name.as_str(), Json::from(value.as_str()))),
    );
    Secret::new(Json::object(members).text())
}

fn form_body(name: &str, token: &Secret, params: &[(String, String)]) -> Secret {
    let mut form = String::from("grant_type=refresh_token");
    let token = (name, token.expose());
    let params = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in std::iter::once(token).chain(params) {
        form.push('&');
        form_encode(name, &mut form);
        form.push('=');
        form_encode(value, &mut form);
    }
    Secret::new(form)
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
                for digit in [byte >> 4, byte & 15] {
                    form.push(hex_digit(digit).to_ascii_uppercase());
                }
            }
        }
    }
}

pub(super) fn hex(words: [u64; 2]) -> String {
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
