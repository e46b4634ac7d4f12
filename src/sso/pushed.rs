//! Pushed authorization requests (RFC 9126): what is asked goes to the provider first, and the browser takes along only its name.

use super::form::Form;
use super::refusal::{Code, Refusal};

/// Whether a request is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Push {
    /// It is not.
    No,
    /// If the provider can be reached there; else the browser takes all of it along.
    IfPossible,
    /// Or not at all.
    Must,
}

/// What `own` wishes as `par` (`auto`, `require`, or nothing), and the provider offers or requires.
///
/// # Errors
/// `response_invalid`: it has to be pushed, and there is nowhere to.
pub fn push(own: &Form, server: &Form) -> Result<Push, Refusal> {
    let wish = own.get("par");
    let must = wish == "require" || server.has("require_pushed_authorization_requests", "true");
    if server
        .get("pushed_authorization_request_endpoint")
        .is_empty()
    {
        return if must {
            Err(Refusal::new(
                Code::ResponseInvalid,
                "the provider has no pushed_authorization_request_endpoint, which is required",
            ))
        } else {
            Ok(Push::No)
        };
    }
    Ok(match wish {
        _ if must => Push::Must,
        "auto" => Push::IfPossible,
        _ => Push::No,
    })
}

/// What the browser takes along (§4) after the endpoint has answered; `None`: it is to take all. The answer is good for once, and for about a minute.
///
/// # Errors
/// `callback_refused`: the provider refuses what is asked. `response_invalid`: it does not answer as it has to.
pub fn pushed(own: &Form, push: Push, status: u64, answer: &Form) -> Result<Option<Form>, Refusal> {
    let uri = answer.get("request_uri");
    if (200..300).contains(&status) && !uri.is_empty() && !answer.repeats("request_uri") {
        let mut query = Form::default();
        query.put("client_id", own.get("client_id"));
        query.put("request_uri", uri);
        return Ok(Some(query));
    }
    if !answer.get("error").is_empty() {
        return Err(Refusal::by_provider(
            "the provider refuses what is asked for",
        ));
    }
    if push == Push::IfPossible {
        return Ok(None);
    }
    Err(Refusal::new(
        Code::ResponseInvalid,
        "the provider's answer to a pushed authorization request has no request_uri",
    ))
}
