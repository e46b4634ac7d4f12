//! A logout or a login that comes while a refresh is under way: the later word wins.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::RENEWABLE).all(Mode::RENEWABLE_EVERY_STORAGE) =>
            ec10_a_logout_during_a_refresh_wins,
            ec10_a_login_as_somebody_else_during_a_refresh_wins;
        by_core(Mode::ALL) => ec10_a_logout_during_a_login_wins;
        by_core(Mode::EITHER).all(Mode::ALL) => ec10_an_answer_to_the_user_before_does_not_sign_the_new_one_out;
        by_core(Mode::SESSION) => ec10_a_logout_while_the_user_is_asked_for_wins;
    );
}

async fn ec10_a_logout_during_a_refresh_wins(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "const gate = hold('/refresh');
             const waiting = attempt(call());
             await gate.here();
             const logout = auth.logout();
             const atOnce = state();
             const answered = await waiting;
             gate.release();
             await logout;
             await settled();
             return { atOnce, answered, after: state(), stored: stored(), events: changes.map(({ event }) => event), next: await call() };",
        )
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "logout" });
    let expected = json!({
        "atOnce": state,
        "answered": { "value": 401 },
        "after": state,
        "stored": [],
        "events": ["signed-out"],
        "next": 401,
    });
    assert_has(&seen, &expected);
    // By token, the one that came late is ended as well. By cookie a second request might meet a later session.
    let ended: &[u16] = match case.mode {
        Mode::Hybrid => &[204],
        _ => &[204, 204],
    };
    case.until_log("what there was is logged out", |log| {
        log.to(&case.mode.auth("logout")).statuses() == ended
    })
    .await?;

    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn ec10_a_login_as_somebody_else_during_a_refresh_wins(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "const gate = hold('/refresh');
             const waiting = attempt(call());
             await gate.here();
             const login = auth.login(grace);
             // By cookie, the refresh's answer would set the cookie of the session before after that of the login.
             if (kind === 'hybrid') gate.release();
             const user = (await login).email;
             gate.release();
             const answered = await waiting;
             await settled();
             return { user, answered, state: state(), last: changes.at(-1).event, call: await call() };",
        )
        .await?;
    let expected = json!({
        "user": "grace@example.com",
        "state": { "status": "signed-in", "user": "grace@example.com", "reason": null },
        "last": "subject-changed",
        "call": 200,
    });
    assert_has(&seen, &expected);
    if case.mode.survives_reload() {
        case.page.reload().await?;
        let state: Value = case.run("await start(); return state();").await?;
        assert_has(
            &state,
            &json!({ "status": "signed-in", "user": "grace@example.com" }),
        );
    }
    Ok(())
}

async fn ec10_a_logout_during_a_login_wins(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const gate = hold('/login');
             const login = attempt(auth.login(ada));
             await gate.here();
             await auth.logout();
             const { error } = await login;
             gate.release();
             await settled();
             return { code: error?.code, state: state(), stored: stored(), changes };",
        )
        .await?;
    let expected = json!({
        "code": "superseded",
        "state": { "status": "signed-out", "user": null },
        "stored": [],
        "changes": [],
    });
    assert_has(&seen, &expected);
    // The server had accepted the login, and its cookie is there.
    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out", "the logout was the later word");
    Ok(())
}

async fn ec10_an_answer_to_the_user_before_does_not_sign_the_new_one_out(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    if case.mode == Mode::Session {
        case.revoke().await?;
    }
    let seen: Value = case
        .run(
            "const gate = hold('orders?old');
             const old = call(`${orders}?old`);
             await gate.here();
             await auth.login(grace);
             gate.release();
             return { old: await old, state: state(), events: changes.map(({ event }) => event), call: await call() };",
        )
        .await?;
    let expected = json!({
        "old": 401,
        "state": { "status": "signed-in", "user": "grace@example.com" },
        "events": ["subject-changed"],
        "call": 200,
    });
    assert_has(&seen, &expected);
    assert_eq!(
        case.log().to(&case.mode.orders()).count(),
        2,
        "not sent again as somebody else"
    );
    Ok(())
}

async fn ec10_a_logout_while_the_user_is_asked_for_wins(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const gate = hold('/me');
             const refresh = attempt(auth.refresh());
             await gate.here();
             await auth.logout();
             gate.release();
             await settled();
             return { code: (await refresh).error?.code, state: state() };",
        )
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "logout" });
    assert_has(&seen, &json!({ "code": "signed_out", "state": state }));
    Ok(())
}
