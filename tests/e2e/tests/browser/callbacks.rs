//! The app's own code: subscribers that call back into the client, that throw, and the rule for "signed out".

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Where the browser reports what a listener throws.
        by_engine(Mode::JWT).all(Mode::ALL) => ec07_a_subscriber_that_throws_hurts_nobody_else;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            ec07_calls_from_inside_a_subscriber_settle,
            ec26_nothing_is_told_while_nothing_changes,
            a_rule_of_the_apps_own_tells_who_is_signed_out;
        by_core(Mode::ALL) => ec28_every_method_may_be_called_while_every_other_is_under_way;
        by_core(Mode::JWT).all(Mode::ALL) =>
            ec07_a_login_from_inside_a_subscriber_settles,
            ec07_a_logout_from_inside_a_subscriber_settles,
            ec07_a_dispose_from_inside_a_subscriber_is_the_end,
            ec07_a_subscriber_may_subscribe_and_unsubscribe;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            ec30_a_subscriber_that_throws_is_no_failed_refresh,
            a_rule_that_throws_has_said_nothing;
    );
}

async fn ec07_calls_from_inside_a_subscriber_settle(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const calls = [];
             auth.subscribe(({ event, status }) => {
               if (event !== 'signed-in') return;
               calls.push(call(), auth.refresh().then(({ email }) => email), auth.accessToken().then((token) => typeof token));
               calls.push(status === auth.status && auth.getSnapshot().user === auth.user && auth.journal().length > 0);
             });
             await auth.login(ada);
             return Promise.all(calls);",
        )
        .await?;
    let token = if case.mode == Mode::Session {
        "object"
    } else {
        "string"
    };
    assert_eq!(seen, json!([200, "ada@example.com", token, true]));
    Ok(())
}

async fn ec07_a_login_from_inside_a_subscriber_settles(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             let inner;
             auth.subscribe(({ user }) => { if (user?.email === ada.email) inner ??= attempt(auth.login(grace)); });
             const outer = await auth.login(ada);
             const { value } = await inner;
             return { outer: outer.email, inner: value?.email, state: state(), call: await call() };",
        )
        .await?;
    let expected = json!({
        "outer": "ada@example.com",
        "inner": "grace@example.com",
        "state": { "status": "signed-in", "user": "grace@example.com" },
        "call": 200,
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec07_a_logout_from_inside_a_subscriber_settles(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             let logout;
             auth.subscribe(({ event }) => { if (event === 'signed-in') logout = auth.logout(); });
             const user = await auth.login(ada);
             await logout;
             return { user: user.email, state: state(), events: changes.map(({ event }) => event), stored: stored() };",
        )
        .await?;
    let expected = json!({
        "user": "ada@example.com",
        "state": { "status": "signed-out", "user": null, "reason": "logout" },
        "events": ["signed-in", "signed-out"],
        "stored": [],
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec07_a_dispose_from_inside_a_subscriber_is_the_end(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             let told = 0;
             auth.subscribe(() => { told += 1; auth.dispose(); auth.dispose(); });
             const login = await attempt(auth.login(ada));
             const codes = [];
             for (const name of ['login', 'logout', 'authFetch', 'refresh', 'accessToken'])
               codes.push((await attempt(auth[name](orders))).error?.code);
             return { told, settled: 'value' in login || login.error.code === 'disposed', codes };",
        )
        .await?;
    let disposed = ["disposed"; 5];
    assert_eq!(
        seen,
        json!({ "told": 1, "settled": true, "codes": disposed })
    );
    Ok(())
}

async fn ec07_a_subscriber_that_throws_hurts_nobody_else(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const { createAuth } = await load();
             window.auth = await createAuth(options());
             const told = [];
             auth.subscribe(throwing);
             auth.subscribe(rejecting);
             auth.subscribe(({ event }) => told.push(event));
             const user = await auth.login(ada);
             await settled();
             return { user: user.email, told, call: await call(), reported: consoleLines.filter((line) => line.includes('mine')).length };",
        )
        .await?;
    // The app's own errors reach the app's own error handling.
    let expected =
        json!({ "user": "ada@example.com", "told": ["signed-in"], "call": 200, "reported": 2 });
    assert_eq!(seen, expected);
    Ok(())
}

async fn ec07_a_subscriber_may_subscribe_and_unsubscribe(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const told = { once: 0, twice: 0, late: 0 };
             const stop = auth.subscribe(() => { told.once += 1; stop(); auth.subscribe(() => (told.late += 1)); });
             const twice = () => (told.twice += 1);
             const stops = [auth.subscribe(twice), auth.subscribe(twice)];
             await auth.login(ada);
             stops[0]();
             stops[0]();
             await auth.logout();
             return told;",
        )
        .await?;
    assert_eq!(seen, json!({ "once": 1, "twice": 3, "late": 1 }));
    Ok(())
}

async fn ec26_nothing_is_told_while_nothing_changes(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const snapshot = auth.getSnapshot();
             const { user, claims } = auth;
             for (const name of ['focus', 'online', 'pageshow']) window.dispatchEvent(new Event(name));
             document.dispatchEvent(new Event('visibilitychange'));
             if (kind === 'session') await auth.refresh();
             await call();
             await settled();
             return { changes, same: [auth.getSnapshot() === snapshot, auth.user === user, auth.claims === claims] };",
        )
        .await?;
    assert_eq!(seen, json!({ "changes": [], "same": [true, true, true] }));
    let asked = usize::from(case.mode == Mode::Session);
    assert_eq!(
        case.log()
            .only(|entry| entry.path.starts_with("/auth/"))
            .count(),
        asked
    );
    Ok(())
}

async fn ec28_every_method_may_be_called_while_every_other_is_under_way(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let settled: usize = case
        .run(
            "const work = [];
             for (let round = 0; round < 5; round++) {
               work.push(call(), auth.refresh(), auth.accessToken(), auth.login(ada));
               auth.getSnapshot();
               auth.journal();
               auth.subscribe(() => {})();
             }
             work.push(auth.logout(), call(), auth.login(grace));
             return (await Promise.allSettled(work)).length;",
        )
        .await?;
    assert_eq!(settled, 23);
    let state: Value = case.run("return state();").await?;
    assert_has(
        &state,
        &json!({ "status": "signed-in", "user": "grace@example.com" }),
    );
    Ok(())
}

async fn ec30_a_subscriber_that_throws_is_no_failed_refresh(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "auth.subscribe(throwing);
             return { calls: await Promise.all([call(), call()]), state: state(), failed: auth.journal().some(({ event }) => event.includes('failed')) };",
        )
        .await?;
    let expected =
        json!({ "calls": [200, 200], "state": { "status": "signed-in" }, "failed": false });
    assert_has(&seen, &expected);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).statuses(), [200]);
    Ok(())
}

async fn a_rule_of_the_apps_own_tells_who_is_signed_out(case: &Case) -> Result<()> {
    // A backend that says so in the body of a 200, and answers 401 for something else.
    let body = r#"{"ok":false,"reason":"login"}"#;
    let orders = case.mode.orders();
    case.run::<()>(
        "await start({ isSignedOut: async (response) => (await response.clone().json().catch(() => ({}))).reason === 'login' });
         await auth.login(ada);",
    )
    .await?;
    case.clear_log()?;
    case.faults([
        once(answer_json(&orders, 200, body)),
        once(answer(&orders, 401)),
    ])?;
    let seen: Value = case
        .run("const response = await auth.authFetch(orders); return { first: response.status, body: await response.json(), second: await call() };")
        .await?;
    assert_eq!(
        seen["first"],
        if case.mode == Mode::Session { 200 } else { 401 }
    );
    let renewed = match case.mode {
        Mode::Session => case.mode.auth("me"),
        _ => case.mode.auth("refresh"),
    };
    assert_eq!(
        case.log()
            .only(|entry| entry.path.starts_with("/auth/"))
            .to(&renewed)
            .count(),
        1
    );
    Ok(())
}

async fn a_rule_that_throws_has_said_nothing(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run::<()>(
        "auth.dispose(); await start({ isSignedOut: throwing }); await auth.login(ada);",
    )
    .await?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200, "the status decides then");
    Ok(())
}
