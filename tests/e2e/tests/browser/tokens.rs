//! Tokens as backends make them: without an end, opaque, without a way to renew them; and clocks that are off.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use hallpass_server::{Algorithm, Settings};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            a_token_with_no_end_is_never_renewed_by_time,
            a_token_with_no_end_is_renewed_when_it_is_refused,
            an_opaque_token_ends_when_the_answer_says,
            an_opaque_token_without_a_lifetime_is_renewed_when_it_is_refused,
            a_jwt_without_expires_in_ends_at_its_exp,
            ec14_a_server_clock_an_hour_ahead_changes_nothing,
            ec14_a_server_clock_an_hour_behind_changes_nothing,
            ec14_a_device_clock_an_hour_off_changes_nothing,
            ec15_a_jump_of_the_device_clock_ends_nothing,
            ec15_after_a_jump_of_the_device_clock_the_end_is_told_by_its_new_time,
            ec15_a_token_that_is_born_expired_causes_no_storm;
        by_core(Mode::JWT) =>
            without_a_refresh_token_a_refused_token_ends_the_session,
            without_a_refresh_token_the_end_of_the_token_ends_the_session,
            ec31_an_answer_without_a_refresh_token_keeps_the_old_one,
            every_algorithm_is_understood,
            a_token_that_is_too_large_for_servers_is_told_of,
            a_refresh_token_may_travel_as_a_form,
            parts_of_the_answer_are_found_where_the_options_say;
    );
}

async fn a_token_with_no_end_is_never_renewed_by_time(case: &Case) -> Result<()> {
    case.settings(&Settings {
        no_expiry: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const { expiresAt, issuedAt } = auth.getSnapshot();
             sleep(30 * 24 * 3600e3);
             return { expiresAt, issuedAt, exp: auth.claims.exp ?? null, call: await call() };",
        )
        .await?;
    assert_eq!(
        seen,
        json!({ "expiresAt": null, "issuedAt": null, "exp": null, "call": 200 })
    );
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
    Ok(())
}

async fn a_token_with_no_end_is_renewed_when_it_is_refused(case: &Case) -> Result<()> {
    case.settings(&Settings {
        no_expiry: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    renewed_when_refused(case).await
}

async fn an_opaque_token_ends_when_the_answer_says(case: &Case) -> Result<()> {
    case.settings(&Settings {
        opaque: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run("return { claims: auth.claims, user: auth.user.email, left: auth.getSnapshot().expiresAt - Date.now() };")
        .await?;
    assert_has(&seen, &json!({ "claims": null, "user": "ada@example.com" }));
    assert_five_minutes(&seen["left"]);
    renewed_by_time(case).await
}

async fn an_opaque_token_without_a_lifetime_is_renewed_when_it_is_refused(
    case: &Case,
) -> Result<()> {
    let settings = Settings {
        opaque: Some(true),
        omit_expires_in: Some(true),
        ..Settings::default()
    };
    case.settings(&settings)?;
    case.signed_in(json!({})).await?;
    let end: Value = case.run("return auth.getSnapshot().expiresAt;").await?;
    assert_eq!(end, Value::Null);
    renewed_when_refused(case).await
}

async fn a_jwt_without_expires_in_ends_at_its_exp(case: &Case) -> Result<()> {
    case.settings(&Settings {
        omit_expires_in: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    let left: Value = case
        .run("return auth.getSnapshot().expiresAt - Date.now();")
        .await?;
    assert_five_minutes(&left);
    renewed_by_time(case).await
}

async fn ec14_a_server_clock_an_hour_ahead_changes_nothing(case: &Case) -> Result<()> {
    case.backends.main.set_clock(&case.client, HOUR)?;
    clocks_apart(case, HOUR, "").await
}

async fn ec14_a_server_clock_an_hour_behind_changes_nothing(case: &Case) -> Result<()> {
    case.backends.main.set_clock(&case.client, -HOUR)?;
    clocks_apart(case, -HOUR, "").await
}

async fn ec14_a_device_clock_an_hour_off_changes_nothing(case: &Case) -> Result<()> {
    clocks_apart(case, 0, "shiftClocks({ wall: 3600e3 });").await
}

/// Signs in with the clocks apart: the token lives as long as it lives, on the device's clock, also after a reload.
async fn clocks_apart(case: &Case, server: i64, device: &str) -> Result<()> {
    let sign_in = format!(
        "{device}
         await start();
         await auth.login(ada);
         return {{ left: auth.getSnapshot().expiresAt - Date.now(), call: await call() }};"
    );
    let seen: Value = case.run(&sign_in).await?;
    assert_five_minutes(&seen["left"]);
    assert_eq!(seen["call"], 200);
    assert_eq!(
        case.log()
            .to(&case.mode.auth("refresh"))
            .only(|entry| entry.status == Some(200))
            .count(),
        0
    );

    case.page.reload().await?;
    case.clear_log()?;
    let again: Value = case
        .run(&format!("{device} await start(); return {{ left: auth.getSnapshot().expiresAt - Date.now(), state: state(), call: await call() }};"))
        .await?;
    assert_has(
        &again,
        &json!({ "state": { "status": "signed-in" }, "call": 200 }),
    );
    assert_five_minutes(&again["left"]);
    let refreshes = usize::from(case.mode == Mode::Hybrid);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), refreshes);

    case.clear_log()?;
    case.backends
        .main
        .set_clock(&case.client, server + 400_000)?;
    let status: u16 = case.run("sleep(400_000); return call();").await?;
    assert_eq!(status, 200);
    assert_eq!(
        case.log().statuses(),
        [200, 200],
        "renewed in time, as without the difference"
    );
    Ok(())
}

async fn ec15_a_jump_of_the_device_clock_ends_nothing(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // Forward, it may as well be a sleep: that costs one refresh. Back, it costs nothing.
    for (jump, refreshes) in [(HOUR, 1), (-2 * HOUR, 0)] {
        case.clear_log()?;
        let statuses: Vec<u16> = case
            .run(&format!(
                "shiftClocks({{ wall: {jump} }}); return [await call(), await call()];"
            ))
            .await?;
        assert_eq!(statuses, [200, 200]);
        assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), refreshes);
    }
    Ok(())
}

async fn ec15_after_a_jump_of_the_device_clock_the_end_is_told_by_its_new_time(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    let left: Value = case
        .run("shiftClocks({ wall: -3600e3 }); await call(); return auth.getSnapshot().expiresAt - Date.now();")
        .await?;
    assert_five_minutes(&left);
    Ok(())
}

async fn ec15_a_token_that_is_born_expired_causes_no_storm(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // The claims of a token that ended in 2001; nobody checks the signature before the API does.
    let dead = json!({
        "access_token": "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIiwiaWF0Ijo5OTk5OTk5MDAsImV4cCI6MTAwMDAwMDAwMH0.c2ln",
    });
    case.faults([answer_json(
        case.mode.auth("refresh"),
        200,
        &dead.to_string(),
    )])?;
    case.expire().await?;
    let statuses: Vec<u16> = case
        .run("const statuses = []; for (let calls = 0; calls < 30; calls++) statuses.push(await call()); return statuses;")
        .await?;
    assert_eq!(statuses, [401; 30]);
    let refreshes = case.log().to(&case.mode.auth("refresh")).count();
    assert!(refreshes <= 12, "{refreshes} refreshes");
    Ok(())
}

async fn without_a_refresh_token_a_refused_token_ends_the_session(case: &Case) -> Result<()> {
    case.settings(&Settings {
        omit_refresh_token: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run("return { call: await call(), state: state(), stored: stored() };")
        .await?;
    let state = json!({ "status": "signed-out", "user": null, "reason": "token_expired" });
    assert_has(&seen, &json!({ "call": 401, "state": state, "stored": [] }));
    assert_eq!(case.log().to("/auth/jwt/refresh").count(), 0);
    Ok(())
}

async fn without_a_refresh_token_the_end_of_the_token_ends_the_session(case: &Case) -> Result<()> {
    case.settings(&Settings {
        omit_refresh_token: Some(true),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    let early: u16 = case.run("sleep(280_000); return call();").await?;
    assert_eq!(
        early, 200,
        "to its very end, since nothing better will come"
    );
    let seen: Value = case
        .run("sleep(30_000); const { error } = await attempt(call()); return { code: error.code, reason: error.reason, state: state() };")
        .await?;
    let expected = json!({
        "code": "signed_out",
        "reason": "token_expired",
        "state": { "status": "signed-out", "reason": "token_expired" },
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn ec31_an_answer_without_a_refresh_token_keeps_the_old_one(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.settings(&Settings {
        omit_refresh_token: Some(true),
        ..Settings::default()
    })?;
    for _ in 0..2 {
        case.expire().await?;
        let status: u16 = case.run("return call();").await?;
        assert_eq!(status, 200);
    }
    case.page.reload().await?;
    case.expire().await?;
    let status: u16 = case.run("await start(); return call();").await?;
    assert_eq!(status, 200);
    Ok(())
}

async fn every_algorithm_is_understood(case: &Case) -> Result<()> {
    case.start(json!({})).await?;
    for alg in [
        Algorithm::ES256,
        Algorithm::RS256,
        Algorithm::EdDSA,
        Algorithm::HS256,
    ] {
        case.settings(&Settings {
            alg: Some(alg),
            ..Settings::default()
        })?;
        let seen: Value = case
            .run("await auth.login(ada); return { claims: auth.claims.email, frozen: Object.isFrozen(auth.claims), call: await call() };")
            .await?;
        assert_eq!(
            seen,
            json!({ "claims": "ada@example.com", "frozen": true, "call": 200 })
        );
    }
    Ok(())
}

async fn a_refresh_token_may_travel_as_a_form(case: &Case) -> Result<()> {
    case.signed_in(json!({ "refreshToken": { "in": "form", "params": { "client_id": "a b&c" } } }))
        .await?;
    renewed_when_refused(case).await
}

async fn parts_of_the_answer_are_found_where_the_options_say(case: &Case) -> Result<()> {
    let answer = json!({ "result": { "jeton": "opaque-1", "life": "600", "who": { "email": "ada@example.com" } } });
    case.faults([answer_json("/auth/jwt/login", 200, &answer.to_string())])?;
    let fields = json!({
        "accessToken": "result.jeton", "expiresIn": "result.life", "user": "result.who",
    });
    case.signed_in(json!({ "fields": fields })).await?;
    let seen: Value = case
        .run("return { token: await auth.accessToken(), state: state(), left: Math.round((auth.getSnapshot().expiresAt - Date.now()) / 10_000) };")
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(
        &seen,
        &json!({ "token": "opaque-1", "state": state, "left": 60 }),
    );
    Ok(())
}

async fn renewed_when_refused(case: &Case) -> Result<()> {
    case.clear_log()?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().statuses(), [401, 200, 200]);
    Ok(())
}

async fn renewed_by_time(case: &Case) -> Result<()> {
    case.clear_log()?;
    case.backends.main.set_clock(&case.client, 400_000)?;
    let status: u16 = case.run("sleep(400_000); return call();").await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).statuses(), [200]);
    assert_eq!(case.log().to(&case.mode.orders()).statuses(), [200]);
    Ok(())
}

/// The server's tokens live so long, give or take the parts of a second that its headers do not tell.
#[track_caller]
fn assert_five_minutes(left: &Value) {
    let left = left.as_f64().unwrap_or_default();
    assert!((295_000.0..=302_000.0).contains(&left), "{left} ms");
}

async fn a_token_that_is_too_large_for_servers_is_told_of(case: &Case) -> Result<()> {
    let token: String = case
        .run(
            "const { signer, claims } = await import('/signer.js');
             const own = await signer('ES256', 'k1');
             return own.sign(claims({ groups: Array.from({ length: 900 }, (_, n) => `group-${n}`), name: '\u{e9}'.repeat(40) }));",
        )
        .await?;
    let body = json!({ "access_token": token, "expires_in": 300 }).to_string();
    case.faults([answer_json(case.mode.auth("login"), 200, &body)])?;
    let seen: Value = case
        .run(
            "await start();
             const told = [];
             auth.subscribe(({ event, status, heaviest }) => told.push([event, status, heaviest?.map(({ name }) => name).slice(0, 2), heaviest?.[1].bytes, heaviest?.length]));
             await auth.login(ada);
             return { told, journal: auth.journal().filter(({ event }) => /too large/.test(event)).map(({ value }) => value) };",
        )
        .await?;
    let expected = json!([
        ["signed-in", "signed-in", null, null, null],
        ["token-large", "signed-in", ["groups", "name"], 82, 5],
    ]);
    assert_eq!(seen["told"], expected);
    assert_eq!(
        seen["journal"],
        json!([token.len() + "Authorization: Bearer ".len()])
    );
    Ok(())
}
