use crate::world::{World, at, body_of, check, jwt, jwt_stored};
use hallpass::core::{Code, Event, Mode, Options, Outcome, Reason, Status, Transport};

#[test]
fn a_login_signs_in_stores_and_tells_the_other_tabs() {
    let mut world = World::new(jwt_stored());
    assert_eq!(world.status(), Status::SignedOut);
    world.changes.clear();
    let call = world.login();
    assert_eq!(
        body_of(world.request("/auth/login")),
        r#"{"email":"ada@example.com","password":"correct horse"}"#
    );
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    assert!(matches!(world.outcome(call), Ok(Outcome::User(Some(_)))));
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert_eq!(world.events(), [Event::SignedIn]);
    assert_eq!(world.told.len(), 1);
    assert!(world.store.as_ref().unwrap().contains("r1"));
}

/// Answer, and the code that it comes to.
const REFUSALS: &[(u16, &str, Code)] = &[
    (
        401,
        r#"{"error":"invalid_credentials"}"#,
        Code::InvalidCredentials,
    ),
    (401, "", Code::InvalidCredentials),
    (
        400,
        r#"{"error":"invalid_grant"}"#,
        Code::InvalidCredentials,
    ),
    (400, r#"{"message":"wrong"}"#, Code::InvalidCredentials),
    (
        403,
        r#"{"error":"account_locked","error_description":"Locked."}"#,
        Code::RequestRejected,
    ),
    (
        400,
        r#"{"error":{"code":"mfa_required","message":"Second factor."}}"#,
        Code::RequestRejected,
    ),
    (
        403,
        r#"{"code":"EMAIL_NOT_VERIFIED","message":"Email not verified"}"#,
        Code::RequestRejected,
    ),
    (
        403,
        r#"{"error":"Your account is locked."}"#,
        Code::RequestRejected,
    ),
    (403, "Forbidden", Code::InvalidCredentials),
    (401, r#"{"code":"ACCOUNT_LOCKED"}"#, Code::RequestRejected),
    (
        401,
        r#"{"detail":"RequiresTwoFactor"}"#,
        Code::RequestRejected,
    ),
    (401, r#"{"detail":"Failed"}"#, Code::InvalidCredentials),
    (401, r#"{"message":"OTP required"}"#, Code::RequestRejected),
    (401, r#"{"error":"unauthorized"}"#, Code::InvalidCredentials),
    (
        401,
        r#"{"detail":"No active account found with the given credentials"}"#,
        Code::InvalidCredentials,
    ),
    (
        401,
        r#"{"message":"Wrong password. Your account will be locked."}"#,
        Code::InvalidCredentials,
    ),
    (
        401,
        r#"{"error":"You have to confirm your email address before continuing."}"#,
        Code::RequestRejected,
    ),
    (
        401,
        r#"{"message":"Please verify your email address."}"#,
        Code::RequestRejected,
    ),
    (
        401,
        r#"{"error":"You have one more attempt before your account is locked."}"#,
        Code::InvalidCredentials,
    ),
    (
        400,
        r#"{"detail":"LOGIN_BAD_CREDENTIALS"}"#,
        Code::InvalidCredentials,
    ),
    (
        400,
        r#"{"detail":"LOGIN_USER_NOT_VERIFIED"}"#,
        Code::RequestRejected,
    ),
    (
        400,
        r#"{"errors":[{"code":"email_password_mismatch","message":"They do not match."}]}"#,
        Code::InvalidCredentials,
    ),
    (
        400,
        r#"{"code":"INVALID_EMAIL_OR_PASSWORD","message":"x"}"#,
        Code::InvalidCredentials,
    ),
    (
        400,
        r#"{"non_field_errors":["Unable to log in with provided credentials."]}"#,
        Code::InvalidCredentials,
    ),
    // Sign-ups, which are logins at another endpoint.
    (
        400,
        r#"{"username":["A user with that username already exists."]}"#,
        Code::RequestRejected,
    ),
    (
        400,
        r#"{"password":["This password is too short. It must contain at least 8 characters."]}"#,
        Code::RequestRejected,
    ),
    (
        400,
        r#"{"error":"invalid_grant","error_description":"Account disabled"}"#,
        Code::RequestRejected,
    ),
    (
        400,
        r#"{"error":"invalid_request","error_description":"Missing parameter: password"}"#,
        Code::RequestRejected,
    ),
    (
        422,
        r#"{"message":"These credentials do not match our records.","errors":{}}"#,
        Code::InvalidCredentials,
    ),
    (
        200,
        r#"{"success":false,"message":"Invalid credentials"}"#,
        Code::InvalidCredentials,
    ),
    (
        200,
        r#"{"success":false,"message":"Please try again later."}"#,
        Code::RequestRejected,
    ),
    (
        200,
        r#"{"status":"error","message":"Wrong password"}"#,
        Code::InvalidCredentials,
    ),
    (200, r#"{"error":"ACCOUNT_LOCKED"}"#, Code::RequestRejected),
    (404, "", Code::RequestRejected),
    (422, r#"{"error":"validation"}"#, Code::RequestRejected),
    (419, "", Code::CsrfFailed),
    (403, r#"{"error":"csrf_failed"}"#, Code::CsrfFailed),
    (403, "<html>firewall</html>", Code::ResponseInvalid),
    (408, "", Code::ServerError),
    (500, "", Code::ServerError),
    (503, "<html>down</html>", Code::ServerError),
    (200, "<html>captive portal</html>", Code::ResponseInvalid),
    (200, r#"{"access_token":"abc"#, Code::ResponseInvalid),
    (200, r#"{"ok":true}"#, Code::LoginPending),
    (200, r#"{"access_token":7}"#, Code::ResponseInvalid),
    (204, "", Code::ResponseInvalid),
    (302, "", Code::ResponseInvalid),
];

#[test]
fn every_answer_that_is_no_success_has_its_code_and_changes_nothing() {
    for &(status, body, code) in REFUSALS {
        for signed_in in [false, true] {
            let mut world = if signed_in {
                World::signed_in(jwt_stored())
            } else {
                World::new(jwt_stored())
            };
            let (before, stored) = (world.snapshot().clone(), world.store.clone());
            world.changes.clear();
            let call = world.login();
            world.answer("/auth/login", status, body);
            assert_eq!(world.code(call), code, "{status} {body}");
            assert_eq!(*world.snapshot(), before, "{status} {body}");
            assert_eq!(world.store, stored);
            assert!(world.changes.is_empty());
        }
    }
}

#[test]
fn in_session_mode_a_login_may_be_refused_with_a_good_status() {
    for signed_in in [false, true] {
        let mut world = World::new(Options::new(Mode::Session));
        let user = if signed_in {
            r#"{"sub":"ada"}"#
        } else {
            "null"
        };
        world.answer("/auth/me", 200, user);
        let before = world.snapshot().clone();
        let call = world.login();
        let body = r#"{"success":false,"message":"Wrong password"}"#;
        world.answer("/auth/login", 200, body);
        assert_eq!(world.code(call), Code::InvalidCredentials);
        let message = world.error(call).server_message.as_deref();
        assert_eq!(message, Some("Wrong password"));
        assert_eq!(*world.snapshot(), before);
        assert!(world.open.is_empty());
    }
}

#[test]
fn the_servers_own_code_and_words_are_kept() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login();
    world.answer(
        "/auth/login",
        403,
        r#"{"error":"account_locked","error_description":"Ask support."}"#,
    );
    let error = world.error(call);
    assert_eq!(error.server_code.as_deref(), Some("account_locked"));
    assert_eq!(error.server_message.as_deref(), Some("Ask support."));
    assert_eq!(error.status, Some(403));
}

#[test]
fn words_that_quote_the_password_are_dropped() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login();
    world.answer(
        "/auth/login",
        401,
        r#"{"message":"correct horse is wrong"}"#,
    );
    assert_eq!(world.error(call).server_message, None);
}

#[test]
fn too_many_attempts_tell_when_to_try_again() {
    for (header, date, expected) in [
        (Some("7"), None, Some(7)),
        (Some(" 120 "), None, Some(120)),
        (Some("-3"), None, None),
        (Some("99999999999"), None, Some(86_400)),
        (Some("Fri, …"), Some(30_000), Some(30)),
        (Some("soon"), None, None),
        (None, None, None),
    ] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        let mut answer = world.plain(429, "");
        answer.retry_after = header.map(String::from);
        answer.retry_after_date = date.map(|ms| answer.date.unwrap().0 + ms);
        world.answer_with("/auth/login", answer);
        assert_eq!(world.code(call), Code::RateLimited);
        assert_eq!(world.error(call).retry_after, expected, "{header:?}");
    }
}

#[test]
fn no_answer_is_a_network_error_or_a_timeout() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login();
    world.fail("/auth/login");
    assert_eq!(world.code(call), Code::NetworkError);
    let call = world.login();
    world.advance(15_000);
    assert_eq!(world.code(call), Code::Timeout);
    assert_eq!(
        world.cancelled.len(),
        1,
        "its request must not go on to set a cookie"
    );
}

#[test]
fn of_two_logins_the_later_counts() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let first = world.login();
    let second = world.login();
    assert_eq!(world.code(first), Code::Superseded);
    let body = world.tokens_of("grace", 300, "r2");
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(second).is_ok());
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn an_aborted_login_signs_nobody_in() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login();
    world.gone(call);
    assert!(!world.is_open("/auth/login"));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn somebody_else_is_an_event_of_its_own() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    world.login();
    let body = world.tokens_of("grace", 300, "r2");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.events(), [Event::SubjectChanged]);
}

#[test]
fn tokens_are_found_under_the_names_that_backends_use() {
    let token = jwt(r#"{"sub":"ada"}"#);
    for body in [
        format!(r#"{{"access_token":"{token}"}}"#),
        format!(r#"{{"accessToken":"{token}"}}"#),
        format!(r#"{{"access":"{token}","refresh":"r"}}"#),
        format!(r#"{{"token":"{token}"}}"#),
        format!(r#"{{"jwt":"{token}"}}"#),
        format!(r#"{{"data":{{"token":"{token}"}}}}"#),
    ] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        world.answer("/auth/login", 200, &body);
        assert!(world.outcome(call).is_ok(), "{body}");
        assert_eq!(world.subject().as_deref(), Some("ada"));
    }
}

#[test]
fn a_token_of_a_type_that_is_not_understood_is_not_used() {
    for (kind, is_understood) in [
        (r#""Bearer""#, true),
        (r#""bearer""#, true),
        (r#""BEARER""#, true),
        (r#""JWT""#, true),
        (r#""access_token""#, true),
        (r#""Token""#, true),
        (r#""""#, true),
        ("null", true),
        (r#""mac""#, false),
        (r#""DPoP""#, false),
        (r#""pop""#, false),
        (r#""N_A""#, false),
    ] {
        for name in ["token_type", "tokenType"] {
            let mut world = World::signed_in(Options::new(Mode::Jwt));
            let call = world.login();
            let body = format!(r#"{{"access_token":"opaque","{name}":{kind}}}"#);
            world.answer("/auth/login", 200, &body);
            if is_understood {
                assert!(world.outcome(call).is_ok(), "{kind}");
                continue;
            }
            assert_eq!(world.code(call), Code::ResponseInvalid, "{kind}");
            assert!(world.error(call).message().contains("token_type"));
            assert_eq!(world.subject().as_deref(), Some("ada"), "as it was");
        }
    }
}

#[test]
fn names_that_the_app_gives_are_looked_up_by_path() {
    let mut options = Options::new(Mode::Jwt);
    options.fields.access_token = Some("result.auth.bearer".into());
    options.fields.user = Some("result.who".into());
    let mut world = World::new(options);
    let call = world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"no","result":{"auth":{"bearer":"opaque"},"who":{"sub":"7"}}}"#,
    );
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.subject().as_deref(), Some("7"));
    let fetch = world.get();
    assert_eq!(world.bearer(fetch).as_deref(), Some("Bearer opaque"));
}

#[test]
fn malformed_tokens_are_refused() {
    for token in ["x".repeat(70_000), "a b".into(), String::new()] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        world.answer(
            "/auth/login",
            200,
            &format!(r#"{{"access_token":"{token}"}}"#),
        );
        assert_eq!(
            world.code(call),
            Code::TokenMalformed,
            "{}",
            token.get(..30).unwrap_or(&token)
        );
        assert_eq!(world.status(), Status::SignedOut);
    }
}

#[test]
fn what_looks_like_a_jwt_and_is_none_is_sent_as_it_is() {
    let nested = jwt(&format!(
        r#"{{"a":{}{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    ));
    for token in [
        jwt("[]"),
        nested,
        "eyJhbGciOiJFUzI1NiJ9.e30".into(),
        "eyJ1aWQiOiJjMGZmZWUifQ.aS0RIg.q1ZmTQ".into(),
    ] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        let body = format!(r#"{{"access_token":"{token}","user":{{"id":7}}}}"#);
        world.answer("/auth/login", 200, &body);
        assert!(world.outcome(call).is_ok());
        let fetch = world.get();
        assert_eq!(world.bearer(fetch), Some(format!("Bearer {token}")));
    }
}

#[test]
fn a_token_that_comes_with_its_scheme_is_sent_with_one() {
    for scheme in ["Bearer", "bearer"] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        let token = jwt(r#"{"sub":"ada"}"#);
        let body = format!(r#"{{"token":"{scheme} {token}"}}"#);
        world.answer("/auth/login", 200, &body);
        assert!(world.outcome(call).is_ok());
        assert_eq!(world.subject().as_deref(), Some("ada"));
        let fetch = world.get();
        assert_eq!(world.bearer(fetch), Some(format!("Bearer {token}")));
    }
}

#[test]
fn absurd_ends_neither_refuse_the_login_nor_start_a_storm() {
    for exp in ["1.5", "-7", "1e300", "-1e300", "0"] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login();
        let token = jwt(&format!(r#"{{"sub":"ada","exp":{exp}}}"#));
        world.answer(
            "/auth/login",
            200,
            &format!(r#"{{"access_token":"{token}","refresh_token":"r"}}"#),
        );
        assert!(world.outcome(call).is_ok(), "{exp}");
        world.advance(60_000);
        assert!(world.open.is_empty(), "{exp}: {:?}", world.journal());
        let fetch = world.get();
        assert_eq!(world.sendings(fetch).len(), 1);
    }
}

#[test]
fn an_opaque_token_without_a_user_asks_me_who_it_is() {
    let mut world = World::new(Options {
        me: at("/me"),
        ..Options::new(Mode::Jwt)
    });
    let call = world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","expires_in":"300"}"#,
    );
    assert!(world.waits(call));
    assert_eq!(
        crate::world::headers_of(world.request("/me"))[0].1,
        "Bearer opaque"
    );
    world.answer("/me", 200, r#"{"data":{"sub":"ada"}}"#);
    assert!(matches!(world.outcome(call), Ok(Outcome::User(Some(_)))));
    assert!(
        world.snapshot().expires_at.is_some(),
        "a quoted number is a number"
    );
}

#[test]
fn a_me_endpoint_that_is_down_does_not_undo_a_login() {
    let mut world = World::new(Options {
        me: at("/me"),
        ..Options::new(Mode::Jwt)
    });
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    world.fail("/me");
    assert!(matches!(world.outcome(call), Ok(Outcome::User(None))));
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn without_a_login_endpoint_the_option_is_named() {
    let mut world = World::new(Options {
        login: hallpass::core::Endpoint::Absent,
        ..Options::new(Mode::Jwt)
    });
    let call = world.login();
    assert_eq!(world.error(call).option, Some("endpoints.login"));
}

#[test]
fn session_mode_takes_the_user_from_the_answer_or_asks_me() {
    for (body, asks) in [
        (r#"{"user":{"id":1,"sub":"ada"}}"#, false),
        (r#"{"data":{"user":{"id":1,"sub":"ada"}}}"#, false),
        (r#"{"message":"welcome"}"#, true),
        ("", true),
    ] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 401, "");
        let call = world.login();
        assert!(world.request("/auth/login").include_credentials);
        world.answer("/auth/login", 200, body);
        assert_eq!(world.is_open("/auth/me"), asks, "{body}");
        if asks {
            world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
        }
        assert!(world.outcome(call).is_ok());
        assert_eq!(world.subject().as_deref(), Some("ada"), "{body}");
    }
}

#[test]
fn a_session_cookie_that_does_not_come_back_is_explained() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 204, "");
    world.answer("/auth/me", 401, "");
    assert_eq!(world.code(call), Code::ResponseInvalid);
    assert!(world.error(call).message().contains("SameSite=None"));
    assert_eq!(world.status(), Status::SignedOut);
}

/// Across origins the browser may drop the cookie of an accepted login, and the first call would end the session.
fn across_origins() -> Options {
    Options {
        base_url: Some("https://api.test/".into()),
        ..Options::new(Mode::Session)
    }
}

#[test]
fn across_origins_a_session_login_is_accepted_once_me_knows_it() {
    let mut world = World::new(across_origins());
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.status(), Status::SignedOut);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.code(call), Code::ResponseInvalid);
    assert!(world.error(call).message().contains("SameSite=None"));
    assert_eq!(world.status(), Status::SignedOut);

    let call = world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn across_origins_a_me_that_is_away_loses_neither_session_nor_user() {
    let mut world = World::new(across_origins());
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    world.answer("/auth/me", 503, "");
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn across_origins_an_older_cookie_is_not_taken_for_that_of_the_login() {
    let mut world = World::new(across_origins());
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    assert_eq!(world.code(call), Code::ResponseInvalid);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn with_the_api_at_the_page_a_session_login_asks_nobody() {
    let mut world = World::new(Options {
        base_url: Some("https://app.test/api/".into()),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 401, "");
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(!world.is_open("/auth/me"));
    assert!(world.outcome(call).is_ok());
}

#[test]
fn ec10_a_logout_while_a_login_is_out_wins() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    let login = world.login();
    world.logout();
    assert_eq!(world.code(login), Code::Superseded);
    assert!(!world.is_open("/auth/login"), "aborted");
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::Logout))
    );
}

#[test]
fn ec10_a_login_by_cookie_waits_for_a_refresh_that_is_out() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let login = world.login();
    assert!(
        !world.is_open("/auth/login"),
        "its cookie could be overwritten by the older answer"
    );
    world.answer("/auth/refresh", 401, "");
    let body = world.tokens(300, "x");
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(login).is_ok());
}

#[test]
fn a_transport_by_cookie_is_the_only_one_outside_jwt_mode() {
    let mut options = Options::new(Mode::Hybrid);
    options.transport = Some(Transport::Json {
        name: "x".into(),
        params: Vec::new(),
    });
    assert_eq!(check(options).unwrap_err().option, Some("refreshToken.in"));
}

#[test]
fn a_login_whose_cookie_does_not_come_back_leaves_nobody_waiting() {
    let mut world = World::new(Options::new(Mode::Session));
    let (ready, refresh, login) = (world.ready(), world.refresh(), world.login());
    world.answer("/auth/login", 204, "");
    // Two questions to `me` are out: that of the start, which is not heard any more, and that of the login.
    let (start, _) = world.open.remove(0);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.code(login), Code::ResponseInvalid);
    assert_eq!(world.status(), Status::SignedOut);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.code(refresh), Code::SignedOut);
    let late = world.plain(200, r#"{"user":{"sub":"ada"}}"#);
    world.feed(hallpass::core::Input::Answered {
        request: start,
        outcome: Ok(late),
    });
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_me_endpoint_that_refuses_a_token_does_not_undo_a_login() {
    let mut world = World::new(Options {
        me: at("/me"),
        ..Options::new(Mode::Jwt)
    });
    let call = world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    world.answer("/me", 401, "");
    assert!(matches!(world.outcome(call), Ok(Outcome::User(None))));
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_late_word_from_me_does_not_lose_a_login_that_is_out() {
    let mut world = World::new(Options {
        me: at("/me"),
        ..Options::new(Mode::Jwt)
    });
    let first = world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    let second = world.login();
    world.answer("/me", 401, "");
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","user":{"sub":"grace"}}"#,
    );
    assert_eq!(world.code(first), Code::Superseded);
    assert!(world.outcome(second).is_ok());
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn ec10_a_logout_during_a_login_by_cookie_is_told_to_the_server() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = World::new(Options::new(mode));
        let path = if mode == Mode::Session {
            "/auth/me"
        } else {
            "/auth/refresh"
        };
        world.answer(path, 401, "");
        world.changes.clear();
        let login = world.login();
        let logout = world.logout();
        assert_eq!(world.code(login), Code::Superseded);
        assert!(world.changes.is_empty(), "for the app nothing changes");
        assert!(
            world.store.as_ref().unwrap().contains("logoutPending"),
            "a reload must not sign in"
        );
        world.answer("/auth/logout", 204, "");
        assert!(world.outcome(logout).is_ok());
        assert_eq!(
            (world.status(), world.store.as_ref()),
            (Status::SignedOut, None)
        );
    }
}

#[test]
fn a_login_that_cannot_ask_who_it_is_names_the_endpoint() {
    for (status, body) in [(404, ""), (405, ""), (200, "<html>"), (501, "")] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", status, body);
        let call = world.login();
        world.answer("/auth/login", 200, r#"{"welcome":true}"#);
        world.answer("/auth/me", status, body);
        let error = world.error(call);
        assert_eq!(
            (error.code, error.status),
            (Code::ResponseInvalid, Some(status))
        );
        let told = format!("(GET /auth/me: {status})");
        assert!(error.message().ends_with(&told), "{}", error.message());
        assert_eq!(world.status(), Status::SignedOut);
    }
}

#[test]
fn in_session_mode_me_tells_what_a_login_that_redirects_has_come_to() {
    let open = || {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 401, "");
        let call = world.login();
        world.answer("/auth/login", 302, "");
        (world, call)
    };
    let (mut world, call) = open();
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.status(), Status::SignedIn);
    let (mut world, call) = open();
    world.answer("/auth/me", 401, "");
    assert_eq!(world.code(call), Code::InvalidCredentials);
    assert_eq!(world.status(), Status::SignedOut);
}
