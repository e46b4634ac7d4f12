//! A store that others write to as well, that is not ours, that fails, or that answers late.

use crate::world::{BEGIN, World, at, header, headers_of, jwt_stored};
use hallpass::core::{
    Endpoint, Event, Input, Message, Mode, Options, PageEvent, Reason, Secret, Status, StorageKind,
    StorageState, StoreFailure, Transport, Word,
};

const THEIRS: &str = "{\"theirs\":true}";

fn loaded(world: &mut World, text: Option<String>) {
    world.feed(Input::Loaded(Ok(text.map(Secret::new))));
}

/// Signed in by a token that says nothing of its bearer; `me` is asked.
fn without_a_profile() -> World {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..jwt_stored()
    });
    world.login();
    let opaque = r#"{"access_token":"opaque","expires_in":300,"refresh_token":"r1"}"#;
    world.answer("/auth/login", 200, opaque);
    world
}

#[test]
fn a_renewal_leaves_what_is_not_ours_in_the_store() {
    for mode in [Mode::Jwt, Mode::Hybrid] {
        let mut world = World::idle(Options {
            storage: Some(StorageKind::Local),
            ..Options::new(mode)
        });
        world.store = Some(THEIRS.into());
        let mut world = world.start();
        if mode == Mode::Hybrid {
            world.answer("/auth/refresh", 401, "");
        }
        for refresh in ["r1", "r2"] {
            let path = if refresh == "r1" {
                world.login();
                "/auth/login"
            } else {
                world.make_due();
                "/auth/refresh"
            };
            let body = world.tokens(300, refresh);
            world.answer(path, 200, &body);
        }
        assert_eq!(world.status(), Status::SignedIn);
        assert_eq!(world.store.as_deref(), Some(THEIRS), "{mode:?}");
        world.make_due();
        world.answer("/auth/refresh", 401, "");
        assert_eq!(world.status(), Status::SignedOut);
        assert_eq!(world.store.as_deref(), Some(THEIRS), "{mode:?}");
    }
}

#[test]
fn where_nothing_is_stored_the_store_is_neither_written_nor_waited_for() {
    for mode in [Mode::Jwt, Mode::Hybrid] {
        let mut world = World::idle(Options {
            storage: Some(StorageKind::Memory),
            ..Options::new(mode)
        });
        world.store = Some(THEIRS.into());
        let mut world = world.start();
        if mode == Mode::Hybrid {
            world.answer("/auth/refresh", 401, "");
        }
        world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        world.store_hangs = true;
        world.make_due();
        let body = world.tokens(300, "r2");
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(world.status(), Status::SignedIn);
        world.make_due();
        world.answer("/auth/refresh", 401, "");
        assert_eq!(world.status(), Status::SignedOut, "at once");
        assert_eq!(
            (world.saves, world.store.as_deref()),
            (0, Some(THEIRS)),
            "{mode:?}"
        );
    }
}

#[test]
fn a_word_of_another_tab_ends_no_session_that_is_in_memory_only() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    world.message(Word::SignedIn);
    world.advance(10_000);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn an_empty_store_ends_no_session_that_could_not_be_written() {
    let mut world = World::new(jwt_stored());
    world.saves_fail = true;
    world.login();
    let body = world.tokens(300, "r1");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(10_000);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn an_empty_store_changes_nothing_for_whoever_is_signed_out() {
    let mut world = World::signed_in(jwt_stored());
    world.logout();
    world.changes.clear();
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(10_000);
    assert_eq!(world.reason(), Some(Reason::Logout));
    assert!(world.changes.is_empty());
}

#[test]
fn ec19_an_answer_of_the_store_that_comes_too_late_is_not_taken_for_the_next_one() {
    let (mut world, other) = World::behind();
    let held = world.store.clone();
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(15_000);
    world.feed(Input::Page(PageEvent::StoreChanged));
    loaded(&mut world, other.store.clone());
    loaded(&mut world, held);
    assert!(!world.journal().contains(&"adopted"), "nobody's");
    world.feed(Input::Page(PageEvent::StoreChanged));
    loaded(&mut world, other.store.clone());
    assert!(
        world.journal().contains(&"adopted"),
        "one was late, not two"
    );
}

#[test]
fn damaged_content_is_in_the_journal() {
    let mut world = World::idle(jwt_stored());
    world.store = Some("hallpass/1 {".into());
    assert!(world.start().journal().contains(&"stored session ignored"));
}

#[test]
fn a_profile_that_comes_late_does_not_overwrite_what_another_tab_has_stored_since() {
    let mut world = without_a_profile();
    world.advance(1_000);
    let other = World::of_grace(world.mono);
    world.store = other.store.clone();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.store, other.store);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_profile_that_comes_late_is_stored() {
    let mut world = without_a_profile();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.store.unwrap().contains("ada"));
}

#[test]
fn a_profile_that_comes_late_is_stored_beside_the_attempt_of_another_tab() {
    let mut world = without_a_profile();
    let stored = world.store.take().unwrap();
    let (before, _) = stored.rsplit_once('}').unwrap();
    world.store = Some(format!(r#"{before},"attempt":"of another tab"}}"#));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let stored = world.store.as_ref().unwrap();
    assert!(stored.contains("ada") && stored.contains("of another tab"));
    // That tab is gone: its attempt is repeated.
    world.make_due();
    let named = header(
        &headers_of(world.request("/auth/refresh")),
        "Idempotency-Key",
    );
    assert_eq!(named.as_deref(), Some("of another tab"));
}

#[test]
fn a_call_that_is_refused_waits_for_what_another_tab_has_renewed_and_the_store_does_not_show_yet() {
    let (mut world, other) = World::behind();
    let message = other.told.last().unwrap().clone();
    assert_eq!(message.word, Word::Refreshed);
    world.feed(Input::Message(message));
    let call = world.get();
    world.api(call, 401);
    assert!(world.waits(call) && !world.is_open("/auth/refresh"));
    world.store = other.store.clone();
    world.advance(150);
    assert_eq!(world.sendings(call).len(), 2);
    world.api(call, 200);
    assert!(world.got_answer(call) && !world.is_open("/auth/refresh"));
}

#[test]
fn a_write_that_comes_late_brings_no_session_back_that_another_has_taken_the_place_of() {
    let mut world = World::signed_in(jwt_stored());
    let former = world.store.clone();
    world.advance(1_000);
    world.store = World::of_grace(world.mono).store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    world.store = former;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.unwrap().contains("grace"));
}

#[test]
fn the_profile_outlives_a_renewal_by_a_tab_that_has_none() {
    let mut world = without_a_profile();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let stored = world.store.take().unwrap();
    let renewed = stored
        .replace("\"generation\":1", "\"generation\":2")
        .replace("\"opaque\"", "\"newer\"")
        .replace(r#","user":{"sub":"ada"}"#, "");
    assert!(!renewed.contains("ada"));
    world.store = Some(renewed);
    world.message(Word::Refreshed);
    let call = world.get();
    assert_eq!(world.bearer(call).as_deref(), Some("Bearer newer"));
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn ec25_the_note_of_a_logout_stays_when_the_first_read_brings_it_late() {
    const NOTE: &str = r#"hallpass/1 {"logoutPending":true}"#;
    let mut world = World::idle(Options::new(Mode::Hybrid));
    world.store_hangs = true;
    world.store = Some(NOTE.into());
    let mut world = world.start();
    world.logout();
    loaded(&mut world, Some(NOTE.into()));
    assert!(world.store.unwrap().contains("logoutPending"));
}

#[test]
fn a_note_of_an_attempt_outlives_a_login_here() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    let note = r#"hallpass/1 {"attempt":"of another tab"}"#;
    world.store = Some(note.into());
    world.login();
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.store.as_deref(), Some(note));
}

#[test]
fn ec25_with_a_store_that_has_failed_a_logout_is_told_at_once() {
    let mut world = World::idle(Options::new(Mode::Hybrid));
    world.store_fails = true;
    let mut world = world.start();
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.snapshot().storage, StorageState::Unavailable);
    world.store_fails = false;
    world.saves_fail = true;
    world.store_hangs = true;
    world.logout();
    assert!(world.is_open("/auth/logout"));
}

#[test]
fn with_the_refresh_token_in_a_cookie_a_logout_leaves_nothing_in_the_store() {
    let mut world = World::signed_in(Options {
        transport: Some(Transport::Cookie),
        ..jwt_stored()
    });
    assert!(world.store.is_some());
    world.logout();
    assert_eq!(world.store, None);
}

#[test]
fn a_logout_elsewhere_takes_the_tokens_of_this_tab_alone_out_of_its_own_store() {
    let mut world = World::signed_in(Options {
        storage: Some(StorageKind::Session),
        ..jwt_stored()
    });
    assert!(world.store.is_some());
    let other = Message {
        login: 1,
        ..world.message_of(Word::LoggedOut)
    };
    world.feed(Input::Message(other));
    assert_eq!(world.store, None);
    assert!(world.is_open("/auth/logout"), "nobody else knows them");
}

#[test]
fn ec21_by_cookie_a_logout_elsewhere_is_of_every_tab() {
    let mut world = World::new(Options {
        storage: Some(StorageKind::Local),
        ..Options::new(Mode::Hybrid)
    });
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    let other = Message {
        login: 1,
        ..world.message_of(Word::LoggedOut)
    };
    world.feed(Input::Message(other));
    assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
}

#[test]
fn ec21_a_logout_elsewhere_does_not_remove_what_was_stored_since_by_a_login() {
    let mut world = World::signed_in(jwt_stored());
    let mut other = World::signed_in(jwt_stored());
    other.advance(1_000);
    other.login();
    let body = other.tokens_of("grace", 300, "g1");
    other.answer("/auth/login", 200, &body);
    world.store = other.store.clone();
    world.message(Word::LoggedOut);
    assert_eq!(world.store, other.store);
}

#[test]
fn ec21_the_answer_to_a_logout_does_not_remove_what_another_tab_has_stored_since() {
    let mut world = World::signed_in(jwt_stored());
    world.logout();
    let other = World::signed_in(jwt_stored());
    world.store = other.store.clone();
    world.answer("/auth/logout", 204, "");
    assert_eq!(world.store, other.store);
}

#[test]
fn a_session_without_a_refresh_token_in_the_store_is_asked_to_be_renewed_and_is() {
    let mut world = World::new(Options {
        transport: Some(Transport::Cookie),
        ..jwt_stored()
    });
    world.login();
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    let call = world.refresh();
    assert!(world.is_open("/auth/refresh") && world.waits(call));
}

#[test]
fn a_renewal_that_is_asked_for_is_made_though_the_stored_token_is_good() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.refresh();
    assert!(world.is_open("/auth/refresh") && world.waits(call));
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.outcome(call).is_ok());
}

#[test]
fn ec01_what_is_adopted_while_the_store_is_read_again_is_not_renewed() {
    let (mut world, other) = World::behind();
    world.advance(262_000);
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.advance(9_000);
    let call = world.get();
    // The first read brings it, the second finds it held.
    loaded(&mut world, other.store.clone());
    loaded(&mut world, other.store.clone());
    assert!(!world.is_open("/auth/refresh") && !world.holds_lock);
    assert_eq!(world.sendings(call).len(), 1);
}

#[test]
fn ec01_a_tab_that_has_adopted_what_it_waited_for_keeps_no_lock() {
    let (mut world, other) = World::behind();
    world.lock_waits = true;
    world.make_due();
    world.store = other.store.clone();
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.store_hangs = true;
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    assert!(!world.holds_lock);
}

#[test]
fn ec01_the_lock_is_kept_until_the_answer_though_something_newer_is_adopted() {
    let (mut world, other) = World::behind();
    world.refresh();
    assert!(world.is_open("/auth/refresh"));
    world.store = other.store.clone();
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert!(world.journal().contains(&"adopted") && world.holds_lock);
    world.fail("/auth/refresh");
    assert!(!world.holds_lock);
}

#[test]
fn a_store_that_fails_once_is_told_once() {
    let mut world = World::signed_in(jwt_stored());
    world.feed(Input::Saved(Err(StoreFailure)));
    world.feed(Input::Saved(Err(StoreFailure)));
    assert_eq!(world.events(), [Event::StorageChanged]);
}

#[test]
fn ec20_a_login_that_the_store_does_not_show_yet_is_looked_for_again() {
    let mut world = World::signed_in(jwt_stored());
    let other = World::of_grace(1_000);
    world.advance(1_000);
    world.feed(Input::Message(other.told.last().cloned().unwrap()));
    assert_eq!(world.subject().as_deref(), Some("ada"));
    // Two seconds long.
    world.advance(1_900);
    world.store = other.store.clone();
    world.advance(200);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn without_a_logout_endpoint_a_cookie_mode_leaves_no_note() {
    let mut world = World::new(Options {
        logout: Endpoint::Absent,
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.logout();
    assert_eq!(world.store, None);
}

#[test]
fn a_profile_that_was_asked_for_another_session_is_not_shown_with_this_one() {
    let options = Options {
        me: "/auth/me".into(),
        ..jwt_stored()
    };
    let record = |login: i64, access: &str, user: &str| {
        Some(format!(
            r#"hallpass/1 {{"login":{login},"generation":1,"issuedAt":{login},"skew":0,"access":"{access}"{user}}}"#
        ))
    };
    let mut world = World::idle(options);
    world.store = record(BEGIN - 2_000, "opaque-of-ada", "");
    let mut world = world.start();
    world.request("/auth/me");
    world.store = record(
        BEGIN - 1_000,
        "opaque-of-grace",
        r#","user":{"sub":"grace"}"#,
    );
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(world.store.unwrap().contains("grace"));
}

#[test]
fn a_session_of_another_tab_that_has_no_profile_yet_gets_one() {
    let mut world = World::signed_in(Options {
        me: "/auth/me".into(),
        ..jwt_stored()
    });
    world.store = Some(format!(
        r#"hallpass/1 {{"login":{},"generation":1,"issuedAt":{BEGIN},"skew":0,"access":"opaque"}}"#,
        BEGIN + 1_000
    ));
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.answer("/auth/me", 200, r#"{"sub":"grace"}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}
