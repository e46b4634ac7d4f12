//! Which cookies a page's `fetch` gets kept and sent, at an API on another origin of its site and on another site. What the
//! engines do without hallpass; docs/cross-origin.md has it as a table.

use anyhow::{Context as _, Result};
use hallpass_e2e::{Case, Engine, Mode, Requests, Suite, backend, by_engine, tests};
use hallpass_server::{Config, Running};
use serde_json::json;
use url::form_urlencoded;

use crate::cross_site::{OTHER_SITE, PAGE, SAME_SITE, open_api, open_page, page_and_api};

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::SESSION).in_browser() =>
            another_origin_of_the_site_sets_and_gets_every_cookie,
            another_site_sets_and_gets_what_the_engine_lets_it,
            another_site_that_was_visited_gets_what_the_engine_lets_it,
            a_wildcard_is_refused_for_a_call_with_cookies;
    );
}

/// A cookie by its name, and its attributes.
const COOKIES: &[(&str, &str)] = &[
    ("bare", "Secure"),
    ("lax", "Secure; SameSite=Lax"),
    ("none", "Secure; SameSite=None"),
    ("partitioned", "Secure; SameSite=None; Partitioned"),
    ("strict", "Secure; SameSite=Strict"),
];

/// Where an answer sets every cookie. They go to this client only.
fn setting(case: &Case, api: &Running) -> String {
    let path = format!("/c/{}/", case.client);
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, attributes) in COOKIES {
        query.append_pair(
            "header",
            &format!("Set-Cookie: {name}=1; Path={path}; {attributes}"),
        );
    }
    format!("{}{path}open/answer?{}", api.base_url(), query.finish())
}

async fn fetched(case: &Case, url: &str) -> Result<()> {
    let status: u16 = case
        .page
        .run(
            "return (await fetch(args, { credentials: 'include' })).status;",
            json!(url),
        )
        .await?;
    assert_eq!(status, 200);
    Ok(())
}

/// The names of the cookies that a `fetch` with `credentials: "include"` brings along.
async fn sent(case: &Case, api: &Running) -> Result<Vec<String>> {
    fetched(case, &echo(case, api)).await?;
    arrived(case, api)
}

fn echo(case: &Case, api: &Running) -> String {
    format!("{}/c/{}/open/echo", api.base_url(), case.client)
}

/// Those of the last request to the echo.
fn arrived(case: &Case, api: &Running) -> Result<Vec<String>> {
    let log = Requests(api.log(&case.client)).to("/open/echo").0;
    let mut names = log.last().context("no request arrived")?.cookies.clone();
    names.sort();
    Ok(names)
}

fn all() -> Vec<&'static str> {
    COOKIES.iter().map(|(name, _)| *name).collect()
}

async fn another_origin_of_the_site_sets_and_gets_every_cookie(case: &Case) -> Result<()> {
    let api = page_and_api(case, SAME_SITE, backend::config()).await?;
    fetched(case, &setting(case, &api)).await?;
    assert_eq!(sent(case, &api).await?, all());
    Ok(())
}

async fn another_site_sets_and_gets_what_the_engine_lets_it(case: &Case) -> Result<()> {
    let api = page_and_api(case, OTHER_SITE, backend::config()).await?;
    fetched(case, &setting(case, &api)).await?;
    let expected: &[&str] = match case.engine() {
        Engine::Chromium => &["partitioned"],
        Engine::Firefox => &["bare", "none", "partitioned"],
        Engine::Webkit => &[],
    };
    assert_eq!(sent(case, &api).await?, expected);
    Ok(())
}

async fn another_site_that_was_visited_gets_what_the_engine_lets_it(case: &Case) -> Result<()> {
    let page = open_page(case, PAGE).await?;
    let api = Config {
        allowed_origins: vec![page.base_url()],
        ..backend::config()
    };
    let api = open_api(case, OTHER_SITE, api).await?;
    case.page.goto(&setting(case, &api)).await?;
    // At its own site it has them.
    case.page.goto(&echo(case, &api)).await?;
    assert_eq!(arrived(case, &api)?, all());
    case.page.goto(&case.url_at(&page)).await?;
    let expected: &[&str] = match case.engine() {
        Engine::Chromium | Engine::Firefox => &[],
        Engine::Webkit => &["bare", "none", "partitioned"],
    };
    assert_eq!(sent(case, &api).await?, expected);
    Ok(())
}

/// Fetch §3.3.6: with credentials, `*` is no wildcard.
async fn a_wildcard_is_refused_for_a_call_with_cookies(case: &Case) -> Result<()> {
    open_page(case, PAGE).await?;
    let api = open_api(case, OTHER_SITE, backend::config()).await?;
    let url = format!(
        "{}/c/{}/open/answer?header=Access-Control-Allow-Origin:%20*",
        api.base_url(),
        case.client
    );
    let outcomes: Vec<String> = case
        .page
        .run(
            "const outcome = (credentials) =>
               fetch(args, { credentials }).then(({ status }) => `${status}`, (error) => error.name);
             return [await outcome('omit'), await outcome('include')];",
            json!(url),
        )
        .await?;
    assert_eq!(outcomes, ["200", "TypeError"]);
    Ok(())
}
