#![allow(clippy::panic, reason = "a test says what it found instead")]

mod api;
mod callback;
mod challenge;
mod discovery;
mod dpop;
mod form;
mod id_token;
mod logout;
mod pushed;
mod request;
mod slot;
mod token;

use super::form::Form;

const NOW: u64 = 1_800_000_000_000;

fn form(members: &[(&str, &str)]) -> Form {
    let mut form = Form::default();
    for (name, value) in members {
        form.put(name, value);
    }
    form
}

/// The same with another value of one name, or without it.
fn with(form: &Form, name: &str, value: &str) -> Form {
    let mut changed = Form::default();
    for (own, old) in form.entries() {
        if own != name {
            changed.put(own, old);
        }
    }
    changed.put(name, value);
    changed
}

fn own() -> Form {
    form(&[
        ("issuer", "https://id.example.com"),
        ("client_id", "shop"),
        ("redirect_uri", "https://shop.example.com/callback"),
        ("scope", "openid profile"),
        ("key", "default"),
        ("origin", "https://shop.example.com"),
        ("at", "https://shop.example.com/callback"),
    ])
}

fn document() -> Form {
    form(&[
        ("issuer", "https://id.example.com"),
        ("authorization_endpoint", "https://id.example.com/auth"),
        ("token_endpoint", "https://id.example.com/token"),
        ("jwks_uri", "https://id.example.com/jwks"),
        ("authorization_response_iss_parameter_supported", "true"),
        ("id_token_signing_alg_values_supported", "ES256"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("service_documentation", "https://id.example.com/help"),
    ])
}

fn fresh() -> Form {
    form(&[
        ("state", "hallpass.s1"),
        ("nonce", "n1"),
        ("verifier", "v1"),
        ("challenge", "c1"),
        ("now", "1800000000000"),
    ])
}

/// A login that has begun, and the provider's document as kept.
fn begun(wishes: &[(&str, &str)]) -> Form {
    let server = super::read(&own(), &document()).unwrap_or_default();
    let begun = super::begin(&own(), &server, &form(wishes), &Form::default(), &fresh());
    begun.map(|begun| begun.slot).unwrap_or_default()
}
