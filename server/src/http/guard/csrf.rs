//! CSRF tokens: an HMAC over what they belong to, so that nothing of them is stored.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use crate::backend::equal;

/// Where the page sends the token. A page of another origin cannot set it without leave (CORS).
pub(crate) const HEADER: &str = "x-xsrf-token";

/// What a token belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// A session, by the hash of its id.
    Session(&'a [u8]),
    /// A family of refresh tokens.
    Family(&'a str),
}

/// Makes and checks CSRF tokens.
pub(crate) struct Csrf {
    key: hmac::Key,
}

impl Csrf {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The one token of `owner`; another `nonce` makes another token.
    pub(crate) fn token(&self, owner: Owner<'_>, nonce: &[u8]) -> String {
        let (kind, id) = match owner {
            Owner::Session(hash) => (b"session", hash),
            Owner::Family(id) => (b"family.", id.as_bytes()),
        };
        let mut mac = hmac::Context::with_key(&self.key);
        mac.update(kind);
        // With its length first, no two pairs of id and nonce make the same message.
        mac.update(&id.len().to_be_bytes());
        mac.update(id);
        mac.update(nonce);
        URL_SAFE_NO_PAD.encode(mac.sign())
    }

    /// Whether the request carries the token of `owner`.
    pub(crate) fn matches(&self, owner: Owner<'_>, nonce: &[u8], headers: &HeaderMap) -> bool {
        let expected = self.token(owner, nonce);
        headers
            .get(HEADER)
            .is_some_and(|sent| equal(sent.as_bytes(), expected.as_bytes()))
    }
}
