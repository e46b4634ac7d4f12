//! What a backend is started with.

use std::io::{Error, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::backend::{self, Algorithm, PasswordCost, Policy, RevocationCheck, StoreConfig};
use crate::http::{self, CookieStyle, DefaultMode, Limits, PublicUrl, Tls};

/// How a backend is set up. Start from [`Config::default`] and change what differs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The SQLite file; `None` keeps it in memory.
    pub database: Option<PathBuf>,
    /// Where sessions, tokens, keys and users lie. Nodes with one store are one backend.
    pub store: StoreConfig,
    /// `iss` of access tokens, without a slash at the end; `None`: [`Config::public_url`], or where this node is. Nodes with one store need one.
    pub issuer: Option<String>,
    /// Serves `/_faults`, where anybody may break the backend. For tests and the demo only.
    pub faults: bool,
    /// Serves `https` in place of `http`; with the feature `tls`.
    pub tls: Option<Tls>,
    /// What `/auth/login` and the like, without a mode in their path, are for.
    pub mode: DefaultMode,
    /// Where callers find it, if that is not where it listens: `https://app.example.com`. With `https` cookies are as over TLS.
    pub public_url: Option<String>,
    /// Proxies before it that each add a caller's address to `X-Forwarded-For`.
    pub proxies: usize,
    /// How many may connect, and for how long.
    pub limits: Limits,
    /// Other origins whose pages may call, with credentials. Compared exactly.
    pub allowed_origins: Vec<String>,
    /// Request headers that those pages may send.
    pub allowed_headers: Vec<String>,
    /// Cookies for pages of another site: `SameSite=None; Secure; Partitioned`.
    pub cross_site: bool,
    /// Folders to serve: path prefix and folder, e.g. `("/", "www")`.
    pub static_dirs: Vec<(String, PathBuf)>,
    /// `Content-Security-Policy` of served pages; `None` sends none. To `connect-src 'self'` the listed origins are added.
    pub csp: Option<String>,
    /// Signs access tokens, unless a client's settings say otherwise.
    pub algorithm: Algorithm,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of one refresh token; each rotation starts it anew.
    pub refresh_ttl: Duration,
    /// A family of refresh tokens ends this long after its login.
    pub family_ttl: Duration,
    /// A session ends after this long without a request.
    pub idle_ttl: Duration,
    /// A session ends this long after its login.
    pub absolute_ttl: Duration,
    /// How a node tells that a JWT was revoked before its end.
    pub revocation_check: RevocationCheck,
    /// How often a node reads the list of what was revoked, and the signing keys.
    pub revocation_interval: Duration,
    /// For this long a rotated refresh token gets its answer again, with the same `Idempotency-Key`.
    pub grace: Duration,
    /// Cost of a password hash.
    pub password_cost: PasswordCost,
}

impl Default for Config {
    fn default() -> Self {
        let policy = Policy::default();
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: None,
            store: StoreConfig::default(),
            issuer: None,
            faults: false,
            tls: None,
            mode: DefaultMode::default(),
            public_url: None,
            proxies: 0,
            limits: Limits::default(),
            allowed_origins: Vec::new(),
            allowed_headers: [
                "accept",
                "authorization",
                "content-type",
                "idempotency-key",
                "x-refresh-token",
                "x-requested-with",
                "x-xsrf-token",
            ]
            .map(str::to_owned)
            .to_vec(),
            cross_site: false,
            static_dirs: Vec::new(),
            csp: Some(STRICT_CSP.to_owned()),
            algorithm: policy.algorithm,
            access_ttl: policy.access_ttl,
            refresh_ttl: policy.refresh_ttl,
            family_ttl: policy.family_ttl,
            idle_ttl: policy.idle_ttl,
            absolute_ttl: policy.absolute_ttl,
            revocation_check: RevocationCheck::default(),
            revocation_interval: Duration::from_secs(2),
            grace: policy.grace,
            password_cost: PasswordCost::default(),
        }
    }
}

impl Config {
    /// How tokens and sessions are made.
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            algorithm: self.algorithm,
            access_ttl: self.access_ttl,
            refresh_ttl: self.refresh_ttl,
            family_ttl: self.family_ttl,
            idle_ttl: self.idle_ttl,
            absolute_ttl: self.absolute_ttl,
            grace: self.grace,
            ..Policy::default()
        }
    }

    /// Of a node that is found at `base_url`.
    pub(crate) fn backend(&self, base_url: &str) -> backend::Options {
        let public = || PublicUrl::parse(self.public_url.as_deref()?).ok();
        let issuer = self.issuer.clone();
        let issuer = issuer.or_else(|| public().map(|public| public.origin().to_owned()));
        backend::Options {
            database: self.database.clone(),
            store: self.store.clone(),
            issuer: issuer.unwrap_or_else(|| base_url.to_owned()),
            password_cost: self.password_cost,
            revocation_check: self.revocation_check,
            revocation_interval: self.revocation_interval,
        }
    }

    pub(crate) fn http(&self) -> std::io::Result<http::Options> {
        let public = self.public_url.as_deref().map(PublicUrl::parse);
        let invalid = |what| Error::new(ErrorKind::InvalidInput, what);
        Ok(http::Options {
            cookies: self.cookies(),
            mode: self.mode,
            public: public.transpose().map_err(invalid)?,
            proxies: self.proxies,
            origins: self.allowed_origins.clone(),
            headers: self.allowed_headers.clone(),
            static_dirs: self.static_dirs.clone(),
            csp: self.csp.clone(),
        })
    }

    pub(crate) fn cookies(&self) -> CookieStyle {
        let public = self.public_url.as_deref();
        let public = public.and_then(|url| PublicUrl::parse(url).ok());
        CookieStyle {
            tls: self.tls.is_some() || public.is_some_and(|public| public.is_secure()),
            cross_site: self.cross_site,
        }
    }
}

/// The policy that hallpass asks of a page, and nothing more: its own scripts, and WebAssembly.
pub const STRICT_CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";
