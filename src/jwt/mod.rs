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
    /// Not a JWT that a client can look into: opaque, encrypted (RFC 7516), or its server's own kind of one.
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

/// The token cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Malformed {
    /// Over [`MAX_BYTES`].
    TooLarge,
    /// Empty, or with characters that no header may carry (RFC 6750 §2.1).
    NotAToken,
}

impl Malformed {
    /// What is wrong, in fixed words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Malformed::TooLarge => "over 64 KiB",
            Malformed::NotAToken => "empty, or with characters that a header cannot carry",
        }
    }
}

impl Token {
    /// Looks into a token as an `Authorization` header would carry it.
    ///
    /// # Errors
    /// [`Malformed`] if it cannot be sent.
    pub fn inspect(token: &str) -> Result<Token, Malformed> {
        if token.len() > MAX_BYTES {
            return Err(Malformed::TooLarge);
        }
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Malformed::NotAToken);
        }
        Ok(claims_of(token).map_or(Token::Opaque, Token::Jwt))
    }
}

/// The claims of a JWT: of three parts in base64url (RFC 7515 §7.1) the first two are JSON objects (RFC 7519 §7.2). Whoever signs in
/// another way has a server that takes it: no client is a judge of that.
fn claims_of(token: &str) -> Option<Claims> {
    let parts = dotted(token);
    let [header, payload, _] = parts.as_slice() else {
        return None;
    };
    // `eyJ` is base64url of `{"`: every JOSE header in its usual form begins so.
    if !token.starts_with("eyJ") {
        return None;
    }
    decode_object(header)?;
    decode_object(payload).map(Claims::read)
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

fn decode_object(part: &str) -> Option<Json> {
    Json::parse(&decode(part)?).filter(Json::is_object)
}

/// The text in base64url (RFC 7515 §2), padded or in the other alphabet too, which some libraries write. In the npm package the
/// browser does it.
#[cfg(not(all(target_arch = "wasm32", feature = "js")))]
fn decode(part: &str) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    const FORGIVING: GeneralPurpose = GeneralPurpose::new(
        &base64::alphabet::URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    );
    let part = part.replace('+', "-").replace('/', "_");
    String::from_utf8(FORGIVING.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests;
