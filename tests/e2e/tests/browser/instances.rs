//! Several clients in one page, and the end of one.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_core(Mode::ALL) => ec17_two_clients_of_one_key_share_one_engine;
        by_core(Mode::JWT).all(Mode::ALL) =>
            ec17_disposing_one_of_two_leaves_the_other_working,
            ec17_a_client_made_anew_takes_the_session_up,
            after_a_dispose_nothing_is_sent_any_more;
        by_core(Mode::JWT) =>
            ec17_one_key_with_other_options_is_refused,
            clients_of_two_keys_keep_two_sessions;
    );
}

async fn ec17_two_clients_of_one_key_share_one_engine(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const { createAuth } = await load();
             const [a, b] = await Promise.all([createAuth(options()), createAuth(options())]);
             const told = [];
             b.subscribe(({ event }) => told.push(event));
             await a.login(ada);
             const both = [a.user?.email, b.user?.email];
             return { both, told, call: (await b.authFetch(orders)).status };",
        )
        .await?;
    let expected = json!({
        "both": ["ada@example.com", "ada@example.com"], "told": ["signed-in"], "call": 200,
    });
    assert_eq!(seen, expected);
    let asked = match case.mode {
        Mode::Session => 1,
        Mode::Hybrid => 1,
        _ => 0,
    };
    let restores = case
        .log()
        .only(|entry| entry.path.ends_with("/me") || entry.path.ends_with("/refresh"));
    assert_eq!(restores.count(), asked, "one restored for both");
    Ok(())
}

async fn ec17_disposing_one_of_two_leaves_the_other_working(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let first: Value = case
        .run(
            "const { createAuth } = await load();
             window.other = await createAuth(options());
             window.told = [];
             other.subscribe(({ event }) => told.push(event));
             auth.dispose();
             const { error } = await attempt(call());
             return { code: error?.code, call: (await other.authFetch(orders)).status };",
        )
        .await?;
    assert_eq!(first, json!({ "code": "disposed", "call": 200 }));
    case.expire().await?;
    let second: Value = case
        .run("const { status } = await other.authFetch(orders); await other.logout(); return { status, told, dead: changes.length };")
        .await?;
    let (status, events) = match case.mode {
        // The server does not expire sessions by this.
        Mode::Session => (200, json!(["signed-out"])),
        _ => (200, json!(["refreshed", "signed-out"])),
    };
    assert_eq!(
        second,
        json!({ "status": status, "told": events, "dead": 0 })
    );
    Ok(())
}

async fn ec17_a_client_made_anew_takes_the_session_up(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // As React's StrictMode does it: made, disposed of, made.
    let seen: Value = case
        .run(
            "auth.dispose();
             const { createAuth } = await load();
             const first = createAuth(options()).then((client) => client.dispose());
             await Promise.all([first, start()]);
             return { state: state(), call: await call() };",
        )
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(&seen, &json!({ "state": state, "call": 200 }));
    Ok(())
}

async fn after_a_dispose_nothing_is_sent_any_more(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // What is sent after that is seen before the last one of these.
    case.run::<()>(
        "auth.dispose();
         pass(600_000);
         window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
         window.dispatchEvent(new Event('online'));
         for (let calls = 0; calls < 3; calls++) await fetch('open/echo');",
    )
    .await?;
    assert_eq!(case.log().lines(), ["GET /open/echo 200"; 3]);
    Ok(())
}

async fn ec17_one_key_with_other_options_is_refused(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const { createAuth } = await load();
             const { error } = await attempt(createAuth(options({ leeway: 5 })));
             return { code: error?.code, option: error?.option, call: await call() };",
        )
        .await?;
    assert_eq!(
        seen,
        json!({ "code": "config_invalid", "option": "key", "call": 200 })
    );
    Ok(())
}

async fn clients_of_two_keys_keep_two_sessions(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const { createAuth } = await load();
             const make = (name) => createAuth(options({ key: `${client}-${name}` }));
             const [a, b] = [await make('a'), await make('b')];
             await a.login(ada);
             await b.login(grace);
             const keys = stored().sort();
             await a.logout();
             return {
               users: [a.user, b.user?.email], statuses: [(await a.authFetch(orders)).status, (await b.authFetch(orders)).status],
               keys: keys.map((key) => key.replace(client, 'client')),
             };",
        )
        .await?;
    let expected = json!({
        "users": [null, "grace@example.com"],
        "statuses": [401, 200],
        "keys": ["hallpass:client-a", "hallpass:client-b"],
    });
    assert_eq!(seen, expected);
    Ok(())
}
