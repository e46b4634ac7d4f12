//! What other tabs of the same origin learn.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Page, Suite, by_core, by_engine, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Channels, locks and what a tab sees of another's store.
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL).in_browser() =>
            ec21_a_logout_in_another_tab_signs_out,
            ec21_a_login_in_another_tab_signs_in;
        by_engine(Mode::JWT).in_browser() =>
            a_token_renewed_in_another_tab_is_adopted,
            ec06_without_web_locks_tabs_share_one_refresh;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            ec21_another_account_in_another_tab_is_told_as_such,
            a_session_that_ends_in_another_tab_ends_here;
        by_core(Mode::RENEWABLE).all(Mode::ALL) => messages_between_tabs_hold_no_secret;
        by_core(Mode::JWT) => ec06_without_web_locks_a_crashed_tab_holds_nobody_up_for_ever;
    );
}

/// Waits in the other tab for a status, and gives its state and what it was told since.
async fn until_status(page: &Page, status: &str) -> Result<Value> {
    let script = format!(
        "await until(() => auth.status === '{status}');
         return {{ state: state(), events: changes.map(({{ event }}) => event) }};"
    );
    run(page, &script).await
}

async fn ec06_without_web_locks_tabs_share_one_refresh(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, SLOW_LEASE).await?;
    case.expire().await?;
    for seen in at_once(&tabs, "return call();").await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }), "{seen}");
    }
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 1);
    let left: Vec<String> = case.run("return stored();").await?;
    assert_eq!(left.len(), 1, "the lock is gone: {left:?}");
    Ok(())
}

async fn ec06_without_web_locks_a_crashed_tab_holds_nobody_up_for_ever(case: &Case) -> Result<()> {
    case.run::<()>(NO_LOCKS).await?;
    case.run::<()>("await start(); await auth.login(ada);")
        .await?;
    case.expire().await?;
    // The tab looks again and again, and goes on at the end of what the other one has left.
    let status: u16 = case
        .run(
            "localStorage.setItem(`hallpass:${client}:lock`, `gone ${Date.now() + 4_900}`);
             const calling = call();
             await until(() => auth.journal().at(-1).event === 'refused by the API');
             for (let looks = 0; looks < 4; looks++) {
               pass(1_000);
               await settled();
             }
             if (auth.journal().at(-1).event !== 'refused by the API') throw new Error('it did not wait');
             pass(1_000);
             return calling;",
        )
        .await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).statuses(), [200]);
    Ok(())
}

async fn ec21_a_logout_in_another_tab_signs_out(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    run(&other, "await start();").await?;
    case.clear_log()?;
    case.run::<()>("await auth.logout();").await?;
    let seen = until_status(&other, "signed-out").await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "logout_elsewhere" });
    assert_has(&seen, &json!({ "state": state, "events": ["signed-out"] }));
    let status = run(&other, "return call();").await?;
    assert_eq!(status, 401);
    assert_eq!(
        case.log().to(&case.mode.auth("logout")).count(),
        1,
        "told once"
    );
    Ok(())
}

async fn ec21_a_login_in_another_tab_signs_in(case: &Case) -> Result<()> {
    case.start(json!({})).await?;
    let other = case.tab().await?;
    run(&other, "await start();").await?;
    case.run::<()>("await auth.login(ada);").await?;
    let seen = until_status(&other, "signed-in").await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "reason": null });
    assert_has(&seen, &json!({ "state": state, "events": ["signed-in"] }));
    assert_eq!(run(&other, "return call();").await?, 200);
    Ok(())
}

async fn ec21_another_account_in_another_tab_is_told_as_such(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    run(&other, "await start(); changes.length = 0;").await?;
    case.run::<()>("await auth.login(grace);").await?;
    let seen = run(
        &other,
        "await until(() => auth.user?.email === grace.email);
         return { state: state(), events: changes.map(({ event }) => event), call: await call() };",
    )
    .await?;
    let state = json!({ "status": "signed-in", "user": "grace@example.com", "reason": null });
    let expected = json!({ "state": state, "events": ["subject-changed"], "call": 200 });
    assert_has(&seen, &expected);
    Ok(())
}

async fn a_session_that_ends_in_another_tab_ends_here(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    run(&other, "await start();").await?;
    case.revoke().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 401);
    let seen = until_status(&other, "signed-out").await?;
    assert_has(
        &seen,
        &json!({ "state": { "user": null }, "events": ["signed-out"] }),
    );
    assert_ne!(seen["state"]["reason"], Value::Null);
    Ok(())
}

async fn messages_between_tabs_hold_no_secret(case: &Case) -> Result<()> {
    let other = case.tab().await?;
    run(
        &other,
        "window.heard = [];
         new BroadcastChannel(`hallpass:${client}`).onmessage = ({ data }) => heard.push(JSON.stringify(data));",
    )
    .await?;
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let token: Value =
        case.run("await call(); const token = await auth.accessToken(); await auth.logout(); return token;").await?;
    let heard = run(
        &other,
        "await until(() => heard.length >= 2); return heard.join();",
    )
    .await?;
    let heard = heard.as_str().unwrap_or_default();
    assert!(
        !heard.contains("ada@example.com") && !heard.contains("Ada"),
        "{heard}"
    );
    if let Some(token) = token.as_str() {
        assert!(!heard.contains(token), "{heard}");
    }
    Ok(())
}

async fn a_token_renewed_in_another_tab_is_adopted(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let other = case.tab().await?;
    run(&other, "await start(); changes.length = 0;").await?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    let status = run(
        &other,
        "await until(() => changes.some(({ event }) => event === 'refreshed')); return call();",
    )
    .await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to("/auth/jwt/refresh").count(), 1);
    Ok(())
}
