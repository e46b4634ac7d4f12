//! What the engine makes of tokens that are verified before it gets to see them.

use crate::world::{World, jwt_stored};
use hallpass::core::Options;
use hallpass::core::{Input, LoadFailure, PageEvent};
use hallpass::{Code, Mode, Reason, Status, StorageState};

#[test]
fn a_login_whose_token_is_not_to_be_believed_changes_nothing() {
    for options in [jwt_stored(), Options::new(Mode::Hybrid)] {
        let mut world = World::new(options);
        if world.is_open("/auth/refresh") {
            world.answer("/auth/refresh", 401, "");
        }
        let call = world.login();
        let body = world.tokens(300, "r1");
        let mut answer = world.plain(200, &body);
        answer.untrusted = Some("its iss is not verify.issuer".into());
        world.answer_with("/auth/login", answer);
        let error = world.outcome(call).as_ref().unwrap_err();
        assert_eq!(
            (error.code, error.code.is_retryable()),
            (Code::TokenUntrusted, false)
        );
        assert!(
            error
                .message()
                .contains(": its iss is not verify.issuer (POST ")
        );
        assert_eq!(
            (world.status(), world.store.as_deref()),
            (Status::SignedOut, None)
        );
        let call = world.get();
        assert_eq!(world.bearer(call), None);
    }
}

#[test]
fn a_refresh_whose_token_is_not_to_be_believed_leaves_the_session_as_it_was() {
    let mut world = World::signed_in(jwt_stored());
    let before = world.store.clone();
    let held = world.get();
    let held = world.bearer(held);
    let call = world.refresh();
    let mut answer = world.plain(200, &world.tokens_of("eve", 300, "r2"));
    answer.untrusted = Some("its signature is wrong".into());
    world.answer_with("/auth/refresh", answer);
    let error = world.outcome(call).as_ref().unwrap_err();
    assert_eq!(error.code, Code::RefreshUnavailable);
    assert_eq!(
        (world.status(), world.subject().as_deref()),
        (Status::SignedIn, Some("ada"))
    );
    let call = world.get();
    assert_eq!(world.bearer(call), held);
    assert!(world.store.unwrap().contains("r1") && before.unwrap().contains("r1"));
}

#[test]
fn an_answer_that_is_not_believed_does_not_set_the_clock() {
    let mut world = World::signed_in(jwt_stored());
    let before = world.snapshot().expires_at;
    world.skew = -3_600_000;
    world.refresh();
    let mut answer = world.plain(200, &world.tokens(300, "r2"));
    answer.untrusted = Some("its exp has passed".into());
    world.answer_with("/auth/refresh", answer);
    assert_eq!(world.snapshot().expires_at, before);
}

fn stored_session() -> Option<String> {
    World::signed_in(jwt_stored()).store
}

#[test]
fn a_stored_session_that_is_not_to_be_believed_is_removed_and_told() {
    let mut world = World::idle(jwt_stored());
    world.store = stored_session();
    world.store_refuses = Some(LoadFailure::Untrusted);
    let mut world = world.start();
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::StoredSessionInvalid))
    );
    assert_eq!(
        (world.store.as_deref(), world.snapshot().storage),
        (None, StorageState::Ok)
    );
    assert!(world.journal().contains(&"stored session ignored"));
    let call = world.get();
    assert_eq!(world.bearer(call), None);
}

#[test]
fn a_forged_session_that_somebody_writes_is_passed_over() {
    let mut world = World::signed_in(jwt_stored());
    world.store_refuses = Some(LoadFailure::Untrusted);
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(
        (world.status(), world.snapshot().storage),
        (Status::SignedIn, StorageState::Ok)
    );
    assert!(world.changes.is_empty());
}

#[test]
fn a_stored_session_waits_for_the_keys_that_verify_it() {
    let mut world = World::idle(jwt_stored());
    world.store = stored_session();
    world.store_refuses = Some(LoadFailure::Unverified);
    let mut world = world.start();
    let ready = world.ready();
    assert!(world.outcome(ready).is_ok(), "the start does not hang");
    assert_eq!(
        (world.status(), world.snapshot().storage),
        (Status::Restoring, StorageState::Ok)
    );
    let call = world.get();
    assert_eq!(
        world.outcome(call).as_ref().unwrap_err().code,
        Code::RefreshUnavailable
    );
    world.advance(120_000);
    assert_eq!(world.status(), Status::Restoring);
    assert!(
        world.open.is_empty(),
        "no token is sent that nobody has verified"
    );

    world.store_refuses = None;
    world.feed(Input::Page(PageEvent::Online));
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert_eq!(world.store, stored_session());
}

#[test]
fn a_login_does_not_wait_for_a_stored_session_that_cannot_be_verified() {
    let mut world = World::idle(jwt_stored());
    world.store = stored_session();
    world.store_refuses = Some(LoadFailure::Unverified);
    let mut world = world.start();
    let call = world.login();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(call).is_ok());
    world.store_refuses = None;
    world.advance(60_000);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.unwrap().contains("g1"));
}

#[test]
fn a_store_that_cannot_be_verified_later_changes_nothing() {
    let mut world = World::signed_in(jwt_stored());
    world.store_refuses = Some(LoadFailure::Unverified);
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(
        (world.status(), world.snapshot().storage),
        (Status::SignedIn, StorageState::Ok)
    );
    // The refresh that has to be goes on without it.
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.store.unwrap().contains("r2"));
}

#[test]
fn the_token_is_found_where_the_engine_will_look() {
    let mut options = jwt_stored();
    options.fields.access_token = Some("data.jwt".into());
    let mut world = World::new(options);
    let found = |world: &World, text: &str, is_stored| {
        let (token, time) = world.engine.token_in(text, is_stored, world.now());
        assert_eq!(time, world.server_now());
        token.map(|token| token.expose().to_owned())
    };
    assert_eq!(
        found(&world, r#"{"access_token":"a","data":{"jwt":"b"}}"#, false).as_deref(),
        Some("b")
    );
    for nothing in ["", "null", r#"{"data":{"jwt":7}}"#, "<html>"] {
        assert_eq!(found(&world, nothing, false), None, "{nothing}");
    }
    world.store = stored_session();
    let stored = world.store.clone().unwrap();
    let token = found(&world, &stored, true).unwrap();
    assert!(stored.contains(&token) && token.starts_with("eyJ"));
    for nothing in [
        "",
        "hallpass/1 {}",
        "somebody else's",
        r#"hallpass/1 {"attempt":"a"}"#,
    ] {
        assert_eq!(found(&world, nothing, true), None, "{nothing}");
    }
}

#[test]
fn requests_that_bring_a_token_are_marked() {
    let mut world = World::signed_in(jwt_stored());
    let marked = |world: &World, path: &str| world.request(path).brings_token;
    world.refresh();
    assert!(marked(&world, "/auth/refresh"));
    world.login();
    assert!(marked(&world, "/auth/login"));
    world.logout();
    assert!(!marked(&world, "/auth/logout"));
}
