//! Wrong options, and environments that lack something.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, backend, by_core, by_engine, tests};
use hallpass_server::Config;
use serde_json::{Value, json};

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What a policy stops, and what a document leaves behind.
        by_engine(Mode::JWT) =>
            ec32_a_csp_without_wasm_unsafe_eval_is_named,
            what_a_left_document_still_does_is_no_other_copy;
        by_core(Mode::JWT) =>
            a_wrong_option_is_named,
            an_option_that_a_mode_needs_is_named,
            plain_http_elsewhere_is_refused_for_tokens_unless_allowed_by_name,
            without_webassembly_it_is_unsupported,
            a_load_that_failed_may_be_tried_again,
            importing_does_nothing;
    );
}

async fn a_wrong_option_is_named(case: &Case) -> Result<()> {
    let wrong = [
        ("mode", "{ mode: 'oauth' }"),
        ("mode", "{ mode: undefined }"),
        ("key", "{ key: '' }"),
        ("key", "{ key: 5 }"),
        ("baseUrl", "{ baseUrl: '/relative' }"),
        ("baseUrl", "{ baseUrl: 'javascript:alert(1)' }"),
        ("baseUrl", "{ baseUrl: 'https://user:pw@api.example.com' }"),
        ("baseUrl", "{ baseUrl: 5 }"),
        ("endpoints", "{ endpoints: 'auth' }"),
        ("endpoints.login", "{ endpoints: { login: 5 } }"),
        (
            "endpoints.login",
            "{ endpoints: { login: 'https://elsewhere.example.com/login' } }",
        ),
        (
            "endpoints.logout",
            "{ endpoints: { logout: '//elsewhere.example.com/logout' } }",
        ),
        (
            "endpoints.refresh",
            "{ endpoints: { refresh: 'javascript:alert(1)' } }",
        ),
        ("origins", "{ origins: 'https://api.example.com' }"),
        ("origins", "{ origins: ['https://api.example.com/path'] }"),
        ("origins", "{ origins: ['*'] }"),
        ("origins", "{ origins: ['https://*.example.com'] }"),
        ("origins", "{ origins: [5] }"),
        (
            "insecureOrigins",
            "{ insecureOrigins: ['http://a.example.com/path'] }",
        ),
        ("storage", "{ storage: 'disk' }"),
        ("storage", "{ storage: { get() {} } }"),
        ("fields.accessToken", "{ fields: { accessToken: 5 } }"),
        ("refreshToken.in", "{ refreshToken: { in: 'url' } }"),
        (
            "refreshToken.name",
            "{ refreshToken: { in: 'header', name: 'a b' } }",
        ),
        ("header.name", "{ header: { name: 'a b' } }"),
        ("header.scheme", "{ header: { scheme: 'a b' } }"),
        ("csrf", "{ csrf: 'XSRF-TOKEN' }"),
        ("csrf.cookie", "{ csrf: { cookie: '' } }"),
        (
            "csrf.endpoint",
            "{ csrf: { endpoint: 'https://elsewhere.example.com/csrf' } }",
        ),
        ("csrf.header", "{ csrf: { cookie: 'a', header: 'a b' } }"),
        ("leeway", "{ leeway: -1 }"),
        ("leeway", "{ leeway: '30' }"),
        ("leeway", "{ leeway: NaN }"),
        ("timeout", "{ timeout: 0 }"),
        ("timeout", "{ timeout: Infinity }"),
        ("timedRefresh", "{ timedRefresh: 'yes' }"),
        ("refuseRedirects", "{ refuseRedirects: 'all' }"),
        ("idempotencyKey", "{ idempotencyKey: 1 }"),
        ("shareAcrossTabs", "{ shareAcrossTabs: 'all' }"),
        ("isSignedOut", "{ isSignedOut: true }"),
    ];
    let mut missed = Vec::new();
    for (option, options) in wrong {
        let seen: Value = case
            .run(&format!(
                "const {{ createAuth }} = await load();
                 const {{ error, value }} = await attempt(createAuth(options({options})));
                 value?.dispose();
                 return error ?? null;"
            ))
            .await?;
        let named = seen["option"] == option && seen["code"] == "config_invalid";
        let told = seen["message"]
            .as_str()
            .is_some_and(|message| message.contains(option));
        if !named || !told {
            missed.push(format!("{options} gave {seen}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert_eq!(case.log().count(), 0, "nothing was sent");
    Ok(())
}

async fn an_option_that_a_mode_needs_is_named(case: &Case) -> Result<()> {
    let wrong = [
        (
            "endpoints.me",
            "{ mode: 'session', endpoints: { me: false } }",
        ),
        (
            "endpoints.refresh",
            "{ mode: 'hybrid', endpoints: { refresh: false } }",
        ),
        (
            "refreshToken.in",
            "{ mode: 'hybrid', refreshToken: { in: 'json' } }",
        ),
        (
            "refreshToken.in",
            "{ mode: 'session', refreshToken: { in: 'header' } }",
        ),
    ];
    for (option, options) in wrong {
        let error: Value = case
            .run(&format!("const {{ createAuth }} = await load(); return (await attempt(createAuth({options}))).error;"))
            .await?;
        assert_has(
            &error,
            &json!({ "code": "config_invalid", "option": option }),
        );
    }
    Ok(())
}

async fn plain_http_elsewhere_is_refused_for_tokens_unless_allowed_by_name(
    case: &Case,
) -> Result<()> {
    let seen: Value = case
        .run(
            "const { createAuth } = await load();
             const make = async (options) => {
               const { value, error } = await attempt(createAuth({ key: crypto.randomUUID(), ...options }));
               value?.dispose();
               return error?.option ?? null;
             };
             const baseUrl = 'http://api.example.com';
             return [
               await make({ mode: 'jwt', baseUrl }),
               await make({ mode: 'jwt', origins: [baseUrl] }),
               await make({ mode: 'jwt', baseUrl, insecureOrigins: [baseUrl] }),
               await make({ mode: 'jwt', baseUrl, insecureOrigins: ['http://api.example.com:8080'] }),
               await make({ mode: 'jwt', baseUrl: 'http://localhost:1' }),
             ];",
        )
        .await?;
    assert_eq!(seen, json!(["baseUrl", "origins", null, "baseUrl", null]));
    Ok(())
}

async fn ec32_a_csp_without_wasm_unsafe_eval_is_named(case: &Case) -> Result<()> {
    let csp = Some("default-src 'self'; connect-src *".to_owned());
    let strict = case
        .backend(Config {
            csp,
            ..backend::config()
        })
        .await?;
    case.page.goto(&case.url_at(&strict)).await?;
    let error: Value = case.run("return (await attempt(start())).error;").await?;
    assert_has(
        &error,
        &json!({ "name": "AuthError", "code": "unsupported", "retryable": false }),
    );
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("'wasm-unsafe-eval'"), "{message}");
    Ok(())
}

async fn without_webassembly_it_is_unsupported(case: &Case) -> Result<()> {
    let error: Value = case
        .run("delete window.WebAssembly; return (await attempt(start())).error;")
        .await?;
    assert_has(
        &error,
        &json!({ "name": "AuthError", "code": "unsupported" }),
    );
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("WebAssembly"), "{message}");
    Ok(())
}

async fn a_load_that_failed_may_be_tried_again(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const { WebAssembly } = window;
             delete window.WebAssembly;
             const { error } = await attempt(start());
             window.WebAssembly = WebAssembly;
             await start();
             return { code: error.code, status: auth.status };",
        )
        .await?;
    assert_eq!(
        seen,
        json!({ "code": "unsupported", "status": "signed-out" })
    );
    Ok(())
}

async fn what_a_left_document_still_does_is_no_other_copy(case: &Case) -> Result<()> {
    // `globalThis` of a document that was left is the window of the one after it; WebKit goes on running its promises.
    let status: String = case
        .run(
            "const frame = document.createElement('iframe');
             const loaded = () => new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
             frame.src = location.href;
             const first = loaded();
             document.body.append(frame);
             await first;
             const left = await frame.contentWindow.load();
             (await left.createAuth(options())).dispose();
             const second = loaded();
             frame.contentWindow.location.reload();
             await second;
             left.createAuth(options()).catch(() => {});
             await new Promise((resolve) => setTimeout(resolve));
             const { createAuth } = await frame.contentWindow.load();
             const made = await createAuth(options());
             made.dispose();
             return made.status;",
        )
        .await?;
    assert_eq!(status, "signed-out");
    Ok(())
}

async fn importing_does_nothing(case: &Case) -> Result<()> {
    let seen: Value = case
        .run(
            "const before = Object.keys(window).length;
             let requests = 0;
             const real = window.fetch;
             window.fetch = (...parts) => { requests += 1; return real(...parts); };
             const module = await load();
             await settled();
             return { names: Object.keys(module).sort(), requests, stored: stored(), globals: Object.keys(window).length - before };",
        )
        .await?;
    let expected = json!({
        "names": ["AuthError", "createAuth", "isAuthError"], "requests": 0, "stored": [], "globals": 0,
    });
    assert_eq!(seen, expected);
    assert_eq!(case.log().count(), 0);
    Ok(())
}
