//! Reads options from JSON, as the npm package hands them over. Only the kind of
//! each value is looked at here; [`Options::check`] does the rest.

use crate::json::Json;

use super::config::{CsrfSource, Mode, StorageKind, Transport};
use super::error::AuthError;
use super::options::{Endpoint, Options};

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
        let mut reader = Reader { error: None };
        let options = reader.options(&given);
        match reader.error {
            None => Ok(options),
            Some(error) => Err(error),
        }
    }
}

/// Reads on after an error, which is much smaller than to return at each place, and keeps the first.
struct Reader {
    error: Option<AuthError>,
}

impl Reader {
    fn options(&mut self, given: &Json) -> Options {
        if given.as_object().is_none() {
            self.wrong("options", given, "an object with at least mode");
        }
        self.only("options", Some(given), KNOWN);
        let top = Some(given);
        let mode = match self.text(top, "mode", "mode").as_deref() {
            Some("session") => Mode::Session,
            Some("jwt") => Mode::Jwt,
            Some("hybrid") => Mode::Hybrid,
            _ => {
                self.fail("mode", "must be \"session\", \"jwt\" or \"hybrid\"");
                Mode::Session
            }
        };
        let mut options = Options::new(mode);
        put(&mut options.key, self.text(top, "key", "key"));
        options.base_url = self.text(top, "baseUrl", "baseUrl");
        options.origins = self.texts(given, "origins");
        options.insecure_origins = self.texts(given, "insecureOrigins");
        put(&mut options.leeway, self.seconds(given, "leeway"));
        put(&mut options.timeout, self.seconds(given, "timeout"));
        put(
            &mut options.timed_refresh,
            self.boolean(given, "timedRefresh"),
        );
        options.idempotency_key = self.boolean(given, "idempotencyKey");
        if let Some(rule) = given.get("isSignedOut") {
            self.wrong("isSignedOut", rule, "a function");
        }
        options.storage = given
            .get("storage")
            .and_then(|storage| self.storage(storage));
        self.endpoints(given, &mut options);
        self.fields(given, &mut options);
        let header = self.section(given, "header", &["name", "scheme"]);
        put(
            &mut options.header,
            self.text(header, "name", "header.name"),
        );
        put(
            &mut options.scheme,
            self.text(header, "scheme", "header.scheme"),
        );
        options.transport = self.transport(given);
        options.csrf = self.csrf(given);
        options
    }

    fn storage(&mut self, storage: &Json) -> Option<StorageKind> {
        match storage.as_str() {
            Some("memory") => Some(StorageKind::Memory),
            Some("session") => Some(StorageKind::Session),
            Some("local") => Some(StorageKind::Local),
            Some("app") => Some(StorageKind::Custom),
            _ => {
                let allowed = "\"memory\", \"session\", \"local\", or an object with the methods get, set and remove";
                self.wrong("storage", storage, allowed);
                None
            }
        }
    }

    fn endpoints(&mut self, given: &Json, options: &mut Options) {
        let section = self.section(given, "endpoints", &["login", "logout", "refresh", "me"]);
        let places = [
            (&mut options.login, "login", "endpoints.login"),
            (&mut options.logout, "logout", "endpoints.logout"),
            (&mut options.refresh, "refresh", "endpoints.refresh"),
            (&mut options.me, "me", "endpoints.me"),
        ];
        for (place, name, option) in places {
            match section.and_then(|section| section.get(name)) {
                None => {}
                Some(Json::Bool(false)) => *place = Endpoint::Absent,
                Some(Json::String(url)) => *place = Endpoint::At(url.clone()),
                Some(value) => self.wrong(option, value, "a string, or false"),
            }
        }
    }

    fn fields(&mut self, given: &Json, options: &mut Options) {
        let known = [
            "accessToken",
            "refreshToken",
            "expiresIn",
            "expiresAt",
            "user",
        ];
        let section = self.section(given, "fields", &known);
        let fields = &mut options.fields;
        let places = [
            (
                &mut fields.access_token,
                "accessToken",
                "fields.accessToken",
            ),
            (
                &mut fields.refresh_token,
                "refreshToken",
                "fields.refreshToken",
            ),
            (&mut fields.expires_in, "expiresIn", "fields.expiresIn"),
            (&mut fields.expires_at, "expiresAt", "fields.expiresAt"),
            (&mut fields.user, "user", "fields.user"),
        ];
        for (place, name, option) in places {
            *place = self.text(section, name, option);
        }
    }

    fn transport(&mut self, given: &Json) -> Option<Transport> {
        let section = self.section(given, "refreshToken", &["in", "name", "params"])?;
        let kind = self.text(Some(section), "in", "refreshToken.in");
        let name = self.text(Some(section), "name", "refreshToken.name");
        let usual = if kind.as_deref() == Some("header") {
            "X-Refresh-Token"
        } else {
            "refresh_token"
        };
        let name = name.unwrap_or_else(|| usual.into());
        let params = self.params(section);
        match kind.as_deref() {
            Some("json") => Some(Transport::Json { name, params }),
            Some("form") => Some(Transport::Form { name, params }),
            Some("cookie") => Some(Transport::Cookie),
            Some("header") => Some(Transport::Header { name }),
            _ => {
                self.fail(
                    "refreshToken.in",
                    "must be \"json\", \"form\", \"cookie\" or \"header\"",
                );
                None
            }
        }
    }

    fn params(&mut self, section: &Json) -> Vec<(String, String)> {
        let Some(params) = section.get("params") else {
            return Vec::new();
        };
        let mut list = Vec::new();
        for (name, value) in params.as_object().unwrap_or_default() {
            match value.as_str() {
                Some(text) => list.push((name.clone(), text.into())),
                None => self.wrong("refreshToken.params", value, "a string each"),
            }
        }
        if params.as_object().is_none() {
            self.wrong("refreshToken.params", params, "an object of strings");
        }
        list
    }

    /// The outer `None`: the mode's default; the inner one: no CSRF protection.
    fn csrf(&mut self, given: &Json) -> Option<Option<(CsrfSource, String)>> {
        if given.get("csrf")?.as_bool() == Some(false) {
            return Some(None);
        }
        let section = self.section(
            given,
            "csrf",
            &["cookie", "endpoint", "meta", "field", "header"],
        );
        let cookie = self.text(section, "cookie", "csrf.cookie");
        let endpoint = self.text(section, "endpoint", "csrf.endpoint");
        let meta = self.text(section, "meta", "csrf.meta");
        let field = self.text(section, "field", "csrf.field");
        let header = self.text(section, "header", "csrf.header");
        let (source, usual) = match (cookie, endpoint, meta) {
            (Some(cookie), None, None) => (CsrfSource::Cookie(cookie), "X-XSRF-TOKEN"),
            (None, Some(url), None) => (CsrfSource::Endpoint { url, field }, "X-CSRF-Token"),
            (None, None, Some(meta)) => (CsrfSource::Meta(meta), "X-CSRF-Token"),
            _ => {
                self.fail(
                    "csrf",
                    "must have exactly one of cookie, endpoint and meta, or be false",
                );
                return None;
            }
        };
        Some(Some((source, header.unwrap_or_else(|| usual.into()))))
    }

    // One value of one kind.

    fn section<'a>(
        &mut self,
        given: &'a Json,
        name: &'static str,
        known: &[&str],
    ) -> Option<&'a Json> {
        let section = given.get(name)?;
        if section.as_object().is_none() {
            self.wrong(name, section, "an object");
        }
        self.only(name, Some(section), known);
        Some(section)
    }

    /// A misspelt option is worse than a missing one.
    fn only(&mut self, option: &'static str, given: Option<&Json>, known: &[&str]) {
        let members = given.and_then(Json::as_object).unwrap_or_default();
        if let Some((name, _)) = members
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            let detail = [
                "has no member \"",
                name,
                "\"; there are: ",
                &known.join(", "),
            ]
            .concat();
            self.fail(option, &detail);
        }
    }

    fn text(&mut self, given: Option<&Json>, name: &str, option: &'static str) -> Option<String> {
        let value = given?.get(name)?;
        if value.as_str().is_none() {
            self.wrong(option, value, "a string");
        }
        value.as_str().map(String::from)
    }

    fn texts(&mut self, given: &Json, option: &'static str) -> Vec<String> {
        let Some(value) = given.get(option) else {
            return Vec::new();
        };
        let Json::Array(members) = value else {
            self.wrong(option, value, "an array of strings");
            return Vec::new();
        };
        let mut list = Vec::new();
        for member in members {
            match member.as_str() {
                Some(text) => list.push(text.into()),
                None => self.wrong(option, member, "a string each"),
            }
        }
        list
    }

    fn seconds(&mut self, given: &Json, option: &'static str) -> Option<f64> {
        let value = given.get(option)?;
        if value.as_f64().is_none() {
            self.wrong(option, value, "a number of seconds");
        }
        value.as_f64()
    }

    fn boolean(&mut self, given: &Json, option: &'static str) -> Option<bool> {
        let value = given.get(option)?;
        if value.as_bool().is_none() {
            self.wrong(option, value, "a boolean");
        }
        value.as_bool()
    }

    /// The value itself is not shown: it may be a secret in the wrong place.
    fn wrong(&mut self, option: &'static str, value: &Json, allowed: &str) {
        let kind = match value {
            Json::Null => "null",
            Json::Bool(_) => "boolean",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            Json::Object(_) => "object",
        };
        self.fail(
            option,
            &["is of kind ", kind, "; must be ", allowed].concat(),
        );
    }

    fn fail(&mut self, option: &'static str, detail: &str) {
        if self.error.is_none() {
            self.error = Some(AuthError::config(option, detail));
        }
    }
}

fn put<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}
