//! A sign-in at a provider: lines of a document, what an app wishes, the answer in the URL, and the claims of an ID token, each written as a form. What is
//! believed of a document goes over https and is of its issuer; what is asked for has each parameter of the protocol once, and no verifier; an answer is taken only with
//! its slot, unused, and of its issuer; claims only if they are those of this sign-in; the app goes on at a path of its own.

use hallpass::sso::{
    Callback, Form, answer_to_proof, begin, call, check as check_claims, judge, read, return_to,
    used,
};

const NOW: u64 = 1_800_000_000_000;
const ORIGIN: &str = "https://shop.example";

/// What the file begins with, of this input.
///
/// # Panics
/// If it does not hold.
pub fn check(text: &str) {
    let mut lines = text.split('\n').map(Form::parse);
    let mut next = || lines.next().unwrap_or_default();
    let (more, wishes, answer, claims) = (next(), next(), next(), next());
    for form in [&more, &wishes, &answer, &claims] {
        assert_eq!(&Form::parse(&form.text()), form);
    }
    nonces(&wishes, &answer);
    let mut own = Form::parse(
        "key=k&client_id=shop&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&scope=openid",
    );
    own.push("issuer", "https://id.example");
    own.push("origin", ORIGIN);
    own.push("at", "https://shop.example/cb");
    let mut document = more.clone();
    for (name, value) in [
        ("issuer", "https://id.example"),
        ("authorization_endpoint", "https://id.example/a"),
        ("token_endpoint", "https://id.example/t"),
    ] {
        if document.nth(name, 0).is_none() {
            document.push(name, value);
        }
    }
    let Ok(server) = read(&own, &document) else {
        return;
    };
    assert_eq!(server.get("issuer"), "https://id.example");
    for (name, value) in server.entries() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            // What no browser reads nothing is sent to.
            let Ok(url) = url::Url::parse(value) else {
                continue;
            };
            let is_local = url.scheme() == "http"
                && url.host_str().is_some_and(|host| {
                    host.contains("localhost") || host.starts_with("127.") || host == "[::1]"
                });
            assert!(url.scheme() == "https" || is_local, "{value}");
            assert!(
                url.username().is_empty() && url.fragment().is_none(),
                "{value}"
            );
        }
    }

    let path = return_to(wishes.get("return_to"), ORIGIN);
    let resolved = url::Url::parse(ORIGIN).and_then(|base| base.join(path));
    assert!(
        resolved.is_ok_and(
            |url| url.origin().ascii_serialization() == ORIGIN && !url.path().starts_with("//")
        ),
        "{path}"
    );

    let mut fresh = Form::parse("state=hallpass.s&nonce=n&verifier=secret-verifier&challenge=c");
    fresh.push("now", &NOW.to_string());
    let Ok(begun) = begin(&own, &server, &Form::default(), &wishes, &fresh) else {
        return;
    };
    for name in [
        "client_id",
        "redirect_uri",
        "state",
        "nonce",
        "code_challenge",
        "response_type",
    ] {
        assert!(
            begun.query.nth(name, 0).is_some() && !begun.query.repeats(name),
            "{name}"
        );
    }
    assert!(!begun.query.text().contains("secret-verifier"));

    for slot in [Form::default(), used(&begun.slot)] {
        assert!(!matches!(
            judge(&own, &answer, &slot, NOW),
            Callback::Code(_)
        ));
    }
    if let Callback::Code(code) = judge(&own, &answer, &begun.slot, NOW) {
        assert!(!code.is_empty() && answer.get("error").is_empty());
        assert!(
            answer
                .nth("iss", 0)
                .is_none_or(|iss| iss == "https://id.example")
        );
    }
    let facts = Form::parse("now=1800000000&at_hash=h");
    if check_claims(&begun.slot, &claims, &facts).is_ok() {
        assert_eq!(
            (claims.get("iss"), claims.get("nonce")),
            ("https://id.example", "n")
        );
        assert!(claims.has("aud", "shop") && !claims.get("sub").is_empty());
        assert!(claims.nth("at_hash", 0).is_none_or(|hash| hash == "h"));
    }
    // By name, as JavaScript asks.
    let told = call("check", &[begun.slot, claims, facts]);
    assert!(
        told.entries()
            .next()
            .is_none_or(|(name, _)| name == "fault")
    );
}

/// A nonce that is kept can stand in a header, and nothing goes more than twice.
fn nonces(asked: &Form, answer: &Form) {
    let told = answer_to_proof(asked, answer);
    let nonce = told.get("nonce");
    assert!(nonce.is_empty() || nonce == answer.get("nonce"));
    assert!(
        nonce
            .bytes()
            .all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'"' && byte != b'\\')
    );
    if asked.has("is_again", "true") || asked.has("is_once", "true") {
        assert!(told.get("again").is_empty());
    }
}
