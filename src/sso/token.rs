//! The code for tokens (RFC 6749 §4.1.3, §5; RFC 7636 §4.5).

use super::form::Form;
use super::refusal::{Code, Refusal};

/// The body of the token request of a public client. It is sent once: a code that comes twice ends what came of the first
/// (RFC 6749 §4.1.2).
#[must_use]
pub fn exchange(slot: &Form, code: &str) -> Form {
    let mut body = Form::default();
    body.put("grant_type", "authorization_code");
    body.put("code", code);
    body.put("code_verifier", slot.get("verifier"));
    body.copy_all(slot, &["redirect_uri", "client_id"]);
    body
}

/// Whether the answer of the token endpoint is one. `status`: that of HTTP. With `openid` in the scope there has to be an ID token, and
/// wherever something was demanded that only an ID token can prove.
///
/// # Errors
/// `callback_refused` with the server's words; `response_invalid` for what is no token answer.
pub fn answered(slot: &Form, status: u64, answer: &Form) -> Result<(), Refusal> {
    let wrong = |words| Err(Refusal::new(Code::ResponseInvalid, words));
    if !(200..300).contains(&status) || !answer.get("error").is_empty() {
        return Err(Refusal::by_provider(
            "the token endpoint refuses the code; start the sign-in again",
        ));
    }
    if answer.get("access_token").is_empty() {
        return wrong("the token answer has no access_token");
    }
    // RFC 6749 §7.1: of a type that is not understood it must not be used. Some leave it out. Where there was a proof, see `is_of_type`.
    let kind = answer.get("token_type");
    if slot.get("dpop").is_empty() && !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") {
        return wrong("the token answer has a token_type that is not Bearer");
    }
    if (is_openid(slot) || demands(slot)) && answer.get("id_token").is_empty() {
        return wrong("the token answer has no id_token, though it was asked for");
    }
    Ok(())
}

/// Whether this is a sign-in that a person, a strength or an age was demanded of.
pub(super) fn demands(slot: &Form) -> bool {
    ["acr_values", "max_age", "sub"]
        .iter()
        .any(|name| !slot.get(name).is_empty())
}

/// By its `scope`.
pub(super) fn is_openid(asked: &Form) -> bool {
    asked
        .get("scope")
        .as_bytes()
        .split(|byte| *byte == b' ')
        .any(|one| one == b"openid")
}
