//! `storage: "sealed"`: what is in `localStorage` is of no use to who copies it.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // The browser's own cryptography and database.
        by_engine(Mode::SEALED) =>
            the_store_holds_no_token_to_read,
            the_key_cannot_be_read,
            a_copy_without_the_key_signs_nobody_in,
            a_key_that_was_removed_under_a_page_is_there_again_with_its_next_record,
            two_tabs_that_begin_at_once_use_one_key,
            the_refresh_of_another_tab_is_taken_up;
        by_core(Mode::SEALED) =>
            a_session_is_written_when_login_resolves,
            a_record_that_was_changed_or_moved_does_not_open,
            what_was_stored_before_is_taken_up_and_sealed,
            a_page_that_does_not_seal_leaves_a_sealed_record_alone,
            ec19_where_there_is_no_database_the_session_lives_in_the_page,
            ec19_where_there_is_no_room_the_session_lives_in_the_page;
    );
}

const RECORD: &str = "const record = localStorage.getItem(`hallpass:${client}`);";

async fn the_store_holds_no_token_to_read(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(&format!(
            "spy();
             await start();
             await auth.login(ada);
             {RECORD}
             const bytes = atob(record.split(' ')[1]);
             const secrets = [seen[0].access_token, seen[0].refresh_token, 'ada@example.com'];
             const all = JSON.stringify([{{ ...localStorage }}, {{ ...sessionStorage }}]);
             const found = secrets.filter((secret) => all.includes(secret) || bytes.includes(secret) || all.includes(btoa(secret).slice(2, -4)));
             return {{ begins: record.slice(0, 17), secrets: secrets.length, found }};"
        ))
        .await?;
    assert_eq!(
        seen,
        json!({ "begins": "hallpass/sealed1 ", "secrets": 3, "found": [] })
    );
    Ok(())
}

/// By the next page.
async fn is_restored(case: &Case) -> Result<()> {
    case.page.reload().await?;
    let seen: Value = case
        .run("await start(); return [state().status, await call()];")
        .await?;
    assert_eq!(seen, json!(["signed-in", 200]));
    Ok(())
}

async fn a_session_is_written_when_login_resolves(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    is_restored(case).await
}

/// The database of the keys, as any script of the origin can open it.
const KEYS: &str = "const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open('hallpass');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const keys = (mode) => database.transaction('keys', mode).objectStore('keys');
    const done = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });";

async fn the_key_cannot_be_read(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(&format!(
            "{KEYS}
             const key = await done(keys('readonly').get(`hallpass:${{client}}`));
             database.close();
             const read = await Promise.all(['raw', 'jwk'].map((format) => crypto.subtle.exportKey(format, key).then(() => 'read', (error) => error.name)));
             return {{ extractable: key.extractable, length: key.algorithm.length, usages: [...key.usages].sort(), read }};"
        ))
        .await?;
    assert_eq!(
        seen,
        json!({ "extractable": false, "length": 256, "usages": ["decrypt", "encrypt"], "read": ["InvalidAccessError", "InvalidAccessError"] })
    );
    Ok(())
}

async fn refused_at_the_next_start(case: &Case) -> Result<()> {
    case.page.reload().await?;
    let seen: Value = case
        .run("await start(); const before = { ...state(), stored: stored() }; await auth.login(ada); return { before, after: state().storage, call: await call() };")
        .await?;
    let before = json!({ "status": "signed-out", "reason": "stored_session_invalid", "stored": [], "storage": "ok" });
    assert_has(
        &seen,
        &json!({ "before": before, "after": "ok", "call": 200 }),
    );
    Ok(())
}

/// As on another device, or when the browser has dropped the database and not the rest.
async fn a_copy_without_the_key_signs_nobody_in(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run::<()>(&format!(
        "{KEYS} await done(keys('readwrite').delete(`hallpass:${{client}}`)); database.close();"
    ))
    .await?;
    refused_at_the_next_start(case).await
}

/// As by an app that empties all databases for a fresh start.
async fn a_key_that_was_removed_under_a_page_is_there_again_with_its_next_record(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run::<()>(
        "await new Promise((resolve, reject) => {
           const request = indexedDB.deleteDatabase('hallpass');
           request.onsuccess = resolve;
           request.onerror = request.onblocked = reject;
         });
         const record = () => localStorage.getItem(`hallpass:${client}`);
         const before = record();
         await auth.refresh();
         while (record() === before) await new Promise((done) => setTimeout(done, 10));",
    )
    .await?;
    is_restored(case).await
}

async fn a_record_that_was_changed_or_moved_does_not_open(case: &Case) -> Result<()> {
    let own = "`hallpass:${client}`";
    for change in [
        format!("{RECORD} const at = record.length - 8; localStorage.setItem({own}, record.slice(0, at) + (record[at] === 'A' ? 'B' : 'A') + record.slice(at + 1));"),
        format!("{RECORD} localStorage.setItem({own}, record.slice(0, 40));"),
        format!("localStorage.setItem({own}, 'hallpass/sealed1 ~~~');"),
        // Of another client of this origin: it was sealed for its own name.
        format!("const options = {{ key: client + '-other' }}; window.auth.dispose(); await start(options); await auth.login(ada);
                 localStorage.setItem({own}, localStorage.getItem(`hallpass:${{client}}-other`));
                 await auth.logout();"),
    ] {
        case.run::<()>("window.auth?.dispose(); await start(); await auth.login(ada);").await?;
        case.run::<()>(&change).await?;
        refused_at_the_next_start(case).await?;
    }
    Ok(())
}

async fn two_tabs_that_begin_at_once_use_one_key(case: &Case) -> Result<()> {
    let other = case.tab().await?;
    for tab in [&case.page, &other] {
        // The login of the other tab may overtake this one, which then ends as superseded: signed in is this tab either way.
        tab.run::<()>(
            "onGo(async () => {
                 await start();
                 const { error } = await attempt(auth.login(ada));
                 if (error && error.code !== 'superseded') return error;
                 await until(() => auth.status === 'signed-in');
                 return auth.status;
             });",
            json!({}),
        )
        .await?;
    }
    case.run::<()>("await go(2);").await?;
    for tab in [&case.page, &other] {
        let gone: Value = tab.run("return gone;", json!({})).await?;
        assert_eq!(gone["value"], "signed-in", "{gone}");
    }
    // Whoever wrote last: both can read it.
    for tab in [&case.page, &other] {
        tab.reload().await?;
        let seen: Value = tab
            .run(
                "await start(); return [auth.status, await call()];",
                json!({}),
            )
            .await?;
        assert_eq!(seen, json!(["signed-in", 200]));
    }
    Ok(())
}

async fn what_was_stored_before_is_taken_up_and_sealed(case: &Case) -> Result<()> {
    case.signed_in(json!({ "storage": "local" })).await?;
    case.page.reload().await?;
    let seen: Value = case
        .run(&format!(
            "await start();
             const restored = state().status;
             await auth.refresh();
             await until(() => localStorage.getItem(`hallpass:${{client}}`).startsWith('hallpass/sealed1 '));
             {RECORD}
             return {{ restored, isSealed: !record.includes('access'), call: await call() }};"
        ))
        .await?;
    assert_eq!(
        seen,
        json!({ "restored": "signed-in", "isSealed": true, "call": 200 })
    );
    case.page.reload().await?;
    let again: Value = case.run("await start(); return state().status;").await?;
    assert_eq!(again, "signed-in");
    Ok(())
}

/// An older version of the app in another tab, or one that was rolled back.
async fn a_page_that_does_not_seal_leaves_a_sealed_record_alone(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    let seen: Value = other
        .run(
            "const before = localStorage.getItem(`hallpass:${client}`);
             await start({ storage: 'local' });
             const first = state();
             await auth.login(ada);
             return { first, then: state(), same: before === localStorage.getItem(`hallpass:${client}`) };",
            json!({}),
        )
        .await?;
    let expected = json!({
        "first": { "status": "signed-out", "storage": "occupied" },
        "then": { "status": "signed-in", "storage": "occupied" },
        "same": true,
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn lives_in_the_page(case: &Case, broken: &str) -> Result<()> {
    let seen: Value = case
        .run(&format!(
            "{broken}
             await start();
             await auth.login(ada);
             await until(() => state().storage === 'unavailable');
             const seen = {{ ...state(), call: await call(), stored: stored() }};
             await auth.logout();
             return seen;"
        ))
        .await?;
    assert_has(
        &seen,
        &json!({ "status": "signed-in", "storage": "unavailable", "call": 200, "stored": [] }),
    );
    Ok(())
}

async fn ec19_where_there_is_no_database_the_session_lives_in_the_page(case: &Case) -> Result<()> {
    lives_in_the_page(
        case,
        "IDBFactory.prototype.open = () => { throw new DOMException('blocked', 'SecurityError'); };",
    )
    .await
}

async fn ec19_where_there_is_no_room_the_session_lives_in_the_page(case: &Case) -> Result<()> {
    lives_in_the_page(
        case,
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    )
    .await
}

async fn the_refresh_of_another_tab_is_taken_up(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    other.run::<()>("await start();", json!({})).await?;
    case.expire().await?;
    let first: Value = case.run("return call();").await?;
    let second: Value = other
        .run(
            "await until(() => changes.some(({ event }) => event === 'refreshed')); return call();",
            json!({}),
        )
        .await?;
    assert_eq!((first, second), (json!(200), json!(200)));
    assert_eq!(
        case.log().to(&case.mode.auth("refresh")).count(),
        1,
        "{}",
        case.log()
    );
    Ok(())
}
