//! `Token::inspect` on any text. What it takes could stand in a header as it is: printable ASCII of at most 64 KiB. What
//! it calls a JWT has exactly three parts of base64url without padding, the first two of which hold JSON objects. It calls
//! opaque only what does not begin like a JWT, or has the five parts of an encrypted one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass::jwt::{MAX_BYTES, Malformed, Token};

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let fits = text.len() <= MAX_BYTES;
    let is_graphic = !text.is_empty() && text.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    let parts: Vec<&str> = text.split('.').collect();
    match Token::inspect(text) {
        Ok(found) => {
            assert!(fits && is_graphic);
            match found {
                Token::Jwt(claims) => {
                    assert_eq!(parts.len(), 3);
                    assert_eq!(
                        object(parts[1]).as_ref(),
                        serde_json::from_str(&claims.all.text()).ok().as_ref()
                    );
                    assert!(object(parts[0]).is_some() && decoded(parts[2]).is_some());
                }
                Token::Opaque => {
                    let is_no_jwt = !text.starts_with("eyJ") || parts.len() == 1;
                    assert!(is_no_jwt || (parts.len() == 5 && object(parts[0]).is_some()));
                }
            }
        }
        Err(Malformed::TooLarge) => assert!(!fits),
        Err(Malformed::NotAToken) => assert!(!is_graphic),
        Err(Malformed::Parts) => assert!(![1, 3, 5].contains(&parts.len())),
        Err(Malformed::Encoding) => assert!(parts.iter().any(|part| decoded(part).is_none())),
        Err(Malformed::Json) => assert!(parts.iter().take(2).any(|part| object(part).is_none())),
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    let is_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    part.bytes()
        .all(is_alphabet)
        .then(|| URL_SAFE_NO_PAD.decode(part).ok())?
}

fn object(part: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(&decoded(part)?).ok()
}
