//! Reads options from JSON, as the npm package hands them over. Only the kind of
//! each value is looked at here; [`Options::check`] does the rest.

use crate::json::Json;

use super::config::{CsrfSource, Mode, StorageKind, Transport};
use super::error::AuthError;
use super::options::{Endpoint, Options};

type Read<T> = Result<T, AuthError>;

const KNOWN: &[&str] = &[
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

impl Options {
    /// Options from a JSON object. Functions are not in it: the shell keeps the app's rule and store,
    /// and `"app"` as `storage` stands for the latter.
    ///
    /// # Errors
    /// `config_invalid`, naming the option, the kind of its value and what is allowed.
    pub fn from_json(json: &str) -> Result<Options, AuthError> {
        let given = Json::parse(json.as_bytes()).unwrap_or(Json::Null);
        let Some(given) = given.as_object() else {
            return Err(wrong("options", &given, "an object with at least mode"));
        };
        let top = Section {
            option: "options",
            given: Some(given),
        };
        top.only(KNOWN)?;
        let mode = match top.text("mode", "mode")?.as_deref() {
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
        put(&mut options.key, top.text("key", "key")?);
        options.base_url = top.text("baseUrl", "baseUrl")?;
        options.origins = top.texts("origins")?;
        options.insecure_origins = top.texts("insecureOrigins")?;
        put(&mut options.leeway, top.seconds("leeway")?);
        put(&mut options.timeout, top.seconds("timeout")?);
        put(&mut options.timed_refresh, top.boolean("timedRefresh")?);
        options.idempotency_key = top.boolean("idempotencyKey")?;
        if let Some(rule) = top.get("isSignedOut") {
            return Err(wrong("isSignedOut", rule, "a function"));
        }
        options.storage = read_storage(&top)?;
        read_endpoints(&top.section("endpoints")?, &mut options)?;
        read_fields(&top.section("fields")?, &mut options)?;
        let header = top.section("header")?;
        header.only(&["name", "scheme"])?;
        put(&mut options.header, header.text("name", "header.name")?);
        put(&mut options.scheme, header.text("scheme", "header.scheme")?);
        options.transport = read_transport(&top.section("refreshToken")?)?;
        options.csrf = read_csrf(&top)?;
        Ok(options)
    }
}

fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

fn read_storage(top: &Section) -> Read<Option<StorageKind>> {
    let Some(storage) = top.get("storage") else {
        return Ok(None);
    };
    match storage.as_str() {
        Some("memory") => Ok(Some(StorageKind::Memory)),
        Some("session") => Ok(Some(StorageKind::Session)),
        Some("local") => Ok(Some(StorageKind::Local)),
        Some("app") => Ok(Some(StorageKind::Custom)),
        _ => Err(wrong(
            "storage",
            storage,
            "\"memory\", \"session\", \"local\", or an object with the methods get, set and remove",
        )),
    }
}

fn read_endpoints(section: &Section, options: &mut Options) -> Read<()> {
    section.only(&["login", "logout", "refresh", "me"])?;
    let read = |name, option| match section.get(name) {
        None => Ok(Endpoint::Usual),
        Some(Json::Bool(false)) => Ok(Endpoint::Absent),
        Some(Json::String(url)) => Ok(Endpoint::At(url.clone())),
        Some(value) => Err(wrong(option, value, "a string, or false")),
    };
    options.login = read("login", "endpoints.login")?;
    options.logout = read("logout", "endpoints.logout")?;
    options.refresh = read("refresh", "endpoints.refresh")?;
    options.me = read("me", "endpoints.me")?;
    Ok(())
}

fn read_fields(section: &Section, options: &mut Options) -> Read<()> {
    section.only(&[
        "accessToken",
        "refreshToken",
        "expiresIn",
        "expiresAt",
        "user",
    ])?;
    let fields = &mut options.fields;
    fields.access_token = section.text("accessToken", "fields.accessToken")?;
    fields.refresh_token = section.text("refreshToken", "fields.refreshToken")?;
    fields.expires_in = section.text("expiresIn", "fields.expiresIn")?;
    fields.expires_at = section.text("expiresAt", "fields.expiresAt")?;
    fields.user = section.text("user", "fields.user")?;
    Ok(())
}

fn read_transport(section: &Section) -> Read<Option<Transport>> {
    if section.given.is_none() {
        return Ok(None);
    }
    section.only(&["in", "name", "params"])?;
    let name = section.text("name", "refreshToken.name")?;
    let name_or = |usual: &str| name.unwrap_or_else(|| usual.into());
    let params = || match section.get("params") {
        None => Ok(Vec::new()),
        Some(Json::Object(params)) => params
            .iter()
            .map(|(name, value)| match value {
                Json::String(value) => Ok((name.clone(), value.clone())),
                value => Err(wrong("refreshToken.params", value, "an object of strings")),
            })
            .collect(),
        Some(value) => Err(wrong("refreshToken.params", value, "an object of strings")),
    };
    Ok(Some(
        match section.text("in", "refreshToken.in")?.as_deref() {
            Some("json") => Transport::Json {
                name: name_or("refresh_token"),
                params: params()?,
            },
            Some("form") => Transport::Form {
                name: name_or("refresh_token"),
                params: params()?,
            },
            Some("cookie") => Transport::Cookie,
            Some("header") => Transport::Header {
                name: name_or("X-Refresh-Token"),
            },
            _ => {
                return Err(AuthError::config(
                    "refreshToken.in",
                    "must be \"json\", \"form\", \"cookie\" or \"header\"",
                ));
            }
        },
    ))
}

fn read_csrf(top: &Section) -> Read<Option<Option<(CsrfSource, String)>>> {
    match top.get("csrf") {
        None => return Ok(None),
        Some(Json::Bool(false)) => return Ok(Some(None)),
        Some(_) => {}
    }
    let section = top.section("csrf")?;
    section.only(&["cookie", "endpoint", "meta", "field", "header"])?;
    let cookie = section.text("cookie", "csrf.cookie")?;
    let endpoint = section.text("endpoint", "csrf.endpoint")?;
    let meta = section.text("meta", "csrf.meta")?;
    let field = section.text("field", "csrf.field")?;
    let (source, usual) = match (cookie, endpoint, meta) {
        (Some(cookie), None, None) => (CsrfSource::Cookie(cookie), "X-XSRF-TOKEN"),
        (None, Some(url), None) => (CsrfSource::Endpoint { url, field }, "X-CSRF-Token"),
        (None, None, Some(meta)) => (CsrfSource::Meta(meta), "X-CSRF-Token"),
        _ => {
            return Err(AuthError::config(
                "csrf",
                "must have exactly one of cookie, endpoint and meta, or be false",
            ));
        }
    };
    let header = section.text("header", "csrf.header")?;
    Ok(Some(Some((source, header.unwrap_or_else(|| usual.into())))))
}

/// One object of the options; absent ones read as empty.
struct Section<'a> {
    option: &'static str,
    given: Option<&'a [(String, Json)]>,
}

impl<'a> Section<'a> {
    fn get(&self, name: &str) -> Option<&'a Json> {
        self.given?
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    fn section(&self, name: &'static str) -> Read<Section<'a>> {
        match self.get(name) {
            None => Ok(Section {
                option: name,
                given: None,
            }),
            Some(Json::Object(given)) => Ok(Section {
                option: name,
                given: Some(given),
            }),
            Some(value) => Err(wrong(name, value, "an object")),
        }
    }

    /// A misspelt option is worse than a missing one.
    fn only(&self, known: &[&str]) -> Read<()> {
        let Some(given) = self.given else {
            return Ok(());
        };
        match given
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            None => Ok(()),
            Some((name, _)) => {
                let detail = [
                    "has no member \"",
                    name,
                    "\"; there are: ",
                    &known.join(", "),
                ]
                .concat();
                Err(AuthError::config(self.option, &detail))
            }
        }
    }

    fn text(&self, name: &str, option: &'static str) -> Read<Option<String>> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(value) => Err(wrong(option, value, "a string")),
        }
    }

    fn texts(&self, option: &'static str) -> Read<Vec<String>> {
        let strings = |value| wrong(option, value, "an array of strings");
        match self.get(option) {
            None => Ok(Vec::new()),
            Some(Json::Array(members)) => members
                .iter()
                .map(|member| {
                    member
                        .as_str()
                        .map(String::from)
                        .ok_or_else(|| strings(member))
                })
                .collect(),
            Some(value) => Err(strings(value)),
        }
    }

    fn seconds(&self, option: &'static str) -> Read<Option<f64>> {
        match self.get(option) {
            None => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| wrong(option, value, "a number of seconds")),
        }
    }

    fn boolean(&self, option: &'static str) -> Read<Option<bool>> {
        match self.get(option) {
            None => Ok(None),
            Some(value) => value
                .as_bool()
                .map(Some)
                .ok_or_else(|| wrong(option, value, "a boolean")),
        }
    }
}

/// The value itself is not shown: it may be a secret in the wrong place.
fn wrong(option: &'static str, value: &Json, allowed: &str) -> AuthError {
    let kind = match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    AuthError::config(
        option,
        &["is of kind ", kind, "; must be ", allowed].concat(),
    )
}
