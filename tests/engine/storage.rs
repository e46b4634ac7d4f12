use crate::world::{World, header, headers_of, jwt_stored};
use hallpass::Reason;
use hallpass::core::{Event, Input, Mode, Options, PageEvent, Secret, Status, StorageState};

fn with_store(text: &str) -> World {
    let mut world = World::idle(jwt_stored());
    world.store = Some(text.into());
    world.start()
}

#[test]
fn damaged_content_of_ours_is_removed_and_told() {
    for text in [
        "hallpass/1 ",
        "hallpass/1",
        "hallpass/",
        "hallpass/1 {",
        "hallpass/1 []",
        "hallpass/1 {}",
        r#"hallpass/1 {"generation":1,"access":7,"issuedAt":1,"skew":0}"#,
        r#"hallpass/1 {"generation":-1,"access":"a","issuedAt":1,"skew":0}"#,
        r#"hallpass/1 {"generation":1,"access":"a b","issuedAt":1,"skew":0}"#,
        r#"hallpass/1 {"generation":1,"access":"a","issuedAt":1,"skew":0,"endsAt":"x"}"#,
        r#"hallpass/1 {"generation":1,"access":"a","issuedAt":1,"skew":0,"refresh":1}"#,
        r#"hallpass/1 {"generation":1,"access":"a","issuedAt":1,"skew":0,"user":1}"#,
        r#"hallpass/1 {"generation":1,"access":"a","issuedAt":1,"skew":0.5}"#,
    ] {
        let world = with_store(text);
        assert_eq!(
            (world.status(), world.reason()),
            (Status::SignedOut, Some(Reason::StoredSessionInvalid)),
            "{text}"
        );
        assert_eq!(world.store, None, "{text}");
    }
}

#[test]
fn what_is_not_ours_or_newer_stays_where_it_is() {
    for text in [
        "{\"theirs\":true}",
        "",
        "hallpass/2 {}",
        "hallpass/10 {}",
        "hallpass",
    ] {
        let mut world = with_store(text);
        assert_eq!(world.status(), Status::SignedOut);
        assert_eq!(world.snapshot().storage, StorageState::Occupied, "{text}");
        world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        assert_eq!(world.status(), Status::SignedIn);
        world.logout();
        assert_eq!(world.store.as_deref(), Some(text));
    }
}

#[test]
fn what_is_not_ours_stays_also_when_the_store_has_failed_since() {
    let mut world = with_store("theme=dark");
    world.store_fails = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.store_fails = false;
    let call = world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(call).is_ok());
    world.logout();
    assert_eq!(world.store.as_deref(), Some("theme=dark"));
    assert_eq!(world.snapshot().storage, StorageState::Occupied);
}

#[test]
fn what_is_not_ours_stays_also_if_the_store_has_said_so_too_late() {
    let mut world = World::idle(jwt_stored());
    world.store = Some("theme=dark".into());
    world.store_hangs = true;
    let mut world = world.start();
    world.advance(15_000);
    world.store_hangs = false;
    world.feed(Input::Loaded(Ok(Some(Secret::new("theme=dark".into())))));
    world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    assert_eq!(world.store.as_deref(), Some("theme=dark"));
}

#[test]
fn ec19_a_store_that_fails_is_memory_and_said_so() {
    let mut world = World::idle(jwt_stored());
    world.store_fails = true;
    let mut world = world.start();
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec19_a_store_that_fills_up_keeps_the_new_tokens_in_memory() {
    let mut world = World::signed_in(jwt_stored());
    world.store_fails = true;
    world.make_due();
    // The recheck cannot read either, and the held token is sent.
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    assert!(world.events().contains(&Event::StorageChanged));
    assert!(!world.holds_lock);
    world.store_fails = false;
    world.make_due();
    assert!(crate::world::body_of(world.request("/auth/refresh")).contains("r2"));
    let body = world.tokens(300, "r3");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.snapshot().storage, StorageState::Ok, "it works again");
    assert!(world.store.as_ref().unwrap().contains("r3"));
}

#[test]
fn ec19_a_tab_that_could_not_write_takes_up_what_another_has_written_since() {
    let (mut world, other) = World::behind();
    world.store_fails = true;
    world.make_due();
    world.fail("/auth/refresh");
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.store_fails = false;
    world.store = other.store.clone();
    world.refresh();
    assert!(!world.is_open("/auth/refresh"), "it would be reuse");
    assert!(world.journal().contains(&"adopted"));
}

#[test]
fn ec19_an_attempt_that_could_not_be_noted_is_repeated_under_its_name() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.saves_fail = true;
    world.make_due();
    let first = headers_of(world.request("/auth/refresh"));
    world.fail("/auth/refresh");
    world.refresh();
    let second = headers_of(world.request("/auth/refresh"));
    let key = |headers: &[(String, String)]| header(headers, "Idempotency-Key").unwrap();
    assert_eq!(key(&first), key(&second));
}

#[test]
fn a_store_that_hangs_does_not_hang_the_start() {
    let mut world = World::idle(jwt_stored());
    world.store_hangs = true;
    let mut world = world.start();
    let ready = world.ready();
    assert!(world.waits(ready));
    world.advance(15_000);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.feed(Input::Loaded(Ok(Some(Secret::new("hallpass/1 {}".into())))));
    assert_eq!(
        world.reason(),
        None,
        "an answer that comes too late is nobody's"
    );
}

#[test]
fn ec19_a_refusal_is_not_held_against_a_store_that_could_not_be_written() {
    let mut world = World::signed_in(jwt_stored());
    world.saves_fail = true;
    world.make_due();
    world.store_hangs = true;
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(world.status(), Status::SignedOut);
}
