use super::{begun, form, with};
use crate::sso::{Code, Form, answer_to_proof, answered, is_of_type, is_own_key, proof, proves};

const CHALLENGE: &str = "DPoP error=\"use_dpop_nonce\"";

#[test]
fn ec59_a_proof_is_of_the_url_that_is_sent_without_query_and_fragment() {
    for (url, htu) in [
        (
            "https://api.example.com/orders?a=b#c",
            "https://api.example.com/orders",
        ),
        ("https://api.example.com/#?c", "https://api.example.com/"),
        (
            "https://api.example.com:8443/a%20b",
            "https://api.example.com:8443/a%20b",
        ),
    ] {
        let call = form(&[
            ("method", "GET"),
            ("url", url),
            ("jti", "j"),
            ("now", "1800000000999"),
            ("ath", "h"),
            ("nonce", "n"),
        ]);
        let expected = [
            ("jti", "j"),
            ("htm", "GET"),
            ("htu", htu),
            ("iat", "1800000000"),
            ("nonce", "n"),
            ("ath", "h"),
        ];
        assert_eq!(proof(&call).entries().collect::<Vec<_>>(), expected);
    }
}

fn at_api(nonce: &str, more: &[(&str, &str)]) -> Form {
    let mut asked = form(&[("at", "api"), ("nonce", nonce), ("now", "1800000000000")]);
    for (name, value) in more {
        asked.put(name, value);
    }
    asked
}

fn refused(nonce: &str) -> Form {
    form(&[
        ("status", "401"),
        ("challenge", CHALLENGE),
        ("nonce", nonce),
    ])
}

#[test]
fn ec53_a_nonce_is_taken_from_every_answer_and_sent_once_more_if_it_is_demanded() {
    let happy = form(&[("status", "200"), ("nonce", "n2")]);
    assert_eq!(
        answer_to_proof(&at_api("n1", &[]), &happy),
        form(&[("nonce", "n2")])
    );
    let expected = form(&[("nonce", "n2"), ("wants", "true"), ("again", "true")]);
    assert_eq!(
        answer_to_proof(&at_api("n1", &[]), &refused("n2")),
        expected
    );
    // The same again, or the second time: no more, and what came stays.
    for asked in [at_api("n2", &[]), at_api("n1", &[("is_again", "true")])] {
        let expected = form(&[("nonce", "n2"), ("wants", "true")]);
        assert_eq!(answer_to_proof(&asked, &refused("n2")), expected);
    }
}

#[test]
fn ec53_at_the_token_endpoint_the_error_stands_in_the_answer() {
    let asked = form(&[("at", "token"), ("nonce", "")]);
    let answer = form(&[
        ("status", "400"),
        ("error", "use_dpop_nonce"),
        ("nonce", "n"),
    ]);
    assert!(answer_to_proof(&asked, &answer).has("again", "true"));
    for (name, value) in [("status", "500"), ("error", "invalid_grant")] {
        let other = answer_to_proof(&asked, &with(&answer, name, value));
        assert_eq!(other, form(&[("nonce", "n")]));
    }
}

#[test]
fn ec54_a_nonce_that_cors_hides_is_told_apart() {
    let told = answer_to_proof(&at_api("", &[]), &refused(""));
    assert_eq!(told, form(&[("wants", "true"), ("hidden", "true")]));
    // Only the challenge is hidden: what is seen is tried, once.
    let hint = form(&[("status", "401"), ("nonce", "n2")]);
    assert!(answer_to_proof(&at_api("n1", &[]), &hint).has("again", "true"));
    for asked in [at_api("n2", &[]), at_api("n1", &[("is_again", "true")])] {
        assert_eq!(answer_to_proof(&asked, &hint), form(&[("nonce", "n2")]));
    }
}

#[test]
fn ec55_a_body_that_can_be_sent_once_is_not_sent_again() {
    let told = answer_to_proof(&at_api("", &[("is_once", "true")]), &refused("n"));
    assert_eq!(told, form(&[("nonce", "n"), ("wants", "true")]));
}

#[test]
fn a_nonce_with_other_characters_is_none() {
    let long = "n".repeat(1_025);
    for nonce in ["a b", "a\"b", "a\\b", "ä", &long] {
        let told = answer_to_proof(&at_api("", &[]), &refused(nonce));
        assert_eq!(
            told,
            form(&[("wants", "true"), ("hidden", "true")]),
            "{nonce}"
        );
    }
}

#[test]
fn ec52_a_wrong_clock_is_corrected_once_from_the_servers_date_and_told() {
    let answer = form(&[
        ("status", "400"),
        ("error", "invalid_dpop_proof"),
        ("date", "1800000060000"),
    ]);
    let asked = form(&[("at", "token"), ("now", "1800000000000")]);
    let expected = form(&[("skew", "60"), ("date", "1800000060000"), ("again", "true")]);
    assert_eq!(answer_to_proof(&asked, &answer), expected);
    let again = answer_to_proof(&with(&asked, "is_again", "true"), &answer);
    assert_eq!(again, form(&[("skew", "60"), ("date", "1800000060000")]));
    // The clock is right, or the server's is not known: it objects to something else.
    for date in ["1800000004000", ""] {
        assert_eq!(
            answer_to_proof(&asked, &with(&answer, "date", date)),
            Form::default()
        );
    }
}

#[test]
fn ec58_a_token_without_a_key_is_refused_though_a_proof_was_sent() {
    let tokens = |kind| {
        form(&[
            ("access_token", "a"),
            ("id_token", "i"),
            ("token_type", kind),
        ])
    };
    let code = |dpop, kind| {
        let asked = form(&[("dpop", dpop)]);
        is_of_type(&asked, &tokens(kind)).map_err(|refusal| refusal.code)
    };
    for (dpop, kind) in [
        ("true", "DPoP"),
        ("true", "dpop"),
        ("auto", "DPoP"),
        ("auto", "Bearer"),
        ("", "Bearer"),
        ("auto", ""),
    ] {
        assert_eq!(code(dpop, kind), Ok(()), "{dpop} {kind}");
        // Where there was a proof the sign-in leaves it to this.
        assert_eq!(
            answered(&with(&begun(&[]), "dpop", dpop), 200, &tokens(kind)),
            Ok(())
        );
    }
    for (dpop, kind) in [
        ("true", "Bearer"),
        ("true", ""),
        ("", "DPoP"),
        ("auto", "mac"),
    ] {
        assert_eq!(
            code(dpop, kind),
            Err(Code::ResponseInvalid),
            "{dpop} {kind}"
        );
    }
}

#[test]
fn a_proof_is_for_who_says_that_it_takes_them_or_has_to() {
    let asked = |wish, takes| {
        let server = form(&[("dpop_signing_alg_values_supported", takes)]);
        proves(
            &form(&[("dpop", wish), ("dpop_jkt", "k1"), ("key", "default")]),
            &server,
        )
    };
    let wished = |wish| form(&[("dpop", wish), ("dpop_jkt", "k1")]);
    assert_eq!(asked("true", ""), wished("true"));
    assert_eq!(asked("auto", "ES256"), wished("auto"));
    assert_eq!(asked("auto", "RS256"), Form::default());
    assert_eq!(asked("auto", ""), Form::default());
}

#[test]
fn ec49_a_refresh_token_is_used_with_the_key_that_it_is_bound_to() {
    assert!(is_own_key("k1", "k1") && is_own_key("", "k1"));
    assert!(!is_own_key("k1", "k2") && !is_own_key("k1", ""));
}
