//! What a challenge asks for that no new token gives: RFC 6750 §3.1, RFC 9470.

use std::collections::BTreeMap;

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Suite, by_core, by_engine, tests};
use hallpass_server::Rule;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Which headers a page sees.
        by_engine(Mode::JWT).all(Mode::ALL) => a_challenge_from_another_origin_is_told_where_cors_shows_it;
        by_engine(Mode::JWT).all(Mode::ALL).needs(&[Feature::SeveralChallenges]) =>
            a_challenge_in_a_header_of_its_own_beside_another_is_told;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            a_403_that_wants_another_scope_is_the_callers,
            a_challenge_to_step_up_is_told_and_the_401_is_the_callers;
        by_core(Mode::JWT).all(Mode::ALL) =>
            each_of_two_challenges_is_told_with_its_own_wishes,
            a_challenge_to_step_up_is_not_told_while_nobody_is_signed_in;
        by_core(Mode::JWT).all(Mode::RENEWABLE) =>
            a_challenge_to_the_second_attempt_is_told_once,
            a_challenge_that_cors_hides_is_an_ordinary_401;
        by_core(Mode::SESSION) => a_challenge_that_cors_hides_asks_who_is_signed_in;
    );
}

const STEP_UP: &str = r#"Bearer error="insufficient_user_authentication""#;

/// Headers in an answer that asks for what `challenge` says.
fn challenging(challenge: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("WWW-Authenticate".to_owned(), challenge.to_owned())])
}

/// From now on `told` holds what subscribers are told.
const LISTEN: &str = "window.told = [];
    auth.subscribe(({ event, acrValues, maxAge, status }) => told.push({ event, acrValues, maxAge, status }));";

async fn listening(case: &Case, options: Value) -> Result<()> {
    case.signed_in(options).await?;
    case.run(LISTEN).await
}

async fn a_403_that_wants_another_scope_is_the_callers(case: &Case) -> Result<()> {
    listening(case, json!({})).await?;
    let challenge = r#"Bearer error="insufficient_scope", scope="orders:write""#;
    case.faults([Rule {
        headers: challenging(challenge),
        ..answer_json(case.mode.orders(), 403, "no")
    }])?;
    let seen: Value = case
        .run(
            "const seen = [];
             for (const method of ['GET', 'POST']) {
               const response = await auth.authFetch(orders, { method, ...(method === 'POST' && { body: '{}' }) });
               seen.push([response.status, response.headers.get('WWW-Authenticate'), await response.text()]);
             }
             return { seen, told, state: state() };",
        )
        .await?;
    let expected = json!({
        "seen": [[403, challenge, "no"], [403, challenge, "no"]],
        "told": [],
        "state": { "status": "signed-in" },
    });
    assert_has(&seen, &expected);
    let orders = case.mode.orders();
    let lines = [format!("GET {orders} 403"), format!("POST {orders} 403")];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn a_challenge_to_step_up_is_told_and_the_401_is_the_callers(case: &Case) -> Result<()> {
    listening(case, json!({})).await?;
    let forms = [
        (json!([STEP_UP]), json!([]), Value::Null),
        (
            json!([format!(
                r#"{STEP_UP}, error_description="Another level is wanted, please", acr_values="urn:a urn:b", max_age="300""#
            )]),
            json!(["urn:a", "urn:b"]),
            json!(300),
        ),
        // Another challenge before it, and another order.
        (
            json!([
                r#"DPoP algs="ES256 PS256", Bearer realm="shop", max_age=0, acr_values="urn:a,1", error="insufficient_user_authentication""#
            ]),
            json!(["urn:a,1"]),
            json!(0),
        ),
        // RFC 9110 §11.2: a value that is a token need not be quoted, and a name may be of any case.
        (
            json!(["bearer error=insufficient_user_authentication, acr_values=gold, max_age=5"]),
            json!(["gold"]),
            json!(5),
        ),
        (
            json!([
                r#"Bearer Error="insufficient_user_authentication", ACR_Values="urn:a", Max_Age="5""#
            ]),
            json!(["urn:a"]),
            json!(5),
        ),
    ];
    for (challenges, acr_values, max_age) in forms {
        is_told(case, &challenges, &acr_values, &max_age).await?;
    }
    Ok(())
}

async fn a_challenge_in_a_header_of_its_own_beside_another_is_told(case: &Case) -> Result<()> {
    listening(case, json!({})).await?;
    let challenges = json!([r#"DPoP algs="ES256""#, format!(r#"{STEP_UP}, max_age="5""#)]);
    is_told(case, &challenges, &json!([]), &json!(5)).await
}

/// One call is answered 401 with these headers.
async fn is_told(
    case: &Case,
    challenges: &Value,
    acr_values: &Value,
    max_age: &Value,
) -> Result<()> {
    case.clear_log()?;
    let seen: Value = case
            .run_with(
                challenges.clone(),
                "told.length = 0;
                 const before = auth.getSnapshot();
                 const query = new URLSearchParams([['status', 401], ['body', 'more'], ...args.map((one) => ['header', `WWW-Authenticate: ${one}`])]);
                 const response = await auth.authFetch(`open/answer?${query}`, { method: 'POST', body: 'once' });
                 const seen = { status: response.status, body: await response.text() };
                 await settled();
                 return { ...seen, told, same: before === auth.getSnapshot(), next: await call() };",
            )
            .await?;
    let told = json!({
        "event": "step-up-required", "acrValues": acr_values, "maxAge": max_age, "status": "signed-in",
    });
    let expected =
        json!({ "status": 401, "body": "more", "told": [told], "same": true, "next": 200 });
    assert_eq!(seen, expected, "{challenges}");
    let lines = [
        "POST /open/answer 401".to_owned(),
        format!("GET {} 200", case.mode.orders()),
    ];
    assert_eq!(case.log().lines(), lines, "{challenges}");
    Ok(())
}

async fn each_of_two_challenges_is_told_with_its_own_wishes(case: &Case) -> Result<()> {
    listening(case, json!({})).await?;
    let told: Value = case
        .run_with(
            json!(STEP_UP),
            "const wish = (acr) => {
               const query = new URLSearchParams([['status', 401], ['header', `WWW-Authenticate: ${args}, acr_values=\"${acr}\"`]]);
               return call(`open/answer?${query}`);
             };
             await Promise.all([wish('urn:a'), wish('urn:b'), wish('urn:c')]);
             return told.map(({ acrValues }) => acrValues.join()).sort();",
        )
        .await?;
    assert_eq!(told, json!(["urn:a", "urn:b", "urn:c"]));
    Ok(())
}

async fn a_challenge_to_step_up_is_not_told_while_nobody_is_signed_in(case: &Case) -> Result<()> {
    case.start(json!({})).await?;
    case.faults([Rule {
        headers: challenging(STEP_UP),
        ..answer("/open/echo", 401)
    }])?;
    let seen: Value = case
        .run(&format!(
            "{LISTEN} const status = await call('open/echo'); await settled(); return [status, told];"
        ))
        .await?;
    assert_eq!(seen, json!([401, []]));
    Ok(())
}

async fn a_challenge_to_the_second_attempt_is_told_once(case: &Case) -> Result<()> {
    listening(case, json!({})).await?;
    let echo = case.mode.echo();
    let challenge = format!(r#"{STEP_UP}, acr_values="urn:a""#);
    case.faults([
        once(answer(&echo, 401)),
        Rule {
            headers: challenging(&challenge),
            ..answer(&echo, 401)
        },
    ])?;
    let seen: Value = case
        .run("const status = await call(echo); await settled(); return [status, told.map(({ event, acrValues }) => [event, acrValues])];")
        .await?;
    assert_eq!(
        seen,
        json!([401, [["refreshed", null], ["step-up-required", ["urn:a"]]]])
    );
    assert_eq!(case.log().to(&echo).count(), 2);
    Ok(())
}

// Another origin, which is listed. There a page sees of an answer's headers what CORS lets it see.

async fn a_challenge_from_another_origin_is_told_where_cors_shows_it(case: &Case) -> Result<()> {
    let seen = challenged_elsewhere(case, "WWW-Authenticate").await?;
    assert_eq!(
        seen,
        json!([401, ["step-up-required"], ["urn:a"], "signed-in"])
    );
    assert_eq!(case.log().count(), 0);
    assert_eq!(case.foreign_log().to("/open/echo").statuses(), [401]);
    Ok(())
}

async fn a_challenge_that_cors_hides_is_an_ordinary_401(case: &Case) -> Result<()> {
    let seen = challenged_elsewhere(case, "Date").await?;
    assert_eq!(seen, json!([200, ["refreshed"], null, "signed-in"]));
    let refresh = format!("POST {} 200", case.mode.auth("refresh"));
    assert_eq!(case.log().lines(), [refresh]);
    assert_eq!(case.foreign_log().to("/open/echo").statuses(), [401, 200]);
    Ok(())
}

async fn a_challenge_that_cors_hides_asks_who_is_signed_in(case: &Case) -> Result<()> {
    let seen = challenged_elsewhere(case, "Date").await?;
    assert_eq!(seen, json!([401, [], null, "signed-in"]));
    let me = format!("GET {} 200", case.mode.auth("me"));
    assert_eq!(case.log().lines(), [me]);
    assert_eq!(case.foreign_log().to("/open/echo").statuses(), [401]);
    Ok(())
}

/// One call is challenged; `exposed` is what CORS lets the page see. Gives its status, what was told, and the state.
async fn challenged_elsewhere(case: &Case, exposed: &str) -> Result<Value> {
    let mut headers = challenging(&format!(r#"{STEP_UP}, acr_values="urn:a""#));
    headers.insert(
        "Access-Control-Expose-Headers".to_owned(),
        exposed.to_owned(),
    );
    let rule = Rule {
        headers,
        ..once(answer("/open/echo", 401))
    };
    case.backends.foreign.set_rules(&case.client, vec![rule])?;
    listening(
        case,
        json!({ "origins": [case.backends.foreign.base_url()] }),
    )
    .await?;
    case.run_with(
        json!({ "foreign": case.foreign() }),
        "const status = await call(`${args.foreign}/open/echo`);
         await settled();
         return [status, told.map(({ event }) => event), told[0]?.acrValues ?? null, auth.status];",
    )
    .await
}
