//! CSRF tokens: read when they are sent, fetched anew once when the server has changed them.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // The browser's cookies, as a script sees them.
        by_engine(Mode::SESSION) =>
            only_unsafe_methods_carry_the_csrf_token,
            ec24_a_csrf_cookie_that_the_server_rotated_is_read_again_and_the_call_sent_again;
        by_core(Mode::SESSION) =>
            ec24_a_csrf_token_from_an_endpoint_is_fetched_again_and_the_call_sent_again,
            ec24_parallel_calls_share_one_new_csrf_token,
            ec24_a_csrf_token_in_a_meta_element_is_read_when_it_is_sent,
            ec24_a_login_as_somebody_else_brings_a_new_csrf_token,
            ec24_a_logout_with_a_rotated_csrf_token_reaches_the_server,
            a_call_that_the_server_goes_on_refusing_is_not_repeated_for_ever,
            without_csrf_option_no_token_is_sent;
        by_core(Mode::HYBRID) =>
            ec24_a_refresh_with_a_rotated_csrf_token_is_sent_again,
            ec24_a_hybrid_logout_with_a_rotated_csrf_token_reaches_the_server,
            a_refresh_without_its_csrf_cookie_recovers,
            a_hybrid_csrf_token_may_come_from_an_endpoint;
    );
}

const POST: &str = "call(orders, { method: 'POST', body: '{\"item\":\"tea\"}', headers: { 'Content-Type': 'application/json' } })";

async fn only_unsafe_methods_carry_the_csrf_token(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let statuses: Vec<u16> = case
        .run(&format!("return [await call(), await call(orders, {{ method: 'HEAD' }}), await {POST}, await call(echo, {{ method: 'DELETE' }})];"))
        .await?;
    assert_eq!(statuses, [200, 200, 201, 200]);
    let csrf: Vec<bool> = case.log().0.iter().map(|entry| entry.csrf).collect();
    assert_eq!(csrf, [false, false, true, true]);
    Ok(())
}

async fn ec24_a_csrf_cookie_that_the_server_rotated_is_read_again_and_the_call_sent_again(
    case: &Case,
) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    let status: u16 = case.run(&format!("return {POST};")).await?;
    assert_eq!(status, 201);
    assert_eq!(
        case.log().lines(),
        [
            "POST /api/session/orders 403",
            "POST /api/session/orders 201"
        ]
    );
    Ok(())
}

async fn ec24_a_csrf_token_from_an_endpoint_is_fetched_again_and_the_call_sent_again(
    case: &Case,
) -> Result<()> {
    case.signed_in(
        json!({ "csrf": { "endpoint": "auth/session/csrf", "header": "X-XSRF-TOKEN" } }),
    )
    .await?;
    let status: u16 = case.run(&format!("return {POST};")).await?;
    assert_eq!(status, 201);
    let first = ["GET /auth/session/csrf 200", "POST /api/session/orders 201"];
    assert_eq!(case.log().lines(), first);

    case.clear_log()?;
    case.backends.main.rotate_csrf(&case.client).await?;
    let statuses: Vec<u16> = case
        .run(&format!("return [await {POST}, await {POST}];"))
        .await?;
    assert_eq!(statuses, [201, 201]);
    let lines = [
        "POST /api/session/orders 403",
        "GET /auth/session/csrf 200",
        "POST /api/session/orders 201",
        "POST /api/session/orders 201",
    ];
    assert_eq!(case.log().lines(), lines);
    Ok(())
}

async fn ec24_parallel_calls_share_one_new_csrf_token(case: &Case) -> Result<()> {
    case.signed_in(
        json!({ "csrf": { "endpoint": "auth/session/csrf", "header": "X-XSRF-TOKEN" } }),
    )
    .await?;
    let status: u16 = case.run(&format!("return {POST};")).await?;
    assert_eq!(status, 201);
    case.clear_log()?;
    case.backends.main.rotate_csrf(&case.client).await?;
    let statuses: Vec<u16> = case
        .run(&format!(
            "return Promise.all(Array.from({{ length: 20 }}, () => {POST}));"
        ))
        .await?;
    assert_eq!(statuses, [201; 20]);
    assert_eq!(case.log().to("/auth/session/csrf").count(), 1);
    Ok(())
}

async fn ec24_a_csrf_token_in_a_meta_element_is_read_when_it_is_sent(case: &Case) -> Result<()> {
    case.signed_in(json!({ "csrf": { "meta": "csrf-token", "header": "x-xsrf-token" } }))
        .await?;
    let statuses: Vec<u16> = case
        .run(&format!(
            "const read = async () => {{
               const {{ csrfToken }} = await (await fetch('auth/session/csrf')).json();
               document.querySelector('meta[name=csrf-token]').content = csrfToken;
             }};
             const statuses = [await {POST}];
             await read();
             statuses.push(await {POST});
             return statuses;"
        ))
        .await?;
    assert_eq!(statuses, [403, 201]);
    Ok(())
}

async fn ec24_a_login_as_somebody_else_brings_a_new_csrf_token(case: &Case) -> Result<()> {
    for csrf in [
        json!({ "cookie": "XSRF-TOKEN" }),
        json!({ "endpoint": "auth/session/csrf", "header": "X-XSRF-TOKEN" }),
    ] {
        case.signed_in(json!({ "csrf": csrf })).await?;
        let statuses: Vec<u16> = case
            .run(&format!("const first = await {POST}; await auth.login(grace); const second = await {POST}; auth.dispose(); return [first, second];"))
            .await?;
        assert_eq!(statuses, [201, 201]);
        let posts = case.log().to("/api/session/orders");
        assert_eq!(posts.count(), 2, "neither had to be sent again");
    }
    Ok(())
}

async fn ec24_a_logout_with_a_rotated_csrf_token_reaches_the_server(case: &Case) -> Result<()> {
    logout_after_rotation(case).await
}

async fn ec24_a_hybrid_logout_with_a_rotated_csrf_token_reaches_the_server(
    case: &Case,
) -> Result<()> {
    logout_after_rotation(case).await
}

async fn logout_after_rotation(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    let stored: Value = case.run("await auth.logout(); return stored();").await?;
    assert_eq!(stored, json!([]));
    assert_eq!(
        case.log().to(&case.mode.auth("logout")).statuses(),
        [403, 204]
    );
    Ok(())
}

async fn a_call_that_the_server_goes_on_refusing_is_not_repeated_for_ever(
    case: &Case,
) -> Result<()> {
    case.faults([answer_json(
        "/api/session/orders",
        403,
        r#"{"error":"csrf_failed"}"#,
    )])?;
    for csrf in [
        json!({ "cookie": "XSRF-TOKEN" }),
        json!({ "endpoint": "auth/session/csrf", "header": "X-XSRF-TOKEN" }),
    ] {
        case.signed_in(json!({ "csrf": csrf })).await?;
        let status: u16 = case
            .run(&format!(
                "const status = await {POST}; auth.dispose(); return status;"
            ))
            .await?;
        assert_eq!(status, 403);
        let posts = case.log().to("/api/session/orders").count();
        assert!(posts <= 2, "{posts}");
    }
    Ok(())
}

async fn without_csrf_option_no_token_is_sent(case: &Case) -> Result<()> {
    case.signed_in(json!({ "csrf": false })).await?;
    let status: u16 = case.run(&format!("return {POST};")).await?;
    assert_eq!(status, 403);
    let csrf: Vec<bool> = case.log().0.iter().map(|entry| entry.csrf).collect();
    assert_eq!(csrf, [false]);
    Ok(())
}

async fn ec24_a_refresh_with_a_rotated_csrf_token_is_sent_again(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    assert_eq!(case.log().to("/auth/hybrid/refresh").statuses(), [403, 200]);
    Ok(())
}

async fn a_refresh_without_its_csrf_cookie_recovers(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    case.expire().await?;
    let status: u16 = case
        .run("document.cookie = `XSRF-TOKEN=; Max-Age=0; Path=/c/${client}`; return call();")
        .await?;
    assert_eq!(status, 200);
    let refreshes = case.log().to("/auth/hybrid/refresh");
    assert_eq!(refreshes.statuses(), [403, 200]);
    assert!(!refreshes.0[0].csrf && refreshes.0[1].csrf, "{refreshes}");
    Ok(())
}

async fn a_hybrid_csrf_token_may_come_from_an_endpoint(case: &Case) -> Result<()> {
    case.signed_in(json!({ "csrf": { "endpoint": "auth/hybrid/csrf", "header": "X-XSRF-TOKEN" } }))
        .await?;
    case.backends.main.rotate_csrf(&case.client).await?;
    case.expire().await?;
    let status: u16 = case.run("return call();").await?;
    assert_eq!(status, 200);
    Ok(())
}
