//! Reads the options object. What is read here is only the kind of each value; `Options::check` does the rest.

use std::pin::Pin;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::browser::scope::{member, string_of};
use crate::client::{CustomStore, Hooks, StoreFuture};
use crate::core::{AuthError, CsrfSource, Endpoint, Mode, Options, StorageKind, Transport};

type Read<T> = Result<T, AuthError>;

const KNOWN: [&str; 16] = [
    "mode",
    "key",
    "baseUrl",
    "endpoints",
    "origins",
    "insecureOrigins",
    "storage",
    "fields",
    "refreshToken",
    "header",
    "csrf",
    "leeway",
    "timeout",
    "timedRefresh",
    "idempotencyKey",
    "isSignedOut",
];

pub(super) fn read_options(given: &JsValue) -> Read<(Options, Hooks)> {
    if !given.is_object() {
        return Err(AuthError::config(
            "options",
            "must be an object with at least mode",
        ));
    }
    only_known("options", given, &KNOWN)?;
    let mode = match string(given, "mode", "mode")?.as_deref() {
        Some("session") => Mode::Session,
        Some("jwt") => Mode::Jwt,
        Some("hybrid") => Mode::Hybrid,
        _ => {
            return Err(AuthError::config(
                "mode",
                "must be \"session\", \"jwt\" or \"hybrid\"",
            ));
        }
    };
    let mut options = Options::new(mode);
    let mut hooks = Hooks::default();
    if let Some(key) = string(given, "key", "key")? {
        options.key = key;
    }
    options.base_url = base_url(given)?;
    read_endpoints(
        &section(given, "endpoints", &["login", "logout", "refresh", "me"])?,
        &mut options,
    )?;
    options.origins = strings(given, "origins")?;
    options.insecure_origins = strings(given, "insecureOrigins")?;
    read_storage(given, &mut options, &mut hooks)?;
    read_fields(
        &section(
            given,
            "fields",
            &[
                "accessToken",
                "refreshToken",
                "expiresIn",
                "expiresAt",
                "user",
            ],
        )?,
        &mut options,
    )?;
    options.transport =
        read_transport(&section(given, "refreshToken", &["in", "name", "params"])?)?;
    let header = section(given, "header", &["name", "scheme"])?;
    if let Some(name) = string(&header, "name", "header.name")? {
        options.header = name;
    }
    if let Some(scheme) = string(&header, "scheme", "header.scheme")? {
        options.scheme = scheme;
    }
    options.csrf = read_csrf(given)?;
    if let Some(leeway) = number(given, "leeway")? {
        options.leeway = leeway;
    }
    if let Some(timeout) = number(given, "timeout")? {
        options.timeout = timeout;
    }
    if let Some(timed) = boolean(given, "timedRefresh")? {
        options.timed_refresh = timed;
    }
    options.idempotency_key = boolean(given, "idempotencyKey")?;
    hooks.is_signed_out = match given_member(given, "isSignedOut") {
        None => None,
        Some(rule) => Some(
            rule.dyn_into::<Function>()
                .map_err(|rule| wrong("isSignedOut", &rule, "a function"))?,
        ),
    };
    Ok((options, hooks))
}

fn base_url(given: &JsValue) -> Read<Option<String>> {
    match given_member(given, "baseUrl") {
        Some(url) if url.is_instance_of::<web_sys::Url>() => {
            Ok(string_of(&url).ok().map(String::from))
        }
        _ => string(given, "baseUrl", "baseUrl"),
    }
}

fn read_endpoints(given: &JsValue, options: &mut Options) -> Read<()> {
    let read = |name, option| match given_member(given, name) {
        None => Ok(Endpoint::Usual),
        Some(value) if value == false => Ok(Endpoint::Absent),
        Some(value) => match value.as_string() {
            Some(url) => Ok(Endpoint::At(url)),
            None => Err(wrong(option, &value, "a string, or false")),
        },
    };
    options.login = read("login", "endpoints.login")?;
    options.logout = read("logout", "endpoints.logout")?;
    options.refresh = read("refresh", "endpoints.refresh")?;
    options.me = read("me", "endpoints.me")?;
    Ok(())
}

fn read_fields(given: &JsValue, options: &mut Options) -> Read<()> {
    let fields = &mut options.fields;
    fields.access_token = string(given, "accessToken", "fields.accessToken")?;
    fields.refresh_token = string(given, "refreshToken", "fields.refreshToken")?;
    fields.expires_in = string(given, "expiresIn", "fields.expiresIn")?;
    fields.expires_at = string(given, "expiresAt", "fields.expiresAt")?;
    fields.user = string(given, "user", "fields.user")?;
    Ok(())
}

fn read_storage(given: &JsValue, options: &mut Options, hooks: &mut Hooks) -> Read<()> {
    let Some(storage) = given_member(given, "storage") else {
        return Ok(());
    };
    options.storage = Some(match storage.as_string().as_deref() {
        Some("memory") => StorageKind::Memory,
        Some("session") => StorageKind::Session,
        Some("local") => StorageKind::Local,
        Some(_) => {
            return Err(AuthError::config(
                "storage",
                "must be \"memory\", \"session\", \"local\" or a store",
            ));
        }
        None => {
            hooks.store = Some(Rc::new(JsStore::read(&storage)?));
            StorageKind::Custom
        }
    });
    Ok(())
}

fn read_transport(given: &JsValue) -> Read<Option<Transport>> {
    if given.is_undefined() {
        return Ok(None);
    }
    let name = string(given, "name", "refreshToken.name")?;
    let name_or = |usual: &str| name.clone().unwrap_or_else(|| usual.into());
    let params = || params(given);
    match string(given, "in", "refreshToken.in")?.as_deref() {
        Some("json") => Ok(Some(Transport::Json {
            name: name_or("refresh_token"),
            params: params()?,
        })),
        Some("form") => Ok(Some(Transport::Form {
            name: name_or("refresh_token"),
            params: params()?,
        })),
        Some("cookie") => Ok(Some(Transport::Cookie)),
        Some("header") => Ok(Some(Transport::Header {
            name: name_or("X-Refresh-Token"),
        })),
        _ => Err(AuthError::config(
            "refreshToken.in",
            "must be \"json\", \"form\", \"cookie\" or \"header\"",
        )),
    }
}

fn params(given: &JsValue) -> Read<Vec<(String, String)>> {
    let Some(params) = given_member(given, "params") else {
        return Ok(Vec::new());
    };
    if !params.is_object() {
        return Err(wrong(
            "refreshToken.params",
            &params,
            "an object of strings",
        ));
    }
    let entries = Object::entries(params.unchecked_ref::<Object>());
    entries
        .iter()
        .map(|entry| {
            let entry: Array = entry.unchecked_into();
            let (name, value) = (entry.get(0), entry.get(1));
            match (name.as_string(), value.as_string()) {
                (Some(name), Some(value)) => Ok((name, value)),
                _ => Err(wrong("refreshToken.params", &value, "an object of strings")),
            }
        })
        .collect()
}

fn read_csrf(given: &JsValue) -> Read<Option<Option<(CsrfSource, String)>>> {
    match given_member(given, "csrf") {
        None => return Ok(None),
        Some(csrf) if csrf == false => return Ok(Some(None)),
        Some(_) => {}
    }
    let csrf = section(
        given,
        "csrf",
        &["cookie", "endpoint", "meta", "field", "header"],
    )?;
    let cookie = string(&csrf, "cookie", "csrf.cookie")?;
    let endpoint = string(&csrf, "endpoint", "csrf.endpoint")?;
    let meta = string(&csrf, "meta", "csrf.meta")?;
    let field = string(&csrf, "field", "csrf.field")?;
    let source = match (cookie, endpoint, meta) {
        (Some(cookie), None, None) => CsrfSource::Cookie(cookie),
        (None, Some(url), None) => CsrfSource::Endpoint { url, field },
        (None, None, Some(meta)) => CsrfSource::Meta(meta),
        _ => {
            return Err(AuthError::config(
                "csrf",
                "must have exactly one of cookie, endpoint and meta, or be false",
            ));
        }
    };
    let usual = match source {
        CsrfSource::Cookie(_) => "X-XSRF-TOKEN",
        CsrfSource::Endpoint { .. } | CsrfSource::Meta(_) => "X-CSRF-Token",
    };
    let header = string(&csrf, "header", "csrf.header")?;
    Ok(Some(Some((source, header.unwrap_or_else(|| usual.into())))))
}

// One value of one kind.

/// `None`: not given, as `undefined` is not.
fn given_member(given: &JsValue, name: &str) -> Option<JsValue> {
    let value = member(given, name);
    (!value.is_undefined()).then_some(value)
}

/// A nested object; `undefined` if it is not given.
fn section(given: &JsValue, name: &'static str, known: &[&str]) -> Read<JsValue> {
    match given_member(given, name) {
        None => Ok(JsValue::UNDEFINED),
        Some(value) if value.is_object() => {
            only_known(name, &value, known)?;
            Ok(value)
        }
        Some(value) => Err(wrong(name, &value, "an object")),
    }
}

/// A misspelt option is worse than a missing one.
fn only_known(option: &'static str, given: &JsValue, known: &[&str]) -> Read<()> {
    let unknown = Object::keys(given.unchecked_ref::<Object>())
        .iter()
        .filter_map(|key| key.as_string())
        .find(|key| !known.contains(&key.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => Err(AuthError::config(
            option,
            &["has no member \"", &key, "\""].concat(),
        )),
    }
}

fn string(given: &JsValue, name: &str, option: &'static str) -> Read<Option<String>> {
    match given_member(given, name) {
        None => Ok(None),
        Some(value) => value
            .as_string()
            .map(Some)
            .ok_or_else(|| wrong(option, &value, "a string")),
    }
}

fn number(given: &JsValue, option: &'static str) -> Read<Option<f64>> {
    match given_member(given, option) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .map(Some)
            .ok_or_else(|| wrong(option, &value, "a number of seconds")),
    }
}

fn boolean(given: &JsValue, option: &'static str) -> Read<Option<bool>> {
    match given_member(given, option) {
        None => Ok(None),
        Some(value) => value
            .as_bool()
            .map(Some)
            .ok_or_else(|| wrong(option, &value, "a boolean")),
    }
}

fn strings(given: &JsValue, option: &'static str) -> Read<Vec<String>> {
    let Some(value) = given_member(given, option) else {
        return Ok(Vec::new());
    };
    if !Array::is_array(&value) {
        return Err(wrong(option, &value, "an array of strings"));
    }
    let members: Array = value.unchecked_into();
    members
        .iter()
        .map(|member| {
            member
                .as_string()
                .ok_or_else(|| wrong(option, &member, "an array of strings"))
        })
        .collect()
}

/// The value itself is not shown: it may be a secret in the wrong place.
fn wrong(option: &'static str, value: &JsValue, allowed: &str) -> AuthError {
    let kind = if value.is_null() {
        "null".into()
    } else {
        value.js_typeof().as_string().unwrap_or_default()
    };
    AuthError::config(
        option,
        &["is of kind ", &kind, "; must be ", allowed].concat(),
    )
}

/// The app's own store, as a JavaScript object.
struct JsStore {
    object: JsValue,
    get: Function,
    set: Function,
    remove: Function,
}

impl JsStore {
    fn read(object: &JsValue) -> Read<JsStore> {
        let method = |name| {
            Reflect::get(object, &JsValue::from_str(name))
                .ok()
                .and_then(|method| method.dyn_into::<Function>().ok())
                .ok_or_else(|| {
                    AuthError::config("storage", "must be \"memory\", \"session\", \"local\", or an object with the methods get, set and remove")
                })
        };
        Ok(JsStore {
            get: method("get")?,
            set: method("set")?,
            remove: method("remove")?,
            object: object.clone(),
        })
    }
}

impl CustomStore for JsStore {
    fn get(&self, key: &str) -> StoreFuture<Option<String>> {
        let read = wait(self.get.call1(&self.object, &key.into()));
        Box::pin(async move {
            let value = read.await?;
            if value.is_null() || value.is_undefined() {
                return Ok(None);
            }
            value.as_string().map(Some).ok_or(())
        })
    }

    fn set(&self, key: &str, value: &str) -> StoreFuture<()> {
        let written = wait(self.set.call2(&self.object, &key.into(), &value.into()));
        Box::pin(async move { written.await.map(drop) })
    }

    fn remove(&self, key: &str) -> StoreFuture<()> {
        let removed = wait(self.remove.call1(&self.object, &key.into()));
        Box::pin(async move { removed.await.map(drop) })
    }
}

/// A method may answer at once or by a promise.
fn wait(answer: Result<JsValue, JsValue>) -> Pin<Box<dyn Future<Output = Result<JsValue, ()>>>> {
    Box::pin(async move {
        let promise = Promise::resolve(&answer.map_err(drop)?);
        JsFuture::from(promise).await.map_err(drop)
    })
}
