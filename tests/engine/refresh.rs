use crate::world::{World, at, body_of, header, headers_of, jwt_stored};
use hallpass::core::{
    Body, Code, Event, Input, Mode, Options, Outcome, Reason, Redirects, Status, Transport, Word,
};

fn jwt() -> Options {
    Options::new(Mode::Jwt)
}

/// Signed in, the refresh out.
fn refreshing() -> World {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
    world
}

fn renew(world: &mut World, refresh: &str) {
    let body = world.tokens(300, refresh);
    world.answer("/auth/refresh", 200, &body);
}

#[test]
fn a_token_is_renewed_by_the_clock_before_its_end() {
    let mut world = refreshing();
    assert_eq!(
        body_of(world.request("/auth/refresh")),
        r#"{"refresh_token":"r1"}"#
    );
    renew(&mut world, "r2");
    assert_eq!(world.events(), [Event::Refreshed]);
    assert!(world.store.as_ref().unwrap().contains("r2"));
    assert!(!world.holds_lock);
}

#[test]
fn without_timed_refresh_only_a_call_renews() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt()
    });
    world.advance(400_000);
    assert!(world.open.is_empty());
    let call = world.get();
    assert!(world.is_open("/auth/refresh") && world.sendings(call).is_empty());
}

#[test]
fn ec02_a_hundred_calls_wait_for_one_refresh() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt()
    });
    world.advance(299_000);
    let calls: Vec<_> = (0..100).map(|_| world.get()).collect();
    assert!(calls.iter().all(|call| world.sendings(*call).is_empty()));
    renew(&mut world, "r2");
    assert!(calls.iter().all(|call| world.sendings(*call).len() == 1));
    assert!(!world.is_open("/auth/refresh"));
}

#[test]
fn the_leeway_is_never_over_half_of_the_life() {
    let mut world = World::new(jwt());
    world.login();
    let body = world.tokens(20, "r1");
    world.answer("/auth/login", 200, &body);
    world.advance(9_000);
    assert!(world.open.is_empty());
    world.advance(1_600);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec31_an_answer_without_a_refresh_token_keeps_the_old_one() {
    let mut world = refreshing();
    let body = world
        .tokens(300, "r2")
        .replace(r#","refresh_token":"r2""#, "");
    world.answer("/auth/refresh", 200, &body);
    world.make_due();
    assert_eq!(
        body_of(world.request("/auth/refresh")),
        r#"{"refresh_token":"r1"}"#
    );
    let body = world.tokens(300, "r3");
    world.answer("/auth/refresh", 200, &body);
    assert!(!world.told.iter().any(|told| told.word == Word::Wanted));
}

#[test]
fn ec11_what_may_pass_keeps_the_session_and_backs_off() {
    for (status, body) in [
        (0, ""),
        (408, ""),
        (429, ""),
        (500, ""),
        (503, "<html>"),
        (511, "<html>"),
        (200, "<html>captive portal</html>"),
        (200, r#"{"access_token":"cut"#),
        (200, "{}"),
        (403, "<html>firewall</html>"),
        (400, r#"{"error":"temporarily_unavailable"}"#),
        (404, ""),
        (204, ""),
    ] {
        let mut world = refreshing();
        let stored = world.store.clone();
        if status == 0 {
            world.fail("/auth/refresh");
        } else {
            world.answer("/auth/refresh", status, body);
        }
        assert_eq!(world.status(), Status::SignedIn, "{status} {body}");
        assert_eq!(world.store, stored);
        assert!(world.changes.is_empty() && !world.holds_lock);
        let call = world.get();
        assert_eq!(
            world.sendings(call).len(),
            1,
            "the token is still good: {status}"
        );
        world.until("/auth/refresh");
        renew(&mut world, "r2");
        assert_eq!(world.events(), [Event::Refreshed]);
    }
}

#[test]
fn when_the_token_has_ended_and_cannot_be_renewed_calls_are_told() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt()
    });
    world.advance(301_000);
    let waiting = world.get();
    world.answer("/auth/refresh", 503, "");
    assert_eq!(world.code(waiting), Code::RefreshUnavailable);
    assert!(world.error(waiting).code.is_retryable() && world.error(waiting).retry_after.is_some());
    let next = world.get();
    assert_eq!(
        world.code(next),
        Code::RefreshUnavailable,
        "during the cooldown"
    );
    let token = world.token();
    assert_eq!(world.code(token), Code::RefreshUnavailable);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec11_the_time_that_the_server_names_is_kept() {
    let mut world = refreshing();
    let mut answer = world.plain(429, "");
    answer.retry_after = Some("100".into());
    world.answer_with("/auth/refresh", answer);
    world.advance(50_000);
    world.feed(Input::Page(hallpass::core::PageEvent::Online));
    let call = world.refresh();
    assert_eq!(world.code(call), Code::RefreshUnavailable);
    assert!(world.error(call).retry_after.unwrap() <= 50);
    world.advance(51_000);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec12_back_online_the_backoff_is_cut_short() {
    let mut world = World::signed_in(jwt());
    world.make_due();
    for _ in 0..6 {
        world.fail("/auth/refresh");
        world.feed(Input::Page(hallpass::core::PageEvent::Online));
    }
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn a_definite_refusal_ends_the_session_everywhere() {
    for (status, body) in [
        (400, r#"{"error":"invalid_grant"}"#),
        (401, ""),
        (403, r#"{"message":"token revoked"}"#),
        (400, r#"{"errors":[{"code":"refresh_token_used"}]}"#),
        (401, r#"{"error":"invalid_token"}"#),
    ] {
        let mut world = refreshing();
        let waiting = world.refresh();
        world.answer("/auth/refresh", status, body);
        assert_eq!(
            (world.status(), world.reason()),
            (Status::SignedOut, Some(Reason::RefreshRefused)),
            "{status} {body}"
        );
        assert_eq!(world.code(waiting), Code::SignedOut);
        assert_eq!(world.store, None);
        assert_eq!(world.told.len(), 1);
        assert!(!world.holds_lock);
        world.advance(10_000_000);
        assert!(world.open.is_empty(), "no timer fires afterwards");
    }
}

#[test]
fn a_siblings_newer_token_is_adopted_instead_of_a_refusal() {
    let mut world = refreshing();
    let mut sibling = World::signed_in(jwt_stored());
    sibling.advance(world.mono);
    renew(&mut sibling, "r2");
    world.store = sibling.store.clone();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(world.status(), Status::SignedIn);
    world.make_due();
    assert!(body_of(world.request("/auth/refresh")).contains("r2"));
}

#[test]
fn with_the_lock_a_siblings_result_is_adopted_without_a_request() {
    let mut world = World::signed_in(jwt_stored());
    let mut sibling = World::signed_in(jwt_stored());
    sibling.make_due();
    renew(&mut sibling, "r2");
    world.store = sibling.store.clone();
    world.make_due();
    assert!(world.open.is_empty(), "adopted");
    assert!(!world.holds_lock);
    assert_eq!(world.events(), [Event::Refreshed]);
}

#[test]
fn a_store_that_was_cleared_is_a_sign_out() {
    let mut world = World::signed_in(jwt_stored());
    world.store = None;
    world.make_due();
    assert_eq!(world.reason(), Some(Reason::StoreCleared));
    assert!(world.open.is_empty() && !world.holds_lock);
}

#[test]
fn ec08_a_lost_answer_is_asked_for_again_under_the_same_key() {
    let mut world = refreshing();
    let key = header(
        &headers_of(world.request("/auth/refresh")),
        "Idempotency-Key",
    )
    .unwrap();
    assert_eq!(key.len(), 32);
    world.fail("/auth/refresh");
    world.until("/auth/refresh");
    assert_eq!(
        header(
            &headers_of(world.request("/auth/refresh")),
            "Idempotency-Key"
        )
        .as_ref(),
        Some(&key)
    );
    renew(&mut world, "r2");
    world.make_due();
    assert_ne!(
        header(
            &headers_of(world.request("/auth/refresh")),
            "Idempotency-Key"
        )
        .as_ref(),
        Some(&key)
    );
}

#[test]
fn ec08_a_refusal_after_a_lost_answer_has_its_own_reason() {
    let mut world = refreshing();
    world.fail("/auth/refresh");
    world.until("/auth/refresh");
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(world.reason(), Some(Reason::RefreshOutcomeUnknown));
}

#[test]
fn another_origin_gets_no_idempotency_key_unless_the_app_says_so() {
    for (given, expected) in [(None, false), (Some(true), true)] {
        let options = Options {
            base_url: Some("https://api.test".into()),
            idempotency_key: given,
            ..jwt()
        };
        let mut world = World::signed_in(options);
        world.make_due();
        let headers = headers_of(world.request("/auth/refresh"));
        assert_eq!(header(&headers, "Idempotency-Key").is_some(), expected);
    }
}

#[test]
fn an_answer_that_comes_after_the_timeout_is_taken() {
    let mut world = refreshing();
    let waiting = world.refresh();
    let late = world.take("/auth/refresh");
    world.advance(15_000);
    assert_eq!(world.code(waiting), Code::RefreshUnavailable);
    let body = world.tokens(300, "r2");
    let answer = world.plain(200, &body);
    world.feed(Input::Answered {
        request: late,
        outcome: Ok(answer),
    });
    assert_eq!(world.events(), [Event::Refreshed]);
    assert!(world.store.as_ref().unwrap().contains("r2"));
}

#[test]
fn ec09_a_caller_that_goes_does_not_end_the_flight() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt()
    });
    world.advance(299_000);
    let (gone, stays) = (world.get(), world.get());
    world.gone(gone);
    assert!(world.is_open("/auth/refresh") && world.cancelled.is_empty());
    renew(&mut world, "r2");
    assert!(world.sendings(gone).is_empty());
    assert_eq!(world.sendings(stays).len(), 1);
}

#[test]
fn ec10_a_logout_beats_a_refresh_in_every_phase() {
    // Waiting for the lock.
    let mut world = World::signed_in(jwt_stored());
    world.lock_waits = true;
    world.make_due();
    world.logout();
    world.feed(Input::LockGranted { waited: false });
    assert!(!world.is_open("/auth/refresh"));
    // Sent.
    let mut world = refreshing();
    let waiting = world.get();
    world.logout();
    assert_eq!(world.code(waiting), Code::SignedOut);
    renew(&mut world, "r2");
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::Logout))
    );
    assert_eq!(world.store, None, "the late answer is not stored");
    assert!(!world.holds_lock);
}

#[test]
fn ec10_a_login_as_someone_else_beats_a_refresh() {
    let mut world = refreshing();
    let old = world.get();
    world.login();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.code(old), Code::Superseded);
    renew(&mut world, "r2");
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.as_ref().unwrap().contains("g1"));
    assert!(!world.holds_lock);
}

#[test]
fn a_lock_that_is_never_granted_keeps_nobody_waiting_for_ever() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    world.lock_waits = true;
    world.advance(301_000);
    let call = world.get();
    world.advance(61_000);
    assert_eq!(world.code(call), Code::RefreshUnavailable);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec15_tokens_that_are_refused_at_once_do_not_start_a_storm() {
    let mut world = World::signed_in(jwt());
    let mut refreshes = 0;
    for round in 0..200 {
        let call = world.get();
        world.api(call, 401);
        if world.is_open("/auth/refresh") {
            refreshes += 1;
            renew(&mut world, &format!("r{round}"));
            world.api(call, 401);
        }
        assert!(world.got_answer(call), "the caller gets its 401");
    }
    assert!(refreshes <= 10, "{refreshes} refreshes in no time");
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_token_without_an_end_is_used_until_it_is_refused() {
    let mut world = World::new(jwt());
    world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","refresh_token":"r1"}"#,
    );
    world.advance(1_000_000_000);
    assert!(world.open.is_empty());
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/refresh", 200, r#"{"access_token":"newer"}"#);
    assert_eq!(world.bearer(call).as_deref(), Some("Bearer newer"));
}

#[test]
fn a_token_with_nothing_to_renew_it_ends_by_the_clock() {
    let mut world = World::new(jwt());
    world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","expires_in":60}"#,
    );
    world.advance(59_000);
    assert_eq!(world.status(), Status::SignedIn);
    world.advance(1_100);
    assert_eq!(world.reason(), Some(Reason::TokenExpired));
}

#[test]
fn the_refresh_token_travels_as_the_app_says() {
    let with = |transport| {
        World::signed_in(Options {
            transport: Some(transport),
            ..jwt()
        })
    };
    let params = vec![("client_id".into(), "my app".into())];

    let mut world = with(Transport::Form {
        name: "refresh_token".into(),
        params: params.clone(),
    });
    world.make_due();
    assert_eq!(
        body_of(world.request("/auth/refresh")),
        "grant_type=refresh_token&refresh_token=r1&client_id=my+app"
    );
    assert_eq!(
        world.request("/auth/refresh").body.as_ref().unwrap().1,
        "application/x-www-form-urlencoded"
    );

    let mut world = with(Transport::Json {
        name: "rt".into(),
        params,
    });
    world.make_due();
    assert_eq!(
        body_of(world.request("/auth/refresh")),
        r#"{"rt":"r1","client_id":"my app"}"#
    );

    let mut world = with(Transport::Header {
        name: "X-Refresh-Token".into(),
    });
    world.make_due();
    let http = world.request("/auth/refresh");
    assert_eq!(
        (
            header(&headers_of(http), "X-Refresh-Token").as_deref(),
            body_of(http)
        ),
        (Some("r1"), String::new())
    );

    let mut world = with(Transport::Cookie);
    world.make_due();
    let http = world.request("/auth/refresh");
    assert!(http.include_credentials && body_of(http).is_empty());
}

#[test]
fn a_refresh_never_follows_a_redirect() {
    let world = refreshing();
    let http = world.request("/auth/refresh");
    assert_eq!(
        http.redirects,
        Redirects::Refuse,
        "its body would go elsewhere"
    );
}

#[test]
fn refresh_renews_now_and_resolves_with_the_user() {
    let mut world = World::signed_in(jwt());
    let call = world.refresh();
    renew(&mut world, "r2");
    assert!(matches!(world.outcome(call), Ok(Outcome::User(Some(_)))));
    let mut world = World::new(jwt());
    let call = world.refresh();
    assert_eq!(world.code(call), Code::SignedOut);
}

#[test]
fn the_access_token_is_given_renewed_if_it_is_due() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt()
    });
    let call = world.token();
    assert!(matches!(world.outcome(call), Ok(Outcome::Token(Some(_)))));
    world.advance(299_000);
    let call = world.token();
    assert!(world.waits(call));
    renew(&mut world, "r2");
    assert!(matches!(world.outcome(call), Ok(Outcome::Token(Some(_)))));
    let mut world = World::new(jwt());
    let call = world.token();
    assert!(matches!(world.outcome(call), Ok(Outcome::Token(None))));
}

#[test]
fn a_refresh_that_brings_another_subject_is_told_and_drops_what_waits() {
    let mut world = refreshing();
    let old = world.get();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events(), [Event::SubjectChanged]);
    assert_eq!(world.code(old), Code::Superseded);
}

#[test]
fn disposing_still_writes_a_refresh_that_is_under_way() {
    let mut world = refreshing();
    let waiting = world.fetch(false, Body::Once);
    world.feed(Input::Dispose);
    assert_eq!(world.code(waiting), Code::Disposed);
    renew(&mut world, "r2");
    assert!(
        world.store.as_ref().unwrap().contains("r2"),
        "the server has rotated the old one away"
    );
    assert!(world.changes.is_empty());
    let late = world.get();
    assert_eq!(world.code(late), Code::Disposed);
    world.advance(10_000_000);
    assert!(world.open.is_empty());
}

#[test]
fn in_session_mode_a_refresh_may_be_refused_with_a_good_status() {
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/refresh", 200, r#"{"success":false}"#);
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn ec15_of_many_refreshes_in_a_row_one_in_two_seconds_goes_on() {
    let mut world = World::signed_in(jwt());
    let mut refreshes = 0;
    for round in 1..=60 {
        world.advance(100);
        world.refresh();
        if world.is_open("/auth/refresh") {
            renew(&mut world, &format!("r{round}"));
            refreshes += 1;
        }
        assert_eq!(refreshes, 10.min(round) + round / 20, "{round}");
    }
}
