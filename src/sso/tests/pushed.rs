use super::{document, form, own, with};
use crate::sso::{Code, Form, Push, push, pushed, read};

fn server(more: &[(&str, &str)]) -> Form {
    let mut all = document();
    for (name, value) in more {
        all.put(name, value);
    }
    read(&own(), &all).unwrap_or_default()
}

const AT: (&str, &str) = (
    "pushed_authorization_request_endpoint",
    "https://id.example.com/par",
);
const REQUIRED: (&str, &str) = ("require_pushed_authorization_requests", "true");

#[test]
fn ec48_a_request_is_pushed_where_the_app_or_the_provider_wants_it() {
    let wish = |par| with(&own(), "par", par);
    assert_eq!(push(&wish(""), &server(&[AT])), Ok(Push::No));
    assert_eq!(push(&wish("auto"), &server(&[AT])), Ok(Push::IfPossible));
    assert_eq!(push(&wish("auto"), &server(&[])), Ok(Push::No));
    assert_eq!(push(&wish("require"), &server(&[AT])), Ok(Push::Must));
    assert_eq!(push(&wish(""), &server(&[AT, REQUIRED])), Ok(Push::Must));
    for nowhere in [
        push(&wish("require"), &server(&[])),
        push(&wish(""), &server(&[REQUIRED])),
    ] {
        assert!(nowhere.is_err_and(|refusal| refusal.code == Code::ResponseInvalid));
    }
}

#[test]
fn the_browser_takes_along_the_name_of_what_was_pushed() {
    let answer = form(&[("request_uri", "urn:x:1"), ("expires_in", "60")]);
    let expected = form(&[("client_id", "shop"), ("request_uri", "urn:x:1")]);
    assert_eq!(pushed(&own(), Push::Must, 201, &answer), Ok(Some(expected)));
}

#[test]
fn ec48_only_where_it_may_the_browser_takes_all_along_instead() {
    for (status, answer) in [
        (0, Form::default()),
        (404, Form::default()),
        (201, Form::default()),
    ] {
        assert_eq!(pushed(&own(), Push::IfPossible, status, &answer), Ok(None));
        let must = pushed(&own(), Push::Must, status, &answer);
        assert!(must.is_err_and(|refusal| refusal.code == Code::ResponseInvalid));
    }
    let refused = form(&[("error", "invalid_scope")]);
    for push in [Push::IfPossible, Push::Must] {
        assert!(pushed(&own(), push, 400, &refused).is_err_and(|refusal| refusal.by_provider));
    }
}
