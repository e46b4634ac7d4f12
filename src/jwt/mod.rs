//! Compact JWTs (RFC 7515 §3.1, RFC 7519), decoded and not verified.

#![forbid(unsafe_code)]

mod numeric_date;

#[cfg(all(target_arch = "wasm32", feature = "js"))]
use crate::browser::base64url::decode;
use crate::json::Json;

pub use numeric_date::NumericDate;

/// The largest token that is looked into, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// What can be told of a token without its key.
#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Not a JWT that a client can look into: opaque, or encrypted (RFC 7516).
    Opaque,
    /// A JWT.
    Jwt(Claims),
}

/// The claims of a JWT (RFC 7519 §4).
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// All of them.
    pub all: Json,
    /// RFC 7519 §4.1.4. `None`: there is none, or none that can be read, so that its end is not known.
    pub exp: Option<NumericDate>,
    /// RFC 7519 §4.1.6, likewise.
    pub iat: Option<NumericDate>,
}

/// The token can be neither sent nor understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// Over [`MAX_BYTES`].
    TooLarge,
    /// Empty, or with characters that no header may carry (RFC 6750 §2.1).
    NotAToken,
    /// It begins like a JWT but has not its three parts (RFC 7515 §7.1).
    Parts,
    /// A part is not base64url without padding (RFC 7515 §2).
    Encoding,
    /// A part is not a JSON object (RFC 7519 §7.2), or nests too deeply.
    Json,
}

impl Malformed {
    /// What is wrong, in fixed words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Malformed::TooLarge => "over 64 KiB",
            Malformed::NotAToken => "empty, or with characters that a header cannot carry",
            Malformed::Parts => "a JWT without three parts",
            Malformed::Encoding => "a part is not base64url",
            Malformed::Json => "a part is not a JSON object",
        }
    }
}

impl Token {
    /// Looks into a token as an `Authorization` header would carry it.
    ///
    /// # Errors
    /// [`Malformed`] if it cannot be sent, or says that it is a JWT and is none.
    pub fn inspect(token: &str) -> Result<Token, Malformed> {
        if token.len() > MAX_BYTES {
            return Err(Malformed::TooLarge);
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Malformed::NotAToken);
        }
        // `eyJ` is base64url of `{"`: every JOSE header in its usual form begins so, and next to nothing else does.
        if !token.starts_with("eyJ") || !token.bytes().any(|byte| byte == b'.') {
            return Ok(Token::Opaque);
        }
        match dotted(token).as_slice() {
            [header, payload, signature] => {
                decode_object(header)?;
                decode(signature).ok_or(Malformed::Encoding)?;
                Ok(Token::Jwt(Claims::read(decode_object(payload)?)))
            }
            // Five parts: JWE (RFC 7516 §3.1).
            [header, _, _, _, _] => decode_object(header).map(|_| Token::Opaque),
            _ => Err(Malformed::Parts),
        }
    }
}

impl Claims {
    fn read(all: Json) -> Claims {
        let date = |name| NumericDate::read(&all.get(name)?);
        Claims {
            exp: date("exp"),
            iat: date("iat"),
            all,
        }
    }
}

/// What stands between the dots.
pub(crate) fn dotted(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(dot) = rest.bytes().position(|byte| byte == b'.') {
        parts.push(rest.get(..dot).unwrap_or_default());
        rest = rest.get(dot + 1..).unwrap_or_default();
    }
    parts.push(rest);
    parts
}

fn decode_object(part: &str) -> Result<Json, Malformed> {
    let text = decode(part).ok_or(Malformed::Encoding)?;
    Json::parse(&text)
        .filter(Json::is_object)
        .ok_or(Malformed::Json)
}

/// What base64url without padding (RFC 7515 §2) holds; empty if that is no UTF-8. In the npm package the browser does it.
#[cfg(not(all(target_arch = "wasm32", feature = "js")))]
fn decode(part: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
    Some(String::from_utf8(bytes.ok()?).unwrap_or_default())
}

#[cfg(test)]
mod tests;
