//! What answers and errors tell, what requests carry, and what is left behind.

use crate::world::{BEGIN, World, at, body_of, check, header, headers_of, jwt, jwt_stored};
use hallpass::core::{
    Code, CsrfSource, Input, Mode, Mono, Options, PageEvent, Reason, Status, StorageKind,
    StorageState, Transport,
};

fn logged_in_with(answer: &str) -> World {
    let mut world = World::new(jwt_stored());
    world.login();
    world.answer("/auth/login", 200, answer);
    world
}

fn key(world: &World) -> String {
    let headers = headers_of(world.request("/auth/refresh"));
    header(&headers, "Idempotency-Key").unwrap()
}

#[test]
fn ec13_a_lifetime_in_quotes_is_a_lifetime() {
    let world = logged_in_with(r#"{"access_token":"opaque","expires_in":"300"}"#);
    let ends = world.snapshot().expires_at.unwrap();
    // The server cuts its date to whole seconds.
    assert!((299_000..=301_000).contains(&(ends.0 - world.now().wall.0)));
}

/// How long what was answered lives, in milliseconds.
fn life_of(answer: &str) -> Option<i64> {
    let mut world = World::new(jwt_stored());
    world.tells_date = false;
    world.login();
    world.answer("/auth/login", 200, answer);
    assert_eq!(world.status(), Status::SignedIn, "{answer}");
    Some(world.snapshot().expires_at?.0 - BEGIN)
}

#[test]
fn ec13_an_end_is_read_in_each_unit_and_in_words() {
    for (answer, life) in [
        (r#""expires_in":3600"#, Some(3_600_000)),
        (r#""expires_in":315360000"#, Some(315_360_000_000)),
        // 30 days; and a week, which as seconds are 19 years.
        (r#""expires_in":2592000000"#, Some(2_592_000_000)),
        (r#""expiresIn":"604800000""#, Some(604_800_000)),
        (r#""expires_at":"2027-01-15T08:05:00Z""#, Some(300_000)),
        (r#""expiresAt":"2027-01-15 08:05:00Z""#, Some(300_000)),
        (r#""expiresAt":"2027-01-15T09:05:00+01:00""#, Some(300_000)),
        (
            r#""expiresAt":"Fri, 15 Jan 2027 08:05:00 GMT""#,
            Some(300_000),
        ),
        (r#""expiresAt":"2027-01-15T08:05:00""#, None),
        (r#""expiresAt":"tomorrow""#, None),
        (r#""expires_in":1e300"#, Some(8_640_000_000_000_000)),
        (
            r#""expires_in":3600,"expires_at":1800000300"#,
            Some(300_000),
        ),
        // Born expired: the other one counts.
        (r#""expires_in":300,"expires_at":1700000000"#, Some(300_000)),
    ] {
        let body = format!(r#"{{"access_token":"opaque",{answer}}}"#);
        assert_eq!(life_of(&body), life, "{answer}");
    }
}

#[test]
fn ec13_of_two_ends_the_earlier_counts() {
    for (claims, answer, life) in [
        (
            r#"{"sub":"ada","exp":1800000300}"#,
            r#""expires_in":3600"#,
            Some(300_000),
        ),
        (
            r#"{"sub":"ada","exp":1800000300000}"#,
            r#""expires_in":3600000"#,
            Some(300_000),
        ),
        (
            r#"{"sub":"ada","exp":"1800000300"}"#,
            r#""x":1"#,
            Some(300_000),
        ),
        (
            r#"{"sub":"ada","exp":1800003600}"#,
            r#""expires_in":300"#,
            Some(300_000),
        ),
        (
            r#"{"sub":"ada","exp":null,"iat":"then","nbf":[]}"#,
            r#""expires_in":300"#,
            Some(300_000),
        ),
        (r#"{"sub":"ada","exp":"soon"}"#, r#""x":1"#, None),
    ] {
        let token = jwt(claims);
        let body = format!(r#"{{"access_token":"{token}",{answer}}}"#);
        assert_eq!(life_of(&body), life, "{claims} {answer}");
    }
}

#[test]
fn an_error_says_what_is_wrong_with_a_token() {
    let detail = |token: &str| {
        let mut world = World::new(jwt_stored());
        let login = world.login();
        let body = format!(r#"{{"access_token":"{token}"}}"#);
        world.answer("/auth/login", 200, &body);
        assert_eq!(world.code(login), Code::TokenMalformed);
        world.error(login).detail.as_deref().unwrap().to_owned()
    };
    assert!(detail("a b").contains("header"));
    assert!(detail(&"x".repeat(64 * 1_024 + 1)).contains("header"));
}

#[test]
fn a_code_of_the_server_is_a_short_word() {
    let code = |error: &str| {
        let mut world = World::new(jwt_stored());
        let login = world.login();
        world.answer("/auth/login", 422, &format!(r#"{{"error":"{error}"}}"#));
        world.error(login).server_code.as_deref().map(str::to_owned)
    };
    assert_eq!(code("weak_password").as_deref(), Some("weak_password"));
    let longest = "x".repeat(80);
    assert_eq!(code(&longest), Some(longest));
    for none in ["", "the password is too weak", &"x".repeat(81)] {
        assert_eq!(code(none), None, "{none}");
    }
}

#[test]
fn a_message_names_the_request_that_it_is_about() {
    let ends = |world: &World, call, end: &str| {
        let message = world.error(call).message();
        assert!(message.ends_with(end), "{message}");
    };
    let options = || Options {
        login: at("/auth/login?tenant=secret"),
        me: at("/me"),
        ..jwt_stored()
    };
    let mut world = World::new(options());
    let call = world.login();
    world.answer("/auth/login?tenant=secret", 401, "");
    let message = world.error(call).message();
    assert_eq!(
        message,
        "the server does not accept these credentials (POST /auth/login: 401)"
    );
    let call = world.login();
    let body = r#"{"ok":true}"#;
    world.answer("/auth/login?tenant=secret", 200, body);
    ends(
        &world,
        call,
        "name its field in fields.accessToken (POST /auth/login: 200)",
    );
    let call = world.login();
    world.answer("/auth/login?tenant=secret", 204, "");
    ends(
        &world,
        call,
        "in fields.accessToken (POST /auth/login: 204)",
    );
    let call = world.login();
    world.fail("/auth/login?tenant=secret");
    ends(&world, call, "the server redirects (POST /auth/login)");
    let call = world.login();
    world.advance(15_000);
    ends(&world, call, "raise the timeout option (POST /auth/login)");

    for (status, end) in [
        (503, "try again (POST /auth/refresh: 503): server_error"),
        (0, "try again (POST /auth/refresh): network_error"),
    ] {
        let mut world = World::signed_in(jwt_stored());
        let call = world.refresh();
        match status {
            0 => world.fail("/auth/refresh"),
            _ => world.answer("/auth/refresh", status, ""),
        }
        ends(&world, call, end);
    }
    let mut world = World::signed_in(jwt_stored());
    let call = world.refresh();
    world.advance(15_000);
    ends(&world, call, "try again (POST /auth/refresh): timeout");

    // Nothing renews the token, and `me` is asked about it.
    let mut world = World::new(options());
    world.login();
    let body = r#"{"access_token":"opaque","expires_in":300,"user":{"sub":"ada"}}"#;
    world.answer("/auth/login?tenant=secret", 200, body);
    let call = world.refresh();
    world.answer("/me", 500, "");
    ends(&world, call, "try again (GET /me: 500): server_error");
}

#[test]
fn a_message_names_the_csrf_endpoint_where_that_has_failed() {
    let source = CsrfSource::Endpoint {
        url: "/csrf?a=b".into(),
        field: None,
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 401, "");
    for status in [503, 200] {
        let call = world.login();
        world.answer("/csrf?a=b", status, "{}");
        let message = world.error(call).message();
        let is_named = message.contains(" (GET /csrf");
        assert!(is_named && !message.contains("POST"), "{message}");
    }
}

#[test]
fn the_words_of_the_frameworks_reach_who_logs_in() {
    let words = |body: &str| {
        let mut world = World::new(jwt_stored());
        let call = world.login();
        world.answer("/auth/login", 422, body);
        let error = world.error(call);
        (error.server_code.clone(), error.server_message.clone())
    };
    let told = |code: Option<&str>, message: Option<&str>| {
        (code.map(str::to_owned), message.map(str::to_owned))
    };
    assert_eq!(
        words(r#"{"detail":"LOGIN_USER_NOT_VERIFIED"}"#),
        told(Some("LOGIN_USER_NOT_VERIFIED"), None)
    );
    assert_eq!(
        words(r#"{"errors":[{"message":"Try later.","extensions":{"code":"SUSPENDED"}}]}"#),
        told(Some("SUSPENDED"), Some("Try later."))
    );
    assert_eq!(words("Not today."), told(None, Some("Not today.")));
    assert_eq!(
        words(r#"{"statusCode":422,"error":"Conflict"}"#),
        told(None, Some("Conflict"))
    );
}

#[test]
fn what_the_server_says_about_a_failed_refresh_reaches_the_caller() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.refresh();
    let body = r#"{"message":"down until noon"}"#;
    world.answer("/auth/refresh", 503, body);
    let message = world.error(call).server_message.as_deref();
    assert_eq!(message, Some("down until noon"));
}

#[test]
fn a_failed_refresh_is_in_the_journal_with_its_status() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.answer("/auth/refresh", 503, "");
    let found = world.engine.journal().any(|line| {
        (line.event, line.detail, line.value)
            == ("refresh failed for now", Some("server_error"), Some(503))
    });
    assert!(found);
}

#[test]
fn a_csrf_token_is_taken_from_the_field_that_the_app_names() {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: Some("form.nonce".into()),
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.post();
    let body = r#"{"token":"another","form":{"nonce":"n1"}}"#;
    world.answer("/csrf", 200, body);
    let sent = &world.sendings(call)[0].headers;
    assert_eq!(header(sent, "X-CSRF").as_deref(), Some("n1"));
}

#[test]
fn the_end_that_a_login_told_begins_when_it_was_told() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.login();
    let body = r#"{"user":{"sub":"ada"},"expires_in":3600}"#;
    world.answer("/auth/login", 200, body);
    let told = world.snapshot().clone();
    world.advance(60_000);
    let call = world.refresh();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.snapshot(), &told);
}

#[test]
fn without_timed_refresh_the_end_of_a_pause_sends_nothing() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    world.make_due();
    world.get();
    world.answer("/auth/refresh", 503, "");
    world.advance(100_000);
    assert!(world.open.is_empty());
    world.get();
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn a_pause_that_ends_before_the_token_is_due_sends_nothing() {
    let mut world = World::signed_in(jwt_stored());
    world.refresh();
    world.answer("/auth/refresh", 503, "");
    world.advance(100_000);
    assert!(world.open.is_empty());
}

#[test]
fn the_version_tells_one_state_from_the_next() {
    let mut world = World::new(jwt_stored());
    let mut seen = vec![world.engine.version()];
    world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    seen.push(world.engine.version());
    world.logout();
    seen.push(world.engine.version());
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[test]
fn each_attempt_has_a_key_of_its_own_whatever_the_seed() {
    for seed in [0, 1, 2, 42, u64::MAX] {
        let mut world = World::idle(jwt_stored());
        world.feed(Input::Start { seed });
        world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        let mut keys = Vec::new();
        for refresh in ["r2", "r3", "r4"] {
            world.make_due();
            keys.push(key(&world));
            let body = world.tokens(300, refresh);
            world.answer("/auth/refresh", 200, &body);
        }
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        for key in &keys {
            assert!(key.len() == 32 && key.bytes().all(is_hex), "{key}");
        }
        let digits: std::collections::BTreeSet<_> =
            keys.iter().flat_map(|key| key.bytes()).collect();
        assert!(digits.len() > 12, "{keys:?}");
        keys.dedup();
        assert_eq!(keys.len(), 3, "{keys:?}");
    }
}

#[test]
fn a_refresh_outlives_its_page_only_if_it_has_no_key() {
    for idempotency_key in [true, false] {
        let mut world = World::signed_in(Options {
            idempotency_key: Some(idempotency_key),
            ..jwt_stored()
        });
        world.make_due();
        let http = world.request("/auth/refresh");
        assert_eq!(http.keepalive, !idempotency_key);
        let headers = headers_of(http);
        assert_eq!(
            header(&headers, "Idempotency-Key").is_some(),
            idempotency_key
        );
    }
}

#[test]
fn a_form_carries_any_refresh_token_unharmed() {
    let mut world = World::signed_in(Options {
        transport: Some(Transport::Form {
            name: "refresh_token".into(),
            params: vec![("client id".into(), "é&=*".into())],
        }),
        ..jwt_stored()
    });
    world.make_due();
    let body = world.tokens(300, "a+b/c=~J");
    world.answer("/auth/refresh", 200, &body);
    world.make_due();
    assert_eq!(
        body_of(world.request("/auth/refresh")),
        "grant_type=refresh_token&refresh_token=a%2Bb%2Fc%3D%7EJ&client+id=%C3%A9%26%3D*"
    );
}

#[test]
fn ec16_a_page_that_comes_back_to_an_empty_store_is_signed_out_at_once() {
    let mut world = World::signed_in(jwt_stored());
    world.store = None;
    world.feed(Input::Page(PageEvent::Restored));
    assert_eq!(world.reason(), Some(Reason::StoreCleared));
}

#[test]
fn a_client_that_is_disposed_of_wakes_nobody() {
    let mut world = World::signed_in(jwt_stored());
    assert!(world.engine.next_deadline().is_some());
    world.feed(Input::Dispose);
    assert_eq!(world.engine.next_deadline(), None::<Mono>);
}

#[test]
fn a_login_reads_no_store_that_holds_no_notes() {
    for options in [
        jwt_stored(),
        Options::new(Mode::Jwt),
        Options {
            storage: Some(StorageKind::Memory),
            ..Options::new(Mode::Session)
        },
    ] {
        let mut world = World::new(options);
        if world.is_open("/auth/me") {
            world.answer("/auth/me", 401, "");
        }
        world.store_hangs = true;
        world.login();
        let mut body = world.tokens(300, "r1");
        body.insert_str(1, r#""user":{"sub":"ada"},"#);
        world.answer("/auth/login", 200, &body);
        world.advance(20_000);
        assert_eq!(world.status(), Status::SignedIn);
        assert_eq!(world.snapshot().storage, StorageState::Ok);
    }
}

#[test]
fn in_session_mode_a_refresh_needs_no_store() {
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.store_hangs = true;
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/refresh", 204, "");
    assert_eq!((world.sendings(call).len(), world.saves), (2, 0));
}

#[test]
fn a_checked_base_url_is_told_as_it_is_resolved() {
    let base = |base_url: Option<&str>| {
        let options = Options {
            base_url: base_url.map(str::to_owned),
            ..Options::new(Mode::Jwt)
        };
        check(options).unwrap().base().map(str::to_owned)
    };
    let resolved = base(Some("https://API.test/v1/"));
    assert_eq!(resolved.as_deref(), Some("https://api.test/v1/"));
    assert_eq!(base(None), None);
    let relative = Options {
        base_url: Some("/api".into()),
        ..Options::new(Mode::Jwt)
    };
    let message = check(relative).unwrap_err().message();
    assert!(message.contains("must be an absolute"), "{message}");
}

#[test]
fn options_of_the_npm_package_say_how_tokens_travel() {
    let of = |mode: u8, transport: &str, csrf: &str| {
        Options::from_list(&format!(
            r#"[{mode},null,null,null,null,null,null,null,null,null,null,null,null,[],[],null,null,null,{transport},{csrf}]"#
        ))
    };
    assert_eq!(
        of(2, "null,null,null", "null,null,null,null").mode,
        Mode::Hybrid
    );
    let params = vec![("client_id".to_owned(), "x".to_owned())];
    let usual = "refresh_token".to_owned();
    for (given, expected) in [
        ("null,null,null", None),
        (
            r#"0,null,["client_id","x"]"#,
            Some(Transport::Json {
                name: usual.clone(),
                params: params.clone(),
            }),
        ),
        (
            r#"1,null,["client_id","x"]"#,
            Some(Transport::Form {
                name: usual,
                params,
            }),
        ),
        ("2,null,null", Some(Transport::Cookie)),
        (
            "3,null,null",
            Some(Transport::Header {
                name: "X-Refresh-Token".into(),
            }),
        ),
    ] {
        assert_eq!(of(1, given, "null,null,null,null").transport, expected);
    }
    for (given, expected) in [
        ("null,null,null,null", None),
        ("false,null,null,null", Some(None)),
        (
            r#"0,"c",null,null"#,
            Some(Some((
                CsrfSource::Cookie("c".into()),
                "X-XSRF-TOKEN".into(),
            ))),
        ),
        (
            r#"2,"m",null,null"#,
            Some(Some((CsrfSource::Meta("m".into()), "X-CSRF-Token".into()))),
        ),
    ] {
        assert_eq!(of(0, "null,null,null", given).csrf, expected);
    }
}

#[test]
fn ec13_an_end_in_milliseconds_is_the_same_as_one_in_seconds() {
    let ends = |unit: i64| {
        let mut world = World::new(jwt_stored());
        world.tells_date = false;
        world.login();
        let at = (world.server_now() / 1_000 + 300) * unit;
        let body = format!(r#"{{"access_token":"opaque","expires_at":{at}}}"#);
        world.answer("/auth/login", 200, &body);
        world.snapshot().expires_at.unwrap().0 - world.now().wall.0
    };
    assert_eq!((ends(1), ends(1_000)), (300_000, 300_000));
}

#[test]
fn ec13_a_token_that_would_live_for_no_time_at_all_is_used_until_it_is_refused() {
    let mut world = World::new(jwt_stored());
    world.login();
    let body = r#"{"access_token":"opaque","expires_in":0,"refresh_token":"r1"}"#;
    world.answer("/auth/login", 200, body);
    world.advance(10_000);
    assert_eq!(world.snapshot().expires_at, None);
    assert!(world.open.is_empty());
    let call = world.get();
    assert!(world.bearer(call).is_some());
}

#[test]
fn the_journal_says_which_token_it_was() {
    let mut world = World::signed_in(jwt_stored());
    for (count, refresh) in [(2, "r2"), (3, "r3")] {
        world.make_due();
        let body = world.tokens(300, refresh);
        world.answer("/auth/refresh", 200, &body);
        let lines = world.engine.journal();
        let told = lines.filter(|line| line.event == "refreshed").last();
        assert_eq!(told.unwrap().value, Some(count));
    }
}

#[test]
fn the_largest_number_of_seconds_is_a_date_far_ahead() {
    let world = logged_in_with(r#"{"access_token":"opaque","expires_at":100000000000}"#);
    let expires_at = world.snapshot().expires_at.unwrap().0;
    assert!((expires_at - 100_000_000_000_000).abs() < 1_000);
}

#[test]
fn a_login_that_is_refused_with_a_good_status_is_no_step_to_another() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let login = world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"success":false,"message":"Not now"}"#,
    );
    assert_eq!(world.code(login), Code::RequestRejected);
}

#[test]
fn a_long_answer_and_an_empty_one_are_not_kept_with_the_error() {
    let long = format!(r#"{{"error":"bad","text":"{}"}}"#, "x".repeat(16_384));
    for (body, is_kept) in [(long.as_str(), false), ("null", false), ("[]", true)] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let login = world.login();
        world.answer("/auth/login", 422, body);
        assert_eq!(world.error(login).body.is_some(), is_kept);
    }
}
