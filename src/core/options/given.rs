//! Options as an app gives them.

use crate::core::options::config::{
    CsrfSource, Endpoint, Fields, Mode, StorageKind, Transport, UserSource,
};

/// Options as an app gives them. [`Options::new`] has the defaults; [`Options::check`] checks.
#[derive(Clone, Debug)]
pub struct Options {
    /// How the backend keeps people signed in.
    pub mode: Mode,
    /// Name of this client.
    pub key: String,
    /// What endpoints and relative URLs resolve against. `None`: the page.
    pub base_url: Option<String>,
    /// POST, JSON.
    pub login: Endpoint,
    /// POST.
    pub logout: Endpoint,
    /// POST.
    pub refresh: Endpoint,
    /// GET.
    pub me: Endpoint,
    /// Further origins that get the credential.
    pub origins: Vec<String>,
    /// Origins on plain http that may get a token although they are not this machine.
    pub insecure_origins: Vec<String>,
    /// Where the session is kept. `None`: the mode's default.
    pub storage: Option<StorageKind>,
    /// Names in the token answer.
    pub fields: Fields,
    /// Where the user comes from.
    pub user: UserSource,
    /// How the refresh token travels. `None`: the mode's default.
    pub transport: Option<Transport>,
    /// Name of the header that carries the access token.
    pub header: String,
    /// Its scheme; empty for the bare token.
    pub scheme: String,
    /// A redirect of a request with a credential is an error.
    pub refuse_redirects: bool,
    /// Where the CSRF token comes from, and the header it goes into. `None`: the mode's default.
    pub csrf: Option<Option<(CsrfSource, String)>>,
    /// Seconds before its end from which a token counts as expired.
    pub leeway: f64,
    /// Seconds that a request of the client's own may take.
    pub timeout: f64,
    /// The same for login, logout, refresh and `me`, where one has its own.
    pub timeouts: [Option<f64>; 4],
    /// Renew before the end also while no call is made.
    pub timed_refresh: bool,
    /// Tell the other tabs a new access token, where they do not read it from a store.
    pub share_across_tabs: bool,
    /// What the package adds to a client by itself. Clients of one key have to agree in it too.
    pub additions: Option<String>,
    /// Name each refresh attempt in an `Idempotency-Key`. `None`: only to the page's own origin, as elsewhere CORS has to allow it.
    pub idempotency_key: Option<bool>,
}

pub(crate) const KEY: &str = "default";
pub(crate) const HEADER: &str = "Authorization";
pub(crate) const SCHEME: &str = "Bearer";
pub(crate) const LEEWAY: f64 = 30.0;
pub(crate) const TIMEOUT: f64 = 15.0;

impl Options {
    /// The defaults of a mode.
    #[must_use]
    pub fn new(mode: Mode) -> Options {
        Options {
            mode,
            key: KEY.into(),
            base_url: None,
            login: Endpoint::Usual,
            logout: Endpoint::Usual,
            refresh: Endpoint::Usual,
            me: Endpoint::Usual,
            origins: Vec::new(),
            insecure_origins: Vec::new(),
            storage: None,
            fields: Fields::default(),
            user: UserSource::Usual,
            transport: None,
            header: HEADER.into(),
            scheme: SCHEME.into(),
            refuse_redirects: false,
            csrf: None,
            leeway: LEEWAY,
            timeout: TIMEOUT,
            timeouts: [None; 4],
            timed_refresh: true,
            share_across_tabs: false,
            additions: None,
            idempotency_key: None,
        }
    }
}
