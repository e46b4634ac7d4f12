//! Many tabs of one session that all need a token at the same moment.

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Page, Suite, by_core, by_engine, rounds, tests};
use hallpass_server::DropAt;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Channels, locks and what a tab sees of another's store. tests/tabs simulates the rest of it.
        by_engine(Mode::JWT).all(Mode::RENEWABLE) => ec01_many_tabs_that_meet_an_expiry_at_once_refresh_once;
        by_engine(Mode::HYBRID) => ec01_many_tabs_that_share_access_tokens_refresh_once;
        by_engine(Mode::JWT).all(Mode::RENEWABLE) =>
            ec06_without_web_locks_many_tabs_that_meet_an_expiry_at_once_refresh_once;
        by_engine(Mode::JWT).all(Mode::ALL) => a_flood_of_foreign_messages_changes_nothing;
        by_engine(Mode::JWT).all(Mode::RENEWABLE).needs(&[Feature::DevTools]) =>
            ec12_tabs_of_a_browser_that_is_offline_over_an_expiry_stay_signed_in;
        by_core(Mode::EITHER).all(Mode::ALL) => ec12_tabs_that_are_offline_over_an_expiry_stay_signed_in;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            ec14_a_server_clock_an_hour_ahead_changes_nothing_for_many_tabs,
            ec14_a_server_clock_an_hour_behind_changes_nothing_for_many_tabs,
            ec15_a_jump_of_the_device_clock_ends_nothing_in_many_tabs;
    );
}

/// Ten in all, where it is to be seen that their number makes no difference.
fn many(case: &Case) -> usize {
    case.few_or_many(3, 10)
}

fn some(case: &Case) -> usize {
    case.few_or_many(2, 3)
}

async fn ec01_many_tabs_that_meet_an_expiry_at_once_refresh_once(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, many(case), "").await?;
    expiries(case, &tabs, expected_refreshes(case, tabs.len())).await
}

async fn ec01_many_tabs_that_share_access_tokens_refresh_once(case: &Case) -> Result<()> {
    let tabs = tabs_with(case, many(case), "", json!({ "shareAcrossTabs": true })).await?;
    expiries(case, &tabs, 1).await
}

async fn ec06_without_web_locks_many_tabs_that_meet_an_expiry_at_once_refresh_once(
    case: &Case,
) -> Result<()> {
    let tabs = tabs_signed_in(case, many(case).min(5), SLOW_LEASE).await?;
    expiries(case, &tabs, expected_refreshes(case, tabs.len())).await
}

async fn expiries(case: &Case, tabs: &[Page], expected: usize) -> Result<()> {
    let all = rounds(case.few_or_many(2, 4));
    let mut slept = 0;
    let mut refreshes = 0;
    // Every round is gone: how often it goes wrong is half of what a failure has to tell.
    let mut wrong = Vec::new();
    for round in 1..=all {
        case.clear_log()?;
        // In one round the token has ended, in the next it is refused.
        let asleep = if round % 2 == 0 { 0 } else { 10 * MINUTE };
        slept += asleep;
        // A second a round: a shared token that ends in the same second as one's own is no newer.
        let seconds = i64::from(round) * 1_000;
        case.backends
            .main
            .set_clock(&case.client, slept + seconds)?;
        if asleep == 0 {
            case.expire().await?;
        }
        let seen = at_once(tabs, &format!("sleep({asleep}); return call();")).await?;
        let log = case.log();
        let sent = log.to(&case.mode.auth("refresh"));
        refreshes += sent.count();
        let is_right = sent.statuses() == vec![200; expected]
            && log.only(|entry| entry.note.is_some()).count() == 0
            && seen
                .iter()
                .all(|seen| seen["gone"] == json!({ "value": 200 }))
            && seen.iter().all(is_undisturbed);
        if !is_right {
            wrong.push(format!("round {round}:\n{log}{seen:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {all} rounds are wrong, with {refreshes} refreshes in all\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    Ok(())
}

async fn ec14_a_server_clock_an_hour_ahead_changes_nothing_for_many_tabs(
    case: &Case,
) -> Result<()> {
    case.backends.main.set_clock(&case.client, HOUR)?;
    clocks_apart(case).await
}

async fn ec14_a_server_clock_an_hour_behind_changes_nothing_for_many_tabs(
    case: &Case,
) -> Result<()> {
    case.backends.main.set_clock(&case.client, -HOUR)?;
    clocks_apart(case).await
}

/// However wrong the clocks are, there is nothing to renew before an expiry, and then once.
async fn clocks_apart(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, some(case), "").await?;
    for seen in at_once(&tabs, "return call();").await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }));
        assert_eq!(seen["events"], json!([]));
    }
    assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
    case.expire().await?;
    for seen in at_once(&tabs, "return call();").await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }));
        assert_undisturbed(&seen);
    }
    assert_one_refresh(case, tabs.len());
    Ok(())
}

async fn ec15_a_jump_of_the_device_clock_ends_nothing_in_many_tabs(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, some(case), "").await?;
    // Forward, it may as well be a sleep: that costs one refresh. Back, it costs nothing.
    for (jump, is_sleep) in [(HOUR, true), (-2 * HOUR, false)] {
        case.clear_log()?;
        let begin = format!("shiftClocks({{ wall: {jump} }}); await call(); return call();");
        for seen in at_once(&tabs, &begin).await? {
            assert_eq!(seen["gone"], json!({ "value": 200 }), "{jump}: {seen}");
            assert_undisturbed(&seen);
        }
        if is_sleep {
            assert_one_refresh(case, tabs.len());
        } else {
            assert_eq!(case.log().to(&case.mode.auth("refresh")).count(), 0);
        }
    }
    Ok(())
}

async fn ec12_tabs_that_are_offline_over_an_expiry_stay_signed_in(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, some(case), "").await?;
    case.faults([dropped("/*", DropAt::Before)])?;
    offline_over_an_expiry(case, &tabs).await?;
    case.faults([])?;
    let online = "window.dispatchEvent(new Event('online')); return back();";
    back_online(case, &tabs, online).await
}

async fn ec12_tabs_of_a_browser_that_is_offline_over_an_expiry_stay_signed_in(
    case: &Case,
) -> Result<()> {
    let tabs = tabs_signed_in(case, some(case), "").await?;
    set_network(&tabs, false).await?;
    offline_over_an_expiry(case, &tabs).await?;
    assert_eq!(case.log().count(), 0, "nothing gets through");
    set_network(&tabs, true).await?;
    back_online(case, &tabs, "return back();").await
}

/// The browser sends the events `online` and `offline` itself.
async fn set_network(tabs: &[Page], is_online: bool) -> Result<()> {
    let rate = -1;
    let params = json!({ "offline": !is_online, "latency": 0, "downloadThroughput": rate, "uploadThroughput": rate });
    for tab in tabs {
        tab.devtools("Network.enable", json!({})).await?;
        tab.devtools("Network.emulateNetworkConditions", params.clone())
            .await?;
    }
    Ok(())
}

/// Every call fails for now, and nobody is signed out.
async fn offline_over_an_expiry(case: &Case, tabs: &[Page]) -> Result<()> {
    let slept = 10 * MINUTE;
    case.backends.main.set_clock(&case.client, slept)?;
    let expected = match case.mode {
        Mode::Session => json!({ "name": "TypeError" }),
        _ => json!({ "code": "refresh_unavailable", "retryable": true }),
    };
    for seen in at_once(tabs, &format!("sleep({slept}); return call();")).await? {
        assert_has(&seen, &json!({ "gone": { "error": expected } }));
        assert_undisturbed(&seen);
    }
    Ok(())
}

async fn back_online(case: &Case, tabs: &[Page], online: &str) -> Result<()> {
    for tab in tabs {
        // A call that comes before the renewal is told when to come again.
        run(tab, "window.back = () => kind === 'session' ? call() : until(() => changes.some(({ event }) => event === 'refreshed')).then(() => call());").await?;
    }
    for seen in at_once_since(tabs, online).await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }), "{seen}");
        assert_undisturbed(&seen);
    }
    if case.mode == Mode::Session {
        return Ok(());
    }
    let refreshes = case.log().to(&case.mode.auth("refresh"));
    let renewed = refreshes.only(|entry| entry.status == Some(200)).count();
    assert_eq!(renewed, expected_refreshes(case, tabs.len()), "{refreshes}");
    assert_eq!(refreshes.only(|entry| entry.note.is_some()).count(), 0);
    Ok(())
}

async fn a_flood_of_foreign_messages_changes_nothing(case: &Case) -> Result<()> {
    let tabs = tabs_signed_in(case, 2, "").await?;
    let flood = case.tab().await?;
    // As many as ten in a millisecond; but what a busy browser has not delivered yet must not pile up in it. Timers of a tab
    // behind others may fire once a second: each makes up for the time since.
    run(
        &flood,
        "const channel = new BroadcastChannel(`hallpass:${client}`);
         const foreign = [
           '', 'logged-out', 'hallpass/9 logged-out', 'hallpass/1', 'hallpass/1 ', 'hallpass/1 logged-out ',
           'hallpass/1 \\u0000\\ud800', `hallpass/1 ${'x'.repeat(2000)}`, 'hallpass/1 {\"word\":\"logged-out\"}',
           'Hallpass/1 ended', null, 0, NaN, true, undefined, {}, [], ['hallpass/1 logged-out'],
           { data: 'hallpass/1 logged-out' }, new Date(), new Uint8Array(64), new Map([['word', 'ended']]),
         ];
         const start = performance.now();
         let [sent, heard] = [0, 0];
         const send = () => {
           const due = Math.min((performance.now() - start) * 10, heard + 5000);
           for (; sent < due; sent++) channel.postMessage(foreign[sent % foreign.length]);
         };
         window.flood = setInterval(send, 5);
         new BroadcastChannel(`heard ${client}`).onmessage = ({ data }) => {
           heard = data;
           send();
         };",
    )
    .await?;
    let wanted = case.few_or_many(8_000, 20_000);
    let seen: Value = tabs[0].run(
        "const channel = new BroadcastChannel(`heard ${client}`);
         const ignored = () => auth.journal().filter(({ event }) => event === 'message ignored').reduce((sum, { value }) => sum + value, 0);
         const start = performance.now();
         const statuses = new Set();
         let longest = 0;
         for (let now = start; ignored() < args && now - start < 20_000; ) {
           statuses.add(await call());
           longest = Math.max(longest, performance.now() - now);
           channel.postMessage(ignored());
           now = performance.now();
         }
         return { longest, ignored: ignored(), statuses: [...statuses] };",
        json!(wanted),
    )
    .await?;
    assert_eq!(seen["statuses"], json!([200]));
    assert!(seen["longest"].as_f64() < Some(5_000.0), "{seen}");
    assert!(seen["ignored"].as_u64() >= Some(wanted), "{seen}");
    case.expire().await?;
    run(&flood, "clearInterval(window.flood);").await?;
    for seen in at_once(&tabs, "return call();").await? {
        assert_eq!(seen["gone"], json!({ "value": 200 }));
        assert_undisturbed(&seen);
    }
    let log = case.log();
    let own = log.only(|entry| entry.path != case.mode.orders());
    assert_eq!(
        own.count(),
        own.to(&case.mode.auth("refresh")).count(),
        "{own}"
    );
    if case.mode != Mode::Session {
        assert_one_refresh(case, tabs.len());
    }
    Ok(())
}
