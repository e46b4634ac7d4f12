//! A logout or a login in one tab while another is in the middle of something, or in the back/forward cache.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Page, Suite, by_core, by_engine, tests};
use hallpass_server::{DropAt, Rule};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Channels, locks, late cookies and the back/forward cache.
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL) =>
            ec10_a_logout_in_another_tab_during_a_refresh_wins,
            ec10_a_login_in_another_tab_during_a_refresh_wins;
        by_engine(Mode::HYBRID).all(Mode::RENEWABLE) =>
            ec10_a_logout_in_another_tab_while_the_server_refreshes_wins,
            ec10_a_login_in_another_tab_while_the_server_refreshes_wins;
        by_engine(Mode::JWT).and_by_core(Mode::SESSION).all(Mode::ALL).in_browser() =>
            ec16_an_idle_page_goes_into_the_back_forward_cache,
            ec16_back_after_a_logout_in_another_tab_nobody_is_signed_in;
        by_engine(Mode::HYBRID).all(Mode::RENEWABLE).in_browser() =>
            ec16_back_after_a_logout_that_came_during_a_refresh_nobody_is_signed_in;
        by_core(Mode::JWT) =>
            ec01_a_call_is_sent_again_though_another_tab_overtook_its_refresh,
            ec11_what_another_tab_renewed_ends_the_pause_after_a_failure,
            ec12_after_a_sleep_the_pause_after_a_failure_is_over;
    );
}

/// Where the first tab's question who is signed in goes: in `session` mode there is no refresh.
fn question(mode: Mode) -> String {
    match mode {
        Mode::Session => mode.auth("me"),
        _ => mode.auth("refresh"),
    }
}

/// The first tab is in the middle of a refresh whose answer has come to the browser, and not to the page.
async fn hold_refresh(case: &Case, tab: &Page) -> Result<()> {
    case.expire().await?;
    let script = format!(
        "window.gate = hold('{}'); window.waiting = attempt(kind === 'session' ? auth.refresh() : call()); await gate.here();",
        question(case.mode)
    );
    run(tab, &script).await?;
    Ok(())
}

/// Until it is opened the server holds an answer back.
const GATE: &str = "refresh";

/// The first tab is in the middle of a refresh: the server has done it, and holds its answer back.
async fn hold_refresh_at_server(case: &Case, tab: &Page) -> Result<()> {
    let refresh = case.mode.auth("refresh");
    case.faults([once(Rule {
        gate_after: Some(GATE.to_owned()),
        ..fault(&refresh)
    })])?;
    case.expire().await?;
    run(
        tab,
        "window.gate = { release: () => fetch('open/gate?refresh', { method: 'POST' }) }; window.waiting = attempt(call());",
    )
    .await?;
    case.until_log("the work of a refresh", |log| {
        log.to(&refresh).only(|entry| entry.worked).count() == 1
    })
    .await?;
    Ok(())
}

async fn refresh_answered(case: &Case) -> Result<()> {
    let question = question(case.mode);
    case.until_log("the answer to the refresh", |log| {
        log.to(&question)
            .0
            .first()
            .is_some_and(|entry| entry.status.is_some())
    })
    .await?;
    Ok(())
}

async fn ec10_a_logout_in_another_tab_during_a_refresh_wins(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    hold_refresh(case, &tabs[0]).await?;
    logout_wins(case, &tabs).await
}

async fn ec10_a_logout_in_another_tab_while_the_server_refreshes_wins(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    hold_refresh_at_server(case, &tabs[0]).await?;
    logout_wins(case, &tabs).await
}

async fn logout_wins(case: &Case, tabs: &[Page]) -> Result<()> {
    // Told to the server when the refresh lets it.
    run(&tabs[1], "window.leaving = auth.logout();").await?;
    run(
        &tabs[0],
        "await until(() => auth.status === 'signed-out'); gate.release();",
    )
    .await?;
    run(&tabs[1], "await leaving;").await?;
    refresh_answered(case).await?;
    let seen = run(
        &tabs[0],
        "const answered = await waiting;
         await settled();
         return { answered, state: state(), events: changes.map(({ event }) => event), next: await call() };",
    )
    .await?;
    let expected = json!({
        "state": { "status": "signed-out", "user": null, "reason": "logout_elsewhere" },
        "events": ["signed-out"],
        "next": 401,
    });
    assert_has(&seen, &expected);
    assert_ne!(seen["answered"]["value"], 200, "{seen}");
    let state = run(&tabs[1], "return state();").await?;
    assert_has(
        &state,
        &json!({ "status": "signed-out", "reason": "logout" }),
    );
    for tab in tabs {
        tab.reload().await?;
        let seen = run(
            tab,
            "await start(); return { state: state(), call: await call(), stored: stored() };",
        )
        .await?;
        let state = json!({ "status": "signed-out", "user": null });
        assert_has(&seen, &json!({ "state": state, "call": 401, "stored": [] }));
    }
    assert_no_reuse(case);
    Ok(())
}

async fn ec10_a_login_in_another_tab_during_a_refresh_wins(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 3, "").await?;
    hold_refresh(case, &tabs[0]).await?;
    login_wins(case, &tabs, false).await
}

async fn ec10_a_login_in_another_tab_while_the_server_refreshes_wins(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 3, "").await?;
    hold_refresh_at_server(case, &tabs[0]).await?;
    // By cookie, the login waits for the refresh: the call is Ada's own then.
    login_wins(case, &tabs, case.mode == Mode::Hybrid).await
}

/// `after_refresh`: the refresh has ended before the login.
async fn login_wins(case: &Case, tabs: &[Page], after_refresh: bool) -> Result<()> {
    // By what is hers it shows later whom the server takes a tab for.
    run(&tabs[1], "window.entering = auth.login(grace);").await?;
    if after_refresh {
        run(&tabs[0], "gate.release();").await?;
    } else if case.mode == Mode::Hybrid {
        // It waits for the other tab, and goes without the lock at last.
        run(&tabs[1], "await settled(); pass(15_000);").await?;
    }
    run(
        &tabs[1],
        "await entering;
         const headers = { 'Content-Type': 'application/json' };
         await call(orders, { method: 'POST', headers, body: JSON.stringify({ item: 'hers' }) });",
    )
    .await?;
    // The refresh of the session before may be what has to end first.
    run(&tabs[0], "gate.release();").await?;
    refresh_answered(case).await?;
    for tab in tabs {
        run(tab, "await until(() => auth.user?.email === grace.email);").await?;
    }
    let answered = run(&tabs[0], "return waiting;").await?;
    assert_eq!(
        answered["value"] == 200,
        after_refresh,
        "nothing of the user before comes back"
    );
    for _ in 0..2 {
        for tab in tabs {
            let seen = run(
                tab,
                "await settled();
                 const mine = await (await auth.authFetch(orders)).json();
                 const since = changes.slice(changes.findIndex(({ user }) => user === grace.email));
                 return { mine, state: state(), events: changes.map(({ event }) => event), users: [...new Set(since.map(({ user }) => user))] };",
            )
            .await?;
            let expected = json!({
                "state": { "status": "signed-in", "user": "grace@example.com", "reason": null },
                "users": ["grace@example.com"],
            });
            assert_has(&seen, &expected);
            assert_eq!(seen["mine"]["orders"][0]["item"], "hers", "{seen}");
            let changed = seen["events"].as_array().into_iter().flatten();
            let changed = changed.filter(|event| *event == "subject-changed").count();
            assert_eq!(changed, 1, "{seen}");
        }
        // Her session is one that can be renewed.
        case.expire().await?;
    }
    for tab in tabs {
        tab.reload().await?;
        let state = run(tab, "await start(); return state();").await?;
        assert_has(
            &state,
            &json!({ "status": "signed-in", "user": "grace@example.com" }),
        );
    }
    assert_no_reuse(case);
    Ok(())
}

async fn ec01_a_call_is_sent_again_though_another_tab_overtook_its_refresh(
    case: &Case,
) -> Result<()> {
    case.start(json!({})).await?;
    // This one does not see the lock, and so refreshes while the other does.
    let other = case.tab().await?;
    run(&other, &format!("{NO_LOCKS} await start();")).await?;
    case.run::<()>("await auth.login(ada);").await?;
    run(&other, "await until(() => auth.status === 'signed-in');").await?;
    hold_refresh(case, &case.page).await?;
    assert_eq!(run(&other, "return call();").await?, 200);
    let seen = case
        .run::<Value>(
            "await until(() => changes.some(({ event }) => event === 'refreshed'));
             gate.release();
             const late = pause(15_000).then(() => 'never settled');
             return Promise.race([waiting, late]);",
        )
        .await?;
    assert_eq!(seen, json!({ "value": 200 }));
    assert_no_reuse(case);
    Ok(())
}

async fn ec11_what_another_tab_renewed_ends_the_pause_after_a_failure(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    let slept = 10 * MINUTE;
    case.backends.main.set_clock(&case.client, slept)?;
    case.faults([Rule {
        times: Some(4),
        ..dropped(case.mode.auth("refresh"), DropAt::Before)
    }])?;
    run(
        &tabs[1],
        &format!("onGo(() => {{ sleep({slept}); return call(); }});"),
    )
    .await?;
    // After four failures the pause is long enough, as a rule, to be met. Without a look at the other tab: to be seen ends it.
    let status: u16 = case
        .run(&format!(
            "sleep({slept});
             for (let failures = 0; failures < 4; failures++) await attempt(auth.refresh());
             await go(1);
             await until(() => changes.some(({{ event }}) => event === 'refreshed'));
             await fetch(`/_faults/${{client}}/expire`, {{ method: 'POST' }});
             return call();"
        ))
        .await?;
    assert_eq!(status, 200);
    Ok(())
}

async fn ec12_after_a_sleep_the_pause_after_a_failure_is_over(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let slept = 10 * MINUTE;
    case.faults([once(dropped(case.mode.auth("refresh"), DropAt::Before))])?;
    // As after any sleep, no timer has fired yet.
    let seen: Value = case
        .run(&format!(
            "sleep({slept});
             const before = await attempt(call());
             sleep({slept});
             return {{ before, after: await attempt(call()) }};"
        ))
        .await?;
    assert_has(
        &seen["before"],
        &json!({ "error": { "code": "refresh_unavailable" } }),
    );
    assert!(seen["after"]["error"].is_null(), "{seen}");
    Ok(())
}

async fn ec16_an_idle_page_goes_into_the_back_forward_cache(case: &Case) -> Result<()> {
    tabs_signed_in(case, 1, "").await?;
    let away = format!("{}&away", case.url());
    case.page.goto(&away).await?;
    case.page.back().await?;
    let seen: Value = case
        .run("return { wasCached, state: auth.status, call: await call(), events: changes.map(({ event }) => event) };")
        .await?;
    assert_has(
        &seen,
        &json!({ "wasCached": true, "state": "signed-in", "call": 200 }),
    );
    Ok(())
}

async fn ec16_back_after_a_logout_in_another_tab_nobody_is_signed_in(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    back_after_a_logout(case, &tabs).await
}

async fn ec16_back_after_a_logout_that_came_during_a_refresh_nobody_is_signed_in(
    case: &Case,
) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    hold_refresh_at_server(case, &tabs[0]).await?;
    back_after_a_logout(case, &tabs).await
}

/// Whether it comes from the cache or is loaded anew, the page does not show who has logged out.
async fn back_after_a_logout(case: &Case, tabs: &[Page]) -> Result<()> {
    let away = format!("{}&away", case.url());
    tabs[0].goto(&away).await?;
    run(&tabs[1], "await auth.logout();").await?;
    case.backends.main.open_gate(&case.client, GATE)?;
    nothing_is_open(case).await?;
    tabs[0].back().await?;
    let seen = run(
        &tabs[0],
        "if (!wasCached) await start();
         await until(() => auth.status === 'signed-out');
         await settled();
         return { wasCached, state: state(), call: await call(), events: changes.map(({ event }) => event) };",
    )
    .await?;
    let state = json!({ "status": "signed-out", "user": null });
    assert_has(&seen, &json!({ "state": state, "call": 401 }));
    assert_no_reuse(case);
    Ok(())
}

async fn nothing_is_open(case: &Case) -> Result<()> {
    case.until_log("an answer to everything", |log| {
        log.0.iter().all(|entry| entry.status.is_some())
    })
    .await?;
    Ok(())
}
