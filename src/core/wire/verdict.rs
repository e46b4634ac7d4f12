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
mod tests {
    use super::*;

    #[test]
    fn a_refresh_is_refused_in_many_words() {
        use Refusal::{Definite, Likely, No};
        for (status, body, by_token, by_cookie) in [
            (400, r#"{"error":"invalid_grant"}"#, Definite, Definite),
            (401, "", Definite, Definite),
            (401, "Unauthorized", Definite, Definite),
            (401, "<html>login", Likely, Likely),
            (401, r#"{"code":"CSRF_FAILED"}"#, No, No),
            (401, r#"{"message":"No API key found in request"}"#, No, No),
            (
                400,
                r#"{"code":"refresh_token_not_found","message":"x"}"#,
                Definite,
                Definite,
            ),
            (400, r#"{"error":"TOKEN_EXPIRED"}"#, Definite, Definite),
            (404, r#"{"message":"No such session"}"#, Definite, Definite),
            (422, "{}", Likely, Likely),
            (404, r#"{"detail":"Not Found"}"#, Likely, Likely),
            (404, "404 page not found", Likely, Likely),
            (
                404,
                r#"{"message":"no Route matched with those values"}"#,
                No,
                No,
            ),
            (
                404,
                r#"{"message":"Cannot POST /auth/refresh","error":"Not Found","statusCode":404}"#,
                No,
                No,
            ),
            (
                400,
                r#"{"detail":[{"msg":"Field required","type":"missing"}]}"#,
                Definite,
                Definite,
            ),
            (
                400,
                r#"{"message":["refresh must be a jwt"]}"#,
                Definite,
                Definite,
            ),
            (410, "", Definite, Definite),
            (498, "", Definite, Definite),
            (200, r#"{"error":"invalid_grant"}"#, Definite, Definite),
            (
                200,
                r#"{"success":false,"message":"Please sign in again"}"#,
                Definite,
                Definite,
            ),
            (
                403,
                r#"{"message":"Invalid refresh token"}"#,
                Definite,
                Definite,
            ),
            (403, r#"{"message":"token revoked"}"#, Definite, Definite),
            (403, r#"{"detail":"SESSION_REVOKED"}"#, Definite, Definite),
            (403, r#"{"message":"Forbidden"}"#, Likely, No),
            (
                403,
                r#"{"timestamp":"x","status":403,"error":"Forbidden","path":"/refresh"}"#,
                Likely,
                No,
            ),
            (403, "", Likely, No),
            (403, r#"{"message":"Missing Authentication Token"}"#, No, No),
            (
                400,
                r#"{"message":"The required antiforgery cookie is not present."}"#,
                No,
                No,
            ),
            (
                403,
                r#"{"detail":"CSRF Failed: CSRF token missing."}"#,
                No,
                No,
            ),
            (
                403,
                r#"{"code":"EBADCSRFTOKEN","message":"invalid csrf token"}"#,
                No,
                No,
            ),
            (403, "<html>CSRF verification failed", No, No),
            (400, "", Likely, Likely),
            (404, "", Likely, Likely),
            (204, "", Likely, Likely),
            (200, "{}", Likely, Likely),
            (200, r#"{"access_token":"cut"#, No, No),
            (404, "<html>", No, No),
            (400, r#"{"error":"invalid_client"}"#, No, No),
            (408, "", No, No),
            (429, "{}", No, No),
            (
                409,
                r#"{"code":409,"error_code":"conflict","msg":"Too many concurrent token refresh requests"}"#,
                Likely,
                Likely,
            ),
            (409, r#"{"error":"invalid_grant"}"#, Definite, Definite),
            (423, r#"{"error":"locked"}"#, Likely, Likely),
            (426, r#"{"error":"client_outdated"}"#, No, No),
            (
                200,
                r#"{"code":401,"msg":"token expired","data":null}"#,
                Definite,
                Definite,
            ),
            (
                200,
                r#"{"code":"401","message":"Token expired"}"#,
                Definite,
                Definite,
            ),
            (200, r#"{"code":500,"msg":"busy","data":null}"#, No, No),
            (200, r#"{"status":500,"message":"busy"}"#, No, No),
            (503, "{}", No, No),
            (200, r#"{"data":{"jwtToken":"a"}}"#, No, No),
        ] {
            let answer = Answer::plain(status, body);
            assert_eq!(answer.refusal(false), by_token, "{status} {body}");
            assert_eq!(answer.refusal(true), by_cookie, "{status} {body}");
        }
    }

    #[test]
    fn who_is_told_when_to_come_again_is_not_refused() {
        for (status, body, refusal) in [
            (400, r#"{"error":"throttled"}"#, Refusal::No),
            (403, r#"{"message":"Too many attempts"}"#, Refusal::No),
            (400, r#"{"error":"invalid_grant"}"#, Refusal::Definite),
        ] {
            let mut answer = Answer::plain(status, body);
            answer.retry_after = Some("2".into());
            assert_eq!(answer.refusal(false), refusal, "{status} {body}");
        }
    }

    #[test]
    fn who_asks_for_a_session_that_nobody_knows_of_is_told_of_nobody() {
        for (status, body, nobody) in [
            (401, "", true),
            (400, r#"{"message":"required"}"#, true),
            (404, "", true),
            (422, "{}", true),
            (403, r#"{"error":"csrf_failed"}"#, true),
            (403, "<html>", false),
            (302, "", true),
            (204, "", true),
            (200, "null", true),
            (200, "{}", true),
            (200, "<html>", true),
            (405, "", true),
            (501, "<html>", true),
            (200, "text <", false),
            (200, r#"{"user":{"na"#, false),
            (200, r#"{"accessToken":null}"#, true),
            (200, r#"{"ok":false,"accessToken":""}"#, true),
            (200, r#"{"jwtToken":"a"}"#, false),
            (429, "", false),
            (503, "", false),
        ] {
            assert_eq!(
                Answer::plain(status, body).says_nobody(),
                nobody,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_page_that_does_not_say_it_is_one_stands_for_nobody_too() {
        let mut answer = Answer::plain(200, " <!doctype html>");
        answer.is_html = false;
        assert!(answer.says_nobody());
        answer.said = Some(Said::NotNow);
        assert!(!answer.says_nobody());
    }

    #[test]
    fn me_ends_a_session_by_what_speaks_of_it() {
        for (status, body, ends) in [
            (401, "<html>", true),
            (302, "", true),
            (
                403,
                r#"{"detail":"Authentication credentials were not provided."}"#,
                true,
            ),
            (401, r#"{"message":"No API key found in request"}"#, false),
            (403, r#"{"errors":[{"message":"Please log in."}]}"#, true),
            (403, r#"{"message":"Forbidden"}"#, false),
            (403, r#"{"message":"Missing Authentication Token"}"#, false),
            (403, "<html>", false),
            (404, "", false),
            (500, "", false),
        ] {
            assert_eq!(
                Answer::plain(status, body).ends_session(),
                ends,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_good_status_may_tell_of_nobody() {
        for (body, nobody) in [
            (r#"{"isAuthorized":false,"name":null}"#, true),
            (r#"{"authenticated":false}"#, true),
            (r#"{"data":null}"#, true),
            (r#"{"success":false,"data":null}"#, true),
            (r#"{"error":"unauthenticated"}"#, true),
            (r#"{"code":401,"msg":"Please sign in","data":null}"#, true),
            (r#"{"code":500,"message":"busy"}"#, true),
            (r#"{"id":7,"code":412}"#, false),
            (
                r#"{"errors":[{"message":"Unauthenticated"}],"data":{"me":null}}"#,
                true,
            ),
            (r#"{"id":7,"errors":[]}"#, false),
            (r#"{"status":401}"#, true),
            (r#"{"status":"fail","data":{"title":"x"}}"#, true),
            (r#"{"status":"anonymous","roles":[]}"#, true),
            (r#"{"user":{}}"#, true),
            (r#"{"is_anonymous":true,"id":3}"#, true),
            ("[]", true),
            ("false", true),
            ("null", true),
            (r#""""#, true),
            (r#"{"authenticated":true,"id":7}"#, false),
            (r#"{"id":7,"error":null}"#, false),
            (r#"{"user":{"id":7}}"#, false),
            (r#"{"name":"Ida","status":"active"}"#, false),
        ] {
            let json = Json::parse(body).unwrap_or_else(Json::null);
            assert_eq!(is_nobody(&json), nobody, "{body}");
        }
    }
}
