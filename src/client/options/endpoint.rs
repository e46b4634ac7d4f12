//! What an endpoint wants and answers.

use wasm_bindgen::JsValue;

use super::csrf::Csrf;
use super::fields::Fields;
use super::functions::Headers;
use crate::client::members::{Members, table};
use crate::core::{self, RequestKind};

/// Where the backend listens.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Takes the credentials. Default `/auth/login`.
    pub login: Endpoint,
    /// Is told of a logout. Default `/auth/logout`.
    pub logout: Endpoint,
    /// Renews the session. Default `/auth/refresh`, in mode `Session` none.
    pub refresh: Endpoint,
    /// Answers the user, or 401 and the like for nobody. Default `/auth/me` in mode `Session`, else none.
    pub me: Endpoint,
}

/// An endpoint: where it is, and its contract, which is what it wants and answers if that is not as usual.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    url: Url,
    contract: Members,
    params: Vec<(String, String)>,
    headers: Headers,
}

#[derive(Clone, Debug, Default)]
enum Url {
    #[default]
    Usual,
    None,
    At(String),
}

/// A method (RFC 9110 §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "they say it themselves")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// How the body of a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BodyFormat {
    /// As JSON.
    Json,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As `multipart/form-data`: a login gets a `FormData`.
    Multipart,
    /// There is no body.
    None,
}

/// An answer that refuses: a status, or a text in it, such as a code.
#[derive(Clone, Debug)]
pub struct Refusal(pub(super) JsValue);

impl From<u16> for Refusal {
    fn from(status: u16) -> Refusal {
        Refusal(status.into())
    }
}

impl From<&str> for Refusal {
    fn from(text: &str) -> Refusal {
        Refusal(text.into())
    }
}

/// Where a token goes in a request.
#[derive(Clone, Debug)]
pub struct TokenPlace(Members);

impl TokenPlace {
    /// The access token, in the header `Authorization`.
    #[must_use]
    pub fn access() -> TokenPlace {
        TokenPlace(Members::default()).with("token", "access")
    }

    /// The refresh token, in the header `Authorization`.
    #[must_use]
    pub fn refresh() -> TokenPlace {
        TokenPlace(Members::default()).with("token", "refresh")
    }

    /// In this header.
    #[must_use]
    pub fn header(self, name: &str) -> TokenPlace {
        self.with("in", "header").with("name", name)
    }

    /// In this field of the body.
    #[must_use]
    pub fn body(self, name: &str) -> TokenPlace {
        self.with("in", "body").with("name", name)
    }

    /// What stands before it in a header. Default: `Bearer` in `Authorization`, else nothing.
    #[must_use]
    pub fn scheme(self, scheme: &str) -> TokenPlace {
        self.with("scheme", scheme)
    }

    fn with(mut self, name: &'static str, value: &str) -> TokenPlace {
        self.0.set(name, value);
        self
    }
}

impl From<&str> for Endpoint {
    fn from(url: &str) -> Endpoint {
        Endpoint::new(url)
    }
}

impl Endpoint {
    /// At this path or URL.
    #[must_use]
    pub fn new(url: &str) -> Endpoint {
        Endpoint {
            url: Url::At(url.into()),
            ..Endpoint::default()
        }
    }

    /// At the usual path.
    #[must_use]
    pub fn usual() -> Endpoint {
        Endpoint::default()
    }

    /// The backend has none.
    #[must_use]
    pub fn none() -> Endpoint {
        Endpoint {
            url: Url::None,
            ..Endpoint::default()
        }
    }

    /// The method. Default: GET for `me`, else POST.
    #[must_use]
    pub fn method(self, method: Method) -> Endpoint {
        self.with(
            "method",
            match method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Patch => "PATCH",
                Method::Delete => "DELETE",
            },
        )
    }

    /// How the body is sent. Default: as JSON; of a GET there is none.
    #[must_use]
    pub fn format(self, format: BodyFormat) -> Endpoint {
        self.with(
            "as",
            match format {
                BodyFormat::Json => "json",
                BodyFormat::Form => "form",
                BodyFormat::Multipart => "multipart",
                BodyFormat::None => "none",
            },
        )
    }

    /// The body is sent as a form: `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form(self) -> Endpoint {
        self.format(BodyFormat::Form)
    }

    /// One more field of the body, such as `client_id`; of a GET, of the query.
    #[must_use]
    pub fn param(mut self, name: &str, value: &str) -> Endpoint {
        self.params.push((name.into(), value.into()));
        self
    }

    /// Further headers.
    #[must_use]
    pub fn headers(mut self, headers: impl Into<Headers>) -> Endpoint {
        self.headers = headers.into();
        self
    }

    /// No token goes along.
    #[must_use]
    pub fn without_credential(self) -> Endpoint {
        self.with("credential", "none")
    }

    /// One more token that goes along, and where. Without any: of `me` the access token, of `refresh` what `refresh_token` says, of
    /// `logout` both. Two tokens at one place are sent one after the other (RFC 7009).
    #[must_use]
    pub fn credential(mut self, place: TokenPlace) -> Endpoint {
        if self.contract.text("credential").is_some() {
            self.contract.set("credential", JsValue::UNDEFINED);
        }
        self.contract.add("credential", place.0.object());
        self
    }

    /// Where the parts of its answer are. What is `None` is as in the option `fields`.
    #[must_use]
    pub fn fields(self, fields: Fields) -> Endpoint {
        self.with("fields", fields.object())
    }

    /// Its own CSRF token: of a cookie, a `<meta>` element, a value, or none. Default: as in the option `csrf`.
    #[must_use]
    pub fn csrf(self, csrf: Csrf) -> Endpoint {
        self.with("csrf", csrf.object())
    }

    /// Seconds that the request may take, 0.1 to 86 400. Default: as in the option `timeout`.
    #[must_use]
    pub fn timeout(self, seconds: f64) -> Endpoint {
        self.with("timeout", seconds)
    }

    /// One more answer that refuses for good.
    #[must_use]
    pub fn refused(mut self, what: impl Into<Refusal>) -> Endpoint {
        self.contract.add("refused", what.into().0);
        self
    }

    fn with(mut self, name: &'static str, value: impl Into<JsValue>) -> Endpoint {
        self.contract.set(name, value);
        self
    }

    pub(super) fn has_contract(&self) -> bool {
        !self.members().is_empty()
    }

    /// As the npm package takes it: a string, an object, or `false`; `undefined` at the usual path.
    pub(in crate::client) fn value(&self) -> JsValue {
        let url = match &self.url {
            Url::None => return JsValue::FALSE,
            Url::Usual => JsValue::UNDEFINED,
            Url::At(url) => url.into(),
        };
        let mut members = self.members();
        if members.is_empty() {
            return url;
        }
        members.set("url", url);
        members.object()
    }

    fn members(&self) -> Members {
        let mut members = self.contract.clone();
        members.set("params", table(&self.params));
        members.set("headers", self.headers.value());
        members
    }

    pub(super) fn timeout_in_seconds(&self) -> Option<f64> {
        self.contract.number("timeout")
    }

    /// As the engine has it.
    pub(super) fn lowered(&self) -> core::Endpoint {
        match &self.url {
            Url::Usual => core::Endpoint::Usual,
            Url::None => core::Endpoint::Absent,
            Url::At(url) => core::Endpoint::At(url.clone()),
        }
    }
}

impl Endpoints {
    /// In the order of [`RequestKind`], with their names.
    pub(super) fn each(&self) -> [(&'static str, &Endpoint); 4] {
        const _: () = assert!(RequestKind::Login as usize == 0 && RequestKind::Me as usize == 3);
        [
            ("login", &self.login),
            ("logout", &self.logout),
            ("refresh", &self.refresh),
            ("me", &self.me),
        ]
    }
}
