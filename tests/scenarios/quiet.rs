//! What the app hears, and what it must not: notifications of nothing, and words that hold a secret.

use crate::world::{World, jwt_stored};
use hallpass::core::{Mode, Options, Word};

const ME: &str = r#"{"user":{"sub":"ada"},"expiresAt":1800003600}"#;

#[test]
fn ec26_a_session_with_an_end_is_looked_at_without_a_word() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, ME);
    world.changes.clear();
    for _ in 0..20 {
        world.advance(10_000);
        world.message(Word::SignedIn);
        world.answer("/auth/me", 200, ME);
    }
    assert!(world.changes.is_empty(), "{:?}", world.events());
}

#[test]
fn ec26_clocks_that_do_not_tick_together_are_no_news() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, ME);
    world.changes.clear();
    for round in 0..20 {
        // Both are read in whole milliseconds, and not at the same moment.
        world.wall += if round % 2 == 0 { 1 } else { -1 };
        world.advance(10_000);
        world.message(Word::SignedIn);
        world.answer("/auth/me", 200, ME);
    }
    assert!(world.changes.is_empty(), "{:?}", world.events());
}

#[test]
fn words_of_the_refresh_endpoint_that_quote_a_token_are_dropped() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    world.advance(301_000);
    let call = world.get();
    world.answer(
        "/auth/refresh",
        500,
        r#"{"error":"oops","message":"cannot use r1 now"}"#,
    );
    let error = world.error(call);
    assert_eq!(error.server_code.as_deref(), Some("oops"));
    assert_eq!(error.server_message, None);
}

#[test]
fn words_that_quote_a_password_are_dropped_wherever_the_password_stands() {
    for body in [
        r#"{"user":{"email":"a@b.test","password":"hunter2"}}"#,
        r#"{"login":"ada","pwd":"hunter2"}"#,
        r#"[{"passphrase":"hunter2"}]"#,
        r#"{"credentials":["ada","hunter2"]}"#,
        r#""hunter2""#,
    ] {
        let mut world = World::new(Options::new(Mode::Jwt));
        let call = world.login_with(body);
        world.answer("/auth/login", 401, r#"{"message":"HUNTER2 is wrong"}"#);
        assert_eq!(world.error(call).server_message, None, "{body}");
        assert!(!format!("{:?}", world.error(call)).contains("HUNTER2"));
    }
    let mut world = World::new(Options::new(Mode::Jwt));
    let call = world.login_with(r#"{"email":"a@b.test","password":"hunter2"}"#);
    world.answer(
        "/auth/login",
        401,
        r#"{"message":"no account for a@b.test"}"#,
    );
    assert!(world.error(call).server_message.is_some(), "that is help");
}
