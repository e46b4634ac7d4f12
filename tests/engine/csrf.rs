use crate::world::{World, header, headers_of};
use hallpass::core::{Body, Code, CsrfSource, FetchAnswer, Mode, Options, Status};

fn by_endpoint() -> World {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world
}

fn sent(world: &World, call: hallpass::core::CallId) -> Option<String> {
    header(&world.sendings(call).last()?.headers, "X-CSRF")
}

fn refusal(csrf_moved: bool) -> FetchAnswer {
    FetchAnswer {
        status: 403,
        is_foreign: false,
        means_signed_out: None,
        csrf_moved,
        csrf_refused: false,
        wants_step_up: false,
    }
}

#[test]
fn only_unsafe_methods_carry_the_token() {
    let mut world = crate::calls::session();
    let (get, post) = (world.get(), world.post());
    assert!(world.sendings(get)[0].headers.is_empty());
    assert_eq!(
        header(&world.sendings(post)[0].headers, "X-XSRF-TOKEN").as_deref(),
        Some("Cookie(\"XSRF-TOKEN\")")
    );
}

#[test]
fn a_meta_element_is_read_at_each_sending() {
    let csrf = Some(Some((CsrfSource::Meta("csrf".into()), "X-CSRF".into())));
    let mut world = World::new(Options {
        csrf,
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.post();
    assert_eq!(sent(&world, call).as_deref(), Some("Meta(\"csrf\")"));
}

#[test]
fn without_csrf_nothing_is_sent_or_tried_again() {
    let mut world = World::new(Options {
        csrf: Some(None),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.post();
    assert!(world.sendings(call)[0].headers.is_empty());
    world.api_with(call, refusal(true));
    assert!(world.got_answer(call));
}

#[test]
fn ec24_a_cookie_that_has_moved_is_tried_twice_more() {
    let mut world = crate::calls::session();
    let call = world.post();
    world.api_with(call, refusal(true));
    assert_eq!(world.sendings(call).len(), 2);
    world.api_with(call, refusal(true));
    assert_eq!(world.sendings(call).len(), 3);
    world.api_with(call, refusal(true));
    assert!(world.got_answer(call), "two more sendings only");
    let call = world.post();
    world.api_with(call, refusal(false));
    assert!(
        world.got_answer(call),
        "the same token would be refused again"
    );
}

#[test]
fn ec24_parallel_calls_fetch_one_token() {
    let mut world = by_endpoint();
    let calls: Vec<_> = (0..20).map(|_| world.post()).collect();
    assert!(calls.iter().all(|call| world.sendings(*call).is_empty()));
    world.answer("/csrf", 200, r#"{"csrfToken":"t1"}"#);
    assert!(
        calls
            .iter()
            .all(|call| sent(&world, *call).as_deref() == Some("t1"))
    );
    let later = world.post();
    assert_eq!(sent(&world, later).as_deref(), Some("t1"), "it is kept");
}

#[test]
fn ec24_a_token_that_was_rotated_is_fetched_anew_and_tried_once() {
    let mut world = by_endpoint();
    let call = world.post();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    let (a, b) = (world.post(), call);
    world.api(a, 403);
    world.api(b, 403);
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    // In the order in which they began: the token may be good for one of them only.
    assert_eq!(sent(&world, b).as_deref(), Some("t2"));
    assert_eq!(sent(&world, a).as_deref(), Some("t1"));
    world.api(b, 200);
    assert_eq!(sent(&world, a).as_deref(), Some("t2"));
    world.api(a, 403);
    world.answer("/csrf", 200, r#"{"token":"t3"}"#);
    assert_eq!(sent(&world, a).as_deref(), Some("t3"));
    world.api(a, 200);
    assert!(world.got_answer(a) && world.got_answer(b) && world.open.is_empty());
}

#[test]
fn ec24_a_token_of_the_endpoint_that_stays_the_same_is_good_for_all_who_had_an_older_one() {
    let mut world = by_endpoint();
    let a = world.post();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    let b = world.post();
    world.api(a, 403);
    world.api(b, 403);
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    for call in [a, b] {
        assert_eq!(sent(&world, call).as_deref(), Some("t2"));
        world.api(call, 200);
        assert!(world.got_answer(call));
    }
}

#[test]
fn ec24_of_tokens_that_are_good_for_one_call_the_next_is_for_who_had_one_that_was_spent() {
    let mut world = by_endpoint();
    let first = world.post();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    let (late, again) = (world.post(), world.post());
    world.api(first, 403);
    world.api(again, 403);
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    world.api(first, 200);
    assert_eq!(sent(&world, again).as_deref(), Some("t2"));
    // It began sooner, and is refused later.
    world.api(late, 403);
    world.api(again, 403);
    world.answer("/csrf", 200, r#"{"token":"t3"}"#);
    assert_eq!(sent(&world, again).as_deref(), Some("t3"));
    world.api(again, 200);
    world.api(late, 403);
    world.answer("/csrf", 200, r#"{"token":"t4"}"#);
    assert_eq!(sent(&world, late).as_deref(), Some("t4"));
    world.api(late, 200);
    assert!(
        [first, late, again]
            .iter()
            .all(|call| world.got_answer(*call))
    );
}

/// Five calls that were refused, of which the first has its turn.
fn in_line() -> (World, Vec<hallpass::core::CallId>) {
    let mut world = crate::calls::session();
    let calls: Vec<_> = (0..5).map(|_| world.post()).collect();
    for call in &calls {
        world.api_with(*call, refusal(true));
    }
    assert_eq!(sendings(&world, &calls), [2, 1, 1, 1, 1]);
    (world, calls)
}

fn sendings(world: &World, calls: &[hallpass::core::CallId]) -> Vec<usize> {
    let count = |call: &hallpass::core::CallId| world.sendings(*call).len();
    calls.iter().map(count).collect()
}

#[test]
fn ec24_calls_that_were_refused_go_again_one_after_the_other() {
    let (mut world, calls) = in_line();
    for (place, call) in calls.iter().enumerate() {
        assert_eq!(sendings(&world, &calls).iter().sum::<usize>(), 6 + place);
        world.api(*call, 200);
        assert!(world.got_answer(*call));
    }
}

#[test]
fn the_turn_passes_on_when_a_call_is_gone_fails_or_takes_too_long() {
    let (mut world, calls) = in_line();
    world.gone(calls[0]);
    assert_eq!(sendings(&world, &calls), [2, 2, 1, 1, 1]);
    world.feed(hallpass::core::Input::FetchDoubtful { call: calls[1] });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(sendings(&world, &calls), [2, 2, 2, 1, 1]);
    world.advance(15_000);
    assert_eq!(
        sendings(&world, &calls),
        [2, 2, 2, 2, 1],
        "the third is still out"
    );
    world.api(calls[2], 200);
    assert_eq!(
        sendings(&world, &calls),
        [2, 2, 2, 2, 1],
        "it is the fourth's turn"
    );
    world.api(calls[3], 200);
    world.api(calls[4], 200);
    assert!(calls[2..].iter().all(|call| world.got_answer(*call)));
    assert_eq!(
        world.engine.next_deadline().map(|at| at.0),
        None,
        "{:?}",
        world.journal()
    );
}

#[test]
fn nobody_of_the_session_before_is_sent_again_or_holds_the_turn() {
    let (mut world, calls) = in_line();
    world.logout();
    assert!(calls[1..].iter().all(|call| world.got_answer(*call)));
    world.answer("/auth/logout", 204, "");
    world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"grace"}}"#);
    let call = world.post();
    world.api_with(call, refusal(true));
    assert_eq!(world.sendings(call).len(), 2, "the first is still out");
}

#[test]
fn which_answers_refuse_a_token() {
    for (status, csrf_moved, csrf_refused, sendings) in [
        (403, true, false, 3),
        (419, true, false, 3),
        (400, true, true, 3),
        (422, true, true, 3),
        (409, true, true, 3),
        (400, true, false, 2),
        (422, true, false, 2),
        (401, true, false, 2),
        (400, false, true, 1),
        (409, true, false, 1),
        (500, true, false, 1),
    ] {
        let mut world = crate::calls::session();
        let call = world.post();
        while world.waits(call) && world.sendings(call).len() < 4 && !world.is_open("/auth/me") {
            let answer = FetchAnswer {
                status,
                csrf_refused,
                ..refusal(csrf_moved)
            };
            world.api_with(call, answer);
        }
        let seen = world.sendings(call).len();
        assert_eq!(seen, sendings, "{status} {csrf_moved} {csrf_refused}");
    }
}

#[test]
fn a_refusal_that_no_new_token_helps_asks_who_is_signed_in() {
    let mut world = crate::calls::session();
    world.advance(2_000);
    let call = world.post();
    let over = FetchAnswer {
        status: 419,
        ..refusal(false)
    };
    world.api_with(call, over);
    assert!(world.got_answer(call), "it has its own answer");
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(hallpass::Reason::SessionEnded));
}

#[test]
fn a_403_may_be_for_another_reason_and_asks_only_if_me_is_old() {
    let mut world = crate::calls::session();
    world.advance(29_000);
    let call = world.post();
    world.api_with(call, refusal(false));
    assert!(world.got_answer(call) && !world.is_open("/auth/me"));
    world.advance(1_000);
    let call = world.post();
    world.api_with(call, refusal(false));
    assert!(world.got_answer(call));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.status(), hallpass::Status::SignedIn);
    let call = world.post();
    world.api_with(call, refusal(false));
    assert!(world.got_answer(call) && !world.is_open("/auth/me"));
}

#[test]
fn an_apps_own_rule_does_not_switch_off_the_second_sending() {
    let mut world = crate::calls::session();
    let rule = |csrf_moved| FetchAnswer {
        status: 419,
        means_signed_out: Some(true),
        ..refusal(csrf_moved)
    };
    let call = world.post();
    world.api_with(call, rule(true));
    assert_eq!(world.sendings(call).len(), 2);
    world.api(call, 200);
    let call = world.post();
    world.api_with(call, rule(false));
    world.answer("/auth/me", 401, "");
    assert!(world.got_answer(call));
    assert_eq!(world.reason(), Some(hallpass::Reason::SessionEnded));
}

#[test]
fn a_fixed_value_goes_with_unsafe_methods_and_one_of_answers_is_read_at_sending() {
    for (source, expected) in [
        (CsrfSource::Value("1".into()), "1"),
        (
            CsrfSource::ResponseHeader("X-T".into()),
            r#"ResponseHeader("X-T")"#,
        ),
    ] {
        let mut world = World::new(Options {
            csrf: Some(Some((source, "X-CSRF".into()))),
            ..Options::new(Mode::Session)
        });
        world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
        let (get, post) = (world.get(), world.post());
        assert_eq!(sent(&world, get), None);
        assert_eq!(sent(&world, post).as_deref(), Some(expected));
    }
}

#[test]
fn a_login_refused_in_words_or_without_any_is_tried_once_more_and_never_told_as_wrong_credentials()
{
    for (status, body, csrf_refused, csrf_moved) in [
        (400, "<html>The CSRF token has expired", true, true),
        (422, "<html>InvalidAuthenticityToken", true, true),
        (
            400,
            r#"{"message":"ActionController::InvalidAuthenticityToken"}"#,
            false,
            true,
        ),
        (409, "", true, true),
        (400, "", false, true),
    ] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 401, "");
        let login = world.login();
        let mut refused = world.plain(status, body);
        (refused.csrf_refused, refused.csrf_moved) = (csrf_refused, csrf_moved);
        world.answer_with("/auth/login", refused.clone());
        assert!(world.is_open("/auth/login"), "{status} {body}");
        refused.csrf_moved = false;
        world.answer_with("/auth/login", refused);
        assert_eq!(world.code(login), Code::CsrfFailed, "{status} {body}");
    }
}

#[test]
fn a_403_with_the_same_token_again_is_the_callers() {
    let mut world = by_endpoint();
    let call = world.post();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.api(call, 403);
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    assert!(world.got_answer(call) && world.sendings(call).len() == 1);
}

#[test]
fn a_stream_is_not_sent_again_for_csrf() {
    let mut world = crate::calls::session();
    let call = world.fetch(false, Body::Once);
    world.api_with(call, refusal(true));
    assert!(world.got_answer(call));
}

#[test]
fn a_csrf_endpoint_that_fails_is_told_to_those_who_wait() {
    for (status, body, code) in [
        (200, r#"{"ok":1}"#, Code::CsrfFailed),
        (200, r#"{"token":"a\nb"}"#, Code::CsrfFailed),
        (204, "", Code::CsrfFailed),
        (503, "", Code::ServerError),
    ] {
        let mut world = by_endpoint();
        let call = world.post();
        world.answer("/csrf", status, body);
        assert_eq!(world.code(call), code, "{status} {body}");
    }
    let mut world = by_endpoint();
    let (call, login) = (world.post(), world.login());
    world.advance(15_000);
    assert_eq!(world.code(call), Code::Timeout);
    assert_eq!(world.code(login), Code::Timeout);
}

#[test]
fn a_login_carries_the_token_and_makes_it_forgotten() {
    let mut world = by_endpoint();
    let login = world.login();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    assert_eq!(
        header(&headers_of(world.request("/auth/login")), "X-CSRF").as_deref(),
        Some("t1")
    );
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(login).is_ok());
    let call = world.post();
    assert!(world.is_open("/csrf"), "the server has chosen another");
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    assert_eq!(sent(&world, call).as_deref(), Some("t2"));
}

#[test]
fn a_login_refused_for_its_csrf_token_is_tried_once_more() {
    let mut world = by_endpoint();
    let login = world.login();
    for token in ["t1", "t2"] {
        world.answer("/csrf", 200, &format!(r#"{{"token":"{token}"}}"#));
        world.answer("/auth/login", 403, r#"{"error":"csrf_failed"}"#);
    }
    assert_eq!(world.code(login), Code::CsrfFailed);
}

#[test]
fn a_hybrid_refresh_refused_for_its_csrf_token_is_tried_once_more_and_ends_nothing() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.make_due();
    let mut refused = world.plain(403, r#"{"error":"csrf_failed"}"#);
    refused.csrf_moved = true;
    world.answer_with("/auth/refresh", refused.clone());
    world.answer_with("/auth/refresh", refused);
    assert_eq!(world.status(), hallpass::Status::SignedIn);
}

#[test]
fn a_refresh_that_a_logout_overtook_is_not_sent_when_its_csrf_token_comes() {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Hybrid)
    });
    world.logout();
    world.feed(hallpass::core::Input::Page(
        hallpass::core::PageEvent::Restored,
    ));
    world.answer("/csrf", 200, r#"{"token":"before"}"#);
    world.answer("/csrf", 200, r#"{"token":"after"}"#);
    assert!(world.is_open("/auth/logout") && !world.is_open("/auth/refresh"));
}

#[test]
fn a_call_whose_refresh_made_way_for_a_login_is_answered_when_that_fails() {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        refresh: "/auth/refresh".into(),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let (get, login) = (world.get(), world.login());
    world.api(get, 401);
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.answer("/auth/login", 401, "");
    assert_eq!(world.code(login), Code::InvalidCredentials);
    world.answer("/auth/refresh", 204, "");
    world.api(get, 200);
    assert!(world.got_answer(get));
}

#[test]
fn a_csrf_endpoint_that_is_not_there_keeps_no_start_waiting() {
    let source = || CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    for (status, body, expected) in [
        (404, "", Status::SignedOut),
        (405, "<html>", Status::SignedOut),
        (200, "<html>", Status::SignedOut),
        (200, r#"{"other":"x"}"#, Status::SignedOut),
        (204, "", Status::SignedOut),
        (200, r#"{"csrfTok"#, Status::Restoring),
        (503, "", Status::Restoring),
        (403, "<html>", Status::Restoring),
    ] {
        let mut world = World::new(Options {
            csrf: Some(Some((source(), "X-CSRF".into()))),
            ..Options::new(Mode::Hybrid)
        });
        let (ready, call) = (world.ready(), world.get());
        world.answer("/csrf", status, body);
        assert_eq!(world.status(), expected, "{status} {body}");
        assert!(world.outcome(ready).is_ok());
        assert_eq!(
            world.sendings(call).len(),
            usize::from(expected == Status::SignedOut)
        );
    }
}

#[test]
fn a_second_sending_of_a_login_stays_the_second_while_its_token_is_waited_for() {
    let mut world = by_endpoint();
    let login = world.login();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.answer("/auth/login", 403, r#"{"error":"csrf_failed"}"#);
    world.feed(hallpass::core::Input::Page(
        hallpass::core::PageEvent::Restored,
    ));
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    world.answer("/auth/login", 403, r#"{"error":"csrf_failed"}"#);
    assert_eq!(world.code(login), Code::CsrfFailed);
}

#[test]
fn an_answer_that_speaks_of_no_csrf_token_asks_for_none_and_for_nobody() {
    let mut world = by_endpoint();
    let call = world.post();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.api(call, 422);
    assert!(world.got_answer(call) && !world.is_open("/csrf"));
    world.advance(31_000);
    for status in [200, 404] {
        let call = world.post();
        world.api(call, status);
        assert!(world.got_answer(call) && !world.is_open("/auth/me"));
    }
}

#[test]
fn a_login_is_told_as_refused_for_its_csrf_token_only_if_nothing_else_was_said() {
    let mut refused = crate::calls::session().plain(403, "");
    refused.csrf_moved = true;
    for (status, body, expected) in [
        (400, "", Code::CsrfFailed),
        (401, "", Code::InvalidCredentials),
        (
            400,
            r#"{"error":"invalid_login"}"#,
            Code::InvalidCredentials,
        ),
    ] {
        let mut world = crate::calls::session();
        let login = world.login();
        world.answer_with("/auth/login", refused.clone());
        world.answer("/auth/login", status, body);
        assert_eq!(world.code(login), expected, "{status} {body}");
    }
    let mut world = crate::calls::session();
    let login = world.login();
    world.answer("/auth/login", 400, "");
    assert_eq!(
        world.code(login),
        Code::InvalidCredentials,
        "the first time"
    );
}
