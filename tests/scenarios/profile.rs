//! Backends that tell the user's profile at login, and at a refresh only give a token.

use crate::world::{World, at, jwt, jwt_stored};
use hallpass::core::{Event, Options, Status};

fn token(world: &World, sub: &str, jti: &str) -> String {
    let iat = world.server_now() / 1000;
    jwt(&format!(
        r#"{{"sub":"{sub}","iat":{iat},"exp":{},"jti":"{jti}"}}"#,
        iat + 300
    ))
}

fn with_profile(options: Options) -> World {
    let mut world = World::new(options);
    world.login();
    let token = token(&world, "1", "a");
    world.answer(
        "/auth/login",
        200,
        &format!(r#"{{"token":"{token}","refreshToken":"r1","user":{{"id":1,"name":"Ada"}}}}"#),
    );
    world.changes.clear();
    world
}

fn name(world: &World) -> Option<String> {
    let user = world.snapshot().user.as_ref()?;
    user.get("name")?.as_string()
}

#[test]
fn a_refresh_that_tells_no_profile_keeps_it() {
    let mut world = with_profile(jwt_stored());
    for round in ["b", "c"] {
        world.make_due();
        let waiting = world.get();
        let token = token(&world, "1", round);
        world.answer("/auth/refresh", 200, &format!(r#"{{"token":"{token}"}}"#));
        assert_eq!(world.sendings(waiting).len(), 1);
    }
    assert_eq!(world.events(), [Event::Refreshed, Event::Refreshed]);
    assert_eq!(name(&world).as_deref(), Some("Ada"));
}

#[test]
fn over_a_reload_too() {
    let before = with_profile(jwt_stored());
    let mut world = World::idle(jwt_stored());
    world.store = before.store.clone();
    let mut world = world.start();
    world.changes.clear();
    world.make_due();
    let token = token(&world, "1", "b");
    world.answer("/auth/refresh", 200, &format!(r#"{{"token":"{token}"}}"#));
    assert_eq!(world.events(), [Event::Refreshed]);
    assert_eq!(name(&world).as_deref(), Some("Ada"));
}

#[test]
fn a_token_of_somebody_else_is_somebody_else() {
    let mut world = with_profile(jwt_stored());
    world.make_due();
    let token = token(&world, "2", "b");
    world.answer("/auth/refresh", 200, &format!(r#"{{"token":"{token}"}}"#));
    assert_eq!(world.events(), [Event::SubjectChanged]);
    assert_eq!(world.subject().as_deref(), Some("2"));
}

#[test]
fn a_profile_that_comes_with_a_refresh_is_the_new_one() {
    let mut world = with_profile(jwt_stored());
    world.make_due();
    let token = token(&world, "1", "b");
    let body = format!(r#"{{"token":"{token}","user":{{"id":1,"name":"Ada L."}}}}"#);
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events(), [Event::Refreshed]);
    assert_eq!(name(&world).as_deref(), Some("Ada L."));
}

#[test]
fn claims_that_change_are_shown_where_they_are_the_user() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let iat = world.server_now() / 1000;
    let token = jwt(&format!(
        r#"{{"sub":"ada","name":"Ada","iat":{iat},"exp":{}}}"#,
        iat + 300
    ));
    world.answer("/auth/refresh", 200, &format!(r#"{{"token":"{token}"}}"#));
    assert_eq!(world.events(), [Event::Refreshed]);
    assert_eq!(name(&world).as_deref(), Some("Ada"));
}

#[test]
fn an_opaque_token_after_a_jwt_keeps_the_user() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.answer(
        "/auth/refresh",
        200,
        r#"{"token":"opaque","expires_in":300}"#,
    );
    assert_eq!(world.events(), [Event::Refreshed]);
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn a_stored_opaque_token_asks_me_who_it_is_and_keeps_the_answer() {
    let options = || Options {
        me: at("/me"),
        ..jwt_stored()
    };
    let mut before = World::new(options());
    before.login();
    before.answer(
        "/auth/login",
        200,
        r#"{"token":"opaque","refresh_token":"r1"}"#,
    );
    before.fail("/me");
    let mut world = World::idle(options());
    world.store = before.store.clone();
    let mut world = world.start();
    world.answer("/me", 200, r#"{"user":{"sub":"ada","name":"Ada"}}"#);
    assert_eq!(world.events(), [Event::Restored, Event::UserChanged]);
    assert!(world.store.as_ref().unwrap().contains("Ada"));
    let mut again = World::idle(options());
    again.store = world.store.clone();
    let again = again.start();
    assert_eq!(again.subject().as_deref(), Some("ada"));
    assert!(again.open.is_empty(), "it is known now");
}

#[test]
fn a_me_that_does_not_answer_leaves_a_restored_token_as_it_is() {
    let mut world = World::idle(Options {
        me: at("/me"),
        ..jwt_stored()
    });
    world.store = Some(
        r#"hallpass/1 {"generation":1,"access":"opaque","issuedAt":1800000000000,"skew":0}"#.into(),
    );
    let mut world = world.start();
    world.advance(15_000);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(world.snapshot().user.is_none());
}
