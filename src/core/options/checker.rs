//! The one place that checks options.

use crate::core::options::config::{
    Config, Csrf, CsrfSource, Endpoint, Endpoints, Mode, Stamp, StorageKind, Transport, UserSource,
};
use crate::core::options::fault::{Fault, Misconfigured};
use crate::core::options::given::Options;
use crate::core::options::origin::{Origin, Url, Urls, is_local};
use crate::core::port::error::AuthError;

/// A day: the longest `leeway` and `timeout` that can be meant.
const LONGEST_SECONDS: f64 = 86_400.0;

impl Options {
    /// Checks everything at once, with the platform's own URL parser.
    ///
    /// # Errors
    /// `config_invalid`, naming the first option that is wrong.
    pub fn check(self, urls: &dyn Urls) -> Result<Config, AuthError> {
        self.examine(urls).map_err(AuthError::from)
    }

    /// As [`Options::check`], for who words the error.
    ///
    /// # Errors
    /// The first option that is wrong.
    #[inline(never)]
    pub fn examine(self, urls: &dyn Urls) -> Result<Config, Misconfigured> {
        let mut checker = Checker {
            urls,
            mode: self.mode,
            base: Url::default(),
            listed: Vec::new(),
            error: None,
        };
        let config = checker.config(self);
        match checker.error {
            None => Ok(config),
            Some(error) => Err(error),
        }
    }
}

/// Checks on after an error, which is much smaller than to return at each place, and keeps the first.
struct Checker<'a> {
    urls: &'a dyn Urls,
    mode: Mode,
    base: Url,
    listed: Vec<Origin>,
    error: Option<Misconfigured>,
}

impl Checker<'_> {
    fn config(&mut self, options: Options) -> Config {
        let session = self.mode == Mode::Session;
        self.expect(
            (1..=128).contains(&options.key.len()),
            "key",
            Fault::KeyLength,
        );
        self.base(options.base_url.as_deref());
        self.listed(&options);
        let refresh = (!session).then_some("/auth/refresh");
        let endpoints = Endpoints {
            login: self.endpoint("endpoints.login", &options.login, Some("/auth/login")),
            logout: self.endpoint("endpoints.logout", &options.logout, Some("/auth/logout")),
            refresh: self.endpoint("endpoints.refresh", &options.refresh, refresh),
            me: self.endpoint("endpoints.me", &options.me, session.then_some("/auth/me")),
        };
        self.expect(
            !session || endpoints.me.is_some(),
            "endpoints.me",
            Fault::MeAbsent,
        );
        self.expect(
            self.mode != Mode::Hybrid || endpoints.refresh.is_some(),
            "endpoints.refresh",
            Fault::RefreshAbsent,
        );
        self.expect(
            is_field_name(&options.header),
            "header.name",
            Fault::FieldName,
        );
        self.expect(
            options.scheme.is_empty() || is_field_name(&options.scheme),
            "header.scheme",
            Fault::Scheme,
        );
        self.expect(
            options.user != UserSource::Me || endpoints.me.is_some(),
            "user",
            Fault::NoMe,
        );
        let usual_storage = if self.mode == Mode::Jwt {
            StorageKind::Memory
        } else {
            StorageKind::Local
        };
        Config {
            mode: self.mode,
            key: options.key,
            storage: options.storage.unwrap_or(usual_storage),
            fields: options.fields,
            user: options.user,
            transport: self.transport(options.transport),
            header: options.header,
            scheme: options.scheme,
            csrf: self.csrf(options.csrf),
            leeway_ms: self.milliseconds("leeway", options.leeway, 0.0),
            timeout_ms: self.milliseconds("timeout", options.timeout, 0.1),
            timeouts: options.timeouts.map(|timeout| {
                self.milliseconds("timeout", timeout.unwrap_or(options.timeout), 0.1)
            }),
            timed_refresh: options.timed_refresh,
            share_across_tabs: options.share_across_tabs,
            additions: options.additions,
            stamp: Stamp::default(),
            doubts_cookie: self.mode == Mode::Session
                && !self.is_on_page(endpoints.login.as_deref()),
            refuse_redirects: options.refuse_redirects,
            idempotency_key: options
                .idempotency_key
                .unwrap_or_else(|| self.is_on_page(endpoints.refresh.as_deref())),
            endpoints,
            base: options
                .base_url
                .is_some()
                .then(|| std::mem::take(&mut self.base.href)),
            listed: std::mem::take(&mut self.listed),
        }
    }

    fn base(&mut self, given: Option<&str>) {
        let page = if given.is_none() {
            self.urls.page()
        } else {
            None
        };
        let Some(text) = given.or(page.as_deref()) else {
            return self.fail("baseUrl", Fault::NoPage);
        };
        match self.urls.parse(text, None) {
            Some(url) if Origin::of(&url).is_some() => self.base = url,
            _ if given.is_none() => {
                self.fail("baseUrl", Fault::NoPageOrigin);
            }
            _ => self.fail("baseUrl", Fault::NotAbsolute),
        }
        self.no_userinfo("baseUrl", self.base.has_userinfo);
    }

    fn listed(&mut self, options: &Options) {
        let mut insecure = Vec::new();
        for given in &options.insecure_origins {
            if let Some((origin, _)) = self.plain_origin("insecureOrigins", given) {
                insecure.push(origin);
            }
        }
        if let Some(origin) = Origin::of(&self.base) {
            self.list("baseUrl", (origin, is_bare(&self.base)), &insecure);
        }
        for given in &options.origins {
            if let Some(listed) = self.plain_origin("origins", given) {
                self.list("origins", listed, &insecure);
            }
        }
    }

    fn list(
        &mut self,
        option: &'static str,
        (origin, is_bare): (Origin, bool),
        insecure: &[Origin],
    ) {
        self.expect(
            !is_bare || self.mode == Mode::Session || insecure.contains(&origin),
            option,
            Fault::PlainHttp,
        );
        self.listed.push(origin);
    }

    /// An origin and nothing more: a path would look as if it limited something. And whether [it is bare](is_bare).
    fn plain_origin(&mut self, option: &'static str, given: &str) -> Option<(Origin, bool)> {
        let url = self.urls.parse(given, None);
        let found = url.and_then(|url| {
            let origin = Origin::of(&url)?;
            // URL parsers take `*` in a host, Chromium's as `%2A`. No host has either.
            let is_plain = !url.has_userinfo
                && !url.hostname.bytes().any(|byte| matches!(byte, b'*' | b'%'))
                && url.href.strip_prefix(origin.as_str()) == Some("/");
            is_plain.then_some((origin, is_bare(&url)))
        });
        self.expect(found.is_some(), option, Fault::NotAnOrigin);
        found
    }

    fn endpoint(
        &mut self,
        option: &'static str,
        given: &Endpoint,
        usual: Option<&str>,
    ) -> Option<String> {
        let url = match given {
            Endpoint::Absent => None,
            Endpoint::At(url) => Some(url.as_str()),
            Endpoint::Usual => usual,
        };
        url.map(|url| self.resolve(option, url))
    }

    fn resolve(&mut self, option: &'static str, given: &str) -> String {
        let Some(url) = self.urls.parse(given, Some(&self.base.href)) else {
            self.fail(option, Fault::NotAUrl);
            return String::new();
        };
        let is_listed = Origin::of(&url).is_some_and(|origin| self.listed.contains(&origin));
        self.expect(is_listed, option, Fault::NotListed);
        self.no_userinfo(option, url.has_userinfo);
        url.href
    }

    fn transport(&mut self, given: Option<Transport>) -> Transport {
        let is_cookie_only = self.mode != Mode::Jwt;
        let transport = given.unwrap_or_else(|| {
            if is_cookie_only {
                Transport::Cookie
            } else {
                Transport::Json {
                    name: "refresh_token".into(),
                    params: Vec::new(),
                }
            }
        });
        self.expect(
            !is_cookie_only || matches!(transport, Transport::Cookie),
            "refreshToken.in",
            Fault::CookieOnly,
        );
        if let Transport::Header { name } = &transport {
            self.expect(is_field_name(name), "refreshToken.name", Fault::FieldName);
        }
        transport
    }

    fn csrf(&mut self, given: Option<Option<(CsrfSource, String)>>) -> Option<Csrf> {
        let usual = || {
            let usual = (
                CsrfSource::Cookie("XSRF-TOKEN".into()),
                String::from("X-XSRF-TOKEN"),
            );
            (self.mode != Mode::Jwt).then_some(usual)
        };
        let (mut source, header) = given.unwrap_or_else(usual)?;
        self.expect(is_field_name(&header), "csrf.header", Fault::FieldName);
        match &mut source {
            CsrfSource::Endpoint { url, .. } => *url = self.resolve("csrf.endpoint", url),
            CsrfSource::Cookie(text) => self.not_empty("csrf.cookie", text),
            CsrfSource::Meta(text) => self.not_empty("csrf.meta", text),
            CsrfSource::Value(text) => self.not_empty("csrf.value", text),
            CsrfSource::ResponseHeader(name) => {
                self.expect(is_field_name(name), "csrf.responseHeader", Fault::FieldName);
            }
        }
        Some(Csrf { source, header })
    }

    fn not_empty(&mut self, option: &'static str, text: &str) {
        self.expect(!text.is_empty(), option, Fault::Empty);
    }

    // In range, and a part of a millisecond does not matter. What is not a number is not in range.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn milliseconds(&mut self, option: &'static str, seconds: f64, least: f64) -> u32 {
        self.expect(
            (least..=LONGEST_SECONDS).contains(&seconds),
            option,
            Fault::Seconds,
        );
        (seconds * 1_000.0) as u32
    }

    fn is_on_page(&self, url: Option<&str>) -> bool {
        let origin = |url: &str| self.urls.parse(url, None).and_then(|url| Origin::of(&url));
        let page = self.urls.page().and_then(|page| origin(&page));
        page.is_some() && page == url.and_then(origin)
    }

    fn no_userinfo(&mut self, option: &'static str, has_userinfo: bool) {
        self.expect(!has_userinfo, option, Fault::Userinfo);
    }

    fn expect(&mut self, holds: bool, option: &'static str, otherwise: Fault) {
        if !holds {
            self.fail(option, otherwise);
        }
    }

    #[inline(never)]
    fn fail(&mut self, option: &'static str, fault: Fault) {
        if self.error.is_none() {
            self.error = Some(Misconfigured { option, fault });
        }
    }
}

/// Whether what is sent there can be read on the way.
fn is_bare(url: &Url) -> bool {
    url.protocol == "http:" && !is_local(&url.hostname)
}

/// RFC 9110 §5.6.2 `token`.
fn is_field_name(name: &str) -> bool {
    let is_token = |byte: u8| {
        byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'"' | b'(' | b')' | b',' | b'/' | b':'..=b'@' | b'[' | b'\\' | b']' | b'{' | b'}'
            )
    };
    !name.is_empty() && name.bytes().all(is_token)
}
