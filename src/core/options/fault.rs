//! What can be wrong with an option.

use crate::core::port::error::AuthError;

/// An option is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Misconfigured {
    /// Which.
    pub option: &'static str,
    /// How.
    pub fault: Fault,
}

impl From<Misconfigured> for AuthError {
    fn from(Misconfigured { option, fault }: Misconfigured) -> AuthError {
        AuthError::config(option, fault.as_str())
    }
}

/// How an option is wrong. The npm package gets it as a number, and has the
/// words in a file that is loaded when there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the words are below")]
pub enum Fault {
    // By `cargo xtask table`: faults.
    KeyLength,
    KeyInUse,
    MeAbsent,
    RefreshAbsent,
    FieldName,
    Scheme,
    NoPage,
    NoPageOrigin,
    NotAbsolute,
    PlainHttp,
    NotAnOrigin,
    NotAUrl,
    NotListed,
    CookieOnly,
    Empty,
    Seconds,
    Userinfo,
    NoMe,
    // End of the table.
}

impl Fault {
    /// What it is, and what is allowed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            // By `cargo xtask table`: words.
            Fault::KeyLength => "must have 1 to 128 bytes",
            Fault::KeyInUse => {
                "is in use by a client with other options; dispose of that one, or give this one a key of its own"
            }
            Fault::MeAbsent => "is absent; mode \"session\" asks it who is signed in",
            Fault::RefreshAbsent => "is absent; mode \"hybrid\" gets every access token from it",
            Fault::FieldName => "is not a field name (RFC 9110 §5.1)",
            Fault::Scheme => "is not a scheme (RFC 9110 §11.1)",
            Fault::NoPage => "is missing; there is no page to take it from",
            Fault::NoPageOrigin => {
                "is missing, and the page has no http or https origin to take it from"
            }
            Fault::NotAbsolute => "must be an absolute http: or https: URL",
            Fault::PlainHttp => {
                "is plain http on another machine, where anyone on the way reads the token; use https, or list the origin in insecureOrigins"
            }
            Fault::NotAnOrigin => {
                "must hold origins only: scheme, host and perhaps port, as in \"https://api.example.com\", each by its full name and without wildcards"
            }
            Fault::NotAUrl => "is not a URL",
            Fault::NotListed => "is on an origin that is neither that of baseUrl nor in origins",
            Fault::CookieOnly => "must be \"cookie\" in the modes \"session\" and \"hybrid\"",
            Fault::Empty => "is empty",
            Fault::Seconds => {
                "must be seconds, not negative (timeout: at least 0.1) and at most 86400"
            }
            Fault::Userinfo => "must not hold a user name or password",
            Fault::NoMe => "is \"me\", and there is no endpoints.me to ask",
            // End of the table.
        }
    }
}
