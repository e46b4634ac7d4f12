//! The end of the session at the provider (OpenID Connect RP-Initiated Logout 1.0 §2).

use super::form::Form;
use super::refusal::{Code, Refusal};
use super::request::Begun;
use super::url::return_to;

/// Characters of an ID token that an address carries everywhere: some servers take no more than 2 000 of all.
const LONGEST_HINT: usize = 1_500;

/// Begins a logout at the provider; the slot is for the way back.
///
/// - `own`: `client_id`, `key`, `origin`.
/// - `wishes`: `return_to`, which the provider has to know as a full URL; `id_token_hint`, also one that has ended.
/// - `fresh`: a random `state`, and `now` in milliseconds.
///
/// # Errors
/// `response_invalid`: the provider has no `end_session_endpoint`.
pub fn leave(own: &Form, server: &Form, wishes: &Form, fresh: &Form) -> Result<Begun, Refusal> {
    if server.get("end_session_endpoint").is_empty() {
        return Err(Refusal::new(
            Code::ResponseInvalid,
            "the provider has no end_session_endpoint; its own session stands",
        ));
    }
    let path = return_to(wishes.get("return_to"), own.get("origin"));
    let mut back = own.get("origin").to_owned();
    back.push_str(path);
    let mut query = Form::default();
    query.put("client_id", own.get("client_id"));
    query.put("post_logout_redirect_uri", &back);
    query.put("state", fresh.get("state"));
    query.put("id_token_hint", wishes.get("id_token_hint"));
    let mut slot = Form::default();
    slot.put("kind", "logout");
    slot.put("key", own.get("key"));
    slot.put("made", fresh.get("now"));
    slot.put("return_to", path);
    Ok(Begun { slot, query })
}

/// Whether what is asked is too long for an address, and goes as the form of a POST.
#[must_use]
pub fn is_long(query: &Form) -> bool {
    query.get("id_token_hint").len() > LONGEST_HINT
}
