//! What a server means that does not give what was asked for: nobody, refused for good, or not now.

use crate::core::port::answer::{Answer, Said};
use crate::core::wire::text::{Plain, is_any};
use crate::json::Json;

/// What a refresh endpoint means by an answer without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// What renews the session is worth nothing, and will not be.
    Definite,
    /// It says so by the status alone, which a proxy or a deployment may say too: believed when it is said again.
    Likely,
    /// It may pass.
    No,
}

/// RFC 6749 §5.2, of the request and the client: another token would be refused as well.
const NOT_OF_THE_TOKEN: &str = "invalid_request|invalid_client|unauthorized_client|unsupported_grant_type|invalid_scope|temporarily_unavailable|server_error|slow_down";

impl Answer {
    /// RFC 6749 §5.2 has `invalid_grant`, RFC 6750 §3.1 `invalid_token`; backends say it in many other words, and some by the status
    /// alone. `by_cookie`: a filter against forged requests may have answered in place of the endpoint.
    pub(crate) fn refusal(&self, by_cookie: bool) -> Refusal {
        if let Some(said) = self.said {
            return match said {
                Said::Nobody | Said::Refused => Refusal::Definite,
                Said::Ok | Said::Pending | Said::NotNow => Refusal::No,
            };
        }
        let read = Json::parse(&self.body);
        let is_empty = self.body.trim_ascii().is_empty();
        let says_nothing = is_empty || read.as_ref().is_some_and(is_nobody);
        let says = self.words(read.as_ref());
        let body = read.unwrap_or_else(Json::null);
        if says.are_of_the_way() || self.csrf_refused {
            return Refusal::No;
        }
        let code = says.code().unwrap_or_default();
        if matches!(code, "invalid_grant" | "invalid_token") {
            return Refusal::Definite;
        }
        if is_any(code.as_bytes(), NOT_OF_THE_TOKEN) {
            return Refusal::No;
        }
        match self.status {
            // Some servers dress it up.
            401 if self.is_page() => Refusal::Likely,
            _ if self.is_page() => Refusal::No,
            401 | 410 | 440 | 498 => Refusal::Definite,
            403 if by_cookie && !says.are_of_the_session() => Refusal::No,
            408 | 419 | 425 | 426 | 429 => Refusal::No,
            // RFC 9110 §10.2.3: it may go again.
            400..=499 if self.retry_after.is_some() => Refusal::No,
            // Another renewal is under way, or the session has one that took its place.
            409 | 423 => Refusal::Likely,
            400..=499 if body.is_object() && says.say_why() => Refusal::Definite,
            400..=499 => Refusal::Likely,
            200..=299 if tells(&body, "code", 500.0) || tells(&body, "status", 500.0) => {
                Refusal::No
            }
            200..=299 if denies(&body) => Refusal::Definite,
            200..=299 if says_nothing => Refusal::Likely,
            _ => Refusal::No,
        }
    }

    /// Whether this answer to who asks for a session of which nothing is known says that there is none.
    pub(crate) fn says_nobody(&self) -> bool {
        if let Some(said) = self.said {
            return matches!(said, Said::Nobody | Said::Refused);
        }
        match self.status {
            408 | 425 | 429 => false,
            // An endpoint that sends to its login page.
            300..=399 => true,
            403 if self.is_html => false,
            400..=499 | 501 => true,
            200..=299 => {
                let body = self.body.trim_ascii();
                // Not every server says that its page is one.
                self.is_html
                    || body.bytes().next().is_none_or(|first| first == b'<')
                    || Json::parse(body).is_some_and(|body| is_nobody(&body))
            }
            _ => false,
        }
    }

    /// Whether this answer of `me` says that the session which stood is over.
    pub(crate) fn ends_session(&self) -> bool {
        if self.said.is_some() {
            return self.says_nobody();
        }
        let says = self.words(Json::parse(&self.body).as_ref());
        match self.status {
            300..=399 => true,
            _ if says.are_of_the_way() => false,
            401 | 410 | 440 | 498 => true,
            // Some frameworks answer so to who is not signed in; so do filters and firewalls.
            403 => !self.is_page() && says.are_of_the_session(),
            _ => false,
        }
    }
}

/// What says of itself that somebody is signed in, or is not.
const FLAGS: &str =
    "authenticated|isauthenticated|isauthorized|loggedin|isloggedin|signedin|success|ok";

const ANONYMOUS: &str = "anonymous|isanonymous|isguest";

/// Names of a state, and what nobody's is called.
const STATES: &str = "status|state|role";
const NOBODYS: &str = "anonymous|anonymoususer|guest|unauthenticated|unauthorized|fail|error";

/// Whether a body with a good status says that nobody is signed in, or tells of nobody.
pub(crate) fn is_nobody(body: &Json) -> bool {
    let is_nothing = |value: &Json| is_empty(value) || value.as_bool() == Some(false);
    if !body.is_object() {
        return is_nothing(body);
    }
    denies(body) || body.entries().iter().all(|(_, value)| is_nothing(value))
}

/// Whether a body tells an error's status under this name: many backends have one good status for all that they answer.
fn tells(body: &Json, name: &str, least: f64) -> bool {
    let code = body.get(name).and_then(|code| code.as_seconds());
    code.is_some_and(|code| (least..600.0).contains(&code))
}

/// Whether a body with a good status says so in words or flags.
pub(crate) fn denies(body: &Json) -> bool {
    // A user may have a code as well.
    let has_words = || body.get("msg").or_else(|| body.get("message")).is_some();
    if tells(body, "status", 400.0) || (tells(body, "code", 400.0) && has_words()) {
        return true;
    }
    for (name, value) in body.entries() {
        let Some(plain) = Plain::of(&name) else {
            continue;
        };
        let is = |known| plain.is_any(known);
        let says_no = match value.as_bool() {
            Some(flag) if is(FLAGS) => !flag,
            Some(flag) => flag && is(ANONYMOUS),
            None => {
                let is_state = is(STATES);
                let state = value.as_string().unwrap_or_default();
                (is_state && is_any(state.as_bytes(), NOBODYS))
                    || (is("error|errors") && !is_empty(&value))
            }
        };
        if says_no {
            return true;
        }
    }
    false
}

/// `null`, `""`, `[]` and `{}`.
fn is_empty(value: &Json) -> bool {
    let text = value.as_string();
    let is_list = || matches!(value.text().as_str(), "[]" | "{}");
    value.is_null() || text.as_deref() == Some("") || (text.is_none() && is_list())
}

#[cfg(test)]
mod tests;
