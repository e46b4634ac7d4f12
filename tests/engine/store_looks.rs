//! How often a store that fails is looked into again, and what other tabs have told of meanwhile.

use hallpass::core::{Input, LoadFailure, Message, Mode, Options, PageEvent, Secret, Status, Word};

use crate::world::{World, body_of, jwt_stored};

/// Signed in with a token without an end: nothing else has a deadline.
fn endless() -> World {
    let mut world = World::new(jwt_stored());
    world.login();
    let body = r#"{"access_token":"opaque","refresh_token":"r1"}"#;
    world.answer("/auth/login", 200, body);
    assert_eq!(world.engine.next_deadline(), None);
    world
}

/// After how long it looks again, each time.
fn looks(world: &mut World) -> Vec<u64> {
    let mut pauses = Vec::new();
    while let Some(at) = world.engine.next_deadline() {
        pauses.push(at.0 - world.mono);
        assert!(pauses.len() < 20, "{pauses:?}");
        world.advance(at.0 - world.mono);
    }
    pauses
}

#[test]
fn a_store_that_fails_is_looked_into_again_less_and_less_often_and_not_for_ever() {
    let mut world = endless();
    world.store_refuses = Some(LoadFailure::Broken);
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(looks(&mut world), [500, 1_000, 2_000, 4_000]);
    world.store_refuses = None;
    world.feed(Input::Page(PageEvent::StoreChanged));
    world.store_refuses = Some(LoadFailure::Broken);
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(looks(&mut world).len(), 4, "it has worked in between");
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_store_that_does_not_answer_is_not_asked_again() {
    let mut world = endless();
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(looks(&mut world), [15_000]);
}

#[test]
fn a_client_that_stores_nothing_reads_nothing_for_another_tab() {
    let mut world = World::new(Options::new(Mode::Jwt));
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    world.store_hangs = true;
    world.message(Word::SignedIn);
    assert_eq!(world.engine.next_deadline(), None);
}

#[test]
fn without_a_store_a_refusal_is_believed_at_once() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    world.store_hangs = true;
    world.make_due();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(world.status(), Status::SignedOut);
}

/// A tab that has taken up what another has renewed, and the other's word for what it has renewed once more.
fn told_of_more() -> (World, World, Vec<Message>) {
    let (mut world, mut other) = World::behind();
    let mut words = Vec::new();
    for name in ["r3", "r4"] {
        world.store = other.store.clone();
        words = std::mem::take(&mut other.told);
        for message in words.clone() {
            world.feed(Input::Message(message));
        }
        other.until_due();
        let body = other.tokens(300, name);
        other.answer("/auth/refresh", 200, &body);
    }
    words.extend(other.told.clone());
    (world, other, words)
}

#[test]
fn a_token_that_others_have_used_is_not_sent_whichever_word_comes_last() {
    for reversed in [false, true] {
        let (mut world, _, mut words) = told_of_more();
        world.store_refuses = Some(LoadFailure::Broken);
        if reversed {
            words.reverse();
        }
        for message in words {
            world.feed(Input::Message(message));
        }
        world.refresh();
        assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
    }
}

#[test]
fn what_was_taken_up_from_another_tab_is_renewed_by_the_next_who_is_due() {
    let (mut world, other, words) = told_of_more();
    world.store = other.store.clone();
    for message in words {
        world.feed(Input::Message(message));
    }
    world.refresh();
    assert!(body_of(world.request("/auth/refresh")).contains("r4"));
}

#[test]
fn as_long_as_another_tab_answers_it_is_asked_for_newer_tokens() {
    let (mut world, _, words) = told_of_more();
    world.store_refuses = Some(LoadFailure::Broken);
    for _ in 0..8 {
        for message in words.clone() {
            world.feed(Input::Message(message));
        }
        world.told.clear();
        while !world.told.iter().any(|told| told.word == Word::Wanted) {
            world.advance(1_000);
            world.refresh();
            assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
        }
    }
}

#[test]
fn what_a_page_that_slept_has_read_before_a_refresh_is_read_again() {
    let mut world = World::signed_in(jwt_stored());
    let stored = world.store.clone();
    let read = || Input::Loaded(Ok(stored.clone().map(Secret::new)));
    world.store_hangs = true;
    world.make_due();
    world.mono += 20_000;
    world.feed(read());
    assert!(!world.is_open("/auth/refresh"), "it may be out of date");
    world.feed(read());
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn what_was_read_for_a_refresh_that_a_logout_ended_starts_none() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.store_hangs = true;
    world.make_due();
    world.logout();
    world.mono += 20_000;
    let note = world.store.clone();
    for _ in 0..3 {
        world.feed(Input::Loaded(Ok(note.clone().map(Secret::new))));
        assert!(!world.is_open("/auth/refresh"));
    }
}
