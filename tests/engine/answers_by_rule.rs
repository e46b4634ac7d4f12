//! What a login, a refresh, a logout and `me` mean by an answer.

use hallpass::core::{
    Answer, Code, Endpoint, Input, Mode, Options, Reason, Said, Secret, Status, UserSource,
};

use crate::world::{World, api_answer, body_of, jwt_stored};

/// The answer, with the word of the app's own rule.
fn saying(world: &World, status: u16, body: &str, said: Said) -> Answer {
    let mut answer = world.plain(status, body);
    answer.said = Some(said);
    answer
}

#[test]
fn the_apps_own_rule_says_what_an_answer_means() {
    let mut world = World::new(Options::new(Mode::Session));
    let answer = saying(&world, 200, r#"{"who":"guest"}"#, Said::Nobody);
    world.answer_with("/auth/me", answer);
    assert_eq!(world.status(), Status::SignedOut);
    let call = world.login();
    let answer = saying(&world, 401, r#"{"flow":"totp"}"#, Said::Pending);
    world.answer_with("/auth/login", answer);
    let error = world.error(call);
    assert_eq!(error.code, Code::LoginPending);
    assert_eq!(error.body.as_ref().unwrap().text(), r#"{"flow":"totp"}"#);

    let mut world = World::signed_in(jwt_stored());
    world.refresh();
    let answer = saying(&world, 401, "", Said::NotNow);
    world.answer_with("/auth/refresh", answer);
    assert_eq!(world.status(), Status::SignedIn);
    let call = world.logout();
    let answer = saying(&world, 404, "", Said::Ok);
    world.answer_with("/auth/logout", answer);
    assert!(world.outcome(call).is_ok());
}

#[test]
fn a_login_that_needs_another_step_says_so_with_the_answer_at_hand() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"mfa_required":true,"ticket":"t"}"#);
    let error = world.error(call);
    assert_eq!(error.code, Code::LoginPending);
    let body = r#"{"mfa_required":true,"ticket":"t"}"#;
    assert_eq!(error.body.as_ref().unwrap().text(), body);
    assert_eq!(world.status(), Status::SignedOut);

    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"twoFactorRedirect":true}"#);
    world.answer("/auth/me", 401, "");
    let error = world.error(call);
    assert_eq!(error.code, Code::LoginPending);
    let body = r#"{"twoFactorRedirect":true}"#;
    assert_eq!(error.body.as_ref().unwrap().text(), body);
}

fn adopt(world: &mut World, call: u32, body: &str) -> hallpass::core::CallId {
    let call = hallpass::core::CallId(call);
    let answer = world.plain(200, body);
    world.feed(Input::Adopt { call, answer });
    call
}

#[test]
fn tokens_from_elsewhere_are_taken_up_as_a_logins_answer() {
    let mut world = World::new(jwt_stored());
    let tokens = world.tokens(300, "r9");
    let call = adopt(&mut world, 90, &tokens);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert!(world.store.as_ref().unwrap().contains("r9"));
    for (number, body, code) in [
        (91, "{}", Code::ResponseInvalid),
        (92, r#"{"access_token":"a b"}"#, Code::TokenMalformed),
    ] {
        let call = adopt(&mut world, number, body);
        assert_eq!(world.code(call), code);
        assert_eq!(
            world.subject().as_deref(),
            Some("ada"),
            "the session stands"
        );
    }
    let mut world = World::new(Options::new(Mode::Session));
    let call = adopt(&mut world, 93, "{}");
    assert_eq!(world.error(call).option, Some("mode"));
}

#[test]
fn a_logout_that_the_server_refuses_is_told_to_the_app() {
    for status in [400, 404, 405, 415, 422] {
        let mut world = World::signed_in(jwt_stored());
        let call = world.logout();
        world.answer("/auth/logout", status, "");
        let error = world.error(call);
        assert_eq!(
            (error.code, error.status),
            (Code::RequestRejected, Some(status))
        );
        assert_eq!(world.status(), Status::SignedOut, "here it counts");
    }
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    let call = world.logout();
    world.answer("/auth/logout", 405, "");
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(world.code(call), Code::RequestRejected);
    let store = world.store.clone();
    let mut world = World::idle(Options::new(Mode::Session));
    world.store = store;
    let mut world = world.start();
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(
        world.status(),
        Status::SignedOut,
        "nor does a reload bring it back"
    );
}

#[test]
fn a_logout_that_is_refused_gets_a_good_access_token() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.logout();
    world.answer("/auth/logout", 401, "");
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(
        body_of(world.request("/auth/logout")),
        r#"{"refresh_token":"r2"}"#
    );
    world.answer("/auth/logout", 401, "");
    assert!(world.outcome(call).is_ok() && world.open.is_empty(), "once");

    // It cannot be had.
    let mut world = World::signed_in(jwt_stored());
    let call = world.logout();
    world.answer("/auth/logout", 401, "");
    world.fail("/auth/refresh");
    world.answer("/auth/logout", 401, "");
    assert!(world.outcome(call).is_ok() && world.store.is_none());
}

#[test]
fn an_access_token_in_a_cookie_that_ended_overnight_is_no_sign_out() {
    let options = || Options {
        refresh: Endpoint::At("/auth/refresh".into()),
        ..Options::new(Mode::Session)
    };
    let mut world = World::new(options());
    world.answer("/auth/me", 401, "");
    assert_eq!(world.status(), Status::Restoring);
    world.answer("/auth/refresh", 200, "");
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert!(world.open.is_empty());

    // `me` goes on knowing nobody.
    let mut world = World::new(options());
    world.answer("/auth/me", 401, "");
    world.answer("/auth/refresh", 200, "");
    world.answer("/auth/me", 401, "");
    assert_eq!(world.status(), Status::SignedOut);
    assert!(world.open.is_empty());

    // The refresh is refused.
    let mut world = World::new(options());
    world.answer("/auth/me", 401, "");
    world.answer("/auth/refresh", 401, "");
    assert_eq!((world.status(), world.reason()), (Status::SignedOut, None));

    // It is down: nothing is known yet, and it is asked again.
    let mut world = World::new(options());
    world.answer("/auth/me", 401, "");
    world.answer("/auth/refresh", 503, "");
    assert_eq!(world.status(), Status::Restoring);
    world.until("/auth/me");
    world.answer("/auth/me", 401, "");
    world.answer("/auth/refresh", 200, "");
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn the_user_comes_from_where_the_app_wants_it() {
    let of = |user| Options {
        user,
        me: Endpoint::At("/auth/me".into()),
        ..jwt_stored()
    };
    let told = |world: &World| {
        let token = crate::world::jwt(r#"{"sub":"ada","from":"token"}"#);
        let _ = world;
        format!(
            r#"{{"access_token":"{token}","refresh_token":"r","user":{{"sub":"ada","from":"answer"}}}}"#
        )
    };
    let source = |world: &World| {
        let user = world.snapshot().user.as_ref().unwrap();
        user.get("from").unwrap().as_string().unwrap()
    };
    for (user, expected) in [
        (UserSource::Usual, "answer"),
        (UserSource::Answer, "answer"),
        (UserSource::Token, "token"),
        (UserSource::Me, "me"),
    ] {
        let mut world = World::new(of(user));
        world.login();
        let body = told(&world);
        world.answer("/auth/login", 200, &body);
        if user == UserSource::Me {
            world.answer("/auth/me", 200, r#"{"sub":"ada","from":"me"}"#);
        }
        assert_eq!(source(&world), expected);
        world.refresh();
        let body = told(&world);
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(source(&world), expected, "after a refresh");
        assert!(world.open.is_empty());
        let store = world.store.clone();
        let mut world = World::idle(of(user));
        world.store = store;
        let world = world.start();
        assert_eq!(source(&world), expected, "after a reload");
    }
    let error = crate::world::check(Options {
        user: UserSource::Me,
        ..jwt_stored()
    });
    assert_eq!(error.unwrap_err().option, Some("user"));
}

#[test]
fn a_login_page_in_place_of_an_answer_is_a_session_that_has_ended() {
    let doubtful = |answer: &[(u16, &str)]| {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
        let call = world.get();
        world.feed(Input::FetchDoubtful { call });
        for (status, body) in answer {
            world.answer("/auth/me", *status, body);
        }
        (world, call)
    };
    let (world, call) = doubtful(&[(302, "")]);
    assert_eq!(world.code(call), Code::SignedOut);
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
    // The session stands: the call has what it has.
    let (world, call) = doubtful(&[(200, r#"{"sub":"ada"}"#)]);
    assert!(world.got_answer(call));
    let (world, call) = doubtful(&[(503, "")]);
    assert!(world.got_answer(call) && world.status() == Status::SignedIn);
}

#[test]
fn in_the_modes_with_tokens_a_call_that_fails_is_a_call_that_fails() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.get();
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call) && world.open.is_empty());
}

#[test]
fn the_event_has_the_words_by_which_the_server_ended_the_session() {
    let words = |world: &World| world.changes.last().unwrap().ended_by.clone();
    let mut world = World::signed_in(jwt_stored());
    world.refresh();
    let body = r#"{"error":"invalid_grant","error_description":"Signed in elsewhere"}"#;
    world.answer("/auth/refresh", 400, body);
    let expected = [
        Some("invalid_grant".to_owned()),
        Some("Signed in elsewhere".to_owned()),
    ];
    assert_eq!(words(&world), expected);

    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    let call = world.get();
    world.api_with(call, api_answer(401));
    let body = r#"{"error":{"code":"replaced","message":"Signed in elsewhere"}}"#;
    world.answer("/auth/me", 401, body);
    let expected = [
        Some("replaced".to_owned()),
        Some("Signed in elsewhere".to_owned()),
    ];
    assert_eq!(words(&world), expected);
    // A later end has none of it.
    world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    world.logout();
    assert_eq!(words(&world), [None, None]);
}

#[test]
fn a_login_goes_where_the_app_says_and_what_was_secret_in_it_stays_so() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = hallpass::core::CallId(77);
    world.feed(Input::LoginAt {
        call,
        body: Secret::new(r#"{"user":"ada","password":"correct horse"}"#.into()),
        url: "https://app.test/sign-up".into(),
    });
    let said = r#"{"errors":[{"field":"password","input":"correct horse"},{"field":"user","input":"ada"}]}"#;
    world.answer("/sign-up", 422, said);
    let body = world.error(call).body.as_ref().unwrap().text();
    assert_eq!(
        body,
        r#"{"errors":[{"field":"password","input":"[redacted]"},{"field":"user","input":"ada"}]}"#
    );
}

#[test]
fn a_request_has_the_tokens_that_its_endpoint_may_want_elsewhere() {
    let mut world = World::signed_in(jwt_stored());
    world.refresh();
    let tokens = &world.request("/auth/refresh").tokens;
    assert_eq!(tokens.refresh.as_ref().unwrap().expose(), "r1");
    assert!(tokens.access.is_some());
    world.logout();
    let tokens = &world.request("/auth/logout").tokens;
    assert!(tokens.refresh.is_some() && tokens.access.is_some());
}

#[test]
fn an_endpoint_has_its_own_time() {
    let mut world = World::new(Options {
        timeouts: [None, None, Some(2.0), None],
        ..Options::new(Mode::Hybrid)
    });
    assert!(world.is_open("/auth/refresh"));
    world.advance(2_001);
    assert!(!world.is_open("/auth/refresh"), "given up");
}

#[test]
fn a_start_waits_for_me_where_only_that_says_who_it_is() {
    for answer in [200, 503, 401] {
        let mut world = World::new(Options {
            user: UserSource::Me,
            me: Endpoint::At("/auth/me".into()),
            ..Options::new(Mode::Hybrid)
        });
        let ready = world.ready();
        world.answer("/auth/refresh", 200, r#"{"access_token":"opaque"}"#);
        assert!(world.waits(ready));
        world.answer("/auth/me", answer, r#"{"sub":"ada"}"#);
        assert!(world.outcome(ready).is_ok());
        assert_eq!(world.subject().is_some(), answer == 200);
    }
}

#[test]
fn a_refusal_that_looks_like_no_network_costs_one_renewal_where_the_end_is_not_known() {
    let mut world = World::new(jwt_stored());
    world.login();
    let opaque = |name: &str| format!(r#"{{"access_token":"{name}","refresh_token":"{name}-r"}}"#);
    world.answer("/auth/login", 200, &opaque("a"));
    let call = world.get();
    world.feed(Input::FetchDoubtful { call });
    world.answer("/auth/refresh", 200, &opaque("b"));
    assert_eq!(world.bearer(call).as_deref(), Some("Bearer b"));
    // Nor does the new one help: it is not for the token.
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call));
    let call = world.get();
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call) && world.open.is_empty());
    // What may have been done is not done again.
    world.refresh();
    world.answer("/auth/refresh", 200, &opaque("c"));
    let call = world.post();
    world.feed(Input::FetchDoubtful { call });
    assert!(world.got_answer(call) && world.open.is_empty());
}

#[test]
fn a_logout_that_is_refused_while_a_refresh_is_out_sends_no_second_one() {
    let mut world = World::signed_in(jwt_stored());
    world.refresh();
    let call = world.logout();
    world.answer("/auth/logout", 401, "");
    assert!(world.outcome(call).is_ok());
    let refreshes = world
        .open
        .iter()
        .filter(|(_, http)| http.url.ends_with("/auth/refresh"));
    assert_eq!(refreshes.count(), 1);
}

#[test]
fn the_apps_own_rule_says_whether_a_refused_logout_was_needed() {
    for (said, is_done) in [(Said::Nobody, true), (Said::Refused, false)] {
        let mut world = World::signed_in(jwt_stored());
        let call = world.logout();
        let answer = saying(&world, 404, "", said);
        world.answer_with("/auth/logout", answer);
        assert_eq!(world.outcome(call).is_ok(), is_done, "{said:?}");
    }
}

#[test]
fn a_login_without_a_session_is_another_step_also_where_me_says_nobody_by_404() {
    for (body, said) in [("", Some(Said::Nobody)), (r#"{"code":"no_session"}"#, None)] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 401, "");
        let login = world.login();
        world.answer("/auth/login", 200, r#"{"step":"totp"}"#);
        let mut answer = world.plain(404, body);
        answer.said = said;
        world.answer_with("/auth/me", answer);
        assert_eq!(world.code(login), Code::LoginPending, "{body}");
    }
}

#[test]
fn a_login_that_the_rule_calls_refused_is_no_step_to_another() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let login = world.login();
    let answer = saying(&world, 200, r#"{"flow":"totp"}"#, Said::Refused);
    world.answer_with("/auth/login", answer);
    assert_eq!(world.code(login), Code::InvalidCredentials);
    let login = world.login();
    world.answer("/auth/login", 302, r#"{"flow":"totp"}"#);
    assert_eq!(world.code(login), Code::ResponseInvalid);
}
