//! A page of one site and an API of another: TLS, preflights, cookies with `SameSite=None`.

use std::sync::Arc;

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Requests, Suite, backend, tests};
use hallpass_server::{Config, Running, Tls};
use serde_json::{Value, json};

use crate::common::*;

const TOKENS: &[Feature] = &[Feature::TestHosts];
const COOKIES: &[Feature] = &[Feature::TestHosts, Feature::ThirdPartyCookies];

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        Mode::SESSION, COOKIES => a_session_on_another_site_works;
        Mode::HYBRID, COOKIES => a_hybrid_session_on_another_site_works;
        Mode::JWT, TOKENS =>
            tokens_for_an_api_on_another_site_work,
            an_api_that_does_not_list_the_page_is_a_network_error,
            ec24_retry_after_that_cors_shows_is_read;
    );
}

/// The page at `https://app.shop.test`, and the API at `https://api.bank.test`.
async fn two_sites(case: &Case, is_listed: bool) -> Result<Arc<Running>> {
    let page = Config {
        tls: Some(Tls::self_signed(["app.shop.test"])?),
        ..backend::config()
    };
    let page = case.backend(page).await?;
    let allowed = if is_listed {
        vec![page.base_url()]
    } else {
        Vec::new()
    };
    let api = Config {
        tls: Some(Tls::self_signed(["api.bank.test"])?),
        allowed_origins: allowed,
        cross_site: true,
        static_dirs: Vec::new(),
        ..backend::config()
    };
    let api = case.backend(api).await?;
    case.page.goto(&case.url_at(&page)).await?;
    case.page.clear().await?;
    Ok(api)
}

fn options(case: &Case, api: &Running) -> Value {
    let kind = case.mode.kind();
    let csrf = match case.mode {
        Mode::Session | Mode::Hybrid => {
            json!({ "endpoint": format!("auth/{kind}/csrf"), "header": "X-XSRF-TOKEN" })
        }
        _ => json!(false),
    };
    json!({ "baseUrl": format!("{}/c/{}/", api.base_url(), case.client), "csrf": csrf })
}

async fn a_session_on_another_site_works(case: &Case) -> Result<()> {
    whole_life(case).await
}

async fn a_hybrid_session_on_another_site_works(case: &Case) -> Result<()> {
    whole_life(case).await
}

async fn tokens_for_an_api_on_another_site_work(case: &Case) -> Result<()> {
    whole_life(case).await
}

async fn whole_life(case: &Case) -> Result<()> {
    let api = two_sites(case, true).await?;
    let options = options(case, &api);
    let post = "call(orders, { method: 'POST', body: '{\"item\":\"tea\"}', headers: { 'Content-Type': 'application/json' } })";
    let seen: Value = case
        .page
        .run(
            &format!("await start(args); await auth.login(ada); return {{ state: state(), calls: [await call(), await {post}] }};"),
            options.clone(),
        )
        .await?;
    let state = json!({ "status": "signed-in", "user": "ada@example.com" });
    assert_has(&seen, &json!({ "state": state, "calls": [200, 201] }));
    let log = Requests(api.log(&case.client));
    assert!(
        log.only(|entry| entry.method == "OPTIONS").count() > 0,
        "no preflight: {log}"
    );
    assert_eq!(
        log.only(|entry| entry.idempotency_key.is_some()).count(),
        0,
        "CORS need not allow it"
    );

    // A stale credential: refused, fetched anew, sent again.
    match case.mode {
        Mode::Session => api.rotate_csrf(&case.client).await?,
        _ => api.expire(&case.client).await?,
    }
    api.clear_log(&case.client)?;
    let status: u16 = case.run(&format!("return {post};")).await?;
    assert_eq!(status, 201);
    let attempts = Requests(api.log(&case.client)).to(&case.mode.orders());
    assert_eq!(attempts.count(), 2);

    case.page.reload().await?;
    let seen: Value = case
        .page
        .run(
            "await start(args); return { state: state(), call: await call() };",
            options.clone(),
        )
        .await?;
    assert_has(&seen, &json!({ "state": state, "call": 200 }));

    api.clear_log(&case.client)?;
    let status: u16 = case.run("await auth.logout(); return call();").await?;
    assert_eq!(status, 401);
    assert_eq!(
        Requests(api.log(&case.client))
            .to(&case.mode.auth("logout"))
            .statuses(),
        [204]
    );
    case.page.reload().await?;
    let status: String = case
        .page
        .run("await start(args); return auth.status;", options)
        .await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn an_api_that_does_not_list_the_page_is_a_network_error(case: &Case) -> Result<()> {
    let api = two_sites(case, false).await?;
    let seen: Value = case
        .page
        .run(
            "await start(args); return { ...await attempt(auth.login(ada)), state: state() };",
            options(case, &api),
        )
        .await?;
    let error = json!({ "code": "network_error", "retryable": true });
    assert_has(
        &seen,
        &json!({ "error": error, "state": { "status": "signed-out" } }),
    );
    Ok(())
}

async fn ec24_retry_after_that_cors_shows_is_read(case: &Case) -> Result<()> {
    let api = two_sites(case, true).await?;
    api.set_rules(&case.client, vec![too_many("/auth/jwt/login", 9)])?;
    let error: Value = case
        .page
        .run(
            "await start(args); return (await attempt(auth.login(ada))).error;",
            options(case, &api),
        )
        .await?;
    assert_has(&error, &json!({ "code": "rate_limited", "retryAfter": 9 }));
    Ok(())
}
