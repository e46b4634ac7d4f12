//! The Rust API, as `tests/rust-app` uses it.

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, tests};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::EITHER).all(Mode::OF_THE_CRATE) => signs_in_and_out;
        // The browser reads JSON there too.
        by_engine(Mode::JWT) => json_is_read_as_on_the_host;
        by_core(Mode::JWT).all(Mode::OF_THE_CRATE) =>
            errors_are_typed,
            one_key_is_one_engine,
            calls_from_a_listener,
            step_up_is_told;
        by_core(Mode::JWT) =>
            contracts_are_kept,
            logins_go_elsewhere,
            the_apps_rule_tells_what_an_answer_means,
            contradictions_are_named,
            a_client_is_used_before_it_is_there;
        by_core(Mode::JWT).all(Mode::RENEWABLE) => tokens_are_verified;
        by_engine(Mode::JWT) => a_session_is_sealed;
        by_core(Mode::SESSION) => a_csrf_cookie_is_asked_for;
    );
}

/// Throws what the app throws.
async fn call(case: &Case, function: &str) -> Result<()> {
    call_with(case, function, "").await
}

/// `argument`: behind the place.
async fn call_with(case: &Case, function: &str, argument: &str) -> Result<()> {
    let (kind, storage) = match case.mode.name().split_once('-') {
        Some((kind, storage)) => (kind, format!("'{storage}'")),
        None => (case.mode.name(), "undefined".to_owned()),
    };
    case.run::<()>(&format!(
        "const app = await import('/rust-app/app.js');
         await app.default({{ module_or_path: '/rust-app/app_bg.wasm' }});
         await app.{function}(new app.Place('{kind}', {storage}, client), {argument});"
    ))
    .await
}

async fn signs_in_and_out(case: &Case) -> Result<()> {
    call(case, "signs_in_and_out").await
}

async fn errors_are_typed(case: &Case) -> Result<()> {
    call(case, "errors_are_typed").await
}

async fn one_key_is_one_engine(case: &Case) -> Result<()> {
    call(case, "one_key_is_one_engine").await
}

async fn calls_from_a_listener(case: &Case) -> Result<()> {
    call(case, "calls_from_a_listener").await
}

async fn step_up_is_told(case: &Case) -> Result<()> {
    call(case, "step_up_is_told").await
}

async fn contracts_are_kept(case: &Case) -> Result<()> {
    call(case, "contracts_are_kept").await
}

async fn logins_go_elsewhere(case: &Case) -> Result<()> {
    call(case, "logins_go_elsewhere").await
}

async fn the_apps_rule_tells_what_an_answer_means(case: &Case) -> Result<()> {
    call(case, "the_apps_rule_tells_what_an_answer_means").await
}

async fn contradictions_are_named(case: &Case) -> Result<()> {
    call(case, "contradictions_are_named").await
}

async fn a_client_is_used_before_it_is_there(case: &Case) -> Result<()> {
    call(case, "a_client_is_used_before_it_is_there").await
}

async fn tokens_are_verified(case: &Case) -> Result<()> {
    let issuer = format!("'{}/c/{}'", case.backends.main.base_url(), case.client);
    call_with(case, "tokens_are_verified", &issuer).await
}

async fn a_session_is_sealed(case: &Case) -> Result<()> {
    call(case, "a_session_is_sealed").await
}

async fn a_csrf_cookie_is_asked_for(case: &Case) -> Result<()> {
    call(case, "a_csrf_cookie_is_asked_for").await?;
    let sent = case.log().to("/open/answer").count();
    assert_eq!(sent, 1);
    Ok(())
}

async fn json_is_read_as_on_the_host(case: &Case) -> Result<()> {
    let failures: Vec<String> = case
        .run(
            "const app = await import('/rust-app/app.js');
             await app.default({ module_or_path: '/rust-app/app_bg.wasm' });
             return app.json_failures();",
        )
        .await?;
    assert_eq!(failures, Vec::<String>::new());
    Ok(())
}
