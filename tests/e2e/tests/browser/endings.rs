//! How a session ends: by the server, by a logout, and by a logout that nobody hears.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::{DropAt, Rule};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::ALL).all(Mode::EVERY_STORAGE) => a_logout_tells_the_server_and_forgets_everything;
        by_core(Mode::ALL).all(Mode::EVERY_STORAGE) =>
            a_revoked_session_signs_out_with_its_reason,
            ec25_a_logout_that_the_server_never_hears_still_signs_out;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            a_revoked_session_is_found_out_by_refresh,
            after_a_logout_somebody_else_can_sign_in;
        by_core(Mode::JWT).all(Mode::ALL) =>
            a_second_logout_does_nothing,
            a_logout_without_an_endpoint_is_local;
        by_core(Mode::ALL) => ec16_a_page_from_the_back_forward_cache_looks_again;
        by_core(Mode::SESSION) => ec25_a_session_logout_is_told_when_the_server_is_back;
        by_core(Mode::HYBRID) => ec25_a_hybrid_logout_is_told_when_the_server_is_back;
        // Whether a page says that it was reloaded.
        by_engine(Mode::SESSION) =>
            ec25_where_the_backend_has_the_login_a_reload_tells_the_logout_again,
            ec25_where_the_backend_has_the_login_who_comes_back_from_it_is_signed_in,
            // What it is told of a redirect.
            ec25_a_logout_that_is_answered_by_a_redirect_is_told,
            a_start_that_is_led_to_a_login_page_elsewhere_finds_nobody;
    );
}

fn reason(mode: Mode) -> &'static str {
    match mode {
        Mode::Session => "session_ended",
        _ => "refresh_refused",
    }
}

async fn a_revoked_session_signs_out_with_its_reason(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.revoke().await?;
    let seen: Value = case
        .run(
            "const first = await call();
             const told = changes.map(({ event, reason }) => [event, reason]);
             return { first, told, state: state(), stored: stored(), next: await call(), token: await auth.accessToken() };",
        )
        .await?;
    let expected = json!({
        "first": 401,
        "told": [["signed-out", reason(case.mode)]],
        "state": { "status": "signed-out", "user": null, "reason": reason(case.mode) },
        "stored": [],
        "next": 401,
        "token": null,
    });
    assert_has(&seen, &expected);
    if case.mode != Mode::Session {
        let refreshes = case.log().to(&case.mode.auth("refresh"));
        assert_eq!(
            refreshes.statuses(),
            [400],
            "once refused, it is not asked again"
        );
        assert_eq!(case.log().to(&case.mode.orders()).credentials().len(), 1);
    }
    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn a_revoked_session_is_found_out_by_refresh(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.revoke().await?;
    let seen: Value = case
        .run("return { ...await attempt(auth.refresh()), state: state() };")
        .await?;
    let reason = reason(case.mode);
    let expected = json!({
        "error": { "code": "signed_out", "reason": reason, "retryable": false },
        "state": { "status": "signed-out", "reason": reason },
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn a_logout_tells_the_server_and_forgets_everything(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const token = await auth.accessToken();
             const logout = auth.logout();
             const atOnce = state();
             await logout;
             const old = token === null ? await fetch(orders) : await fetch(orders, { headers: { Authorization: `Bearer ${token}` } });
             return { atOnce, after: state(), changes, stored: stored(), old: old.status, next: await call() };",
        )
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "logout" });
    let expected =
        json!({ "atOnce": state, "after": state, "stored": [], "old": 401, "next": 401 });
    assert_has(&seen, &expected);
    let change = json!({
        "event": "signed-out", "status": "signed-out", "reason": "logout", "user": null,
    });
    assert_eq!(seen["changes"], json!([change]));
    assert_eq!(case.log().to(&case.mode.auth("logout")).statuses(), [204]);

    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn a_second_logout_does_nothing(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.run::<()>("await Promise.all([auth.logout(), auth.logout()]); await auth.logout();")
        .await?;
    assert_eq!(case.log().to(&case.mode.auth("logout")).statuses(), [204]);
    Ok(())
}

async fn a_logout_without_an_endpoint_is_local(case: &Case) -> Result<()> {
    case.signed_in(json!({ "endpoints": { "logout": false } }))
        .await?;
    let seen: Value = case
        .run("await auth.logout(); return { state: state(), stored: stored() };")
        .await?;
    assert_has(
        &seen,
        &json!({ "state": { "status": "signed-out", "reason": "logout" }, "stored": [] }),
    );
    assert_eq!(case.log().count(), 0);
    Ok(())
}

async fn after_a_logout_somebody_else_can_sign_in(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run("await auth.logout(); await auth.login(grace); return { state: state(), call: await call() };")
        .await?;
    let state = json!({ "status": "signed-in", "user": "grace@example.com", "reason": null });
    assert_has(&seen, &json!({ "state": state, "call": 200 }));
    Ok(())
}

async fn ec25_a_logout_that_the_server_never_hears_still_signs_out(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([dropped("/auth/*", DropAt::Before)])?;
    let seen: Value = case
        .run("await auth.logout(); return { state: state(), changes };")
        .await?;
    assert_has(
        &seen,
        &json!({ "state": { "status": "signed-out", "user": null, "reason": "logout" } }),
    );
    assert_eq!(seen["changes"].as_array().map(Vec::len), Some(1), "{seen}");

    // The cookie is still good, as the server does not know. The page knows better.
    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn ec25_a_session_logout_is_told_when_the_server_is_back(case: &Case) -> Result<()> {
    told_when_back(case).await
}

async fn ec25_a_hybrid_logout_is_told_when_the_server_is_back(case: &Case) -> Result<()> {
    told_when_back(case).await
}

/// A cookie that no script can remove is removed by the server as soon as it can be told.
async fn told_when_back(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([dropped("/auth/*", DropAt::Before)])?;
    case.run::<()>("await auth.logout();").await?;
    case.page.reload().await?;
    case.faults([])?;
    case.clear_log()?;
    let stored: Vec<String> = case
        .run("await start(); await until(() => stored().length === 0); return stored();")
        .await?;
    assert_eq!(stored, [""; 0]);
    let logouts = case.log().to(&case.mode.auth("logout"));
    assert_eq!(logouts.statuses(), [204]);
    assert_eq!(
        logouts.0[0].cookies.len(),
        2,
        "with the credential and the CSRF token: {logouts}"
    );
    case.page.reload().await?;
    let status: String = case.run("await start(); return auth.status;").await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

/// As from a proxy that has the login at another origin, which allows no calls of script.
fn led_away(path: String) -> Rule {
    Rule {
        path,
        status: Some(302),
        headers: [(
            "location".to_owned(),
            "http://login.example.com/login".to_owned(),
        )]
        .into(),
        ..Rule::default()
    }
}

async fn ec25_a_logout_that_is_answered_by_a_redirect_is_told(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([led_away(case.mode.auth("logout"))])?;
    let seen: Value = case
        .run("await auth.logout(); await until(() => stored().length === 0); return { state: state(), last: auth.journal().at(-1).event };")
        .await?;
    let state = json!({ "status": "signed-out", "user": null });
    assert_has(
        &seen,
        &json!({ "state": state, "last": "server told of the logout" }),
    );
    assert_eq!(case.log().to(&case.mode.auth("logout")).statuses(), [302]);
    Ok(())
}

async fn a_start_that_is_led_to_a_login_page_elsewhere_finds_nobody(case: &Case) -> Result<()> {
    case.faults([led_away(case.mode.auth("me"))])?;
    let seen: Value = case
        .run("await start(); return { state: state(), journal: auth.journal().map(({ event }) => event) };")
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": null });
    assert_has(&seen, &json!({ "state": state }));
    assert_eq!(
        case.log().to(&case.mode.auth("me")).statuses(),
        [302, 302],
        "{seen}"
    );
    Ok(())
}

/// A login by a page of the backend, and a logout that the server does not hear.
async fn logout_unheard(case: &Case) -> Result<()> {
    case.run::<()>(&format!(
        "await fetch('auth/session/login', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify(ada) }});
         {BY_PAGES}
         if (auth.status !== 'signed-in') throw new Error(auth.status);"
    ))
    .await?;
    case.faults([dropped("/auth/*", DropAt::Before)])?;
    case.run::<()>("await auth.logout();").await?;
    case.faults([])?;
    case.clear_log()?;
    Ok(())
}

const BY_PAGES: &str = "await start({ endpoints: { login: false } });";

async fn ec25_where_the_backend_has_the_login_a_reload_tells_the_logout_again(
    case: &Case,
) -> Result<()> {
    logout_unheard(case).await?;
    case.page.reload().await?;
    let seen: Value = case
        .run(&format!(
            "{BY_PAGES} await until(() => stored().length === 0); return state();"
        ))
        .await?;
    assert_has(&seen, &json!({ "status": "signed-out", "user": null }));
    let logouts = case.log().to(&case.mode.auth("logout"));
    assert_eq!(logouts.statuses(), [204]);
    Ok(())
}

async fn ec25_where_the_backend_has_the_login_who_comes_back_from_it_is_signed_in(
    case: &Case,
) -> Result<()> {
    logout_unheard(case).await?;
    case.page.goto(&format!("{}&away", case.url())).await?;
    case.page.goto(&case.url()).await?;
    let seen: Value = case
        .run(&format!(
            "{BY_PAGES} await until(() => stored().length === 0); return state();"
        ))
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(&seen, &state);
    assert_eq!(case.log().to(&case.mode.auth("logout")).count(), 0);
    Ok(())
}

async fn ec16_a_page_from_the_back_forward_cache_looks_again(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // Meanwhile, on another page: signed out. In `jwt` mode the store knows, else the server.
    case.revoke().await?;
    let seen: Value = case
        .run(
            "localStorage.clear();
             window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
             window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
             await until(() => auth.status === 'signed-out');
             return { state: state(), changes: changes.length };",
        )
        .await?;
    let reason = if case.mode == Mode::JwtLocal {
        "store_cleared"
    } else {
        reason(case.mode)
    };
    assert_has(
        &seen,
        &json!({ "state": { "user": null, "reason": reason }, "changes": 1 }),
    );
    Ok(())
}
