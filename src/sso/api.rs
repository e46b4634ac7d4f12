//! A token for one of several APIs (RFC 8707), asked for with the refresh token that all of them share.

use super::dpop::is_of_type;
use super::form::Form;
use super::refusal::{Code, Refusal};

/// The body of the request for the token of `api`: its `resource` or `audience`, and `scope`; with `refresh_token` and `client_id`. What is asked for is never
/// more than the sign-in was granted, and takes nothing from that (RFC 6749 §6, RFC 8707 §2.2).
#[must_use]
pub fn ask_for_api(api: &Form) -> Form {
    let mut body = Form::default();
    body.put("grant_type", "refresh_token");
    body.copy_all(
        api,
        &[
            "refresh_token",
            "client_id",
            "resource",
            "audience",
            "scope",
        ],
    );
    body
}

/// Whether the answer is a token for the API. `asked` says by `dpop` of which type it may be, `status` that of HTTP.
///
/// # Errors
/// `request_rejected` with the server's words; `response_invalid` for what is no token answer.
pub fn answered_for_api(asked: &Form, status: u64, answer: &Form) -> Result<(), Refusal> {
    if !(200..300).contains(&status) || !answer.get("error").is_empty() {
        return Err(Refusal {
            code: Code::RequestRejected,
            ..Refusal::by_provider("the provider gives no token for this API")
        });
    }
    if answer.get("access_token").is_empty() || answer.repeats("access_token") {
        return Err(Refusal::new(
            Code::ResponseInvalid,
            "the answer for this API has no access_token",
        ));
    }
    is_of_type(asked, answer)
}
