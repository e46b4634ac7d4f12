use super::{NOW, begun, form, own, with};
use crate::sso::{Callback, Code, Form, LIFETIME, judge, used};

fn answer() -> Form {
    Form::parse("?code=c&state=hallpass.s1&iss=https%3A%2F%2Fid.example.com")
}

fn code_of(callback: Callback) -> Option<Code> {
    match callback {
        Callback::Refused(refusal) => Some(refusal.code),
        _ => None,
    }
}

#[test]
fn an_answer_to_what_was_asked_brings_its_code() {
    let callback = judge(&own(), &answer(), &begun(&[]), NOW);
    assert_eq!(callback, Callback::Code("c".to_owned()));
}

#[test]
fn ec34_what_is_not_ours_is_left_alone() {
    let nothing = Form::default();
    for url in [
        "",
        "?a=1",
        "?code=c",
        "?code=c&state=stripe",
        "?error=x&state=y",
        "?state=hallpass.s1",
    ] {
        assert_eq!(
            judge(&own(), &Form::parse(url), &nothing, NOW),
            Callback::NotOurs,
            "{url}"
        );
    }
    let other = with(&own(), "key", "another client");
    assert_eq!(
        judge(&other, &answer(), &begun(&[]), NOW),
        Callback::NotOurs
    );
}

#[test]
fn ec33_an_answer_that_was_taken_is_stale() {
    let callback = judge(&own(), &answer(), &used(&begun(&[])), NOW + 1);
    assert_eq!(code_of(callback), Some(Code::CallbackStale));
}

#[test]
fn ec37_an_answer_whose_slot_is_elsewhere_is_stale() {
    let callback = judge(&own(), &answer(), &Form::default(), NOW);
    assert_eq!(code_of(callback), Some(Code::CallbackStale));
}

#[test]
fn a_login_that_took_too_long_is_stale() {
    let late = judge(&own(), &answer(), &begun(&[]), NOW + LIFETIME + 1);
    assert_eq!(code_of(late), Some(Code::CallbackStale));
}

#[test]
fn ec35_an_answer_of_another_issuer_is_refused_also_an_error() {
    for url in [
        "?code=c&state=hallpass.s1&iss=https%3A%2F%2Fevil.example",
        "?error=access_denied&state=hallpass.s1&iss=https%3A%2F%2Fevil.example",
        "?code=c&state=hallpass.s1&iss=",
        "?code=c&state=hallpass.s1",
        "?error=access_denied&state=hallpass.s1",
    ] {
        let Callback::Refused(refusal) = judge(&own(), &Form::parse(url), &begun(&[]), NOW) else {
            panic!("{url}");
        };
        assert_eq!(refusal.code, Code::CallbackRefused, "{url}");
        assert_eq!(refusal.server_code, "", "{url}");
    }
}

#[test]
fn an_issuer_that_does_not_say_it_names_itself_need_not() {
    let slot = with(
        &begun(&[]),
        "authorization_response_iss_parameter_supported",
        "",
    );
    let silent = judge(
        &own(),
        &Form::parse("?code=c&state=hallpass.s1"),
        &slot,
        NOW,
    );
    assert_eq!(silent, Callback::Code("c".to_owned()));
    let other = Form::parse("?code=c&state=hallpass.s1&iss=https%3A%2F%2Fevil.example");
    assert_eq!(
        code_of(judge(&own(), &other, &slot, NOW)),
        Some(Code::CallbackRefused)
    );
    let empty = Form::parse("?code=c&state=hallpass.s1&iss=");
    assert_eq!(
        code_of(judge(&own(), &empty, &slot, NOW)),
        Some(Code::CallbackRefused)
    );
}

#[test]
fn an_answer_that_says_something_twice_is_refused() {
    for more in [
        "&code=d",
        "&state=x",
        "&iss=https%3A%2F%2Fid.example.com",
        "&error=a&error=b",
    ] {
        let url = format!("{}{more}", answer().text());
        let callback = judge(&own(), &Form::parse(&url), &begun(&[]), NOW);
        assert_eq!(code_of(callback), Some(Code::CallbackRefused), "{more}");
    }
}

#[test]
fn a_refusal_has_the_providers_words() {
    let url = "?error=access_denied&error_description=No%0Away&state=hallpass.s1&iss=https%3A%2F%2Fid.example.com";
    let Callback::Refused(refusal) = judge(&own(), &Form::parse(url), &begun(&[]), NOW) else {
        panic!("it was not refused");
    };
    assert_eq!(
        (&*refusal.server_code, &*refusal.server_message),
        ("access_denied", "Noway")
    );
}

#[test]
fn ec41_a_silent_login_that_would_have_to_ask_finds_nobody() {
    for error in [
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
    ] {
        let answer = form(&[
            ("error", error),
            ("state", "hallpass.s1"),
            ("iss", "https://id.example.com"),
        ]);
        assert_eq!(
            judge(&own(), &answer, &begun(&[("kind", "silent")]), NOW),
            Callback::Nobody
        );
        let loud = judge(&own(), &answer, &begun(&[]), NOW);
        assert_eq!(code_of(loud), Some(Code::CallbackRefused));
    }
}
