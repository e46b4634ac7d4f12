//! No token, password or CSRF token where a log, a bug report or a script finds it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use hallpass_server::Rule;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::EITHER).all(Mode::EVERY_STORAGE) => no_secret_is_where_a_log_or_a_script_finds_it;
        by_core(Mode::JWT).all(Mode::ALL) =>
            a_server_that_says_the_password_back_is_not_quoted,
            the_journal_tells_what_happened;
    );
}

async fn no_secret_is_where_a_log_or_a_script_finds_it(case: &Case) -> Result<()> {
    case.run::<()>(
        "await loadSecrets();
         window.keep = secrets.keep;
         history.replaceState({ mine: 1 }, '');
         secrets.watch();
         spy();
         await start();
         auth.subscribe((change) => console.log(change));
         await keep(auth.login({ ...ada, password: 'wr0ng s3cret+/=\"&' }));
         await keep(auth.login(ada));
         await secrets.look();",
    )
    .await?;
    case.expire().await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    case.run::<()>(
        "await call();
         await call(orders, { method: 'POST' });
         await keep(auth.refresh());
         await secrets.look();",
    )
    .await?;
    fail_for_a_while(case).await?;
    quote(case).await?;
    step_up(case).await?;
    case.faults([])?;
    case.run::<()>("sleep(600_000); await keep(auth.refresh()); await secrets.look();")
        .await?;
    case.revoke().await?;
    case.run::<()>(
        "await attempt(call());
         await keep(auth.refresh());
         await secrets.look();
         await keep(auth.login(grace));",
    )
    .await?;
    case.faults([answer(case.mode.auth("logout"), 503)])?;
    let told: Told = case
        .run(
            "await keep(auth.logout());
             await settled();
             await secrets.look();
             return secrets.found([ada.password, grace.password, 'wr0ng s3cret+/=\"&'], seen);",
        )
        .await?;

    assert_eq!(told.found, Vec::<String>::new());
    let known = if case.mode == Mode::Session { 5 } else { 8 };
    assert!(told.secrets.len() >= known, "{told:?}");
    for place in [
        "console.log",
        "error",
        "result",
        "message between tabs",
        "journal",
        "client",
        "document",
        "page",
        "timing",
    ] {
        assert!(told.places.contains_key(place), "{place}: {told:?}");
    }
    let log = serde_json::to_string(&case.log().0)?;
    for secret in &told.secrets {
        assert!(!log.contains(secret.as_str()), "{secret} in {log}");
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Told {
    /// Each place with a secret.
    found: Vec<String>,
    /// How much was looked at where.
    places: BTreeMap<String, usize>,
    /// What was looked for.
    secrets: Vec<String>,
}

async fn fail_for_a_while(case: &Case) -> Result<()> {
    let failing = "await keep(auth.login(grace)); await keep(auth.refresh()); sleep(600_000); await keep(call()); await keep(auth.refresh());";
    let login = case.mode.auth("login");
    for faults in [
        vec![answer("/auth/*", 503)],
        vec![truncated("/auth/*")],
        vec![portal("/auth/*")],
        vec![too_many(login, 3)],
    ] {
        case.faults(faults)?;
        case.run::<()>(failing).await?;
        case.run::<()>("sleep(600_000); await secrets.look();")
            .await?;
    }
    case.faults([])
}

/// Servers that say back what they were sent, in whatever member of whatever answer.
async fn quote(case: &Case) -> Result<()> {
    let quoted: Vec<String> = case
        .run("return [...new Set([ada.password, ...secrets.tokensIn(seen.slice(-1))])];")
        .await?;
    let long = "x".repeat(250);
    for secret in &quoted {
        let bodies = [
            json!({ "error": secret }),
            json!({ "error": { "code": secret, "message": format!("not {secret}") } }),
            json!({ "error": "nope", "error_description": format!("{long} {secret}") }),
            json!({ "message": format!("'{secret}' is wrong") }),
            json!({ "detail": secret, "title": secret }),
        ];
        for (number, body) in bodies.iter().enumerate() {
            let rule = |path: &str, status| Rule {
                headers: BTreeMap::from([
                    ("Retry-After".to_owned(), secret.clone()),
                    (
                        "WWW-Authenticate".to_owned(),
                        format!(r#"Bearer error="{secret}""#),
                    ),
                ]),
                ..answer_json(path, status, &body.to_string())
            };
            // Of the password nothing is left to compare with once the login is answered.
            let was_sent = *secret != quoted[0];
            let others = if was_sent {
                rule("/auth/*", 503)
            } else {
                answer("/auth/*", 503)
            };
            case.faults([rule(&case.mode.auth("login"), 400), others])?;
            let script = "await keep(auth.login(ada)); await keep(auth.refresh()); sleep(600_000);";
            case.run::<()>(script)
                .await
                .with_context(|| format!("{number}"))?;
        }
    }
    let to = format!("/?token={}", quoted.concat().replace(' ', "%20"));
    case.faults([redirect("/auth/*", 302, to)])?;
    case.run::<()>("await keep(auth.login(ada)); await keep(auth.refresh()); sleep(600_000); await secrets.look();")
        .await
}

/// An API that wants another authentication, and quotes the token.
async fn step_up(case: &Case) -> Result<()> {
    case.faults([])?;
    case.run::<()>("await keep(auth.refresh());").await?;
    let token: Option<String> = case.run("return auth.accessToken();").await?;
    let challenge = format!(
        r#"Bearer error="insufficient_user_authentication", error_description="{}", acr_values="gold""#,
        token.unwrap_or_default()
    );
    case.faults([Rule {
        headers: BTreeMap::from([("WWW-Authenticate".to_owned(), challenge)]),
        ..answer(case.mode.orders(), 401)
    }])?;
    let status: u16 = case
        .run("const status = await call(); await secrets.look(); return status;")
        .await?;
    assert_eq!(status, 401);
    Ok(())
}

async fn a_server_that_says_the_password_back_is_not_quoted(case: &Case) -> Result<()> {
    let body = r#"{"error":"nope","error_description":"The password correct horse is wrong, said the server"}"#;
    case.faults([answer_json(case.mode.auth("login"), 400, body)])?;
    let error: Value = case
        .run("await start(); return (await attempt(auth.login(ada))).error;")
        .await?;
    assert_has(
        &error,
        &json!({ "serverCode": "nope", "serverMessage": null }),
    );
    assert!(!error.to_string().contains("correct horse"), "{error}");
    Ok(())
}

async fn the_journal_tells_what_happened(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "await auth.logout();
             const entries = auth.journal();
             const times = entries.map(({ time }) => time);
             return {
               events: entries.map(({ event }) => event),
               members: [...new Set(entries.flatMap(Object.keys))].sort(),
               ordered: times.every((time, index) => index === 0 || time >= times[index - 1]),
               recent: times.every((time) => Math.abs(Date.now() - time) < 60_000),
             };",
        )
        .await?;
    let expected =
        json!({ "members": ["detail", "event", "time", "value"], "ordered": true, "recent": true });
    assert_has(&seen, &expected);
    let events = seen["events"].as_array().cloned().unwrap_or_default();
    for event in ["login sent", "signed in", "signed out"] {
        assert!(events.contains(&json!(event)), "no {event:?} in {events:?}");
    }
    Ok(())
}
