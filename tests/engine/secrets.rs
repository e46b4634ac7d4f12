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

#[test]
fn the_journal_is_bounded() {
    let mut world = World::signed_in(jwt_stored());
    for _ in 0..1_000 {
        world.message(Word::Refreshed);
    }
    assert!(world.engine.journal().count() <= 256);
}
