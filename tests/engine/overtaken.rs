//! Answers and deadlines that something else has overtaken.

use crate::world::{World, jwt_stored};

use hallpass::core::{
    CallId, Code, Input, Message, Mode, Options, PageEvent, Secret, Status, Word,
};

/// Signed in by cookie, and a refresh is out.
fn refreshing() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.make_due();
    assert!(world.is_open("/auth/refresh"));
    world
}

#[test]
fn ec10_by_cookie_an_answer_from_before_a_login_elsewhere_is_not_believed() {
    for event in [
        Input::Message(World::new(Options::new(Mode::Hybrid)).message_of(Word::SignedIn)),
        Input::Page(PageEvent::Restored),
    ] {
        let mut world = refreshing();
        world.feed(event);
        let body = world.tokens_of("ada", 300, "x");
        world.answer("/auth/refresh", 200, &body);
        assert!(world.is_open("/auth/refresh"), "it is asked anew");
        let body = world.tokens_of("grace", 300, "x");
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(world.subject().as_deref(), Some("grace"));
    }
}

#[test]
fn what_another_tab_found_before_a_refresh_was_sent_does_not_outdate_its_answer() {
    let mut world = refreshing();
    let mut found = world.message_of(Word::Refreshed);
    found.subject = 7;
    world.feed(Input::Message(found));
    let body = world.tokens_of("grace", 300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
    assert!(!world.is_open("/auth/refresh"), "{:?}", world.journal());
}

#[test]
fn ec10_who_is_signed_in_is_asked_anew_if_somebody_logs_in_while_it_is_asked() {
    let mut world = World::new(Options::new(Mode::Session));
    let before = world.take("/auth/me");
    world.message(Word::SignedIn);
    let answer = world.plain(200, r#"{"user":{"sub":"ada"}}"#);
    world.feed(Input::Answered {
        request: before,
        outcome: Ok(answer),
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn ec02_a_call_is_sent_again_though_another_tabs_result_is_adopted_first() {
    let (mut world, other) = World::behind();
    let call = world.get();
    world.api(call, 401);
    assert!(world.is_open("/auth/refresh"));
    world.store = other.store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.sendings(call).len(), 2);
}

#[test]
fn ec11_what_another_tab_renewed_ends_the_pause() {
    let (mut world, other) = World::behind();
    world.make_due();
    world.answer("/auth/refresh", 503, "");
    world.store = other.store;
    world.feed(Input::Page(PageEvent::StoreChanged));
    let call = world.get();
    world.api(call, 401);
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
}

#[test]
fn ec12_the_end_of_the_pause_is_its_deadline_and_not_its_timer() {
    let mut world = World::signed_in(Options::new(Mode::Jwt));
    world.make_due();
    world.answer("/auth/refresh", 503, "");
    // No timer has fired.
    world.mono += 3_600_000;
    let call = world.get();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(call).len(), 1);
}

#[test]
fn ec03_a_page_that_thaws_waits_for_the_answer_before_its_time_is_up() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.mono += 120_000;
    world.feed(Input::Tick);
    assert!(world.holds_lock, "nobody else may send the same token");
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    assert!(!world.holds_lock && world.store.as_ref().unwrap().contains("r2"));

    world.until_due();
    world.mono += 120_000;
    world.feed(Input::Tick);
    world.advance(2_000);
    assert!(!world.holds_lock, "not for ever");
}

#[test]
fn ec20_after_a_wait_for_the_lock_the_store_is_given_a_moment() {
    let (mut world, other) = World::behind();
    world.lock_waits = true;
    world.advance(272_000);
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: true });
    assert!(!world.is_open("/auth/refresh"));
    world.store = other.store;
    world.advance(100);
    assert!(!world.is_open("/auth/refresh") && !world.holds_lock);
}

/// Accepted, and `me` is asked who it is.
fn asking() -> (World, CallId) {
    let mut world = World::new(Options {
        me: "/auth/me".into(),
        ..jwt_stored()
    });
    let login = world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert!(world.waits(login));
    (world, login)
}

#[test]
fn a_login_whose_session_ends_while_it_asks_who_it_is_says_so() {
    let (mut world, login) = asking();
    world.message(Word::LoggedOut);
    assert_eq!(world.code(login), Code::Superseded);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_login_asks_again_who_it_is_if_a_refresh_has_told_of_somebody_else_meanwhile() {
    let mut world = World::new(Options {
        refresh: "/auth/refresh".into(),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let login = world.login();
    world.answer("/auth/login", 200, "{}");
    world.refresh();
    world.answer("/auth/refresh", 200, r#"{"user":{"sub":"grace"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    assert!(world.outcome(login).is_ok());
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn a_login_that_waits_for_a_refresh_goes_on_if_the_store_says_that_somebody_logged_out() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let login = world.login();
    assert!(!world.is_open("/auth/login"), "it waits for the refresh");
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(login).is_ok());
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn by_cookie_a_refresh_is_given_up_for_a_login_that_began_since_and_for_no_older_one() {
    for (later, is_given_up) in [(-1, false), (0, false), (1, true)] {
        let mut world = World::new(Options::new(Mode::Hybrid));
        let body = world.tokens(300, "x");
        world.answer("/auth/refresh", 200, &body);
        world.until_due();
        let (sent, at) = (world.open[0].0, world.now().wall.0);
        world.advance(1_000);
        let login = Message {
            login: at + later,
            ..world.message_of(Word::SignedIn)
        };
        world.feed(Input::Message(login));
        assert_eq!(world.cancelled.contains(&sent), is_given_up, "{later}");
    }
}

#[test]
fn a_profile_that_is_on_its_way_is_asked_for_once_though_a_newer_token_is_taken_up() {
    let (mut world, _) = asking();
    world.answer("/auth/me", 503, "");
    let mut again = World::idle(Options {
        me: "/auth/me".into(),
        ..jwt_stored()
    });
    again.store = world.store;
    let mut world = again.start();
    assert!(world.is_open("/auth/me"));
    let newer = world.store.clone().unwrap().replace("opaque", "newer");
    world.store = Some(newer);
    world.feed(Input::Page(PageEvent::StoreChanged));
    let call = world.get();
    assert_eq!(world.bearer(call).as_deref(), Some("Bearer newer"));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.subject().as_deref(), Some("ada"));
}

#[test]
fn ec20_after_that_moment_the_refresh_is_sent_if_there_is_no_news() {
    let (mut world, _) = World::behind();
    world.lock_waits = true;
    world.advance(272_000);
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: true });
    world.advance(100);
    assert!(world.is_open("/auth/refresh") && world.holds_lock);
}

#[test]
fn a_login_that_is_answered_after_the_session_of_before_has_ended_by_itself_counts() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let login = world.login();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    let body = world.tokens(300, "r2");
    assert_eq!(world.status(), Status::SignedOut);
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(login).is_ok());
    assert_eq!(world.status(), Status::SignedIn);
    assert!(world.store.unwrap().contains("r2"));
}

#[test]
fn what_was_adopted_while_the_store_was_read_is_not_replaced_by_an_older_answer() {
    let (mut world, other) = World::behind();
    world.make_due();
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    let body = world.tokens(300, "r9");
    world.answer("/auth/refresh", 200, &body);
    let stored = other.store.unwrap();
    for _ in 0..2 {
        world.feed(Input::Loaded(Ok(Some(Secret::new(stored.clone())))));
    }
    let token = world.engine.credential().unwrap();
    let token = token.expose().strip_prefix("Bearer ").unwrap();
    assert!(stored.contains(token), "{:?}", world.journal());
}
