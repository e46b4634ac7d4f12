//! The options as the engine has them, and as the files of the npm package do.

use wasm_bindgen::JsValue;

use super::{Header, Options, Storage};
use crate::client::members::{Members, texts};
use crate::core::{self, Fields, Mode, StorageKind, Transport};

/// What comes of an app's options.
pub(in crate::client) struct Lowered {
    /// For the engine.
    pub(in crate::client) core: core::Options,
    /// For the files that are loaded beside it, as an app in JavaScript gives them.
    pub(in crate::client) given: JsValue,
    /// Requests or answers are not as the engine has them.
    pub(in crate::client) is_translated: bool,
    /// A header is named that browsers may keep to themselves.
    pub(in crate::client) names_headers: bool,
    /// The header of answers that brings the CSRF token.
    pub(in crate::client) token_header: JsValue,
    pub(in crate::client) is_signed_out: JsValue,
}

impl Options {
    pub(in crate::client) fn lowered(&self) -> Lowered {
        let is_translated = self.is_translated();
        let csrf = self.csrf.as_ref();
        Lowered {
            core: self.core(is_translated),
            given: self.given(),
            is_translated,
            names_headers: self.names_headers(),
            token_header: csrf.map_or(JsValue::UNDEFINED, super::Csrf::token_header),
            is_signed_out: self
                .is_signed_out
                .as_ref()
                .map_or(JsValue::UNDEFINED, JsValue::from),
        }
    }

    fn is_translated(&self) -> bool {
        self.headers.are_given()
            || self.means.is_some()
            || self.fetch.is_some()
            || self.fields.need_translator()
            || self
                .csrf
                .as_ref()
                .is_some_and(super::Csrf::needs_translator)
            || self
                .endpoints
                .each()
                .iter()
                .any(|(_, one)| one.has_contract())
    }

    /// Others than the usual ones, of which it is known that they may be set and read.
    fn names_headers(&self) -> bool {
        let is_named = self.header.name.is_some() || self.refresh_token.is_some();
        is_named || self.csrf.is_some()
    }

    fn core(&self, is_translated: bool) -> core::Options {
        let mut options = core::Options::new(self.mode);
        if let Some(key) = &self.key {
            options.key.clone_from(key);
        }
        options.base_url.clone_from(&self.base_url);
        let [login, logout, refresh, me] = self.endpoints.each().map(|(_, one)| one.lowered());
        (options.login, options.logout) = (login, logout);
        (options.refresh, options.me) = (refresh, me);
        options.timeouts = self
            .endpoints
            .each()
            .map(|(_, one)| one.timeout_in_seconds());
        options.origins.clone_from(&self.origins);
        options.insecure_origins.clone_from(&self.insecure_origins);
        options.fields = self.core_fields(is_translated);
        options.user = self.user.unwrap_or_default();
        let Header { name, scheme } = self.header.clone();
        options.header = name.unwrap_or(options.header);
        options.scheme = scheme.unwrap_or(options.scheme);
        options.refuse_redirects = self.refuse_redirects;
        options.transport = self
            .refresh_token
            .as_ref()
            .map(super::RefreshToken::lowered);
        options.csrf = self.csrf.as_ref().map(super::Csrf::lowered);
        options.storage = self.storage.as_ref().map(|storage| match storage {
            Storage::Memory => StorageKind::Memory,
            Storage::Session => StorageKind::Session,
            Storage::Local | Storage::Sealed => StorageKind::Local,
            Storage::Own(_) => StorageKind::Custom,
        });
        options.leeway = self.leeway.unwrap_or(options.leeway);
        options.timeout = self.timeout.unwrap_or(options.timeout);
        options.timed_refresh = self.timed_refresh;
        options.share_across_tabs = self.share_across_tabs;
        options.idempotency_key = self.idempotency_key;
        options.additions = self.additions();
        options
    }

    /// A translator gives the answers the engine's own names.
    fn core_fields(&self, is_translated: bool) -> Fields {
        let plain = |path: &Option<super::AnswerPath>| path.as_ref()?.plain();
        let mut fields = Fields {
            subject: plain(&self.fields.subject),
            ..Fields::default()
        };
        if !is_translated {
            fields.access_token = plain(&self.fields.access_token);
            fields.refresh_token = plain(&self.fields.refresh_token);
            fields.expires_in = plain(&self.fields.expires_in);
            fields.expires_at = plain(&self.fields.expires_at);
            fields.user = plain(&self.fields.user);
        }
        fields
    }

    /// Clients of one key agree in what seals and what verifies.
    fn additions(&self) -> Option<String> {
        let is_sealed = matches!(self.storage, Some(Storage::Sealed));
        if !is_sealed && self.verify.is_none() {
            return None;
        }
        let verify = self.verify.as_ref().map(super::Verify::object);
        let verify = verify.and_then(|verify| js_sys::JSON::stringify(&verify).ok()?.as_string());
        let sealed = if is_sealed { "sealed " } else { "" };
        Some([sealed, verify.as_deref().unwrap_or_default()].concat())
    }

    fn given(&self) -> JsValue {
        let mut given = Members::default();
        given.set(
            "mode",
            match self.mode {
                Mode::Session => "session",
                Mode::Jwt => "jwt",
                Mode::Hybrid => "hybrid",
            },
        );
        let text = |text: &Option<String>| text.as_ref().map_or(JsValue::UNDEFINED, JsValue::from);
        given.set("baseUrl", text(&self.base_url));
        given.set("insecureOrigins", texts(&self.insecure_origins));
        let mut endpoints = Members::default();
        for (name, endpoint) in self.endpoints.each() {
            endpoints.set(name, endpoint.value());
        }
        given.set("endpoints", endpoints.object());
        given.set("fields", self.fields.object());
        given.set("headers", self.headers.value());
        let value = |means: &super::Means| means.value();
        given.set(
            "means",
            self.means.as_ref().map_or(JsValue::UNDEFINED, value),
        );
        let value = |fetch: &super::Fetch| fetch.value();
        given.set(
            "fetch",
            self.fetch.as_ref().map_or(JsValue::UNDEFINED, value),
        );
        given.set("fetchCalls", self.fetch_calls && self.fetch.is_some());
        let mut header = Members::default();
        header.set("name", text(&self.header.name));
        header.set("scheme", text(&self.header.scheme));
        given.set("header", header.object());
        let object = |one: &super::RefreshToken| one.object();
        let refresh_token = self.refresh_token.as_ref();
        given.set(
            "refreshToken",
            refresh_token.map_or(JsValue::UNDEFINED, object),
        );
        let csrf = self.csrf.as_ref();
        given.set("csrf", csrf.map_or(JsValue::UNDEFINED, super::Csrf::object));
        let storage = self
            .storage
            .as_ref()
            .map_or(JsValue::UNDEFINED, |storage| match storage {
                Storage::Memory => "memory".into(),
                Storage::Session => "session".into(),
                Storage::Local => "local".into(),
                Storage::Sealed => "sealed".into(),
                Storage::Own(store) => store.into(),
            });
        given.set("storage", storage);
        let verify = self.verify.as_ref();
        given.set(
            "verify",
            verify.map_or(JsValue::UNDEFINED, super::Verify::object),
        );
        given.object()
    }
}

impl Lowered {
    /// No token that the page holds goes to the refresh endpoint: a cookie renews.
    pub(in crate::client) fn renew_by_cookie(&mut self) {
        self.core.transport = Some(Transport::Cookie);
    }
}
