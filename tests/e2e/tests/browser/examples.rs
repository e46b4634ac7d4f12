//! The example apps in Rust frameworks, as a person uses them.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use hallpass_e2e::{Case, Mode, Suite, backend, by_core, tests};
use hallpass_server::{Config, STRICT_CSP};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        // What they compile takes longer than all else.
        by_core(&[]).all(Mode::HYBRID) =>
            the_leptos_app_signs_in_calls_and_signs_out,
            the_yew_app_signs_in_calls_and_signs_out,
            the_dioxus_app_signs_in_calls_and_signs_out;
    );
}

async fn the_leptos_app_signs_in_calls_and_signs_out(case: &Case) -> Result<()> {
    whole_life(case, "leptos").await
}

async fn the_yew_app_signs_in_calls_and_signs_out(case: &Case) -> Result<()> {
    whole_life(case, "yew").await
}

async fn the_dioxus_app_signs_in_calls_and_signs_out(case: &Case) -> Result<()> {
    whole_life(case, "dioxus").await
}

async fn whole_life(case: &Case, name: &str) -> Result<()> {
    let built = std::env::var_os("HALLPASS_EXAMPLES").context("HALLPASS_EXAMPLES is not set")?;
    let backend = case
        .backend(Config {
            csp: Some(STRICT_CSP.to_owned()),
            static_dirs: vec![("/".to_owned(), PathBuf::from(built).join(name))],
            ..backend::config()
        })
        .await?;
    let page = &case.page;
    page.goto(&backend.base_url()).await?;
    page.clear().await?;
    page.reload().await?;

    page.until_text("sign-in", "Sign in").await?;
    page.fill("email", "ada@example.com").await?;
    page.fill("password", "wrong").await?;
    page.click("sign-in").await?;
    page.until_text("problem", "does not accept").await?;
    page.fill("password", "correct horse").await?;
    page.click("sign-in").await?;
    page.until_text("user", "Ada").await?;
    page.click("load").await?;
    page.until_text("orders", "\"orders\"").await?;

    page.reload().await?;
    page.until_text("user", "Ada").await?;
    page.click("load").await?;
    page.until_text("orders", "\"orders\"").await?;

    let other = case.tab().await?;
    other.goto(&backend.base_url()).await?;
    other.until_text("user", "Ada").await?;
    other.click("sign-out").await?;
    page.until_text("sign-in", "Sign in").await?;
    page.reload().await?;
    page.until_text("sign-in", "Sign in").await?;
    Ok(())
}
