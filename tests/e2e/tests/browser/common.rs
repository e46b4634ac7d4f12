//! What the tests of several modules need.

use std::collections::BTreeMap;

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Page};
use hallpass_server::{DropAt, Note, Rule};
use serde_json::{Value, json};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// Both the page and the server live through so much time at once; no timer fires.
pub(crate) async fn pass_time(case: &Case, ms: i64) -> Result<()> {
    case.backends.main.set_clock(&case.client, ms)?;
    case.run(&format!("sleep({ms});")).await
}

/// Until the page has noted this as the last thing that happened, and then so much later: its timers fire.
pub(crate) fn later(event: &str, ms: i64) -> String {
    format!("await until(() => auth.journal().at(-1)?.event === '{event}'); pass({ms});")
}

/// A fault of `path` that answers nothing by itself. Meets every request until others are set.
pub(crate) fn fault(path: impl Into<String>) -> Rule {
    Rule {
        path: path.into(),
        ..Rule::default()
    }
}

/// Answers `path` by a status, as often as it is asked.
pub(crate) fn answer(path: impl Into<String>, status: u16) -> Rule {
    Rule {
        status: Some(status),
        ..fault(path)
    }
}

/// A status with a JSON body.
pub(crate) fn answer_json(path: impl Into<String>, status: u16, body: &str) -> Rule {
    Rule {
        body: Some(body.to_owned()),
        ..answer(path, status)
    }
}

/// 429 with `Retry-After`.
pub(crate) fn too_many(path: impl Into<String>, seconds: u32) -> Rule {
    let headers = BTreeMap::from([("Retry-After".to_owned(), seconds.to_string())]);
    Rule {
        headers,
        ..answer(path, 429)
    }
}

/// What a captive portal answers.
pub(crate) fn portal(path: impl Into<String>) -> Rule {
    Rule {
        html: true,
        ..fault(path)
    }
}

/// JSON that breaks off.
pub(crate) fn truncated(path: impl Into<String>) -> Rule {
    answer_json(path, 200, r#"{"access_token": "eyJhbGciOi"#)
}

/// Closes the connection in place of an answer, before or after the work.
pub(crate) fn dropped(path: impl Into<String>, at: DropAt) -> Rule {
    Rule {
        drop: Some(at),
        ..fault(path)
    }
}

/// Is not answered before the test ends.
pub(crate) fn late(path: impl Into<String>) -> Rule {
    Rule {
        gate: Some("never".to_owned()),
        ..answer(path, 503)
    }
}

/// Meets one request only.
pub(crate) fn once(rule: Rule) -> Rule {
    Rule {
        times: Some(1),
        ..rule
    }
}

// Calls that are sent twice.

/// Makes the credential go stale, makes the call, and gives what the second attempt echoed.
pub(crate) async fn echoed_twice(case: &Case, call: &str) -> Result<Value> {
    case.signed_in(json!({})).await?;
    go_stale(case).await?;
    let seen: Value = case
        .run(&format!("const response = await {call}; return {{ status: response.status, echoed: await response.json() }};"))
        .await?;
    assert_eq!(seen["status"], 200, "{seen}");
    let statuses = case.log().to(&case.mode.echo()).statuses();
    assert_eq!(statuses, [stale_status(case.mode), 200]);
    Ok(seen["echoed"].clone())
}

/// The next unsafe call is refused once: its token, or in `session` mode its CSRF token, is an old one.
pub(crate) async fn go_stale(case: &Case) -> Result<()> {
    if case.mode == Mode::Session {
        Ok(case.backends.main.rotate_csrf(&case.client).await?)
    } else {
        case.expire().await
    }
}

pub(crate) fn stale_status(mode: Mode) -> u16 {
    if mode == Mode::Session { 403 } else { 401 }
}

/// The echo of form data, whose parts are divided as its header says.
#[track_caller]
pub(crate) fn multipart(echoed: &Value) -> &str {
    let body = echoed["body"].as_str().unwrap_or_default();
    let content_type = echoed["headers"]["content-type"]
        .as_str()
        .unwrap_or_default();
    let boundary = content_type
        .split_once("boundary=")
        .map_or("", |(_, boundary)| boundary);
    assert!(
        !boundary.is_empty() && body.starts_with(&format!("--{boundary}")),
        "{echoed}"
    );
    body
}

/// Answers `path` by a redirect.
pub(crate) fn redirect(path: impl Into<String>, status: u16, to: String) -> Rule {
    Rule {
        headers: BTreeMap::from([("Location".to_owned(), to)]),
        ..answer(path, status)
    }
}

// Tabs.

/// Runs the body of an async function in a tab.
pub(crate) async fn run(page: &Page, body: &str) -> Result<Value> {
    page.run(body, json!({})).await
}

/// As in an old Safari, or in a page that is no secure context.
pub(crate) const NO_LOCKS: &str =
    "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });";

/// What takes the place of locks goes by a tenth of a second in which tabs see what another has written. Here they have longer.
pub(crate) const SLOW_LEASE: &str =
    "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined }); slowTimers(4);";

/// So many tabs with a client each, Ada signed in in all of them. `before` runs in each before its client is made.
/// The log begins after that, as do the changes.
pub(crate) async fn tabs_signed_in(case: &Case, count: usize, before: &str) -> Result<Vec<Page>> {
    tabs_with(case, count, before, json!({})).await
}

/// The same with options.
pub(crate) async fn tabs_with(
    case: &Case,
    count: usize,
    before: &str,
    options: Value,
) -> Result<Vec<Page>> {
    let start = format!("{before} await start(args);");
    case.run_with::<()>(options.clone(), &format!("{start} await auth.login(ada);"))
        .await?;
    let mut tabs = vec![case.page.clone()];
    while tabs.len() < count {
        let tab = case.tab().await?;
        tab.run::<()>(&start, options.clone()).await?;
        tabs.push(tab);
    }
    for tab in &tabs {
        run(
            tab,
            "await until(() => auth.status === 'signed-in'); changes.length = 0;",
        )
        .await?;
    }
    case.clear_log()?;
    Ok(tabs)
}

/// Runs this in all tabs at the same moment. What came out of each is in `gone`, beside its state and what it was told since.
pub(crate) async fn at_once(tabs: &[Page], begin: &str) -> Result<Vec<Value>> {
    for tab in tabs {
        run(tab, "changes.length = 0;").await?;
    }
    at_once_since(tabs, begin).await
}

/// The same, but what was told before counts too.
pub(crate) async fn at_once_since(tabs: &[Page], begin: &str) -> Result<Vec<Value>> {
    for tab in tabs {
        run(tab, &format!("onGo(async () => {{ {begin} }});")).await?;
    }
    if let Some(first) = tabs.first() {
        run(first, &format!("await go({});", tabs.len())).await?;
    }
    let mut seen = Vec::new();
    for tab in tabs {
        seen.push(run(tab, "const late = pause(15_000).then(() => 'never settled');
             return { gone: await Promise.race([gone, late]), state: state(), events: changes.map(({ event }) => event) };").await?);
    }
    Ok(seen)
}

/// Still signed in, and told of nothing but renewals.
pub(crate) fn is_undisturbed(seen: &Value) -> bool {
    let state = json!({ "status": "signed-in", "user": "ada@example.com", "reason": null });
    let events = seen["events"].as_array();
    has(&seen["state"], &state)
        && events.is_some_and(|events| events.iter().all(|event| event == "refreshed"))
}

#[track_caller]
pub(crate) fn assert_undisturbed(seen: &Value) {
    assert!(is_undisturbed(seen), "{seen}");
}

/// How many refreshes an expiry costs that so many tabs meet: one where they share the token through the store.
/// In `hybrid` mode each holds its own in its page.
pub(crate) fn expected_refreshes(case: &Case, tabs: usize) -> usize {
    match case.mode {
        Mode::Hybrid => tabs,
        _ => 1,
    }
}

#[track_caller]
pub(crate) fn assert_one_refresh(case: &Case, tabs: usize) {
    let refreshes = case.log().to(&case.mode.auth("refresh"));
    let expected = vec![200; expected_refreshes(case, tabs)];
    assert_eq!(refreshes.statuses(), expected, "{refreshes}");
}

/// No refresh token came a second time as another attempt.
#[track_caller]
pub(crate) fn assert_no_reuse(case: &Case) {
    let log = case.log();
    let reused = log.only(|entry| entry.note == Some(Note::ReuseDetected));
    assert_eq!(reused.count(), 0, "{log}");
}

/// Asserts that `actual` has all that `expected` has; it may have more.
#[track_caller]
pub(crate) fn assert_has(actual: &Value, expected: &Value) {
    assert!(
        has(actual, expected),
        "expected {expected:#}\nin {actual:#}"
    );
}

fn has(actual: &Value, expected: &Value) -> bool {
    match (actual, expected) {
        (Value::Object(actual), Value::Object(expected)) => expected
            .iter()
            .all(|(name, value)| actual.get(name).is_some_and(|actual| has(actual, value))),
        _ => actual == expected,
    }
}
