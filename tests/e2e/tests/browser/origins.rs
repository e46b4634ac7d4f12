//! Which URLs get the credential: those of listed origins, compared exactly, and no other.

use std::collections::BTreeMap;

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Requests, Suite, backend, by_core, by_engine, tests};
use hallpass_server::{Config, Rule, Tls};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Whose a URL is, what goes there and what a redirect takes along; redirects.rs has the ways in full.
        by_engine(Mode::JWT).all(Mode::ALL) =>
            ec23_another_name_of_the_same_machine_gets_nothing,
            ec23_a_url_with_user_info_is_refused_by_fetch_itself,
            ec23_a_host_that_begins_like_ours_gets_nothing,
            data_and_blob_urls_are_fetched_as_ever;
        by_engine(Mode::EITHER).all(Mode::ALL) => an_origin_that_is_listed_gets_the_credential;
        by_engine(Mode::JWT) => ec23_a_header_of_another_name_does_not_follow_a_redirect;
        // In session mode browsers carry the CSRF header along, which docs/security.md says.
        by_engine(Mode::JWT).all(Mode::RENEWABLE) =>
            ec23_an_unsafe_call_that_is_redirected_to_another_origin_takes_nothing_along;
        by_core(Mode::JWT).all(Mode::ALL) =>
            ec23_an_absolute_url_on_another_port_gets_nothing,
            ec23_a_url_without_scheme_gets_nothing,
            ec23_a_request_object_for_another_origin_gets_nothing,
            relative_urls_resolve_against_the_base_url;
        by_core(Mode::EITHER).all(Mode::ALL) =>
            ec23_an_unsafe_call_to_another_origin_gets_nothing,
            ec23_a_redirect_to_another_origin_takes_nothing_along,
            a_401_from_another_origin_says_nothing_of_the_session,
            a_401_after_a_redirect_to_another_origin_says_nothing_of_the_session;
        by_core(Mode::JWT) => a_callers_own_authorization_header_stays;
    );
}

async fn ec23_an_absolute_url_on_another_port_gets_nothing(case: &Case) -> Result<()> {
    gets_nothing(case, "auth.authFetch(`${args.foreign}/open/echo`)").await
}

async fn ec23_a_url_without_scheme_gets_nothing(case: &Case) -> Result<()> {
    gets_nothing(
        case,
        "auth.authFetch(`${args.foreign}/open/echo`.replace('http:', ''))",
    )
    .await
}

async fn ec23_a_request_object_for_another_origin_gets_nothing(case: &Case) -> Result<()> {
    gets_nothing(
        case,
        "auth.authFetch(new Request(new URL(`${args.foreign}/open/echo`)), { headers: { Accept: 'text/x' } })",
    )
    .await
}

async fn ec23_an_unsafe_call_to_another_origin_gets_nothing(case: &Case) -> Result<()> {
    let call = "auth.authFetch(new URL(`${args.foreign}/open/echo`), { method: 'PUT', body: '{}', headers: { 'Content-Type': 'application/json' } })";
    gets_nothing(case, call).await
}

async fn gets_nothing(case: &Case, call: &str) -> Result<()> {
    case.signed_in(json!({})).await?;
    let headers: BTreeMap<String, String> = case
        .run_with(
            json!({ "foreign": case.foreign() }),
            &format!("const response = await {call}; return (await response.json()).headers;"),
        )
        .await?;
    for name in ["authorization", "cookie", "x-xsrf-token"] {
        assert!(!headers.contains_key(name), "{headers:?}");
    }
    let log = case.foreign_log();
    assert!(log.count() > 0);
    assert_clean(&log);
    Ok(())
}

#[track_caller]
fn assert_clean(log: &Requests) {
    let dirty =
        log.only(|entry| entry.authorization.is_some() || !entry.cookies.is_empty() || entry.csrf);
    assert_eq!(dirty.count(), 0, "a credential went astray:\n{dirty}");
}

async fn ec23_another_name_of_the_same_machine_gets_nothing(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    // It reaches the very same backend, which does not let the page read the answer.
    case.run::<()>("await attempt(auth.authFetch(new URL('open/echo', location.href.replace('127.0.0.1', 'localhost'))));")
        .await?;
    let log = case
        .until_log("the call", |log| log.to("/open/echo").count() == 1)
        .await?;
    assert_clean(&log);
    Ok(())
}

async fn ec23_a_url_with_user_info_is_refused_by_fetch_itself(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let name: String = case
        .run_with(
            json!({ "foreign": case.foreign() }),
            "const url = args.foreign.replace('http://', `http://${location.host}@`);
             return (await attempt(auth.authFetch(`${url}/open/echo`))).error.name;",
        )
        .await?;
    assert_eq!(name, "TypeError");
    assert_eq!(case.foreign_log().count(), 0);
    Ok(())
}

async fn ec23_a_host_that_begins_like_ours_gets_nothing(case: &Case) -> Result<()> {
    // One backend under both names: what goes to either is in its log.
    let names = ["api.bank.test", "api.bank.test.evil.test"];
    let twin = case
        .backend(Config {
            tls: Some(Tls::self_signed(names)?),
            ..backend::config()
        })
        .await?;
    case.page.goto(&case.url_at(&twin)).await?;
    case.page.clear().await?;
    case.run::<()>("await start(); await auth.login(ada);")
        .await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    twin.clear_log(&case.client)?;
    case.run::<()>(
        "const evil = location.origin.replace('api.bank.test', 'api.bank.test.evil.test');
         await attempt(auth.authFetch(`${evil}/c/${client}/open/echo`));
         await attempt(auth.authFetch(location.href.replace('https://', `https://${location.hostname}@`).replace(location.hostname + ':', 'api.bank.test.evil.test:')));",
    )
    .await?;
    let log = Requests(twin.log(&case.client));
    assert_eq!(log.to("/open/echo").count(), 1);
    assert_clean(&log);
    Ok(())
}

/// `/open/away` of the main backend leads to the foreign one.
fn away(case: &Case, status: u16) -> Rule {
    redirect(
        "/open/away",
        status,
        format!("{}/open/echo", case.foreign()),
    )
}

async fn ec23_a_redirect_to_another_origin_takes_nothing_along(case: &Case) -> Result<()> {
    case.faults([away(case, 302)])?;
    case.signed_in(json!({})).await?;
    case.run::<()>("await attempt(auth.authFetch('open/away'));")
        .await?;
    assert_clean(&case.foreign_log());
    Ok(())
}

async fn ec23_an_unsafe_call_that_is_redirected_to_another_origin_takes_nothing_along(
    case: &Case,
) -> Result<()> {
    case.faults([away(case, 307)])?;
    case.signed_in(json!({})).await?;
    case.run::<()>("await attempt(auth.authFetch('open/away', { method: 'POST', body: 'x' }));")
        .await?;
    assert_clean(&case.foreign_log());
    Ok(())
}

async fn ec23_a_header_of_another_name_does_not_follow_a_redirect(case: &Case) -> Result<()> {
    // The thief's CORS allows everything.
    let thief = Config {
        allowed_origins: vec![case.backends.main.base_url()],
        allowed_headers: vec!["x-token".to_owned()],
        ..backend::config()
    };
    let thief = case.backend(thief).await?;
    let url = format!("{}/c/{}/open/echo", thief.base_url(), case.client);
    let headers = BTreeMap::from([("Location".to_owned(), url)]);
    case.faults([Rule {
        headers,
        ..answer("/open/away", 302)
    }])?;
    case.signed_in(json!({ "header": { "name": "X-Token", "scheme": "" } }))
        .await?;
    let out: Value = case
        .run("return attempt(auth.authFetch('open/away').then((response) => response.json()));")
        .await?;
    let headers = &out["value"]["headers"];
    assert!(
        headers.get("x-token").is_none(),
        "the token went astray: {headers}"
    );
    Ok(())
}

async fn a_401_from_another_origin_says_nothing_of_the_session(case: &Case) -> Result<()> {
    let status = answer("/open/echo", 401);
    case.backends
        .foreign
        .set_rules(&case.client, vec![status])?;
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run_with(
            json!({ "foreign": case.foreign() }),
            "return { call: await call(`${args.foreign}/open/echo`), state: state(), changes };",
        )
        .await?;
    assert_has(
        &seen,
        &json!({ "call": 401, "state": { "status": "signed-in" }, "changes": [] }),
    );
    assert_eq!(case.log().count(), 0);
    Ok(())
}

async fn a_401_after_a_redirect_to_another_origin_says_nothing_of_the_session(
    case: &Case,
) -> Result<()> {
    case.backends
        .foreign
        .set_rules(&case.client, vec![answer("/open/echo", 401)])?;
    case.faults([away(case, 302)])?;
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run("return { ...await attempt(call('open/away')), state: state(), changes };")
        .await?;
    assert_has(
        &seen,
        &json!({ "state": { "status": "signed-in" }, "changes": [] }),
    );
    assert_eq!(case.log().lines(), ["GET /open/away 302"]);
    Ok(())
}

async fn an_origin_that_is_listed_gets_the_credential(case: &Case) -> Result<()> {
    let origin = case.backends.foreign.base_url();
    case.signed_in(json!({ "origins": [origin] })).await?;
    let headers: BTreeMap<String, String> = case
        .run_with(
            json!({ "foreign": case.foreign() }),
            "const response = await auth.authFetch(`${args.foreign}/open/echo`); return (await response.json()).headers;",
        )
        .await?;
    let name = if case.mode == Mode::Session {
        "cookie"
    } else {
        "authorization"
    };
    assert!(headers.contains_key(name), "{headers:?}");
    Ok(())
}

async fn relative_urls_resolve_against_the_base_url(case: &Case) -> Result<()> {
    let base = format!("{}/c/{}/auth/", case.backends.main.base_url(), case.client);
    let kind = case.mode.kind();
    let endpoints = json!({
        "login": format!("{kind}/login"),
        "logout": format!("{kind}/logout"),
        "refresh": if case.mode == Mode::Session { json!(false) } else { json!(format!("{kind}/refresh")) },
        "me": if case.mode == Mode::Session { json!("session/me") } else { json!(false) },
    });
    case.signed_in(json!({ "baseUrl": base, "endpoints": endpoints }))
        .await?;
    let statuses: Vec<u16> = case
        .run("return [await call(`../${orders}`), await call(new URL(orders, location.href))];")
        .await?;
    assert_eq!(statuses, [200, 200]);
    Ok(())
}

async fn data_and_blob_urls_are_fetched_as_ever(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let texts: Vec<String> = case
        .run(
            "const text = async (url) => (await auth.authFetch(url)).text();
             const blob = URL.createObjectURL(new Blob(['from a blob']));
             return [await text('data:text/plain,hello'), await text(blob)];",
        )
        .await?;
    assert_eq!(texts, ["hello", "from a blob"]);
    Ok(())
}

async fn a_callers_own_authorization_header_stays(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let seen: Value = case
        .run(
            "const init = { headers: { Authorization: 'Basic eDp5' } };
             const echoed = await (await auth.authFetch('open/echo', init)).json();
             return { own: echoed.headers.authorization, call: await call(orders, init), state: state() };",
        )
        .await?;
    let expected = json!({ "own": "Basic eDp5", "call": 401, "state": { "status": "signed-in" } });
    assert_has(&seen, &expected);
    assert_eq!(
        case.log().to("/auth/jwt/refresh").count(),
        0,
        "it is not ours that was refused"
    );
    Ok(())
}
