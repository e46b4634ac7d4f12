//! A configuration that has been checked: nothing in it can be wrong any more.

use crate::core::options::origin::Origin;
use crate::core::port::request::RequestKind;

/// How the backend keeps people signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// An HttpOnly session cookie; the session lives on the server.
    Session,
    /// Access token and usually a refresh token, both held by the page.
    Jwt,
    /// Access token in memory, refresh token in an HttpOnly cookie.
    Hybrid,
}

/// Where a session is kept over a reload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageKind {
    /// Nowhere.
    Memory,
    /// `sessionStorage`: this tab.
    Session,
    /// `localStorage`: every tab of the origin.
    Local,
    /// A store of the app's own.
    Custom,
}

/// How the refresh token reaches the refresh endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A field of a JSON body, beside fixed ones.
    Json {
        /// Name of the field.
        name: String,
        /// Further fields.
        params: Vec<(String, String)>,
    },
    /// A form as RFC 6749 §6 has it.
    Form {
        /// Name of the field.
        name: String,
        /// Further fields, such as `client_id`.
        params: Vec<(String, String)>,
    },
    /// A cookie that the page never sees.
    Cookie,
    /// A request header.
    Header {
        /// Name of the header.
        name: String,
    },
}

impl Transport {
    /// Name of the refresh token in a JSON body.
    pub(crate) fn token_name(&self) -> &str {
        match self {
            Transport::Json { name, .. } | Transport::Form { name, .. } => name,
            Transport::Cookie | Transport::Header { .. } => "refresh_token",
        }
    }
}

/// Where the CSRF token comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CsrfSource {
    /// A cookie that script may read.
    Cookie(String),
    /// A `<meta>` element.
    Meta(String),
    /// A GET endpoint, and the path of the token in its JSON answer.
    Endpoint {
        /// Its URL.
        url: String,
        /// Where in the answer the token is; by default the usual names are tried.
        field: Option<String>,
    },
    /// A header of the backend's answers.
    ResponseHeader(String),
    /// Always the same.
    Value(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Csrf {
    pub(crate) source: CsrfSource,
    pub(crate) header: String,
}

/// Where the parts of a token answer are, as paths such as `data.jwt`. `None`: the usual names are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fields {
    /// The access token.
    pub access_token: Option<String>,
    /// The refresh token.
    pub refresh_token: Option<String>,
    /// Lifetime in seconds.
    pub expires_in: Option<String>,
    /// End: seconds or milliseconds since 1970.
    pub expires_at: Option<String>,
    /// The user's profile.
    pub user: Option<String>,
    /// In the profile or the claims: what identifies a person.
    pub subject: Option<String>,
}

/// One endpoint as the app gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Endpoint {
    /// The mode's usual path.
    #[default]
    Usual,
    /// The backend has none.
    Absent,
    /// A path or URL.
    At(String),
}

impl From<&str> for Endpoint {
    fn from(url: &str) -> Endpoint {
        Endpoint::At(url.into())
    }
}

/// Where the user comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum UserSource {
    /// From the first of them that tells of one.
    #[default]
    Usual,
    /// From the `me` endpoint.
    Me,
    /// From the claims of the access token.
    Token,
    /// From the answer of login and refresh.
    Answer,
}

/// Tells the text of options from that of others; see [`Config::stamped`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stamp(pub(crate) u32);

/// Options that mean the same are the same, whatever their text.
impl PartialEq for Stamp {
    fn eq(&self, _: &Stamp) -> bool {
        true
    }
}

/// Milliseconds that a request to each endpoint may take, in the order of [`RequestKind`].
pub(crate) type Timeouts = [u32; 4];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Endpoints {
    pub(crate) login: Option<String>,
    pub(crate) logout: Option<String>,
    pub(crate) refresh: Option<String>,
    pub(crate) me: Option<String>,
}

/// A checked configuration; made by [`Options::check`](crate::core::Options::check).
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub(crate) mode: Mode,
    pub(crate) key: String,
    /// `None`: URLs resolve against the page, as `fetch` has it.
    pub(crate) base: Option<String>,
    pub(crate) listed: Vec<Origin>,
    pub(crate) endpoints: Endpoints,
    pub(crate) storage: StorageKind,
    pub(crate) fields: Fields,
    pub(crate) user: UserSource,
    pub(crate) transport: Transport,
    pub(crate) header: String,
    pub(crate) scheme: String,
    pub(crate) csrf: Option<Csrf>,
    pub(crate) leeway_ms: u32,
    pub(crate) timeout_ms: u32,
    pub(crate) timeouts: Timeouts,
    pub(crate) timed_refresh: bool,
    /// A new access token is told to the other tabs.
    pub(crate) share_across_tabs: bool,
    /// Not looked at: only told apart.
    pub(crate) additions: Option<String>,
    pub(crate) stamp: Stamp,
    /// The session cookie is one of another origin, which the browser may not keep: `me` is asked after each login.
    pub(crate) doubts_cookie: bool,
    /// Whatever carries a credential follows no redirect.
    pub(crate) refuse_redirects: bool,
    /// The refresh request names its attempt (draft-ietf-httpapi-idempotency-key-header).
    pub(crate) idempotency_key: bool,
}

impl Config {
    /// With a number that tells the text of these options from that of others, 0 for none: a stored session says with it for which
    /// options a page may take it up before it has an engine (`docs/decisions/0021`).
    #[must_use]
    pub fn stamped(mut self, stamp: u32) -> Config {
        self.stamp = Stamp(stamp);
        self
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The name of this client.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What relative URLs resolve against; `None`: the page.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }

    /// Where the session is kept.
    #[must_use]
    pub fn storage(&self) -> StorageKind {
        self.storage
    }

    /// The header that carries the access token.
    #[must_use]
    pub fn header(&self) -> &str {
        &self.header
    }

    /// How long another tab may lawfully hold the lock, in milliseconds: for so long it is waited for. A refresh may fetch a
    /// CSRF token and be repeated with it, which makes four requests.
    #[must_use]
    pub fn longest_hold_ms(&self) -> u32 {
        let longest = self.timeouts.iter().max();
        longest.map_or(0, |longest| longest.wrapping_mul(4))
    }

    /// Milliseconds that a request may take.
    pub(crate) fn timeout_of(&self, kind: RequestKind) -> u32 {
        let timeout = self.timeouts.get(kind as usize);
        timeout.copied().unwrap_or(self.timeout_ms)
    }

    /// Whether a URL of this serialized origin gets the credential.
    #[must_use]
    pub fn lists(&self, origin: &str) -> bool {
        self.listed.iter().any(|listed| listed.is(origin))
    }

    /// Whether the browser's cookies carry the credential that renews the session.
    pub(crate) fn cookie_bound(&self) -> bool {
        matches!(self.transport, Transport::Cookie)
    }

    /// Whether a cookie, which all tabs share, says whose the session is. It may begin and end past this client.
    pub(crate) fn session_by_cookie(&self) -> bool {
        self.mode != Mode::Jwt
    }

    /// Whether a start can find nothing.
    pub(crate) fn starts_empty(&self) -> bool {
        self.mode == Mode::Jwt && !self.stores_tokens()
    }

    /// Whether the store holds notes and no tokens.
    pub(crate) fn leaves_notes(&self) -> bool {
        self.session_by_cookie() && self.storage != StorageKind::Memory
    }

    /// Whether a new access token is told to the other tabs. A tab's own store is copied with the tab: then two share one session,
    /// and only one of them may renew it.
    pub(crate) fn shares_access(&self) -> bool {
        let is_own_store = self.mode == Mode::Jwt && self.storage == StorageKind::Session;
        (self.share_across_tabs || is_own_store) && !self.shares_store()
    }

    /// Whether it is written down that a refresh has begun.
    pub(crate) fn notes_attempts(&self) -> bool {
        self.mode != Mode::Session && self.storage != StorageKind::Memory
    }

    /// Whether every tab sees the same tokens in the store.
    pub(crate) fn shares_store(&self) -> bool {
        self.stores_tokens() && self.storage == StorageKind::Local
    }

    /// Whether a redirect of a request with a credential is an error. Browsers take no header away at another origin but `Authorization`
    /// (Fetch, HTTP-redirect fetch).
    pub(crate) fn refuses_redirects(&self) -> bool {
        let is_by_header = self.mode != Mode::Session;
        self.refuse_redirects
            || (is_by_header && !self.header.eq_ignore_ascii_case("Authorization"))
    }

    /// Whether tokens are written to the store.
    pub(crate) fn stores_tokens(&self) -> bool {
        self.mode == Mode::Jwt && self.storage != StorageKind::Memory
    }
}
