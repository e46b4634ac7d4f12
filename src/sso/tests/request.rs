use super::{document, form, fresh, own, with};
use crate::sso::{Begun, Code, Form, Refusal, begin, read};

fn asked(wishes: &Form, params: &Form) -> Result<Begun, Refusal> {
    let server = read(&own(), &document())?;
    begin(&own(), &server, wishes, params, &fresh())
}

#[test]
fn a_login_asks_for_a_code_with_pkce_state_and_nonce() {
    let begun = asked(&Form::default(), &Form::default()).unwrap_or_else(|_| unreachable());
    let expected = [
        ("response_type", "code"),
        ("client_id", "shop"),
        ("redirect_uri", "https://shop.example.com/callback"),
        ("scope", "openid profile"),
        ("state", "hallpass.s1"),
        ("nonce", "n1"),
        ("code_challenge", "c1"),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(begun.query.entries().collect::<Vec<_>>(), expected);
    assert!(!begun.query.text().contains("v1"));
    assert_eq!(begun.slot.get("verifier"), "v1");
    assert_eq!(begun.slot.get("return_to"), "/");
}

#[test]
fn what_the_app_asks_for_goes_along() {
    let wishes = [
        ("prompt", "login"),
        ("login_hint", "ada@example.com"),
        ("acr_values", "a b"),
        ("max_age", "0"),
        ("ui_locales", "de"),
    ];
    let begun =
        asked(&form(&wishes), &form(&[("audience", "orders")])).unwrap_or_else(|_| unreachable());
    for (name, value) in wishes.iter().chain(&[("audience", "orders")]) {
        assert_eq!(begun.query.get(name), *value);
    }
    assert_eq!(begun.slot.get("max_age"), "0");
}

#[test]
fn a_parameter_of_the_protocol_is_not_the_apps() {
    for name in [
        "state",
        "redirect_uri",
        "code_challenge_method",
        "request",
        "request_uri",
        "scope",
        "client_id",
    ] {
        let refused = asked(&Form::default(), &form(&[(name, "x")]));
        assert_eq!(
            refused.map_err(|refusal| refusal.code),
            Err(Code::ConfigInvalid),
            "{name}"
        );
    }
    let twice = asked(&form(&[("prompt", "login")]), &form(&[("prompt", "none")]));
    assert!(twice.is_err());
    assert!(asked(&form(&[("max_age", "-1")]), &Form::default()).is_err());
}

fn unreachable<T>() -> T {
    panic!("it was refused")
}

#[test]
fn what_only_an_id_token_proves_needs_openid_in_the_scope() {
    let server = read(&own(), &document()).unwrap_or_default();
    let none = Form::default();
    for wishes in [
        [("max_age", "60")].as_slice(),
        &[("step_up", "true"), ("acr_values", "gold")],
        &[("step_up", "true"), ("sub", "ada")],
    ] {
        let wishes = form(wishes);
        let plain = with(&own(), "scope", "orders");
        let refused = begin(&plain, &server, &wishes, &none, &fresh());
        assert_eq!(
            refused.map_err(|refusal| refusal.code),
            Err(Code::ConfigInvalid)
        );
        assert!(begin(&own(), &server, &wishes, &none, &fresh()).is_ok());
    }
}

#[test]
fn ec35_of_several_providers_one_that_does_not_name_itself_has_a_redirect_uri_of_its_own() {
    let named = read(&own(), &document()).unwrap_or_default();
    let name = "authorization_response_iss_parameter_supported";
    let silent = with(&named, name, "");
    let shared = with(&own(), "shares_redirect_uri", "true");
    let none = Form::default();
    for (own, server, is_right) in [
        (&shared, &silent, false),
        (&shared, &named, true),
        (&own(), &silent, true),
    ] {
        assert_eq!(begin(own, server, &none, &none, &fresh()).is_ok(), is_right);
    }
}

#[test]
fn what_few_sign_ins_have_goes_along() {
    let server = read(&own(), &document()).unwrap_or_default();
    let mut several = own();
    for (name, value) in [
        ("resource", "urn:orders"),
        ("resource", "urn:files"),
        ("dpop_jkt", "k1"),
        ("dpop", "true"),
    ] {
        several.put(name, value);
    }
    let begun = begin(
        &several,
        &server,
        &Form::default(),
        &Form::default(),
        &fresh(),
    )
    .unwrap_or_else(|_| unreachable());
    assert!(begun.query.has("resource", "urn:orders") && begun.query.has("resource", "urn:files"));
    assert_eq!(begun.query.get("dpop_jkt"), "k1");
    assert_eq!(begun.slot.get("dpop"), "true");
}
