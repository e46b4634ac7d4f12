//! Whom a word of another tab concerns, and whom it does not.

use hallpass::core::{
    Endpoint, Input, Message, Mode, Options, Secret, ServerTime, SharedAccess, Status, StorageKind,
    Word,
};

use crate::world::{World, at, jwt_stored};

/// In this tab only, as a copy of it would have it too.
fn of_one_tab() -> Options {
    Options {
        storage: Some(StorageKind::Session),
        ..Options::new(Mode::Jwt)
    }
}

/// The word of a tab in which somebody has signed in at another time.
fn of_another_session(world: &World, word: Word) -> Message {
    let own = world.message_of(word);
    Message {
        login: own.login - 1_000,
        ..own
    }
}

/// With an access token for Ada that is good for ten minutes.
fn with_access(world: &World, message: Message) -> Message {
    let now = world.server_now();
    let body = world.tokens(600, "never told");
    let token = body.split('"').nth(3).unwrap().to_owned();
    let access = SharedAccess {
        token: Secret::new(token),
        ends_at: ServerTime(now + 600_000),
        issued_at: ServerTime(now),
    };
    Message {
        access: Some(access),
        ..message
    }
}

fn has_adopted(world: &World) -> bool {
    world.journal().contains(&"adopted")
}

#[test]
fn a_tab_with_a_store_of_its_own_takes_no_token_of_another_session_of_the_same_person() {
    let mut world = World::signed_in(of_one_tab());
    let message = of_another_session(&world, Word::Refreshed);
    let message = with_access(&world, message);
    world.feed(Input::Message(message));
    assert!(!has_adopted(&world));
    let message = with_access(&world, world.message_of(Word::Refreshed));
    world.feed(Input::Message(message));
    assert!(has_adopted(&world));
}

#[test]
fn who_has_taken_a_token_of_another_session_renews_by_its_own() {
    let mut world = World::signed_in(Options {
        share_across_tabs: true,
        ..Options::new(Mode::Jwt)
    });
    let message = of_another_session(&world, Word::Refreshed);
    let message = with_access(&world, message);
    world.feed(Input::Message(message));
    assert!(has_adopted(&world));
    world.until_due();
    assert!(!world.told.iter().any(|told| told.word == Word::Wanted));
}

#[test]
fn a_tab_that_wants_newer_tokens_gets_those_that_are_there() {
    let mut world = World::signed_in(of_one_tab());
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.told.clear();
    let wanted = |generation| Message {
        generation,
        ..world.message_of(Word::Wanted)
    };
    let held = world.engine.generation();
    let (older, same) = (wanted(held - 1), wanted(held));
    let stranger = of_another_session(&world, Word::Wanted);
    world.feed(Input::Message(stranger));
    assert!(world.told.is_empty() && world.open.is_empty());
    world.feed(Input::Message(older));
    assert!(world.told.last().unwrap().access.is_some());
    assert!(world.open.is_empty(), "nothing is renewed for that");
    world.feed(Input::Message(same));
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn a_logout_of_the_same_session_counts_whoever_it_is_said_to_be_of() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    let message = Message {
        subject: 7,
        ..world.message_of(Word::LoggedOut)
    };
    world.feed(Input::Message(message));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn by_cookie_a_logout_of_nobody_knows_whom_counts() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    let message = Message {
        subject: 0,
        ..of_another_session(&world, Word::LoggedOut)
    };
    world.feed(Input::Message(message));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn by_cookie_only_a_refresh_that_brings_somebody_else_is_news_for_who_has_told_of_them() {
    for (who, is_news) in [("ada", false), ("grace", true)] {
        let mut world = World::new(Options::new(Mode::Hybrid));
        let body = world.tokens(300, "x");
        world.answer("/auth/refresh", 200, &body);
        world.message(Word::SignedIn);
        world.told.clear();
        let body = world.tokens_of(who, 300, "y");
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(!world.told.is_empty(), is_news, "{who}: {:?}", world.told);
    }
}

#[test]
fn other_tabs_are_told_how_the_session_ended() {
    let mut lost = World::signed_in(jwt_stored());
    lost.make_due();
    lost.fail("/auth/refresh");
    lost.until("/auth/refresh");
    lost.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    let mut ended = World::new(Options {
        refresh: Endpoint::Absent,
        ..jwt_stored()
    });
    ended.login();
    let body = ended.tokens(60, "none");
    ended.answer("/auth/login", 200, &body);
    ended.advance(61_000);
    for (world, word) in [
        (lost, Word::RefreshOutcomeUnknown),
        (ended, Word::TokenExpired),
    ] {
        assert_eq!(world.status(), Status::SignedOut);
        assert_eq!(world.told.last().unwrap().word, word);
    }
}

#[test]
fn a_login_that_asks_who_it_is_ends_with_its_session() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..jwt_stored()
    });
    let login = world.login();
    let body = r#"{"access_token":"opaque","refresh_token":"r1"}"#;
    world.answer("/auth/login", 200, body);
    assert!(world.waits(login));
    world.refresh();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(world.code(login), hallpass::Code::SignedOut);
}
