use crate::world::{World, jwt_stored};
use hallpass::core::{
    Code, Event, Input, LoadFailure, Mode, Options, Outcome, PageEvent, Reason, Status, Word,
};

/// A page that starts with what another has stored, `later` ms on.
fn reloaded(options: Options, store: Option<String>, later: i64) -> World {
    let mut world = World::idle(options);
    world.store = store;
    world.wall += later;
    world.start()
}

fn stored() -> Option<String> {
    World::signed_in(jwt_stored()).store
}

#[test]
fn a_stored_session_with_a_good_token_is_there_at_once() {
    let mut world = reloaded(jwt_stored(), stored(), 10_000);
    assert_eq!(
        (world.status(), world.events()),
        (Status::SignedIn, vec![Event::Restored])
    );
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert!(world.open.is_empty());
    let call = world.get();
    assert!(world.bearer(call).is_some());
    world.advance(265_000);
    assert!(world.is_open("/auth/refresh"), "its end is known");
}

#[test]
fn an_expired_one_is_renewed_before_it_is_shown() {
    let mut world = reloaded(jwt_stored(), stored(), 400_000);
    assert_eq!(world.status(), Status::Restoring);
    let (ready, call) = (world.ready(), world.get());
    assert!(world.waits(ready) && world.waits(call));
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events(), [Event::Restored]);
    assert!(world.outcome(ready).is_ok() && world.sendings(call).len() == 1);
}

#[test]
fn ec01_an_expired_one_that_is_renewed_stands_while_the_store_is_looked_into_again() {
    for is_told in [false, true] {
        for fails in [false, true] {
            let mut world = reloaded(jwt_stored(), stored(), 400_000);
            let (ready, call) = (world.ready(), world.get());
            world.store_refuses = fails.then_some(LoadFailure::Broken);
            if is_told {
                // It has renewed, and this tab cannot see that yet.
                world.message(Word::Refreshed);
            } else {
                // It has noted that it begins.
                world.feed(Input::Page(PageEvent::StoreChanged));
            }
            assert_eq!(world.status(), Status::Restoring, "{is_told} {fails}");
            assert!(world.waits(ready) && world.waits(call));
            world.store_refuses = None;
            let body = world.tokens(300, "r2");
            world.answer("/auth/refresh", 200, &body);
            assert!(world.events().contains(&Event::Restored));
            assert!(world.outcome(ready).is_ok() && world.sendings(call).len() == 1);
        }
    }
}

#[test]
fn an_expired_one_that_is_refused_is_gone() {
    let mut world = reloaded(jwt_stored(), stored(), 400_000);
    let ready = world.ready();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!(
        (world.status(), world.reason()),
        (Status::SignedOut, Some(Reason::RefreshRefused))
    );
    assert!(world.outcome(ready).is_ok() && world.store.is_none());
}

#[test]
fn an_expired_one_stands_while_the_backend_is_down() {
    let mut world = reloaded(jwt_stored(), stored(), 400_000);
    let (ready, call) = (world.ready(), world.get());
    world.fail("/auth/refresh");
    assert_eq!(world.status(), Status::SignedIn);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.code(call), Code::RefreshUnavailable);
    world.until("/auth/refresh");
}

#[test]
fn an_expired_one_with_nothing_to_renew_it_is_a_typed_end() {
    let store = stored().unwrap().replace(r#""refresh":"r1","#, "");
    let world = reloaded(jwt_stored(), Some(store), 400_000);
    assert_eq!(
        (world.reason(), world.store),
        (Some(Reason::TokenExpired), None)
    );
}

#[test]
fn memory_starts_signed_out() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let ready = world.ready();
    assert!(matches!(world.outcome(ready), Ok(Outcome::Done)));
    assert_eq!(world.reason(), None);
}

#[test]
fn session_mode_asks_me() {
    for (status, body, expected) in [
        (200, r#"{"user":{"sub":"ada"}}"#, Status::SignedIn),
        (200, r#"{"sub":"ada"}"#, Status::SignedIn),
        (401, "", Status::SignedOut),
        (403, "{}", Status::SignedOut),
        (204, "", Status::SignedOut),
        (200, "null", Status::SignedOut),
        (200, "{}", Status::SignedOut),
        (200, r#"{"user":null}"#, Status::SignedOut),
        (503, "", Status::Restoring),
        (404, "", Status::SignedOut),
        (405, "", Status::SignedOut),
        (501, "<html>", Status::SignedOut),
        (302, "", Status::SignedOut),
        (200, "<html>", Status::SignedOut),
        (403, "<html>", Status::Restoring),
        (429, "", Status::Restoring),
    ] {
        let mut world = World::new(Options::new(Mode::Session));
        let ready = world.ready();
        world.answer("/auth/me", status, body);
        assert_eq!(world.status(), expected, "{status} {body}");
        assert!(world.outcome(ready).is_ok(), "starting never hangs");
        assert_eq!(world.reason(), None);
    }
}

#[test]
fn in_session_mode_the_end_survives_a_reload_as_me_tells_it_anew() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.login();
    let told = r#"{"user":{"sub":"ada"},"expiresAt":1800000060}"#;
    world.answer("/auth/login", 200, told);
    let before = world.snapshot().expires_at;
    assert!(before.is_some() && world.store.is_none(), "nothing is kept");
    let mut world = reloaded(Options::new(Mode::Session), None, 10_000);
    world.answer("/auth/me", 200, told);
    assert_eq!(world.snapshot().expires_at, before);
    world.advance(51_000);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn an_end_that_only_a_login_has_told_is_met_by_a_call_after_a_reload() {
    let renewing = Options {
        refresh: "/auth/refresh".into(),
        ..Options::new(Mode::Session)
    };
    let mut world = World::new(renewing);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.snapshot().expires_at, None);
    let call = world.get();
    world.api(call, 401);
    let told = r#"{"user":{"sub":"ada"},"expires_in":60}"#;
    world.answer("/auth/refresh", 200, told);
    assert!(world.snapshot().expires_at.is_some(), "it is known again");
    assert_eq!(world.sendings(call).len(), 2);
    world.api(call, 200);
    assert!(world.got_answer(call));

    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.get();
    world.api(call, 401);
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn a_page_in_place_of_an_endpoint_keeps_no_start_waiting() {
    for (mode, path) in [(Mode::Session, "/auth/me"), (Mode::Hybrid, "/auth/refresh")] {
        for (status, is_html, body) in [
            (200, true, "<!doctype html><div id=root></div>"),
            (200, false, "\n<!doctype html><div id=root></div>"),
            (404, true, "<h1>Not Found</h1>"),
            (405, true, "<h1>405 Not Allowed</h1>"),
            (501, true, "<p>Unsupported method ('POST')"),
            (404, false, r#"{"detail":"Not Found"}"#),
        ] {
            let mut world = World::new(Options::new(mode));
            let (ready, call) = (world.ready(), world.get());
            let mut answer = world.plain(status, body);
            answer.is_html = is_html;
            world.answer_with(path, answer);
            assert_eq!(
                world.status(),
                Status::SignedOut,
                "{mode:?} {status} {body}"
            );
            assert!(world.outcome(ready).is_ok());
            assert_eq!(world.sendings(call).len(), 1, "anybody may call");
        }
        // What may have been cut off, or is another's, is asked again.
        for (status, body) in [(200, r#"{"user":{"na"#), (502, "<html>"), (403, "<html>")] {
            let mut world = World::new(Options::new(mode));
            world.answer(path, status, body);
            assert_eq!(
                world.status(),
                Status::Restoring,
                "{mode:?} {status} {body}"
            );
            world.until(path);
        }
    }
}

#[test]
fn session_mode_recovers_when_the_backend_does() {
    let mut world = World::new(Options::new(Mode::Session));
    world.fail("/auth/me");
    let call = world.get();
    assert!(
        world.sendings(call)[0].include,
        "the cookie goes along whatever we know"
    );
    world.feed(Input::Page(PageEvent::Online));
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.events(), [Event::Restored]);
}

#[test]
fn a_me_that_hangs_ends_the_wait_in_time() {
    let mut world = World::new(Options::new(Mode::Session));
    let ready = world.ready();
    world.advance(15_000);
    assert!(world.outcome(ready).is_ok());
    world.open.clear();
    world.until("/auth/me");
}

#[test]
fn hybrid_mode_restores_by_a_refresh() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let call = world.get();
    assert!(world.request("/auth/refresh").include_credentials);
    let body = world.tokens(300, "ignored");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events(), [Event::Restored]);
    assert!(world.bearer(call).is_some());
    assert!(world.store.is_none(), "no token is ever stored");
}

#[test]
fn hybrid_mode_without_a_session_is_nobody_without_a_reason() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let call = world.get();
    world.answer("/auth/refresh", 400, r#"{"error":"invalid_grant"}"#);
    assert_eq!((world.status(), world.reason()), (Status::SignedOut, None));
    assert!(world.sendings(call)[0].headers.is_empty());
    assert!(world.told.is_empty());
}

#[test]
fn hybrid_mode_recovers_when_the_backend_does() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let (ready, call) = (world.ready(), world.get());
    world.answer("/auth/refresh", 503, "");
    assert_eq!(world.status(), Status::Restoring);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.code(call), Code::RefreshUnavailable);
    let next = world.get();
    assert_eq!(world.code(next), Code::RefreshUnavailable);
    world.until("/auth/refresh");
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_login_during_the_restore_counts() {
    let mut world = World::new(Options::new(Mode::Session));
    world.login();
    world.answer("/auth/login", 200, r#"{"user":{"sub":"grace"}}"#);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn ec16_back_from_the_cache_of_pages_the_session_is_checked() {
    let mut world = crate::calls::session();
    world.feed(Input::Page(PageEvent::Restored));
    world.answer("/auth/me", 401, "");
    assert_eq!(world.reason(), Some(Reason::SessionEnded));
}

#[test]
fn where_nothing_is_stored_a_start_reads_nothing() {
    let mut world = World::idle(Options::new(Mode::Jwt));
    world.store_hangs = true;
    let world = world.start();
    assert_eq!(world.status(), Status::SignedOut);
    assert_eq!(world.engine.next_deadline(), None);
}
