//! Who waits for what, and what is not waited for.

use crate::world::{World, at, body_of, header, headers_of, jwt_stored};
use hallpass::core::{
    Code, CsrfSource, Endpoint, Event, FetchAnswer, Input, Message, Mode, Options, PageEvent,
    Reason, Secret, Status, Transport, Watch, Word,
};

fn session() -> World {
    crate::calls::session()
}

fn hybrid() -> World {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world
}

fn by_endpoint() -> Options {
    let source = CsrfSource::Endpoint {
        url: "/csrf".into(),
        field: None,
    };
    Options {
        csrf: Some(Some((source, "X-CSRF".into()))),
        ..Options::new(Mode::Session)
    }
}

#[test]
fn a_second_logout_tells_nobody_anything() {
    let mut world = hybrid();
    world.logout();
    world.answer("/auth/logout", 204, "");
    let again = world.logout();
    assert!(world.outcome(again).is_ok() && world.open.is_empty());
    assert_eq!(world.store, None);
}

#[test]
fn nor_does_one_while_a_refresh_from_before_the_first_is_out() {
    let mut world = hybrid();
    world.make_due();
    assert!(world.is_open("/auth/refresh"));
    world.message(Word::LoggedOut);
    let again = world.logout();
    assert!(world.outcome(again).is_ok());
    assert_ne!(
        world.store.as_deref(),
        Some(r#"hallpass/1 {"logoutPending":true}"#)
    );
}

#[test]
fn without_cookies_a_logout_while_a_login_is_out_only_ends_that() {
    let mut world = World::new(Options::new(Mode::Jwt));
    let (login, logout) = (world.login(), world.logout());
    assert_eq!(world.code(login), Code::Superseded);
    assert!(world.outcome(logout).is_ok() && world.open.is_empty());
}

#[test]
fn ec10_while_a_login_by_cookie_is_out_no_refresh_is_begun_or_noted() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    world.answer("/auth/refresh", 401, "");
    world.login();
    world.message(Word::SignedIn);
    assert!(!world.is_open("/auth/refresh"));
    assert_eq!(world.store, None);
}

#[test]
fn tabs_do_not_all_renew_at_the_same_moment() {
    let due = |seed| {
        let mut world = World::idle(jwt_stored());
        world.feed(Input::Start { seed });
        world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        world.until_due()
    };
    let all: std::collections::BTreeSet<_> = (1..9).map(|seed| due(seed << 40)).collect();
    assert!(all.len() > 4, "{all:?}");
}

#[test]
fn a_short_leeway_is_spread_by_a_quarter_of_it_at_most() {
    for seed in 1..20 {
        let mut world = World::idle(Options {
            leeway: 4.0,
            ..jwt_stored()
        });
        world.feed(Input::Start { seed: seed << 40 });
        world.login();
        let body = world.tokens(300, "r1");
        world.answer("/auth/login", 200, &body);
        let due = world.until_due();
        assert!((294_000..=297_000).contains(&due), "{due}");
    }
}

#[test]
fn the_answer_to_a_login_is_not_taken_for_the_answer_to_a_refresh() {
    let mut world = World::signed_in(jwt_stored());
    world.make_due();
    let login = world.login();
    assert!(world.is_open("/auth/refresh"));
    world.answer("/auth/login", 401, "");
    assert_eq!(world.code(login), Code::InvalidCredentials);
    assert_eq!(world.status(), Status::SignedIn);
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.events().contains(&Event::Refreshed));
}

#[test]
fn an_answer_to_nobody_changes_nothing() {
    let mut world = World::signed_in(jwt_stored());
    for status in [200, 401] {
        let outcome = Ok(world.plain(status, r#"{"user":{"sub":"grace"}}"#));
        let request = hallpass::core::RequestId(999);
        world.feed(Input::Answered { request, outcome });
    }
    assert_eq!(world.subject().as_deref(), Some("ada"));
    assert!(world.changes.is_empty());
}

#[test]
fn a_word_of_another_tab_does_not_lose_the_profile_that_is_on_its_way() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..Options::new(Mode::Jwt)
    });
    world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","expires_in":300}"#,
    );
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert_eq!(world.subject().as_deref(), Some("ada"));

    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    let login = world.login();
    world.answer("/auth/login", 204, "");
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    assert!(world.outcome(login).is_ok());
}

#[test]
fn while_it_is_asked_who_has_logged_in_other_tabs_may_go_on() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    world.login();
    assert!(world.holds_lock);
    world.answer("/auth/login", 204, "");
    assert!(world.is_open("/auth/me") && !world.holds_lock);
}

#[test]
fn ec25_a_logout_elsewhere_that_the_server_missed_is_told_by_this_tab_too() {
    let mut world = hybrid();
    world.make_due();
    world.store = Some(r#"hallpass/1 {"logoutPending":true}"#.into());
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.reason(), Some(Reason::LogoutElsewhere));
    world.feed(Input::Page(PageEvent::Online));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    world.answer("/auth/logout", 204, "");
    assert_eq!(world.store, None);
}

#[test]
fn a_logout_names_the_refresh_token_as_a_refresh_does() {
    let name = "rt".to_owned();
    for (transport, expected) in [
        (None, r#"{"refresh_token":"r1"}"#),
        (
            Some(Transport::Json {
                name: name.clone(),
                params: Vec::new(),
            }),
            r#"{"rt":"r1"}"#,
        ),
        (
            Some(Transport::Form {
                name,
                params: Vec::new(),
            }),
            r#"{"rt":"r1"}"#,
        ),
        (
            Some(Transport::Header {
                name: "X-Refresh".into(),
            }),
            r#"{"refresh_token":"r1"}"#,
        ),
    ] {
        let mut world = World::signed_in(Options {
            transport,
            ..jwt_stored()
        });
        world.logout();
        assert_eq!(body_of(world.request("/auth/logout")), expected);
    }
}

#[test]
fn ec24_a_logout_with_an_old_csrf_token_is_sent_once_more_with_a_new_one() {
    let mut world = World::new(by_endpoint());
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let logout = world.logout();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.answer("/auth/logout", 419, "");
    world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    let headers = headers_of(world.request("/auth/logout"));
    assert_eq!(header(&headers, "X-CSRF").as_deref(), Some("t2"));
    world.answer("/auth/logout", 204, "");
    assert!(world.outcome(logout).is_ok() && world.store.is_none());
}

#[test]
fn ec25_which_answers_end_a_logout_and_which_are_tried_again() {
    for (status, body, is_told) in [
        (200, "<html>bye</html>", true),
        (302, "", true),
        (401, "", true),
        (410, "", true),
        (404, "", false),
        (405, "", false),
        (429, "", false),
        (408, "", false),
        (500, "", false),
    ] {
        let mut world = session();
        world.logout();
        world.answer("/auth/logout", status, body);
        assert_eq!(world.store.is_none(), is_told, "{status}");
        world.feed(Input::Page(PageEvent::Online));
        assert_eq!(world.is_open("/auth/me"), !is_told, "{status}");
    }
}

#[test]
fn a_call_by_cookie_does_not_wait_for_me_when_the_foretold_end_has_come() {
    let mut world = World::new(Options::new(Mode::Session));
    let body = r#"{"user":{"sub":"ada"},"expires_in":300}"#;
    world.answer("/auth/me", 200, body);
    // No timer has fired.
    world.mono += 301_000;
    let call = world.get();
    assert_eq!(world.sendings(call).len(), 1);
    assert!(world.is_open("/auth/me"));
}

#[test]
fn a_call_by_cookie_is_not_sent_again_for_nothing_more_than_a_look_at_who_is_signed_in() {
    let mut world = session();
    let call = world.get();
    world.message(Word::SignedIn);
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.api(call, 401);
    assert_eq!(world.sendings(call).len(), 1, "the cookie is the same");
    assert!(world.is_open("/auth/me"));
}

#[test]
fn a_body_that_cannot_go_again_is_not_kept() {
    let keeps = |world: &World, call| match world.sendings(call).last().unwrap().watch {
        Watch::Yes { keep_body } => keep_body,
        Watch::No => false,
    };
    let mut world = World::signed_in(jwt_stored());
    let call = world.post();
    assert!(keeps(&world, call));
    world.api(call, 401);
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(!keeps(&world, call), "it was the only replay");

    let moved = FetchAnswer {
        status: 403,
        is_foreign: false,
        means_signed_out: None,
        csrf_moved: true,
        csrf_refused: false,
        wants_step_up: false,
    };
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    let call = world.post();
    world.api(call, 401);
    world.answer("/auth/refresh", 204, "");
    assert!(
        keeps(&world, call),
        "its CSRF token may be an old one as well"
    );
    world.api_with(call, moved);
    assert!(keeps(&world, call), "so may the next one be");
    world.api_with(call, moved);
    assert_eq!(world.sendings(call).len(), 4);
    assert!(!keeps(&world, call));
}

#[test]
fn a_refused_token_that_nothing_renews_ends_the_session_if_me_refuses_it_too() {
    for (status, body, stands) in [
        (200, r#"{"user":{"sub":"ada"}}"#, true),
        (503, "", true),
        (401, "", false),
    ] {
        let mut world = World::new(Options {
            me: at("/auth/me"),
            ..Options::new(Mode::Jwt)
        });
        world.login();
        let tokens = world.tokens(300, "");
        world.answer("/auth/login", 200, &tokens);
        let call = world.get();
        world.api(call, 401);
        world.answer("/auth/me", status, body);
        assert!(world.got_answer(call), "the 401 is the caller's: {status}");
        let reason = (!stands).then_some(Reason::TokenExpired);
        assert_eq!(world.reason(), reason, "{status}");
        let next = world.get();
        assert_eq!(world.bearer(next).is_some(), stands);
    }
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        me: Endpoint::Absent,
        ..Options::new(Mode::Hybrid)
    });
    assert!(world.is_open("/auth/refresh"));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn ec24_a_csrf_token_of_the_session_before_is_fetched_anew_for_those_who_wait() {
    for somebody_waits in [true, false] {
        let mut world = World::new(by_endpoint());
        world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
        let before = world.post();
        world.message(Word::SignedIn);
        world.answer("/auth/me", 200, r#"{"user":{"sub":"grace"}}"#);
        assert_eq!(world.code(before), Code::Superseded);
        let after = somebody_waits.then(|| world.post());
        world.answer("/csrf", 200, r#"{"token":"of ada"}"#);
        assert_eq!(world.is_open("/csrf"), somebody_waits);
        if let Some(call) = after {
            world.answer("/csrf", 200, r#"{"token":"t2"}"#);
            let sent = &world.sendings(call)[0].headers;
            assert_eq!(header(sent, "X-CSRF").as_deref(), Some("t2"));
        }
    }
}

#[test]
fn a_csrf_token_that_fits_no_header_is_none() {
    for token in ["".to_owned(), "x".repeat(4_097), "a\u{e9}".into()] {
        let mut world = World::new(by_endpoint());
        world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
        let call = world.post();
        world.answer("/csrf", 200, &format!(r#"{{"token":"{token}"}}"#));
        assert_eq!(world.code(call), Code::CsrfFailed);
    }
}

#[test]
fn ec16_a_renewal_that_was_asked_for_goes_on_when_the_page_comes_back() {
    let mut world = World::signed_in(jwt_stored());
    world.lock_waits = true;
    let call = world.refresh();
    world.feed(Input::Page(PageEvent::Hidden));
    world.feed(Input::Page(PageEvent::Restored));
    assert!(world.waits(call), "nothing has been renewed yet");
    world.holds_lock = true;
    world.feed(Input::LockGranted { waited: false });
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.outcome(call).is_ok());
}

#[test]
fn a_renewal_that_is_asked_for_during_the_start_is_answered_by_what_the_store_holds() {
    let mut world = World::idle(jwt_stored());
    let store = World::signed_in(jwt_stored()).store;
    world.store_hangs = true;
    let mut world = world.start();
    let call = world.refresh();
    world.feed(Input::Loaded(Ok(store.map(Secret::new))));
    assert!(world.outcome(call).is_ok());
    assert!(world.open.is_empty());
}

#[test]
fn one_caller_who_goes_takes_no_other_along() {
    let mut world = World::idle(jwt_stored());
    world.store_hangs = true;
    let mut world = world.start();
    let (gone, stays) = (world.ready(), world.ready());
    world.gone(gone);
    world.feed(Input::Loaded(Ok(None)));
    assert!(world.waits(gone) && world.outcome(stays).is_ok());
}

#[test]
fn a_refresh_call_waits_for_the_session_that_another_tab_began() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    let call = world.refresh();
    world.message(Word::SignedIn);
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert!(
        world.waits(call),
        "that answer may be of the session before"
    );
    let body = world.tokens_of("grace", 300, "");
    world.answer("/auth/refresh", 200, &body);
    let error = world.outcome(call).as_ref().unwrap_err();
    assert_eq!(error.code, Code::Superseded);
}

#[test]
fn a_login_that_waits_for_the_renewal_of_a_cookie_is_sent_after_it() {
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 401, "");
    assert!(world.is_open("/auth/refresh"));
    world.login();
    assert!(!world.is_open("/auth/login"));
    world.answer("/auth/refresh", 204, "");
    assert!(world.is_open("/auth/login"));
}

/// Answers the request to `path`: it may be asked again after so many seconds.
fn answer_after(world: &mut World, path: &str, seconds: &str) {
    let mut answer = world.plain(503, "");
    answer.retry_after = Some(seconds.into());
    world.answer_with(path, answer);
}

#[test]
fn a_refresh_call_of_nobody_does_not_wait_for_the_pause_that_the_server_names() {
    for (mode, path) in [(Mode::Session, "/auth/me"), (Mode::Hybrid, "/auth/refresh")] {
        let mut world = World::new(Options::new(mode));
        world.answer(path, 401, "");
        world.refresh();
        answer_after(&mut world, path, "3600");
        let call = world.refresh();
        assert_eq!(world.code(call), Code::RefreshUnavailable);
        assert_eq!(world.error(call).retry_after, Some(3600));
        world.advance(3_600_000);
        assert!(world.is_open(path), "it is asked all the same");
    }
}

/// How often `path` is asked within 100 seconds that always answers so.
fn asked_where_no_pause_is_named(world: &mut World, path: &str) -> u32 {
    let mut asked = 0;
    for _ in 0..1_000 {
        if world.is_open(path) {
            asked += 1;
            answer_after(world, path, "0");
        }
        world.advance(100);
    }
    asked
}

#[test]
fn a_server_that_fails_and_names_a_pause_of_nothing_is_asked_less_and_less_often() {
    let mut starting = World::new(Options::new(Mode::Session));
    let mut renewing = World::signed_in(jwt_stored());
    renewing.make_due();
    let mut nameless = World::new(Options {
        me: at("/auth/me"),
        ..Options::new(Mode::Jwt)
    });
    nameless.login();
    nameless.answer("/auth/login", 200, r#"{"access_token":"a"}"#);
    for (world, path) in [
        (&mut starting, "/auth/me"),
        (&mut renewing, "/auth/refresh"),
        (&mut nameless, "/auth/me"),
    ] {
        let asked = asked_where_no_pause_is_named(world, path);
        assert!((2..20).contains(&asked), "{asked} times at {path}");
    }
}

#[test]
fn a_start_that_joins_one_which_waits_for_another_tab_waits_no_longer_than_that() {
    let mut world = World::idle(Options::new(Mode::Hybrid));
    world.lock_waits = true;
    let mut world = world.start();
    let first = world.ready();
    world.advance(2_000);
    assert!(world.outcome(first).is_ok());
    let second = world.ready();
    world.advance(2_000);
    assert!(world.outcome(second).is_ok());
}

#[test]
fn a_login_that_waits_for_a_refresh_is_sent_when_that_is_given_up_for_a_login_elsewhere() {
    for mode in [Mode::Session, Mode::Hybrid] {
        let mut world = World::new(Options {
            refresh: at("/auth/refresh"),
            ..Options::new(mode)
        });
        if mode == Mode::Session {
            world.answer("/auth/me", 401, "");
        }
        world.login();
        assert!(!world.is_open("/auth/login"));
        world.advance(1_000);
        let elsewhere = Message {
            login: world.now().wall.0,
            ..world.message_of(Word::SignedIn)
        };
        world.feed(Input::Message(elsewhere));
        assert!(world.is_open("/auth/login"), "{mode:?}");
    }
}

#[test]
fn a_refresh_call_waits_for_no_flight_of_the_session_before_and_no_question_for_ever() {
    let mut world = World::signed_in(Options {
        me: at("/auth/me"),
        ..jwt_stored()
    });
    world.make_due();
    world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"a","refresh_token":"r9"}"#,
    );
    let call = world.refresh();
    let body = world.tokens(300, "r2");
    world.answer("/auth/refresh", 200, &body);
    world.answer("/auth/me", 200, r#"{"sub":"ada"}"#);
    assert!(world.outcome(call).is_ok());
}

#[test]
fn a_login_that_waits_for_a_refresh_is_sent_when_the_session_ends_before_that() {
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..by_endpoint()
    });
    world.answer("/auth/me", 200, r#"{"id":1}"#);
    world.refresh();
    world.answer("/csrf", 200, r#"{"token":"t1"}"#);
    world.login();
    let call = world.get();
    world.answer("/auth/refresh", 419, "");
    assert!(!world.is_open("/auth/login"), "the refresh goes again");
    world.feed(Input::FetchDoubtful { call });
    world.answer("/auth/me", 401, "");
    assert_eq!(world.status(), Status::SignedOut);
    while world.is_open("/csrf") {
        world.answer("/csrf", 200, r#"{"token":"t2"}"#);
    }
    assert!(world.is_open("/auth/login"));
}

#[test]
fn a_foretold_end_that_has_moved_is_asked_about_once() {
    let mut world = World::new(Options::new(Mode::Session));
    let ends_at = world.server_now() / 1000 + 60;
    let body = format!(r#"{{"user":{{"sub":"ada"}},"expiresAt":{ends_at}}}"#);
    world.answer("/auth/me", 200, &body);
    world.until("/auth/me");
    world.answer("/auth/me", 200, r#"{"user":{"sub":"ada"}}"#);
    world.advance(1_000);
    assert!(world.open.is_empty());
    assert_eq!(world.engine.next_deadline(), None);
}

#[test]
fn a_login_that_fails_at_the_start_renews_no_cookie_while_me_is_asked() {
    let mut world = World::new(Options {
        refresh: at("/auth/refresh"),
        ..Options::new(Mode::Session)
    });
    world.login();
    world.answer("/auth/login", 401, "");
    assert!(world.is_open("/auth/me") && !world.is_open("/auth/refresh"));
}
