//! A page and an API on different origins, of one site or of two: TLS, preflights, cookies. docs/cross-origin.md says what comes of it.

use std::sync::Arc;

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Requests, Suite, backend, by_engine, tests};
use hallpass_server::{Config, Running, Tls};
use serde_json::{Value, json};

use crate::common::*;

const COOKIES: &[Feature] = &[Feature::ThirdPartyCookies];

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // Preflights, TLS and whose cookies are kept.
        by_engine(Mode::ALL) => an_api_on_another_origin_of_the_site_works;
        by_engine(Mode::SESSION).needs(COOKIES).in_browser() => a_session_on_another_site_works;
        by_engine(Mode::HYBRID).needs(COOKIES).in_browser() => a_hybrid_session_on_another_site_works;
        by_engine(Mode::SESSION).in_browser() => a_session_cookie_that_is_not_kept_is_told_at_login;
        by_engine(Mode::HYBRID).in_browser() => a_hybrid_session_whose_cookie_is_not_kept_lasts_as_long_as_its_page;
        by_engine(Mode::JWT) =>
            tokens_for_an_api_on_another_site_work,
            an_api_that_does_not_list_the_page_is_a_network_error,
            a_call_with_a_header_that_cors_does_not_allow_fails_as_fetch_does,
            ec24_retry_after_that_cors_shows_is_read;
        by_engine(Mode::JWT).needs(&[Feature::HttpByName]) => an_api_over_http_is_out_of_reach_for_a_page_over_https;
    );
}

pub(crate) const PAGE: &str = "app.example.com";
pub(crate) const SAME_SITE: &str = "api.example.com";
pub(crate) const OTHER_SITE: &str = "api.example.org";

/// The page at [`PAGE`], and an API at `host` whose CORS lists it.
pub(crate) async fn page_and_api(case: &Case, host: &str, api: Config) -> Result<Arc<Running>> {
    let page = open_page(case, PAGE).await?;
    let api = Config {
        allowed_origins: vec![page.base_url()],
        ..api
    };
    open_api(case, host, api).await
}

pub(crate) async fn open_page(case: &Case, host: &str) -> Result<Arc<Running>> {
    let page = Config {
        tls: Some(Tls::self_signed([host])?),
        ..backend::config()
    };
    let page = case.backend(page).await?;
    case.page.goto(&case.url_at(&page)).await?;
    case.page.clear().await?;
    Ok(page)
}

pub(crate) async fn open_api(case: &Case, host: &str, api: Config) -> Result<Arc<Running>> {
    let api = Config {
        tls: Some(Tls::self_signed([host])?),
        static_dirs: Vec::new(),
        ..api
    };
    case.backend(api).await
}

/// An API on another site, set up for that.
async fn two_sites(case: &Case) -> Result<Arc<Running>> {
    page_and_api(case, OTHER_SITE, for_another_site()).await
}

fn for_another_site() -> Config {
    Config {
        cross_site: true,
        ..backend::config()
    }
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

/// What comes of a login, and the state after it.
async fn attempted_login(case: &Case, api: &Running) -> Result<Value> {
    let script = "await start(args); return { ...await attempt(auth.login(ada)), state: state() };";
    case.page.run(script, options(case, api)).await
}

/// Its cookies are `SameSite=Lax` and `Strict`.
async fn an_api_on_another_origin_of_the_site_works(case: &Case) -> Result<()> {
    let api = page_and_api(case, SAME_SITE, backend::config()).await?;
    whole_life(case, &api).await
}

async fn a_session_on_another_site_works(case: &Case) -> Result<()> {
    let api = two_sites(case).await?;
    whole_life(case, &api).await
}

async fn a_hybrid_session_on_another_site_works(case: &Case) -> Result<()> {
    let api = two_sites(case).await?;
    whole_life(case, &api).await
}

async fn tokens_for_an_api_on_another_site_work(case: &Case) -> Result<()> {
    let api = two_sites(case).await?;
    whole_life(case, &api).await
}

async fn whole_life(case: &Case, api: &Running) -> Result<()> {
    let options = options(case, api);
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

/// A cookie for the API's own site is none that a browser keeps for a page of another one.
async fn a_session_cookie_that_is_not_kept_is_told_at_login(case: &Case) -> Result<()> {
    let mut configs = vec![backend::config()];
    if !case.has(Feature::ThirdPartyCookies) {
        // Here even one that is for other sites.
        configs.push(for_another_site());
    }
    for config in configs {
        let api = page_and_api(case, OTHER_SITE, config).await?;
        let seen = attempted_login(case, &api).await?;
        let error = json!({ "code": "response_invalid", "retryable": false });
        assert_has(
            &seen,
            &json!({ "error": error, "state": { "status": "signed-out" } }),
        );
        let message = seen["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("SameSite=None; Secure"), "{seen}");
    }
    Ok(())
}

async fn a_hybrid_session_whose_cookie_is_not_kept_lasts_as_long_as_its_page(
    case: &Case,
) -> Result<()> {
    let api = page_and_api(case, OTHER_SITE, backend::config()).await?;
    let options = options(case, &api);
    let call: u16 = case
        .page
        .run(
            "await start(args); await auth.login(ada); return call();",
            options.clone(),
        )
        .await?;
    assert_eq!(call, 200);
    // Nothing renews its token.
    api.expire(&case.client).await?;
    let call: u16 = case.run("return call();").await?;
    assert_eq!(call, 401);
    case.page.reload().await?;
    let status: String = case
        .page
        .run("await start(args); return auth.status;", options)
        .await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn a_call_with_a_header_that_cors_does_not_allow_fails_as_fetch_does(
    case: &Case,
) -> Result<()> {
    let api = Config {
        allowed_headers: vec!["content-type".to_owned()],
        ..for_another_site()
    };
    let api = page_and_api(case, OTHER_SITE, api).await?;
    let seen: Value = case
        .page
        .run(
            "await start(args); await auth.login(ada);
             const name = (call) => call.then(() => 'none', (error) => error.name);
             const url = new URL(orders, args.baseUrl);
             return {
               call: await name(auth.authFetch(url)),
               bare: await name(fetch(url, { headers: { Authorization: 'Bearer x' } })),
               state: state().status,
             };",
            options(case, &api),
        )
        .await?;
    let expected = json!({ "call": "TypeError", "bare": "TypeError", "state": "signed-in" });
    assert_eq!(seen, expected);
    Ok(())
}

/// hallpass refuses it by itself; and so does the browser, if hallpass is told not to.
async fn an_api_over_http_is_out_of_reach_for_a_page_over_https(case: &Case) -> Result<()> {
    let page = open_page(case, PAGE).await?;
    let api = Config {
        allowed_origins: vec![page.base_url()],
        ..backend::config()
    };
    let api = case.backend(api).await?;
    let base = format!("http://api.example.org:{}", api.addr().port());
    let options = json!({ "baseUrl": format!("{base}/c/{}/", case.client), "csrf": false });
    let seen: Value = case
        .page
        .run(
            "const { name, option } = await start(args).catch((error) => error);
             await start({ ...args, insecureOrigins: [new URL(args.baseUrl).origin] });
             return { name, option, error: (await attempt(auth.login(ada))).error };",
            options,
        )
        .await?;
    assert_has(
        &seen,
        &json!({ "name": "AuthError", "option": "baseUrl", "error": { "code": "network_error" } }),
    );
    assert_eq!(Requests(api.log(&case.client)).count(), 0);
    Ok(())
}

async fn an_api_that_does_not_list_the_page_is_a_network_error(case: &Case) -> Result<()> {
    open_page(case, PAGE).await?;
    let api = open_api(case, OTHER_SITE, for_another_site()).await?;
    let seen = attempted_login(case, &api).await?;
    let error = json!({ "code": "network_error", "retryable": true });
    assert_has(
        &seen,
        &json!({ "error": error, "state": { "status": "signed-out" } }),
    );
    Ok(())
}

async fn ec24_retry_after_that_cors_shows_is_read(case: &Case) -> Result<()> {
    let api = two_sites(case).await?;
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
