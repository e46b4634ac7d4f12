use crate::world::{World, header, headers_of};
use hallpass::core::{Body, Code, CsrfSource, FetchAnswer, Mode, Options};

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
fn ec24_a_cookie_that_has_moved_is_tried_once_more() {
    let mut world = crate::calls::session();
    let call = world.post();
    world.api_with(call, refusal(true));
    assert_eq!(world.sendings(call).len(), 2);
    world.api_with(call, refusal(true));
    assert!(world.got_answer(call), "one retry only");
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
    for call in [a, b] {
        assert_eq!(sent(&world, call).as_deref(), Some("t2"));
        world.api(call, 403);
        assert!(world.got_answer(call));
    }
    assert!(world.open.is_empty());
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
