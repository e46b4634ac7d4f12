//! With the lock, the store holds what another tab wrote, and that has to be renewed itself.

use crate::world::{World, body_of, header, headers_of, jwt_stored};
use hallpass::core::{Code, Event, Input, Options, Reason, Status};

fn lazy() -> Options {
    Options {
        timed_refresh: false,
        ..jwt_stored()
    }
}

/// What a tab has stored whose login as `sub` got a token for `seconds`.
fn stored(sub: &str, seconds: i64, refresh: &str) -> Option<String> {
    let mut other = World::new(jwt_stored());
    // Its second login, so that its generation is another.
    for _ in 0..2 {
        other.login();
        let body = other.tokens_of(sub, seconds, refresh);
        other.answer("/auth/login", 200, &body);
    }
    other.store
}

#[test]
fn ec21_calls_of_one_user_never_go_with_the_token_of_another() {
    let mut world = World::signed_in(lazy());
    world.advance(301_000);
    world.store = stored("grace", 300, "g1");
    let waiting = world.get();
    assert!(body_of(world.request("/auth/refresh")).contains("g1"));
    assert_eq!(world.code(waiting), Code::Superseded);
    assert_eq!(world.events(), [Event::SubjectChanged]);
    let body = world.tokens_of("grace", 300, "g2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.as_ref().unwrap().contains("g2"));
    let next = world.get();
    assert_eq!(world.sendings(next).len(), 1);
}

#[test]
fn ec01_the_same_users_calls_wait_on() {
    let mut world = World::signed_in(lazy());
    world.advance(301_000);
    world.store = stored("ada", 300, "r2");
    let waiting = world.get();
    assert!(body_of(world.request("/auth/refresh")).contains("r2"));
    let body = world.tokens(300, "r3");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(waiting).len(), 1);
    assert_eq!(world.events(), [Event::Refreshed]);
}

#[test]
fn ec08_another_token_is_another_attempt() {
    let key = |world: &World| {
        header(
            &headers_of(world.request("/auth/refresh")),
            "Idempotency-Key",
        )
    };
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let first = key(&world);
    world.lock_waits = true;
    world.fail("/auth/refresh");
    world.advance(2_000);
    world.store = stored("ada", 60, "r2");
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    assert!(body_of(world.request("/auth/refresh")).contains("r2"));
    assert_ne!(key(&world), first);
    world.answer("/auth/refresh", 401, "");
    assert_eq!(
        world.reason(),
        Some(Reason::RefreshRefused),
        "no answer for this token was lost"
    );
}

#[test]
fn a_session_that_nothing_renews_any_more_ends_by_the_clock() {
    let mut world = World::signed_in(lazy());
    world.advance(301_000);
    world.store = stored("ada", 300, "r2").map(|text| text.replace(r#""refresh":"r2","#, ""));
    let waiting = world.get();
    world.advance(1);
    assert!(!world.holds_lock && !world.is_open("/auth/refresh"));
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::TokenExpired))
    );
    assert!(!world.waits(waiting));
}
