#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing test may panic"
)]

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

fn jwt_of(payload: &[u8]) -> String {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    [
        encode(br#"{"alg":"ES256"}"#),
        encode(payload),
        encode(b"signature"),
    ]
    .join(".")
}

fn claims_of(payload: &Value) -> Result<Claims, Malformed> {
    match Token::inspect(&jwt_of(payload.to_string().as_bytes()))? {
        Token::Jwt(claims) => Ok(claims),
        Token::Opaque => panic!("a JWT was taken for opaque"),
    }
}

#[test]
fn the_example_of_rfc_7519_section_3_1_decodes() {
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
                 eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                 dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let Ok(Token::Jwt(claims)) = Token::inspect(token) else {
        panic!("refused")
    };
    assert_eq!(claims.exp.unwrap().milliseconds(), 1_300_819_380_000);
    assert_eq!(
        claims.all.get("iss").unwrap().as_string().as_deref(),
        Some("joe")
    );
    assert_eq!(
        claims
            .all
            .get("http://example.com/is_root")
            .unwrap()
            .as_bool(),
        Some(true)
    );
}

#[test]
fn an_unsigned_token_of_rfc_7519_section_6_1_decodes() {
    let token = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UifQ.";
    assert!(matches!(Token::inspect(token), Ok(Token::Jwt(_))));
}

#[test]
fn the_largest_token_is_64_kib() {
    assert_eq!(Token::inspect(&"x".repeat(MAX_BYTES)), Ok(Token::Opaque));
    assert_eq!(
        Token::inspect(&"x".repeat(MAX_BYTES + 1)),
        Err(Malformed::TooLarge)
    );
}

#[test]
fn tokens_that_are_no_jwt_are_opaque() {
    for token in [
        "7f3a",
        "a.b.c",
        "v4.public.eyJ",
        "eyJhbGciOiJkaXIifQ",
        "gho_16C7e42F",
    ] {
        assert_eq!(Token::inspect(token), Ok(Token::Opaque), "{token}");
    }
    assert_eq!(
        Token::inspect("eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn"),
        Ok(Token::Opaque),
        "JWE"
    );
}

#[test]
fn a_token_that_no_header_can_carry_is_malformed() {
    let cases = [
        (String::new(), Malformed::NotAToken),
        ("a b".into(), Malformed::NotAToken),
        ("a\r\nX-Evil: 1".into(), Malformed::NotAToken),
        ("tökén".into(), Malformed::NotAToken),
        ("x".repeat(MAX_BYTES + 1), Malformed::TooLarge),
    ];
    for (token, expected) in cases {
        assert_eq!(Token::inspect(&token), Err(expected));
        assert!(!expected.as_str().is_empty());
    }
}

#[test]
fn what_looks_like_a_jwt_and_is_none_is_opaque() {
    let nested = ["{\"a\":", &"[".repeat(20_000)].concat();
    for token in [
        "eyJhbGciOiJFUzI1NiJ9.e30".into(),
        "eyJhbGciOiJFUzI1NiJ9.e30.s.t".into(),
        "eyJhbGciOiJFUzI1.e30.c2ln".into(),
        "eyJhbGciOiJFUzI1NiJ9.e3?.c2ln".into(),
        // As itsdangerous signs: JSON, the time, and a signature.
        "eyJ1aWQiOiJjMGZmZWUifQ.aS0RIg.q1ZmTQ".into(),
        jwt_of(b"[]"),
        jwt_of(b"user-7"),
        jwt_of(b"{\"sub\":\"\xff\xfe\"}"),
        jwt_of(nested.as_bytes()),
        jwt_of(br#"{"exp":1e999}"#),
    ] {
        let start = token.get(..40).unwrap_or(&token);
        assert_eq!(Token::inspect(&token), Ok(Token::Opaque), "{start}");
    }
}

#[test]
fn a_jwt_that_is_padded_or_in_the_other_alphabet_is_read() {
    let standard = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let header = standard(r#"{"typ":"JWT"}"#);
    let payload = standard(r#"{"exp":1796040000,"name":"ÿÿ>>??"}"#);
    assert!(header.ends_with('=') && payload.contains(['+', '/']));
    for signature in ["c2ln", "c2+/ng==", "7f3a?!"] {
        let token = [&header, ".", &payload, ".", signature].concat();
        let Ok(Token::Jwt(claims)) = Token::inspect(&token) else {
            panic!("{token}");
        };
        assert_eq!(claims.exp.unwrap().milliseconds(), 1_796_040_000_000);
    }
}

#[test]
fn dates_may_be_fractional_negative_or_absurd() {
    let exp = |value| {
        claims_of(&json!({ "exp": value }))
            .unwrap()
            .exp
            .unwrap()
            .milliseconds()
    };
    assert_eq!(exp(json!(1.5)), 1_500);
    assert_eq!(exp(json!(-7)), -7_000);
    assert_eq!(exp(json!(1e300)), 8_640_000_000_000_000);
    assert_eq!(exp(json!(-1e300)), -8_640_000_000_000_000);
    assert_eq!(exp(json!(u64::MAX)), 8_640_000_000_000_000);
    assert_eq!(exp(json!(-1e12)), -1_000_000_000_000);
    assert_eq!(claims_of(&json!({})).unwrap().exp, None);
    assert_eq!(NumericDate::from_seconds(f64::NAN), None);
}

#[test]
fn dates_are_read_in_each_unit_and_in_words() {
    for end in [
        json!(1_796_040_000),
        json!(1_796_040_000_000_i64),
        json!("1796040000"),
        json!("1796040000000"),
        json!("2026-11-30T12:00:00Z"),
        json!("2026-11-30 12:00:00Z"),
        json!("2026-11-30T14:00:00.0000000+02:00"),
        json!("Mon, 30 Nov 2026 12:00:00 GMT"),
    ] {
        let claims = claims_of(&json!({ "exp": end, "iat": end })).unwrap();
        let moment = NumericDate::from_seconds(1_796_040_000.0);
        assert_eq!((claims.exp, claims.iat), (moment, moment), "{end}");
    }
}

#[test]
fn a_date_that_cannot_be_read_is_not_known_and_refuses_no_token() {
    for end in [
        json!(null),
        json!("soon"),
        json!("2026-11-30T12:00:00"),
        json!([1]),
        json!(true),
        json!({"a": 1}),
        json!(""),
    ] {
        let claims = claims_of(&json!({ "exp": end, "iat": end, "nbf": end })).unwrap();
        assert_eq!((claims.exp, claims.iat), (None, None), "{end}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(token in "\\PC{0,200}") {
        let _ = Token::inspect(&token);
    }

    #[test]
    fn no_payload_makes_it_panic(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Token::inspect(&jwt_of(&payload));
    }

    #[test]
    fn what_was_signed_is_what_is_read(sub in "\\PC{0,40}", exp in -100_000_000_000i64..100_000_000_000) {
        let claims = claims_of(&json!({"sub": sub, "exp": exp})).unwrap();
        prop_assert_eq!(claims.all.get("sub").unwrap().as_string(), Some(sub));
        prop_assert_eq!(claims.exp.unwrap().milliseconds(), exp * 1_000);
    }
}
