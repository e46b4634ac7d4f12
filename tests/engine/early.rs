//! What a stored session lets a page show and send before it has an engine.

use hallpass::Json;
use hallpass::core::Options;

use crate::world::{STAMP, World, check, jwt_stored};
use hallpass::core::{
    Config, Effect, Engine, Input, Mono, Now, Secret, Snapshot, Status, StorageState, Wall,
};

/// What a page that starts at `wall` takes from the store, read as `pkg/src/stored.js` reads it.
fn taken(stored: &str, stamp: u32, wall: i64) -> Option<(Snapshot, String)> {
    let (open, seal) = stored.strip_suffix('}')?.rsplit_once(r#","stamp":"#)?;
    let add = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    let hash = open.as_bytes().iter().fold(0x811C_9DC5 ^ stamp, add);
    let record = Json::parse(stored.strip_prefix("hallpass/1 ")?)?;
    let number = |name| record.get(name)?.as_i64();
    let is_good = seal == hash.to_string() && number("from")? <= wall && wall < number("until")?;
    let skew = number("skew")?;
    let here = |name| Some(Wall(number(name)? - skew));
    let ends_at = here("endsAt");
    let snapshot = Snapshot {
        status: Status::SignedIn,
        user: record.get("user"),
        reason: None,
        expires_at: ends_at,
        issued_at: ends_at.and(here("issuedAt")),
        storage: StorageState::Ok,
    };
    is_good.then_some((snapshot, record.get("access")?.as_string()?))
}

/// An engine that starts with what was written, at whatever moment of the pass, shows and sends the same.
pub fn equals_an_engine(config: &Config, written: &str) {
    let Some(record) = written.strip_prefix("hallpass/1 ").and_then(Json::parse) else {
        return;
    };
    let number = |name| record.get(name).and_then(|number| number.as_i64());
    let (Some(from), Some(until)) = (number("from"), number("until")) else {
        return;
    };
    assert!(taken(written, STAMP, from - 1).is_none() && taken(written, STAMP + 1, from).is_none());
    assert!(taken(written, STAMP, until).is_none());
    for wall in [from, from.midpoint(until), until - 1]
        .into_iter()
        .filter(|wall| (from..until).contains(wall))
    {
        let (snapshot, token) = taken(written, STAMP, wall).unwrap();
        for seed in 0..4 {
            let engine = started(config.clone(), written, wall, seed);
            let what = format!("{written} at {wall}");
            assert_eq!(engine.snapshot(), &snapshot, "{what}");
            assert!(engine.pass().is_some(), "no pass: {what}");
            let credential = engine.credential().unwrap();
            assert!(credential.expose().ends_with(&token), "{what}");
        }
    }
}

fn started(config: Config, stored: &str, wall: i64, seed: u64) -> Engine {
    let now = Now {
        mono: Mono(17),
        wall: Wall(wall),
    };
    let mut engine = Engine::new(config, now);
    let effects = engine.handle(now, Input::Start { seed });
    assert!(matches!(effects[..], [Effect::Load]), "{effects:?}");
    let effects = engine.handle(now, Input::Loaded(Ok(Some(Secret::new(stored.into())))));
    let is_quiet = |effect: &Effect| {
        !matches!(
            effect,
            Effect::Send { .. } | Effect::Remove | Effect::Save(_)
        )
    };
    assert!(effects.iter().all(is_quiet), "{effects:?}");
    engine
}

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
