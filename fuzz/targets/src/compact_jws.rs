//! `Token::inspect` on any text. What it takes could stand in a header as it is: printable ASCII of at most 64 KiB. What
//! it calls a JWT begins like one and has exactly three parts, the first two of which hold JSON objects; all else it calls opaque.

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
                    assert!(text.starts_with("eyJ") && parts.len() == 3);
                    let written = serde_json::from_str(&claims.all.text()).ok();
                    // What is written carelessly is read all the same.
                    let read = object(parts[1]);
                    assert!(read.is_none() || read == written);
                }
                Token::Opaque => {
                    let is_like_jwt = text.starts_with("eyJ") && parts.len() == 3;
                    let is_jwt = || parts[..2].iter().all(|part| is_read(part));
                    assert!(!(is_like_jwt && is_jwt()));
                }
            }
        }
        Err(Malformed::TooLarge) => assert!(!fits),
        Err(Malformed::NotAToken) => assert!(!is_graphic),
    }
}

fn decoded(part: &str) -> Option<Vec<u8>> {
    let is_alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    part.bytes()
        .all(is_alphabet)
        .then(|| URL_SAFE_NO_PAD.decode(part).ok())?
}

/// Within the depth that is read.
fn is_read(part: &str) -> bool {
    let text = decoded(part).and_then(|bytes| String::from_utf8(bytes).ok());
    text.and_then(|text| hallpass::Json::parse(&text))
        .is_some_and(|json| json.is_object())
}

fn object(part: &str) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(&decoded(part)?).ok()
}
