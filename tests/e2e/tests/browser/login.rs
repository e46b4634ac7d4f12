//! Signing in, and what else a login endpoint may answer.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::{DropAt, Rule};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::ALL).and_by_core(Mode::EVERY_STORAGE) => the_right_password_signs_in;
        by_engine(Mode::EVERY_STORAGE) => a_reload_restores_what_the_storage_keeps;
        by_engine(Mode::JWT).all(Mode::ALL) => ec11_a_login_whose_connection_is_dropped_is_a_network_error;
        // The browser decodes what the host tests have other decoders for.
        by_engine(Mode::JWT) => a_jwt_is_read_strictly;
        by_core(Mode::EITHER).all(Mode::ALL) => a_wrong_password_is_refused_and_changes_nothing;
        by_core(Mode::JWT).all(Mode::ALL) =>
            the_servers_own_error_code_and_words_are_kept,
            ec11_a_login_answered_429_is_rate_limited,
            ec11_a_login_answered_503_is_a_server_error,
            ec11_a_login_answered_by_a_captive_portal_is_invalid,
            ec11_a_login_answered_in_truncated_json_is_invalid,
            ec11_a_login_that_takes_too_long_times_out,
            a_login_answer_that_says_nothing_is_invalid,
            a_later_login_supersedes_an_earlier_one,
            an_aborted_login_changes_nothing;
        by_core(Mode::JWT) =>
            too_many_wrong_passwords_are_rate_limited_by_the_real_server,
            a_token_over_64_kib_is_malformed,
            what_json_cannot_hold_is_no_credential;
    );
}

async fn the_right_password_signs_in(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const before = state();
             const user = await auth.login(ada);
             return {
               before, user: user.email, frozen: Object.isFrozen(user), same: user === auth.user,
               after: state(), changes, call: await call(),
             };",
        )
        .await?;
    let expected = json!({
        "before": { "status": "signed-out", "user": null, "reason": null, "storage": "ok" },
        "user": "ada@example.com",
        "frozen": true,
        "same": true,
        "after": { "status": "signed-in", "user": "ada@example.com", "reason": null, "storage": "ok" },
        "changes": [
            { "event": "signed-in", "status": "signed-in", "reason": null, "user": "ada@example.com" },
        ],
        "call": 200,
    });
    assert_eq!(seen, expected);
    Ok(())
}

async fn a_reload_restores_what_the_storage_keeps(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.page.reload().await?;
    let seen: Value = case
        .run("await start(); return { state: state(), call: await call() };")
        .await?;
    let expected = if case.mode.survives_reload() {
        json!({ "state": { "status": "signed-in", "user": "ada@example.com" }, "call": 200 })
    } else {
        json!({ "state": { "status": "signed-out", "user": null, "reason": null }, "call": 401 })
    };
    assert_has(&seen, &expected);
    Ok(())
}

async fn a_wrong_password_is_refused_and_changes_nothing(case: &Case) -> Result<()> {
    let error = json!({
        "name": "AuthError", "code": "invalid_credentials", "status": 401, "retryable": false,
        "retryAfter": null, "serverCode": "invalid_credentials", "isAuthError": true,
    });
    refused_login(case, None, &error).await
}

async fn the_servers_own_error_code_and_words_are_kept(case: &Case) -> Result<()> {
    let body = r#"{"error":"account_locked","error_description":"This account is locked."}"#;
    let rule = answer_json(case.mode.auth("login"), 403, body);
    let error = json!({
        "code": "request_rejected", "status": 403, "retryable": false,
        "serverCode": "account_locked", "serverMessage": "This account is locked.",
    });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_answered_429_is_rate_limited(case: &Case) -> Result<()> {
    let rule = too_many(case.mode.auth("login"), 7);
    let error =
        json!({ "code": "rate_limited", "status": 429, "retryable": true, "retryAfter": 7 });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_answered_503_is_a_server_error(case: &Case) -> Result<()> {
    let rule = answer(case.mode.auth("login"), 503);
    let error = json!({ "code": "server_error", "status": 503, "retryable": true });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_answered_by_a_captive_portal_is_invalid(case: &Case) -> Result<()> {
    let rule = portal(case.mode.auth("login"));
    let error = json!({ "code": "response_invalid", "status": 200 });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_answered_in_truncated_json_is_invalid(case: &Case) -> Result<()> {
    let rule = truncated(case.mode.auth("login"));
    let error = json!({ "code": "response_invalid", "status": 200 });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_whose_connection_is_dropped_is_a_network_error(case: &Case) -> Result<()> {
    let rule = dropped(case.mode.auth("login"), DropAt::Before);
    let error = json!({ "code": "network_error", "status": null, "retryable": true });
    refused_login(case, Some(rule), &error).await
}

async fn ec11_a_login_that_takes_too_long_times_out(case: &Case) -> Result<()> {
    let rule = late(case.mode.auth("login"));
    let error = json!({ "code": "timeout", "status": null, "retryable": true });
    refused_login_after(case, Some(rule), &later("login sent", MINUTE), &error).await
}

async fn a_login_answer_that_says_nothing_is_invalid(case: &Case) -> Result<()> {
    let rule = answer_json(case.mode.auth("login"), 200, "{}");
    let error = json!({ "code": "response_invalid", "retryable": false });
    case.start(json!({})).await?;
    case.faults([rule])?;
    let seen: Value = case.run("return attempt(auth.login(ada));").await?;
    assert_has(&seen["error"], &error);
    let state: Value = case.run("return { state: state(), changes };").await?;
    assert_has(
        &state,
        &json!({ "state": { "status": "signed-out" }, "changes": [] }),
    );
    Ok(())
}

/// A login that the server does not accept: from signed out, and as somebody else while signed in. Without a rule, by a wrong password.
async fn refused_login(case: &Case, rule: Option<Rule>, error: &Value) -> Result<()> {
    refused_login_after(case, rule, "", error).await
}

async fn refused_login_after(
    case: &Case,
    rule: Option<Rule>,
    meanwhile: &str,
    error: &Value,
) -> Result<()> {
    let credentials = match rule {
        Some(_) => "grace",
        None => "{ ...grace, password: 'wrong' }",
    };
    case.start(json!({})).await?;
    case.faults(rule.clone())?;
    let out: Value = case
        .run(&format!(
            "const before = auth.getSnapshot();
             const login = attempt(auth.login({credentials}));
             {meanwhile}
             const out = await login;
             return {{ ...out, same: auth.getSnapshot() === before, changes, stored: stored() }};"
        ))
        .await?;
    assert_has(&out["error"], error);
    assert_has(&out, &json!({ "same": true, "changes": [], "stored": [] }));

    case.faults([])?;
    case.run::<()>("await auth.login(ada); changes.length = 0;")
        .await?;
    case.faults(rule)?;
    let out: Value = case
        .run(&format!(
            "const before = auth.getSnapshot();
             const login = attempt(auth.login({credentials}));
             {meanwhile}
             const out = await login;
             return {{ ...out, same: auth.getSnapshot() === before, changes, call: await call() }};"
        ))
        .await?;
    assert_has(&out["error"], error);
    assert_has(&out, &json!({ "same": true, "changes": [], "call": 200 }));
    Ok(())
}

async fn a_later_login_supersedes_an_earlier_one(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const gate = hold('/login');
             const first = attempt(auth.login(ada));
             await gate.here();
             const second = attempt(auth.login(grace));
             gate.release();
             return { first: (await first).error?.code, second: (await second).value?.email, state: state(), call: await call() };",
        )
        .await?;
    let expected = json!({
        "first": "superseded",
        "second": "grace@example.com",
        "state": { "status": "signed-in", "user": "grace@example.com" },
        "call": 200,
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn an_aborted_login_changes_nothing(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const before = auth.getSnapshot();
             const gate = hold('/login');
             const controller = new AbortController();
             const login = attempt(auth.login(ada, { signal: controller.signal }));
             await gate.here();
             controller.abort();
             const { error } = await login;
             gate.release();
             await settled();
             const early = await attempt(auth.login(ada, { signal: AbortSignal.abort(new RangeError('mine')) }));
             return { error: error.name, early: early.error.name, same: auth.getSnapshot() === before, stored: stored() };",
        )
        .await?;
    let expected =
        json!({ "error": "AbortError", "early": "RangeError", "same": true, "stored": [] });
    assert_eq!(seen, expected);
    Ok(())
}

async fn too_many_wrong_passwords_are_rate_limited_by_the_real_server(case: &Case) -> Result<()> {
    let error: Value = case
        .run(
            "await start();
             for (let attempts = 0; attempts < 10; attempts++) await attempt(auth.login({ ...ada, password: 'wrong' }));
             return (await attempt(auth.login(ada))).error;",
        )
        .await?;
    assert_has(
        &error,
        &json!({ "code": "rate_limited", "status": 429, "retryable": true }),
    );
    let wait = error["retryAfter"].as_u64();
    assert!(wait.is_some_and(|wait| (1..=60).contains(&wait)), "{error}");
    Ok(())
}

async fn a_token_over_64_kib_is_malformed(case: &Case) -> Result<()> {
    let body = json!({ "access_token": "x".repeat(64 * 1024 + 1) }).to_string();
    case.faults([answer_json(case.mode.auth("login"), 200, &body)])?;
    let seen: Value = case
        .run("await start(); const { error } = await attempt(auth.login(ada)); return { code: error.code, state: state() };")
        .await?;
    assert_has(
        &seen,
        &json!({ "code": "token_malformed", "state": { "status": "signed-out" } }),
    );
    Ok(())
}

/// The browser decodes base64url and JSON in the npm package; the host tests of `src/jwt` see other decoders.
async fn a_jwt_is_read_strictly(case: &Case) -> Result<()> {
    const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
    let encoding = "a part is not base64url";
    let object = "a part is not a JSON object";
    let deep = |depth: usize| {
        let text = ["{\"a\":", &"[".repeat(depth), &"]".repeat(depth), "}"].concat();
        URL_SAFE_NO_PAD.encode(text)
    };
    let of = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
    let tokens: Vec<(String, Option<&str>)> = vec![
        (format!("{HEADER}.e30.c2ln"), None),
        (format!("{HEADER}.e30."), None),
        (format!("{HEADER}.e30=.c2ln"), Some(encoding)),
        (format!("{HEADER}.e31.c2ln"), Some(encoding)),
        (format!("{HEADER}.e30.?"), Some(encoding)),
        (format!("{HEADER}.e30.a+b/"), Some(encoding)),
        (format!("{HEADER}.e30.aaaaa"), Some(encoding)),
        (format!("{HEADER}.e30"), Some("a JWT without three parts")),
        (format!("{HEADER}.{}.c2ln", of(b"[]")), Some(object)),
        (
            format!("{HEADER}.{}.c2ln", of(b"{\"sub\":\"\xff\"}")),
            Some(object),
        ),
        (
            format!("{HEADER}.{}.c2ln", of("\u{feff}{}".as_bytes())),
            Some(object),
        ),
        (
            format!("{HEADER}.{}.c2ln", of(b"{\"exp\":1e999}")),
            Some(object),
        ),
        (format!("{HEADER}.{}.c2ln", of(b"{}x")), Some(object)),
        (format!("{HEADER}.{}.c2ln", deep(126)), None),
        (format!("{HEADER}.{}.c2ln", deep(127)), Some(object)),
        (format!("{HEADER}.{}.c2ln", deep(20_000)), Some(object)),
        (format!("{HEADER}.{}.c2ln", of(b"{\"exp\":\"1\"}")), None),
        (
            format!("{HEADER}.{}.c2ln", of(b"{\"__proto__\":{\"exp\":\"1\"}}")),
            None,
        ),
        (
            format!(
                "{HEADER}.{}.c2ln",
                of("{\"sub\":\"\u{1f511}é\"}".as_bytes())
            ),
            None,
        ),
    ];
    case.run::<()>("await start();").await?;
    for (token, malformed) in tokens {
        let body = json!({ "access_token": token, "user": { "id": 1 } }).to_string();
        case.faults([answer_json(case.mode.auth("login"), 200, &body)])?;
        let seen: Value = case
            .run("return (await attempt(auth.login(ada))).error ?? null;")
            .await?;
        let message = seen["message"].as_str().unwrap_or_default();
        let start = token.get(..60).unwrap_or(&token);
        match malformed {
            None => assert_eq!(seen, Value::Null, "{start}"),
            Some(why) => {
                assert_eq!(seen["code"], "token_malformed", "{start}");
                assert!(message.contains(why), "{start}: {message}");
            }
        }
    }
    Ok(())
}

async fn what_json_cannot_hold_is_no_credential(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const { error } = await attempt(auth.login(undefined));
             return { code: error.code, option: error.option };",
        )
        .await?;
    assert_eq!(
        seen,
        json!({ "code": "config_invalid", "option": "credentials" })
    );
    assert_eq!(case.log().count(), 0);
    Ok(())
}
