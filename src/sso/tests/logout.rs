use super::{NOW, document, form, fresh, own, with};
use crate::sso::{Callback, Code, Form, is_long, judge, leave, read, used};

fn left(wishes: &[(&str, &str)]) -> (Form, Form) {
    let document = with(
        &document(),
        "end_session_endpoint",
        "https://id.example.com/end",
    );
    let server = read(&own(), &document).unwrap_or_default();
    let Ok(begun) = leave(&own(), &server, &form(wishes), &fresh()) else {
        panic!("it was refused");
    };
    (begun.query, begun.slot)
}

#[test]
fn ec43_a_logout_names_the_client_the_way_back_and_the_hint_if_there_is_one() {
    let (query, _) = left(&[("return_to", "/bye"), ("id_token_hint", "a.b.c")]);
    let expected = [
        ("client_id", "shop"),
        ("post_logout_redirect_uri", "https://shop.example.com/bye"),
        ("state", "hallpass.s1"),
        ("id_token_hint", "a.b.c"),
    ];
    assert_eq!(query.entries().collect::<Vec<_>>(), expected);
    let (query, _) = left(&[("return_to", "https://evil.example")]);
    assert_eq!(
        query.get("post_logout_redirect_uri"),
        "https://shop.example.com/"
    );
    assert_eq!(query.nth("id_token_hint", 0), None);
}

#[test]
fn ec43_a_hint_that_is_too_long_for_an_address_goes_in_a_form() {
    assert!(!is_long(&left(&[("id_token_hint", "a.b.c")]).0));
    assert!(is_long(&left(&[("id_token_hint", &"a".repeat(1_501))]).0));
}

#[test]
fn ec43_the_way_back_is_known_by_its_own_slot_once() {
    let (_, slot) = left(&[("return_to", "/bye")]);
    let back = Form::parse("?state=hallpass.s1");
    assert_eq!(judge(&own(), &back, &slot, NOW), Callback::LoggedOut);
    assert_eq!(judge(&own(), &back, &used(&slot), NOW), Callback::LoggedOut);
    assert_eq!(
        judge(&own(), &back, &Form::default(), NOW),
        Callback::NotOurs
    );
    // A code that comes with it is nobody's.
    let code = Form::parse("?state=hallpass.s1&code=c");
    let Callback::Refused(refusal) = judge(&own(), &code, &slot, NOW) else {
        panic!("it was taken");
    };
    assert_eq!(refusal.code, Code::CallbackRefused);
}

#[test]
fn a_provider_without_an_end_of_sessions_is_told() {
    let server = read(&own(), &document()).unwrap_or_default();
    let refused = leave(&own(), &server, &Form::default(), &fresh());
    assert!(refused.is_err_and(|refusal| refusal.code == Code::ResponseInvalid));
}
