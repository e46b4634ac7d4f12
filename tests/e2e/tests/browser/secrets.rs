//! No token, password or CSRF token in the journal, in an error, in the console or in the page.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        Mode::EVERY_STORAGE =>
            no_secret_is_in_the_journal_in_an_error_or_in_the_page;
        Mode::ALL =>
            a_server_that_says_the_password_back_is_not_quoted,
            the_journal_tells_what_happened;
    );
}

async fn no_secret_is_in_the_journal_in_an_error_or_in_the_page(case: &Case) -> Result<()> {
    let login = case.mode.auth("login");
    case.run::<()>(
        "spy();
         window.told = [];
         // All that an error shows to whoever logs it.
         window.keep = async (promise) => {
           try { told.push(JSON.stringify(await promise)); } catch (error) {
             for (let at = error; at; at = at.cause) told.push(String(at), String(at.stack), JSON.stringify(at), JSON.stringify(Object.getOwnPropertyDescriptors(at)));
           }
         };
         await start();
         await keep(auth.login({ ...ada, password: 'wr0ng-s3cret' }));
         await keep(auth.login(ada));",
    )
    .await?;
    case.expire().await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    case.run::<()>("await call(); await call(orders, { method: 'POST' }); await auth.refresh();")
        .await?;
    case.faults([answer("/auth/*", 503)])?;
    case.run::<()>("await keep(auth.login(grace)); await keep(auth.refresh()); sleep(600_000); await keep(call()); await keep(auth.refresh());")
        .await?;
    case.faults([truncated(&login)])?;
    case.run::<()>("await keep(auth.login(grace));").await?;
    case.faults([])?;
    case.revoke().await?;
    let found: Value = case
        .run(
            "await attempt(call());
             await keep(auth.refresh());
             await keep(auth.logout());
             const secrets = [ada.password, grace.password, 'wr0ng-s3cret'];
             const collect = (value) => {
               for (const [name, member] of Object.entries(value ?? {})) {
                 if (typeof member === 'object') collect(member);
                 else if (/token|csrf/i.test(name) && name !== 'token_type') secrets.push(member);
               }
             };
             seen.forEach(collect);
             for (const cookie of document.cookie.split('; ')) secrets.push(cookie.split('=')[1]);
             const known = secrets.filter((secret) => typeof secret === 'string' && secret.length > 8);
             const places = {
               journal: JSON.stringify(auth.journal()), errors: told.join('\\n'), console: consoleLines.join('\\n'),
               changes: JSON.stringify(changes), snapshot: JSON.stringify(auth.getSnapshot()),
               page: document.documentElement.outerHTML, address: location.href, title: document.title, name: window.name,
               timing: JSON.stringify(performance.getEntries()),
             };
             const found = [];
             for (const [place, text] of Object.entries(places))
               for (const secret of known) if (text.includes(secret)) found.push(`${place}: ${secret}`);
             return { known: known.length, journal: auth.journal().length, errors: told.length, found };",
        )
        .await?;
    assert_eq!(found["found"], json!([]));
    let least = if case.mode == Mode::Session { 3 } else { 5 };
    assert!(
        found["known"].as_u64() >= Some(least),
        "what is looked for was not seen: {found}"
    );
    assert!(
        found["journal"].as_u64() > Some(5) && found["errors"].as_u64() > Some(10),
        "{found}"
    );
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
