//! What a stored session lets a page show and send before it has an engine.

use hallpass::Json;
use hallpass::core::{Engine, Input, Mono, Now, Options, Secret, Snapshot, Wall};

use crate::world::stored_pass::{started, taken};
use crate::world::{STAMP, World, check, jwt_stored};

#[test]
fn every_stored_session_says_from_when_to_when_it_needs_no_engine() {
    let mut world = World::signed_in(jwt_stored());
    let written = |world: &World| {
        let record = world.store.as_deref().unwrap();
        let (snapshot, _) = taken(record, STAMP, world.now().wall.0).unwrap();
        assert_eq!(&snapshot, world.engine.snapshot());
        member(record, "until").unwrap() - world.now().wall.0
    };
    // Five minutes, less the leeway and the longest random delay.
    assert_eq!(written(&world), 300_000 - 35_000);
    world.make_due();
    let body = world.tokens(60, "r2");
    world.answer("/auth/refresh", 200, &body);
    // Not before half of its life is over.
    assert!((25_001..=30_000).contains(&written(&world)));
}

#[test]
fn without_a_refresh_token_it_holds_to_the_end_and_without_an_end_for_ever() {
    let mut world = World::new(jwt_stored());
    world.login();
    world.answer(
        "/auth/login",
        200,
        r#"{"access_token":"opaque","expires_in":300}"#,
    );
    let until = |world: &World| member(world.store.as_deref().unwrap(), "until").unwrap();
    assert_eq!(until(&world) - world.now().wall.0, 300_000);
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert_eq!(until(&world), 8_640_000_000_000_000);
}

#[test]
fn who_would_be_asked_about_first_is_not_shown_before() {
    let mut world = World::new(Options {
        me: "/auth/me".into(),
        ..jwt_stored()
    });
    world.login();
    world.answer("/auth/login", 200, r#"{"access_token":"opaque"}"#);
    assert_eq!(member(world.store.as_deref().unwrap(), "until"), None);
    world.answer("/auth/me", 200, r#"{"id":7}"#);
    assert!(member(world.store.as_deref().unwrap(), "until").is_some());
}

fn member(record: &str, name: &str) -> Option<i64> {
    Json::parse(record.strip_prefix("hallpass/1 ")?)?
        .get(name)?
        .as_i64()
}

/// `tests/packaging/start.test.js` reads the same sessions by what the package has for it.
#[test]
fn the_sessions_that_a_start_takes_up_are_those_of_an_engine() {
    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        record: String,
        now: i64,
        stamp: u32,
        expect: Option<Expected>,
    }
    #[derive(serde::Deserialize)]
    struct Expected {
        state: serde_json::Value,
        claims: serde_json::Value,
        token: String,
    }
    let cases = include_str!("../vectors/stored-sessions.json");
    for case in serde_json::from_str::<Vec<Case>>(cases).unwrap() {
        let Some(expected) = case.expect else {
            continue;
        };
        let config = check(jwt_stored()).unwrap().stamped(case.stamp);
        let engine = started(config, &case.record, case.now, 3);
        assert_eq!(listed(engine.snapshot()), expected.state, "{}", case.name);
        assert_eq!(json(engine.claims()), expected.claims, "{}", case.name);
        let credential = ["Bearer ", &expected.token].concat();
        assert_eq!(
            engine.credential().unwrap().expose(),
            credential,
            "{}",
            case.name
        );
        assert!(engine.pass().is_some(), "{}", case.name);
    }
}

fn listed(snapshot: &Snapshot) -> serde_json::Value {
    serde_json::json!([
        snapshot.status.as_str(),
        json(snapshot.user.as_ref()),
        snapshot.reason.map(|reason| reason.as_str()),
        snapshot.expires_at.map(|Wall(time)| time),
        snapshot.issued_at.map(|Wall(time)| time),
        snapshot.storage.as_str(),
    ])
}

fn json(value: Option<&Json>) -> serde_json::Value {
    value.map_or(serde_json::Value::Null, |value| value.to().unwrap())
}

#[test]
fn clocks_that_are_read_one_after_the_other_show_the_stored_times_all_the_same() {
    let mut world = World::signed_in(jwt_stored());
    let record = world.store.take().unwrap();
    let wall = world.now().wall.0;
    let now = |mono, wall| Now {
        mono: Mono(mono),
        wall: Wall(wall),
    };
    let config = check(jwt_stored()).unwrap();
    let mut engine = Engine::new(config, now(100, wall));
    let loaded = Input::Loaded(Ok(Some(Secret::new(record.clone()))));
    for (at, input) in [
        (now(101, wall), Input::Start { seed: 1 }),
        (now(101, wall + 2), loaded),
    ] {
        assert!(!engine.handle(at, input).is_empty());
    }
    assert_eq!(engine.snapshot(), &taken(&record, STAMP, wall).unwrap().0);
}

#[test]
fn with_a_short_leeway_it_stands_to_the_earliest_moment_of_that() {
    let world = World::signed_in(Options {
        leeway: 4.0,
        ..jwt_stored()
    });
    let until = member(world.store.as_deref().unwrap(), "until").unwrap();
    assert_eq!(until - world.now().wall.0, 300_000 - 4_000 - 1_000);
}
