//! A question that failed, a store that is slow, a pause that others end: every wait ends, and nothing that has to be asked is forgotten.

use crate::world::{World, at, header, headers_of, jwt_stored};
use hallpass::core::{
    Input, LoadFailure, Message, Mode, Options, PageEvent, Redirects, Secret, Status, StorageKind,
    Word,
};
use hallpass::{Code, Reason};

fn session() -> World {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, r#"{"user":{"id":1,"name":"Ada"}}"#);
    world
}

/// A token for five minutes, and a cookie that renews it.
fn hybrid() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world
}

/// Another tab says that somebody else has signed in.
fn somebody_else(world: &mut World) {
    let message = Message {
        subject: 99,
        login: world.now().wall.0,
        ..world.message_of(Word::SignedIn)
    };
    world.feed(Input::Message(message));
}

fn shown(world: &World) -> Option<String> {
    world.snapshot().user.as_ref()?.get("name")?.as_string()
}

#[test]
fn a_slow_store_and_a_login_elsewhere_leave_no_wait_without_an_end() {
    for is_answered in [false, true] {
        let graces = World::of_grace(265_000).store;
        let mut world = World::signed_in(jwt_stored());
        world.advance(262_000);
        if is_answered {
            world.until("/auth/refresh");
        } else {
            while world.engine.pass().unwrap().1.0 > world.mono + 500 {
                world.advance(100);
            }
        }
        // The store is asynchronous: two reads are under way, of who looks and of the refresh.
        world.store_hangs = true;
        world.feed(Input::Page(PageEvent::StoreChanged));
        if is_answered {
            let body = world.tokens(300, "r2");
            world.answer("/auth/refresh", 200, &body);
        } else {
            world.advance(600);
        }
        for _ in 0..2 {
            world.feed(Input::Loaded(Ok(graces.clone().map(Secret::new))));
        }
        assert!(!world.holds_lock, "answered: {is_answered}");
        assert_eq!(world.subject().as_deref(), Some("grace"));
        world.store_hangs = false;
        world.store = graces;
        world.until_due();
        let call = world.refresh();
        let body = world.tokens_of("grace", 300, "g2");
        world.answer("/auth/refresh", 200, &body);
        assert!(world.outcome(call).is_ok());
    }
}

#[test]
fn an_answer_is_not_taken_for_a_refusal_since_the_store_had_news_meanwhile() {
    let (mut world, other) = World::behind();
    world.make_due();
    world.store_hangs = true;
    world.feed(Input::Page(PageEvent::StoreChanged));
    if world.is_open("/auth/refresh") {
        let body = world.tokens(300, "r9");
        world.answer("/auth/refresh", 200, &body);
    }
    for _ in 0..3 {
        world.feed(Input::Loaded(Ok(other.store.clone().map(Secret::new))));
    }
    assert_eq!(world.status(), Status::SignedIn, "{:?}", world.journal());
}

#[test]
fn a_question_that_failed_once_is_asked_again() {
    for failure in [503, 429, 0] {
        let mut world = session();
        somebody_else(&mut world);
        if failure == 0 {
            world.fail("/auth/me");
            // A redirect to another origin looks the same.
            assert_eq!(world.request("/auth/me").redirects, Redirects::Answer);
            world.fail("/auth/me");
        } else {
            world.answer("/auth/me", failure, "");
        }
        let call = world.post();
        assert_eq!(world.code(call), Code::RefreshUnavailable, "{failure}");
        world.until("/auth/me");
        world.answer("/auth/me", 200, r#"{"user":{"id":2,"name":"Grace"}}"#);
        assert_eq!(shown(&world).as_deref(), Some("Grace"), "{failure}");
    }
}

#[test]
fn a_hybrid_tab_asks_again_who_is_signed_in_long_before_its_token_ends() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(3_600, "");
    world.answer("/auth/refresh", 200, &body);
    somebody_else(&mut world);
    world.answer("/auth/refresh", 503, "");
    world.until("/auth/refresh");
    let body = world.tokens_of("grace", 3_600, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.subject().as_deref(), Some("grace"));
}

#[test]
fn news_of_another_tab_ends_a_pause_that_the_server_did_not_ask_for() {
    let failing = |retry_after: Option<&str>| {
        let mut world = hybrid();
        world.make_due();
        for _ in 0..6 {
            world.until("/auth/refresh");
            world.answer("/auth/refresh", 503, "");
        }
        if retry_after.is_some() {
            world.until("/auth/refresh");
            let mut answer = world.plain(503, "");
            answer.retry_after = retry_after.map(str::to_owned);
            world.answer_with("/auth/refresh", answer);
        }
        world
    };
    for word in [Word::SignedIn, Word::Refreshed] {
        let mut world = failing(None);
        assert!(!world.is_open("/auth/refresh"));
        world.message(word);
        assert!(world.is_open("/auth/refresh"), "{word:?}");
        let mut world = failing(Some("600"));
        world.message(word);
        assert!(!world.is_open("/auth/refresh"), "{word:?}");
    }
}

#[test]
fn a_profile_that_could_not_be_had_is_asked_for_again() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..Options::new(Mode::Jwt)
    });
    let login = world.login();
    let body = r#"{"access_token":"opaque","expires_in":3600,"refresh_token":"r"}"#;
    world.answer("/auth/login", 200, body);
    world.answer("/auth/me", 503, "");
    assert!(world.outcome(login).is_ok());
    world.advance(400);
    assert!(!world.is_open("/auth/me"), "not at once");
    world.until("/auth/me");
    world.answer("/auth/me", 200, r#"{"id":1,"name":"Ada"}"#);
    assert_eq!(shown(&world).as_deref(), Some("Ada"));
    world.advance(600_000);
    assert!(!world.is_open("/auth/me"));
}

#[test]
fn an_attempt_is_not_forgotten_when_the_keys_are_out_of_reach() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let key = |world: &World| {
        let headers = headers_of(world.request("/auth/refresh"));
        header(&headers, "Idempotency-Key")
    };
    let first = key(&world);
    world.fail("/auth/refresh");
    world.store_refuses = Some(LoadFailure::Unverified);
    world.until("/auth/refresh");
    assert_eq!(first, key(&world));
}

#[test]
fn a_session_that_could_not_be_written_gives_way_to_a_later_one() {
    let mut ada = World::new(jwt_stored());
    ada.saves_fail = true;
    ada.login();
    let body = ada.tokens(300, "r1");
    ada.answer("/auth/login", 200, &body);
    ada.saves_fail = false;
    ada.advance(10_000);
    let grace = World::of_grace(60_000);
    ada.store = grace.store.clone();
    ada.feed(Input::Message(grace.told.last().cloned().unwrap()));
    assert_eq!(ada.store, grace.store);
    assert_eq!(ada.subject().as_deref(), Some("grace"));
}

#[test]
fn other_tabs_tell_why_the_server_ended_the_session() {
    for (status, body, reason) in [
        (400, r#"{"error":"invalid_grant"}"#, Reason::RefreshRefused),
        (401, "", Reason::RefreshRefused),
    ] {
        for store_first in [true, false] {
            let mut one = World::signed_in(jwt_stored());
            let mut other = World::idle(jwt_stored());
            other.store = one.store.clone();
            let mut other = other.start();
            one.make_due();
            one.answer("/auth/refresh", status, body);
            assert_eq!(one.reason(), Some(reason));
            other.store = one.store.clone();
            if store_first {
                other.feed(Input::Page(PageEvent::StoreChanged));
            }
            for message in one.told.clone() {
                other.feed(Input::Message(message));
            }
            other.advance(2_000);
            assert_eq!(other.reason(), Some(reason), "store first: {store_first}");
        }
    }
}

#[test]
fn the_token_that_comes_after_a_logout_is_ended_too() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let logout = world.logout();
    world.answer("/auth/logout", 204, "");
    assert!(world.outcome(logout).is_ok());
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    let http = world.request("/auth/logout");
    assert_eq!(crate::world::body_of(http), r#"{"refresh_token":"r2"}"#);
    assert!(world.store.is_none() && world.status() == Status::SignedOut);
}

#[test]
fn a_start_that_waits_for_another_tab_says_soon_that_it_is_not_known_yet() {
    let mut world = World::idle(Options::new(Mode::Hybrid));
    world.lock_waits = true;
    let mut world = world.start();
    let ready = world.ready();
    world.advance(1_900);
    assert!(world.waits(ready));
    world.advance(200);
    assert!(world.outcome(ready).is_ok());
    assert_eq!(world.status(), Status::Restoring);
    world.feed(Input::LockGranted { waited: true });
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_refresh_that_goes_on_being_refused_by_the_status_alone_ends_the_session() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    for (times, body) in [(1, ""), (2, r#"{"detail":"Not Found"}"#)] {
        world.until("/auth/refresh");
        world.answer("/auth/refresh", 404, body);
        let is_over = times == 2;
        assert_eq!(world.status() == Status::SignedOut, is_over, "{times}");
    }
    assert_eq!(world.reason(), Some(Reason::RefreshRefused));
    // One that passes in between begins the count anew.
    let mut world = World::signed_in(jwt_stored());
    for _ in 0..4 {
        world.make_due();
        world.until("/auth/refresh");
        world.answer("/auth/refresh", 404, "");
        world.until("/auth/refresh");
        let body = world.tokens(300, "r");
        world.answer("/auth/refresh", 200, &body);
    }
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_visitor_of_whom_nothing_is_known_is_signed_out() {
    for (status, body) in [
        (400, r#"{"message":"A refresh token is required"}"#),
        (404, ""),
        (422, r#"{"detail":[]}"#),
        (204, ""),
        (200, "null"),
        (200, "{}"),
        (200, r#"{"accessToken":null}"#),
        (200, r#"{"ok":false,"accessToken":""}"#),
        (403, r#"{"error":"csrf_failed"}"#),
    ] {
        let mut world = World::new(Options::new(Mode::Hybrid));
        let call = world.get();
        world.answer("/auth/refresh", status, body);
        assert_eq!(world.status(), Status::SignedOut, "{status} {body}");
        assert_eq!(world.reason(), None);
        assert_eq!(world.sendings(call).len(), 1, "anybody may call");
    }
}

#[test]
fn what_stands_before_the_endpoint_ends_no_session_however_often() {
    for (status, body) in [
        (401, r#"{"message":"No API key found in request"}"#),
        (401, r#"{"code":"CSRF_FAILED","message":"no"}"#),
        (403, r#"{"message":"Missing Authentication Token"}"#),
        (403, "<html>firewall"),
        (404, r#"{"message":"no Route matched with those values"}"#),
        (
            404,
            r#"{"message":"Cannot POST /auth/refresh","error":"Not Found"}"#,
        ),
    ] {
        let mut world = World::signed_in(jwt_stored());
        world.make_due();
        for _ in 0..5 {
            world.until("/auth/refresh");
            world.answer("/auth/refresh", status, body);
        }
        assert_eq!(world.status(), Status::SignedIn, "{status} {body}");
    }
}

#[test]
fn a_filter_or_firewall_ends_no_session() {
    for body in [
        r#"{"message":"Forbidden"}"#,
        "",
        "<html>",
        r#"{"detail":"CSRF Failed"}"#,
    ] {
        let mut world = hybrid();
        world.make_due();
        world.answer("/auth/refresh", 403, body);
        assert_eq!(world.status(), Status::SignedIn, "refresh: {body}");

        let mut world = session();
        let call = world.get();
        world.api(call, 401);
        world.answer("/auth/me", 403, body);
        assert_eq!(world.status(), Status::SignedIn, "me: {body}");
        assert!(world.got_answer(call));
    }
}

#[test]
fn me_with_a_header_of_the_apps_own_follows_no_redirect() {
    let mut world = World::new(Options {
        header: "X-Token".into(),
        scheme: String::new(),
        me: at("/auth/me"),
        storage: Some(StorageKind::Memory),
        ..Options::new(Mode::Jwt)
    });
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert_eq!(world.request("/auth/me").redirects, Redirects::Refuse);
}

#[test]
fn a_token_that_is_refused_while_it_is_being_written_is_renewed_then() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    world.saves_hang = true;
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    let call = world.get();
    world.api(call, 401);
    assert!(world.waits(call) && world.open.is_empty());
    world.saves_hang = false;
    world.feed(Input::Saved(Ok(())));
    let body = world.tokens(300, "r3");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.sendings(call).len(), 2);
}

#[test]
fn a_page_that_comes_back_does_not_pause_for_what_failed_as_it_was_left() {
    let mut world = hybrid();
    world.make_due();
    for _ in 0..6 {
        world.until("/auth/refresh");
        world.fail("/auth/refresh");
    }
    assert!(!world.is_open("/auth/refresh"));
    world.feed(Input::Page(PageEvent::Hidden));
    world.feed(Input::Page(PageEvent::Restored));
    assert!(world.is_open("/auth/refresh"));
}

#[test]
fn whose_a_cookie_is_that_only_me_could_tell_is_told_to_the_other_tabs() {
    let mut world = World::new(Options {
        me: "/auth/me".into(),
        ..Options::new(Mode::Hybrid)
    });
    let opaque = r#"{"access_token":"opaque","expires_in":300}"#;
    world.answer("/auth/refresh", 200, opaque);
    world.told.clear();
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let named = |told: &hallpass::core::Message| told.word == Word::Refreshed && told.subject != 0;
    assert!(world.told.iter().any(named));
}

#[test]
fn who_has_come_while_a_login_without_a_cookie_asked_is_asked_for_afterwards() {
    let mut world = session();
    world.login();
    world.answer("/auth/login", 204, "");
    world.message(Word::SignedIn);
    world.answer("/auth/me", 401, "");
    assert!(world.is_open("/auth/me"));
}

#[test]
fn me_with_the_usual_header_follows_redirects() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..Options::new(Mode::Jwt)
    });
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert_eq!(world.request("/auth/me").redirects, Redirects::Follow);
}

#[test]
fn a_session_that_is_stored_is_not_over_as_the_endpoint_is_away() {
    let first = World::signed_in(jwt_stored());
    let mut world = World::idle(jwt_stored());
    world.store = first.store;
    world.mono = 310_000;
    let mut world = world.start();
    world.answer("/auth/refresh", 501, "");
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn a_start_does_not_wait_for_a_profile_that_need_not_come_from_me() {
    let options = || Options {
        me: at("/auth/me"),
        ..jwt_stored()
    };
    let mut first = World::new(options());
    first.login();
    let body = r#"{"access_token":"a1","refresh_token":"r1","expires_in":300}"#;
    first.answer("/auth/login", 200, body);
    let mut world = World::idle(options());
    world.store = first.store;
    world.mono = 300_000;
    let mut world = world.start();
    let ready = world.ready();
    let body = r#"{"access_token":"a2","refresh_token":"r2","expires_in":300}"#;
    world.answer("/auth/refresh", 200, body);
    assert!(world.is_open("/auth/me") && world.outcome(ready).is_ok());
}
