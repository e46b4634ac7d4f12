//! Credentials as JSON, of whose text nothing is left in memory.

use std::io::{self, Write};

use serde::Serialize;
use wasm_bindgen::JsValue;
use zeroize::Zeroizing;

use crate::core::AuthError;

/// What a login sends.
#[derive(Clone, Debug)]
pub struct Credentials(Sent);

#[derive(Clone, Debug)]
enum Sent {
    /// As text.
    Json(JsValue),
    Form(JsValue),
}

impl Credentials {
    /// A value whose members the endpoint gets: as JSON, or as a form if its contract says so.
    ///
    /// # Errors
    /// `config_invalid` if JSON cannot hold it.
    pub fn json(credentials: &impl Serialize) -> Result<Credentials, AuthError> {
        json("credentials", credentials).map(|text| Credentials(Sent::Json(text)))
    }

    /// A `web_sys::FormData` or `web_sys::UrlSearchParams`, sent as what it is.
    pub fn form(form: impl Into<JsValue>) -> Credentials {
        Credentials(Sent::Form(form.into()))
    }

    /// Nothing, for an endpoint whose contract says that there is no body.
    #[must_use]
    pub fn none() -> Credentials {
        Credentials(Sent::Json("".into()))
    }

    /// And whether it is a form.
    pub(super) fn parts(&self) -> (&JsValue, bool) {
        match &self.0 {
            Sent::Json(text) => (text, false),
            Sent::Form(form) => (form, true),
        }
    }
}

/// As JSON. `name`: of the argument.
pub(super) fn json(name: &'static str, value: &impl Serialize) -> Result<JsValue, AuthError> {
    let mut text = Text::default();
    let written = serde_json::to_writer(&mut text, value);
    let text = written
        .ok()
        .and_then(|()| std::str::from_utf8(&text.0).ok());
    text.map(JsValue::from_str)
        .ok_or_else(|| AuthError::config(name, "must be a value that JSON can hold"))
}

/// A text that overwrites what it leaves behind when it grows.
#[derive(Default)]
struct Text(Zeroizing<Vec<u8>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.len() + bytes.len();
        if length > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(length * 2));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
