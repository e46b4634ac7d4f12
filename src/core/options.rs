//! Options as an app gives them, and the one place that checks them.

use super::config::{Config, Csrf, CsrfSource, Endpoints, Mode, StorageKind, Transport};
use super::error::AuthError;
use super::origin::{Origin, Url, Urls, is_local};

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
    /// How the refresh token travels. `None`: the mode's default.
    pub transport: Option<Transport>,
    /// Name of the header that carries the access token.
    pub header: String,
    /// Its scheme; empty for the bare token.
    pub scheme: String,
    /// Where the CSRF token comes from, and the header it goes into. `None`: the mode's default.
    pub csrf: Option<Option<(CsrfSource, String)>>,
    /// Seconds before its end from which a token counts as expired.
    pub leeway: f64,
    /// Seconds that a request of the client's own may take.
    pub timeout: f64,
    /// Renew before the end also while no call is made.
    pub timed_refresh: bool,
    /// Name each refresh attempt in an `Idempotency-Key`. `None`: only to the page's own origin, as elsewhere CORS has to allow it.
    pub idempotency_key: Option<bool>,
}

/// A day: the longest `leeway` and `timeout` that can be meant.
const LONGEST_SECONDS: f64 = 86_400.0;

impl Options {
    /// The defaults of a mode.
    #[must_use]
    pub fn new(mode: Mode) -> Options {
        Options {
            mode,
            key: "default".into(),
            base_url: None,
            login: Endpoint::Usual,
            logout: Endpoint::Usual,
            refresh: Endpoint::Usual,
            me: Endpoint::Usual,
            origins: Vec::new(),
            insecure_origins: Vec::new(),
            storage: None,
            fields: Fields::default(),
            transport: None,
            header: "Authorization".into(),
            scheme: "Bearer".into(),
            csrf: None,
            leeway: 30.0,
            timeout: 15.0,
            timed_refresh: true,
            idempotency_key: None,
        }
    }

    /// Checks everything at once, with the platform's own URL parser.
    ///
    /// # Errors
    /// `config_invalid`, naming the first option that is wrong.
    pub fn check(self, urls: &dyn Urls) -> Result<Config, AuthError> {
        if self.key.is_empty() || self.key.len() > 128 {
            return Err(AuthError::config("key", "must have 1 to 128 bytes"));
        }
        let base = self.base(urls)?;
        let listed = self.listed(&base, urls)?;
        let transport = self.transport()?;
        let csrf = self.csrf(&base, &listed, urls)?;
        let at = |option, endpoint: &Endpoint, usual: Option<&str>| {
            let url = match endpoint {
                Endpoint::Absent => None,
                Endpoint::At(url) => Some(url.as_str()),
                Endpoint::Usual => usual,
            };
            url.map(|url| resolve(option, url, &base, &listed, urls))
                .transpose()
        };
        let session = self.mode == Mode::Session;
        let endpoints = Endpoints {
            login: at("endpoints.login", &self.login, Some("/auth/login"))?,
            logout: at("endpoints.logout", &self.logout, Some("/auth/logout"))?,
            refresh: at(
                "endpoints.refresh",
                &self.refresh,
                (!session).then_some("/auth/refresh"),
            )?,
            me: at("endpoints.me", &self.me, session.then_some("/auth/me"))?,
        };
        if session && endpoints.me.is_none() {
            return Err(AuthError::config(
                "endpoints.me",
                "is absent; mode \"session\" asks it who is signed in",
            ));
        }
        if self.mode == Mode::Hybrid && endpoints.refresh.is_none() {
            return Err(AuthError::config(
                "endpoints.refresh",
                "is absent; mode \"hybrid\" gets every access token from it",
            ));
        }
        if !is_field_name(&self.header) {
            return Err(AuthError::config(
                "header.name",
                "is not a field name (RFC 9110 §5.1)",
            ));
        }
        if !self.scheme.is_empty() && !is_field_name(&self.scheme) {
            return Err(AuthError::config(
                "header.scheme",
                "is not a scheme (RFC 9110 §11.1)",
            ));
        }
        let idempotency_key = self.idempotency_key.unwrap_or_else(|| {
            let origin = |url: &str| urls.parse(url, None).and_then(|url| Origin::of(&url));
            let page = urls.page().and_then(|page| origin(&page));
            page.is_some() && page == endpoints.refresh.as_deref().and_then(origin)
        });
        Ok(Config {
            mode: self.mode,
            key: self.key,
            base: self.base_url.is_some().then_some(base.href),
            listed,
            endpoints,
            storage: self.storage.unwrap_or(match self.mode {
                Mode::Jwt => StorageKind::Memory,
                Mode::Session | Mode::Hybrid => StorageKind::Local,
            }),
            fields: self.fields,
            transport,
            header: self.header,
            scheme: self.scheme,
            csrf,
            leeway_ms: milliseconds("leeway", self.leeway, 0.0)?,
            timeout_ms: milliseconds("timeout", self.timeout, 0.1)?,
            timed_refresh: self.timed_refresh,
            idempotency_key,
        })
    }

    fn base(&self, urls: &dyn Urls) -> Result<Url, AuthError> {
        let (given, is_page) = match (&self.base_url, urls.page()) {
            (Some(given), _) => (given.clone(), false),
            (None, Some(page)) => (page, true),
            (None, None) => {
                return Err(AuthError::config(
                    "baseUrl",
                    "is missing; there is no page to take it from",
                ));
            }
        };
        let url = urls
            .parse(&given, None)
            .filter(|url| Origin::of(url).is_some());
        let Some(url) = url else {
            let detail = if is_page {
                "is missing, and the page has no http or https origin to take it from"
            } else {
                "must be an absolute http: or https: URL"
            };
            return Err(AuthError::config("baseUrl", detail));
        };
        if url.has_userinfo {
            return Err(AuthError::config(
                "baseUrl",
                "must not hold a user name or password",
            ));
        }
        Ok(url)
    }

    fn listed(&self, base: &Url, urls: &dyn Urls) -> Result<Vec<Origin>, AuthError> {
        let mut insecure = Vec::new();
        for given in &self.insecure_origins {
            insecure.push(plain_origin("insecureOrigins", given, urls)?.0);
        }
        let mut listed = Vec::new();
        let mut list = |option, origin: Origin, url: &Url| {
            let bare = url.protocol == "http:" && !is_local(&url.hostname);
            if bare && self.mode != Mode::Session && !insecure.contains(&origin) {
                return Err(AuthError::config(
                    option,
                    "is plain http on another machine, where anyone on the way reads the token; use https, or list the origin in insecureOrigins",
                ));
            }
            listed.push(origin);
            Ok(())
        };
        if let Some(origin) = Origin::of(base) {
            list("baseUrl", origin, base)?;
        }
        for given in &self.origins {
            let (origin, url) = plain_origin("origins", given, urls)?;
            list("origins", origin, &url)?;
        }
        Ok(listed)
    }

    fn transport(&self) -> Result<Transport, AuthError> {
        let cookie_only = self.mode != Mode::Jwt;
        match &self.transport {
            None if cookie_only => Ok(Transport::Cookie),
            None => Ok(Transport::Json {
                name: "refresh_token".into(),
                params: Vec::new(),
            }),
            Some(Transport::Cookie) => Ok(Transport::Cookie),
            Some(_) if cookie_only => Err(AuthError::config(
                "refreshToken.in",
                "must be \"cookie\" in the modes \"session\" and \"hybrid\"",
            )),
            Some(Transport::Header { name }) if !is_field_name(name) => Err(AuthError::config(
                "refreshToken.name",
                "is not a field name (RFC 9110 §5.1)",
            )),
            Some(transport) => Ok(transport.clone()),
        }
    }

    fn csrf(
        &self,
        base: &Url,
        listed: &[Origin],
        urls: &dyn Urls,
    ) -> Result<Option<Csrf>, AuthError> {
        let usual = || {
            (
                CsrfSource::Cookie("XSRF-TOKEN".into()),
                String::from("X-XSRF-TOKEN"),
            )
        };
        let (source, header) = match (&self.csrf, self.mode) {
            (Some(None), _) | (None, Mode::Jwt) => return Ok(None),
            (Some(Some(given)), _) => given.clone(),
            (None, _) => usual(),
        };
        if !is_field_name(&header) {
            return Err(AuthError::config(
                "csrf.header",
                "is not a field name (RFC 9110 §5.1)",
            ));
        }
        let source = match source {
            CsrfSource::Endpoint { url, field } => CsrfSource::Endpoint {
                url: resolve("csrf.endpoint", &url, base, listed, urls)?,
                field,
            },
            CsrfSource::Cookie(name) if name.is_empty() => {
                return Err(AuthError::config(
                    "csrf.cookie",
                    "is empty; give the cookie's name",
                ));
            }
            CsrfSource::Meta(name) if name.is_empty() => {
                return Err(AuthError::config(
                    "csrf.meta",
                    "is empty; give the element's name",
                ));
            }
            named => named,
        };
        Ok(Some(Csrf { source, header }))
    }
}

fn resolve(
    option: &'static str,
    given: &str,
    base: &Url,
    listed: &[Origin],
    urls: &dyn Urls,
) -> Result<String, AuthError> {
    let Some(url) = urls.parse(given, Some(&base.href)) else {
        return Err(AuthError::config(option, "is not a URL"));
    };
    if !listed.iter().any(|origin| origin.is(&url.origin)) {
        return Err(AuthError::config(
            option,
            "is on an origin that is neither that of baseUrl nor in origins",
        ));
    }
    if url.has_userinfo {
        return Err(AuthError::config(
            option,
            "must not hold a user name or password",
        ));
    }
    Ok(url.href)
}

/// An origin and nothing more: a path would look as if it limited something.
fn plain_origin(
    option: &'static str,
    given: &str,
    urls: &dyn Urls,
) -> Result<(Origin, Url), AuthError> {
    let parsed = urls
        .parse(given, None)
        .and_then(|url| Some((Origin::of(&url)?, url)));
    match parsed {
        Some((origin, url))
            if !url.has_userinfo
                && url
                    .href
                    .strip_prefix(origin.as_str())
                    .is_some_and(|rest| rest == "/") =>
        {
            Ok((origin, url))
        }
        _ => Err(AuthError::config(
            option,
            "must hold origins only: scheme, host and perhaps port, as in \"https://api.example.com\"",
        )),
    }
}

fn milliseconds(option: &'static str, seconds: f64, least: f64) -> Result<u32, AuthError> {
    if seconds >= least && seconds <= LONGEST_SECONDS {
        // In range, and a part of a millisecond does not matter.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return Ok((seconds * 1_000.0) as u32);
    }
    Err(AuthError::config(
        option,
        "must be seconds, not negative (timeout: at least 0.1) and at most 86400",
    ))
}

/// RFC 9110 §5.6.2 `token`.
fn is_field_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
