use super::{NOW, begun, form, own, with};
use crate::sso::{Callback, Code, Form, LIFETIME, judge, used};

fn answer() -> Form {
    Form::parse("?code=c&state=hallpass.s1&iss=https%3A%2F%2Fid.example.com")
}

/// How an answer is refused.
fn refused(answer: &Form, slot: &Form, now: u64) -> Option<Code> {
    match judge(&own(), answer, slot, now) {
        Callback::Refused(refusal) => Some(refusal.code),
        _ => None,
    }
}

#[test]
fn an_answer_to_what_was_asked_brings_its_code() {
    assert_eq!(
        judge(&own(), &answer(), &begun(&[]), NOW),
        Callback::Code("c")
    );
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
    let again = refused(&answer(), &used(&begun(&[])), NOW + 1);
    assert_eq!(again, Some(Code::CallbackStale));
}

#[test]
fn ec37_an_answer_whose_slot_is_elsewhere_is_stale() {
    let elsewhere = refused(&answer(), &Form::default(), NOW);
    assert_eq!(elsewhere, Some(Code::CallbackStale));
}

#[test]
fn a_login_that_took_too_long_is_stale() {
    let late = refused(&answer(), &begun(&[]), NOW + LIFETIME + 1);
    assert_eq!(late, Some(Code::CallbackStale));
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
        let answer = Form::parse(url);
        let Callback::Refused(refusal) = judge(&own(), &answer, &begun(&[]), NOW) else {
            panic!("{url}");
        };
        assert_eq!(refusal.code, Code::CallbackRefused, "{url}");
        assert!(!refusal.by_provider, "{url}");
    }
}

#[test]
fn an_issuer_that_does_not_say_it_names_itself_need_not() {
    let slot = with(
        &begun(&[]),
        "authorization_response_iss_parameter_supported",
        "",
    );
    let silent = Form::parse("?code=c&state=hallpass.s1");
    assert_eq!(judge(&own(), &silent, &slot, NOW), Callback::Code("c"));
    for iss in ["https%3A%2F%2Fevil.example", ""] {
        let other = Form::parse(&format!("?code=c&state=hallpass.s1&iss={iss}"));
        assert_eq!(refused(&other, &slot, NOW), Some(Code::CallbackRefused));
    }
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
        let callback = refused(&Form::parse(&url), &begun(&[]), NOW);
        assert_eq!(callback, Some(Code::CallbackRefused), "{more}");
    }
}

#[test]
fn an_error_of_the_provider_that_was_asked_is_its_refusal() {
    let url = "?error=access_denied&state=hallpass.s1&iss=https%3A%2F%2Fid.example.com";
    let answer = Form::parse(url);
    let Callback::Refused(refusal) = judge(&own(), &answer, &begun(&[]), NOW) else {
        panic!("it was not refused");
    };
    assert_eq!(refusal.code, Code::CallbackRefused);
    assert!(refusal.by_provider);
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
        let loud = refused(&answer, &begun(&[]), NOW);
        assert_eq!(loud, Some(Code::CallbackRefused));
    }
}

#[test]
fn ec35_an_answer_that_came_elsewhere_is_refused_though_nobody_names_itself() {
    let silent = with(
        &begun(&[]),
        "authorization_response_iss_parameter_supported",
        "",
    );
    let answer = Form::parse("?code=c&state=hallpass.s1");
    for at in [
        "https://shop.example.com/other",
        "https://shop.example.com/callback/more",
        "https://shop.example.com/",
        "https://other.example.com/callback",
        "",
    ] {
        let callback = judge(&with(&own(), "at", at), &answer, &silent, NOW);
        assert!(matches!(callback, Callback::Refused(_)), "{at}");
    }
    let slash = with(&own(), "at", "https://shop.example.com/callback/");
    assert_eq!(judge(&slash, &answer, &silent, NOW), Callback::Code("c"));
}

#[test]
fn the_query_of_a_redirect_uri_has_to_come_back() {
    let uri = "https://shop.example.com/callback?by=work";
    let slot = with(&begun(&[]), "redirect_uri", uri);
    let said = format!("{}&by=", answer().text());
    let work = Form::parse(&format!("{said}work"));
    assert_eq!(judge(&own(), &work, &slot, NOW), Callback::Code("c"));
    for other in [answer(), Form::parse(&format!("{said}home"))] {
        assert_eq!(refused(&other, &slot, NOW), Some(Code::CallbackRefused));
    }
}

#[test]
fn a_state_that_stands_twice_is_refused_whatever_slot_is_here() {
    let twice = Form::parse("?code=c&state=hallpass.s1&state=hallpass.s2");
    let callback = refused(&twice, &Form::default(), NOW);
    assert_eq!(callback, Some(Code::CallbackRefused));
}
