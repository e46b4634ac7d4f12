//! Who is the same person, and who is not: shown, told, and called as.

use crate::world::{World, at, jwt, jwt_stored};
use hallpass::Code;
use hallpass::core::Endpoint;
use hallpass::core::{
    CallId, Event, Fields, Input, Message, Mode, Options, PageEvent, Secret, ServerTime,
    SharedAccess, Status, StorageKind, UserSource, Word,
};

const NOBODY: (u16, &str) = (401, r#"{"error":"invalid_grant"}"#);

/// Hybrid, a visitor.
fn visitor(me: Endpoint) -> World {
    let mut world = World::new(Options {
        me,
        ..Options::new(Mode::Hybrid)
    });
    world.answer("/auth/refresh", NOBODY.0, NOBODY.1);
    world
}

fn token_of(world: &World, sub: &str, id: &str) -> String {
    let iat = world.server_now() / 1000;
    let end = iat + 300;
    jwt(&format!(
        r#"{{"sub":"{sub}","iat":{iat},"exp":{end},"jti":"{id}"}}"#
    ))
}

fn name(world: &World) -> Option<String> {
    world.snapshot().user.as_ref()?.get("name")?.as_string()
}

/// In session mode, as whoever `me` says.
fn session_of(me: &str) -> World {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 200, me);
    world.changes.clear();
    world
}

#[test]
fn two_tabs_that_were_told_of_one_person_in_two_ways_ask_once_each() {
    // The login names the user with a profile, the refresh by the token only; or the profile's name is all there is.
    for profile in [
        r#"{"id":7,"name":"Ada"}"#,
        r#"{"email":"ada@x.test","name":"Ada"}"#,
    ] {
        let mut tabs = [visitor(Endpoint::Usual), visitor(Endpoint::Usual)];
        tabs[0].login();
        let token = token_of(&tabs[0], "7", "0");
        let body = format!(r#"{{"access_token":"{token}","user":{profile}}}"#);
        tabs[0].answer("/auth/login", 200, &body);
        let mut refreshes = 0;
        for step in 0..(600 * 20) {
            for one in 0..2 {
                for message in std::mem::take(&mut tabs[one].told) {
                    tabs[1 - one].feed(Input::Message(message));
                }
            }
            for tab in &mut tabs {
                if tab.is_open("/auth/refresh") {
                    refreshes += 1;
                    let token = token_of(tab, "7", &step.to_string());
                    tab.answer(
                        "/auth/refresh",
                        200,
                        &format!(r#"{{"access_token":"{token}"}}"#),
                    );
                }
                tab.advance(50);
            }
        }
        assert!(
            (3..=8).contains(&refreshes),
            "{refreshes} in ten minutes, two lives of a token: {profile}"
        );
    }
}

#[test]
fn the_same_person_under_another_identifier_supersedes_nobody() {
    let mut world = World::new(Options {
        timed_refresh: false,
        ..jwt_stored()
    });
    world.login();
    let token = token_of(&world, "7", "1");
    let user = r#"{"email":"ada@x.test","name":"Ada"}"#;
    let body = format!(r#"{{"access_token":"{token}","refresh_token":"r1","user":{user}}}"#);
    world.answer("/auth/login", 200, &body);
    world.changes.clear();
    world.advance(310_000);
    let call = world.get();
    let token = token_of(&world, "7", "2");
    let user = r#"{"id":7,"email":"ada@new.test","name":"Ada"}"#;
    let body = format!(r#"{{"access_token":"{token}","refresh_token":"r2","user":{user}}}"#);
    world.answer("/auth/refresh", 200, &body);
    assert_eq!(world.events(), [Event::Refreshed]);
    assert_eq!(world.sendings(call).len(), 1);
}

#[test]
fn me_tells_a_new_profile_from_another_person() {
    for (before, after, event) in [
        (
            r#"{"pk":7,"email":"a@old.test"}"#,
            r#"{"pk":7,"email":"a@new.test"}"#,
            Event::UserChanged,
        ),
        (
            r#"{"id":7,"name":"Ida"}"#,
            r#"{"id":"7","name":"Ida"}"#,
            Event::UserChanged,
        ),
        (
            r#"{"account":{"id":7}}"#,
            r#"{"account":{"id":8}}"#,
            Event::SubjectChanged,
        ),
        (
            r#"{"Id":7,"Name":"Ida"}"#,
            r#"{"Id":8,"Name":"Ida"}"#,
            Event::SubjectChanged,
        ),
        (
            r#"{"login":"ida"}"#,
            r#"{"login":"bo"}"#,
            Event::SubjectChanged,
        ),
    ] {
        let mut world = session_of(before);
        world.refresh();
        world.answer("/auth/me", 200, after);
        assert_eq!(world.events(), [event], "{before} {after}");
    }
}

#[test]
fn the_app_names_the_member_that_identifies_a_person() {
    let mut world = World::new(Options {
        fields: Fields {
            subject: Some("card.number".into()),
            ..Fields::default()
        },
        ..Options::new(Mode::Session)
    });
    world.answer("/auth/me", 200, r#"{"id":1,"card":{"number":5}}"#);
    world.changes.clear();
    world.refresh();
    world.answer("/auth/me", 200, r#"{"id":2,"card":{"number":5}}"#);
    world.refresh();
    world.answer("/auth/me", 200, r#"{"id":2,"card":{"number":6}}"#);
    assert_eq!(world.events(), [Event::UserChanged, Event::SubjectChanged]);
}

#[test]
fn a_token_that_names_nobody_is_not_taken_for_the_user_who_was_shown() {
    let mut world = visitor(at("/auth/me"));
    world.login();
    let body = r#"{"access_token":"adas","expires_in":300,"user":{"id":1,"name":"Ada"}}"#;
    world.answer("/auth/login", 200, body);
    // Grace signs in in another tab: the cookie is hers.
    world.message(Word::SignedIn);
    let from_grace = Message {
        subject: 12_345,
        login: world.now().wall.0,
        ..world.message_of(Word::SignedIn)
    };
    world.feed(Input::Message(from_grace));
    let graces = r#"{"access_token":"graces","expires_in":300}"#;
    world.answer("/auth/refresh", 200, graces);
    if world.is_open("/auth/refresh") {
        world.answer("/auth/refresh", 200, graces);
    }
    assert_eq!(name(&world), None, "nobody knows yet who it is");
    world.answer("/auth/me", 200, r#"{"id":2,"name":"Grace"}"#);
    assert_eq!(name(&world).as_deref(), Some("Grace"));
    let call = world.get();
    assert_eq!(world.bearer(call).as_deref(), Some("Bearer graces"));
}

#[test]
fn the_profile_outlives_a_refresh_that_tells_of_nobody() {
    let mut world = visitor(at("/auth/me"));
    world.login();
    let body = r#"{"access_token":"a1","expires_in":300,"user":{"id":1,"name":"Ada"}}"#;
    world.answer("/auth/login", 200, body);
    world.changes.clear();
    world.make_due();
    let body = r#"{"access_token":"a2","expires_in":300}"#;
    world.answer("/auth/refresh", 200, body);
    assert_eq!(name(&world).as_deref(), Some("Ada"));
    assert_eq!(world.events(), [Event::Refreshed]);
    assert!(!world.is_open("/auth/me"));
}

#[test]
fn a_shared_token_of_somebody_without_a_name_is_not_taken() {
    let options = || Options {
        share_across_tabs: true,
        ..Options::new(Mode::Jwt)
    };
    let signed_in = |token: &str, mono| {
        let mut world = World::begun_at(mono, options());
        world.login();
        let body = format!(r#"{{"access_token":"{token}","expires_in":100,"refresh_token":"r"}}"#);
        world.answer("/auth/login", 200, &body);
        world
    };
    let ada = signed_in("adas", 0);
    let mut grace = signed_in("graces", 10_000);
    let shared = |world: &World, sub: &str| {
        let now = world.server_now();
        Message {
            access: Some(SharedAccess {
                token: Secret::new(sub.into()),
                ends_at: ServerTime(now + 300_000),
                issued_at: ServerTime(now),
            }),
            ..ada.told.last().unwrap().clone()
        }
    };
    let message = Message {
        word: Word::Refreshed,
        ..shared(&grace, "adas2")
    };
    grace.feed(Input::Message(message));
    let call = grace.get();
    assert_eq!(grace.bearer(call).as_deref(), Some("Bearer graces"));
    // Of the same login it is.
    let own = Message {
        login: grace.told.last().unwrap().login,
        word: Word::Refreshed,
        ..shared(&grace, "graces2")
    };
    grace.feed(Input::Message(own));
    let call = grace.get();
    assert_eq!(grace.bearer(call).as_deref(), Some("Bearer graces2"));
}

#[test]
fn a_logout_of_one_person_leaves_another_in_a_tab_of_its_own() {
    for storage in [StorageKind::Memory, StorageKind::Session] {
        let options = || Options {
            storage: Some(storage),
            ..Options::new(Mode::Jwt)
        };
        let signed_in = |sub: &str, mono| {
            let mut world = World::begun_at(mono, options());
            world.login();
            let body = world.tokens_of(sub, 300, "r1");
            world.answer("/auth/login", 200, &body);
            world
        };
        let mut ada = signed_in("ada", 0);
        ada.logout();
        let told = ada.told.last().cloned().unwrap();
        let mut grace = signed_in("grace", 5_000);
        grace.feed(Input::Message(told.clone()));
        assert_eq!(grace.status(), Status::SignedIn, "{storage:?}");
        assert!(grace.open.is_empty(), "and at the server");
        let mut also_ada = signed_in("ada", 5_000);
        also_ada.feed(Input::Message(told));
        assert_eq!(also_ada.status(), Status::SignedOut, "{storage:?}");
    }
}

#[test]
fn a_second_login_of_the_same_person_supersedes_no_call() {
    let mut world = World::signed_in(jwt_stored());
    world.advance(301_000);
    let call = world.get();
    assert!(world.waits(call));
    world.login();
    let body = world.tokens(300, "r2");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.sendings(call).len(), 1);
    world.advance(301_000);
    let call = world.get();
    world.login();
    let body = world.tokens_of("grace", 300, "r3");
    world.answer("/auth/login", 200, &body);
    assert_eq!(world.code(call), Code::Superseded);
}

#[test]
fn a_start_that_finds_somebody_tells_the_tabs_that_show_somebody_else() {
    let mut ada = session_of(r#"{"user":{"id":1,"name":"Ada"}}"#);
    let grace = session_of(r#"{"user":{"id":2,"name":"Grace"}}"#);
    for message in grace.told.clone() {
        ada.feed(Input::Message(message));
    }
    assert!(ada.is_open("/auth/me"));
    // Until it is answered, no call goes out as somebody else than who is shown.
    let call = ada.post();
    assert!(ada.sendings(call).is_empty() && ada.engine.pass().is_none());
    ada.answer("/auth/me", 200, r#"{"user":{"id":2,"name":"Grace"}}"#);
    assert_eq!(ada.code(call), Code::Superseded);
    assert_eq!(name(&ada).as_deref(), Some("Grace"));
    // Of the same person it is no news.
    for message in grace.told {
        ada.feed(Input::Message(message));
    }
    assert!(ada.open.is_empty());
}

#[test]
fn calls_that_waited_for_who_it_is_go_when_it_is_the_same() {
    let mut ada = session_of(r#"{"user":{"id":1,"name":"Ada"}}"#);
    let other = Message {
        subject: 99,
        ..ada.message_of(Word::SignedIn)
    };
    ada.feed(Input::Message(other));
    let call: CallId = ada.get();
    assert!(ada.sendings(call).is_empty());
    ada.answer("/auth/me", 200, r#"{"user":{"id":1,"name":"Ada"}}"#);
    assert_eq!(ada.sendings(call).len(), 1);
}

#[test]
fn who_comes_back_to_a_page_is_asked_about_again() {
    let mut world = session_of(r#"{"user":{"id":1}}"#);
    world.feed(Input::Page(PageEvent::Visible));
    assert!(world.open.is_empty(), "it was asked just now");
    world.advance(30_000);
    world.feed(Input::Page(PageEvent::Visible));
    world.answer("/auth/me", 401, "");
    assert_eq!(world.status(), Status::SignedOut);
    world.advance(30_000);
    world.feed(Input::Page(PageEvent::Visible));
    world.answer("/auth/me", 200, r#"{"user":{"id":1}}"#);
    assert_eq!(world.status(), Status::SignedIn);
}

#[test]
fn refresh_looks_again_whoever_is_signed_in() {
    let mut world = World::new(Options::new(Mode::Session));
    world.answer("/auth/me", 401, "");
    let call = world.refresh();
    world.answer("/auth/me", 200, r#"{"user":{"id":1}}"#);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.status(), Status::SignedIn);

    let mut world = visitor(Endpoint::Usual);
    let call = world.refresh();
    let body = world.tokens(300, "");
    world.answer("/auth/refresh", 200, &body);
    assert!(world.outcome(call).is_ok());
    assert_eq!(world.status(), Status::SignedIn);

    let mut world = visitor(Endpoint::Usual);
    let call = world.refresh();
    world.answer("/auth/refresh", NOBODY.0, NOBODY.1);
    assert_eq!(world.code(call), Code::SignedOut);
    assert!(world.open.is_empty(), "once");
}

#[test]
fn who_comes_back_at_once_is_not_asked_about_again() {
    let mut world = session_of(r#"{"id":7}"#);
    world.advance(29_000);
    world.feed(Input::Page(PageEvent::Visible));
    assert!(world.open.is_empty());
}

#[test]
fn an_answer_that_names_nobody_is_of_whom_another_tab_has_told() {
    let mut world = visitor(Endpoint::Absent);
    world.login();
    let body = r#"{"access_token":"one","user":{"id":7}}"#;
    world.answer("/auth/login", 200, body);
    world.message(Word::SignedIn);
    world.changes.clear();
    world.answer("/auth/refresh", 200, r#"{"access_token":"two"}"#);
    assert!(!world.events().contains(&Event::SubjectChanged));
    assert_eq!(
        world.snapshot().user.as_ref().unwrap().text(),
        r#"{"id":7}"#
    );
}

#[test]
fn a_stored_token_of_another_person_is_told_though_the_session_is_the_same() {
    let mut world = World::new(jwt_stored());
    world.login();
    let (ada, grace) = (token_of(&world, "ada", "1"), token_of(&world, "grace", "2"));
    let body = format!(r#"{{"access_token":"{ada}","refresh_token":"r1"}}"#);
    world.answer("/auth/login", 200, &body);
    world.changes.clear();
    let stored = world.store.clone().unwrap().replace(&ada, &grace);
    world.store = Some(stored.replace(r#""sub":"ada""#, r#""sub":"grace""#));
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.events(), [Event::SubjectChanged]);
}

#[test]
fn me_changes_no_user_who_comes_from_the_token() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        refresh: Endpoint::Absent,
        user: UserSource::Token,
        ..Options::new(Mode::Jwt)
    });
    world.login();
    let token = token_of(&world, "ada", "1");
    let body = format!(r#"{{"access_token":"{token}"}}"#);
    world.answer("/auth/login", 200, &body);
    let refresh = world.refresh();
    world.answer("/auth/me", 200, r#"{"sub":"ada","name":"Ada"}"#);
    assert!(world.outcome(refresh).is_ok());
    assert_eq!(name(&world), None);
}

#[test]
fn a_profile_that_comes_later_is_no_word_to_other_tabs() {
    let mut world = World::new(Options {
        me: at("/auth/me"),
        ..jwt_stored()
    });
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    world.answer("/auth/me", 503, "");
    world.told.clear();
    world.until("/auth/me");
    world.answer("/auth/me", 200, r#"{"id":7}"#);
    assert_eq!(world.events().last(), Some(&Event::UserChanged));
    assert!(world.told.is_empty(), "{:?}", world.told);
}

#[test]
fn a_hybrid_page_that_is_seen_again_renews_nothing_for_that() {
    let mut world = World::new(Options::new(Mode::Hybrid));
    let body = world.tokens(300, "x");
    world.answer("/auth/refresh", 200, &body);
    world.feed(Input::Page(PageEvent::Visible));
    assert!(world.open.is_empty());
}

#[test]
fn a_profile_with_an_empty_place_for_who_it_is_is_of_nobody() {
    let fields = Fields {
        user: Some("account".into()),
        ..Fields::default()
    };
    for (fields, body, expected) in [
        (
            Fields::default(),
            r#"{"id":null,"name":"Guest"}"#,
            Status::SignedOut,
        ),
        (
            fields.clone(),
            r#"{"account":{"id":null,"name":"Guest"}}"#,
            Status::SignedOut,
        ),
        (
            fields.clone(),
            r#"{"account":{"id":7,"anonymous":true}}"#,
            Status::SignedOut,
        ),
        (fields.clone(), r#"{"account":"ada"}"#, Status::SignedOut),
        (
            fields,
            r#"{"account":{"id":7,"name":"Ada"}}"#,
            Status::SignedIn,
        ),
    ] {
        let mut world = World::new(Options {
            fields,
            ..Options::new(Mode::Session)
        });
        world.answer("/auth/me", 200, body);
        assert_eq!(world.status(), expected, "{body}");
    }
}

#[test]
fn a_stored_profile_of_another_person_is_told_where_the_tokens_tell_nothing() {
    let mut world = World::new(jwt_stored());
    world.login();
    let body = r#"{"access_token":"opaque","user":{"id":7}}"#;
    world.answer("/auth/login", 200, body);
    world.changes.clear();
    let stored = world.store.clone().unwrap().replace("opaque", "newer");
    world.store = Some(stored.replace(r#"{"id":7}"#, r#"{"id":8}"#));
    world.feed(Input::Page(PageEvent::StoreChanged));
    assert_eq!(world.events(), [Event::SubjectChanged]);
}
