//! What a backend is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::Memory;
use crate::tls::Tls;

/// How a backend is set up. Start from [`Config::default`] and change what differs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The SQLite file; `None` keeps it in memory.
    pub database: Option<PathBuf>,
    /// Where sessions, tokens, keys and users lie. Nodes with one store are one backend.
    pub store: StoreConfig,
    /// `iss` of access tokens, without a slash at the end; `None`: where this node is. Nodes with one store need one.
    pub issuer: Option<String>,
    /// Serves `/_faults`, where anybody may break the backend. For tests and the demo only.
    pub faults: bool,
    /// Serves `https` in place of `http`; with the feature `tls`.
    pub tls: Option<Tls>,
    /// Other origins whose pages may call, with credentials. Compared exactly.
    pub allowed_origins: Vec<String>,
    /// Request headers that those pages may send.
    pub allowed_headers: Vec<String>,
    /// Cookies for pages of another site: `SameSite=None; Secure; Partitioned`.
    pub cross_site: bool,
    /// Folders to serve: path prefix and folder, e.g. `("/", "www")`.
    pub static_dirs: Vec<(String, PathBuf)>,
    /// `Content-Security-Policy` of served HTML; `None` sends none.
    pub csp: Option<String>,
    /// Signs access tokens, unless a client's settings say otherwise.
    pub algorithm: Algorithm,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of one refresh token; each rotation starts it anew.
    pub refresh_ttl: Duration,
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
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            database: None,
            store: StoreConfig::default(),
            issuer: None,
            faults: false,
            tls: None,
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
            algorithm: Algorithm::ES256,
            access_ttl: Duration::from_secs(5 * 60),
            refresh_ttl: Duration::from_secs(14 * 24 * 3600),
            idle_ttl: Duration::from_secs(30 * 60),
            absolute_ttl: Duration::from_secs(12 * 3600),
            revocation_check: RevocationCheck::default(),
            revocation_interval: Duration::from_secs(2),
            grace: Duration::from_secs(30),
            password_cost: PasswordCost::default(),
        }
    }
}

/// Where a node keeps what other nodes have to know.
#[derive(Clone, Default)]
pub enum StoreConfig {
    /// In [`Config::database`].
    #[default]
    Sqlite,
    /// In memory; nodes of one process may share it.
    Memory(Memory),
    /// In Redis, at a URL `redis://…`, with the feature `redis`. One Redis with its replicas, no cluster.
    Redis(String),
}

impl std::fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "Sqlite",
            Self::Memory(_) => "Memory",
            // Its URL may hold a password.
            Self::Redis(_) => "Redis",
        })
    }
}

impl std::str::FromStr for StoreConfig {
    type Err = String;

    /// `sqlite`, `memory` or `redis://…`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "memory" => Ok(Self::Memory(Memory::default())),
            url if url.starts_with("redis://") => Ok(Self::Redis(url.to_owned())),
            _ => Err("the store is none of sqlite, sqlite:FILE, memory, redis://…".to_owned()),
        }
    }
}

/// Where a node looks whether a JWT, or the family that it is of, was revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationCheck {
    /// In the store, for each request: what was revoked is refused at once.
    #[default]
    Store,
    /// In the list that the node reads every [`Config::revocation_interval`]: no request asks the store. While the list is too
    /// old, or may not be whole, the store is asked.
    List,
}

impl std::str::FromStr for RevocationCheck {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "store" => Ok(Self::Store),
            "list" => Ok(Self::List),
            _ => Err(format!("{name:?} is none of store, list")),
        }
    }
}

/// The policy that hallpass asks of a page, and nothing more: its own scripts, and WebAssembly.
pub const STRICT_CSP: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src *; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

/// How an access token is signed (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(clippy::upper_case_acronyms, reason = "the registered names")]
pub enum Algorithm {
    /// ECDSA on P-256.
    ES256,
    /// RSASSA-PKCS1-v1_5, 2048 bits.
    RS256,
    /// Ed25519.
    EdDSA,
    /// HMAC; its key never appears in the JWKS.
    HS256,
}

impl std::str::FromStr for Algorithm {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "ES256" => Ok(Self::ES256),
            "RS256" => Ok(Self::RS256),
            "EdDSA" => Ok(Self::EdDSA),
            "HS256" => Ok(Self::HS256),
            _ => Err(format!("{name:?} is none of ES256, RS256, EdDSA, HS256")),
        }
    }
}

/// Cost of an argon2id hash (RFC 9106 §3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8.
    pub memory_kib: u32,
    /// Passes over that memory, at least 1.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// What OWASP asks for argon2id: 19 MiB, two passes.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

impl PasswordCost {
    /// As cheap as argon2id gets. For tests.
    pub const TESTS: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}
