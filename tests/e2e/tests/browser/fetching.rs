//! `authFetch` takes what `fetch` takes and gives what `fetch` gives.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::DropAt;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What `fetch` answers, refuses and says.
        by_engine(Mode::JWT).all(Mode::ALL) =>
            the_response_is_that_of_fetch,
            a_network_failure_is_fetchs_own_error,
            what_fetch_refuses_is_refused_in_its_words,
            a_call_is_aborted_as_fetch_is;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            an_answer_that_is_no_success_is_an_answer,
            a_call_by_nobody_goes_out_without_a_credential;
        by_core(Mode::JWT).all(Mode::ALL) => every_method_can_be_passed_on;
    );
}

async fn every_method_can_be_passed_on(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "await start();
             const { login, authFetch, refresh, accessToken, subscribe, getSnapshot, journal, logout, dispose } = auth;
             const stop = subscribe(() => {});
             await login(ada);
             const { status } = await authFetch(orders);
             await refresh();
             await accessToken();
             const seen = [status, getSnapshot().status, journal().length > 0];
             await logout();
             stop();
             dispose();
             return seen;",
        )
        .await?;
    assert_eq!(seen, json!([200, "signed-in", true]));
    Ok(())
}

async fn the_response_is_that_of_fetch(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let seen: Value = case
        .run(
            "const response = await auth.authFetch(`${echo}?a=1#part`, { headers: [['X-Own', 'kept']] });
             const reader = response.clone().body.getReader();
             const { value } = await reader.read();
             return {
               kind: response instanceof Response, type: response.type, ok: response.ok, used: response.bodyUsed,
               url: response.url.endsWith('echo?a=1'), bytes: value instanceof Uint8Array,
               own: (await response.json()).headers['x-own'], query: response.headers.get('content-type'),
             };",
        )
        .await?;
    let expected = json!({
        "kind": true, "type": "basic", "ok": true, "used": false, "url": true, "bytes": true,
        "own": "kept", "query": "application/json",
    });
    assert_eq!(seen, expected);
    Ok(())
}

async fn an_answer_that_is_no_success_is_an_answer(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let orders = case.mode.orders();
    for status in [204, 304, 400, 403, 404, 429, 500, 503] {
        case.faults([once(answer_json(&orders, status, ""))])?;
        let seen: u16 = case.run("return call();").await?;
        assert_eq!(seen, status);
    }
    let state: Value = case.run("return { state: state(), changes };").await?;
    assert_has(
        &state,
        &json!({ "state": { "status": "signed-in" }, "changes": [] }),
    );
    assert_eq!(
        case.log()
            .only(|entry| entry.path.starts_with("/auth/"))
            .count(),
        0
    );
    Ok(())
}

async fn a_network_failure_is_fetchs_own_error(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([dropped(case.mode.orders(), DropAt::Before)])?;
    let seen: Value = case
        .run(
            "const [ours, theirs] = [await attempt(call()), await attempt(fetch(orders))];
             return { same: [ours.error.name === theirs.error.name, ours.error.message === theirs.error.message], isAuthError: ours.error.isAuthError, state: state() };",
        )
        .await?;
    let expected = json!({
        "same": [true, true], "isAuthError": false, "state": { "status": "signed-in" },
    });
    assert_has(&seen, &expected);
    Ok(())
}

async fn what_fetch_refuses_is_refused_in_its_words(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let differing: Vec<Value> = case
        .run(
            "const wrong = [
               ['http://['], [orders, { method: 'TRACE' }], [orders, { body: 'x' }], [orders, { headers: { 'a b': '1' } }],
               [orders, { mode: 'navigate' }], [orders, 5], [orders, { signal: 5 }], ['https://user:pw@example.com/'],
             ];
             const differing = [];
             for (const parts of wrong) {
               const [ours, theirs] = [await attempt(auth.authFetch(...parts)), await attempt(fetch(...parts))];
               if (ours.error?.name !== theirs.error?.name) differing.push([parts[0], ours.error?.name, theirs.error?.name, theirs.error?.message]);
             }
             return differing;",
        )
        .await?;
    assert_eq!(differing, Vec::<Value>::new());
    Ok(())
}

async fn a_call_is_aborted_as_fetch_is(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.faults([late(case.mode.orders())])?;
    // Not every engine hands the signal's reason on.
    let differing: Vec<Value> = case
        .run(
            "const aborted = async (fetch) => {
               const before = await attempt(fetch(orders, { signal: AbortSignal.abort() }));
               const controller = new AbortController();
               const under = attempt(fetch(orders, { signal: controller.signal }));
               const reasoned = new AbortController();
               const other = attempt(fetch(orders, { signal: reasoned.signal }));
               const timed = attempt(fetch(orders, { signal: AbortSignal.timeout(20) }));
               await settled();
               controller.abort();
               reasoned.abort('a reason');
               return (await Promise.all([before, under, other, timed])).map(({ error }) => [error.name, error.message]);
             };
             const [ours, theirs] = [await aborted(auth.authFetch), await aborted(fetch)];
             return ours.filter((error, place) => String(error) !== String(theirs[place]));",
        )
        .await?;
    assert_eq!(differing, Vec::<Value>::new());
    let state: Value = case.run("return state();").await?;
    assert_has(&state, &json!({ "status": "signed-in" }));
    Ok(())
}

async fn a_call_by_nobody_goes_out_without_a_credential(case: &Case) -> Result<()> {
    let seen: Value = case
        .run("await start(); return { call: await call(), open: await call('open/echo'), state: state(), changes };")
        .await?;
    let expected = json!({
        "call": 401, "open": 200, "state": { "status": "signed-out", "reason": null }, "changes": [],
    });
    assert_has(&seen, &expected);
    assert_eq!(case.log().credentials().len(), 0);
    Ok(())
}
