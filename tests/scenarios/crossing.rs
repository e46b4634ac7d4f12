//! Two requests are out, and the answers come in an order that nobody wished for.

use crate::world::{World, jwt_stored};
use hallpass::core::{Code, Input, Mode, Options, PageEvent, Reason, RequestId, Status, Word};

fn answered(world: &mut World, request: RequestId, status: u16, body: &str) {
    let answer = world.plain(status, body);
    world.feed(Input::Answered {
        request,
        outcome: Ok(answer),
    });
}

#[test]
fn a_late_answer_ends_the_wait_for_the_lock_too() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let late = world.take("/auth/refresh");
    world.lock_waits = true;
    world.advance(17_000);
    assert!(!world.is_open("/auth/refresh"), "the next attempt waits");
    let body = world.tokens(300, "r2");
    answered(&mut world, late, 200, &body);
    world.advance(100_000);
    assert!(!world.journal().contains(&"lock not granted"));
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec10_a_refresh_of_the_session_before_that_hangs_costs_the_new_one_nothing() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let _hangs = world.take("/auth/refresh");
    world.login();
    let body = world.tokens_of("grace", 20, "g1");
    world.answer("/auth/login", 200, &body);
    world.advance(14_000);
    let waiting = world.get();
    assert!(world.sendings(waiting).is_empty());
    world.advance(1_500);
    assert!(
        world.is_open("/auth/refresh"),
        "at once, without a cooldown: {:?}",
        world.journal()
    );
    world.answer("/auth/refresh", 401, "");
    assert_eq!(
        world.reason(),
        Some(Reason::RefreshRefused),
        "no answer of this session was lost"
    );
}

#[test]
fn ec10_the_timer_renews_after_a_refresh_of_the_session_before_has_ended() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let old = world.take("/auth/refresh");
    world.login();
    let body = world.tokens_of("grace", 20, "g1");
    world.answer("/auth/login", 200, &body);
    world.advance(12_000);
    answered(&mut world, old, 401, "");
    world.advance(1);
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
}

/// Signed out, with the question who is signed in under way again.
fn asked_again(mode: Mode) -> (World, &'static str) {
    let mut world = World::new(Options::new(mode));
    let path = if mode == Mode::Session {
        "/auth/me"
    } else {
        "/auth/refresh"
    };
    world.answer(path, 401, "");
    world.message(Word::SignedIn);
    (world, path)
}

#[test]
fn ec10_a_logout_beats_the_question_who_is_signed_in() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let (mut world, path) = asked_again(mode);
        let logout = world.logout();
        let body = match mode {
            Mode::Session => r#"{"user":{"sub":"ada"}}"#.into(),
            _ => world.tokens(300, "x"),
        };
        world.answer(path, 200, &body);
        assert_eq!(world.status(), Status::SignedOut, "{mode:?}");
        world.answer("/auth/logout", 204, "");
        assert!(world.outcome(logout).is_ok());
    }
}

#[test]
fn ec10_a_login_waits_for_a_logout_by_cookie_that_is_out() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = World::new(Options::new(mode));
        match mode {
            Mode::Session => world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#),
            _ => {
                let body = world.tokens(300, "x");
                world.answer("/auth/refresh", 200, &body);
            }
        }
        world.logout();
        let login = world.login();
        assert!(
            !world.is_open("/auth/login"),
            "the answer to the logout would clear the new cookie"
        );
        world.answer("/auth/logout", 204, "");
        let body = match mode {
            Mode::Session => r#"{"user":{"sub":"grace"}}"#.into(),
            _ => world.tokens_of("grace", 300, "x"),
        };
        world.answer("/auth/login", 200, &body);
        assert!(world.outcome(login).is_ok());
        assert_eq!(world.subject().as_deref(), Some("grace"));
    }
}

#[test]
fn ec10_a_login_that_waits_for_a_logout_goes_when_that_times_out() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let logout = world.logout();
    let login = world.login();
    world.advance(15_000);
    assert!(world.outcome(logout).is_ok());
    world.answer("/auth/login", 200, r#"{"user":{"sub":"grace"}}"#);
    assert!(world.outcome(login).is_ok());
    assert!(
        !world
            .store
            .as_ref()
            .is_some_and(|note| note.contains("logoutPending"))
    );
}

#[test]
fn ec10_no_refresh_by_cookie_starts_while_a_login_is_out() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.advance(265_000);
    let login = world.login();
    world.advance(12_000);
    let refresh = world.refresh();
    let waiting = world.get();
    assert!(
        !world.is_open("/auth/refresh"),
        "its answer would put the old session's cookie over the new one"
    );
    world.answer("/auth/login", 401, "");
    assert_eq!(world.code(login), Code::InvalidCredentials);
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(waiting).len(), 1);
    assert!(world.outcome(refresh).is_ok());
}

#[test]
fn ec10_a_refresh_by_cookie_that_waits_for_the_lock_gives_way_to_a_login() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.lock_waits = true;
    world.make_due();
    world.login();
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    assert!(world.is_open("/auth/login") && !world.is_open("/auth/refresh"));
    assert!(world.holds_lock, "for the cookie of the login");
    world.lock_waits = false;
    world.fail("/auth/login");
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
}

#[test]
fn a_login_at_once_and_wrong_leaves_the_restore_to_go_on() {
    let mut world = World::idle(Options::new(Mode::Hybrid));
    world.store_hangs = true;
    let mut world = world.start();
    let ready = world.ready();
    let login = world.login();
    world.store_hangs = false;
    world.feed(Input::Loaded(Ok(None)));
    world.answer("/auth/login", 401, "");
    assert_eq!(world.code(login), Code::InvalidCredentials);
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec09_an_aborted_login_leaves_the_refresh_to_go_on() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.advance(265_000);
    let login = world.login();
    world.advance(12_000);
    assert!(!world.is_open("/auth/refresh"));
    world.gone(login);
    world.advance(1);
    assert!(world.is_open("/auth/refresh"), "{:?}", world.journal());
}

#[test]
fn ec16_a_page_back_from_the_cache_while_a_logout_is_out_asks_for_no_session() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.logout();
    world.feed(Input::Page(PageEvent::Restored));
    assert!(!world.is_open("/auth/me"));
}

#[test]
fn ec21_a_late_answer_about_the_user_before_is_not_taken() {
    let mut world = World::new(Options {
        refresh: "/auth/refresh".into(),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.refresh();
    let late = world.take("/auth/refresh");
    world.lock_waits = true;
    world.advance(15_000);
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
    answered(&mut world, late, 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}
