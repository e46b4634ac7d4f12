//! What is written down before a refresh, and who finds it.

use hallpass::core::{Event, Input, Mode, Options, Reason, Status};

use crate::world::{World, body_of, header, headers_of, jwt_stored};

fn key(world: &World) -> String {
    header(
        &headers_of(world.request("/auth/refresh")),
        "Idempotency-Key",
    )
    .unwrap()
}

/// Another page on the store that this one leaves behind, in the same moment.
fn reloaded(options: Options, before: &World) -> World {
    let mut after = World::idle(options);
    after.store = before.store.clone();
    after.mono = before.mono;
    after.start()
}

fn hybrid() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.login();
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    world.make_due();
    world
}

#[test]
fn ec08_a_page_that_goes_in_the_middle_of_a_refresh_leaves_its_key_to_the_next() {
    let mut before = World::signed_in(jwt_stored());
    before.make_due();
    let mut after = reloaded(jwt_stored(), &before);
    after.advance(1_000);
    assert_eq!(key(&after), key(&before));
    assert!(body_of(after.request("/auth/refresh")).contains("r1"));
    let body = after.tokens(300, "r2");
    after.answer("/auth/refresh", 200, &body);
    after.make_due();
    assert_ne!(
        key(&after),
        key(&before),
        "a new token is a new attempt, also for the store"
    );
}

#[test]
fn ec08_so_does_a_page_whose_refresh_token_is_a_cookie() {
    let before = hybrid();
    let mut after = reloaded(Options::new(Mode::Hybrid), &before);
    assert_eq!(key(&after), key(&before));
    let body = after.tokens(300, "");
    after.answer("/auth/refresh", 200, &body);
    assert_eq!(after.store, None, "its outcome is known");
    let later = reloaded(Options::new(Mode::Hybrid), &after);
    assert_ne!(key(&later), key(&before));
}

#[test]
fn a_refusal_of_a_repeated_attempt_tells_that_its_outcome_was_not_known() {
    let mut before = World::signed_in(jwt_stored());
    before.make_due();
    let mut after = reloaded(jwt_stored(), &before);
    after.answer("/auth/refresh", 401, "");
    assert_eq!(after.reason(), Some(Reason::RefreshOutcomeUnknown));
    assert_eq!(after.store, None);
}

#[test]
fn a_note_of_nobody_is_gone_after_the_refusal() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    assert!(
        world
            .store
            .as_ref()
            .is_some_and(|text| text.contains("attempt"))
    );
    world.answer("/auth/refresh", 401, "");
    assert_eq!(world.store, None);
}

#[test]
fn a_note_that_cannot_be_written_holds_nothing_up() {
    let mut world = World::signed_in(jwt_stored());
    world.saves_hang = true;
    world.make_due();
    assert!(!world.is_open("/auth/refresh"));
    world.advance(15_000);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn a_login_in_another_tab_during_a_refresh_wins() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let other = World::of_grace(world.mono);
    world.store = other.store.clone();

    world.changes.clear();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.store, other.store);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert_eq!(world.events(), [Event::SubjectChanged]);
}

#[test]
fn a_logout_in_another_tab_during_a_refresh_wins() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.store = None;
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!((world.status(), &world.store), (Status::SignedOut, &None));
    assert!(!world.holds_lock);
}

#[test]
fn a_logout_of_which_the_server_has_not_heard_wins_too() {
    let mut world = hybrid();
    let mut other = World::new(Options::new(Mode::Hybrid));
    let body = other.tokens(300, "");
    other.answer("/auth/refresh", 200, &body);
    other.logout();
    world.store = other.store.clone();
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedOut);
    assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
    assert_eq!(world.store, other.store, "the note stays");
}

#[test]
fn an_older_session_that_a_tab_wrote_after_a_sleep_is_not_taken_up() {
    let mut world = World::signed_in(jwt_stored());
    let old = world.store.clone();
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    let new = world.store.clone();
    world.changes.clear();
    world.store = old;
    world.feed(Input::Page(hallpass::core::PageEvent::StoreChanged));
    assert!(world.changes.is_empty());
    let generation = |store: &Option<String>| {
        let text = store.as_deref().unwrap_or_default();
        text.split(r#""access""#).next().map(String::from)
    };
    assert_eq!(generation(&world.store), generation(&new));
    assert!(
        world
            .store
            .as_ref()
            .is_some_and(|store| store.contains(r#""refresh":"r2""#))
    );
}

#[test]
fn ec01_what_is_adopted_while_the_lock_is_waited_for_is_not_renewed_again() {
    let mut other = World::signed_in(jwt_stored());
    let mut world = World::idle(jwt_stored());
    world.store = other.store.clone();
    let mut world = world.start();
    world.lock_waits = true;
    world.make_due();
    other.make_due();
    let asked = world.refresh();
    let body = other.tokens(300, "r2");
    other.answer("/auth/refresh", 200, &body);
    world.store = other.store.clone();
    world.message(hallpass::core::Word::Refreshed);
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
    assert!(world.outcome(asked).is_ok() && !world.holds_lock);
}

#[test]
fn a_later_login_is_taken_up_though_it_counts_from_one() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    let other = World::of_grace(world.mono);
    world.store = other.store;
    world.feed(Input::Page(hallpass::core::PageEvent::StoreChanged));
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn two_access_tokens_of_one_second_that_are_the_same_are_told_apart_by_the_refresh_token() {
    let mut world = World::signed_in(jwt_stored());
    let stored = world.store.clone().unwrap();
    world.store = Some(stored.replace(r#""refresh":"r1""#, r#""refresh":"r2""#));
    world.make_due();
    assert!(body_of(world.request("/auth/refresh")).contains("r2"));
}

#[test]
fn by_cookie_an_attempt_whose_note_is_gone_is_not_repeated() {
    let mut world = hybrid();
    let first = key(&world);
    world.fail("/auth/refresh");
    // Another tab has repeated it, and knows its outcome.
    world.store = None;
    world.until("/auth/refresh");
    assert_ne!(key(&world), first);
}

#[test]
fn by_cookie_an_answer_that_is_not_waited_for_any_more_is_not_let_in() {
    let mut world = hybrid();
    let sent = world.open[0].0;
    world.advance(15_000);
    assert_eq!(
        world.cancelled,
        [sent],
        "its cookie would be older than the next one's"
    );
}

#[test]
fn a_login_in_another_tab_ends_the_wish_to_tell_of_a_logout() {
    let mut world = hybrid();
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.logout();
    world.fail("/auth/logout");
    world.store = None;
    world.message(hallpass::core::Word::SignedIn);
    assert!(!world.is_open("/auth/logout") && world.is_open("/auth/refresh"));
}

#[test]
fn back_online_the_note_in_the_store_says_whether_to_tell_of_a_logout() {
    for is_noted in [true, false] {
        let mut world = hybrid();
        let body = world.tokens(300, "");
        world.answer("/auth/refresh", 200, &body);
        world.logout();
        world.fail("/auth/logout");
        if !is_noted {
            world.store = None;
        }
        world.feed(Input::Page(hallpass::core::PageEvent::Online));
        let body = world.tokens(300, "");
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(world.is_open("/auth/logout"), is_noted);
    }
}

#[test]
fn a_login_takes_away_the_note_of_a_logout_that_another_tab_left() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    world.login();
    let body = world.tokens(300, "");
    world.answer("/auth/login", 200, &body);
    assert_eq!((world.status(), &world.store), (Status::SignedIn, &None));
}

#[test]
fn a_tab_that_could_not_ask_when_somebody_signed_in_asks_again() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.message(hallpass::core::Word::SignedIn);
    world.answer("/auth/refresh", 503, "");
    assert!(!world.is_open("/auth/refresh"));
    world.until("/auth/refresh");
    world.answer("/auth/refresh", 503, "");
    world.message(hallpass::core::Word::Refreshed);
    world.until("/auth/refresh");
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn tabs_that_got_the_same_answer_count_on_from_the_higher_number() {
    let mut world = World::signed_in(jwt_stored());
    let stored = world.store.clone().unwrap();
    assert!(stored.contains(r#""generation":1"#));
    world.store = Some(stored.replace(r#""generation":1"#, r#""generation":5"#));
    world.feed(Input::Page(hallpass::core::PageEvent::StoreChanged));
    assert_eq!(world.engine.generation(), 5);
    assert!(world.changes.is_empty());
}

#[test]
fn an_answer_that_is_older_than_what_was_adopted_meanwhile_is_not_taken() {
    for is_late in [false, true] {
        let mut world = World::signed_in(jwt_stored());
        world.make_due();
        let mut other = reloaded(jwt_stored(), &world);
        for refresh in ["r2", "r3"] {
            other.until("/auth/refresh");
            let body = other.tokens(300, refresh);
            other.answer("/auth/refresh", 200, &body);
            other.make_due();
        }
        let older = world.tokens(300, "r2");
        world.store = other.store.clone();
        world.feed(Input::Page(hallpass::core::PageEvent::StoreChanged));
        if is_late {
            world.advance(15_000);
        }
        world.answer("/auth/refresh", 200, &older);
        assert_eq!(world.store, other.store, "late: {is_late}");
    }
}

#[test]
fn a_repeat_is_taken_back_when_the_answer_to_the_first_comes_after_all() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let first = world.take("/auth/refresh");
    world.advance(15_000);
    world.until("/auth/refresh");
    let repeat = world.open.last().unwrap().0;
    let body = world.tokens(300, "r2");
    let answer = world.plain(200, &body);
    world.feed(Input::Answered {
        request: first,
        outcome: Ok(answer),
    });
    assert!(world.store.as_ref().unwrap().contains("r2"));
    assert_eq!(
        world.cancelled,
        [repeat],
        "if it has not left yet, it would carry a token that is used up"
    );
}
