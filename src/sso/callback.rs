//! The answer in the URL (RFC 6749 §4.1.2, RFC 9207).

use super::form::Form;
use super::refusal::{Code, Refusal};
use super::slot::LIFETIME;

/// Begins each `state` of hallpass's: by it an answer is known for ours whose slot is not here.
pub const STATE_PREFIX: &str = "hallpass.";

/// What a URL is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback<'a> {
    /// Nothing of ours: it is left as it is.
    NotOurs,
    /// A code, to be sent once.
    Code(&'a str),
    /// The way back from a logout at the provider.
    LoggedOut,
    /// Nobody is signed in at the provider, as a silent login finds (OpenID Connect Core §3.1.2.6).
    Nobody,
    /// It is ours, and refused.
    Refused(Refusal),
}

/// What a provider says where it would have to show something.
const NEEDS_THE_USER: &[&str] = &[
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
];

const TWICE: &str = "the answer says something twice (RFC 6749 §3.1)";

/// Judges the `answer`, the query of the URL. `slot`: what was kept under its `state`, and has been taken out; empty, if there was none.
/// `own` has the `key` of the client, and as `at` the address that the answer came to, without its query; `now` is in milliseconds.
#[must_use]
pub fn judge<'a>(own: &Form, answer: &'a Form, slot: &Form, now: u64) -> Callback<'a> {
    let refused = |words| Callback::Refused(Refusal::new(Code::CallbackRefused, words));
    let stale = |words| Callback::Refused(Refusal::new(Code::CallbackStale, words));
    let (code, error) = (answer.get("code"), answer.get("error"));
    let state = answer.get("state");
    let is_logout = slot.get("kind") == "logout" && slot.get("key") == own.get("key");
    if code.is_empty() && error.is_empty() {
        return if is_logout {
            Callback::LoggedOut
        } else {
            Callback::NotOurs
        };
    }
    // Of which of them is it? No slot is to be spent on it.
    if state.starts_with(STATE_PREFIX) && answer.repeats("state") {
        return refused(TWICE);
    }
    let Some(made) = slot.number("made") else {
        // Another code flow of the app's has a state of its own making.
        return if state.starts_with(STATE_PREFIX) {
            stale("this sign-in was begun in another browser, or too long ago; start it again")
        } else {
            Callback::NotOurs
        };
    };
    if slot.get("key") != own.get("key") {
        return Callback::NotOurs;
    }
    if is_logout {
        return refused("the answer is not one to a logout");
    }
    if slot.has("used", "true") {
        return stale(
            "this answer was taken before, and is good for once; start the sign-in again",
        );
    }
    if made.abs_diff(now) > LIFETIME {
        return stale("this sign-in was begun too long ago; start it again");
    }
    if ["state", "code", "error", "iss"]
        .iter()
        .any(|name| answer.repeats(name))
    {
        return refused(TWICE);
    }
    // First of all, of errors too: of another server nothing is believed.
    let iss = answer.get("iss");
    let must_name = slot.has("authorization_response_iss_parameter_supported", "true");
    if iss != slot.get("issuer") && (must_name || answer.nth("iss", 0).is_some()) {
        return refused("the answer is not from the provider that was asked (iss, RFC 9207 §2.4)");
    }
    // Who shows no `iss` is known by where it sends its answers (RFC 9700 §4.4.2.2).
    if !is_asked_for_at(slot.get("redirect_uri"), own.get("at"), answer) {
        return refused("the answer came to another address than the redirectUri of its sign-in");
    }
    if error.is_empty() {
        return Callback::Code(code);
    }
    if slot.get("kind") == "silent" && NEEDS_THE_USER.contains(&error) {
        return Callback::Nobody;
    }
    Callback::Refused(Refusal::by_provider("the provider refuses the sign-in"))
}

/// Whether an answer that came to `at` is one to `redirect_uri`, which may have a query of its own (RFC 6749 §3.1.2). Some servers add a
/// slash to a path.
fn is_asked_for_at(redirect_uri: &str, at: &str, answer: &Form) -> bool {
    let (address, query) = redirect_uri.split_once('?').unwrap_or((redirect_uri, ""));
    address.strip_suffix('/').unwrap_or(address) == at.strip_suffix('/').unwrap_or(at)
        && Form::parse(query)
            .entries()
            .all(|(name, value)| answer.has(name, value))
}
