//! The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1).

use super::form::Form;
use super::refusal::{Code, Refusal};
use super::token::{demands, is_openid};
use super::url::return_to;

/// A login that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// To be kept under its `state` before anybody goes anywhere.
    pub slot: Form,
    /// What is asked, as the query of the provider's `authorization_endpoint`.
    pub query: Form,
}

/// What an app may ask for at a login, by the names of the protocol.
const WISHES: &[&str] = &[
    "prompt",
    "login_hint",
    "acr_values",
    "max_age",
    "ui_locales",
];

/// What hallpass itself says. `request` and `request_uri` would take the place of all of it.
const OURS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "code",
    "code_verifier",
    "iss",
    "request",
    "request_uri",
    "dpop_jkt",
];

const NAMES_ITSELF: &str = "authorization_response_iss_parameter_supported";

/// Begins a login.
///
/// - `own`: `client_id`, `redirect_uri`, `scope`, `key` (of the client), `origin` (of the page); `shares_redirect_uri`, if another provider of the
///   client has the same; `resource` of each API; what [`proves`](super::proves) has given.
/// - `server`: as [`read`](super::read) gave it.
/// - `wishes`: `prompt`, `login_hint`, `acr_values`, `max_age` (seconds), `ui_locales`; `return_to`, `app_state`, `kind`. With `step_up` what is
///   asked for is demanded (RFC 9470), and of the person `sub`, if that is given.
/// - `params`: further parameters.
/// - `fresh`: random `state`, `nonce` and `verifier`, the `challenge` of the verifier (RFC 7636 §4.2, S256), and `now` in milliseconds.
///
/// # Errors
/// `config_invalid`: a parameter is one that hallpass sets itself, or `max_age` is no number; only an ID token could prove what is demanded,
/// and the scope has no `openid`; the provider does not name itself in its answers (RFC 9207), and its `redirect_uri` is another's too.
pub fn begin(
    own: &Form,
    server: &Form,
    wishes: &Form,
    params: &Form,
    fresh: &Form,
) -> Result<Begun, Refusal> {
    let wrong = |words| Err(Refusal::new(Code::ConfigInvalid, words));
    if !wishes.get("max_age").is_empty() && wishes.number("max_age").is_none() {
        return wrong("maxAge must be seconds, not negative");
    }
    // Else nothing tells its answers from another's (RFC 9700 §4.4.2).
    if own.has("shares_redirect_uri", "true") && !server.has(NAMES_ITSELF, "true") {
        return wrong(
            "of several providers, one that does not name itself in its answers (iss, RFC 9207) needs a redirectUri of its own",
        );
    }
    let mut query = Form::default();
    query.put("response_type", "code");
    query.copy_all(own, &["client_id", "redirect_uri", "scope"]);
    // RFC 8707 §2.1; RFC 9449 §10: the code is bound to the key from here on.
    query.copy_all(own, &["resource", "dpop_jkt"]);
    for &(name, from) in &[
        ("state", "state"),
        ("nonce", "nonce"),
        ("code_challenge", "challenge"),
    ] {
        query.put(name, fresh.get(from));
    }
    query.put("code_challenge_method", "S256");
    query.copy_all(wishes, WISHES);
    for (name, value) in params.entries() {
        if OURS.contains(&name) || !wishes.get(name).is_empty() {
            return wrong(
                "params has a name that hallpass sets itself, or that has an option of its own",
            );
        }
        query.put(name, value);
    }

    let mut slot = Form::default();
    // The code goes to the endpoint that was asked, whatever the provider's document says by then.
    slot.copy_all(
        server,
        &[
            "issuer",
            "token_endpoint",
            "jwks_uri",
            "userinfo_endpoint",
            "revocation_endpoint",
            NAMES_ITSELF,
        ],
    );
    slot.copy(server, "id_token_signing_alg_values_supported");
    slot.copy_all(own, &["key", "client_id", "redirect_uri", "scope", "dpop"]);
    slot.copy_all(fresh, &["nonce", "verifier"]);
    slot.put("made", fresh.get("now"));
    slot.copy_all(
        wishes,
        &["max_age", "app_state", "kind", "sub", "provider", "step_up"],
    );
    // Else they are a wish, which the provider may leave (OpenID Connect Core §3.1.2.1).
    if wishes.has("step_up", "true") {
        slot.copy(wishes, "acr_values");
    }
    if demands(&slot) && !is_openid(own) {
        return wrong("what is demanded needs openid in sso.scope: only an ID token proves it");
    }
    slot.put(
        "return_to",
        return_to(wishes.get("return_to"), own.get("origin")),
    );
    Ok(Begun { slot, query })
}
