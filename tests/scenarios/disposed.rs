//! A client that is disposed of lets go of the lock whatever comes: the other tabs wait for it.

use crate::world::{World, at, jwt_stored};
use hallpass::core::{Code, CsrfSource, Input, Mode, Options};

fn disposed() -> World {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.feed(Input::Dispose);
    assert!(world.holds_lock && world.is_open("/auth/refresh"));
    world
}

#[test]
fn when_the_refresh_is_answered() {
    let mut world = disposed();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(!world.holds_lock && world.store.as_ref().unwrap().contains("r2"));
}

#[test]
fn when_the_refresh_fails_or_is_refused() {
    for (status, body) in [
        (503, ""),
        (401, ""),
        (400, r#"{"error":"invalid_grant"}"#),
        (419, ""),
        (403, "<html>"),
    ] {
        let mut world = disposed();
        world.answer("/auth/refresh", status, body);
        assert!(!world.holds_lock, "{status} {body}");
        assert!(world.open.is_empty() && world.changes.is_empty());
    }
}

#[test]
fn when_the_refresh_wants_another_csrf_token() {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    let mut world = World::new(Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Hybrid)
    });
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.feed(Input::Dispose);
    world.answer("/auth/refresh", 403, r#"{"error":"csrf_failed"}"#);
    assert!(!world.holds_lock && world.open.is_empty());
}

#[test]
fn when_the_refresh_could_go_again_with_the_csrf_token_of_the_page() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.feed(Input::Dispose);
    let mut refused = world.plain(403, "");
    refused.csrf_moved = true;
    world.answer_with("/auth/refresh", refused);
    assert!(!world.holds_lock && world.open.is_empty());
    assert_eq!(world.engine.next_deadline(), None);
}

#[test]
fn when_the_refresh_is_never_answered() {
    let mut world = disposed();
    world.advance(15_000);
    assert!(!world.holds_lock);
    assert_eq!(world.engine.next_deadline(), None);
}

#[test]
fn before_the_refresh_is_sent() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.make_due();
    assert!(world.holds_lock);
    world.feed(Input::Dispose);
    assert!(!world.holds_lock);
    let mut world = World::signed_in(jwt_stored());
    world.lock_waits = true;
    world.make_due();
    world.feed(Input::Dispose);
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    assert!(!world.holds_lock);
}

#[test]
fn every_call_is_told_and_a_logout_that_is_out_counts_as_done() {
    let mut world = World::idle(Options {
        me: at("/me"),
        ..jwt_stored()
    });
    world.store_hangs = true;
    let mut world = world.start();
    let waiting = [world.ready(), world.get(), world.token(), world.login()];
    world.feed(Input::Dispose);
    for call in waiting {
        assert_eq!(world.code(call), Code::Disposed, "{call:?}");
    }
    let after = [
        world.refresh(),
        world.logout(),
        world.ready(),
        world.login(),
    ];
    for call in after {
        assert_eq!(world.code(call), Code::Disposed, "{call:?}");
    }
    let mut world = World::signed_in(jwt_stored());
    let (logout, out) = {
        let out = world.get();
        (world.logout(), out)
    };
    world.feed(Input::Dispose);
    assert!(world.outcome(logout).is_ok());
    world.api(out, 401);
    assert!(world.got_answer(out), "its answer is its caller's");
}

#[test]
fn it_asks_to_be_woken_for_nothing_any_more() {
    let by_endpoint = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    let mut asks_csrf = World::new(Options {
        csrf: Some(Some((by_endpoint, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    });
    asks_csrf.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    asks_csrf.post();
    let mut reads = World::idle(jwt_stored());
    reads.store_hangs = true;
    let reads = reads.start();
    let mut pauses = World::signed_in(jwt_stored());
    pauses.make_due();
    pauses.answer("/auth/refresh", 503, "");
    let asks_me = World::new(Options::new(Mode::Session));
    let waits_for_the_end = World::signed_in(jwt_stored());
    for mut world in [asks_csrf, reads, pauses, asks_me, waits_for_the_end] {
        assert!(world.engine.next_deadline().is_some());
        world.feed(Input::Dispose);
        assert_eq!(world.engine.next_deadline(), None, "{:?}", world.journal());
    }
}
