//! A request of the engine's own.

use crate::core::port::secret::Secret;

/// A request of the engine's own.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// What it is for.
    pub kind: RequestKind,
    /// The method.
    pub method: &'static str,
    /// An absolute URL on a listed origin.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, HeaderValue)>,
    /// The body, and its media type.
    pub body: Option<(Secret, &'static str)>,
    /// With `credentials: "include"`; else `"same-origin"`.
    pub include_credentials: bool,
    /// It may outlive the page.
    pub keepalive: bool,
    /// What a redirect is.
    pub redirects: Redirects,
    /// Its answer brings an access token.
    pub brings_token: bool,
    /// Those that may go along, for who has to put them elsewhere.
    pub tokens: Tokens,
}

/// An access token and a refresh token, as far as there are any.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// The access token.
    pub access: Option<Secret>,
    /// The refresh token.
    pub refresh: Option<Secret>,
}

/// What a request of the engine's own is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    // By `cargo xtask table`: purposes.
    /// To sign in.
    Login,
    /// To tell of a logout.
    Logout,
    /// To renew the session.
    Refresh,
    /// To ask who is signed in.
    Me,
    /// To get a CSRF token.
    Csrf,
    // End of the table.
}

impl HttpRequest {
    /// Bare: no headers, no body, no credentials, and nothing that the browser might do beyond.
    pub(crate) fn new(kind: RequestKind, method: &'static str, url: String) -> HttpRequest {
        HttpRequest {
            kind,
            method,
            url,
            headers: Vec::new(),
            body: None,
            include_credentials: false,
            keepalive: false,
            redirects: Redirects::Refuse,
            brings_token: false,
            tokens: Tokens::default(),
        }
    }
}

/// What becomes of a redirect (Fetch, redirect mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Redirects {
    // By `cargo xtask table`: redirects.
    /// It is an error: a secret must not be carried elsewhere.
    Refuse,
    /// It is followed: nothing secret goes along but what the browser itself takes away at another origin.
    Follow,
    /// It is the answer, as status 302: where it leads to does not matter.
    Answer,
    // End of the table.
}

/// The value of a header.
#[derive(Clone, Debug)]
pub enum HeaderValue {
    /// This.
    Is(Secret),
    /// The page's CSRF token at the moment of sending; no header if there is none.
    Csrf(PageCsrf),
}

/// Where the page keeps its CSRF token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PageCsrf {
    /// In a cookie.
    Cookie(String),
    /// In a `<meta>` element.
    Meta(String),
    /// In a header of the answers so far.
    ResponseHeader(String),
}
