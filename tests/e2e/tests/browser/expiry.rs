//! The end of a token: renewed once, and nobody notices.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::Settings;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::JWT).and_by_core(Mode::RENEWABLE).all(Mode::RENEWABLE_EVERY_STORAGE) =>
            a_refused_token_is_renewed_and_the_call_sent_again;
        // Timers, and what `fetch` does with a hundred calls and with a signal.
        by_engine(Mode::JWT).all(Mode::RENEWABLE) =>
            a_token_is_renewed_before_its_end_though_nobody_calls,
            ec02_a_hundred_calls_with_a_refused_token_cause_one_refresh,
            ec09_a_caller_that_aborts_does_not_disturb_the_refresh_it_waited_for,
            ec13_a_token_that_lives_longer_than_a_timer_can_wait_is_not_renewed_at_once;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            without_timed_refresh_a_token_that_has_ended_is_renewed_by_the_next_call,
            ec02_a_hundred_calls_with_an_ended_token_cause_one_refresh,
            ec02_a_401_that_comes_after_the_refresh_only_sends_the_call_again,
            ec12_after_a_long_sleep_the_token_is_renewed_before_the_first_call,
            ec15_an_api_that_refuses_every_token_gets_one_refresh_a_call,
            the_access_token_is_handed_out_renewed;
    );
}

async fn a_refused_token_is_renewed_and_the_call_sent_again(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run("const response = await auth.authFetch(orders); return { status: response.status, body: await response.json(), changes };")
        .await?;
    let refreshed = json!({
        "event": "refreshed", "status": "signed-in", "reason": null, "user": "ada@example.com",
    });
    assert_eq!(
        seen,
        json!({ "status": 200, "body": { "orders": [] }, "changes": [refreshed] })
    );

    let (orders, refresh) = (case.mode.orders(), case.mode.auth("refresh"));
    let log = case.log();
    let lines = [
        format!("GET {orders} 401"),
        format!("POST {refresh} 200"),
        format!("GET {orders} 200"),
    ];
    assert_eq!(log.lines(), lines);
    let credentials = log.to(&orders).credentials();
    assert_eq!(credentials.len(), 2);
    assert_ne!(
        credentials[0], credentials[1],
        "the second attempt carries the new token"
    );
    Ok(())
}

/// Long enough to be renewed in time on a busy machine, short enough to wait for.
const SHORT: Settings = Settings {
    access_ttl_ms: Some(2_000),
    refresh_ttl_ms: None,
    family_ms: None,
    grace_ms: None,
    idle_ms: None,
    absolute_ms: None,
    alg: None,
    opaque: None,
    omit_expires_in: None,
    omit_refresh_token: None,
    no_expiry: None,
};

async fn without_timed_refresh_a_token_that_has_ended_is_renewed_by_the_next_call(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({ "timedRefresh": false })).await?;
    let slept = 10 * MINUTE;
    case.backends.main.set_clock(&case.client, slept)?;
    let status: String = case
        .run(&format!(
            "pass({slept}); await settled(); return auth.status;"
        ))
        .await?;
    assert_eq!(status, "signed-in");
    assert_eq!(case.log().count(), 0, "nobody called");
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    let lines = [
        format!("POST {} 200", case.mode.auth("refresh")),
        format!("GET {} 200", case.mode.orders()),
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn a_token_is_renewed_before_its_end_though_nobody_calls(case: &Case) -> Result<()> {
    case.settings(&SHORT)?;
    case.start(json!({})).await?;
    // When the answer comes is the server's affair; and its clock is known by whole seconds (RFC 9110 §5.6.7).
    let in_time: bool = case
        .run(
            "await auth.login(ada);
             const { expiresAt } = auth.getSnapshot();
             await until(() => changes.some(({ event }) => event === 'refreshed'));
             const journal = auth.journal();
             const since = journal.slice(journal.findIndex(({ event }) => event === 'signed in'));
             const sent = since.find(({ event }) => event === 'refresh sent').time;
             const renewed = auth.getSnapshot();
             return sent < expiresAt && renewed.expiresAt > expiresAt && renewed.issuedAt <= Date.now() + 1_000;",
        )
        .await?;
    assert!(in_time);
    assert_eq!(
        case.log().only(|entry| entry.status == Some(401)).count(),
        0
    );
    Ok(())
}

async fn ec02_a_hundred_calls_with_a_refused_token_cause_one_refresh(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    hundred_calls(case).await
}

async fn ec02_a_hundred_calls_with_an_ended_token_cause_one_refresh(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    hundred_calls(case).await?;
    assert_eq!(
        case.log().only(|entry| entry.status == Some(401)).count(),
        0,
        "nobody had to try"
    );
    Ok(())
}

async fn hundred_calls(case: &Case) -> Result<()> {
    let statuses: Vec<u16> = case
        .run("return Promise.all(Array.from({ length: 100 }, () => call()));")
        .await?;
    assert_eq!(statuses, [200; 100]);
    let refreshes = case.log().to(&case.mode.auth("refresh"));
    assert_eq!(refreshes.statuses(), [200], "one refresh");
    Ok(())
}

async fn ec02_a_401_that_comes_after_the_refresh_only_sends_the_call_again(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let statuses: Vec<u16> = case
        .run(
            "const gate = hold('?late');
             const late = call(`${orders}?late`);
             await gate.here();
             const quick = await call();
             gate.release();
             return [quick, await late];",
        )
        .await?;
    assert_eq!(statuses, [200, 200]);
    let log = case.log();
    assert_eq!(log.to(&case.mode.auth("refresh")).count(), 1);
    assert_eq!(log.to(&case.mode.orders()).statuses(), [401, 401, 200, 200]);
    let credentials = log.to(&case.mode.orders()).credentials();
    assert_eq!(credentials[2], credentials[3]);
    Ok(())
}

async fn ec09_a_caller_that_aborts_does_not_disturb_the_refresh_it_waited_for(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "const gate = hold('/refresh');
             const [plain, reasoned] = [new AbortController(), new AbortController()];
             const aborted = [
               attempt(auth.authFetch(orders, { signal: plain.signal })),
               attempt(auth.authFetch(new Request(orders, { signal: reasoned.signal }))),
             ];
             const others = [call(), call(), call()];
             await gate.here();
             plain.abort();
             reasoned.abort(new RangeError('mine'));
             const errors = (await Promise.all(aborted)).map(({ error }) => [error.name, error.message, error.isAuthError]);
             const early = changes.length;
             gate.release();
             return { errors, early, others: await Promise.all(others) };",
        )
        .await?;
    assert_eq!(seen["errors"][0][0], "AbortError", "{seen}");
    assert_eq!(seen["errors"][1], json!(["RangeError", "mine", false]));
    assert_eq!(
        seen["early"], 0,
        "they did not wait for the refresh: {seen}"
    );
    assert_eq!(seen["others"], json!([200, 200, 200]));
    assert_eq!(case.log().to(&case.mode.auth("refresh")).statuses(), [200]);
    Ok(())
}

async fn ec12_after_a_long_sleep_the_token_is_renewed_before_the_first_call(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    // On some systems the monotonic clock goes on in sleep, on others it stands still.
    for (night, clocks) in [(1, "wall: ms, monotonic: ms"), (2, "wall: ms")] {
        case.clear_log()?;
        let ms = 8 * 60 * MINUTE;
        case.backends.main.set_clock(&case.client, night * ms)?;
        let status: u16 = case
            .run(&format!(
                "const ms = {ms}; shiftClocks({{ {clocks} }}); return call();"
            ))
            .await?;
        assert_eq!(status, 200);
        let lines = [
            format!("POST {} 200", case.mode.auth("refresh")),
            format!("GET {} 200", case.mode.orders()),
        ];
        assert_eq!(case.log().lines(), lines);
    }
    Ok(())
}

async fn ec13_a_token_that_lives_longer_than_a_timer_can_wait_is_not_renewed_at_once(
    case: &Case,
) -> Result<()> {
    let days = 24 * 60 * 60 * 1_000;
    case.settings(&Settings {
        access_ttl_ms: Some(60 * days),
        ..Settings::default()
    })?;
    case.signed_in(json!({})).await?;
    // An overflowing timer fires at once.
    let status: u16 = case
        .run("await settled(); await settled(); return call();")
        .await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
    Ok(())
}

async fn ec15_an_api_that_refuses_every_token_gets_one_refresh_a_call(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([answer(case.mode.orders(), 401)])?;
    let seen: Value = case
        .run("const statuses = []; for (let calls = 0; calls < 3; calls++) statuses.push(await call()); return { statuses, state: state() };")
        .await?;
    assert_has(
        &seen,
        &json!({ "statuses": [401, 401, 401], "state": { "status": "signed-in" } }),
    );
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 3);
    assert_eq!(case.log().to(&case.mode.orders()).count(), 6);
    Ok(())
}

async fn the_access_token_is_handed_out_renewed(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    pass_time(case, 10 * MINUTE).await?;
    let status: u16 = case
        .run(
            "const tokens = await Promise.all([auth.accessToken(), auth.accessToken()]);
             if (tokens[0] !== tokens[1]) throw new Error('two tokens');
             return (await fetch(orders, { headers: { Authorization: `Bearer ${tokens[0]}` } })).status;",
        )
        .await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 1);
    Ok(())
}
