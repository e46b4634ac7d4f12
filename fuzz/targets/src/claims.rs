//! Any text as the payload of a JWT. It is a JWT exactly if the payload is a JSON object. The claims are those that were
//! written, and survive being written again; the dates are within what a JavaScript `Date` can hold, and where they are
//! numbers, off by less than a millisecond.

use crate::token_of;
use hallpass::Json;
use hallpass::jwt::{NumericDate, Token};
use serde_json::Value;

const LAST_MS: f64 = 8.64e15;

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(payload: &str) {
    if payload.len() > 40_000 {
        return; // the token would be too large
    }
    let written: Option<Value> = serde_json::from_str(payload).ok().filter(Value::is_object);
    let found = Token::inspect(&token_of(payload));
    let Some(written) = written else {
        assert_eq!(found, Ok(Token::Opaque));
        return;
    };
    let Ok(Token::Jwt(claims)) = found else {
        panic!("{found:?}");
    };
    let text = claims.all.text();
    assert_eq!(
        serde_json::from_str::<Value>(&text).ok(),
        Some(written.clone())
    );
    assert_eq!(Json::parse(&text).map(|again| again.text()), Some(text));
    is_same_date(claims.exp, written.get("exp"));
    is_same_date(claims.iat, written.get("iat"));
}

fn is_same_date(read: Option<NumericDate>, written: Option<&Value>) {
    if let Some(read) = read {
        assert!((read.milliseconds() as f64).abs() <= LAST_MS);
    }
    let Some(written) = written.filter(|written| !written.is_string()) else {
        return;
    };
    let written = written.as_f64();
    assert_eq!(read.is_some(), written.is_some());
    if let (Some(read), Some(written)) = (read, written) {
        let unit = if written.abs() > 1e11 { 1.0 } else { 1_000.0 };
        let wanted = (written * unit).clamp(-LAST_MS, LAST_MS);
        assert!((read.milliseconds() as f64 - wanted).abs() < 1.0);
    }
}
