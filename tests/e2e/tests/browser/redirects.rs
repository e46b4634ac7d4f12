//! Where a credential goes when an answer leads elsewhere.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use hallpass_e2e::{Case, Feature, Mode, Suite, backend, by_engine, tests};
use hallpass_server::{Config, LogEntry, Rule, Running};
use serde_json::json;
use url::Url;

use crate::common::*;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::JWT).all(Mode::ALL) =>
            ec23_no_redirect_takes_a_credential_to_a_foreign_origin,
            ec23_no_redirect_from_another_listed_origin_takes_a_credential_to_a_foreign_one;
        by_engine(Mode::JWT).all(Mode::ALL).needs(&[Feature::AuthorizationStaysDropped]) =>
            ec23_no_redirect_within_a_foreign_origin_brings_a_credential_back;
        by_engine(Mode::JWT).all(Mode::RENEWABLE) => ec23_an_authorization_header_stays_at_the_origin_that_was_called;
        by_engine(Mode::SESSION) =>
            ec23_a_session_cookie_goes_where_the_browser_takes_it,
            ec23_a_csrf_header_follows_every_redirect_that_cors_allows;
    );
}

/// Where one step of a way leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The page's own backend, which is listed.
    Home,
    /// Another backend that is listed.
    Listed,
    /// One that is not.
    Foreign,
    /// The same by another name: none of the cookies are its.
    Elsewhere,
}

use Place::{Elsewhere, Foreign, Home, Listed};

/// The steps of a way; the first is what is called.
type Way = &'static [Place];

const AWAY: &[Way] = &[
    &[Home, Foreign],
    &[Home, Elsewhere],
    &[Home, Home, Foreign],
    &[Home, Listed, Foreign],
    &[Home, Foreign, Elsewhere],
    &[Home, Foreign, Home],
    &[Home, Foreign, Listed],
];
const AWAY_FROM_LISTED: &[Way] = &[
    &[Listed, Elsewhere],
    &[Listed, Listed, Elsewhere],
    &[Listed, Home, Elsewhere],
    &[Listed, Elsewhere, Home],
    &[Listed, Elsewhere, Listed],
];
const AMONG_LISTED: &[Way] = &[
    &[Home, Home],
    &[Home, Home, Home],
    &[Home, Listed],
    &[Home, Listed, Home],
    &[Listed, Listed],
    &[Listed, Home],
];
/// Away, and on at the foreign origin.
const AWAY_AND_ON: &[Way] = &[
    &[Home, Foreign, Foreign],
    &[Home, Foreign, Foreign, Foreign],
];
/// From an origin that is listed to one that is not, which the browser has the same cookies for.
const SAME_HOST: &[Way] = &[&[Listed, Foreign]];

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];
/// One that makes a GET of a POST, and one that does not.
const EITHER_STATUS: [u16; 2] = [302, 307];
const METHODS: [&str; 2] = ["GET", "POST"];

/// What arrived of one call at one step of its way.
#[derive(Debug)]
struct Step {
    way: Way,
    place: Place,
    /// Whether the call was an unsafe one.
    is_post: bool,
    /// Whether the way has been at the origin of the call only, up to here.
    has_stayed: bool,
    entry: LogEntry,
}

impl Step {
    fn is_foreign(&self) -> bool {
        matches!(self.place, Foreign | Elsewhere)
    }

    fn has_cookie(&self) -> bool {
        !self.entry.cookies.is_empty()
    }
}

/// A backend for each [`server`]. Their CORS allows everything from everywhere that a request can have been.
struct Backends([Arc<Running>; 3]);

impl Backends {
    async fn start(case: &Case) -> Result<Self> {
        let bind = SocketAddr::from((Ipv4Addr::LOCALHOST, backend::free_port()?));
        let open = || Config {
            allowed_origins: vec![format!("http://{bind}"), "null".to_owned()],
            ..backend::config()
        };
        Ok(Self([
            case.backend(Config { bind, ..open() }).await?,
            case.backend(open()).await?,
            case.backend(open()).await?,
        ]))
    }

    fn at(&self, place: Place) -> &Running {
        &self.0[server(place)]
    }

    fn url(&self, case: &Case, route: Route, step: usize) -> Result<String> {
        let place = route.0[step];
        let mut url = Url::parse(&self.at(place).base_url())?;
        if place == Elsewhere {
            url.set_host(Some("localhost"))?;
        }
        let origin = url.origin().ascii_serialization();
        Ok(format!("{origin}/c/{}{}", case.client, path(route, step)))
    }

    /// Each step leads to the next.
    fn lead(&self, case: &Case, ways: &[Way]) -> Result<()> {
        let mut rules: [Vec<Rule>; 3] = Default::default();
        for route in routes(case, ways) {
            let (way, status, _) = route;
            for (step, &place) in way.iter().enumerate().take(way.len() - 1) {
                let next = self.url(case, route, step + 1)?;
                rules[server(place)].push(Rule {
                    headers: BTreeMap::from([("Location".to_owned(), next)]),
                    ..answer(path(route, step), status)
                });
            }
        }
        for (backend, rules) in self.0.iter().zip(rules) {
            backend.set_rules(&case.client, rules)?;
        }
        Ok(())
    }
}

/// Calls every way by every status and method, Ada being signed in, and gives what arrived at each step.
async fn follow(case: &Case, ways: &[Way]) -> Result<Vec<Step>> {
    let backends = Backends::start(case).await?;
    backends.lead(case, ways)?;
    case.page.goto(&case.url_at(backends.at(Home))).await?;
    case.page.clear().await?;
    case.signed_in(json!({ "origins": [backends.at(Listed).base_url()] }))
        .await?;
    let mut calls = Vec::new();
    for route in routes(case, ways) {
        calls.push((backends.url(case, route, 0)?, route.2));
    }
    case.run_with::<()>(json!(calls), CALL_EACH).await?;

    let logs = backends
        .0
        .each_ref()
        .map(|backend| backend.log(&case.client));
    let mut steps = Vec::new();
    for route in routes(case, ways) {
        let (way, _, method) = route;
        for (number, &place) in way.iter().enumerate() {
            let path = path(route, number);
            let is_it = |entry: &&LogEntry| entry.path == path && entry.method != "OPTIONS";
            let entries: Vec<_> = logs[server(place)].iter().filter(is_it).cloned().collect();
            assert_eq!(entries.len(), 1, "{route:?} at {number}: {entries:?}");
            let has_stayed = way[..=number].iter().all(|place| *place == way[0]);
            let is_post = method == "POST";
            steps.extend(entries.into_iter().map(|entry| Step {
                way,
                place,
                is_post,
                has_stayed,
                entry,
            }));
        }
    }
    Ok(steps)
}

const CALL_EACH: &str = "const waiting = [...args];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [url, method] = next;
        await attempt(auth.authFetch(url, { method, ...(method === 'POST' && { body: 'x' }) }));
      }
    };
    await Promise.all([work(), work(), work(), work()]);";

type Route = (Way, u16, &'static str);

fn routes(case: &Case, ways: &[Way]) -> Vec<Route> {
    let statuses = case.few_or_many(&EITHER_STATUS[..], &STATUSES[..]);
    let with_method = |way, status| METHODS.map(move |method| (way, status, method));
    let with_status = |way| {
        statuses
            .iter()
            .copied()
            .flat_map(move |status| with_method(way, status))
    };
    ways.iter().copied().flat_map(with_status).collect()
}

/// Which of the three backends.
fn server(place: Place) -> usize {
    match place {
        Home => 0,
        Listed => 1,
        Foreign | Elsewhere => 2,
    }
}

fn path((way, status, method): Route, step: usize) -> String {
    let name: Vec<String> = way.iter().map(|place| format!("{place:?}")).collect();
    format!("/open/{}-{status}-{method}-{step}", name.join("-"))
}

async fn ec23_no_redirect_takes_a_credential_to_a_foreign_origin(case: &Case) -> Result<()> {
    nothing_strays(case, AWAY).await
}

async fn ec23_no_redirect_from_another_listed_origin_takes_a_credential_to_a_foreign_one(
    case: &Case,
) -> Result<()> {
    nothing_strays(case, AWAY_FROM_LISTED).await
}

async fn ec23_no_redirect_within_a_foreign_origin_brings_a_credential_back(
    case: &Case,
) -> Result<()> {
    nothing_strays(case, AWAY_AND_ON).await
}

async fn nothing_strays(case: &Case, ways: &[Way]) -> Result<()> {
    for step in follow(case, ways)
        .await?
        .iter()
        .filter(|step| step.is_foreign())
    {
        assert_eq!(step.entry.authorization, None, "{step:?}");
        assert!(!step.has_cookie(), "{step:?}");
        // docs/security.md says so.
        let may_have_csrf = case.mode == Mode::Session && step.is_post;
        assert!(may_have_csrf || !step.entry.csrf, "{step:?}");
    }
    Ok(())
}

async fn ec23_an_authorization_header_stays_at_the_origin_that_was_called(
    case: &Case,
) -> Result<()> {
    let steps = follow(case, &[AWAY, AMONG_LISTED].concat()).await?;
    for step in &steps {
        let has_it = step.entry.authorization.is_some();
        assert_eq!(has_it, step.has_stayed, "{step:?}");
        assert!(!step.entry.csrf, "{step:?}");
    }
    Ok(())
}

async fn ec23_a_session_cookie_goes_where_the_browser_takes_it(case: &Case) -> Result<()> {
    let steps = follow(case, &[AWAY, AMONG_LISTED, SAME_HOST].concat()).await?;
    for step in &steps {
        let expected = match step.way[0] {
            // `credentials: "same-origin"` is the page's own origin, and not again after another.
            Home => step.has_stayed,
            // `credentials: "include"`: by the host, whatever its port.
            _ => step.place != Elsewhere,
        };
        assert_eq!(step.has_cookie(), expected, "{step:?}");
        assert_eq!(step.entry.authorization, None, "{step:?}");
    }
    Ok(())
}

async fn ec23_a_csrf_header_follows_every_redirect_that_cors_allows(case: &Case) -> Result<()> {
    let steps = follow(case, &[AWAY, AWAY_FROM_LISTED, AMONG_LISTED].concat()).await?;
    for step in &steps {
        assert_eq!(step.entry.csrf, step.is_post, "{step:?}");
    }
    Ok(())
}
