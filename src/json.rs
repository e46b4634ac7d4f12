//! JSON as hallpass holds it: in the browser a value of the browser's own, elsewhere one of `serde_json`'s.

#[cfg(not(target_arch = "wasm32"))]
mod date;
#[cfg_attr(target_arch = "wasm32", path = "json/browser.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "json/host.rs")]
mod platform;

use std::fmt;

use platform::Value;
use serde::de::DeserializeOwned;

/// A JSON value. Cheap to clone in the browser.
#[derive(Clone)]
pub struct Json(Value);

impl Json {
    /// `null`.
    #[must_use]
    pub fn null() -> Json {
        Json(Value::null())
    }

    /// Reads JSON text (RFC 8259). Of a name that stands twice the last one counts, as in `JSON.parse`.
    ///
    /// `None`: it is none, nests more than 127 deep, or holds a number that is larger than any a double can hold.
    #[must_use]
    pub fn parse(text: &str) -> Option<Json> {
        Value::parse(text).map(Json)
    }

    /// Its text, without blanks.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// As a type of the app's.
    ///
    /// # Errors
    /// In words, what about it is not as the type wants it.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, String> {
        self.0.to()
    }

    /// The member `name` of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Json> {
        self.0.get(name).map(Json)
    }

    /// The members of an object, or the items of an array by their indices, in their order. Of anything else: none.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, Json)> {
        self.0.entries()
    }

    /// The item `index` of an array.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Json> {
        self.0.at(index).map(Json)
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.is_object()
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// The text of a string.
    #[must_use]
    pub fn as_string(&self) -> Option<String> {
        self.0.as_string()
    }

    /// The number, as precise as JavaScript's.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.0.as_f64()
    }

    /// The number, also of a text; or the seconds since 1970 of a date that tells its zone. A text is never 0.
    pub(crate) fn as_seconds(&self) -> Option<f64> {
        self.0.as_seconds()
    }

    /// The number, if it is whole and exact: within ±2^53.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "looked at first")]
    pub fn as_i64(&self) -> Option<i64> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        self.as_f64()
            .filter(|number| number.trunc() == *number && (-EXACT..=EXACT).contains(number))
            .map(|number| number as i64)
    }

    /// The truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }

    /// An object.
    #[must_use]
    pub fn object(members: Vec<(&str, Json)>) -> Json {
        Json(Value::object(members))
    }

    /// An array.
    #[must_use]
    pub fn array(items: Vec<Json>) -> Json {
        Json(Value::array(items))
    }

    /// As JavaScript has it.
    #[cfg(target_arch = "wasm32")]
    pub(crate) fn as_js(&self) -> &wasm_bindgen::JsValue {
        self.0.as_js()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json(Value::string(text))
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json(Value::number(number))
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Json {
        Json(Value::bool(truth))
    }
}

impl PartialEq for Json {
    /// Objects are equal if their members are, in the same order.
    fn eq(&self, other: &Json) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Json {}

impl std::hash::Hash for Json {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
