//! A sign-in at an identity provider of another origin: what the engine keeps while the page is away, what a window hears of the one
//! that opened it, and what comes back from the cache. What the package decides is tested in tests/sso.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use hallpass_e2e::{Case, Mode, Page, Suite, by_engine, tests};
use hallpass_server::Rule;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::common::*;

/// The storage of a tab, and that of all tabs.
const STORED: &[Mode] = &[Mode::JwtSession, Mode::JwtLocal];

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(STORED) =>
            a_sign_in_by_redirect_comes_back_to_what_the_browser_has_kept,
            ec49_a_session_that_is_bound_to_a_key_lasts_as_long_as_that_is_in_the_database;
        by_engine(Mode::JWT) =>
            a_sign_in_by_redirect_in_one_tab_is_one_in_all,
            ec38_a_window_that_coop_has_severed_still_brings_its_answer;
        by_engine(Mode::JWT).in_browser() => ec45_who_comes_back_from_the_providers_page_can_sign_in_again;
    );
}

/// How long something may take that will happen.
const PATIENCE: Duration = Duration::from_secs(15);

async fn a_sign_in_by_redirect_comes_back_to_what_the_browser_has_kept(case: &Case) -> Result<()> {
    provider(case, BTreeMap::new())?;
    start(case, &case.page).await?;
    leave(case, &case.page).await?;
    come_back(case, &case.page).await?;
    let seen = run(
        &case.page,
        "const answer = await auth.handleCallback();
         return { answer, status: auth.status, token: await auth.accessToken(), search: location.search };",
    )
    .await?;
    let answer = json!({ "user": null, "returnTo": "/orders?page=2", "appState": [1] });
    assert_has(
        &seen,
        &json!({ "answer": answer, "status": "signed-in", "token": "access" }),
    );
    assert_eq!(seen["search"], format!("?mode={}", case.mode.name()));
    case.page.reload().await?;
    start(case, &case.page).await?;
    assert_eq!(run(&case.page, "return auth.status;").await?, "signed-in");
    assert_eq!(case.foreign_log().to("/auth/token").count(), 1);
    Ok(())
}

/// In place of the network: what takes proofs, and what each of them says.
const PROVING: &str = "const real = window.fetch.bind(window);
    window.proofs = [];
    const bytes = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const json = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));
    window.fetch = async (input, init) => {
      const request = input instanceof Request ? input : new Request(input, init);
      const proof = request.headers.get('DPoP');
      if (!proof) return real(input, init);
      const [header, claims, signature] = proof.split('.');
      const { jwk, typ, alg } = json(header);
      const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
      const text = new TextEncoder().encode(`${header}.${claims}`);
      const isRight = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(signature), text);
      const { htm, htu, ath } = json(claims);
      const { origin, pathname } = new URL(request.url);
      const isOfThis = isRight && typ === 'dpop+jwt' && alg === 'ES256' && htm === request.method && htu === origin + pathname;
      proofs.push({ isOfThis, x: jwk.x, hasHash: Boolean(ath), authorization: request.headers.get('Authorization') });
      return Response.json({ access_token: 'access', refresh_token: 'refresh', token_type: 'DPoP', expires_in: 900 });
    };";

async fn ec49_a_session_that_is_bound_to_a_key_lasts_as_long_as_that_is_in_the_database(
    case: &Case,
) -> Result<()> {
    provider(case, BTreeMap::new())?;
    let begin = format!("{PROVING} {}", with(case, &json!({ "dpop": true })));
    run(&case.page, &begin).await?;
    leave(case, &case.page).await?;
    agree(&case.page).await?;
    run(&case.page, &begin).await?;
    run(
        &case.page,
        "await auth.handleCallback(); await call(); await auth.refresh(); sessionStorage.proofs = JSON.stringify(proofs);",
    )
    .await?;
    case.page.reload().await?;
    run(&case.page, &begin).await?;
    let seen = run(
        &case.page,
        "await call();
         const all = [...JSON.parse(sessionStorage.proofs), ...proofs];
         return { keys: new Set(all.map(({ x }) => x)).size, proofs: all.map(({ x, ...rest }) => rest), storage: auth.getSnapshot().storage };",
    )
    .await?;
    let at_provider = json!({ "isOfThis": true, "hasHash": false, "authorization": null });
    let call = json!({ "isOfThis": true, "hasHash": true, "authorization": "DPoP access" });
    assert_eq!(
        seen,
        json!({ "keys": 1, "proofs": [at_provider, call, at_provider, call], "storage": "ok" })
    );
    run(
        &case.page,
        "const database = await new Promise((done) => (indexedDB.open('hallpass/keys').onsuccess = ({ target }) => done(target.result)));
         const keys = database.transaction('keys', 'readwrite').objectStore('keys');
         await new Promise((done) => (keys.delete(client).onsuccess = done));
         database.close();",
    )
    .await?;
    case.page.reload().await?;
    run(&case.page, &begin).await?;
    let seen = run(
        &case.page,
        "const { status, reason } = auth.getSnapshot(); return { status, reason, proofs: proofs.length };",
    )
    .await?;
    assert_eq!(
        seen,
        json!({ "status": "signed-out", "reason": "key_lost", "proofs": 0 })
    );
    Ok(())
}

async fn a_sign_in_by_redirect_in_one_tab_is_one_in_all(case: &Case) -> Result<()> {
    provider(case, BTreeMap::new())?;
    let other = case.tab().await?;
    start(case, &other).await?;
    start(case, &case.page).await?;
    leave(case, &case.page).await?;
    come_back(case, &case.page).await?;
    run(&case.page, "await auth.handleCallback();").await?;
    run(&other, "await until(() => auth.status === 'signed-in');").await?;
    Ok(())
}

async fn ec38_a_window_that_coop_has_severed_still_brings_its_answer(case: &Case) -> Result<()> {
    let severed = BTreeMap::from([(
        "Cross-Origin-Opener-Policy".to_owned(),
        "same-origin".to_owned(),
    )]);
    provider(case, severed)?;
    start(case, &case.page).await?;
    run(
        &case.page,
        "const button = Object.assign(document.createElement('button'), { textContent: 'sign in' });
         button.dataset.testid = 'in';
         button.onclick = () => (window.signedIn = attempt(auth.loginWithPopup({ returnTo: '/orders' })));
         document.body.append(button);",
    )
    .await?;
    case.page.click("in").await?;
    let popup = case.page.opened().await?;
    until(&popup, "return Boolean(window.isReady);").await?;
    popup.click("agree").await?;
    // The callback page does what each page of an app does.
    until(&popup, "return Boolean(window.until);").await?;
    let opener = run(
        &popup,
        &format!(
            "{}; const {{ opener }} = window; void auth.handleCallback(); return opener === null;",
            starting(case)
        ),
    )
    .await?;
    assert_eq!(opener, true, "the window still sees its opener");
    let seen = run(
        &case.page,
        "return { ...(await signedIn), status: auth.status };",
    )
    .await?;
    let answer = json!({ "user": null, "returnTo": "/orders" });
    assert_has(&seen, &json!({ "value": answer, "status": "signed-in" }));
    until_closed(&case.page).await
}

async fn ec45_who_comes_back_from_the_providers_page_can_sign_in_again(case: &Case) -> Result<()> {
    provider(case, BTreeMap::new())?;
    start(case, &case.page).await?;
    leave(case, &case.page).await?;
    case.page.back().await?;
    // From the cache, or anew.
    until(&case.page, "return Boolean(window.until);").await?;
    let seen = run(&case.page, "return { wasCached };").await?;
    if seen["wasCached"] == true {
        // What went away is over.
        run(
            &case.page,
            "await until(() => window.isBack, 'the end of loginWithRedirect');",
        )
        .await?;
    } else {
        start(case, &case.page).await?;
    }
    leave(case, &case.page).await?;
    come_back(case, &case.page).await?;
    let seen = run(&case.page, "return (await auth.handleCallback()).returnTo;").await?;
    assert_eq!(seen, "/orders?page=2");
    Ok(())
}

/// At the foreign origin: its page, with these headers, and a token for each code.
fn provider(case: &Case, headers: BTreeMap<String, String>) -> Result<()> {
    let tokens = json!({
        "access_token": "access",
        "refresh_token": "refresh",
        "token_type": "Bearer",
        "expires_in": 900,
    });
    let rules = vec![
        Rule {
            headers,
            ..fault("/provider.html")
        },
        answer_json("/auth/token", 200, &tokens.to_string()),
    ];
    Ok(case.backends.foreign.set_rules(&case.client, rules)?)
}

/// A client of that provider. No ID token is asked for: `openid` is not in its scope.
fn starting(case: &Case) -> String {
    with(case, &json!({}))
}

/// The same with these options of the sign-in.
fn with(case: &Case, more: &Value) -> String {
    let at = case.foreign();
    let mut sso = json!({
        "issuer": at,
        "clientId": "shop",
        "redirectUri": case.url(),
        "scope": "orders",
        "endpoints": { "authorization": format!("{at}/provider.html"), "token": format!("{at}/auth/token") },
    });
    if let (Some(all), Some(more)) = (sso.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    format!("await start({{ sso: {sso} }})")
}

async fn start(case: &Case, page: &Page) -> Result<()> {
    run(page, &starting(case)).await?;
    Ok(())
}

/// Until the provider's page is there.
async fn leave(case: &Case, page: &Page) -> Result<()> {
    run(
        page,
        "void auth.loginWithRedirect({ returnTo: '/orders?page=2', appState: [1] }).then(() => (window.isBack = true));",
    )
    .await?;
    until(
        page,
        "return location.pathname.endsWith('/provider.html') && Boolean(window.isReady);",
    )
    .await?;
    assert!(case.foreign_log().to("/auth/token").count() <= 1);
    Ok(())
}

async fn come_back(case: &Case, page: &Page) -> Result<()> {
    agree(page).await?;
    start(case, page).await
}

/// Until the app's page is there, with the answer.
async fn agree(page: &Page) -> Result<()> {
    page.click("agree").await?;
    until(
        page,
        "return location.search.includes('state=hallpass.') && Boolean(window.until) && !window.isReady;",
    )
    .await
}

/// Across pages: one that is being left runs no script.
async fn until(page: &Page, condition: &str) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        match run(page, condition).await {
            Ok(Value::Bool(true)) => return Ok(()),
            other if Instant::now() > end => bail!("waited in vain: {condition}: {other:?}"),
            _ => sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn until_closed(page: &Page) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while page.others().await? > 0 {
        if Instant::now() > end {
            bail!("the window has not closed itself");
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
