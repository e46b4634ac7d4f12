//! How the refresh token travels.

use wasm_bindgen::JsValue;

use crate::client::members::{Members, table};
use crate::core::Transport;

/// How the refresh token reaches the refresh endpoint.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    place: &'static str,
    name: Option<String>,
    params: Vec<(String, String)>,
}

impl RefreshToken {
    /// A field of a JSON body.
    #[must_use]
    pub fn json() -> RefreshToken {
        RefreshToken::at("json")
    }

    /// A field of a form, as RFC 6749 §6 has it.
    #[must_use]
    pub fn form() -> RefreshToken {
        RefreshToken::at("form")
    }

    /// A cookie that the page never sees.
    #[must_use]
    pub fn cookie() -> RefreshToken {
        RefreshToken::at("cookie")
    }

    /// A header of the request.
    #[must_use]
    pub fn header() -> RefreshToken {
        RefreshToken::at("header")
    }

    /// Name of the field or header. Default `"refresh_token"`; of a header `"X-Refresh-Token"`.
    #[must_use]
    pub fn name(mut self, name: &str) -> RefreshToken {
        self.name = Some(name.into());
        self
    }

    /// One more field of the body, such as `client_id`.
    #[must_use]
    pub fn param(mut self, name: &str, value: &str) -> RefreshToken {
        self.params.push((name.into(), value.into()));
        self
    }

    fn at(place: &'static str) -> RefreshToken {
        RefreshToken {
            place,
            name: None,
            params: Vec::new(),
        }
    }

    pub(super) fn object(&self) -> JsValue {
        let mut members = Members::default();
        members.set("in", self.place);
        members.set(
            "name",
            self.name.as_ref().map_or(JsValue::UNDEFINED, JsValue::from),
        );
        members.set("params", table(&self.params));
        members.object()
    }

    pub(super) fn lowered(&self) -> Transport {
        let params = self.params.clone();
        let name = |usual: &str| self.name.clone().unwrap_or_else(|| usual.into());
        match self.place {
            "json" => Transport::Json {
                name: name("refresh_token"),
                params,
            },
            "form" => Transport::Form {
                name: name("refresh_token"),
                params,
            },
            "cookie" => Transport::Cookie,
            _ => Transport::Header {
                name: name("X-Refresh-Token"),
            },
        }
    }
}
