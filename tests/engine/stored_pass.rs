//! Reads what a stored session says to a page that starts, and holds an engine that starts with it against that.

use hallpass::Json;
use hallpass::core::{
    Config, Effect, Engine, Input, Mono, Now, Secret, Snapshot, Status, StorageState, Wall,
};

use super::STAMP;

/// What a page that starts at `wall` takes from the store, read as `pkg/src/stored.js` reads it.
pub fn taken(stored: &str, stamp: u32, wall: i64) -> Option<(Snapshot, String)> {
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

pub fn started(config: Config, stored: &str, wall: i64, seed: u64) -> Engine {
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
