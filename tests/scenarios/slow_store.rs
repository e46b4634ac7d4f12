//! A store of the app's own, which takes its time or never answers.

use crate::world::{World, jwt_stored};
use hallpass::core::{Input, Mode, Options, PageEvent, Secret, Status, StorageState, Word};

const NOTE: &str = r#"hallpass/1 {"logoutPending":true}"#;

fn loaded(world: &mut World, text: Option<String>) {
    world.store_hangs = false;
    world.feed(Input::Loaded(Ok(text.map(Secret::new))));
}

/// Started, the store not read yet.
fn starting(options: Options) -> World {
    let mut world = World::idle(options);
    world.store_hangs = true;
    world.start()
}

#[test]
fn ec10_what_was_read_before_a_logout_does_not_sign_in_after_it() {
    let mut world = World::signed_in(jwt_stored());
    let before = world.store.clone();
    world.store_hangs = true;
    world.message(Word::Refreshed);
    world.logout();
    loaded(&mut world, before);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn ec10_what_was_read_before_a_login_does_not_take_its_place() {
    let mut world = World::signed_in(jwt_stored());
    let before = world.store.clone();
    world.store_hangs = true;
    world.message(Word::Refreshed);
    world.login();
    let body = world.tokens_of("grace", 300, "g1");
    world.answer("/auth/login", 200, &body);
    loaded(&mut world, before);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn ec25_nothing_asks_for_a_session_before_the_note_of_a_logout_could_be_read() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = starting(Options::new(mode));
        let refresh = world.refresh();
        world.feed(Input::Page(PageEvent::Restored));
        world.message(Word::SignedIn);
        world.feed(Input::Page(PageEvent::Online));
        assert!(
            !world.is_open("/auth/me") && !world.is_open("/auth/refresh"),
            "{mode:?}"
        );
        world.store = Some(NOTE.into());
        loaded(&mut world, Some(NOTE.into()));
        if mode == Mode::Session {
            // The look of a page that has come back.
            loaded(&mut world, Some(NOTE.into()));
        }
        // Whose session stands, which the note may be of?
        assert!(!world.is_open("/auth/logout"));
        match mode {
            Mode::Session => world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#),
            _ => {
                let body = world.tokens(300, "x");
                world.answer("/auth/refresh", 200, &body);
            }
        }
        assert!(world.is_open("/auth/logout"));
        assert_eq!(world.status(), Status::SignedOut);
        assert_eq!(world.code(refresh), hallpass::Code::SignedOut);
    }
}

#[test]
fn a_refresh_asked_for_before_the_store_was_read_is_answered_by_the_restore() {
    let mut world = starting(Options::new(Mode::Hybrid));
    let refresh = world.refresh();
    loaded(&mut world, None);
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.outcome(refresh).is_ok());
    assert!(world.open.is_empty());
}

#[test]
fn ec25_a_login_before_the_note_of_a_logout_was_read_takes_it_away() {
    let mut world = starting(Options::new(Mode::Hybrid));
    world.store = Some(NOTE.into());
    world.login();
    let body = world.tokens(300, "x");
    world.answer("/auth/login", 200, &body);
    loaded(&mut world, Some(NOTE.into()));
    assert_eq!(world.status(), Status::SignedIn);
    assert_eq!(
        world.store, None,
        "the next start would log this session out"
    );
}

#[test]
fn ec19_a_store_that_never_says_that_it_has_written_blocks_no_refresh() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.saves_hang = true;
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.advance(15_000);
    assert!(!world.holds_lock, "other tabs wait for it");
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.make_due();
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
    world.feed(Input::Saved(Ok(())));
    assert_eq!(world.snapshot().storage, StorageState::Ok);
}

#[test]
fn ec03_a_store_that_hangs_at_the_recheck_or_the_refusal_delays_and_no_more() {
    let mut world = World::signed_in(jwt_stored());
    world.store_hangs = true;
    world.make_due();
    assert!(!world.is_open("/auth/refresh"));
    world.advance(15_000);
    assert!(world.is_open("/auth/refresh"));
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.store_hangs = true;
    world.answer("/auth/refresh", 401, "");
    assert_eq!(world.status(), Status::SignedIn);
    world.advance(15_000);
    assert_eq!(world.status(), Status::SignedOut);
    assert!(!world.holds_lock);
}

#[test]
fn a_refresh_after_a_login_does_not_wait_for_the_store() {
    let mut world = starting(Options::new(Mode::Session));
    world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    let refresh = world.refresh();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(refresh).is_ok());
}
