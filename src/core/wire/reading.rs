//! What the answer to a request of the engine's own means.

use crate::json::Json;

use crate::core::port::answer::{Answer, Failure, Said};
use crate::core::port::error::{AuthError, Code};
use crate::core::time::clock::Now;
use crate::core::wire::text::digits;
use crate::core::wire::verdict::denies;

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

/// An answer that was translated has the one that came in `$`.
pub(crate) fn as_it_came(body: &Json) -> Json {
    body.get("$").unwrap_or_else(|| body.clone())
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
            body => Reading::Failed(self.error(body.as_ref(), now)),
        }
    }

    /// What an answer that gives nothing means. One with a good status may refuse all the same.
    pub(crate) fn error(&self, body: Option<&Json>, now: Now) -> AuthError {
        let words = self.words(body);
        let code = match self.status {
            429 => Code::RateLimited,
            408 | 500..=599 => Code::ServerError,
            419 => Code::CsrfFailed,
            // ASP.NET says nothing but that.
            400 if self.csrf_moved && body.is_none() => Code::CsrfFailed,
            400..=499 if self.csrf_refused => Code::CsrfFailed,
            400 | 401 | 403 | 422 if words.mention_csrf() => Code::CsrfFailed,
            // A firewall or captive portal speaks, not the endpoint.
            403 if self.is_page() => Code::ResponseInvalid,
            400..=499 => Code::RequestRejected,
            200..=299 if body.is_some_and(denies) => Code::RequestRejected,
            _ => Code::ResponseInvalid,
        };
        let code = match self.said {
            Some(Said::Pending) => Code::LoginPending,
            Some(Said::NotNow) => Code::ServerError,
            Some(Said::Nobody | Said::Refused) => Code::RequestRejected,
            Some(Said::Ok) | None => code,
        };
        let mut error = AuthError::new(code);
        let is_short = self.body.len() <= LONGEST_BODY;
        error.body = body
            .filter(|body| is_short && !body.is_null())
            .map(as_it_came);
        error.status = Some(self.status);
        error.retry_after = self.retry_after(now);
        (error.server_code, error.server_message) = words.take();
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
