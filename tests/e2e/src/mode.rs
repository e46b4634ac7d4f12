//! The ways to keep somebody signed in that a test is run for.

/// A mode, and in `jwt` mode the storage too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `session`.
    Session,
    /// `jwt`, kept in `localStorage`.
    JwtLocal,
    /// `jwt`, kept in `sessionStorage`.
    JwtSession,
    /// `jwt`, kept in `localStorage`, encrypted.
    JwtSealed,
    /// `jwt`, kept in the page.
    JwtMemory,
    /// `hybrid`.
    Hybrid,
}

impl Mode {
    /// Each mode once.
    pub const ALL: &'static [Self] = &[Self::Session, Self::JwtLocal, Self::Hybrid];
    /// Each mode with each storage.
    pub const EVERY_STORAGE: &'static [Self] = &[
        Self::Session,
        Self::JwtLocal,
        Self::JwtSession,
        Self::JwtSealed,
        Self::JwtMemory,
        Self::Hybrid,
    ];
    /// Once by cookie, once by token.
    pub const EITHER: &'static [Self] = &[Self::Session, Self::JwtLocal];
    /// Where the browser keeps the session.
    pub const BY_COOKIE: &'static [Self] = &[Self::Session, Self::Hybrid];
    /// Those with a token that can be renewed.
    pub const RENEWABLE: &'static [Self] = &[Self::JwtLocal, Self::Hybrid];
    /// Those with a token that can be renewed, with each storage.
    pub const RENEWABLE_EVERY_STORAGE: &'static [Self] = &[
        Self::JwtLocal,
        Self::JwtSession,
        Self::JwtSealed,
        Self::JwtMemory,
        Self::Hybrid,
    ];
    /// Each mode with each storage of the crate.
    pub const OF_THE_CRATE: &'static [Self] = &[
        Self::Session,
        Self::JwtLocal,
        Self::JwtSession,
        Self::JwtMemory,
        Self::Hybrid,
    ];
    /// Where tokens are encrypted.
    pub const SEALED: &'static [Self] = &[Self::JwtSealed];
    /// Where a mode makes no difference.
    pub const JWT: &'static [Self] = &[Self::JwtLocal];
    /// Where cookies matter.
    pub const SESSION: &'static [Self] = &[Self::Session];
    /// Where both matter.
    pub const HYBRID: &'static [Self] = &[Self::Hybrid];

    /// The option `mode`, and a storage if it is not the default: `jwt-local`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::JwtLocal => "jwt-local",
            Self::JwtSession => "jwt-session",
            Self::JwtSealed => "jwt-sealed",
            Self::JwtMemory => "jwt-memory",
            Self::Hybrid => "hybrid",
        }
    }

    /// The option `mode`, which is also the segment in the backend's paths.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::JwtLocal | Self::JwtSession | Self::JwtSealed | Self::JwtMemory => "jwt",
            Self::Hybrid => "hybrid",
        }
    }

    /// The option `storage`, where there is a choice.
    pub fn storage(self) -> Option<&'static str> {
        self.name().split_once('-').map(|(_, storage)| storage)
    }

    /// Whether the session is there again after a reload.
    pub fn survives_reload(self) -> bool {
        self != Self::JwtMemory
    }

    /// `/api/<kind>/orders`.
    pub fn orders(self) -> String {
        format!("/api/{}/orders", self.kind())
    }

    /// `/api/<kind>/echo`.
    pub fn echo(self) -> String {
        format!("/api/{}/echo", self.kind())
    }

    /// `/auth/<kind>/<name>`.
    pub fn auth(self, name: &str) -> String {
        format!("/auth/{}/{name}", self.kind())
    }
}
