//! The CSRF token of a backend.

use wasm_bindgen::JsValue;

use super::endpoint::Refusal;
use super::fields::AnswerPath;
use crate::client::members::Members;
use crate::core::CsrfSource;

/// Where the CSRF token comes from, and the header it goes into.
#[derive(Clone, Debug)]
pub struct Csrf(Option<Members>);

const SOURCES: [&str; 5] = ["cookie", "endpoint", "meta", "responseHeader", "value"];

impl Csrf {
    /// In a cookie that scripts may read.
    #[must_use]
    pub fn cookie(name: &str) -> Csrf {
        Csrf::of("cookie", name)
    }

    /// In the JSON answer of a GET endpoint.
    #[must_use]
    pub fn endpoint(url: &str) -> Csrf {
        Csrf::of("endpoint", url)
    }

    /// In the element `<meta>` of this name.
    #[must_use]
    pub fn meta(name: &str) -> Csrf {
        Csrf::of("meta", name)
    }

    /// In a header of the backend's answers.
    #[must_use]
    pub fn response_header(name: &str) -> Csrf {
        Csrf::of("responseHeader", name)
    }

    /// Always the same.
    #[must_use]
    pub fn value(value: &str) -> Csrf {
        Csrf::of("value", value)
    }

    /// There is none.
    #[must_use]
    pub fn none() -> Csrf {
        Csrf(None)
    }

    /// The header that it goes into. Default: of a cookie `X-XSRF-TOKEN`, else `X-CSRF-Token`.
    #[must_use]
    pub fn header(self, name: &str) -> Csrf {
        self.with("header", name)
    }

    /// Where it is in the answer of [`Csrf::endpoint`]. Default: the usual names are tried.
    #[must_use]
    pub fn field(self, path: &str) -> Csrf {
        self.with("field", AnswerPath::from(path).value())
    }

    /// A URL to ask for the cookie at, where there is none yet, or where the server refuses its token.
    #[must_use]
    pub fn prime(self, url: &str) -> Csrf {
        self.with("prime", url)
    }

    /// The field of the body that carries it, in hallpass's own requests, in place of the header.
    #[must_use]
    pub fn param(self, name: &str) -> Csrf {
        self.with("param", name)
    }

    /// One more answer that refuses the token: a status, or words that stand in the answer.
    #[must_use]
    pub fn refused(mut self, what: impl Into<Refusal>) -> Csrf {
        if let Some(members) = &mut self.0 {
            members.add("refused", what.into().0);
        }
        self
    }

    fn of(source: &'static str, value: &str) -> Csrf {
        Csrf(Some(Members::default())).with(source, value)
    }

    fn with(mut self, name: &'static str, value: impl Into<JsValue>) -> Csrf {
        if let Some(members) = &mut self.0 {
            members.set(name, value);
        }
        self
    }

    pub(super) fn needs_translator(&self) -> bool {
        let members = self.0.as_ref();
        let names = ["prime", "param", "refused"];
        members.is_some_and(|members| names.iter().any(|name| members.has(name)))
    }

    /// The header of answers that brings the token.
    pub(super) fn token_header(&self) -> JsValue {
        let name = self
            .0
            .as_ref()
            .and_then(|members| members.text("responseHeader"));
        name.map_or(JsValue::UNDEFINED, JsValue::from)
    }

    pub(super) fn object(&self) -> JsValue {
        self.0.as_ref().map_or(JsValue::FALSE, Members::object)
    }

    /// As the engine has it: `None` is none.
    pub(super) fn lowered(&self) -> Option<(CsrfSource, String)> {
        let members = self.0.as_ref()?;
        let name = SOURCES.into_iter().find(|name| members.has(name))?;
        let value = members.text(name)?;
        let (source, usual) = match name {
            "cookie" => (CsrfSource::Cookie(value), "X-XSRF-TOKEN"),
            "endpoint" => {
                let field = members.text("field");
                (CsrfSource::Endpoint { url: value, field }, "X-CSRF-Token")
            }
            "meta" => (CsrfSource::Meta(value), "X-CSRF-Token"),
            "responseHeader" => (CsrfSource::ResponseHeader(value), "X-CSRF-Token"),
            _ => (CsrfSource::Value(value), "X-CSRF-Token"),
        };
        Some((
            source,
            members.text("header").unwrap_or_else(|| usual.into()),
        ))
    }
}
