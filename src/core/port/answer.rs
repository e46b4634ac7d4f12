//! The answer to a request of the engine's own.

use crate::core::time::clock::ServerTime;

/// An answer to a request of the engine's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The media type begins with `text/html`.
    pub is_html: bool,
    /// The `Date` header; `None` where CORS hides it.
    pub date: Option<ServerTime>,
    /// The `Retry-After` header as it stands.
    pub retry_after: Option<String>,
    /// The same as milliseconds since 1970, if it reads as a date.
    pub retry_after_date: Option<i64>,
    /// The page's CSRF token differs now from the one that the request carried.
    pub csrf_moved: bool,
    /// It says that it refuses the CSRF token, in words or as the app has named it.
    pub csrf_refused: bool,
    /// The body; empty if it could not be read or is over 1 MiB.
    pub body: String,
    /// Why the access token in it is not to be believed, where the app has tokens verified.
    pub untrusted: Option<String>,
    /// What it means, where the app says so.
    pub said: Option<Said>,
}

/// What an answer means by the app's own rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Said {
    // By `cargo xtask table`: meanings.
    /// It gives what was asked for.
    Ok,
    /// Nobody is signed in.
    Nobody,
    /// It refuses for good.
    Refused,
    /// A login goes on with another step.
    Pending,
    /// It may pass.
    NotNow,
    // End of the table.
}

impl Said {
    /// As it is written in JavaScript. `None`: not a word of this version.
    #[must_use]
    pub fn read(word: &str) -> Option<Said> {
        Some(match word {
            // By `cargo xtask table`: words.
            "ok" => Said::Ok,
            "nobody" => Said::Nobody,
            "refused" => Said::Refused,
            "pending" => Said::Pending,
            "not-now" => Said::NotNow,
            // End of the table.
            _ => return None,
        })
    }

    /// As it is written in JavaScript.
    #[cfg(not(feature = "js"))]
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            // By `cargo xtask table`: spellings.
            Said::Ok => "ok",
            Said::Nobody => "nobody",
            Said::Refused => "refused",
            Said::Pending => "pending",
            Said::NotNow => "not-now",
            // End of the table.
        }
    }
}

/// There may be tokens in it.
#[cfg(not(feature = "js"))]
impl Drop for Answer {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.body);
    }
}

#[cfg(test)]
impl Answer {
    /// One that is nothing but a status and a body.
    pub(crate) fn plain(status: u16, body: &str) -> Answer {
        Answer {
            status,
            is_html: body.starts_with('<'),
            date: None,
            retry_after: None,
            retry_after_date: None,
            csrf_moved: false,
            csrf_refused: false,
            body: body.into(),
            untrusted: None,
            said: None,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// `fetch` rejected: offline, DNS, TLS, CORS, redirect or a closed connection.
    Network,
    /// The engine's own deadline passed.
    Timeout,
    /// A function of the app's threw.
    Hook,
}
