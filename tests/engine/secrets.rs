use crate::world::{World, jwt_stored};
use hallpass::core::Word;

/// Everything that an app, a log or a bug report gets to see.
fn shown(world: &World) -> String {
    let journal: Vec<_> = world.engine.journal().collect();
    let errors: Vec<_> = world
        .settled
        .iter()
        .filter_map(|(_, outcome)| outcome.as_ref().err())
        .collect();
    let messages: Vec<_> = errors.iter().map(|error| error.message()).collect();
    format!(
        "{journal:?} {errors:?} {messages:?} {:?} {:?}",
        world.changes, world.told
    )
}

#[test]
fn no_token_or_password_is_ever_shown() {
    let mut world = World::new(jwt_stored());
    world.login();
    world.answer(
        "/auth/login",
        401,
        r#"{"message":"not correct horse","error":"invalid_credentials"}"#,
    );
    world.login();
    let body = world.tokens(300, "refresh-secret");
    world.answer("/auth/login", 200, &body);
    let call = world.get();
    let token = world.bearer(call).unwrap();
    world.api(call, 401);
    world.answer("/auth/refresh", 503, "");
    world.refresh();
    let body = world.tokens(300, "refresh-secret-2");
    world.answer("/auth/refresh", 200, &body);
    world.message(Word::Refreshed);
    world.logout();
    world.fail("/auth/logout");
    let shown = shown(&world);
    for secret in [
        "correct horse",
        "refresh-secret",
        token.trim_start_matches("Bearer "),
    ] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

/// The server's own words that a failed call carries.
fn words(world: &World, call: hallpass::core::CallId) -> (Option<String>, Option<String>) {
    let error = world.error(call);
    (error.server_code.clone(), error.server_message.clone())
}

#[test]
fn a_login_answer_that_quotes_the_password_is_not_passed_on() {
    let mut world = World::new(jwt_stored());
    for body in [
        r#"{"error":"correct-horse-battery-staple"}"#,
        r#"{"error":{"code":"correct-horse-battery-staple","message":"no"},"message":"'correct-horse-battery' is wrong"}"#,
    ] {
        let call = world.login_with(r#"{"password":"correct-horse-battery-staple"}"#);
        world.answer("/auth/login", 400, body);
        let (code, message) = words(&world, call);
        assert_eq!((code, message), (None, None), "{body}");
    }
}

#[test]
fn a_refresh_answer_that_quotes_a_token_is_not_passed_on() {
    let long = "x".repeat(280);
    for body in [
        r#"{"error":"refresh-token-of-ada"}"#.to_owned(),
        // Cut off in the middle of it.
        format!(r#"{{"error":"down","error_description":"{long} refresh-token-of-ada"}}"#),
    ] {
        let mut world = World::new(jwt_stored());
        world.login();
        let tokens = world.tokens(300, "refresh-token-of-ada");
        world.answer("/auth/login", 200, &tokens);
        let call = world.refresh();
        world.answer("/auth/refresh", 503, &body);
        let (code, message) = words(&world, call);
        assert!(
            code.is_none_or(|code| code == "down") && message.is_none(),
            "{body}"
        );
    }
}

#[test]
fn a_token_that_the_server_gives_for_a_code_of_its_own_is_not_shown() {
    let mut world = World::new(jwt_stored());
    world.login();
    let body = world.tokens(300, "refresh-secret");
    world.answer("/auth/login", 200, &body);
    world.refresh();
    world.answer("/auth/refresh", 400, r#"{"error":"no:refresh-secret"}"#);
    let (_, outcome) = world.settled.last().unwrap();
    assert!(outcome.is_err());
    assert!(!shown(&world).contains("refresh-secret"));
}

#[test]
fn the_journal_is_bounded() {
    let mut world = World::signed_in(jwt_stored());
    for _ in 0..1_000 {
        world.message(Word::Refreshed);
    }
    assert!(world.engine.journal().count() <= 256);
}
