use super::form;
use crate::sso::{Code, answered_for_api, ask_for_api};

#[test]
fn ec42_a_token_for_an_api_is_asked_for_by_the_shared_refresh_token() {
    let api = form(&[
        ("resource", "https://api.example.com"),
        ("scope", "orders"),
        ("refresh_token", "r2"),
        ("client_id", "shop"),
    ]);
    let body = ask_for_api(&api);
    let expected = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "r2"),
        ("client_id", "shop"),
        ("resource", "https://api.example.com"),
        ("scope", "orders"),
    ];
    assert_eq!(body.entries().collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_no_token_for_the_api_is_refused_in_the_servers_words() {
    let asked = form(&[]);
    let good = form(&[("access_token", "a"), ("token_type", "Bearer")]);
    assert_eq!(answered_for_api(&asked, 200, &good), Ok(()));
    let code = |status, answer: &[(&str, &str)]| {
        let refused = answered_for_api(&asked, status, &form(answer));
        refused.map_err(|refusal| (refusal.code, refusal.by_provider))
    };
    for status in [200, 400, 401] {
        let refused = code(
            status,
            &[("error", "invalid_target"), ("access_token", "a")],
        );
        assert_eq!(refused, Err((Code::RequestRejected, true)));
    }
    for answer in [
        &[("token_type", "Bearer")][..],
        &[("access_token", "a"), ("access_token", "b")],
        &[("access_token", "a"), ("token_type", "DPoP")],
    ] {
        assert_eq!(code(200, answer), Err((Code::ResponseInvalid, false)));
    }
}
