//! Any text as the list of options that the npm package hands over, on a page and on none.
//!
//! A configuration that is accepted sends nothing to an origin that is not listed, whatever is done with it, nor to a URL
//! with a user name; a token goes over plain http only to this machine or to where the app says it may; the names of
//! headers are field names; and the bounds on its times hold.
//!
//! The text stands behind a first line that is the page's URL, or is empty.

use crate::{BEGIN, HostUrls, plain};
use hallpass::core::{CallId, HttpRequest, PageEvent, Urls as _};
use hallpass::core::{Config, Effect, Engine, Input, Mode, Mono, Now, Options, Secret, Wall};

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let (page, list) = text.split_once('\n').unwrap_or(("", text));
    let page = (!page.is_empty()).then_some(page);
    let urls = HostUrls(page);
    let options = Options::from_list(list);
    match options.clone().check(&urls) {
        Err(error) => {
            assert!(error.option.is_some() && error.detail.is_some());
        }
        Ok(config) => {
            assert!((1..=128).contains(&config.key().len()));
            assert!(is_field_name(config.header()) || config.mode() == Mode::Session);
            assert!((400..=4 * 86_400_000).contains(&config.longest_hold_ms()));
            for http in requests(&config) {
                is_allowed(&http, &config, &options, &urls);
            }
        }
    }
}

/// All that a life with a login, a refresh and a logout sends.
fn requests(config: &Config) -> Vec<HttpRequest> {
    let now = |mono| Now {
        mono: Mono(mono),
        wall: Wall(BEGIN + i64::try_from(mono).unwrap_or(0)),
    };
    let mut engine = Engine::new(config.clone(), now(0));
    let body = Secret::new("{}".into());
    let mut inputs = vec![
        Input::Logout { call: CallId(3) },
        Input::Page(PageEvent::Visible),
        Input::Tick,
        Input::Refresh { call: CallId(2) },
        Input::Login {
            call: CallId(1),
            body,
        },
        Input::Start { seed: 1 },
    ];
    let mut sent = Vec::new();
    for round in 0..60 {
        let Some(input) = inputs.pop() else { break };
        for effect in engine.handle(now(round * 50_000), input) {
            match effect {
                Effect::Send { request, http } => {
                    let answer = plain(200, ANSWER);
                    inputs.push(Input::Answered {
                        request,
                        outcome: Ok(answer),
                    });
                    sent.push(http);
                }
                Effect::Load => inputs.push(Input::Loaded(Ok(None))),
                Effect::Save(_) | Effect::Remove => inputs.push(Input::Saved(Ok(()))),
                Effect::Lock => inputs.push(Input::LockGranted { waited: false }),
                _ => {}
            }
        }
    }
    sent
}

const ANSWER: &str =
    r#"{"access_token":"a","refresh_token":"r","token":"c","expires_in":60,"user":{"sub":"ada"}}"#;

fn is_allowed(http: &HttpRequest, config: &Config, options: &Options, urls: &HostUrls<'_>) {
    let Some(url) = urls.parse(&http.url, None) else {
        panic!("{} is no URL", http.url);
    };
    assert!(
        config.lists(&url.origin) && !url.has_userinfo,
        "{}",
        http.url
    );
    assert!(["https:", "http:"].contains(&url.protocol.as_str()));
    let is_local = url.hostname == "localhost"
        || url.hostname.ends_with(".localhost")
        || url.hostname == "[::1]"
        || url
            .hostname
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|host| host.is_loopback());
    let is_named = || {
        let mut named = options.insecure_origins.iter();
        named.any(|named| {
            urls.parse(named, None)
                .is_some_and(|named| named.origin == url.origin)
        })
    };
    assert!(
        url.protocol == "https:" || options.mode == Mode::Session || is_local || is_named(),
        "{} is plain http",
        http.url
    );
    assert!(
        http.headers.iter().all(|(name, _)| is_field_name(name)),
        "{:?}",
        http.headers
    );
}

/// RFC 9110 §5.1.
fn is_field_name(name: &str) -> bool {
    let is_part = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    !name.is_empty() && name.chars().all(is_part)
}
