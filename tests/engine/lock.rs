//! What happens under the lock between tabs, and without it.

use crate::world::World;
use hallpass::core::{Code, Input, Mode, Options, PageEvent, Status, Word};

const NOTE: &str = r#"hallpass/1 {"logoutPending":true}"#;

/// Signed in by cookie; the lock does not come any more.
fn signed_in(mode: Mode) -> World {
    let mut world = World::new(Options::new(mode));
    let (path, body) = match mode {
        Mode::Session => ("/auth/me", r#"{"user":{"sub":"ada"}}"#.to_owned()),
        _ => ("/auth/refresh", world.tokens(300, "x")),
    };
    world.answer(path, 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
    world.lock_waits = true;
    world
}

fn grant(world: &mut World) {
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
}

#[test]
fn ec10_a_login_by_cookie_waits_for_what_another_tab_has_under_way() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = signed_in(mode);
        let login = world.login();
        assert!(!world.is_open("/auth/login"), "{mode:?}");
        grant(&mut world);
        let body = world.tokens(300, "x");
        let body = if mode == Mode::Session {
            r#"{"user":{"sub":"ada"}}"#
        } else {
            &body
        };
        world.answer("/auth/login", 200, body);
        assert!(
            world.outcome(login).is_ok() && !world.holds_lock,
            "{mode:?}"
        );
    }
}

#[test]
fn ec03_a_login_that_waits_for_the_lock_in_vain_goes_without_it() {
    let mut world = signed_in(Mode::Hybrid);
    let login = world.login();
    world.advance(15_000);
    let body = world.tokens(300, "x");
    world.answer("/auth/login", 200, &body);
    assert!(world.outcome(login).is_ok());
    // The next refresh asks anew.
    world.make_due();
    assert!(!world.is_open("/auth/refresh"));
    grant(&mut world);
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn ec10_a_logout_is_local_at_once_and_told_when_the_lock_comes() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = signed_in(mode);
        let logout = world.logout();
        assert_eq!(world.status(), Status::SignedOut);
        assert!(world.store.as_ref().unwrap().contains("logoutPending"));
        assert!(!world.is_open("/auth/logout"));
        grant(&mut world);
        world.answer("/auth/logout", 204, "");
        assert!(world.outcome(logout).is_ok() && !world.holds_lock);
        assert_eq!(world.store, None);
    }
}

#[test]
fn ec03_a_logout_that_waits_for_the_lock_in_vain_is_told_without_it() {
    let mut world = signed_in(Mode::Hybrid);
    let logout = world.logout();
    world.advance(15_000);
    world.answer("/auth/logout", 204, "");
    assert!(world.outcome(logout).is_ok());
}

#[test]
fn ec10_a_login_elsewhere_while_a_logout_waited_leaves_nothing_to_tell() {
    for word in [true, false] {
        let mut world = signed_in(Mode::Hybrid);
        let logout = world.logout();
        // A login takes the note away; its word may come before the lock or after it.
        world.store = None;
        if word {
            world.message(Word::SignedIn);
        }
        grant(&mut world);
        assert!(
            !world.is_open("/auth/logout"),
            "the cookie is the other's now"
        );
        assert!(world.outcome(logout).is_ok());
        let body = world.tokens_of("grace", 300, "x");
        world.answer("/auth/refresh", 200, &body);
        assert_eq!(world.subject().as_deref(), Some("grace"));
    }
}

#[test]
fn ec10_a_logout_that_is_out_is_given_up_when_somebody_logs_in_elsewhere() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = signed_in(mode);
        let logout = world.logout();
        world.advance(15_000);
        let sent = world.open[0].0;
        assert!(world.is_open("/auth/logout"), "without the lock");
        world.store = None;
        world.message(Word::SignedIn);
        assert_eq!(world.cancelled, [sent], "it would clear the new cookie");
        assert!(world.outcome(logout).is_ok());
        assert_eq!(world.store, None);
    }
}

#[test]
fn ec10_a_login_elsewhere_is_taken_up_when_the_own_login_has_failed() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    let login = world.login();
    world.message(Word::SignedIn);
    world.answer("/auth/login", 401, "");
    assert_eq!(world.code(login), Code::InvalidCredentials);
    let body = world.tokens_of("grace", 300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));

    world.login();
    world.answer("/auth/login", 401, "");
    assert!(!world.is_open("/auth/refresh"), "nothing new was heard");
}

#[test]
fn ec10_the_retry_of_a_logout_does_not_go_without_the_lock() {
    for word in [PageEvent::Visible, PageEvent::Online] {
        let mut world = World::idle(Options::new(Mode::Hybrid));
        world.store = Some(NOTE.into());
        world.lock_waits = true;
        let mut world = world.start();
        world.advance(15_000);
        assert!(!world.is_open("/auth/logout"));
        assert_eq!(world.store.as_deref(), Some(NOTE));
        world.feed(Input::Page(word));
        grant(&mut world);
        let body = world.tokens(300, "x");
        world.answer("/auth/refresh", 200, &body);
        world.answer("/auth/logout", 204, "");
        assert_eq!(world.store, None);
    }
}

#[test]
fn ec13_a_tab_that_slept_through_the_wait_looks_before_it_tells_the_server() {
    let mut world = signed_in(Mode::Hybrid);
    world.logout();
    world.store = None;
    world.advance(15_000);
    assert!(!world.is_open("/auth/logout"));
}

#[test]
fn a_page_that_is_left_waits_for_no_lock_and_tells_of_its_logout_at_once() {
    let mut world = signed_in(Mode::Hybrid);
    world.make_due();
    let call = world.get();
    world.feed(Input::Page(PageEvent::Hidden));
    assert!(!world.is_open("/auth/refresh"));
    grant(&mut world);
    assert!(!world.holds_lock && !world.is_open("/auth/refresh"));
    world.feed(Input::Page(PageEvent::Restored));
    grant(&mut world);
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(call).len(), 1);

    world.logout();
    assert!(!world.is_open("/auth/logout"));
    world.feed(Input::Page(PageEvent::Hidden));
    assert!(world.is_open("/auth/logout"));
}

#[test]
fn a_login_waits_no_longer_for_the_lock_whatever_else_comes_to_wait_for_it() {
    let mut world = signed_in(Mode::Hybrid);
    world.login();
    for _ in 0..3 {
        world.advance(4_000);
        world.refresh();
        assert!(!world.is_open("/auth/login"));
    }
    world.advance(3_000);
    assert!(world.is_open("/auth/login"));
}

#[test]
fn ec16_what_came_to_wait_for_the_lock_as_the_page_was_left_asks_anew_when_it_is_back() {
    let mut world = signed_in(Mode::Hybrid);
    world.feed(Input::Page(PageEvent::Hidden));
    world.refresh();
    let login = world.login();
    // What was asked for in the cache comes to nothing.
    world.lock_waits = false;
    world.feed(Input::Page(PageEvent::Restored));
    let body = world.tokens(300, "x");
    for path in ["/auth/refresh", "/auth/login"] {
        if world.is_open(path) {
            world.answer(path, 200, &body);
        }
    }
    assert!(world.outcome(login).is_ok());
}

#[test]
fn ec25_the_answer_to_a_logout_that_was_given_up_takes_no_later_cookie_away() {
    let mut world = signed_in(Mode::Hybrid);
    world.logout();
    grant(&mut world);
    let sent = world.open[0].0;
    world.advance(15_000);
    assert_eq!(world.cancelled, [sent]);
    assert!(world.store.unwrap().contains("logoutPending"));
}

#[test]
fn ec08_a_refresh_by_cookie_that_was_overtaken_is_given_up_in_time() {
    let mut world = signed_in(Mode::Hybrid);
    world.make_due();
    grant(&mut world);
    let sent = world.open[0].0;
    world.message(Word::LoggedOut);
    assert!(world.holds_lock, "its cookie is still to come");
    world.advance(15_000);
    assert_eq!(world.cancelled, [sent]);
    assert!(!world.holds_lock);
}

#[test]
fn a_lock_that_does_not_come_for_a_refresh_is_not_noted_as_a_logout() {
    let mut world = signed_in(Mode::Hybrid);
    world.make_due();
    world.advance(60_000);
    let journal = world.journal();
    assert!(journal.contains(&"lock not granted"));
    assert!(!journal.contains(&"server not told of the logout"));
}

#[test]
fn ec16_a_login_that_gave_up_its_wait_as_the_page_was_left_asks_for_the_lock_again() {
    let mut world = signed_in(Mode::Session);
    let login = world.login();
    world.feed(Input::Page(PageEvent::Hidden));
    world.feed(Input::Page(PageEvent::Restored));
    assert!(world.waits(login) && !world.is_open("/auth/login"));
    grant(&mut world);
    assert!(world.is_open("/auth/login"));
}
