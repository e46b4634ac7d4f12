//! What is stored, and stores that are blocked, full, damaged or taken.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use serde_json::{Value, json};

use crate::common::*;

/// The two Web Storages.
const WEB: &[Mode] = &[Mode::JwtLocal, Mode::JwtSession];

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::EVERY_STORAGE) => tokens_are_stored_where_the_option_says_and_nowhere_else;
        by_core(&[Mode::Session, Mode::JwtLocal, Mode::JwtSealed]).all(Mode::EVERY_STORAGE) =>
            ec19_where_storage_throws_the_session_lives_in_the_page;
        by_core(Mode::JWT).all(WEB) =>
            ec19_where_nothing_can_be_written_the_session_lives_in_the_page,
            ec19_a_store_that_was_full_for_a_moment_is_used_again,
            a_damaged_record_of_ours_is_removed_and_told,
            ec29_a_record_of_a_newer_version_is_left_alone,
            another_apps_data_under_our_key_is_left_alone,
            a_store_that_somebody_cleared_ends_the_session;
        by_core(Mode::JWT) =>
            a_store_of_the_apps_own_keeps_the_session,
            ec19_a_store_of_the_apps_own_that_fails_is_told,
            ec19_a_store_of_the_apps_own_that_never_answers_does_not_stop_the_start;
    );
}

async fn tokens_are_stored_where_the_option_says_and_nowhere_else(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run("return { local: Object.keys(localStorage), session: Object.keys(sessionStorage), storage: auth.getSnapshot().storage };")
        .await?;
    let key = format!("hallpass:{}", case.client);
    let expected = match case.mode {
        Mode::JwtLocal | Mode::JwtSealed => {
            json!({ "local": [key], "session": [], "storage": "ok" })
        }
        Mode::JwtSession => json!({ "local": [], "session": [key], "storage": "ok" }),
        _ => json!({ "local": [], "session": [], "storage": "ok" }),
    };
    assert_eq!(seen, expected);
    Ok(())
}

async fn ec19_where_storage_throws_the_session_lives_in_the_page(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "for (const name of ['localStorage', 'sessionStorage'])
               Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
             await start();
             const before = state();
             await auth.login(ada);
             const signedIn = { state: state(), call: await call() };
             await auth.logout();
             return { before, signedIn, after: state() };",
        )
        .await?;
    let storage = if case.mode == Mode::JwtMemory {
        "ok"
    } else {
        "unavailable"
    };
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "storage": storage });
    let expected = json!({
        "before": { "status": "signed-out", "reason": null, "storage": storage },
        "signedIn": { "state": state, "call": 200 },
        "after": { "status": "signed-out", "reason": "logout" },
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec19_where_nothing_can_be_written_the_session_lives_in_the_page(
    case: &Case,
) -> Result<()> {
    let seen: Value = case
        .run(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
             await start();
             await auth.login(ada);
             return { state: state(), events: changes.map(({ event }) => event), call: await call(), stored: stored() };",
        )
        .await?;
    let state =
        json!({ "status": "signed-in", "user": "ada@example.com", "storage": "unavailable" });
    assert_has(&seen, &json!({ "state": state, "call": 200, "stored": [] }));
    let events = seen["events"].as_array().cloned().unwrap_or_default();
    assert!(events.contains(&json!("storage-changed")), "{seen}");

    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200, "it is renewed all the same");
    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn ec19_a_store_that_was_full_for_a_moment_is_used_again(case: &Case) -> Result<()> {
    let first: Value = case
        .run(
            "window.real = Storage.prototype.setItem;
             Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
             await start();
             await auth.login(ada);
             Storage.prototype.setItem = real;
             return state();",
        )
        .await?;
    assert_has(&first, &json!({ "storage": "unavailable" }));
    case.expire().await?;
    let second: Value = case.run("await call(); return state();").await?;
    assert_has(&second, &json!({ "storage": "ok" }));
    case.page.reload().await?;
    let third: Value = case.run("await start(); return state();").await?;
    assert_has(
        &third,
        &json!({ "status": "signed-in", "user": "ada@example.com" }),
    );
    Ok(())
}

/// Puts `value` under our key before the client is made.
async fn put(case: &Case, value: &str) -> Result<()> {
    case.run_with(
        json!({ "value": value }),
        "window.store = storageOf(); store.setItem(`hallpass:${client}`, args.value);",
    )
    .await
}

async fn a_damaged_record_of_ours_is_removed_and_told(case: &Case) -> Result<()> {
    for damaged in [
        "hallpass/1 {\"generation\":3,\"acc",
        "hallpass/1 []",
        "hallpass/1",
        "hallpass/1 {}",
    ] {
        put(case, damaged).await?;
        let seen: Value = case
            .run(
                "await start();
                 const before = state();
                 const left = stored();
                 await auth.login(ada);
                 const after = state();
                 auth.dispose();
                 return { before, left, after };",
            )
            .await?;
        let before = json!({
            "status": "signed-out", "reason": "stored_session_invalid", "storage": "ok",
        });
        let expected = json!({
            "before": before, "left": [], "after": { "status": "signed-in", "storage": "ok" },
        });
        assert_has(&seen, &expected);
    }
    Ok(())
}

async fn ec29_a_record_of_a_newer_version_is_left_alone(case: &Case) -> Result<()> {
    left_alone(case, "hallpass/2 {\"something\":\"new\"}").await
}

async fn another_apps_data_under_our_key_is_left_alone(case: &Case) -> Result<()> {
    left_alone(case, "{\"theirs\":true}").await
}

async fn left_alone(case: &Case, value: &str) -> Result<()> {
    put(case, value).await?;
    let seen: Value = case
        .run(
            "const read = () => store.getItem(`hallpass:${client}`);
             await start();
             const before = state();
             await auth.login(ada);
             const signedIn = { state: state(), call: await call(), value: read() };
             await auth.logout();
             return { before, signedIn, after: state(), value: read() };",
        )
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "storage": "occupied" });
    let expected = json!({
        "before": { "status": "signed-out", "reason": null, "storage": "occupied" },
        "signedIn": { "state": state, "call": 200, "value": value },
        "after": { "status": "signed-out", "reason": "logout" },
        "value": value,
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn a_store_that_somebody_cleared_ends_the_session(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run("storageOf().clear(); return { call: await call(), state: state() };")
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "store_cleared" });
    assert_has(&seen, &json!({ "call": 401, "state": state }));
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
    Ok(())
}

/// A store that takes its time, as IndexedDB does. What is in it survives the client, not the page.
const SLOW_STORE: &str = "
    const kept = new Map();
    const soon = () => new Promise((resolve) => setTimeout(resolve, 1));
    const slow = {
      async get(key) { await soon(); return kept.get(key); },
      async set(key, value) { await soon(); kept.set(key, value); },
      async remove(key) { await soon(); kept.delete(key); },
    };";

async fn a_store_of_the_apps_own_keeps_the_session(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(&format!(
            "{SLOW_STORE}
             await start({{ storage: slow }});
             await auth.login(ada);
             await until(() => kept.size === 1);
             const keys = [...kept.keys()].map((key) => key.replace(client, 'client'));
             auth.dispose();
             await start({{ storage: slow }});
             const restored = {{ state: state(), call: await call() }};
             await auth.logout();
             await until(() => kept.size === 0);
             return {{ keys, restored, stored: stored() }};"
        ))
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "storage": "ok" });
    let expected = json!({
        "keys": ["hallpass:client"], "restored": { "state": state, "call": 200 }, "stored": [],
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec19_a_store_of_the_apps_own_that_fails_is_told(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const failing = { get: async () => { throw new Error('broken'); }, set() { throw new Error('broken'); }, remove: () => Promise.reject() };
             await start({ storage: failing });
             await auth.login(ada);
             await settled();
             const signedIn = { state: state(), call: await call() };
             await auth.logout();
             return { ...signedIn, after: auth.status };",
        )
        .await?;
    let state = json!({ "status": "signed-in", "storage": "unavailable" });
    assert_has(
        &seen,
        &json!({ "state": state, "call": 200, "after": "signed-out" }),
    );
    Ok(())
}

async fn ec19_a_store_of_the_apps_own_that_never_answers_does_not_stop_the_start(
    case: &Case,
) -> Result<()> {
    let seen: Value = case
        .run(
            "const asked = new Promise((resolve) => (window.isAsked = resolve));
             const never = () => new Promise(() => isAsked());
             const starting = start({ storage: { get: never, set: never, remove: never } });
             await asked;
             await settled();
             pass(60_000);
             await starting;
             const before = state();
             await auth.login(ada);
             return { before, after: state(), call: await call() };",
        )
        .await?;
    let expected = json!({
        "before": { "status": "signed-out", "storage": "unavailable" },
        "after": { "status": "signed-in" },
        "call": 200,
    });
    assert_has(&seen, &expected);
    Ok(())
}
