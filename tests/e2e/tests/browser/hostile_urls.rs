//! URLs that are made to be taken for others. The browser's own parser says whose they are; the servers' logs say who got what.

use std::collections::BTreeMap;

use anyhow::Result;
use hallpass_e2e::{Case, Mode, Suite, by_core, by_engine, rounds, tests};
use hallpass_server::LogEntry;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

pub(crate) fn add(suite: &mut Suite) {
    tests!(suite;
        by_engine(Mode::JWT).all(Mode::ALL) =>
            ec23_hostile_urls_get_the_credential_at_a_listed_origin_only,
            ec23_look_alikes_of_a_listed_name_get_nothing,
            ec23_of_random_urls_those_of_a_listed_origin_get_the_credential_and_no_others;
        // By the same parser.
        by_core(Mode::JWT).all(Mode::ALL) => ec23_hostile_urls_escape_no_base_url;
    );
}

/// A name, and a URL in which stand `{main}` and `{foreign}` for the hosts of the two backends with their ports, `{mainPort}` and
/// `{foreignPort}` for the ports alone, `{path}` for a path that both log, `{blob}` for a blob's URL.
type Row = (&'static str, &'static str);

/// What may lead to another host, or seem to.
const ELSEWHERE: &[Row] = &[
    ("no scheme", "//{foreign}/{path}"),
    ("slash and backslash", "/\\{foreign}/{path}"),
    ("backslash and slash", "\\/{foreign}/{path}"),
    ("backslashes", "\\\\{foreign}\\{path}"),
    ("three slashes", "///{foreign}/{path}"),
    ("four slashes", "////{foreign}/{path}"),
    ("a tab between the slashes", "/\t/{foreign}/{path}"),
    ("a line feed between the slashes", "/\n/{foreign}/{path}"),
    ("a carriage return in front", "\r//{foreign}/{path}"),
    ("blanks around", "  //{foreign}/{path}  "),
    ("a control character in front", "\u{1}//{foreign}/{path}"),
    ("a NUL in front", "\0http://{foreign}/{path}"),
    ("a no-break space in front", "\u{a0}http://{foreign}/{path}"),
    ("a byte order mark in front", "\u{feff}//{foreign}/{path}"),
    ("a line separator in front", "\u{2028}//{foreign}/{path}"),
    ("absolute", "http://{foreign}/{path}"),
    ("scheme in upper case", "HTTP://{foreign}/{path}"),
    (
        "scheme in both cases, backslashes",
        "hTtP:\\\\{foreign}\\{path}",
    ),
    ("a scheme alone", "http:{foreign}/{path}"),
    ("a scheme and one slash", "http:/{foreign}/{path}"),
    ("a scheme and three slashes", "http:///{foreign}/{path}"),
    ("a scheme and one backslash", "http:\\{foreign}/{path}"),
    ("a scheme and two mixed slashes", "http:/\\{foreign}/{path}"),
    ("a tab in the scheme", "ht\ttp://{foreign}/{path}"),
    ("a line feed after the scheme", "http\n://{foreign}/{path}"),
    ("a NUL in the scheme", "ht\0tp://{foreign}/{path}"),
    ("a blank after the scheme", "http: //{foreign}/{path}"),
    ("another scheme of the web", "https://{main}/{path}"),
    ("another scheme of the web, alone", "https:{main}/{path}"),
    (
        "a user name that reads as ours",
        "http://{main}@{foreign}/{path}",
    ),
    ("a user name", "http://api@{foreign}/{path}"),
    (
        "a password that reads as ours",
        "http://user:{main}@{foreign}/{path}",
    ),
    ("a user name without scheme", "//{main}@{foreign}/{path}"),
    ("two signs at", "http://{main}@@{foreign}/{path}"),
    ("an escaped sign at", "http://{main}%40{foreign}/{path}"),
    (
        "a full-width sign at",
        "http://{main}\u{ff20}{foreign}/{path}",
    ),
    ("an empty user name", "http://@{foreign}/{path}"),
    (
        "an empty user name and password",
        "http://:@{foreign}/{path}",
    ),
    (
        "a backslash before the sign at, ours first",
        "http://{main}\\@{foreign}/{path}",
    ),
    (
        "a backslash before the sign at, ours last",
        "http://{foreign}\\@{main}/{path}",
    ),
    (
        "a semicolon before the sign at",
        "http://{main};@{foreign}/{path}",
    ),
    ("our host in the path", "http://{foreign}/{path}/@{main}"),
    (
        "our host in the query",
        "http://{foreign}/{path}?http://{main}/",
    ),
    (
        "our host in the fragment",
        "http://{foreign}/{path}#@{main}",
    ),
    (
        "a query in place of a path",
        "http://{foreign}?@{main}/{path}",
    ),
    (
        "a fragment in place of a path",
        "http://{foreign}#@{main}/{path}",
    ),
    (
        "an escaped fragment in the host",
        "http://{foreign}%23@{main}/{path}",
    ),
    (
        "our host as a prefix",
        "http://127.0.0.1.evil.localhost:{foreignPort}/{path}",
    ),
    (
        "our host as a prefix, no dot",
        "http://127.0.0.1evil.localhost:{foreignPort}/{path}",
    ),
    (
        "our host as a prefix, at our port",
        "http://127.0.0.1.evil.localhost:{mainPort}/{path}",
    ),
    (
        "our host as a suffix",
        "http://evil127.0.0.1:{mainPort}/{path}",
    ),
    (
        "our host and port as a prefix",
        "http://{main}.evil.localhost/{path}",
    ),
    (
        "another address of this machine",
        "http://127.0.0.2:{mainPort}/{path}",
    ),
    (
        "all addresses of this machine",
        "http://0.0.0.0:{mainPort}/{path}",
    ),
    ("zero", "http://0:{mainPort}/{path}"),
    ("localhost", "http://localhost:{mainPort}/{path}"),
    (
        "localhost in upper case",
        "http://LOCALHOST:{mainPort}/{path}",
    ),
    (
        "localhost with a dot",
        "http://localhost.:{mainPort}/{path}",
    ),
    ("localhost, escaped", "http://%6cocalhost:{mainPort}/{path}"),
    (
        "localhost, full-width",
        "http://\u{ff4c}ocalhost:{mainPort}/{path}",
    ),
    (
        "localhost with a soft hyphen",
        "http://local\u{ad}host:{mainPort}/{path}",
    ),
    ("IPv6", "http://[::1]:{mainPort}/{path}"),
    ("IPv6 in full", "http://[0:0:0:0:0:0:0:1]:{mainPort}/{path}"),
    (
        "IPv6 that maps IPv4",
        "http://[::ffff:127.0.0.1]:{mainPort}/{path}",
    ),
    (
        "IPv6 that maps IPv4, in hex",
        "http://[0::FFFF:7f00:0001]:{mainPort}/{path}",
    ),
    (
        "IPv6 that maps IPv4, elsewhere",
        "http://[::ffff:127.0.0.1]:{foreignPort}/{path}",
    ),
    ("IPv6 with a zone", "http://[::1%25lo]:{mainPort}/{path}"),
    ("IPv6 that does not end", "http://[::1:{mainPort}/{path}"),
    (
        "an address as a number, elsewhere",
        "http://2130706433:{foreignPort}/{path}",
    ),
    (
        "an address in hex, elsewhere",
        "http://0x7f.1:{foreignPort}/{path}",
    ),
    (
        "an escaped address, elsewhere",
        "http://%31%32%37.0.0.1:{foreignPort}/{path}",
    ),
    ("another port", "http://127.0.0.1:{foreignPort}/{path}"),
    (
        "another port, with zeros",
        "http://127.0.0.1:000{foreignPort}/{path}",
    ),
    ("the default port", "http://127.0.0.1:80/{path}"),
    ("no port", "http://127.0.0.1/{path}"),
    ("an empty port", "http://127.0.0.1:/{path}"),
    ("port zero", "http://127.0.0.1:0/{path}"),
    ("a forbidden port", "http://127.0.0.1:22/{path}"),
    ("a port out of range", "http://127.0.0.1:99999/{path}"),
    ("a negative port", "http://127.0.0.1:-1/{path}"),
    (
        "a port in full-width digits",
        "http://127.0.0.1:\u{ff18}\u{ff10}/{path}",
    ),
    ("two ports", "http://{main}:{foreignPort}/{path}"),
    (
        "a full-width slash in the host",
        "http://127.0.0.1\u{ff0f}.localhost:{mainPort}/{path}",
    ),
    (
        "a full-width hash in the host",
        "http://127.0.0.1\u{ff03}.localhost:{mainPort}/{path}",
    ),
    (
        "a sign that decomposes to a slash",
        "http://127.0.0.1\u{2100}.localhost:{mainPort}/{path}",
    ),
    (
        "an escaped slash in the host",
        "http://127.0.0.1%2f.localhost:{mainPort}/{path}",
    ),
    (
        "a NUL in the host",
        "http://127.0.0.1\0.localhost:{mainPort}/{path}",
    ),
    (
        "an escaped NUL in the host",
        "http://127.0.0.1%00.localhost:{mainPort}/{path}",
    ),
    (
        "a blank in the host",
        "http://127.0.0.1 .localhost:{mainPort}/{path}",
    ),
    (
        "two dots at the end",
        "http://127.0.0.1..:{mainPort}/{path}",
    ),
    (
        "an address out of range",
        "http://127.0.0.256:{mainPort}/{path}",
    ),
    ("no host", "http://"),
    ("no host and a path", "http:///"),
    ("slashes only", "//"),
    ("other schemes: blob", "{blob}"),
    (
        "other schemes: blob of no page",
        "blob:http://{main}/{path}",
    ),
    (
        "other schemes: blob in front of a URL",
        "blob:http://{foreign}/{path}",
    ),
    ("other schemes: data", "data:,http://{main}/{path}"),
    ("other schemes: file", "file:///{path}"),
    ("other schemes: file with our host", "file://{main}/{path}"),
    ("other schemes: about", "about:blank"),
    (
        "other schemes: javascript",
        "javascript:fetch('http://{foreign}/{path}')",
    ),
    ("other schemes: ws", "ws://{main}/{path}"),
    ("other schemes: wss", "wss://{main}/{path}"),
    ("other schemes: ftp", "ftp://{main}/{path}"),
    (
        "other schemes: filesystem",
        "filesystem:http://{main}/temporary/{path}",
    ),
    (
        "other schemes: view-source",
        "view-source:http://{main}/{path}",
    ),
    ("other schemes: mailto", "mailto:{main}"),
    ("other schemes: one that nobody knows", "x://{main}/{path}"),
    ("other schemes: one around ours", "x:http://{main}/{path}"),
    (
        "other schemes: a host and its port",
        "localhost:{mainPort}/{path}",
    ),
];

/// What leads home after all, however it is spelled.
const HOME: &[Row] = &[
    ("home", "http://{main}/{path}"),
    ("home, no scheme", "//{main}/{path}"),
    ("home, scheme in upper case", "HTTP://{main}/{path}"),
    ("home, backslashes", "http:\\\\{main}\\{path}"),
    ("home, an empty user name", "http://@{main}/{path}"),
    ("home, a user name", "http://ada@{main}/{path}"),
    (
        "home, the other host as user name",
        "http://{foreign}@{main}/{path}",
    ),
    (
        "home, port with zeros",
        "http://127.0.0.1:000{mainPort}/{path}",
    ),
    (
        "home, a tab before the port",
        "http://127.0.0.1:\t{mainPort}/{path}",
    ),
    (
        "home, a line feed in the host",
        "http://127.0\n.0.1:{mainPort}/{path}",
    ),
    (
        "home, a trailing dot",
        "http://127.0.0.1.:{mainPort}/{path}",
    ),
    (
        "home, an escaped trailing dot",
        "http://127.0.0.1%2E:{mainPort}/{path}",
    ),
    ("home, two parts", "http://127.1:{mainPort}/{path}"),
    ("home, three parts", "http://127.0.1:{mainPort}/{path}"),
    ("home, a number", "http://2130706433:{mainPort}/{path}"),
    (
        "home, a number in hex",
        "http://0x7F000001:{mainPort}/{path}",
    ),
    (
        "home, a number in octal",
        "http://017700000001:{mainPort}/{path}",
    ),
    (
        "home, parts in hex",
        "http://0x7f.0X0.0x.1:{mainPort}/{path}",
    ),
    (
        "home, parts in octal",
        "http://0177.00.0.01:{mainPort}/{path}",
    ),
    ("home, escaped", "http://%31%32%37.0.0.1:{mainPort}/{path}"),
    (
        "home, full-width",
        "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1:{mainPort}/{path}",
    ),
    (
        "home, circled digits",
        "http://\u{2460}\u{2461}\u{2466}.0.0.1:{mainPort}/{path}",
    ),
    (
        "home, ideographic full stops",
        "http://127\u{3002}0\u{3002}0\u{ff61}1:{mainPort}/{path}",
    ),
    (
        "home, a soft hyphen",
        "http://127.0.\u{ad}0.1:{mainPort}/{path}",
    ),
    (
        "home, a zero width joiner",
        "http://127.0.\u{200d}0.1:{mainPort}/{path}",
    ),
    (
        "home, a word joiner",
        "http://127.0.\u{2060}0.1:{mainPort}/{path}",
    ),
    (
        "home, control characters at both ends",
        "\u{1f}http://{main}/{path}\0",
    ),
    (
        "home, the other host in the query",
        "http://{main}/{path}?@{foreign}",
    ),
    (
        "home, the other host in the fragment",
        "http://{main}/{path}#@{foreign}",
    ),
    (
        "home, control characters in the path",
        "http://{main}/{path}/\u{7f}\t\u{1}",
    ),
];

/// What a base URL is put in front of.
const RELATIVE: &[Row] = &[
    ("empty", ""),
    ("a blank", " "),
    ("a query", "?"),
    ("a query with a host", "?//{foreign}"),
    ("a fragment", "#"),
    ("a fragment with a host", "#@{foreign}"),
    ("a dot", "."),
    ("a path", "x/{path}"),
    ("upwards", "../{path}"),
    ("upwards, beyond the root", "../../../../../../../../{path}"),
    ("upwards by backslashes", "..\\..\\..\\..\\..\\..\\{path}"),
    ("upwards, escaped", "%2e%2e/.%2E/../../../{path}"),
    (
        "upwards, then two slashes",
        "../../../../..//{foreign}/{path}",
    ),
    ("a dot, then two slashes", ".//{foreign}/{path}"),
    ("the root, then two slashes", "/.//{foreign}/{path}"),
    (
        "the root upwards, then two slashes",
        "/..//{foreign}/{path}",
    ),
    ("escaped slashes", "%2f%2f{foreign}/{path}"),
    ("escaped backslashes", "%5c%5c{foreign}/{path}"),
    ("a slash and an escaped one", "/%2f{foreign}/{path}"),
    ("full-width slashes", "\u{ff0f}\u{ff0f}{foreign}/{path}"),
    ("a host", "{foreign}/{path}"),
    ("a sign at and a host", "@{foreign}/{path}"),
    ("a port", ":{foreignPort}/{path}"),
    ("a port and a sign at", ":@{foreign}/{path}"),
    ("a scheme of the web", "http:"),
    ("a scheme of the web and a path", "http:x/{path}"),
    ("a scheme of the web and a query", "http:?"),
];

/// What may be taken for `api.localhost`, which is listed. No name leaves this machine.
const LOOK_ALIKES: &[Row] = &[
    ("itself", "http://api.localhost:{foreignPort}/{path}"),
    ("in upper case", "http://API.localHOST:{foreignPort}/{path}"),
    (
        "full-width",
        "http://\u{ff41}\u{ff50}\u{ff49}.localhost:{foreignPort}/{path}",
    ),
    (
        "with a soft hyphen",
        "http://a\u{ad}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "with a zero width space",
        "http://a\u{200b}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "with a zero width joiner",
        "http://a\u{200d}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "with a zero width non-joiner",
        "http://a\u{200c}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "with a variation selector",
        "http://api\u{fe0f}.localhost:{foreignPort}/{path}",
    ),
    (
        "with an ideographic full stop",
        "http://api\u{3002}localhost:{foreignPort}/{path}",
    ),
    (
        "with a one dot leader",
        "http://api\u{2024}localhost:{foreignPort}/{path}",
    ),
    ("escaped", "http://%61%70%69.localhost:{foreignPort}/{path}"),
    (
        "in mathematical letters",
        "http://\u{1d41a}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "with a Cyrillic letter",
        "http://\u{430}pi.localhost:{foreignPort}/{path}",
    ),
    (
        "in Cyrillic",
        "http://\u{430}\u{440}\u{456}.localhost:{foreignPort}/{path}",
    ),
    (
        "with a Greek letter",
        "http://ap\u{3b9}.localhost:{foreignPort}/{path}",
    ),
    (
        "with a dotless i",
        "http://ap\u{131}.localhost:{foreignPort}/{path}",
    ),
    (
        "with a dotted I",
        "http://AP\u{130}.localhost:{foreignPort}/{path}",
    ),
    (
        "with an accent",
        "http://ap\u{ed}.localhost:{foreignPort}/{path}",
    ),
    (
        "with a combining accent",
        "http://api\u{301}.localhost:{foreignPort}/{path}",
    ),
    (
        "as punycode of another",
        "http://xn--pi-7kc.localhost:{foreignPort}/{path}",
    ),
    (
        "as punycode of itself",
        "http://xn--api-.localhost:{foreignPort}/{path}",
    ),
    (
        "written backwards",
        "http://\u{202e}ipa.localhost:{foreignPort}/{path}",
    ),
    (
        "with a dot at the end",
        "http://api.localhost.:{foreignPort}/{path}",
    ),
    (
        "with a dot in front",
        "http://.api.localhost:{foreignPort}/{path}",
    ),
    (
        "with an underscore",
        "http://api_.localhost:{foreignPort}/{path}",
    ),
    (
        "with a letter more",
        "http://xapi.localhost:{foreignPort}/{path}",
    ),
    (
        "without its first label",
        "http://localhost:{foreignPort}/{path}",
    ),
    ("below it", "http://evil.api.localhost:{foreignPort}/{path}"),
    (
        "in front of another",
        "http://api.localhost.evil.localhost:{foreignPort}/{path}",
    ),
    (
        "as a label",
        "http://api-localhost.localhost:{foreignPort}/{path}",
    ),
    (
        "as a user name",
        "http://api.localhost:{foreignPort}@evil.localhost:{foreignPort}/{path}",
    ),
    (
        "as a query",
        "http://evil.localhost:{foreignPort}/{path}?@api.localhost",
    ),
    ("at another port", "http://api.localhost:{mainPort}/{path}"),
    ("on TLS", "https://api.localhost:{foreignPort}/{path}"),
    ("without a port", "http://api.localhost/{path}"),
];

/// One URL in one form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Call {
    id: String,
    name: String,
    origin: Option<String>,
    is_listed: bool,
    /// What came of `authFetch`.
    ours: String,
    /// What came of `fetch`.
    theirs: String,
}

#[derive(Debug, Deserialize)]
struct Tried {
    calls: Vec<Call>,
    /// The origins of the requests that were handed to `fetch` with a credential in them.
    handed: Vec<String>,
}

/// So many rows take one script a few seconds at most.
const ROWS: usize = 60;

async fn ec23_hostile_urls_get_the_credential_at_a_listed_origin_only(case: &Case) -> Result<()> {
    case.signed_in(json!({})).await?;
    let table = [ELSEWHERE, HOME, RELATIVE].concat();
    try_each(case, &table, &[], None).await
}

async fn ec23_hostile_urls_escape_no_base_url(case: &Case) -> Result<()> {
    let base = below_logged(case, "base/here");
    let sign_in = json!({ "baseUrl": base, "endpoints": endpoints(case) });
    case.signed_in(sign_in).await?;
    let table = [ELSEWHERE, RELATIVE].concat();
    try_each(case, &table, &[], Some(&base)).await
}

async fn ec23_look_alikes_of_a_listed_name_get_nothing(case: &Case) -> Result<()> {
    let foreign = Url::parse(&case.backends.foreign.base_url())?;
    let port = foreign.port().unwrap_or_default();
    let listed = format!("http://api.localhost:{port}");
    case.signed_in(json!({ "origins": [listed] })).await?;
    try_each(case, LOOK_ALIKES, &[&listed], None).await
}

/// A path whose requests the backends log, and which gets every cookie of the mode.
fn logged_path(case: &Case) -> String {
    let below = if case.mode == Mode::Hybrid {
        "auth/hybrid"
    } else {
        "open"
    };
    format!("c/{}/{below}", case.client)
}

fn below_logged(case: &Case, name: &str) -> String {
    let main = case.backends.main.base_url();
    format!("{main}/{}/{name}", logged_path(case))
}

/// The mode's own, as URLs.
fn endpoints(case: &Case) -> Value {
    let at = |name: &str| {
        let main = case.backends.main.base_url();
        format!("{main}/c/{}{}", case.client, case.mode.auth(name))
    };
    let third = if case.mode == Mode::Session {
        "me"
    } else {
        "refresh"
    };
    json!({ "login": at("login"), "logout": at("logout"), third: at(third) })
}

fn hosts(case: &Case) -> Result<Value> {
    let main = Url::parse(&case.backends.main.base_url())?;
    let foreign = Url::parse(&case.backends.foreign.base_url())?;
    Ok(json!({
        "main": main.authority(), "mainPort": main.port(),
        "foreign": foreign.authority(), "foreignPort": foreign.port(),
    }))
}

async fn try_each(
    case: &Case,
    table: &[Row],
    listed: &[&str],
    base_url: Option<&str>,
) -> Result<()> {
    let main = case.backends.main.base_url();
    let listed = [listed, &[main.as_str()]].concat();
    // Of those in `pages/urls.js`. By token the method decides nothing; a base URL, only what becomes of a string.
    let forms = match base_url {
        None => case.few_or_many(&[1, 2, 3][..], &[0, 1, 2, 3]),
        Some(_) => case.few_or_many(&[1][..], &[0, 1, 2, 3]),
    };
    let mut calls = Vec::new();
    for (number, rows) in table.chunks(ROWS).enumerate() {
        let args = json!({
            "table": rows, "forms": forms, "first": number * ROWS, "path": logged_path(case), "baseUrl": base_url,
            "base": below_logged(case, "base/here"), "hosts": hosts(case)?, "listed": listed,
        });
        let tried: Tried = case
            .run_with(args, "return (await urls()).tryEach(args);")
            .await?;
        let astray = |origin: &&String| !listed.contains(&origin.as_str());
        assert_eq!(tried.handed.iter().find(astray), None, "handed to fetch");
        calls.extend(tried.calls);
    }
    let arrived = arrived(case);
    for call in &calls {
        assert_eq!(call.ours, call.theirs, "{}: {call:?}", call.name);
        let ours = of(&arrived, &format!("{}o", call.id));
        let theirs = of(&arrived, &format!("{}n", call.id));
        assert_eq!(ours.len(), theirs.len(), "{call:?}: {ours:?}, {theirs:?}");
        for entry in ours {
            // A session goes with a safe call by cookie alone, and the browser has none for the other name.
            let shows = case.mode != Mode::Session
                || entry.method != "GET"
                || call.origin.as_ref() == Some(&main);
            let expected = call.is_listed && shows;
            assert_eq!(has_credential(entry), expected, "{call:?}: {entry:?}");
        }
    }
    // It would prove nothing that nothing arrives.
    let sent = |is_listed| {
        let came = |call: &&Call| {
            call.is_listed == is_listed && !of(&arrived, &format!("{}o", call.id)).is_empty()
        };
        calls.iter().filter(came).count()
    };
    let (home, elsewhere) = (sent(true), sent(false));
    assert!(home > 0 && elsewhere > 20, "{home} and {elsewhere} arrived");
    Ok(())
}

/// Everything that arrived at both backends but preflights, by the path's or the key's id.
fn arrived(case: &Case) -> BTreeMap<String, Vec<LogEntry>> {
    let mut arrived: BTreeMap<String, Vec<LogEntry>> = BTreeMap::new();
    let entries = [case.log().0, case.foreign_log().0].concat();
    for entry in entries
        .into_iter()
        .filter(|entry| entry.method != "OPTIONS")
    {
        let is_id = |part: &&str| part.starts_with('u') && part.contains('x');
        let in_path = entry.path.split('/').find(is_id).map(str::to_owned);
        if let Some(id) = entry.idempotency_key.clone().or(in_path) {
            arrived.entry(id).or_default().push(entry);
        }
    }
    arrived
}

fn of<'a>(arrived: &'a BTreeMap<String, Vec<LogEntry>>, id: &str) -> &'a [LogEntry] {
    arrived.get(id).map_or(&[], Vec::as_slice)
}

fn has_credential(entry: &LogEntry) -> bool {
    entry.authorization.is_some() || entry.csrf || !entry.cookies.is_empty()
}

/// What came of one seed.
#[derive(Debug, Default, Deserialize)]
struct Decided {
    /// Texts that are URLs.
    urls: u32,
    /// Those of a listed origin.
    listed: u32,
    /// Requests with a credential.
    sent: u32,
    wrong: Vec<Value>,
}

const URLS_PER_SEED: u32 = 300;

async fn ec23_of_random_urls_those_of_a_listed_origin_get_the_credential_and_no_others(
    case: &Case,
) -> Result<()> {
    let mut all = Decided::default();
    for seed in 1..=rounds(case.few_or_many(4, 10)) {
        let args = json!({
            "seed": seed, "count": URLS_PER_SEED, "hosts": hosts(case)?, "hasBase": seed % 2 == 0,
        });
        let decided: Decided = case
            .run_with(args, "return (await urls()).decideEach(args);")
            .await?;
        let wrong = decided.wrong.first();
        assert_eq!(wrong, None, "the first of {}", decided.wrong.len());
        all.urls += decided.urls;
        all.listed += decided.listed;
        all.sent += decided.sent;
    }
    // It would prove nothing if all were alike.
    let Decided { urls, sent, .. } = all;
    assert!(sent > urls / 10 && sent < urls / 2, "{all:?}");
    Ok(())
}
