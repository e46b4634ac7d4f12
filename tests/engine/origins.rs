//! Listed origins against the parser of the `url` crate: the core's own comparison adds and takes nothing.

use proptest::prelude::*;

use crate::world::{PAGE, cases, check};
use hallpass::core::{Endpoint, Mode, Options, Origin, Urls};

fn piece(from: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(from)
}

const SCHEMES: &[&str] = &[
    "https:",
    "https:",
    "https:",
    "http:",
    "HTTPS:",
    "ht\ntps:",
    "https",
    "ws:",
    "wss:",
    "ftp:",
    "file:",
    "blob:https:",
    "data:",
    "javascript:",
    "about:",
    "x:",
    "",
];
const SLASHES: &[&str] = &[
    "//", "//", "//", "//", "/", "", "\\\\", "/\\", "///", "/\t/",
];
const USERS: &[&str] = &[
    "",
    "",
    "",
    "",
    "@",
    ":@",
    "a@",
    "a:b@",
    "api.test@",
    "api.test:443@",
    "a%40",
];
const HOSTS: &[&str] = &[
    "api.test",
    "api.test",
    "API.test",
    "api.test.",
    "api.test.evil.test",
    "xapi.test",
    "\u{ff41}pi.test",
    "a\u{ad}pi.test",
    "a\u{200d}pi.test",
    "\u{430}pi.test",
    "xn--pi-7kc.test",
    "%61pi.test",
    "api\u{3002}test",
    "a\tpi.test",
    "api.test%00",
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "[::1]",
    "[0:0::1]",
    "[::ffff:127.0.0.1]",
    "localhost",
    "",
];
const PORTS: &[&str] = &[
    "", "", ":", ":443", ":0443", ":80", ":8443", ":08443", ":99999", ":x", ":\t443",
];
const TAILS: &[&str] = &[
    "",
    "/",
    "/x",
    "?",
    "#",
    "?@api.test",
    "#@api.test",
    "\\@api.test",
    "/@api.test",
    "//api.test",
    ";@api.test",
    "%2f@api.test",
    " ",
    "\u{0}",
];

/// A URL, or nearly one.
fn text() -> impl Strategy<Value = String> {
    let whole = (
        piece(SCHEMES),
        piece(SLASHES),
        piece(USERS),
        piece(HOSTS),
        piece(PORTS),
        piece(TAILS),
    )
        .prop_map(|(scheme, slashes, user, host, port, tail)| {
            [scheme, slashes, user, host, port, tail].concat()
        });
    prop_oneof![9 => whole, 1 => "\\PC{0,24}"]
}

/// What the standard says: the same scheme, host and port, and both of the web.
fn is_same(one: &url::Url, other: &url::Url) -> bool {
    let of_web = |url: &url::Url| matches!(url.scheme(), "https" | "http");
    of_web(one)
        && of_web(other)
        && (one.scheme(), one.host(), one.port_or_known_default())
            == (other.scheme(), other.host(), other.port_or_known_default())
}

/// A client that sends there, unless such a base is refused.
fn client_of(base: &str) -> Option<hallpass::core::Config> {
    let origin = Origin::of(&PAGE.parse(base, None)?)?;
    check(Options {
        base_url: Some(base.into()),
        insecure_origins: vec![origin.as_str().into()],
        ..Options::new(Mode::Jwt)
    })
    .ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(20_000), ..ProptestConfig::default() })]

    #[test]
    fn ec23_of_any_two_urls_one_lists_the_other_if_and_only_if_their_origins_are_equal(
        base in text(),
        called in text(),
    ) {
        let Some(config) = client_of(&base) else { return Ok(()) };
        let base = url::Url::parse(&base).unwrap();
        // As the shell asks of an `authFetch`.
        let lists = PAGE.parse(&called, Some(base.as_str()))
            .and_then(|url| Origin::of(&url))
            .is_some_and(|origin| config.lists(origin.as_str()));
        let expected = base.join(&called).is_ok_and(|called| is_same(&base, &called));
        prop_assert_eq!(lists, expected, "{} and {:?}", base, called);
    }

    #[test]
    fn ec23_an_endpoint_is_taken_if_and_only_if_its_origin_is_listed(
        base in text(),
        endpoint in text(),
    ) {
        if client_of(&base).is_none() {
            return Ok(());
        }
        let url = url::Url::parse(&base).unwrap();
        let taken = check(Options {
            base_url: Some(base),
            insecure_origins: vec![url.origin().ascii_serialization()],
            login: Endpoint::At(endpoint.clone()),
            ..Options::new(Mode::Jwt)
        })
        .is_ok();
        let expected = url.join(&endpoint).is_ok_and(|endpoint| {
            is_same(&url, &endpoint) && endpoint.username().is_empty() && endpoint.password().is_none()
        });
        prop_assert_eq!(taken, expected, "{} and {:?}", url, endpoint);
    }
}
