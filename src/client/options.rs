//! The options of a Rust app. They are those of the npm package, in snake case: `docs/options.md` tells more of each.

mod csrf;
mod endpoint;
mod fields;
mod functions;
mod lowered;
mod refresh_token;
mod verify;

pub use csrf::Csrf;
pub use endpoint::{BodyFormat, Endpoint, Endpoints, Method, Refusal, TokenPlace};
pub use fields::{AnswerPath, Fields};
pub use functions::{Fetch, Headers, Means, SeenAnswer};
pub use refresh_token::RefreshToken;
pub use verify::Verify;

use js_sys::{Function, Object};

use crate::core::{Mode, UserSource};

/// The options of a [`Client`](crate::Client). [`Options::new`] has the defaults of a mode; a field that is `None` has its default too.
///
/// ```ignore
/// use hallpass::{Csrf, Endpoint, Method, Mode, Options};
///
/// let mut options = Options::new(Mode::Hybrid);
/// options.endpoints.login = Endpoint::new("/oauth/token").form().param("grant_type", "password");
/// options.endpoints.refresh = Endpoint::new("/oauth/refresh").method(Method::Put).refused("invalid_refresh_token");
/// options.fields.access_token = Some("data.jwt".into());
/// options.headers = [("X-Api-Key", "demo")].into();
/// options.csrf = Some(Csrf::cookie("csrftoken").header("X-CSRFToken").prime("/csrf"));
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// How the backend keeps people signed in.
    pub mode: Mode,
    /// Name of this client, 1 to 128 bytes. Clients of one key share one session and one engine. Default `"default"`.
    pub key: Option<String>,
    /// Absolute http(s) URL that endpoints and relative URLs resolve against. Default: the page.
    pub base_url: Option<String>,
    /// Where the backend listens, and what it wants there.
    pub endpoints: Endpoints,
    /// Where the parts of an answer are.
    pub fields: Fields,
    /// Where the user comes from. Default: whichever tells of one first.
    pub user: Option<UserSource>,
    /// Further headers of the client's own requests.
    pub headers: Headers,
    /// The app's own rule for what an answer to the client's own requests means.
    pub means: Option<Means>,
    /// Sends the client's own requests in place of the page's `fetch`.
    pub fetch: Option<Fetch>,
    /// Sends the app's calls by [`Options::fetch`] too.
    pub fetch_calls: bool,
    /// Further origins that get the credential, compared exactly.
    pub origins: Vec<String>,
    /// Origins on plain http, not this machine, that may get a token all the same.
    pub insecure_origins: Vec<String>,
    /// The header that carries the access token.
    pub header: Header,
    /// Makes a redirect of a request with a credential an error.
    pub refuse_redirects: bool,
    /// How the refresh token travels. Default: in a JSON body in mode `Jwt`, else as a cookie.
    pub refresh_token: Option<RefreshToken>,
    /// Where the CSRF token comes from, and the header it goes into. Default: none in mode `Jwt`, else the cookie `XSRF-TOKEN`.
    pub csrf: Option<Csrf>,
    /// Where a session is kept over a reload. Default: `Memory` in mode `Jwt`, else `Local`.
    pub storage: Option<Storage>,
    /// Verifies access tokens before they are believed.
    pub verify: Option<Verify>,
    /// The app's own rule for "this answer to a call means signed out": gets the `Response`, returns a boolean or a promise of one.
    pub is_signed_out: Option<Function>,
    /// Seconds before its end from which a token counts as expired, 0 to 86 400. Default 30.
    pub leeway: Option<f64>,
    /// Seconds that a request of the client's own may take, 0.1 to 86 400. Default 15.
    pub timeout: Option<f64>,
    /// Renews before the end also while no call is made. Default `true`.
    pub timed_refresh: bool,
    /// Names each refresh attempt in the header `Idempotency-Key`. Default: only for a refresh endpoint on the page's own origin.
    pub idempotency_key: Option<bool>,
    /// Tells the other tabs a new access token, where they do not read it from a store.
    pub share_across_tabs: bool,
}

impl Options {
    /// The defaults of a mode.
    #[must_use]
    pub fn new(mode: Mode) -> Options {
        Options {
            mode,
            key: None,
            base_url: None,
            endpoints: Endpoints::default(),
            fields: Fields::default(),
            user: None,
            headers: Headers::default(),
            means: None,
            fetch: None,
            fetch_calls: false,
            origins: Vec::new(),
            insecure_origins: Vec::new(),
            header: Header::default(),
            refuse_redirects: false,
            refresh_token: None,
            csrf: None,
            storage: None,
            verify: None,
            is_signed_out: None,
            leeway: None,
            timeout: None,
            timed_refresh: true,
            idempotency_key: None,
            share_across_tabs: false,
        }
    }
}

/// The header that carries the access token.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// Its name. Default `"Authorization"`.
    pub name: Option<String>,
    /// What stands before the token; empty for the bare token. Default `"Bearer"`.
    pub scheme: Option<String>,
}

/// Where a session is kept over a reload.
#[derive(Clone, Debug)]
pub enum Storage {
    /// Nowhere.
    Memory,
    /// `sessionStorage`: this tab.
    Session,
    /// `localStorage`: every tab of the origin.
    Local,
    /// `localStorage`, encrypted with a key that scripts can use and cannot read.
    Sealed,
    /// A store of the app's own: an object with the methods `get(key)`, `set(key, value)` and `remove(key)`, each of which may return
    /// a promise.
    Own(Object),
}
