//! The cookies: their names, attributes and paths.

use std::time::Duration;

use axum::http::header::{self, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Response};

use crate::backend::Tenant;
use crate::http::error::{ApiError, internal};

/// How cookies are set here.
#[derive(Clone, Copy)]
pub(crate) struct CookieStyle {
    /// Pages come by TLS, of this server or of a proxy before it.
    pub(crate) tls: bool,
    /// Pages are of another site.
    pub(crate) cross_site: bool,
}

/// Which cookie.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The session id.
    Session,
    /// The refresh token of hybrid mode; it goes to endpoints of `/auth` only.
    Refresh,
    /// The CSRF token, for the page's script to read.
    Csrf,
}

impl CookieStyle {
    /// The name. A browser takes `__Host-` with the path `/` only; a tenant with a prefix has another path.
    pub(crate) fn name(self, kind: Kind, tenant: &Tenant) -> &'static str {
        match (kind, self.tls, tenant.prefix().is_empty()) {
            (Kind::Session, true, true) => "__Host-hallpass_session",
            (Kind::Session, true, false) => "__Secure-hallpass_session",
            (Kind::Session, false, _) => "hallpass_session",
            (Kind::Refresh, true, _) => "__Secure-hallpass_refresh",
            (Kind::Refresh, false, _) => "hallpass_refresh",
            (Kind::Csrf, ..) => "XSRF-TOKEN",
        }
    }

    pub(crate) fn set(
        self,
        kind: Kind,
        tenant: &Tenant,
        value: &str,
        life: Duration,
    ) -> Result<HeaderValue, ApiError> {
        self.header(kind, tenant, value, life)
    }

    pub(crate) fn clear(self, kind: Kind, tenant: &Tenant) -> Result<HeaderValue, ApiError> {
        self.header(kind, tenant, "", Duration::ZERO)
    }

    pub(crate) fn read(self, kind: Kind, tenant: &Tenant, headers: &HeaderMap) -> Option<String> {
        let wanted = self.name(kind, tenant);
        pairs(headers)
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    }

    /// The answer to who is signed out: the cookies of the credentials and of their CSRF token go.
    pub(crate) fn signed_out(
        self,
        credentials: &[Kind],
        tenant: &Tenant,
    ) -> Result<Response, ApiError> {
        let kinds = credentials.iter().chain([&Kind::Csrf]);
        let cookies = kinds.map(|kind| Ok((SET_COOKIE, self.clear(*kind, tenant)?)));
        let cookies: Vec<_> = cookies.collect::<Result<_, ApiError>>()?;
        Ok((StatusCode::NO_CONTENT, AppendHeaders(cookies)).into_response())
    }

    fn header(
        self,
        kind: Kind,
        tenant: &Tenant,
        value: &str,
        life: Duration,
    ) -> Result<HeaderValue, ApiError> {
        let same_site = match kind {
            _ if self.cross_site => "None",
            Kind::Refresh => "Strict",
            Kind::Session | Kind::Csrf => "Lax",
        };
        let path = match kind {
            Kind::Refresh => format!("{}/auth", tenant.prefix()),
            Kind::Session | Kind::Csrf if tenant.prefix().is_empty() => "/".to_owned(),
            Kind::Session | Kind::Csrf => tenant.prefix().to_owned(),
        };
        let name = self.name(kind, tenant);
        let max_age = life.as_secs();
        // Neither name, value nor path has a character that would need quoting: they are ours.
        let mut cookie =
            format!("{name}={value}; SameSite={same_site}; Path={path}; Max-Age={max_age}");
        if !matches!(kind, Kind::Csrf) {
            cookie.push_str("; HttpOnly");
        }
        if self.tls || self.cross_site {
            cookie.push_str("; Secure");
        }
        // Browsers that block cookies of other sites let those pass that belong to the page's site only (CHIPS).
        if self.cross_site {
            cookie.push_str("; Partitioned");
        }
        HeaderValue::try_from(cookie).map_err(internal)
    }
}

/// All cookies of a request, as name and value.
pub(crate) fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> + '_ {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, _)| !name.is_empty())
}
