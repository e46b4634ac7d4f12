//! Which cookies a page's `fetch` gets kept and sent, at an API on another origin of its site and on another site. What the
//! engines do without hallpass; docs/cross-origin.md has it as a table.

use std::sync::Arc;

use anyhow::Result;
use hallpass_e2e::{Case, Engine, Mode, Requests, Suite, backend, tests};
use hallpass_server::{Config, Running, Tls};
use serde_json::json;
use url::form_urlencoded;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        Mode::SESSION =>
            another_origin_of_the_site_sets_and_gets_every_cookie,
            another_site_sets_and_gets_what_the_engine_lets_it,
            another_site_that_was_visited_gets_what_the_engine_lets_it,
            a_wildcard_is_refused_for_a_call_with_cookies;
    );
}

const PAGE: &str = "app.example.com";
const SAME_SITE: &str = "api.example.com";
const OTHER_SITE: &str = "api.example.org";

/// A cookie by its name, and its attributes.
const COOKIES: &[(&str, &str)] = &[
    ("bare", "Secure"),
    ("lax", "Secure; SameSite=Lax"),
    ("none", "Secure; SameSite=None"),
    ("partitioned", "Secure; SameSite=None; Partitioned"),
    ("strict", "Secure; SameSite=Strict"),
];

struct Places {
    page: Arc<Running>,
    api: Arc<Running>,
}

/// With the page open.
async fn open(case: &Case, host: &str) -> Result<Places> {
    open_listed(case, host, true).await
}

async fn open_listed(case: &Case, host: &str, is_listed: bool) -> Result<Places> {
    let at = |host: &str, allowed_origins| -> Result<Config> {
        Ok(Config {
            tls: Some(Tls::self_signed([host])?),
            allowed_origins,
            ..backend::config()
        })
    };
    let page = case.backend(at(PAGE, Vec::new())?).await?;
    let listed = is_listed.then(|| page.base_url());
    let api = case
        .backend(at(host, listed.into_iter().collect())?)
        .await?;
    case.page.goto(&case.url_at(&page)).await?;
    case.page.clear().await?;
    Ok(Places { page, api })
}

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
    let path = "/open/echo";
    fetched(case, &format!("{}/c/{}{path}", api.base_url(), case.client)).await?;
    let arrived = Requests(api.log(&case.client)).to(path);
    let mut names = arrived
        .0
        .last()
        .map_or_else(Vec::new, |entry| entry.cookies.clone());
    names.sort();
    Ok(names)
}

async fn another_origin_of_the_site_sets_and_gets_every_cookie(case: &Case) -> Result<()> {
    let Places { api, .. } = open(case, SAME_SITE).await?;
    fetched(case, &setting(case, &api)).await?;
    let all: Vec<_> = COOKIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(sent(case, &api).await?, all);
    Ok(())
}

async fn another_site_sets_and_gets_what_the_engine_lets_it(case: &Case) -> Result<()> {
    let Places { api, .. } = open(case, OTHER_SITE).await?;
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
    let Places { page, api } = open(case, OTHER_SITE).await?;
    case.page.goto(&setting(case, &api)).await?;
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
    let Places { api, .. } = open_listed(case, OTHER_SITE, false).await?;
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
