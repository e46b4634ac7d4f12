//! `refresh()` where there is no refresh token, and `me` is asked in its place.

use crate::world::World;
use hallpass::core::{Code, Mode, Options, Outcome, Status};

fn signed_in() -> World {
    let mut world = World::new(Options {
        me: "/auth/me".into(),
        ..Options::new(Mode::Jwt)
    });
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world
}

#[test]
fn the_profile_is_read_anew_and_the_caller_gets_it() {
    let mut world = signed_in();
    let call = world.refresh();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada","name":"Ada"}}"#);
    let Ok(Outcome::User(Some(user))) = world.outcome(call) else {
        panic!("{:?}", world.outcome(call));
    };
    assert_eq!(
        user.get("name")
            .and_then(|name| name.as_string())
            .as_deref(),
        Some("Ada")
    );
}

#[test]
fn a_failure_is_told_to_the_caller_and_the_session_stands() {
    let mut world = signed_in();
    let (failed, lost) = (world.refresh(), world.refresh());
    world.answer("/auth/me", 503, "");
    assert_eq!(
        (world.code(failed), world.code(lost)),
        (Code::RefreshUnavailable, Code::RefreshUnavailable)
    );
    assert_eq!(world.error(failed).status, Some(503));
    let late = world.refresh();
    world.advance(15_000);
    assert_eq!(world.code(late), Code::RefreshUnavailable);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_profile_that_is_refused_says_nothing_of_the_token() {
    let mut world = signed_in();
    let call = world.refresh();
    world.answer("/auth/me", 401, "");
    assert!(world.outcome(call).is_ok() && world.status() == Status::SignedIn);
}

#[test]
fn one_that_comes_while_a_login_asks_is_answered_with_it() {
    for status in [200, 401, 503] {
        let mut world = World::new(Options {
            me: "/auth/me".into(),
            ..Options::new(Mode::Jwt)
        });
        let login = world.login();
        world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
        let call = world.refresh();
        world.answer("/auth/me", status, r#"{"user":{"sub":"ada"}}"#);
        assert!(world.outcome(login).is_ok() && world.outcome(call).is_ok());
    }
}
