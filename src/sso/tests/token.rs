use super::{begun, form, with};
use crate::sso::{Code, answered, exchange};

#[test]
fn the_code_goes_with_its_verifier_and_the_clients_name() {
    let body = exchange(&begun(&[]), "c");
    let expected = [
        ("grant_type", "authorization_code"),
        ("code", "c"),
        ("code_verifier", "v1"),
        ("redirect_uri", "https://shop.example.com/callback"),
        ("client_id", "shop"),
    ];
    assert_eq!(body.entries().collect::<Vec<_>>(), expected);
}

#[test]
fn an_answer_with_what_was_asked_for_is_taken() {
    let answer = form(&[
        ("access_token", "a"),
        ("token_type", "bearer"),
        ("id_token", "i"),
    ]);
    assert_eq!(answered(&begun(&[]), 200, &answer), Ok(()));
    let plain = with(&begun(&[]), "scope", "orders openid2");
    assert_eq!(
        answered(&plain, 200, &with(&answer, "id_token", "")),
        Ok(())
    );
    for (name, value) in [
        ("access_token", ""),
        ("id_token", ""),
        ("token_type", "DPoP"),
        ("token_type", "mac"),
    ] {
        let refused = answered(&begun(&[]), 200, &with(&answer, name, value));
        assert_eq!(
            refused.map_err(|refusal| refusal.code),
            Err(Code::ResponseInvalid),
            "{name}"
        );
    }
}

#[test]
fn a_refusal_is_the_servers() {
    let answer = form(&[
        ("error", "invalid_grant"),
        ("error_description", "code is used"),
    ]);
    for status in [200, 400, 401] {
        let Err(refusal) = answered(&begun(&[]), status, &answer) else {
            panic!("it was taken");
        };
        assert_eq!(refusal.code, Code::CallbackRefused);
        assert!(refusal.by_provider);
    }
}

#[test]
fn what_only_an_id_token_proves_is_not_there_without_one() {
    let plain = with(&begun(&[]), "scope", "orders");
    let answer = form(&[("access_token", "a"), ("token_type", "Bearer")]);
    for (name, value) in [("acr_values", "gold"), ("max_age", "0"), ("sub", "ada")] {
        let refused = answered(&with(&plain, name, value), 200, &answer);
        assert_eq!(
            refused.map_err(|refusal| refusal.code),
            Err(Code::ResponseInvalid),
            "{name}"
        );
    }
}
