//! Tabs that go, or get stuck, while they refresh for all of them.

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Page, Requests, Suite, by_core, by_engine, tests};
use hallpass_server::{DropAt, Note, Rule};
use serde_json::json;

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What becomes of the requests and locks of a tab that goes, and of a cookie that comes when it is gone.
        by_engine(Mode::JWT).all(Mode::RENEWABLE) => ec08_a_tab_closed_before_the_server_rotated_is_made_up_for;
        by_engine(Mode::HYBRID).and_by_core(Mode::RENEWABLE) =>
            ec08_a_tab_closed_after_the_server_rotated_is_made_up_for;
        by_engine(Mode::JWT).all(Mode::RENEWABLE).in_browser() =>
            ec08_a_tab_that_leaves_before_the_server_rotated_is_made_up_for;
        by_engine(Mode::HYBRID).and_by_core(Mode::RENEWABLE).in_browser() =>
            ec08_a_tab_that_leaves_after_the_server_rotated_is_made_up_for;
        by_engine(Mode::JWT).all(Mode::RENEWABLE) => ec03_a_lock_that_another_tab_keeps_hangs_nobody;
        by_engine(Mode::JWT).all(Mode::RENEWABLE).needs(&[Feature::DevTools]) =>
            ec08_a_tab_that_crashes_before_the_server_rotated_is_made_up_for;
        by_engine(Mode::HYBRID).all(Mode::RENEWABLE).needs(&[Feature::DevTools]) =>
            ec08_a_tab_that_crashes_after_the_server_rotated_is_made_up_for;
        by_engine(Mode::JWT).all(Mode::RENEWABLE).in_browser().needs(&[Feature::DevTools]) =>
            ec03_a_tab_that_is_frozen_in_a_refresh_hangs_nobody,
            ec03_a_tab_frozen_in_a_refresh_for_longer_than_the_grace_window_ends_nothing;
        by_core(Mode::JWT).all(Mode::RENEWABLE) => ec08_an_answer_lost_in_one_tab_is_asked_for_again_by_another;
        // Whether an answer reaches a page that is left.
        by_engine(Mode::HYBRID).in_browser() => ec06_without_web_locks_a_tab_left_in_a_refresh_gets_no_late_cookie;
        by_core(Mode::RENEWABLE).needs(&[Feature::DevTools]) =>
            ec06_without_web_locks_a_tab_that_crashes_in_a_refresh_holds_up_the_others_for_seconds;
    );
}

/// How a tab goes.
#[derive(Clone, Copy)]
enum Way {
    Closed,
    Left,
    Crashed,
}

/// Until this gate is opened the server holds back what it does, or what it has done.
const GATE: &str = "refresh";

fn before() -> Rule {
    Rule {
        gate: Some(GATE.to_owned()),
        ..Rule::default()
    }
}

fn after() -> Rule {
    Rule {
        gate_after: Some(GATE.to_owned()),
        ..Rule::default()
    }
}

async fn ec08_a_tab_closed_before_the_server_rotated_is_made_up_for(case: &Case) -> Result<()> {
    goes_in_a_refresh(case, Way::Closed, before()).await
}

async fn ec08_a_tab_closed_after_the_server_rotated_is_made_up_for(case: &Case) -> Result<()> {
    goes_in_a_refresh(case, Way::Closed, after()).await
}

async fn ec08_a_tab_that_leaves_before_the_server_rotated_is_made_up_for(
    case: &Case,
) -> Result<()> {
    goes_in_a_refresh(case, Way::Left, before()).await
}

async fn ec08_a_tab_that_leaves_after_the_server_rotated_is_made_up_for(case: &Case) -> Result<()> {
    goes_in_a_refresh(case, Way::Left, after()).await
}

async fn ec08_a_tab_that_crashes_before_the_server_rotated_is_made_up_for(
    case: &Case,
) -> Result<()> {
    goes_in_a_refresh(case, Way::Crashed, before()).await
}

async fn ec08_a_tab_that_crashes_after_the_server_rotated_is_made_up_for(
    case: &Case,
) -> Result<()> {
    goes_in_a_refresh(case, Way::Crashed, after()).await
}

/// Two, and a refresh of the second one is out. `before` runs in each before its client is made.
async fn tabs_in_a_refresh(case: &Case, before: &str, held: Rule) -> Result<Vec<Page>> {
    let tabs = tabs_signed_in(case, 2, before).await?;
    let refresh = case.mode.auth("refresh");
    let has_rotated = held.gate_after.is_some();
    case.faults([once(Rule {
        path: refresh.clone(),
        ..held
    })])?;
    case.expire().await?;
    run(&tabs[1], "void attempt(call());").await?;
    case.until_log("a refresh", |log| {
        let refreshes = log.to(&refresh);
        refreshes.count() == 1 && refreshes.0[0].worked == has_rotated
    })
    .await?;
    Ok(tabs)
}

/// A tab goes while its refresh is out. The other one, and a new one, go on with the session.
async fn goes_in_a_refresh(case: &Case, way: Way, held: Rule) -> Result<()> {
    let tabs = tabs_in_a_refresh(case, "", held).await?;
    go(case, &tabs[1], way).await?;

    assert_eq!(run(&tabs[0], "return call();").await?, 200);
    let new = case.tab().await?;
    let seen = run(
        &new,
        "await start(); return { state: state(), call: await call() };",
    )
    .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(&seen, &json!({ "state": state, "call": 200 }));
    // The answer that was held back comes last of all.
    case.backends.main.open_gate(&case.client, GATE)?;
    case.until_log("the end of all refreshes", all_ended)
        .await?;
    go_on(case, &[tabs[0].clone(), new]).await
}

async fn ec06_without_web_locks_a_tab_left_in_a_refresh_gets_no_late_cookie(
    case: &Case,
) -> Result<()> {
    let tabs = tabs_in_a_refresh(case, NO_LOCKS, after()).await?;
    tabs[1].goto(&format!("{}&away", case.url())).await?;
    assert_eq!(run(&tabs[0], "return call();").await?, 200);
    // Its cookie is newer than that of the answer that is held back.
    case.expire().await?;
    assert_eq!(run(&tabs[0], "return call();").await?, 200);
    case.backends.main.open_gate(&case.client, GATE)?;
    case.until_log("the end of all refreshes", all_ended)
        .await?;
    // The one that comes back, too: what it had asked for is over.
    tabs[1].back().await?;
    let status = "if (!wasCached) { await start(); } return call();";
    assert_eq!(run(&tabs[1], status).await?, 200);
    go_on(case, &tabs).await
}

async fn ec06_without_web_locks_a_tab_that_crashes_in_a_refresh_holds_up_the_others_for_seconds(
    case: &Case,
) -> Result<()> {
    let mut tabs = tabs_in_a_refresh(case, NO_LOCKS, after()).await?;
    go(case, &tabs.remove(1), Way::Crashed).await?;
    let seen = run(
        &tabs[0],
        "const begin = performance.now(); return { status: await call(), took: performance.now() - begin };",
    )
    .await?;
    assert_eq!(seen["status"], 200, "{seen}");
    let took = seen["took"].as_f64().unwrap_or(f64::MAX);
    assert!(took < 12_000.0, "{seen}");
    let refreshes = case.log().to(&case.mode.auth("refresh"));
    assert_eq!(refreshes.0[1].note, Some(Note::GraceReplay), "{refreshes}");
    case.backends.main.open_gate(&case.client, GATE)?;
    case.until_log("the end of all refreshes", all_ended)
        .await?;
    go_on(case, &tabs).await
}

async fn go(case: &Case, tab: &Page, way: Way) -> Result<()> {
    match way {
        Way::Closed => case.close(tab).await,
        Way::Left => tab.goto("about:blank").await,
        Way::Crashed => {
            // The driver's answer is that the tab has crashed.
            let _ = tab.devtools("Page.crash", json!({})).await;
            case.close(tab).await
        }
    }
}

fn all_ended(log: &Requests) -> bool {
    log.0.iter().all(|entry| entry.status.is_some())
}

/// The session is as good as ever, for every tab: also after one more expiry.
async fn go_on(case: &Case, tabs: &[Page]) -> Result<()> {
    case.faults([])?;
    case.expire().await?;
    for seen in at_once_since(tabs, "return call();").await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }), "{seen}");
        let events = seen["events"].to_string();
        assert!(!events.contains("signed-out"), "{seen}");
    }
    assert_no_reuse(case);
    Ok(())
}

async fn ec08_an_answer_lost_in_one_tab_is_asked_for_again_by_another(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 3, "").await?;
    let refresh = case.mode.auth("refresh");
    case.faults([once(dropped(&refresh, DropAt::After))])?;
    case.backends.main.set_clock(&case.client, 10 * MINUTE)?;
    for tab in &tabs {
        run(tab, &format!("sleep({});", 10 * MINUTE)).await?;
    }
    // It is told that the renewal fails for now, or another tab has renewed already.
    let first = run(&tabs[0], "return attempt(call());").await?;
    assert_has(
        &first,
        &json!({ "error": { "code": "refresh_unavailable" } }),
    );
    assert_eq!(run(&tabs[1], "return call();").await?, 200);
    let refreshes = case.log().to(&refresh);
    let keys: Vec<_> = refreshes.0.iter().map(|e| &e.idempotency_key).collect();
    assert!(keys.len() >= 2 && keys[0].is_some(), "{refreshes}");
    assert_eq!(keys[0], keys[1], "the same attempt");
    assert_eq!(refreshes.0[1].note, Some(Note::GraceReplay));
    for tab in &tabs {
        let status = run(tab, "await until(() => changes.some(({ event }) => event === 'refreshed') || auth.getSnapshot().expiresAt > Date.now()); return call();").await?;
        assert_eq!(status, 200);
    }
    // To be online ends the pause after what has failed.
    case.backends
        .main
        .set_clock(&case.client, 2 * 10 * MINUTE)?;
    let begin = format!(
        "window.dispatchEvent(new Event('online')); sleep({}); return call();",
        10 * MINUTE
    );
    for seen in at_once(&tabs, &begin).await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }), "{seen}");
        assert_undisturbed(&seen);
    }
    assert_no_reuse(case);
    Ok(())
}

async fn ec03_a_lock_that_another_tab_keeps_hangs_nobody(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    let holder = case.tab().await?;
    run(
        &holder,
        "await new Promise((resolve) => {
           navigator.locks.request(`hallpass:${client}`, () => { resolve(); return new Promise(() => {}); });
         });",
    )
    .await?;
    fails_in_time(case, &tabs).await?;
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
    case.close(&holder).await?;
    works_again(case, &tabs).await
}

async fn ec03_a_tab_that_is_frozen_in_a_refresh_hangs_nobody(case: &Case) -> Result<()> {
    // Now, so that it is thawed within the grace window.
    case.backends.main.set_clock(&case.client, 10 * MINUTE)?;
    frozen_in_a_refresh(case).await
}

/// By the server's clock ten minutes pass between its answer, which waits for the tab to thaw, and the next tab's turn.
async fn ec03_a_tab_frozen_in_a_refresh_for_longer_than_the_grace_window_ends_nothing(
    case: &Case,
) -> Result<()> {
    frozen_in_a_refresh(case).await
}

async fn frozen_in_a_refresh(case: &Case) -> Result<()> {
    let mut tabs = tabs_signed_in(case, 3, "").await?;
    let refresh = case.mode.auth("refresh");
    case.faults([once(Rule {
        path: refresh.clone(),
        ..after()
    })])?;
    let frozen = tabs.remove(2);
    let slept = 10 * MINUTE;
    run(&frozen, &format!("sleep({slept}); void attempt(call());")).await?;
    case.until_log("a refresh", |log| log.to(&refresh).count() == 1)
        .await?;
    set_lifecycle(&frozen, "frozen").await?;
    case.backends.main.open_gate(&case.client, GATE)?;
    fails_in_time(case, &tabs).await?;
    assert_eq!(case.log().to(&refresh).count(), 1, "the lock is held");
    set_lifecycle(&frozen, "active").await?;
    works_again(case, &tabs).await?;
    let status = run(&frozen, "return call();").await?;
    assert_eq!(status, 200);
    Ok(())
}

async fn set_lifecycle(tab: &Page, state: &str) -> Result<()> {
    tab.devtools("Page.setWebLifecycleState", json!({ "state": state }))
        .await?;
    Ok(())
}

/// The lock is waited for four times `timeout`, and not for ever.
async fn fails_in_time(case: &Case, tabs: &[Page]) -> Result<()> {
    let slept = 10 * MINUTE;
    case.backends.main.set_clock(&case.client, slept)?;
    let begin = format!(
        "sleep({slept});
         const timeout = 15_000;
         const calling = attempt(call());
         await settled();
         pass(3 * timeout);
         const early = await Promise.race([calling, settled()]);
         pass(2 * timeout);
         return [early ?? null, (await calling).error?.code];"
    );
    for seen in at_once(tabs, &begin).await? {
        let value = &seen["gone"]["value"];
        assert_eq!(*value, json!([null, "refresh_unavailable"]), "{seen}");
        assert_undisturbed(&seen);
    }
    Ok(())
}

/// Once the lock is free, all is as if nothing had been.
async fn works_again(case: &Case, tabs: &[Page]) -> Result<()> {
    let begin = "pass(60_000); await until(() => auth.getSnapshot().expiresAt > Date.now()); return call();";
    for seen in at_once_since(tabs, begin).await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }), "{seen}");
        assert_undisturbed(&seen);
    }
    assert_no_reuse(case);
    Ok(())
}
