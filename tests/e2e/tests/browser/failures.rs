//! Refreshes that fail for now: the session stands, and recovers.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::{DropAt, Note, Rule, Settings};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::JWT).all(Mode::RENEWABLE) => ec11_a_refresh_whose_connection_is_dropped_keeps_the_session;
        by_core(Mode::RENEWABLE) =>
            ec08_a_refresh_whose_answer_is_lost_is_repeated_as_the_same_attempt,
            ec08_without_a_grace_window_a_lost_answer_ends_as_outcome_unknown;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            ec11_a_refresh_answered_429_keeps_the_session,
            ec11_a_refresh_answered_408_keeps_the_session,
            ec11_a_refresh_answered_503_keeps_the_session,
            ec11_a_refresh_answered_by_a_captive_portal_keeps_the_session,
            ec11_a_refresh_answered_in_truncated_json_keeps_the_session,
            ec11_a_refresh_that_takes_too_long_keeps_the_session,
            ec11_retry_after_is_waited_for,
            ec11_a_refused_call_keeps_its_401_while_the_refresh_fails,
            ec11_a_token_that_is_still_good_goes_on_working_while_the_refresh_fails,
            ec12_back_online_the_refresh_does_not_wait_for_the_backoff;
        by_core(Mode::ALL) => ec11_a_client_made_while_the_backend_is_down_recovers;
        by_core(Mode::JWT) => ec11_a_stored_session_whose_token_ended_stands_while_the_backend_is_down;
        by_core(Mode::SESSION) => ec11_a_me_endpoint_that_fails_keeps_the_session;
    );
}

async fn ec11_a_refresh_answered_429_keeps_the_session(case: &Case) -> Result<()> {
    let rule = answer(case.mode.auth("refresh"), 429);
    let error = json!({ "code": "refresh_unavailable", "status": 429, "retryable": true });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_answered_408_keeps_the_session(case: &Case) -> Result<()> {
    let rule = answer(case.mode.auth("refresh"), 408);
    let error = json!({ "code": "refresh_unavailable", "status": 408, "retryable": true });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_answered_503_keeps_the_session(case: &Case) -> Result<()> {
    let rule = answer(case.mode.auth("refresh"), 503);
    let error = json!({
        "code": "refresh_unavailable", "status": 503, "retryable": true, "serverCode": "temporarily_unavailable",
    });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_answered_by_a_captive_portal_keeps_the_session(case: &Case) -> Result<()> {
    let rule = portal(case.mode.auth("refresh"));
    let error = json!({ "code": "refresh_unavailable", "retryable": true });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_answered_in_truncated_json_keeps_the_session(case: &Case) -> Result<()> {
    let rule = truncated(case.mode.auth("refresh"));
    let error = json!({ "code": "refresh_unavailable", "retryable": true });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_whose_connection_is_dropped_keeps_the_session(case: &Case) -> Result<()> {
    let rule = dropped(case.mode.auth("refresh"), DropAt::Before);
    let error = json!({ "code": "refresh_unavailable", "status": null, "retryable": true });
    session_stands(case, rule, &error).await
}

async fn ec11_a_refresh_that_takes_too_long_keeps_the_session(case: &Case) -> Result<()> {
    let rule = late(case.mode.auth("refresh"));
    let error = json!({ "code": "refresh_unavailable", "status": null, "retryable": true });
    session_stands_after(case, rule, &later("refresh sent", MINUTE), &error).await
}

async fn session_stands(case: &Case, rule: Rule, error: &Value) -> Result<()> {
    session_stands_after(case, rule, "", error).await
}

/// With a token that has ended and a refresh that fails: the caller is told so, the session stands, and recovers by itself.
async fn session_stands_after(
    case: &Case,
    rule: Rule,
    meanwhile: &str,
    error: &Value,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    case.faults([rule])?;
    let seen: Value = case
        .run(&format!(
            "const calls = [attempt(call()), attempt(call())];
             {meanwhile}
             return {{ outs: await Promise.all(calls), state: state(), changes }};"
        ))
        .await?;
    assert_has(&seen["outs"][0]["error"], error);
    assert_has(&seen["outs"][1]["error"], error);
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "reason": null });
    assert_has(&seen, &json!({ "state": state, "changes": [] }));
    assert_eq!(
        case.log().to(&case.mode.orders()).count(),
        0,
        "not sent without a token"
    );

    case.faults([])?;
    let status: u16 = case
        .run(&format!("{AFTER_THE_PAUSE} return call();"))
        .await?;
    assert_eq!(status, 200);
    Ok(())
}

/// The pause after a failure is over, and the token is renewed though nobody calls.
const AFTER_THE_PAUSE: &str =
    "pass(60_000); await until(() => changes.some(({ event }) => event === 'refreshed'));";

async fn ec11_retry_after_is_waited_for(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    let refresh = case.mode.auth("refresh");
    case.faults([once(too_many(&refresh, 600))])?;
    let outs: Value = case
        .run(
            "const first = await attempt(call());
             const asked = await attempt(auth.refresh());
             const again = await attempt(call());
             window.dispatchEvent(new Event('online'));
             pass(500_000);
             return [first, asked, again, await attempt(call())];",
        )
        .await?;
    for (out, left) in [(0, 600), (1, 600), (2, 600), (3, 100)] {
        let error = &outs[out]["error"];
        assert_has(
            error,
            &json!({ "code": "refresh_unavailable", "status": 429 }),
        );
        let told = error["retryAfter"].as_i64().unwrap_or_default();
        assert!((left - 50..=left).contains(&told), "{left}: {error}");
    }
    assert_eq!(case.log().to(&refresh).statuses(), [429]);
    let status: u16 = case
        .run("pass(100_000); await until(() => changes.some(({ event }) => event === 'refreshed')); return call();")
        .await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to(&refresh).statuses(), [429, 200]);
    Ok(())
}

async fn ec11_a_refused_call_keeps_its_401_while_the_refresh_fails(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    case.faults([answer(case.mode.auth("refresh"), 503)])?;
    let seen: Value = case
        .run("const response = await auth.authFetch(orders); return { status: response.status, body: (await response.json()).error, state: state() };")
        .await?;
    let expected =
        json!({ "status": 401, "body": "invalid_token", "state": { "status": "signed-in" } });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec11_a_token_that_is_still_good_goes_on_working_while_the_refresh_fails(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([answer(case.mode.auth("refresh"), 503)])?;
    // Of five minutes, twenty seconds are left: less than the leeway.
    pass_time(case, 280_000).await?;
    let statuses: Vec<u16> = case.run("return [await call(), await call()];").await?;
    assert_eq!(statuses, [200, 200]);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).statuses(), [503]);
    Ok(())
}

async fn ec08_a_refresh_whose_answer_is_lost_is_repeated_as_the_same_attempt(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    let refresh = case.mode.auth("refresh");
    case.faults([once(dropped(&refresh, DropAt::After))])?;
    let seen: Value = case
        .run(&format!(
            "const first = await attempt(call());
             {AFTER_THE_PAUSE}
             return {{ code: first.error?.code, call: await call(), state: state() }};"
        ))
        .await?;
    let expected =
        json!({ "code": "refresh_unavailable", "call": 200, "state": { "status": "signed-in" } });
    assert_has(&seen, &expected);
    let refreshes = case.log().to(&refresh);
    assert_eq!(refreshes.statuses(), [0, 200]);
    assert!(refreshes.0[0].idempotency_key.is_some());
    assert_eq!(
        refreshes.0[0].idempotency_key,
        refreshes.0[1].idempotency_key
    );
    assert_eq!(refreshes.0[1].note, Some(Note::GraceReplay));

    // The next attempt is another one.
    case.clear_log()?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    assert_ne!(
        case.log().to(&refresh).0[0].idempotency_key,
        refreshes.0[0].idempotency_key
    );
    Ok(())
}

async fn ec08_without_a_grace_window_a_lost_answer_ends_as_outcome_unknown(
    case: &Case,
) -> Result<()> {
    case.settings(&Settings {
        grace_ms: Some(0),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    let refresh = case.mode.auth("refresh");
    case.faults([once(dropped(&refresh, DropAt::After))])?;
    let seen: Value = case
        .run("await attempt(call()); pass(60_000); await until(() => auth.status === 'signed-out'); return { state: state(), stored: stored() };")
        .await?;
    let state = json!({ "status": "signed-out", "reason": "refresh_outcome_unknown" });
    assert_has(&seen, &json!({ "state": state, "stored": [] }));
    assert_eq!(
        case.log().to(&refresh).count(),
        2,
        "repeated once, and not blindly"
    );
    Ok(())
}

async fn ec12_back_online_the_refresh_does_not_wait_for_the_backoff(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    let lost = dropped(case.mode.auth("refresh"), DropAt::Before);
    case.faults([Rule {
        times: Some(4),
        ..lost
    }])?;
    let status: u16 = case
        .run(
            "for (let failures = 0; failures < 4; failures++) await attempt(auth.refresh());
             // So that nothing else ends the pause.
             stopTimers();
             await settled();
             const early = changes.length;
             window.dispatchEvent(new Event('online'));
             await until(() => changes.some(({ event }) => event === 'refreshed'));
             return early === 0 && call();",
        )
        .await?;
    assert_eq!(status, 200);
    Ok(())
}

async fn ec11_a_client_made_while_the_backend_is_down_recovers(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.page.reload().await?;
    case.faults([answer("/auth/*", 503)])?;
    let seen: Value = case.run("await start(); return state();").await?;
    let expected = match case.mode {
        // What is stored is good enough.
        Mode::JwtLocal => json!({ "status": "signed-in", "user": "ada@example.com" }),
        _ => json!({ "status": "restoring", "user": null, "reason": null }),
    };
    assert_has(&seen, &expected);
    case.faults([])?;
    let seen: Value = case
        .run("pass(60_000); await until(() => auth.status === 'signed-in'); return { user: auth.user.email, events: changes.map(({ event }) => event), call: await call() };")
        .await?;
    assert_has(&seen, &json!({ "user": "ada@example.com", "call": 200 }));
    if case.mode != Mode::JwtLocal {
        assert_eq!(seen["events"], json!(["restored"]));
    }
    Ok(())
}

async fn ec11_a_stored_session_whose_token_ended_stands_while_the_backend_is_down(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.page.reload().await?;
    pass_time(case, 10 * MINUTE).await?;
    case.faults([answer("/auth/*", 503)])?;
    let seen: Value = case
        .run("await start(); return { state: state(), ...await attempt(call()) };")
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(
        &seen,
        &json!({ "state": state, "error": { "code": "refresh_unavailable" } }),
    );
    case.faults([])?;
    let status: u16 = case
        .run(&format!("{AFTER_THE_PAUSE} return call();"))
        .await?;
    assert_eq!(status, 200);
    Ok(())
}

async fn ec11_a_me_endpoint_that_fails_keeps_the_session(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([
        once(answer("/api/session/orders", 401)),
        answer("/auth/session/me", 503),
    ])?;
    let seen: Value = case
        .run("return { calls: [await call(), await call()], state: state() };")
        .await?;
    assert_has(
        &seen,
        &json!({ "calls": [401, 200], "state": { "status": "signed-in" } }),
    );
    Ok(())
}
