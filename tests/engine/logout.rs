use crate::world::{World, body_of, header, headers_of, jwt_stored};
use hallpass::core::{Event, Input, Mode, Options, PageEvent, Reason, Status};

#[test]
fn a_logout_is_local_first_then_told() {
    let mut world = World::signed_in(jwt_stored());
    let call = world.logout();
    assert_eq!(
        (world.status(), world.reason(), world.events()),
        (
            Status::SignedOut,
            Some(Reason::Logout),
            vec![Event::SignedOut]
        )
    );
    assert_eq!(world.store, None);
    assert!(world.waits(call), "until the server has heard of it");
    let http = world.request("/auth/logout");
    assert!(http.keepalive && body_of(http).contains("r1"));
    assert!(
        header(&headers_of(http), "Authorization")
            .unwrap()
            .starts_with("Bearer ")
    );
    world.answer("/auth/logout", 204, "");
    assert!(world.outcome(call).is_ok());
}

#[test]
fn ec25_a_server_that_is_away_does_not_keep_anybody_signed_in() {
    for kind in ["network", "timeout", "503"] {
        let mut world = World::signed_in(jwt_stored());
        let call = world.logout();
        match kind {
            "network" => world.fail("/auth/logout"),
            "timeout" => world.advance(15_000),
            _ => world.answer("/auth/logout", 503, ""),
        }
        assert!(world.outcome(call).is_ok(), "{kind}");
        assert!(world.journal().contains(&"server not told of the logout"));
        world.open.clear();
        world.advance(100_000_000);
        assert!(world.open.is_empty(), "no timer fires afterwards");
    }
}

#[test]
fn logging_out_twice_or_when_nobody_is_signed_in_is_no_error() {
    let mut world = World::signed_in(jwt_stored());
    let (first, second) = (world.logout(), world.logout());
    assert!(world.waits(first) && world.waits(second));
    world.answer("/auth/logout", 200, "bye");
    assert!(world.outcome(first).is_ok() && world.outcome(second).is_ok());
    let third = world.logout();
    assert!(world.outcome(third).is_ok() && world.open.is_empty());
}

#[test]
fn without_a_logout_endpoint_it_ends_here() {
    let mut world = World::signed_in(Options {
        logout: hallpass::core::Endpoint::Absent,
        ..jwt_stored()
    });
    let call = world.logout();
    assert!(world.outcome(call).is_ok() && world.open.is_empty());
}

#[test]
fn calls_that_wait_are_told_that_nobody_is_signed_in() {
    let mut world = World::signed_in(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    world.advance(301_000);
    let call = world.get();
    world.logout();
    assert_eq!(world.error(call).reason, Some(Reason::Logout));
}

/// The server says that the session stands which was logged out of.
fn the_same_is_signed_in(world: &mut World, mode: Mode) {
    match mode {
        Mode::Session => world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#),
        _ => {
            let body = world.tokens(300, "y");
            world.answer("/auth/refresh", 200, &body);
        }
    }
}

/// In session mode, with a logout that the server has not heard of.
fn pending(mode: Mode) -> World {
    let mut world = World::new(Options::new(mode));
    match mode {
        Mode::Session => world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#),
        _ => {
            let body = world.tokens(300, "x");
            world.answer("/auth/refresh", 200, &body);
        }
    }
    let call = world.logout();
    world.fail("/auth/logout");
    assert!(world.outcome(call).is_ok());
    world
}

#[test]
fn ec25_a_logout_by_cookie_that_the_server_missed_is_told_at_the_next_start() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let before = pending(mode);
        let mut world = World::idle(Options::new(mode));
        world.store = before.store.clone();
        let mut world = world.start();
        assert!(!world.is_open("/auth/logout"), "whose session is it?");
        the_same_is_signed_in(&mut world, mode);
        assert_eq!(
            world.status(),
            Status::SignedOut,
            "the cookie must not bring the session back"
        );
        assert_eq!(world.reason(), Some(Reason::Logout));
        world.answer("/auth/logout", 204, "");
        assert_eq!(world.store, None);
    }
}

#[test]
fn ec25_back_online_the_server_is_told() {
    let mut world = pending(Mode::Session);
    world.feed(Input::Page(PageEvent::Online));
    world.answer("/auth/me", 401, "");
    assert_eq!(world.store, None, "there was nothing left to end");
    world.feed(Input::Page(PageEvent::Online));
    assert!(world.open.is_empty(), "once");
}

#[test]
fn a_login_makes_a_pending_logout_forgotten() {
    let mut world = pending(Mode::Session);
    world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.store, None);
    world.feed(Input::Page(PageEvent::Online));
    assert!(world.open.is_empty());
}

#[test]
fn the_note_of_a_pending_logout_holds_no_token() {
    let world = pending(Mode::Hybrid);
    assert_eq!(
        world.store.as_deref(),
        Some(r#"hallpass/1 {"logoutPending":true,"subject":943263163}"#)
    );
}

#[test]
fn ec16_a_page_that_comes_back_after_a_logout_asks_for_no_session() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = pending(mode);
        world.feed(Input::Page(PageEvent::Restored));
        the_same_is_signed_in(&mut world, mode);
        assert_eq!(world.status(), Status::SignedOut);
        assert!(world.is_open("/auth/logout"));
    }
}

#[test]
fn a_logout_that_is_refused_since_the_session_is_over_is_no_error() {
    for (status, body) in [
        (419, r#"{"message":"CSRF token mismatch."}"#),
        (403, ""),
        (404, ""),
    ] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
        let call = world.logout();
        world.answer("/auth/logout", status, body);
        assert!(world.waits(call), "{status}");
        world.answer("/auth/me", 401, "");
        assert!(world.outcome(call).is_ok(), "{status}");
        assert_eq!(world.store, None, "{status}");
        assert!(world.open.is_empty());
    }
}

#[test]
fn who_calls_after_a_logout_is_told_since_what_nobody_is_signed_in() {
    let mut world = World::signed_in(jwt_stored());
    world.logout();
    let call = world.refresh();
    assert_eq!(world.error(call).reason, Some(hallpass::Reason::Logout));
}

#[test]
fn a_logout_while_it_is_asked_whether_the_last_one_was_heard_waits_for_the_server() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = pending(mode);
        world.feed(Input::Page(PageEvent::Online));
        assert!(world.is_open("/auth/me") || world.is_open("/auth/refresh"));
        let again = world.logout();
        assert!(world.waits(again), "{mode:?}");
    }
}

#[test]
fn a_refused_logout_is_an_error_where_nobody_says_that_the_session_is_over() {
    for kind in ["it stands", "503", "timeout"] {
        let mut world = World::new(Options::new(Mode::Session));
        world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
        let call = world.logout();
        world.answer("/auth/logout", 405, "");
        match kind {
            "it stands" => world.answer("/auth/me", 200, r#"{"sub":"ada"}"#),
            "503" => world.answer("/auth/me", 503, ""),
            _ => world.advance(15_000),
        }
        assert_eq!(world.error(call).status, Some(405), "{kind}");
        assert_eq!(world.status(), Status::SignedOut);
        assert!(world.store.is_some(), "{kind}: it is tried again");
    }
}

#[test]
fn a_refused_logout_is_an_error_where_sessions_begin_by_pages_of_the_backend_too() {
    let mut world = World::new(Options {
        login: hallpass::core::Endpoint::Absent,
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    let call = world.logout();
    world.answer("/auth/logout", 403, "");
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert_eq!(world.error(call).status, Some(403));
    assert_eq!(world.status(), Status::SignedOut);
}

#[test]
fn a_login_waits_until_a_refused_logout_is_known_to_be_over() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    let logout = world.logout();
    world.answer("/auth/logout", 419, "");
    let login = world.login();
    assert!(!world.is_open("/auth/login"));
    world.answer("/auth/me", 401, "");
    assert!(world.outcome(logout).is_ok());
    world.answer("/auth/login", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(login).is_ok());
}

#[test]
fn the_session_that_a_logout_left_is_not_ended_while_a_login_waits() {
    let mut world = pending(Mode::Hybrid);
    world.feed(Input::Page(PageEvent::Online));
    world.login();
    the_same_is_signed_in(&mut world, Mode::Hybrid);
    assert!(world.is_open("/auth/login") && !world.is_open("/auth/logout"));
}

#[test]
fn without_a_logout_endpoint_the_note_of_a_refresh_that_is_out_stays() {
    let mut world = World::new(Options {
        logout: hallpass::core::Endpoint::Absent,
        ..Options::new(Mode::Hybrid)
    });
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.make_due();
    let note = world.store.clone();
    assert!(note.as_ref().unwrap().contains("attempt"));
    world.logout();
    assert_eq!(world.store, note);
}
