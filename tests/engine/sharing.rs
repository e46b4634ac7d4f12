//! What tabs share, and what they do not believe.

use crate::world::{World, jwt_stored};
use hallpass::core::{
    Input, Message, Mode, Options, PageEvent, Reason, Secret, ServerTime, SharedAccess, Status,
    StorageKind, Word,
};

fn count(world: &World, event: &str) -> Vec<Option<i64>> {
    let lines = world.engine.journal();
    lines
        .filter(|line| line.event == event)
        .map(|line| line.value)
        .collect()
}

#[test]
fn ec11_retry_after_is_told_to_the_other_tabs() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let mut answer = world.plain(429, "");
    answer.retry_after = Some("90".into());
    world.answer_with("/auth/refresh", answer);
    let told = world.told.last().unwrap();
    assert_eq!((told.word, told.wait_ms), (Word::Unavailable, 90_000));
}

#[test]
fn ec11_a_tab_that_hears_of_it_asks_nothing_until_then() {
    let mut world = World::signed_in(jwt_stored());
    let message = Message {
        wait_ms: 90_000,
        ..world.message_of(Word::Unavailable)
    };
    world.advance(250_000);
    world.feed(Input::Message(message));
    world.feed(Input::Page(PageEvent::Visible));
    world.advance(85_000);
    assert!(!world.is_open("/auth/refresh"), "though it is due");
    world.until("/auth/refresh");
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn nobody_is_kept_waiting_for_more_than_an_hour_by_another_tab() {
    let mut world = World::signed_in(jwt_stored());
    let message = Message {
        wait_ms: u32::MAX,
        ..world.message_of(Word::Unavailable)
    };
    world.feed(Input::Message(message));
    world.make_due();
    world.advance(3_600_000);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn what_is_no_message_takes_one_line_however_often_it_comes() {
    let mut world = World::signed_in(jwt_stored());
    for _ in 0..10_000 {
        world.feed(Input::Noise { times: 1 });
    }
    assert_eq!(count(&world, "message ignored"), [Some(10_000)]);
    assert!(world.changes.is_empty() && world.open.is_empty());
}

#[test]
fn a_message_from_the_future_changes_nothing() {
    let mut world = World::signed_in(jwt_stored());
    for word in Word::ALL {
        let login = world.now().wall.0 + 2 * 86_400_000;
        let from_later = Message {
            login,
            ..world.message_of(word)
        };
        let too_many = Message {
            generation: 1 << 40,
            ..world.message_of(word)
        };
        world.feed(Input::Message(from_later));
        world.feed(Input::Message(too_many));
    }
    world.advance(10_000);
    let times = 2 * Word::ALL.len() as i64;
    assert_eq!(count(&world, "message ignored"), [Some(times)]);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(world.changes.is_empty() && world.open.is_empty());
}

#[test]
fn ec21_a_logout_of_a_session_that_is_not_in_the_store_signs_nobody_out() {
    let mut world = World::signed_in(jwt_stored());
    let other = Message {
        login: 1,
        ..world.message_of(Word::LoggedOut)
    };
    world.feed(Input::Message(other));
    world.advance(10_000);
    assert_eq!(world.status(), Status::SignedIn);
    world.message(Word::LoggedOut);
    assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
}

#[test]
fn ec29_a_record_from_the_future_is_neither_taken_nor_touched() {
    let mut world = World::signed_in(jwt_stored());
    let stored = world.store.clone().unwrap();
    let (before, rest) = stored.split_once("\"login\":18").unwrap();
    let future = [before, "\"login\":98", rest].concat();
    world.store = Some(future.clone());
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert!(world.changes.is_empty());
    assert_eq!(count(&world, "stored session ignored"), [Some(1)]);

    let mut world = World::idle(jwt_stored());
    world.store = Some(future.clone());
    let world = world.start();
    assert_eq!(world.status(), Status::SignedOut);
    assert_eq!(world.store, Some(future));
}

#[test]
fn ec20_a_store_that_shows_an_older_state_is_read_again() {
    let (mut world, other) = World::behind();
    let told = other.told.last().cloned().unwrap();
    world.feed(Input::Message(told.clone()));
    assert!(!world.journal().contains(&"adopted"));
    world.store = other.store;
    world.advance(600);
    assert!(world.journal().contains(&"adopted"));

    let (mut world, _) = World::behind();
    world.feed(Input::Message(told));
    world.advance(10_000);
    assert_eq!(count(&world, "message ignored"), [Some(1)], "bounded");
    assert_eq!(world.status(), Status::SignedIn);
}

fn sharing(mode: Mode) -> Options {
    Options {
        share_across_tabs: true,
        ..Options::new(mode)
    }
}

/// Another tab's new access token.
fn shared(world: &World, subject: &str, lifetime: i64) -> Message {
    let now = world.server_now();
    let body = world.tokens_of(subject, lifetime, "never told");
    let token = body.split('"').nth(3).unwrap().to_owned();
    let access = SharedAccess {
        token: Secret::new(token),
        ends_at: ServerTime(now + lifetime * 1_000),
        issued_at: ServerTime(now),
    };
    Message {
        access: Some(access),
        ..world.message_of(Word::Refreshed)
    }
}

#[test]
fn ec01_a_shared_access_token_serves_all_tabs() {
    for mode in [Mode::Jwt, Mode::Hybrid] {
        let mut world = World::new(sharing(mode));
        let path = if mode == Mode::Jwt {
            "/auth/login"
        } else {
            "/auth/refresh"
        };
        if mode == Mode::Jwt {
            world.login();
        }
        let body = world.tokens(300, "r1");
        world.answer(path, 200, &body);
        world.lock_waits = true;
        world.make_due();
        let call = world.get();
        let message = shared(&world, "ada", 600);
        let token = message.access.as_ref().unwrap().token.expose().to_owned();
        world.feed(Input::Message(message));
        assert!(world.bearer(call).unwrap().contains(&token), "{mode:?}");
        assert!(!world.is_open("/auth/refresh") && !world.holds_lock);
        world.holds_lock = true;
        world.feed(Input::LockGranted { waited: false });
        assert!(!world.holds_lock && !world.is_open("/auth/refresh"));
    }
}

#[test]
fn what_is_shared_is_the_access_token_alone() {
    let mut world = World::signed_in(sharing(Mode::Jwt));
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    let told = world.told.last().unwrap();
    let token = told.access.as_ref().unwrap().token.expose();
    assert!(token != "r2" && body.contains(token));

    for options in [
        Options::new(Mode::Jwt),
        Options {
            share_across_tabs: true,
            ..jwt_stored()
        },
    ] {
        let mut world = World::signed_in(options);
        world.make_due();
        let body = world.tokens(300, "r2");
        world.answer("/auth/refresh", 200, &body);
        assert!(world.told.last().unwrap().access.is_none());
    }
}

#[test]
fn ec21_a_shared_token_is_not_taken_from_somebody_else_nor_by_nobody_nor_if_it_is_older() {
    let mut world = World::signed_in(sharing(Mode::Jwt));
    let other = Message {
        subject: 7,
        ..shared(&world, "grace", 600)
    };
    world.feed(Input::Message(other));
    let older = shared(&world, "ada", 10);
    world.feed(Input::Message(older));
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert!(!world.journal().contains(&"adopted"));

    let mut world = World::new(sharing(Mode::Jwt));
    let message = shared(&world, "ada", 600);
    world.feed(Input::Message(message));
    assert_eq!(world.status(), Status::SignedOut);

    let mut world = World::signed_in(Options::new(Mode::Jwt));
    let message = shared(&world, "ada", 600);
    world.feed(Input::Message(message));
    assert!(
        !world.journal().contains(&"adopted"),
        "not without the option"
    );
}

/// Two tabs that share one login in stores of their own: the second is a copy of the first.
fn duplicated() -> (World, World) {
    let options = || Options {
        storage: Some(StorageKind::Session),
        ..Options::new(Mode::Jwt)
    };
    let first = World::signed_in(options());
    let mut copy = World::idle(options());
    copy.store = first.store.clone();
    (first, copy.start())
}

/// What one tab tells, the other hears.
fn hear(from: &mut World, to: &mut World) {
    for message in std::mem::take(&mut from.told) {
        to.feed(Input::Message(message));
    }
}

#[test]
fn of_two_copies_of_a_tab_one_renews_and_lends_to_the_other() {
    let (mut first, mut copy) = duplicated();
    first.make_due();
    let body = first.tokens(300, "r2");
    first.answer("/auth/refresh", 200, &body);
    hear(&mut first, &mut copy);
    copy.advance(290_000);
    assert!(copy.open.is_empty(), "its refresh token is used up");
    let call = copy.get();
    let bearer = copy.bearer(call).unwrap();
    assert!(body.contains(bearer.strip_prefix("Bearer ").unwrap()));
    // Due before the other, it asks for a newer one; also after a reload.
    for is_reloaded in [false, true] {
        if is_reloaded {
            let mut again = World::idle(Options {
                storage: Some(StorageKind::Session),
                ..Options::new(Mode::Jwt)
            });
            again.store = copy.store.clone();
            again.mono = copy.mono;
            copy = again.start();
        }
        let begin = copy.mono;
        while copy.told.iter().all(|told| told.word != Word::Wanted) {
            copy.advance(1_000);
            assert!(copy.mono - begin < 400_000, "{:?}", copy.journal());
        }
        assert!(copy.open.is_empty());
        first.mono = copy.mono;
        hear(&mut copy, &mut first);
        let name = if is_reloaded { "r4" } else { "r3" };
        let body = first.tokens(300, name);
        first.answer("/auth/refresh", 200, &body);
        hear(&mut first, &mut copy);
        assert_eq!(copy.status(), Status::SignedIn);
        assert_eq!(
            copy.snapshot().expires_at.map(|at| at.0 / 1_000),
            first.snapshot().expires_at.map(|at| at.0 / 1_000)
        );
    }
}

#[test]
fn a_copy_whose_other_tab_is_gone_asks_the_server_in_the_end() {
    let (mut first, mut copy) = duplicated();
    first.make_due();
    let body = first.tokens(300, "r2");
    first.answer("/auth/refresh", 200, &body);
    hear(&mut first, &mut copy);
    copy.advance(560_000);
    copy.until("/auth/refresh");
    let wanted = |told: &&Message| told.word == Word::Wanted;
    assert_eq!(copy.told.iter().filter(wanted).count(), 4);
    copy.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(copy.status(), Status::SignedOut);
}

#[test]
fn a_token_that_another_tab_has_used_is_not_sent_since_the_store_cannot_be_read() {
    let (mut world, other) = World::behind();
    world.store_fails = true;
    for message in other.told.clone() {
        world.feed(Input::Message(message));
    }
    world.make_due();
    assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
    world.store_fails = false;
    world.store = other.store.clone();
    world.advance(5_000);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
}
