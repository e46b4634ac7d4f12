//! What the answer to a request of the engine's own means.

use crate::json::Json;

use crate::core::port::answer::{Answer, Failure, Said};
use crate::core::port::error::{AuthError, Code};
use crate::core::time::clock::Now;
use crate::core::wire::text::{digits, mentions};

/// What an answer comes to, before anybody asks what it was for.
pub(crate) enum Reading {
    /// 2xx with JSON.
    Json(Json),
    /// 2xx without a body.
    Nothing,
    /// Anything else.
    Failed(AuthError),
}

/// The longest `Retry-After` that is believed: a day.
const LONGEST_WAIT: i64 = 86_400;
/// The longest body that an error keeps, in bytes.
const LONGEST_BODY: usize = 16_384;
/// The longest piece of the server's own words that is kept, in characters.
const LONGEST_MESSAGE: usize = 300;

impl From<Failure> for AuthError {
    fn from(failure: Failure) -> AuthError {
        AuthError::new(match failure {
            Failure::Network => Code::NetworkError,
            Failure::Timeout => Code::Timeout,
            Failure::Hook => Code::HookFailed,
        })
    }
}

impl Reading {
    pub(crate) fn of(outcome: &Result<Answer, Failure>, now: Now) -> Reading {
        match outcome {
            Ok(answer) => answer.read(now),
            Err(failure) => Reading::Failed((*failure).into()),
        }
    }
}

impl Answer {
    fn read(&self, now: Now) -> Reading {
        let body = Json::parse(&self.body);
        let is_good = match self.said {
            Some(said) => said == Said::Ok,
            None => (200..=299).contains(&self.status),
        };
        match body {
            Some(value) if is_good => Reading::Json(value),
            None if is_good && self.body.trim_ascii().is_empty() => Reading::Nothing,
            body => Reading::Failed(self.error(&body.unwrap_or_else(Json::null), now)),
        }
    }

    fn error(&self, body: &Json, now: Now) -> AuthError {
        // `null` has no members.
        let told = body.get("error").unwrap_or_else(Json::null);
        let server_code = server_code(body, &told);
        let server_message = server_message(body, &told);
        let code = match self.status {
            429 => Code::RateLimited,
            408 | 500..=599 => Code::ServerError,
            419 => Code::CsrfFailed,
            400 | 403 | 422 if speaks_of_csrf([&server_code, &server_message]) => Code::CsrfFailed,
            // A firewall or captive portal speaks, not the endpoint.
            403 if self.is_html => Code::ResponseInvalid,
            400..=499 => Code::RequestRejected,
            _ => Code::ResponseInvalid,
        };
        let code = match self.said {
            Some(Said::Pending) => Code::LoginPending,
            Some(Said::NotNow) => Code::ServerError,
            Some(Said::Nobody | Said::Refused) => Code::RequestRejected,
            Some(Said::Ok) | None => code,
        };
        let mut error = AuthError::new(code);
        error.body = (self.body.len() <= LONGEST_BODY && !body.is_null()).then(|| body.clone());
        error.status = Some(self.status);
        error.retry_after = self.retry_after(now);
        error.server_code = server_code;
        error.server_message = server_message;
        error
    }

    /// RFC 9110 §10.2.3: seconds, or a date.
    fn retry_after(&self, now: Now) -> Option<u32> {
        let seconds = match digits(self.retry_after.as_deref()?) {
            Some(seconds) => seconds,
            None => {
                // The server's own date is the better base, where it can be seen.
                let base = self.date.map_or(now.wall.0, |date| date.0);
                self.retry_after_date?
                    .saturating_sub(base)
                    .saturating_add(999)
                    / 1_000
            }
        };
        u32::try_from(seconds.clamp(0, LONGEST_WAIT)).ok()
    }
}

impl AuthError {
    /// Whether a newly read CSRF token may help.
    pub(crate) fn may_be_csrf(&self) -> bool {
        self.code == Code::CsrfFailed || (self.status == Some(403) && self.server_code.is_none())
    }
}

fn speaks_of_csrf(words: [&Option<String>; 2]) -> bool {
    let speaks = |words: &str| mentions(words, "csrf") || mentions(words, "xsrf");
    words.into_iter().flatten().any(|words| speaks(words))
}

fn server_code(body: &Json, error: &Json) -> Option<String> {
    // A `code` alone may be anything.
    let nested = || {
        let beside = || body.get("code").filter(|_| body.get("error").is_some());
        error.get("code").or_else(beside)
    };
    let code = error.as_string().or_else(|| nested()?.as_string())?;
    // With blanks in it, it is a sentence.
    (!code.is_empty() && code.len() <= 80 && !mentions(&code, " ")).then_some(code)
}

fn server_message(body: &Json, error: &Json) -> Option<String> {
    let message = ["error_description", "message", "detail", "title"]
        .iter()
        .find_map(|name| body.get(name)?.as_string())
        .or_else(|| error.get("message")?.as_string())
        .or_else(|| error.as_string().filter(|text| mentions(text, " ")))?;
    let mut kept = String::new();
    let is_kept = |char: &char| !char.is_control();
    for char in message.chars().filter(is_kept).take(LONGEST_MESSAGE) {
        kept.push(char);
    }
    (!kept.is_empty()).then_some(kept)
}
